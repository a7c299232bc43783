use strict;
use warnings;
use FindBin ();
use lib "$FindBin::Bin/../lib", "$FindBin::Bin/lib";
use Test::More;

use CpanelLoader ();
use FakeHub      ();
use TestAccount  ();

my $API = $TestAccount::API;
my $ns  = CpanelLoader::load('Hansa');
my $PEM = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";

sub ask {
    my (@answer) = @_;
    my $hub     = FakeHub->start( "GET $API/order-items/oi_1/certificate" => [@answer] );
    my $account = TestAccount->new( $hub->origin() );
    my $got     = CpanelLoader::call( $ns, 'get_certificate_if_available', 'oi_1' );
    my $kept    = CpanelLoader::process_queue( $ns, { order_item_id => 'oi_1', csr => $TestAccount::CSR } );
    return ( $got, $kept->{'oi_1'}, $hub, $account );
}
sub waiting { return { certificate_pem => undef, status_code => undef, status_message => $_[0] } }

subtest 'a certificate' => sub {
    my ( $got, $outcome, $hub ) = ask( 200, { certificate_pem => $PEM, status_code => undef, status_message => undef, more => 1 } );
    is_deeply $got, { certificate_pem => $PEM, status_code => undef, status_message => undef }, 'is handed over, and nothing else';
    is $outcome, 'installed', 'and installed';
    is( ( $hub->requests() )[0]{'query'}, 'client_id=mcl_TEST', 'no token is needed' );
};

for my $code ( undef, 'CertificateNotFound', 'RequiresApproval', 'SomethingNew' ) {
    my ( $got, $outcome ) = ask( 200, { certificate_pem => undef, status_code => $code, status_message => 'm' } );
    is $got->{'status_code'}, $code, ( $code || 'nothing' ) . ' is passed on';
    is $outcome, 'kept', 'and the item is asked for again';
}
for my $code (qw(OrderCanceled OrderItemCanceled CA:rejected CA:revoked)) {
    my ( $got, $outcome ) = ask( 200, { certificate_pem => undef, status_code => $code, status_message => 'm' } );
    is $got->{'status_code'}, $code, "$code is passed on";
    is $outcome, 'removed', 'and ends it';
}

subtest 'an item the hub does not know' => sub {
    my ( $got, $outcome ) = ask( 404, { error => { code => 'ORDER_ITEM_NOT_FOUND' } } );
    is $got->{'status_code'}, 'CertificateNotFound', 'is not found';
    is $outcome, 'kept', 'which ends nothing';
};

# A hub in trouble must never look like an order that was canceled.
for my $case (
    [ 'no answer',             0 ],
    [ 'an error',              500, { error => { code => 'INTERNAL' } } ],
    [ 'a page of a proxy',     502, '<html>' ],
    [ 'too many requests',     429, { error => { code => 'RATE_LIMITED' } } ],
    [ 'maintenance',           503, { certificate_pem => undef, status_code => 'OrderCanceled' } ],
    [ 'somebody else’s 404',   404, { status_code => 'OrderCanceled' } ],
    [ 'a disabled client',     403, { error => { code => 'CLIENT_REFUSED' } } ],
    [ 'a redirect',            302, '', { location => 'http://127.0.0.1:1/' } ],
    [ 'half an answer',        200, '{"certificate_pem":' ],
    [ 'a list',                200, '[]' ],
    [ 'a status that is none', 200, { status_code => { x => 1 } } ],
    [ 'a message that is none', 200, { status_code => undef, status_message => { x => 1 } } ],
    [ 'a PEM that is none',    200, { certificate_pem => 'x', status_code => undef } ],
    [ 'a private key',         200, { certificate_pem => "-----BEGIN PRIVATE KEY-----\n", status_code => undef } ],
  ) {
    my ( $what, @answer ) = @$case;
    my ( $got, $outcome ) = ask(@answer);
    is_deeply [ @{$got}{qw(certificate_pem status_code)} ], [ undef, undef ], "$what says nothing";
    ok !ref $got->{'status_message'}, 'but a text for people';
    is $outcome, 'kept', 'and ends nothing';
}

subtest 'a hub that is not there does not end the queue for the others' => sub {
    my $account = TestAccount->new('http://127.0.0.1:1');
    is_deeply CpanelLoader::process_queue( $ns, map { { order_item_id => $_ } } 'a', 'b' ), { a => 'kept', b => 'kept' }, 'run to the end';
    $account->settings();
    is_deeply CpanelLoader::process_queue( $ns, { order_item_id => 'a' } ), { a => 'kept' }, 'even without settings';
};

my $TOKEN = 'T' x 43;
my $GOOD = { domain => 'shop.example', relative_path => '.well-known/acme-challenge', filename => $TOKEN, content => "$TOKEN." . 'k' x 43 };
my $AT   = ".well-known/acme-challenge/$TOKEN";

subtest 'what the CA wants to see' => sub {
    my $hub = FakeHub->start(
        "GET $API/order-items/oi_1/certificate" => [
            [ 200, { certificate_pem => undef, status_code => undef, status_message => 'm', http_files => [$GOOD] } ],
            [ 200, { certificate_pem => $PEM,  status_code => undef, status_message => undef } ],
        ]
    );
    my $account = TestAccount->new( $hub->origin() );
    my $poll = sub { CpanelLoader::call( $ns, 'get_certificate_if_available', 'oi_1' ) };
    is $poll->()->{'certificate_pem'}, undef, 'comes with the answer';
    is $account->served( 'shop.example', $AT ), $GOOD->{'content'}, 'and is put up';
    is $poll->()->{'certificate_pem'}, $PEM, 'until the certificate is there';
    is $account->served( 'shop.example', $AT ), undef, 'and taken away';
};

for my $case (
    [ 'a domain of another account', { %$GOOD, domain        => 'other.example' } ],
    [ 'a way out',                   { %$GOOD, filename      => '../../index.php', content => '../../index.php.' . 'k' x 43 } ],
    [ 'another folder',              { %$GOOD, relative_path => 'cgi-bin' } ],
    [ 'a script',                    { %$GOOD, content       => '<?php system($_GET[0]);' } ],
    [ 'the content of another',      { %$GOOD, content       => 'U' x 43 . '.' . 'k' x 43 } ],
    [ 'a hash',                      { %$GOOD, content       => {} } ],
  ) {
    my ( $what, $file ) = @$case;
    my ( $got, $outcome, undef, $account ) = ask( 200, { status_code => undef, http_files => [$file] } );
    is $outcome, 'kept', "$what ends nothing";
    ok !-e $account->docroot('shop.example') . "/$_", 'and is not written' for '.well-known', 'cgi-bin', '../index.php';
}

subtest 'how far it is' => sub {
    my %told = (
        action_urls    => {},
        status_details => { dcvStatus => 'in-progress' },
        domain_details => [ { domain => 'shop.example', status => 'NOTVALIDATED' } ],
    );
    my $hub = FakeHub->start( "GET $API/order-items/oi_1/status" => [ [ 200, \%told ], [503], [ 200, '[]' ] ] );
    my $account = TestAccount->new( $hub->origin() );
    my $ask = sub { CpanelLoader::call( $ns, 'get_certificate_status_details', 'oi_1' ) };
    is_deeply $ask->(), \%told, 'as the hub tells';
    my $nothing = { action_urls => {}, status_details => {}, domain_details => [] };
    is_deeply $ask->(), $nothing, 'nothing when it is away';
    is_deeply $ask->(), $nothing, 'or out of its mind';
};

done_testing;
