use strict;
use warnings;
use FindBin ();
use lib "$FindBin::Bin/../lib", "$FindBin::Bin/lib";
use JSON::PP ();
use Test::More;

use CpanelLoader ();
use FakeHub      ();
use TestAccount  ();

my $API = $TestAccount::API;
my $ns  = CpanelLoader::load('Hansa');
my @PRODUCTS = map { { product_id => "$_", display_name => "P$_", price => 5, price_unit => 'EUR' } } 1 .. 3;
my @ITEMS = ( { product_id => '2', csr => 'CSR', dcv_domains => ['x'], vhost_names => ['y'] }, { product_id => '1', remote_price => '5' } );
my @IDS   = map { { order_item_id => $_ } } qw(oi_b oi_a);

sub hub {
    my (%more) = @_;
    my $hub = FakeHub->start(
        "GET $API/products"        => [ 200, { products => \@PRODUCTS } ],
        "POST $API/items/validate" => [204],
        "POST $API/orders"         => [ 201, { order_id => '1001', order_items => \@IDS } ],
        %more,
    );
    return ( $hub, TestAccount->new( $hub->origin() ) );
}
sub orders { return grep { $_->{'path'} eq "$API/orders" } $_[0]->requests() }
sub order { return [ CpanelLoader::call( $ns, 'create_shopping_cart', access_token => 'hmkt_abc', items => \@ITEMS, @_ ) ] }

subtest 'a cart, the way cPanel makes one' => sub {
    my ( $hub, $account ) = hub();
    my $cart = CpanelLoader::create_shopping_cart( $ns, access_token => 'hmkt_abc', items => \@ITEMS, url_after_checkout => 'https://h:2083/x' );
    is $cart->{'order_id'}, '1001', 'has an order';
    is_deeply $cart->{'order_items'}, \@IDS, 'with its items in the order of the cart';
    like $cart->{'checkout_url'}, qr{/market/checkout/1001\z}, 'and an address to pay at';
    my ($sent) = orders($hub);
    is_deeply(
        JSON::PP->new->utf8->decode( $sent->{'body'} ),
        { items => [ { product_id => '2', csr => 'CSR' }, { product_id => '1', remote_price => 5 } ], url_after_checkout => 'https://h:2083/x' },
        'the hub gets what it knows of each item'
    );
    is $sent->{'headers'}{'authorization'}, 'Bearer hmkt_abc', 'and the token, in a header';
    is scalar( grep { $_->{'path'} =~ /validate/ } $hub->requests() ), 2, 'each item was validated before';
};

subtest 'what is disabled in WHM is not ordered' => sub {
    my ( $hub, $account ) = hub();
    my %args = ( access_token => 'hmkt_abc', items => \@ITEMS, disabled => { 1 => 1 } );
    ok !eval { CpanelLoader::create_shopping_cart( $ns, %args ); 1 }, 'refused';
    is scalar orders($hub), 0, 'and not sent';
};

subtest 'a retry after no answer is the same order' => sub {
    my ( $hub, $account ) = hub( "POST $API/orders" => [ [0], [503], [ 201, { order_id => '1001', order_items => \@IDS } ] ] );
    is order()->[0], '1001', 'made';
    my @sent = orders($hub);
    my %keys = map { $_->{'headers'}{'idempotency-key'} => 1 } @sent;
    is scalar @sent, 3, 'asked three times';
    is scalar keys %keys, 1, 'under one key';
    like( ( keys %keys )[0], qr/\A[0-9a-f]{64}\z/, 'that tells nothing' );
    order();
    is( ( orders($hub) )[-1]{'headers'}{'idempotency-key'}, ( keys %keys )[0], 'so is the same cart a moment later' );
    order( url_after_checkout => 'https://h:2083/y' );
    isnt( ( orders($hub) )[-1]{'headers'}{'idempotency-key'}, ( keys %keys )[0], 'but not another cart' );
};

subtest 'a hub that stays away' => sub {
    my ( $hub, $account ) = hub( "POST $API/orders" => [503] );
    ok !eval { order(); 1 }, 'is an error';
    unlike "$@", qr/hmkt_abc/, 'that names no token';
};

