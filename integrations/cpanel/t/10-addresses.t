use strict;
use warnings;
use FindBin ();
use lib "$FindBin::Bin/../lib", "$FindBin::Bin/lib";
use Test::More;

use CpanelLoader           ();
use Hansa::Market::Account ();
use TestAccount            ();

# Nothing listens there: whoever connects, fails.
my $HUB     = 'http://127.0.0.1:1';
my $account = TestAccount->new($HUB);
my $ns      = CpanelLoader::load('Hansa');
my $URL     = 'https://host.example:2083/cpsess1234567890/frontend/jupiter/security/tls_wizard/#/purchase/Hansa/login';

subtest 'the log-in address' => sub {
    my @addresses = CpanelLoader::call( $ns, 'get_login_url', $URL );
    is scalar @addresses, 1, 'one string in list context';
    my ( $base, $query ) = split /\?/, $addresses[0], 2;
    is $base, "$HUB/market/authorize", 'of the hub';
    my %query = map { split /=/, $_, 2 } split /&/, $query;
    s/%([0-9A-F]{2})/chr hex $1/ge for values %query;
    is $query{'redirect_uri'}, $URL, 'carries the address to come back to, fragment included';
    is $query{'client_id'}, 'mcl_TEST', 'carries the client';
    is "$query{'response_type'} $query{'code_challenge_method'}", 'code S256', 'asks for a code with PKCE';
    is $query{'code_challenge'}, Hansa::Market::Account::challenge_for($URL), 'carries the challenge';
};

subtest 'PKCE without state' => sub {
    my $verifier = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';
    require Digest::SHA;
    is Hansa::Market::Account::base64url( Digest::SHA::sha256($verifier) ), 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
      'RFC 7636, appendix B';
    like Hansa::Market::Account::verifier_for($URL), qr/\A[A-Za-z0-9_-]{43}\z/, 'a legal verifier';
    is Hansa::Market::Account::verifier_for($URL), Hansa::Market::Account::verifier_for($URL), 'the same for both halves';
    isnt Hansa::Market::Account::verifier_for($URL), Hansa::Market::Account::verifier_for("$URL?"), 'another for another address';

    my $here = Hansa::Market::Account::verifier_for($URL);
    my $other = TestAccount->new($HUB);
    isnt Hansa::Market::Account::verifier_for($URL), $here, 'another for another account';
    $account->enter();
};

subtest 'the secret' => sub {
    my $key = $account->home() . '/.hansa-market/key';
    is sprintf( '%o', ( stat $key )[2] & 07777 ), '600', 'is the account’s alone';
    is -s $key, 32, 'has 256 bits';
    my $kept = Hansa::Market::Account::verifier_for($URL);
    {
        no warnings 'redefine';
        my ( $read, $count ) = ( \&Hansa::Market::Account::_read_key, 0 );
        local *Hansa::Market::Account::_read_key = sub { $count++ ? $read->(@_) : undef };
        is Hansa::Market::Account::verifier_for($URL), $kept, 'stays when another process made it in between';
    }
    is Hansa::Market::Account::verifier_for($URL), $kept, 'as it was';
    my @drafts = grep { !/key\z/ } glob( $account->home() . '/.hansa-market/*' );
    is_deeply \@drafts, [], 'leaves nothing behind';

    my $fresh = TestAccount->new($HUB);
    my @children = map {
        pipe my $read, my $write or die $!;
        my $pid = fork;
        if ( $pid == 0 ) {
            close $read;
            print {$write} Hansa::Market::Account::verifier_for($URL);
            close $write;
            require POSIX;
            POSIX::_exit(0);
        }
        close $write;
        [ $pid, $read ];
    } 1 .. 8;
    my %seen = map { my ( $pid, $read ) = @$_; my $line = <$read>; waitpid $pid, 0; ( $line => 1 ) } @children;
    is scalar keys %seen, 1, 'is one, whoever needs it first';
    $account->enter();
};

subtest 'addresses are built without asking anybody' => sub {
    is CpanelLoader::call( $ns, 'get_checkout_url', '1001' ), "$HUB/market/checkout/1001", 'checkout';
    is CpanelLoader::call( $ns, 'get_checkout_url', '../x?y=z#' ), "$HUB/market/checkout/..%2Fx%3Fy%3Dz%23", 'whatever the id';
    is CpanelLoader::call( $ns, 'get_support_uri_for_order_item', order_id => '1001', order_item_id => 'oi_1' ),
      "$HUB/market/support?order_id=1001&order_item_id=oi_1", 'support';
    is $ns->_DISPLAY_NAME(), 'Test store', 'the name, called as a method';
};

subtest 'and never die' => sub {
    local $Cpanel::Market::Provider::Hansa::CONFIG_FILE = '/nowhere';
    local $Hansa::Market::Account::HOME                 = '/nowhere';
    my @warnings;
    local $SIG{'__WARN__'} = sub { push @warnings, @_ };
    ok eval { CpanelLoader::call( $ns, 'get_login_url', $URL ); 1 }, 'log-in';
    ok eval { CpanelLoader::call( $ns, 'get_checkout_url', undef ); 1 }, 'checkout';
    ok eval { CpanelLoader::call( $ns, 'get_support_uri_for_order_item' ); 1 }, 'support';
    is $ns->_DISPLAY_NAME(), 'Hansa', 'the name';
    is_deeply \@warnings, [], 'nor warn';
};

done_testing;
