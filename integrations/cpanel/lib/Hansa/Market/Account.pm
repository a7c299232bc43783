package Hansa::Market::Account;

# What is kept in the account's home: a secret to sign in with, and notes of the files that were put up.

use strict;
use warnings;

use Digest::SHA  ();
use Fcntl        ();
use MIME::Base64 ();

use Hansa::Market::Refusal ();

# Tests put it elsewhere.
our $HOME;

my $KEY_BYTES = 32;

# The verifier of a log-in (RFC 7636). The two halves of a log-in are two processes that share nothing but the address and this
# account's home, so it follows from both; nobody who sees the address alone can make it.
sub verifier_for {
    my ($url_after_login) = @_;
    my $bytes = "pkce\0" . ( defined $url_after_login ? $url_after_login : '' );
    utf8::encode($bytes) if utf8::is_utf8($bytes);
    return base64url( Digest::SHA::hmac_sha256( $bytes, _key() ) );
}

sub challenge_for {
    my ($url_after_login) = @_;
    return base64url( Digest::SHA::sha256( verifier_for($url_after_login) ) );
}

sub base64url {
    my ($bytes) = @_;
    my $text = MIME::Base64::encode_base64( $bytes, '' );
    $text =~ tr{+/}{-_};
    $text =~ s/=+\z//;
    return $text;
}

# The folder of our own in the home, made when it is first needed.
sub folder {
    my $home = defined $HOME ? $HOME : ( getpwuid $> )[7];
    my $folder = "$home/.hansa-market";
    mkdir $folder, 0700 if !-d $folder;
    _die('A folder in your home directory cannot be made.') if !-d $folder;
    return $folder;
}

# Made once. Whoever comes second reads what the first one wrote: the file appears whole, or not at all.
sub _key {
    my $path = folder() . '/key';
    my $key  = _read_key($path);
    return $key if defined $key;

    open my $random, '<:raw', '/dev/urandom' or _die('There is no source of random numbers.');
    ( read( $random, my $made, $KEY_BYTES ) || 0 ) == $KEY_BYTES or _die('There is no source of random numbers.');
    close $random;

    my $draft = "$path.$$." . unpack 'H8', $made;
    sysopen my $file, $draft, Fcntl::O_WRONLY() | Fcntl::O_CREAT() | Fcntl::O_EXCL(), 0600
      or _die('A file in your home directory cannot be written.');
    binmode $file;
    my $is_written = print( {$file} $made ) && close $file;
    link $draft, $path if $is_written;
    unlink $draft;
    $key = _read_key($path);
    return defined $key ? $key : _die('A file in your home directory cannot be written.');
}

sub _read_key {
    my ($path) = @_;
    open my $file, '<:raw', $path or return;
    my $length = read $file, my $key, $KEY_BYTES + 1;
    close $file;
    return ( $length || 0 ) == $KEY_BYTES ? $key : undef;
}

sub _die { Hansa::Market::Refusal::throw( $_[0] ) }

1;
