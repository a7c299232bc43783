use strict;
use warnings;
use FindBin ();
use lib "$FindBin::Bin/../lib", "$FindBin::Bin/lib";
use JSON::PP ();
use Test::More;

use CpanelLoader       ();
use FakeHub            ();
use Hansa::Market::Csr ();
use TestAccount        ();

my $API  = $TestAccount::API;
my $ns   = CpanelLoader::load('Hansa');
my $NAME = 'A' x 32 . '.txt';
my $FILE = { relative_path => '.well-known/pki-validation', filename => $NAME, content => "proof\nhub\n" };
my $PATH = ".well-known/pki-validation/$NAME";

sub hub {
    my ($file) = @_;
    my $hub = FakeHub->start( "POST $API/dcv/prepare" => [ 200, { http => $file, dns => [] } ] );
    return ( $hub, TestAccount->new( $hub->origin() ) );
}
sub prepare { return CpanelLoader::call( $ns, 'prepare_system_for_domain_control_validation', product_id => 2, csr => $TestAccount::CSR, @_ ) }
sub undo { return CpanelLoader::call( $ns, 'undo_domain_control_validation_preparation', product_id => 2, csr => $TestAccount::CSR ) }
sub notes { my ($account) = @_; return map { m{([^/]+)\z} } glob( $account->home() . '/.hansa-market/*' ) }

subtest 'the names of a request' => sub {
    is_deeply [ Hansa::Market::Csr::names_of($TestAccount::CSR) ], [qw(shop.example www.shop.example)], 'are read from it';
    ok !eval { Hansa::Market::Csr::names_of($_); 1 }, 'nothing is made up' for '', 'x', "-----BEGIN CERTIFICATE REQUEST-----\nMIIB\n-----END CERTIFICATE REQUEST-----\n";
};

subtest 'the proof is put up and taken away' => sub {
    my ( $hub, $account ) = hub($FILE);
    prepare( domains => [qw(shop.example www.shop.example)] );
    for my $domain (qw(shop.example www.shop.example)) {
        is $account->served( $domain, $PATH ), "proof\nhub\n", "on $domain";
        is sprintf( '%o', ( stat $account->docroot($domain) . "/$PATH" )[2] & 07777 ), '644', 'for everybody to read';
    }
    is_deeply(
        JSON::PP->new->utf8->decode( ( $hub->requests() )[0]{'body'} ),
        { product_id => '2', csr => $TestAccount::CSR, domains => [qw(shop.example www.shop.example)] },
        'the hub says which'
    );
    $hub->stop();
    undo();
    is $account->served( $_, $PATH ), undef, "gone from $_, with the hub away" for qw(shop.example www.shop.example);
    ok !-e $account->docroot('shop.example') . '/.well-known', 'with the folders that were made';
    is_deeply [ notes($account) ], [], 'and the note';
    ok eval { undo(); 1 }, 'twice is fine';
};

subtest 'an older cPanel names no domains' => sub {
    my ( $hub, $account ) = hub($FILE);
    prepare();
    is $account->served( $_, $PATH ), "proof\nhub\n", "$_ is in the request" for qw(shop.example www.shop.example);
};

subtest 'what is there for others stays' => sub {
    my ( $hub, $account ) = hub($FILE);
    mkdir $account->docroot('shop.example') . "/$_" or die $! for '.well-known', '.well-known/pki-validation';
    open my $other, '>', $account->docroot('shop.example') . '/.well-known/pki-validation/other.txt' or die $!;
    close $other;
    prepare();
    undo();
    ok -e $account->docroot('shop.example') . '/.well-known/pki-validation/other.txt', 'untouched';
};

subtest 'all domains or none' => sub {
    my ( $hub, $account ) = hub($FILE);
    ok !eval { prepare( domains => [ 'shop.example', 'somebody-elses.example' ] ); 1 }, 'a domain of another account is refused';
    like "$@", qr/“somebody-elses\.example” has no document root/, 'by name';
    is $account->served( 'shop.example', $PATH ), undef, 'and nothing stays behind';
    is_deeply [ notes($account) ], [], 'nor a note';
};

for my $case (
    [ 'a way out',                { %$FILE, filename      => '../../../index.php' } ],
    [ 'a slash',                  { %$FILE, filename      => "a/$NAME" } ],
    [ 'a script',                 { %$FILE, filename      => 'A' x 32 . '.php' } ],
    [ 'a line end',               { %$FILE, filename      => "$NAME\n" } ],
    [ 'another folder',           { %$FILE, relative_path => 'cgi-bin' } ],
    [ 'a folder above',           { %$FILE, relative_path => '.well-known/pki-validation/../..' } ],
    [ 'too much',                 { %$FILE, content       => 'x' x 5000 } ],
    [ 'a content that is a hash', { %$FILE, content       => {} } ],
    [ 'no file',                  undef ],
  ) {
    my ( $what, $file ) = @$case;
    my ( $hub, $account ) = hub($file);
    ok !eval { prepare(); 1 }, "$what is refused";
    ok !-e $account->docroot('shop.example') . '/.well-known', 'before anything is written';
}

subtest 'a domain that is no domain' => sub {
    my ( $hub, $account ) = hub($FILE);
    no warnings 'once';
    local $Cpanel::Market::Provider::Utils::DOCROOT{'../x'} = $account->docroot('shop.example');
    ok !eval { prepare( domains => ['../x'] ); 1 }, 'is refused';
};

done_testing;
