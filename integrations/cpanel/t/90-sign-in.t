use strict;
use warnings;
use FindBin ();
use lib "$FindBin::Bin/../lib", "$FindBin::Bin/lib";
use File::Temp ();
use Test::More;

use Browser      ();
use CpanelLoader ();
use Story        ();

plan skip_all => 'needs a hub, see README.md' if !$ENV{'HANSA_HUB_URL'};

# Signing in and the exchange, with the pages of a hub that runs.

my $ns = Story::begin();
my $jo  = Browser->new();

subtest 'log-in' => sub {
    my $left = Story::log_in( $jo, 'jo@shop.example' );
    like $left, qr/\A\Q$Story::WIZARD\E\?lang=de&code=[^#&]+#\/purchase\/Hansa\/login\z/, 'code before the fragment, query and fragment kept';

    my $code  = Story::code_in($left);
    my $first = Story::exchange( $code, $Story::LOGIN );
    ok $first, 'the code brings a token';
    is CpanelLoader::call( $ns, 'get_logged_in_users_email', access_token => $first ), 'jo@shop.example', 'that says whose it is';
    is Story::exchange( $code, $Story::LOGIN ), undef, 'a second exchange is refused';
    is "$@", "The login token is not valid or was already used.\n", 'and says why';
    is CpanelLoader::call( $ns, 'get_logged_in_users_email', access_token => $first ), undef, 'and ends the token of the first';

    is Story::exchange( Story::code_in( Story::log_in( $jo, 'jo@shop.example' ) ), "$Story::LOGIN?" ), undef, 'another address is refused';

    my $stolen = Story::code_in( Story::log_in( $jo, 'jo@shop.example' ) );
    my $thief  = File::Temp->newdir();
    {
        local $Hansa::Market::Account::HOME = "$thief";
        is Story::exchange( $stolen, $Story::LOGIN ), undef, 'another account’s verifier is refused';
    }
    is Story::exchange( $stolen, $Story::LOGIN ), undef, 'and the code is used up by it';

    for my $bad ( 'https://evil.example:2083/cpsess1/', 'http://cpanel.example:2083/cpsess1/', "$Story::ORIGIN/", 'https://cpanel.example/cpsess1/' ) {
        $jo->open( CpanelLoader::call( $ns, 'get_login_url', $bad ) );
        is_deeply [ $jo->status(), $jo->left_for() ], [ 400, undef ], "$bad gets a page, never a redirect";
    }
};

done_testing;
