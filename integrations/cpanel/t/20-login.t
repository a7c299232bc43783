use strict;
use warnings;
use FindBin ();
use lib "$FindBin::Bin/../lib", "$FindBin::Bin/lib";
use Test::More;

use CpanelLoader           ();
use FakeHub                ();
use Hansa::Market::Account ();
use TestAccount            ();

my $API = $TestAccount::API;
my $URL = 'https://host.example:2083/cpsess1/frontend/jupiter/?a=b#/purchase/Hansa/login';
my $ns  = CpanelLoader::load('Hansa');

sub exchange {
    my (@answer) = @_;
    my $hub     = FakeHub->start( "POST $API/token" => [@answer] );
    my $account = TestAccount->new( $hub->origin() );
    my $got     = eval { CpanelLoader::call( $ns, 'validate_login_token', 'the-code', $URL ) };
    return ( $got, $@, $hub, $account );
}

subtest 'a code is exchanged' => sub {
    my ( $got, undef, $hub, $account ) = exchange( 200, { access_token => 'hmkt_abc', expires_in => 3600 } );
    is_deeply $got, { access_token => 'hmkt_abc' }, 'for a token';
    my ($request) = $hub->requests();
    my %form = map { split /=/, $_, 2 } split /&/, $request->{'body'};
    s/%([0-9A-F]{2})/chr hex $1/ge for values %form;
    is_deeply \%form,
      {
        grant_type    => 'authorization_code',
        code          => 'the-code',
        redirect_uri  => $URL,
        client_id     => 'mcl_TEST',
        code_verifier => Hansa::Market::Account::verifier_for($URL),
      },
      'with the identical address and the verifier that follows from it';
};

subtest 'a code that is used up' => sub {
    my ( $got, $error ) = exchange( 400, { error => { code => 'invalid_grant', message => 'x', data => {} } } );
    is $got, undef, 'brings nothing';
    is "$error", "The login token is not valid or was already used.\n", 'and says so';
};

for my $case (
    [ 'an error page',           500, 'oops' ],
    [ 'a proxy’s page',          200, '<html>' ],
    [ 'another kind of JSON',    200, '[]' ],
    [ 'no token',                200, { token_type => 'Bearer' } ],
    [ 'a token that is no text', 200, { access_token => {} } ],
    [ 'no answer',               0 ],
    [ 'a refusal of the client', 400, { error => { code => 'invalid_client' } } ],
  ) {
    my ( $what, @answer ) = @$case;
    my ( $got, $error ) = exchange(@answer);
    is $got, undef, "$what brings no token";
    unlike "$error", qr/the-code|already used/, "$what blames nobody and tells no secret";
}

subtest 'a redirect is not followed: it would take the token along' => sub {
    my $thief   = FakeHub->start( "GET $API/me" => [ 200, { email => 'thief@example.com' } ] );
    my $hub     = FakeHub->start( "GET $API/me" => [ 302, '', { location => $thief->origin() . "$API/me" } ] );
    my $account = TestAccount->new( $hub->origin() );
    is CpanelLoader::call( $ns, 'get_logged_in_users_email', access_token => 'hmkt_abc' ), undef, 'no answer';
    is scalar $thief->requests(), 0, 'nobody else was asked';
};

subtest 'the e-mail address' => sub {
    my $hub     = FakeHub->start( "GET $API/me" => [ 200, { email => 'jo@shop.example' } ] );
    my $account = TestAccount->new( $hub->origin() );
    is CpanelLoader::call( $ns, 'get_logged_in_users_email', access_token => 'hmkt_abc' ), 'jo@shop.example', 'is told';
    is( ( $hub->requests() )[0]{'headers'}{'authorization'}, 'Bearer hmkt_abc', 'to the owner of the token' );
    is CpanelLoader::call( $ns, 'get_logged_in_users_email', access_token => "bad\r\nx: y" ), undef, 'a malformed token is not sent';
    is scalar $hub->requests(), 1, 'at all';
};

subtest 'the hub’s address' => sub {
    my $account = TestAccount->new('http://hub.example');
    for my $origin ( 'http://hub.example', 'https://user:pw@hub.example', 'ftp://hub.example', '', 'http://127.0.0.1.evil.example' ) {
        $account->settings( hub_url => $origin, client_id => 'mcl_TEST' );
        ok !eval { CpanelLoader::call( $ns, 'get_products_list' ); 1 }, "“$origin” is refused";
        like "$@", qr/no https address/, 'with the reason';
    }
};

subtest 'a Perl without TLS says so' => sub {
    plan skip_all => 'this Perl has IO::Socket::SSL' if eval { require IO::Socket::SSL; 1 };
    my $account = TestAccount->new('https://127.0.0.1:1');
    ok !eval { CpanelLoader::call( $ns, 'validate_login_token', 'c', $URL ); 1 }, 'refused';
    like "$@", qr/IO::Socket::SSL/, 'by name';
};

done_testing;
