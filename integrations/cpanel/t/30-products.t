use strict;
use warnings;
use FindBin ();
use lib "$FindBin::Bin/../lib", "$FindBin::Bin/lib";
use Test::More;

# Time as the module sees it; before it is compiled.
our $now;
BEGIN { $now = time; *CORE::GLOBAL::time = sub { $main::now } }

use CpanelLoader ();
use FakeHub      ();
use TestAccount  ();

my $API = $TestAccount::API;
my $ns  = CpanelLoader::load('Hansa');

my %PLUGIN = ( product_id => '1', display_name => 'SEO', product_group => 'plugin', price => 49, price_unit => 'EUR' );
my %CERTIFICATE = (
    product_id               => '2',
    display_name             => 'TLS',
    product_group            => 'ssl_certificate',
    price                    => undef,
    x_ssl_per_domain_pricing => JSON::PP::true(),
    x_price_per_domain       => 12.5,
    x_supports_dns_dcv       => JSON::PP::false(),
    x_certificate_term       => [ 90, 'day' ],
    x_identity_verification  => [],
    secret_of_the_hub        => 'x',
);

# A hub that tells these products, each time as the next of the answers.
sub hub_with {
    my (@answers) = @_;
    my $hub = FakeHub->start( "GET $API/products" => \@answers );
    return ( $hub, TestAccount->new( $hub->origin() ) );
}
my $ANSWER = [ 200, { products => [ \%PLUGIN, \%CERTIFICATE ] }, { etag => '"v1"' } ];

subtest 'the list' => sub {
    my ( $hub, $account ) = hub_with($ANSWER);
    my ( $plugin, $certificate ) = CpanelLoader::call( $ns, 'get_products_list' );
    is_deeply $plugin, { %PLUGIN }, 'has what the hub tells';
    is $certificate->{'x_ssl_per_domain_pricing'}, 1, 'true is 1';
    is $certificate->{'x_supports_dns_dcv'},       0, 'false is 0';
    ok !ref $certificate->{$_}, "$_ is no object" for qw(x_ssl_per_domain_pricing x_supports_dns_dcv);
    is $certificate->{'x_price_per_domain'}, 12.5, 'prices are major units';
    ok !exists $certificate->{'secret_of_the_hub'}, 'what nobody documents stays out';
    is( ( $hub->requests() )[0]{'query'}, 'client_id=mcl_TEST', 'for this client' );
};

subtest 'what cPanel writes into it is not there the next time' => sub {
    my ( $hub, $account ) = hub_with($ANSWER);
    for my $product ( CpanelLoader::all_products($ns) ) {
        $product->{'price'} = 0;
        push @{ $product->{'x_certificate_term'} }, 'corrupted';
        delete $product->{'product_id'};
    }
    my ( $plugin, $certificate ) = CpanelLoader::call( $ns, 'get_products_list' );
    is_deeply $plugin, {%PLUGIN}, 'a clean copy';
    is_deeply $certificate->{'x_certificate_term'}, [ 90, 'day' ], 'to the depth';
    ok !exists $plugin->{'enabled'}, 'without what was added';
    is scalar $hub->requests(), 1, 'from one answer';
};

subtest 'the hub is asked once a minute, and told what is known' => sub {
    my ( $hub, $account ) = hub_with( $ANSWER, [304], [ 200, { products => [ {%PLUGIN} ] } ] );
    local $now = $now;
    my $count = sub { my @products = CpanelLoader::call( $ns, 'get_products_list' ); scalar @products };
    is $count->(), 2, 'first';
    $now += 59;
    is $count->(), 2, 'kept';
    is scalar $hub->requests(), 1, 'not asked';
    $now += 2;
    is $count->(), 2, 'unchanged';
    is( ( $hub->requests() )[1]{'headers'}{'if-none-match'}, '"v1"', 'asked for a change' );
    $now += 61;
    is $count->(), 1, 'changed';
};

subtest 'without an answer it dies, and cPanel leaves this provider out' => sub {
    for my $answer ( [500], [ 200, 'no json' ], [ 200, { products => {} } ], [0], [ 403, { error => { code => 'CLIENT_REFUSED' } } ] ) {
        my ( $hub, $account ) = hub_with($answer);
        ok !eval { CpanelLoader::call( $ns, 'get_products_list' ); 1 }, "status $answer->[0]";
    }
};

subtest 'identity verification follows from the product' => sub {
    my %ov = ( %CERTIFICATE, x_identity_verification => [ { name => 'organization_name' }, { name => 'duns_number' } ] );
    my ( $hub, $account ) = hub_with( [ 200, { products => [ \%ov, \%PLUGIN ] } ] );
    my %idv = ( organization_name => 'Shop Ltd', duns_number => '1', city => 'Kiel' );
    my @pairs = CpanelLoader::call( $ns, 'convert_ssl_identity_verification_to_csr_subject', '2', %idv );
    is_deeply \@pairs, [ [ 'organizationName', 'Shop Ltd' ] ], 'the subject';
    my %flat = CpanelLoader::call( $ns, 'convert_ssl_identity_verification_to_order_item_parameters', '2', %idv );
    is_deeply \%flat, { organization_name => 'Shop Ltd', duns_number => '1' }, 'the item, as a flat list';
    is_deeply [ CpanelLoader::call( $ns, 'convert_ssl_identity_verification_to_csr_subject', '1', %idv ) ], [], 'nothing for others';
};

subtest 'names' => sub {
    my $convert = sub { CpanelLoader::call( $ns, 'convert_subject_names_to_dcv_order_item_parameters', '2', @_ ) };
    is_deeply [ $convert->( [ [ 'dNSName', 'shop.example' ] ] ) ], [], 'come from the request';
    is_deeply [ $convert->( [ { type => 'dNSName', name => 'shop.example', dcv_method => 'http' } ] ) ], [], 'in both forms';
    ok !eval { $convert->( [ { name => 'shop.example', dcv_method => 'dns' } ] ); 1 }, 'DNS is refused';
    ok !eval { $convert->( [ [ 'dNSName', '*.shop.example' ] ] ); 1 }, 'so is a wildcard';
};

done_testing;
