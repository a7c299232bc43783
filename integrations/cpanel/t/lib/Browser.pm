package Browser;

# A person's browser as far as the pages of the hub and of Stripe need one: cookies, forms, and a look at every redirect.

use strict;
use warnings;

use HTTP::Tiny ();

use Hansa::Market::Hub ();

sub new {
    my ($class) = @_;
    return bless { cookies => {}, http => HTTP::Tiny->new( max_redirect => 0, timeout => 30 ) }, $class;
}

# Opens an address and follows redirects while they stay with servers of this machine; what leads elsewhere is where it ends.
sub open {
    my ( $self, $url ) = @_;
    return $self->_go( 'GET', $url );
}

# Sends the form of the page that is shown, with these fields filled in.
sub submit {
    my ( $self, %fields ) = @_;
    my ($form) = $self->{'page'} =~ m{(<form\b.*?</form>)}s or die "no form at $self->{'url'}: $self->{'page'}\n";
    my ($action) = $form =~ /<form\b[^>]*\baction="([^"]*)"/;
    my %all;
    while ( $form =~ /<input\b([^>]*)>/sg ) {
        my $attributes = $1;
        my ($name)  = $attributes =~ /\bname="([^"]*)"/ or next;
        my ($value) = $attributes =~ /\bvalue="([^"]*)"/;
        next if $attributes =~ /\btype="radio"/ && $attributes !~ /\bchecked\b/;
        $all{$name} = _text( defined $value ? $value : '' );
    }
    %all = ( %all, %fields );
    my $body = Hansa::Market::Hub::query( map { ( $_ => $all{$_} ) } sort keys %all );
    my $to = defined $action && $action ne '' ? $self->_absolute( _text($action) ) : $self->{'url'};
    return $self->_go( 'POST', $to, $body );
}

sub status { return $_[0]->{'status'} }
sub page   { return $_[0]->{'page'} }

# Where the last answer led that was not followed, or undef.
sub left_for { return $_[0]->{'left_for'} }

sub _go {
    my ( $self, $method, $url, $body ) = @_;
    $self->{'left_for'} = undef;
    for ( 1 .. 10 ) {
        my ($origin) = $url =~ m{\A(https?://[^/?#]+)};
        if ( $origin !~ m{\Ahttp://(?:127\.0\.0\.1|localhost):\d+\z} ) {
            $self->{'left_for'} = $url;
            return $self;
        }
        my $jar = $self->{'cookies'}{$origin} ||= {};
        my %headers = %$jar ? ( cookie => join '; ', map { "$_=$jar->{$_}" } sort keys %$jar ) : ();
        $headers{'content-type'} = 'application/x-www-form-urlencoded' if defined $body;
        ( my $address = $url ) =~ s/#.*\z//s;
        my $answer = $self->{'http'}->request( $method, $address, { headers => \%headers, defined $body ? ( content => $body ) : () } );
        $self->_keep( $jar, $answer->{'headers'}{'set-cookie'} );
        @{$self}{qw(url status page)} = ( $url, $answer->{'status'}, $answer->{'content'} );
        my $location = $answer->{'headers'}{'location'};
        return $self if $answer->{'status'} !~ /\A30[1237]\z/ || !defined $location;
        ( $method, $body ) = ( 'GET', undef );
        $url = $self->_absolute($location);
    }
    die "redirected in circles\n";
}

sub _keep {
    my ( undef, $jar, $set ) = @_;
    for my $line ( ref $set ? @$set : defined $set ? $set : () ) {
        my ( $name, $value ) = $line =~ /\A([^=;]+)=([^;]*)/ or next;
        if ( $line =~ /max-age=0/i ) { delete $jar->{$name} }
        else                         { $jar->{$name} = $value }
    }
    return;
}

sub _absolute {
    my ( $self, $reference ) = @_;
    return $reference if $reference =~ m{\A[a-z]+://};
    my ($origin) = $self->{'url'} =~ m{\A(https?://[^/?#]+)};
    return "$origin$reference";
}

sub _text {
    my ($html) = @_;
    $html =~ s/&#(\d+);/chr $1/ge;
    $html =~ s/&lt;/</g;
    $html =~ s/&gt;/>/g;
    $html =~ s/&quot;/"/g;
    $html =~ s/&amp;/&/g;
    return $html;
}

1;
