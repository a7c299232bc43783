use strict;
use warnings;
use FindBin ();
use lib "$FindBin::Bin/../lib", "$FindBin::Bin/lib";
use File::Temp ();
use POSIX ();
use Test::More;

use Browser      ();
use CpanelLoader ();
use Story        ();

plan skip_all => 'needs a hub, see README.md' if !$ENV{'HANSA_HUB_URL'};

# From log-in to a PEM that openssl reads, and a license: cPanel, its user, his browser and his web sites, against a hub that runs.

my $ns     = Story::begin();
my $folder = Story::folder();
my $jo     = Browser->new();
my $kim    = Browser->new();
my $token  = Story::token_for( $jo, 'jo@shop.example' );
my %product;

subtest 'catalog' => sub {
    my @products = CpanelLoader::all_products($ns);
    %product = map { ( $_->{'product_group'} eq 'ssl_certificate' ? 'certificate' : $_->{'display_name'} ) => $_ } @products;
    ok $product{'certificate'}, 'has a certificate';
    ok $product{$_}, "has the plugin $_" for qw(SEO Reviews);
    is $product{'SEO'}{'price_unit'}, 'EUR', 'with its currency';
    is $product{'SEO'}{'price'}, 49, 'and its price in major units';
    $_->{'price'} = 0 for @products;
    is_deeply [ grep { defined $_->{'price'} && $_->{'price'} == 0 } CpanelLoader::call( $ns, 'get_products_list' ) ], [], 'and stays clean';
};

my $certificate_id = $product{'certificate'}{'product_id'};
my ( @requests, $cart );

subtest 'two certificates in one order' => sub {
    @requests = ( Story::csr_for( 'shop.example', 'www.shop.example' ), Story::csr_for('other.example') );
    Story::prepare( $certificate_id, $_ ) for @requests;
    my @items = map { { product_id => $certificate_id, csr => $_->{'csr'}, vhost_names => ['x'] } } @requests;
    $cart = CpanelLoader::create_shopping_cart( $ns, access_token => $token, items => \@items );
    is scalar @{ $cart->{'order_items'} }, 2, 'two items';
    is_deeply(
        [ map { [ sort map { $_->{'domain'} } @{ CpanelLoader::call( $ns, 'get_certificate_status_details', $_->{'order_item_id'} )->{'domain_details'} } ] } @{ $cart->{'order_items'} } ],
        [ [ 'shop.example', 'www.shop.example' ], ['other.example'] ],
        'in the order of the cart'
    );
    my $again = CpanelLoader::create_shopping_cart( $ns, access_token => $token, items => \@items );
    is $again->{'order_id'}, $cart->{'order_id'}, 'the same cart again is the same order';

    my $kims = Story::token_for( $kim, 'kim@other.example' );
    my %set = ( order_id => $cart->{'order_id'}, url_after_checkout => $Story::BACK );
    is CpanelLoader::set_url_after_checkout( $ns, %set, access_token => $kims )->{'error_type'}, 'OrderNotFound', 'somebody else does not find it';
    $kim->open( $cart->{'checkout_url'} );
    is $kim->status(), 404, 'nor does his browser';
    is_deeply CpanelLoader::set_url_after_checkout( $ns, %set, access_token => $token ), { status => 1 }, 'its owner says where to come back';
    is CpanelLoader::set_url_after_checkout( $ns, %set, access_token => $token, url_after_checkout => 'https://evil.example/cpsess1/' )->{'status'},
      0, 'not to just anywhere';

    my $answer = Story::poll( $cart->{'order_items'}[0]{'order_item_id'} );
    is $answer->{'certificate_pem'}, undef, 'nothing is issued before it is paid';
    is_deeply [ values %{ CpanelLoader::process_queue( $ns, @{ $cart->{'order_items'} } ) } ], [ 'kept', 'kept' ], 'and cPanel keeps asking';
};

