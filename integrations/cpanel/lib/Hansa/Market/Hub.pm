package Hansa::Market::Hub;

# The hub's interface for servers: one request at a time, no redirect, no surprise. See docs/protocol/market.md of the hub.

use strict;
use warnings;

use Hansa::Market::Refusal ();

my $API               = '/api/market/v1';
my $TIMEOUT_SECONDS   = 10;
my $MAX_ANSWER_BYTES  = 4_194_304;
my $PRODUCTS_SECONDS  = 60;
my $MAX_SETTING_BYTES = 65_536;

# RFC 6750. HTTP::Tiny quotes what it does not like about a header in its error, so a malformed token never gets there.
my $TOKEN = qr/\A[A-Za-z0-9._~+\/-]{1,512}=*\z/;

# The products by hub and client, and when they were read. Callers get copies, never these.
my %products;

sub new {
    my ( $class, $origin, $agent ) = @_;
    my $is_loopback = $origin =~ m{\Ahttp://(?:127\.0\.0\.1|localhost|\[::1\])(?::\d+)?\z};
    if ( !$is_loopback && $origin !~ m{\Ahttps://[^/\s?#@]+\z} ) {
        _die('The address of the hub is not set, or no https address. Ask your administrator.');
    }
    eval { require HTTP::Tiny; require JSON::PP; 1 } or _die('This Perl lacks HTTP::Tiny or JSON::PP.');
    my %options = ( agent => $agent, timeout => $TIMEOUT_SECONDS, max_size => $MAX_ANSWER_BYTES );

    # A redirect would take the Authorization header along to wherever it leads.
    $options{'max_redirect'} = 0;
    $options{'verify_SSL'}   = 1;
    $options{'proxy'}        = $options{'http_proxy'} = undef if $is_loopback;
    return bless { origin => $origin, http => HTTP::Tiny->new(%options) }, $class;
}

sub get  { my ( $self, $path, %with ) = @_; return $self->_request( 'GET', $path, undef, %with ) }
sub post { my ( $self, $path, $body, %with ) = @_; return $self->_request( 'POST', $path, $body, %with ) }
sub put  { my ( $self, $path, $body, %with ) = @_; return $self->_request( 'PUT', $path, $body, %with ) }

sub post_form {
    my ( $self, $path, @fields ) = @_;
    my $headers = { 'content-type' => 'application/x-www-form-urlencoded', accept => 'application/json' };
    return $self->_send( 'POST', $path, { headers => $headers, content => query(@fields) } );
}

# The catalog as the hub tells it, asked for at most once a minute. Each call gets a copy of its own: cPanel writes into it.
sub products {
    my ( $self, $client_id ) = @_;
    my $key = "$self->{'origin'} $client_id";
    my $kept = $products{$key};
    if ( !$kept || $kept->{'at'} + $PRODUCTS_SECONDS <= time() || $kept->{'at'} > time() ) {
        my %with = ( query => { client_id => $client_id } );
        $with{'etag'} = $kept->{'etag'} if $kept && defined $kept->{'etag'};
        my $answer = $self->get( '/products', %with );
        if ( $answer->{'status'} == 304 && $kept ) {
            $kept->{'at'} = time();
        }
        else {
            my $list = $answer->must_be_json(200)->{'products'};
            _die('The hub sent no list of products.') if ref $list ne 'ARRAY';
            $kept = $products{$key} = { at => time(), list => $list, etag => $answer->{'headers'}{'etag'} };
        }
    }
    return [ map { plain($_) } grep { ref $_ eq 'HASH' } @{ $kept->{'list'} } ];
}

sub _request {
    my ( $self, $method, $path, $body, %with ) = @_;
    my %headers = ( accept => 'application/json' );
    if ( exists $with{'token'} ) {
        _die('Sign in to the store again.') if !defined $with{'token'} || $with{'token'} !~ $TOKEN;
        $headers{'authorization'} = "Bearer $with{'token'}";
    }
    $headers{'idempotency-key'} = $with{'idempotency_key'} if defined $with{'idempotency_key'};
    $headers{'if-none-match'}   = $with{'etag'} if defined $with{'etag'} && $with{'etag'} =~ /\A[\x21-\x7e]{1,200}\z/;
    my %options = ( headers => \%headers );
    if ( defined $body ) {
        $headers{'content-type'} = 'application/json';
        $options{'content'}      = encoded($body);
    }
    my $query = $with{'query'} ? '?' . query( map { ( $_ => $with{'query'}{$_} ) } sort keys %{ $with{'query'} } ) : '';
    return $self->_send( $method, $path . $query, \%options );
}

sub _send {
    my ( $self, $method, $path, $options ) = @_;
    my $answer = $self->{'http'}->request( $method, $self->{'origin'} . $API . $path, $options );
    return bless { %$answer, url => undef }, 'Hansa::Market::Hub::Answer';
}

#----------------------------------------------------------------------

sub encoded { return JSON::PP->new->utf8->canonical->encode( $_[0] ) }

# Undefined when it is no JSON.
sub decoded {
    my ($bytes) = @_;
    return scalar eval { local $SIG{'__DIE__'}; JSON::PP->new->utf8->decode($bytes) };
}

# A copy, without JSON's own booleans, which cPanel's encoders do not know.
sub plain {
    my ($value) = @_;
    return { map { $_ => plain( $value->{$_} ) } keys %$value } if ref $value eq 'HASH';
    return [ map { plain($_) } @$value ] if ref $value eq 'ARRAY';
    return ref $value ? ( $value ? 1 : 0 ) : $value;
}

# A name for this content and these texts that no other ones share.
sub digest {
    my ( $content, @texts ) = @_;
    require Digest::SHA;
    return Digest::SHA::sha256_hex( encoded( [ $content, map { "$_" } @texts ] ) );
}

sub address {
    my ( $url, @query ) = @_;
    return @query ? "$url?" . query(@query) : $url;
}

# Pairs in the order they are given.
sub query {
    my (@pairs) = @_;
    my @parts;
    while ( my ( $name, $value ) = splice @pairs, 0, 2 ) {
        push @parts, escaped($name) . '=' . escaped($value);
    }
    return join '&', @parts;
}

# Percent-encoded UTF-8. cPanel hands over bytes; a string of characters is encoded first.
sub escaped {
    my ($text) = @_;
    my $bytes = defined $text ? "$text" : '';
    utf8::encode($bytes) if utf8::is_utf8($bytes);
    $bytes =~ s/([^A-Za-z0-9._~-])/sprintf '%%%02X', ord $1/ge;
    return $bytes;
}

# Undefined when there is none, or it is no JSON.
sub read_json_file {
    my ($path) = @_;
    eval { require JSON::PP; 1 } or return;
    open my $file, '<:raw', $path or return;
    my $bytes = '';
    read $file, $bytes, $MAX_SETTING_BYTES;
    close $file;
    my $read = decoded($bytes);
    return ref $read eq 'HASH' ? $read : undef;
}

sub _die { Hansa::Market::Refusal::throw( $_[0] ) }

#----------------------------------------------------------------------
# What came back, or did not: HTTP::Tiny's status 599 is a hub that said nothing.

package Hansa::Market::Hub::Answer;

sub json {
    my ($self) = @_;
    return Hansa::Market::Hub::decoded( $self->{'content'} );
}

# Whether it says nothing about what was asked: the hub is away, in trouble or busy.
sub is_passing { return $_[0]->{'status'} >= 500 || $_[0]->{'status'} == 429 }

# The code of a refusal, or the empty string.
sub code {
    my ($self) = @_;
    my $code = $self->_error()->{'code'};
    return defined $code && !ref $code && $code =~ /\A[A-Za-z_]{1,60}\z/ ? $code : '';
}

sub data {
    my ($self) = @_;
    my $data = $self->_error()->{'data'};
    return ref $data eq 'HASH' ? $data : {};
}

# The object it carries. Dies when it has another status or is no object.
sub must_be_json {
    my ( $self, $status ) = @_;
    my $read = $self->{'status'} == $status ? $self->json() : undef;
    return $read if ref $read eq 'HASH';
    $self->throw_passing();
}

sub throw_passing {
    my ($self) = @_;
    my $why = $self->_lacks_tls() ? 'This Perl lacks IO::Socket::SSL, which https needs.' : 'The hub does not answer as it should.';
    Hansa::Market::Refusal::throw("$why Try again later.");
}

sub _lacks_tls {
    my ($self) = @_;
    return $self->{'status'} == 599 && $self->{'content'} =~ /(?:IO::Socket::SSL|Net::SSLeay) [0-9.]+ must be installed/;
}

sub _error {
    my ($self) = @_;
    my $read = $self->json();
    return ref $read eq 'HASH' && ref $read->{'error'} eq 'HASH' ? $read->{'error'} : {};
}

1;