for my $case (
    [ 'too few',         { order_id => '1', order_items => [ { order_item_id => 'a' } ] } ],
    [ 'the same twice',  { order_id => '1', order_items => [ { order_item_id => 'a' }, { order_item_id => 'a' } ] } ],
    [ 'one twice',       { order_id => '1', order_items => [ @IDS, $IDS[0] ] } ],
    [ 'no ids',          { order_id => '1', order_items => [ {}, {} ] } ],
    [ 'no order',        { order_items => \@IDS } ],
    [ 'an id with path', { order_id => '../1', order_items => \@IDS } ],
  ) {
    my ( $what, $body ) = @$case;
    my ( $hub, $account ) = hub( "POST $API/orders" => [ 201, $body ] );
    ok !eval { order(); 1 }, "an answer with $what is refused";
}

for my $case (
    [ 401, 'CREDENTIALS_REQUIRED', {}, qr/\ASign in to the store again/ ],
    [ 409, 'PRICE_CHANGED', { item_price => 7.5, price_unit => 'EUR' }, qr/it is 7\.5 EUR/ ],
    [ 422, 'CSR_REFUSED', { field => 'items.0.csr', reason => 'CSR_KEY_WEAK' }, qr/CSR_REFUSED, items\.0\.csr, CSR_KEY_WEAK/ ],
    [ 422, 'PRODUCT_NOT_FOUND', {}, qr/no such product/ ],
    [ 403, 'CLIENT_REFUSED', {}, qr/CLIENT_REFUSED/ ],
  ) {
    my ( $status, $code, $data, $text ) = @$case;
    my ( $hub, $account ) = hub( "POST $API/orders" => [ $status, { error => { code => $code, message => 'secret', data => $data } } ] );
    ok !eval { order(); 1 }, "$code is an error";
    like "$@", $text, 'that says what to do';
    unlike "$@", qr/secret|hmkt/, 'and repeats no body';
}

subtest 'an item the hub does not sell' => sub {
    my ( $hub, $account ) = hub( "POST $API/items/validate" => [ 404, { error => { code => 'PRODUCT_NOT_FOUND' } } ] );
    ok !eval { CpanelLoader::call( $ns, 'validate_request_for_one_item', product_id => '9' ); 1 }, 'is refused';
    like "$@", qr/no product “9”/, 'by name';
};

subtest 'a token that is none' => sub {
    my ( $hub, $account ) = hub();
    ok !eval { order( access_token => "x\r\nevil: y" ); 1 }, 'is refused';
    like "$@", qr/\ASign in to the store again/, 'with what to do about it';
    unlike "$@", qr/evil/, 'without being repeated';
    is scalar orders($hub), 0, 'and not sent';
};

my %SET = ( order_id => '1001', access_token => 'hmkt_abc', url_after_checkout => 'https://h:2083/cpsess1/#/x' );
my $PATH = "PUT $API/orders/1001/url-after-checkout";

subtest 'the address to come back to' => sub {
    my ( $hub, $account ) = hub( $PATH => [204] );
    is_deeply CpanelLoader::set_url_after_checkout( $ns, %SET ), { status => 1 }, 'is set';
    is( ( $hub->requests() )[0]{'body'}, '{"url":"https://h:2083/cpsess1/#/x"}', 'with its fragment' );
};

subtest 'somebody else’s order' => sub {
    my ( $hub, $account ) = hub( $PATH => [ 404, { error => { code => 'ORDER_NOT_FOUND' } } ] );
    is CpanelLoader::set_url_after_checkout( $ns, %SET )->{'error_type'}, 'OrderNotFound', 'is the one error the interface knows';

    local @INC = ( "$FindBin::Bin/cpanel", @INC );
    is CpanelLoader::set_url_after_checkout( $ns, %SET )->{'error_type'}, 'OrderNotFound', 'also with cPanel’s own classes';
};

subtest 'other errors are of no type' => sub {
    for my $answer ( [ 409, { error => { code => 'ORDER_PAID' } } ], [503], [ 404, 'a proxy’s page' ] ) {
        my ( $hub, $account ) = hub( $PATH => $answer );
        my $outcome = CpanelLoader::set_url_after_checkout( $ns, %SET );
        is_deeply [ @{$outcome}{qw(status error_type)} ], [ 0, undef ], "status $answer->[0]";
    }
};

done_testing;
