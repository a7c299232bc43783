package TestAccount;

# A cPanel account in a folder that is thrown away: home, the administrator's settings, document roots.

use strict;
use warnings;

use File::Temp ();
use JSON::PP   ();

use Cpanel::Market::Provider::Hansa ();
use Cpanel::Market::Provider::Utils ();
use Hansa::Market::Account          ();

our $API = '/api/market/v1';
our $CSR = do {
    local $/;
    my ($here) = __FILE__ =~ m{\A(.*)/lib/[^/]+\z};
    open my $file, '<', "$here/shop.example.csr" or die $!;
    <$file>;
};

# Proxies of the machine are none of the tests' business.
delete @ENV{qw(http_proxy https_proxy all_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY)};

sub new {
    my ( $class, $origin ) = @_;
    my $folder = File::Temp->newdir();
    my $self = bless { folder => $folder }, $class;
    mkdir "$folder/home" or die $!;
    $self->settings( hub_url => $origin, client_id => 'mcl_TEST', display_name => 'Test store' );
    for my $domain (qw(shop.example www.shop.example)) {
        mkdir "$folder/$domain" or die $!;
    }
    return $self->enter();
}

# From here on the module runs in this account.
sub enter {
    my ($self) = @_;
    $Hansa::Market::Account::HOME                 = $self->home();
    $Cpanel::Market::Provider::Hansa::CONFIG_FILE = "$self->{'folder'}/hansa.json";
    $Cpanel::Market::Provider::Utils::DOCROOT{$_} = $self->docroot($_) for qw(shop.example www.shop.example);
    return $self;
}

sub settings {
    my ( $self, %settings ) = @_;
    my $path = "$self->{'folder'}/hansa.json";
    open my $file, '>:raw', $path or die $!;
    print {$file} JSON::PP->new->utf8->encode( \%settings );
    close $file;
    return;
}

sub home { return "$_[0]->{'folder'}/home" }

# What a site serves, or undef.
sub served {
    my ( $self, $domain, $path ) = @_;
    open my $file, '<:raw', "$self->{'folder'}/$domain/$path" or return;
    local $/;
    return scalar <$file>;
}

sub docroot { return "$_[0]->{'folder'}/$_[1]" }

1;
