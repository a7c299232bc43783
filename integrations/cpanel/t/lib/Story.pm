package Story;

# The people and things around a cPanel server: the hub's operator, the post, web sites, somebody's browser. For the tests that need
# a hub; whoever starts one says where everything is.

use strict;
use warnings;

use File::Temp ();
use HTTP::Tiny ();
use JSON::PP   ();

use CpanelLoader ();
use TestAccount  ();

our $ORIGIN = 'https://cpanel.example:2083';
our $WIZARD = "$ORIGIN/cpsess1234567890/frontend/jupiter/security/tls_wizard/";
our $LOGIN  = "$WIZARD?lang=de#/purchase/Hansa/login";
our $BACK   = "$WIZARD#/purchase/Hansa/checkout";
our @DOMAINS = qw(shop.example www.shop.example other.example);

my ( $ns, $account );
my $keys = File::Temp->newdir();

# Where the tests' own files may lie.
sub folder { return "$keys" }

# Enters an account of a server that is registered with the hub; its sites are served from a folder a domain.
sub begin {
    $ns      = CpanelLoader::load('Hansa');
    $account = TestAccount->new( $ENV{'HANSA_HUB_URL'} );
    $account->settings( hub_url => $ENV{'HANSA_HUB_URL'}, client_id => $ENV{'HANSA_CLIENT_ID'}, display_name => 'Test store' );
    for my $domain (@DOMAINS) {
        my $root = site($domain);
        -d $root || mkdir $root or die "$root: $!";
        $Cpanel::Market::Provider::Utils::DOCROOT{$domain} = $root;
    }
    return $ns;
}

sub site { my ($domain) = @_; return "$ENV{'HANSA_SITES'}/$domain" }

# What only the hub's operator, the post and the power supply can do.
sub control {
    my ( $verb, %args ) = @_;
    my $answer = HTTP::Tiny->new( timeout => 120 )->post_form( "$ENV{'HANSA_CONTROL_URL'}/$verb", \%args );
    die "$verb: $answer->{'content'}" if !$answer->{'success'};
    return JSON::PP->new->utf8->decode( $answer->{'content'} );
}

sub eventually {
    my ( $what, $code ) = @_;
    for ( 1 .. 240 ) {
        my $value = $code->();
        return $value if $value;
        select undef, undef, undef, 0.5;
    }
    die "never happened: $what\n";
}

# Signs somebody in with his browser, lets the server shop for him, and says where cPanel gets him back.
sub log_in {
    my ( $browser, $email ) = @_;
    $browser->open( CpanelLoader::call( $ns, 'get_login_url', $LOGIN ) );
    if ( $browser->page() =~ /name="email"/ ) {
        $browser->submit( email => $email );
        my $link = eventually( 'the letter came', sub { control( 'letter', to => $email )->{'link'} } );
        $browser->open($link)->submit();
    }
    $browser->submit( decision => 'allow' );
    return $browser->left_for();
}

sub code_in {
    my ($url) = @_;
    my ($code) = $url =~ /\A[^#]*[?&]code=([^&#]+)/ or die "no code before the fragment of $url\n";
    return $code;
}

sub exchange { return eval { CpanelLoader::call( $ns, 'validate_login_token', @_ )->{'access_token'} } }

sub token_for {
    my ( $browser, $email ) = @_;
    return exchange( code_in( log_in( $browser, $email ) ), $LOGIN ) || die "no token: $@";
}

# A request for these names, with its key in a file.
sub csr_for {
    my (@names) = @_;
    my $key  = "$keys/$names[0].key";
    my $list = join ',', map { "DNS:$_" } @names;
    my $csr  = qx{openssl req -new -newkey rsa:2048 -nodes -keyout $key -subj /CN=$names[0] -addext subjectAltName=$list 2>/dev/null};
    return { csr => $csr, key => $key, names => \@names };
}

sub prepare { my ( $id, $request ) = @_; return CpanelLoader::call( $ns, 'prepare_system_for_domain_control_validation', product_id => $id, csr => $request->{'csr'}, domains => $request->{'names'} ) }
sub undo { my ( $id, $request ) = @_; return CpanelLoader::call( $ns, 'undo_domain_control_validation_preparation', product_id => $id, csr => $request->{'csr'} ) }
sub poll { return CpanelLoader::call( $ns, 'get_certificate_if_available', $_[0] ) }

# Pays on Stripe's page and says where cPanel gets the user back.
sub pay {
    my ( $browser, $order_id ) = @_;
    $browser->open( CpanelLoader::call( $ns, 'get_checkout_url', $order_id ) );
    die "no page to pay on: $browser->{'page'}\n" if $browser->page() !~ /name="card_number"/;
    $browser->submit( card_number => '4242 4242 4242 4242', card_expiry => '12 / 40', card_cvc => '123', cardholder_name => 'Jo' );
    return $browser->left_for();
}

1;
