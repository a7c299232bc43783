package Hansa::Market::Proof;

# Files that show control of a domain, under the document roots of the account's own domains. What was put up is noted in the home,
# so that it can be taken away without asking anybody.

use strict;
use warnings;

use Digest::SHA ();
use File::Path  ();

use Hansa::Market::Account ();
use Hansa::Market::Hub     ();
use Hansa::Market::Refusal ();

my $CHALLENGE_PATH = '.well-known/acme-challenge';
my $MAX_CHALLENGES = 200;
my $DOMAIN         = qr/\A(?=.{1,253}\z)[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)+\z/;

# Puts the proof up for every domain, or for none: dies when one cannot be written, with the others taken away again.
sub put_proof {
    my ( $csr, $file, @domains ) = @_;
    my $note = _note_of_csr($csr);
    my @written;
    my $is_done = eval {
        local $SIG{'__DIE__'};
        for my $domain (@domains) {
            push @written, _put( $domain, @{$file}{qw(relative_path filename content)} );
            _write_note( $note, @written );
        }
        1;
    };
    return if $is_done;
    my $why = $@;
    _take_away( $note, @written );
    die $why;
}

sub forget_proof {
    my ($csr) = @_;
    _forget( _note_of_csr($csr) );
    return;
}

# Puts up what the CA itself wants to see, as far as it can: what is missing the hub will see, and say.
sub put_challenges {
    my ( $order_item_id, $files ) = @_;
    return if ref $files ne 'ARRAY' || !@$files || @$files > $MAX_CHALLENGES;
    my $note = _note_of_item($order_item_id);
    my @written = _read_note($note);
    for my $file ( grep { _is_challenge($_) } @$files ) {
        my $path = eval { local $SIG{'__DIE__'}; _put( @{$file}{qw(domain relative_path filename content)} ) };
        push @written, $path if defined $path && !grep { $_ eq $path } @written;
    }
    eval { local $SIG{'__DIE__'}; _write_note( $note, @written ) };
    return;
}

sub forget_challenges {
    my ($order_item_id) = @_;
    eval { local $SIG{'__DIE__'}; _forget( _note_of_item($order_item_id) ) };
    return;
}

# A challenge of HTTP-01 (RFC 8555 §8.3) and nothing else: the content starts with the name.
sub _is_challenge {
    my ($file) = @_;
    return 0 if ref $file ne 'HASH' || grep { !defined $_ || ref $_ } @{$file}{qw(domain relative_path filename content)};
    return
         $file->{'relative_path'} eq $CHALLENGE_PATH
      && $file->{'filename'} =~ /\A[A-Za-z0-9_-]{16,256}\z/
      && $file->{'content'} =~ /\A\Q$file->{'filename'}\E\.[A-Za-z0-9_-]{43}\z/;
}

# Writes one file and says where. What is there already appears whole or not at all to whoever reads it.
sub _put {
    my ( $domain, $relative_path, $filename, $content ) = @_;
    $domain = lc $domain;
    my $root = $domain =~ $DOMAIN ? _docroot_of($domain) : undef;
    _die("The domain “$domain” has no document root in this account.") if !defined $root || !-d $root;
    my $folder = "$root/$relative_path";
    File::Path::mkpath( $folder, 0, 0755 ) if !-d $folder;
    my $path  = "$folder/$filename";
    my $draft = "$path.$$";
    open my $file, '>:raw', $draft or _die("The document root of “$domain” cannot be written.");
    my $is_written = print( {$file} $content ) && close $file && chmod( 0644, $draft ) && rename( $draft, $path );
    unlink $draft if !$is_written;
    _die("The document root of “$domain” cannot be written.") if !$is_written || !_holds( $path, $content );
    return $path;
}

sub _holds {
    my ( $path, $content ) = @_;
    open my $file, '<:raw', $path or return 0;
    my $read = do { local $/; <$file> };
    close $file;
    return defined $read && $read eq $content;
}

# cPanel's helper for provider modules knows the account's own domains only.
sub _docroot_of {
    my ($domain) = @_;
    require Cpanel::Market::Provider::Utils;
    return scalar Cpanel::Market::Provider::Utils::get_docroot_for_domain($domain);
}

#----------------------------------------------------------------------

sub _note_of_csr {
    my ($csr) = @_;
    ( my $text = defined $csr ? $csr : '' ) =~ s/\s+//g;
    return Hansa::Market::Account::folder() . '/proof-' . Digest::SHA::sha256_hex($text);
}

sub _note_of_item {
    my ($order_item_id) = @_;
    return Hansa::Market::Account::folder() . '/challenges-' . Digest::SHA::sha256_hex($order_item_id);
}

sub _read_note {
    my ($note) = @_;
    my $read = Hansa::Market::Hub::read_json_file($note);
    return $read && ref $read->{'files'} eq 'ARRAY' ? @{ $read->{'files'} } : ();
}

sub _write_note {
    my ( $note, @files ) = @_;
    open my $file, '>:raw', "$note.$$" or _die('A file in your home directory cannot be written.');
    my $is_written = print( {$file} Hansa::Market::Hub::encoded( { files => \@files } ) ) && close $file;
    _die('A file in your home directory cannot be written.') if !$is_written || !rename "$note.$$", $note;
    return;
}

sub _forget {
    my ($note) = @_;
    _take_away( $note, _read_note($note) );
    return;
}

sub _take_away {
    my ( $note, @files ) = @_;
    for my $path (@files) {
        unlink $path;

        # Folders that others use stay: only empty ones go.
        ( my $folder = $path ) =~ s{/[^/]+\z}{};
        rmdir $folder;
        rmdir $folder if $folder =~ s{/[^/]+\z}{};
    }
    unlink $note;
    return;
}

sub _die { Hansa::Market::Refusal::throw( $_[0] ) }

1;
