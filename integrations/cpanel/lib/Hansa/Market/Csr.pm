package Hansa::Market::Csr;

# The host names of a certificate request, for versions of cPanel that do not name them. The hub reads and judges the request
# itself; this only says where to put files.

use strict;
use warnings;

use MIME::Base64 ();

use Hansa::Market::Refusal ();

my $COMMON_NAME      = pack 'H*', '0603550403';
my $SUBJECT_ALT_NAME = pack 'H*', '0603551d11';
my $MAX_DEPTH        = 12;

# In lower case, each once.
sub names_of {
    my ($pem) = @_;
    my ($body) = ( $pem || '' ) =~ /-----BEGIN (?:NEW )?CERTIFICATE REQUEST-----([A-Za-z0-9+\/=\s]+)-----END/;
    my @names = defined $body ? _walk( MIME::Base64::decode_base64($body), 0 ) : ();
    my %seen;
    @names = grep { !$seen{$_}++ } map { lc } @names;
    Hansa::Market::Refusal::throw('The certificate request names no host.') if !@names;
    return @names;
}

# Goes through the DER: a common name, and the names of the extension for alternative names.
sub _walk {
    my ( $der, $depth ) = @_;
    my @parts = _parts($der);
    return if $depth > $MAX_DEPTH;
    if ( @parts == 2 && $parts[0]{'all'} eq $COMMON_NAME ) {
        return $parts[1]{'body'};
    }
    if ( @parts >= 2 && $parts[0]{'all'} eq $SUBJECT_ALT_NAME ) {
        my ($list) = _parts( $parts[-1]{'body'} );
        return map { $_->{'tag'} == 0x82 ? $_->{'body'} : () } $list ? _parts( $list->{'body'} ) : ();
    }
    return map { $_->{'tag'} & 0x20 ? _walk( $_->{'body'}, $depth + 1 ) : () } @parts;
}

# The values that stand one after the other; none when the bytes are no DER.
sub _parts {
    my ($der) = @_;
    my @parts;
    my $at = 0;
    while ( $at < length $der ) {
        my $start = $at;
        return if $at + 2 > length $der;
        my ( $tag, $length ) = unpack 'CC', substr $der, $at, 2;
        $at += 2;
        if ( $length & 0x80 ) {
            my $size = $length & 0x7f;
            return if $size == 0 || $size > 4 || $at + $size > length $der;
            $length = 0;
            $length = $length * 256 + $_ for unpack 'C*', substr $der, $at, $size;
            $at += $size;
        }
        return if $at + $length > length $der;
        push @parts, { tag => $tag, body => substr( $der, $at, $length ), all => substr( $der, $start, $at + $length - $start ) };
        $at += $length;
    }
    return @parts;
}

1;