subtest 'checkout, and the way back' => sub {
    my $left = Story::pay( $jo, $cart->{'order_id'} );
    like $left, qr/\A\Q$Story::WIZARD\E\?(?=[^#]*order_id=$cart->{'order_id'}\b)(?=[^#]*order_status=success\b)[^#]*#\/purchase\/Hansa\/checkout\z/,
      'order and status before the fragment';
    my %set = ( order_id => $cart->{'order_id'}, access_token => $token, url_after_checkout => $Story::BACK );
    ok Story::eventually( 'Stripe told of the payment', sub { !CpanelLoader::set_url_after_checkout( $ns, %set )->{'status'} } ), 'nothing is changed afterwards';
};

subtest 'certificates' => sub {
    my %pem;
    my @ids = map { $_->{'order_item_id'} } @{ $cart->{'order_items'} };

    # Each is asked for, as cPanel does: what its CA wants to see comes with the answer, and the order is paid when all are decided.
    Story::eventually( 'the certificates came', sub { $pem{$_} ||= Story::poll($_)->{'certificate_pem'} for @ids; !grep { !$pem{$_} } @ids } );
    for my $index ( 0, 1 ) {
        my ( $item, $request ) = ( $cart->{'order_items'}[$index]{'order_item_id'}, $requests[$index] );
        my $file = "$folder/$item.pem";
        open my $out, '>', $file or die $!;
        print {$out} $pem{$item};
        close $out;
        my $read = qx{openssl x509 -in $file -noout -text};
        is $?, 0, 'openssl reads the PEM';
        my ($names) = $read =~ /Subject Alternative Name:\s*\n\s*(.*)/;
        is $names, join( ', ', map { "DNS:$_" } @{ $request->{'names'} } ), 'it carries the names of the request';
        is qx{openssl x509 -in $file -noout -pubkey}, qx{openssl pkey -in $request->{'key'} -pubout}, 'and its key';
        is_deeply( CpanelLoader::call( $ns, 'get_certificate_status_details', $item )->{'status_details'}{'certificateStatus'}, 'completed', 'and the hub says so' );
        Story::undo( $certificate_id, $request );
        is_deeply [ glob "${\Story::site('')}$request->{'names'}[0]/.well-known/*/*" ], [], 'nothing is left on the site';
    }
};

subtest 'a hub that is killed while it is asked' => sub {
    my $item = $cart->{'order_items'}[0]{'order_item_id'};
    my $power = fork;
    die "fork: $!" if !defined $power;
    if ( !$power ) {
        my $done = eval { Story::control('kill-hub-while-asked'); sleep 2; Story::control('start-hub'); 1 };
        POSIX::_exit( $done ? 0 : 1 );
    }

    # cPanel asks all the while: before, in the middle of an answer, while nobody is there, and after.
    my ( @told, %outcome, $was_away );
    Story::eventually(
        'the hub was away and came back',
        sub {
            my $answer = Story::poll($item);
            push @told, $answer->{'status_code'} if defined $answer->{'status_code'};
            $outcome{$_}++ for values %{ CpanelLoader::process_queue( $ns, { order_item_id => $item } ) };
            $was_away ||= !defined $answer->{'certificate_pem'};
            return $was_away && $answer->{'certificate_pem'};
        }
    );
    waitpid $power, 0;
    is $?, 0, 'it was killed in the middle of an answer, and started again';
    is_deeply \@told, [], 'a hub that is gone says nothing of the order';
    ok $outcome{'kept'}, 'cPanel keeps asking';
    ok !$outcome{'removed'}, 'and gives nothing up';
};

subtest 'a license and a certificate in one cart' => sub {
    my $request = Story::csr_for('other.example');
    Story::prepare( $certificate_id, $request );
    my $mixed = CpanelLoader::create_shopping_cart(
        $ns,
        access_token       => $token,
        url_after_checkout => $Story::BACK,
        items              => [ { product_id => $product{'SEO'}{'product_id'} }, { product_id => $certificate_id, csr => $request->{'csr'} } ],
    );
    my ( $license, $certificate ) = map { $_->{'order_item_id'} } @{ $mixed->{'order_items'} };
    like Story::pay( $jo, $mixed->{'order_id'} ), qr/order_status=success/, 'one page, one payment';
    my $pem = Story::eventually( 'the certificate came', sub { Story::poll($certificate)->{'certificate_pem'} } );
    my $file = "$folder/mixed.pem";
    open my $out, '>', $file or die $!;
    print {$out} $pem;
    close $out;
    like qx{openssl x509 -in $file -noout -subject}, qr/other\.example/, 'openssl reads the PEM';
    ok Story::eventually( 'the license came by mail', sub { Story::control( 'license', to => 'jo@shop.example', name => 'SEO' )->{'key'} } ), 'and the license comes with it';
    is Story::poll($license)->{'status_code'}, 'CertificateNotFound', 'but not to whoever polls';
};

subtest 'a license' => sub {
    my $cart = CpanelLoader::create_shopping_cart(
        $ns,
        access_token       => $token,
        url_after_checkout => $Story::BACK,
        items              => [ map { { product_id => $product{$_}{'product_id'}, remote_price => $product{$_}{'price'} || 49 } } qw(SEO Reviews) ],
    );
    is scalar @{ $cart->{'order_items'} }, 2, 'two plugins in one order';
    like Story::pay( $jo, $cart->{'order_id'} ), qr/order_status=success/, 'paid';
    for my $name (qw(SEO Reviews)) {
        my $letter = Story::eventually( "the license of $name came by mail", sub { Story::control( 'license', to => 'jo@shop.example', name => $name )->{'key'} } );
        like $letter, qr/\ACC-/, "$name arrives by mail";
    }
    is CpanelLoader::call( $ns, 'get_certificate_if_available', $cart->{'order_items'}[0]{'order_item_id'} )->{'status_code'},
      'CertificateNotFound', 'and is not handed out to whoever polls';
};

subtest 'what is not sold' => sub {
    my $item = sub { { product_id => $product{'SEO'}{'product_id'}, @_ } };
    my $buy = sub { eval { CpanelLoader::call( $ns, 'create_shopping_cart', access_token => $token, items => [@_] ); 1 } };
    ok !$buy->( $item->( remote_price => 1 ) ), 'a price that WHM made up is refused';
    like "$@", qr/it is 49(?:\.00)? EUR/, 'with the right one';
    ok !$buy->( { product_id => '99999999' } ), 'what does not exist';
    Story::control( 'disable', product => 'Reviews' );
    ok !$buy->( { product_id => $product{'Reviews'}{'product_id'} } ), 'what was disabled';
    ok !eval { CpanelLoader::call( $ns, 'validate_request_for_one_item', product_id => $product{'Reviews'}{'product_id'} ); 1 }, 'before it is in a cart, too';
    my $wildcard = Story::csr_for('*.shop.example');
    ok !$buy->( { product_id => $certificate_id, csr => $wildcard->{'csr'} } ), 'a wildcard';
    like "$@", qr/CSR_NAME_REFUSED, items\.0\.csr/, 'because of its name';
    my $weak = qx{openssl req -new -newkey rsa:1024 -nodes -keyout /dev/null -subj /CN=shop.example 2>/dev/null};
    ok !$buy->( { product_id => $certificate_id, csr => $weak } ), 'a weak key';
    ok !eval { CpanelLoader::call( $ns, 'create_shopping_cart', access_token => 'hmkt_stolen', items => [ $item->() ] ); 1 }, 'to nobody';
    like "$@", qr/Sign in/, 'who is not signed in';
};

subtest 'a site that redirects' => sub {
    my $request = Story::csr_for('shop.example');
    Story::prepare( $certificate_id, $request );
    Story::control( 'site', redirects => 1 );
    my $cart = CpanelLoader::create_shopping_cart(
        $ns,
        access_token       => $token,
        url_after_checkout => $Story::BACK,
        items              => [ { product_id => $certificate_id, csr => $request->{'csr'} } ],
    );
    Story::pay( $jo, $cart->{'order_id'} );
    my $item = $cart->{'order_items'}[0]{'order_item_id'};
    my $message = Story::eventually( 'the hub looked', sub { my $answer = Story::poll($item); ( $answer->{'status_code'} || '' ) eq 'RequiresApproval' && $answer->{'status_message'} } );
    like $message, qr/shop\.example: REDIRECTED/, 'is no proof, and the user is told';
    is_deeply CpanelLoader::process_queue( $ns, { order_item_id => $item } ), { $item => 'kept' }, 'but it is tried again';
    Story::control( 'site', redirects => 0 );
    ok Story::eventually( 'the certificate came', sub { Story::poll($item)->{'certificate_pem'} } ), 'until the file is there';
};

done_testing;
