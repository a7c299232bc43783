use strict;
use warnings;
use FindBin ();
use lib "$FindBin::Bin/../lib", "$FindBin::Bin/lib";
use File::Temp ();
use Test::More;

use CpanelLoader ();

my @warnings;
local $SIG{'__WARN__'} = sub { push @warnings, @_ };

my $ns = CpanelLoader::load('Hansa');
is $ns, 'Cpanel::Market::Provider::Hansa', 'cPanel finds everything it asks for';

subtest 'every file compiles without a word' => sub {
    for my $file ( glob("$FindBin::Bin/../lib/Hansa/Market/*.pm"), "$FindBin::Bin/../lib/Cpanel/Market/Provider/Hansa.pm" ) {
        like `$^X -wc -I$FindBin::Bin/../lib $file 2>&1`, qr/\A\S+ syntax OK\n\z/, $file;
    }
};

subtest 'both spellings are one function' => sub {
    my %spelling = (
        get_support_uri_for_order                    => 'get_support_uri_for_order_item',
        get_ssl_certificate_if_available             => 'get_certificate_if_available',
        convert_identity_verification_to_csr_subject => 'convert_ssl_identity_verification_to_csr_subject',
    );
    is $ns->can($_), $ns->can( $spelling{$_} ), $_ for sort keys %spelling;
};

subtest 'the constants of domain validation' => sub {
    is scalar( CpanelLoader::call( $ns, 'URI_DCV_RELATIVE_PATH' ) ), '.well-known/pki-validation', 'path';
    is_deeply scalar( CpanelLoader::call( $ns, 'URI_DCV_ALLOWED_CHARACTERS' ) ), [ 0 .. 9, 'A' .. 'F' ], 'characters';
    is scalar( CpanelLoader::call( $ns, 'URI_DCV_RANDOM_CHARACTER_COUNT' ) ), 32,    'count';
    is scalar( CpanelLoader::call( $ns, 'EXTENSION' ) ),                      'txt', 'extension';
    is scalar( CpanelLoader::call( $ns, 'HTTP_DCV_MAX_REDIRECTS' ) ),         0,     'redirects';
    like '/.well-known/pki-validation/' . 'A' x 32 . '.txt', qr/${ \$ns->can('REQUEST_URI_DCV_PATH')->() }/, 'Apache lets it pass';
};

subtest 'it promises nothing that it does not do' => sub {
    ok !$ns->can($_), "no $_"
      for qw(install_dcv_dns_entries decrypt_action_urls get_product_metadata set_attribute_value provider_supports_commission);
};

subtest 'a module that lacks a function is not enabled' => sub {
    my $folder = File::Temp->newdir();
    mkdir "$folder/$_" for qw(Cpanel Cpanel/Market Cpanel/Market/Provider);
    open my $file, '>', "$folder/Cpanel/Market/Provider/Broken.pm" or die $!;
    print {$file} "package Cpanel::Market::Provider::Broken;\n", map { "sub $_ { }\n" } qw(
      create_shopping_cart get_checkout_url get_support_uri_for_order_item get_login_url get_products_list
      set_url_after_checkout validate_login_token validate_request_for_one_item
      prepare_system_for_domain_control_validation undo_domain_control_validation_preparation
    );
    print {$file} "1;\n";
    close $file;
    local @INC = ( "$folder", @INC );
    ok !eval { CpanelLoader::load('Broken') }, 'refused';
    is $@, "Broken lacks: get_certificate_if_available\n", 'by name';
};

subtest 'only core modules are loaded' => sub {
    my @strangers = grep { !m{\A(?:Cpanel|Hansa|Test|CpanelLoader)} && $INC{$_} !~ m{^/usr/(?:share|lib)\b.*/perl(?:-base|5)?/} } sort keys %INC;
    is_deeply \@strangers, [], 'nobody else';
};

is_deeply \@warnings, [], 'nothing warns';
done_testing;
