package Cpanel::Market::Provider::Hansa;

# Sells what a Hansa hub sells: plugins' licenses and certificates. cPanel calls every function here as a plain function, as the
# account's user, and in list context unless said otherwise. Nothing but core Perl is needed.

use strict;
use warnings;

our $VERSION = '1.0.0';

# Where an administrator says which hub this is; see README.md. Every account of the server can read it: there is no secret in it.
our $CONFIG_FILE = '/var/cpanel/market/hansa.json';

# The certificates' proof of control, as cPanel asks for it.
use constant {
    REQUEST_URI_DCV_PATH           => '^/\\.well-known/(?:pki-validation/[A-F0-9]{32}\\.txt|acme-challenge/[0-9A-Za-z_-]+)$',
    URI_DCV_RELATIVE_PATH          => '.well-known/pki-validation',
    URI_DCV_ALLOWED_CHARACTERS     => [ 0 .. 9, 'A' .. 'F' ],
    URI_DCV_RANDOM_CHARACTER_COUNT => 32,
    EXTENSION                      => 'txt',
    DCV_USER_AGENT                 => 'Hansa DCV',
    HTTP_DCV_MAX_REDIRECTS         => 0,
};

use Hansa::Market::Account ();
use Hansa::Market::Csr     ();
use Hansa::Market::Hub     ();
use Hansa::Market::Proof   ();
use Hansa::Market::Refusal ();

# What the hub documents of a product. Anything else it sends stays here.
my %PRODUCT_FIELD = map { $_ => 1 } qw(
  product_id display_name description product product_category base_name billing_type product_group
  price price_unit minimum_server_price maximum_server_price icon icon_mime_type license_term max_users requires_ip
  x_ssl_per_domain_pricing x_price_per_domain x_price_per_domain_minimum x_price_per_domain_maximum
  x_price_per_wildcard_domain x_price_per_wildcard_domain_minimum x_price_per_wildcard_domain_maximum
  x_wildcard_parent_domain_free x_supports_dns_dcv x_max_http_redirects x_validation_type x_certificate_term
  x_payment_trigger x_warn_after x_identity_verification
);

# What the hub takes of an item; cPanel adds more.
my @ITEM_FIELDS = qw(product_id csr remote_price);

my $ID          = qr/\A[A-Za-z0-9_-]{1,128}\z/;
my $STATUS_CODE = qr/\A[A-Za-z:]{1,64}\z/;

# After these cPanel stops asking.
my %IS_OVER = map { $_ => 1 }
  qw(OrderCanceled OrderItemCanceled ItemNotFound Item::NotFound CA:rejected CA:revoked);

# Seconds in which the same cart is the same order, however often it is sent.
my $SAME_CART_SECONDS = 600;

#----------------------------------------------------------------------
# Names and addresses. No function of this part talks to anybody, and none dies.
#----------------------------------------------------------------------

# The one function that cPanel calls as a method.
sub _DISPLAY_NAME { return _setting('display_name') || 'Hansa' }

sub get_login_url {
    my ($url_after_login) = @_;
    my $challenge = eval { local $SIG{'__DIE__'}; Hansa::Market::Account::challenge_for($url_after_login) };

    # Without a challenge the hub's page says what is wrong; it never redirects then.
    return _address(
        '/market/authorize',
        client_id             => _setting('client_id'),
        redirect_uri          => $url_after_login,
        response_type         => 'code',
        code_challenge        => defined $challenge ? $challenge : '',
        code_challenge_method => 'S256',
    );
}

sub get_checkout_url {
    my ($order_id) = @_;
    return _address( '/market/checkout/' . Hansa::Market::Hub::escaped($order_id) );
}

sub get_support_uri_for_order_item {
    my (%args) = @_;
    return _address( '/market/support', order_id => $args{'order_id'}, order_item_id => $args{'order_item_id'} );
}

#----------------------------------------------------------------------
# Log-in
#----------------------------------------------------------------------

sub validate_login_token {
    my ( $login_token, $url_after_login ) = @_;
    my $answer = _hub()->post_form(
        '/token',
        grant_type    => 'authorization_code',
        code          => $login_token,
        redirect_uri  => $url_after_login,
        client_id     => _setting('client_id'),
        code_verifier => Hansa::Market::Account::verifier_for($url_after_login),
    );
    _die('The login token is not valid or was already used.')
      if $answer->{'status'} == 400 && $answer->code() eq 'invalid_grant';
    my $token = $answer->must_be_json(200)->{'access_token'};
    _die('The hub sent no access token.') if !defined $token || ref $token || $token eq '';
    return { access_token => "$token" };
}

# Undefined when the hub does not say; cPanel does without then.
sub get_logged_in_users_email {
    my (%args) = @_;
    my $me = eval { local $SIG{'__DIE__'}; _hub()->get( '/me', token => $args{'access_token'} )->must_be_json(200) } || {};
    return defined $me->{'email'} && !ref $me->{'email'} ? "$me->{'email'}" : undef;
}

#----------------------------------------------------------------------
# Products
#----------------------------------------------------------------------

sub get_products_list {
    my $products = _hub()->products( _setting('client_id') );
    for my $product (@$products) {
        delete @{$product}{ grep { !$PRODUCT_FIELD{$_} } keys %$product };
    }
    return @$products;
}

# Fields of identity verification a product asks for; none for certificates that are validated by domain.
sub _identity_fields {
    my ($product_id) = @_;
    my ($product) = grep { $_->{'product_id'} eq $product_id } get_products_list();
    return map { $_->{'name'} } @{ $product && $product->{'x_identity_verification'} || [] };
}

#----------------------------------------------------------------------
# Orders
#----------------------------------------------------------------------

sub validate_request_for_one_item {
    my (%item) = @_;
    my $query = { client_id => _setting('client_id') };
    my $answer = _hub()->post( '/items/validate', { item => _item( \%item ) }, query => $query );
    _die_as_told( $answer, \%item ) if $answer->{'status'} != 204;
    return;
}

sub create_shopping_cart {
    my (%args) = @_;
    my @items = map { _item($_) } @{ $args{'items'} };
    my %order = ( items => \@items );
    $order{'url_after_checkout'} = "$args{'url_after_checkout'}" if defined $args{'url_after_checkout'};

    my $key = Hansa::Market::Hub::digest( \%order, $args{'access_token'}, int( time() / $SAME_CART_SECONDS ) );
    my $hub = _hub();
    my $answer;

    # What got no answer may have made an order: the same key brings back the same one.
    for my $try ( 1 .. 3 ) {
        $answer = $hub->post( '/orders', \%order, token => $args{'access_token'}, idempotency_key => $key );
        last if !$answer->is_passing() || $answer->{'status'} == 429;
    }
    _die_as_told($answer) if $answer->{'status'} != 201;

    my $made  = $answer->must_be_json(201);
    my @ids   = map { ref $_ eq 'HASH' ? $_->{'order_item_id'} : undef } @{ $made->{'order_items'} || [] };
    my %known = map { $_ => 1 } grep { defined $_ && $_ =~ $ID } @ids;
    if ( ( $made->{'order_id'} || '' ) !~ $ID || @ids != @items || keys %known != @items ) {
        _die('The hub did not answer with one order item for each item.');
    }
    return ( "$made->{'order_id'}", [ map { { order_item_id => "$_" } } @ids ] );
}

sub set_url_after_checkout {
    my (%args) = @_;
    my $path = '/orders/' . Hansa::Market::Hub::escaped( $args{'order_id'} ) . '/url-after-checkout';
    my $answer = _hub()->put( $path, { url => "$args{'url_after_checkout'}" }, token => $args{'access_token'} );
    if ( $answer->{'status'} == 404 && $answer->code() eq 'ORDER_NOT_FOUND' ) {
        Hansa::Market::Refusal::throw_order_not_found( provider => 'Hansa', order_id => $args{'order_id'} );
    }
    _die_as_told($answer) if $answer->{'status'} != 204;
    return;
}

sub _item {
    my ($given) = @_;
    my %item = map { $_ => $given->{$_} } grep { defined $given->{$_} } @ITEM_FIELDS;
    $item{'product_id'} = "$item{'product_id'}" if defined $item{'product_id'};
    $item{'remote_price'} += 0 if defined $item{'remote_price'};
    return \%item;
}

#----------------------------------------------------------------------
# Certificates
#----------------------------------------------------------------------

# Never dies, and takes nothing for an answer that the hub did not say: an exception would end the run of the whole queue, and a
# hub that is away must never look like an order that was canceled.
sub get_certificate_if_available {
    my ($order_item_id) = @_;
    my $result = eval { local $SIG{'__DIE__'}; _certificate($order_item_id) };
    return $result || _nothing_yet('The hub could not be asked.');
}

sub _certificate {
    my ($order_item_id) = @_;
    my $answer = _ask_about( $order_item_id, 'certificate' );
    return { %{ _nothing_yet('The hub knows no such certificate.') }, status_code => 'CertificateNotFound' }
      if $answer->{'status'} == 404 && $answer->code() eq 'ORDER_ITEM_NOT_FOUND';

    my $told = $answer->{'status'} == 200 ? $answer->json() : undef;
    return _nothing_yet('The hub did not answer.') if ref $told ne 'HASH';

    my ( $pem, $code, $message ) = map { defined $_ && !ref $_ ? "$_" : undef } @{$told}{qw(certificate_pem status_code status_message)};
    $code = undef if defined $code && $code !~ $STATUS_CODE;
    if ( defined $pem && $pem =~ /\A-----BEGIN CERTIFICATE-----\s/ ) {
        Hansa::Market::Proof::forget_challenges($order_item_id);
        return { certificate_pem => $pem, status_code => undef, status_message => undef };
    }
    if   ( defined $code && $IS_OVER{$code} ) { Hansa::Market::Proof::forget_challenges($order_item_id) }
    else                                      { Hansa::Market::Proof::put_challenges( $order_item_id, $told->{'http_files'} ) }
    return { certificate_pem => undef, status_code => $code, status_message => $message };
}

sub _nothing_yet {
    my ($message) = @_;
    return { certificate_pem => undef, status_code => undef, status_message => $message };
}

sub get_certificate_status_details {
    my ($order_item_id) = @_;
    my $answer = eval { local $SIG{'__DIE__'}; _ask_about( $order_item_id, 'status' ) };
    my $told = $answer && $answer->{'status'} == 200 && $answer->json();
    $told = {} if ref $told ne 'HASH';
    return {
        action_urls    => ref $told->{'action_urls'} eq 'HASH'     ? $told->{'action_urls'}    : {},
        status_details => ref $told->{'status_details'} eq 'HASH'  ? $told->{'status_details'} : {},
        domain_details => ref $told->{'domain_details'} eq 'ARRAY' ? $told->{'domain_details'} : [],
    };
}

sub _ask_about {
    my ( $order_item_id, $what ) = @_;
    my $id = Hansa::Market::Hub::escaped($order_item_id);
    return _hub()->get( "/order-items/$id/$what", query => { client_id => _setting('client_id') } );
}

sub prepare_system_for_domain_control_validation {
    my (%args) = @_;
    my %request = ( product_id => "$args{'product_id'}", csr => $args{'csr'} );
    my @domains = _domains( \%args );
    $request{'domains'} = \@domains if ref $args{'domains'};

    my $answer = _hub()->post( '/dcv/prepare', \%request, query => { client_id => _setting('client_id') } );
    _die_as_told($answer) if $answer->{'status'} != 200;
    my $file = $answer->must_be_json(200)->{'http'};
    _die('The hub wants a file that is no proof of control.') if !_is_proof($file);
    Hansa::Market::Proof::put_proof( $args{'csr'}, $file, @domains );
    return;
}

# Whatever is gone already is fine.
sub undo_domain_control_validation_preparation {
    my (%args) = @_;
    Hansa::Market::Proof::forget_proof( $args{'csr'} );
    return;
}

# The hub names the file; where it may lie and what it may be called is said here.
sub _is_proof {
    my ($file) = @_;
    return 0 if ref $file ne 'HASH' || grep { !defined $_ || ref $_ } @{$file}{qw(relative_path filename content)};
    return
         $file->{'relative_path'} eq URI_DCV_RELATIVE_PATH
      && $file->{'filename'} =~ /\A[0-9A-F]{32}\.txt\z/
      && length $file->{'content'} <= 4096;
}

# Lists of names came with cPanel 74; before, the request itself has to say.
sub _domains {
    my ($args) = @_;
    return Hansa::Market::Csr::names_of( $args->{'csr'} ) if ref $args->{'domains'} ne 'ARRAY';
    return map { ref $_ eq 'HASH' ? $_->{'name'} : ref $_ eq 'ARRAY' ? $_->[1] : $_ } @{ $args->{'domains'} };
}

# Pairs for the subject of the request.
sub convert_ssl_identity_verification_to_csr_subject {
    my ( $product_id, %idv ) = @_;
    my %subject = (
        organization_name   => 'organizationName',
        organizational_unit => 'organizationalUnitName',
        city                => 'localityName',
        state               => 'stateOrProvinceName',
        country             => 'countryName',
    );
    my @fields = grep { $subject{$_} && defined $idv{$_} } _identity_fields($product_id);
    return map { [ $subject{$_}, $idv{$_} ] } @fields;
}

# A flat list for the item.
sub convert_ssl_identity_verification_to_order_item_parameters {
    my ( $product_id, %idv ) = @_;
    return map { ( $_ => $idv{$_} ) } grep { defined $idv{$_} } _identity_fields($product_id);
}

# The hub reads the names from the request. What it cannot validate is refused before anything is ordered.
sub convert_subject_names_to_dcv_order_item_parameters {
    my ( undef, $subject_names ) = @_;
    for my $entry ( @{ $subject_names || [] } ) {
        my ( $name, $method ) = ref $entry eq 'HASH' ? @{$entry}{qw(name dcv_method)} : ( $entry->[1], 'http' );
        _die("“$name” needs validation by DNS, which this provider does not offer.")
          if ( $method || 'http' ) ne 'http' || $name =~ /\*/;
    }
    return;
}

# Both spellings that cPanel's guide and cPanel's code use.
{
    no warnings 'once';
    *get_support_uri_for_order                     = \&get_support_uri_for_order_item;
    *get_ssl_certificate_if_available              = \&get_certificate_if_available;
    *convert_identity_verification_to_csr_subject  = \&convert_ssl_identity_verification_to_csr_subject;
}

#----------------------------------------------------------------------

sub _hub { return Hansa::Market::Hub->new( _setting('hub_url'), "Hansa/$VERSION" ) }

# A setting of the administrator's, or the empty string: addresses are built without dying.
sub _setting {
    my ($name) = @_;
    my $settings = Hansa::Market::Hub::read_json_file($CONFIG_FILE) || {};
    my $value = $settings->{$name};
    return defined $value && !ref $value ? $value : '';
}

sub _address {
    my ( $path, @query ) = @_;
    return Hansa::Market::Hub::address( _setting('hub_url') . $path, @query );
}

# What the hub refuses, for people. Never a token, a code or a body.
sub _die_as_told {
    my ( $answer, $item ) = @_;
    my $code = $answer->code();
    my $data = $answer->data();
    $answer->throw_passing() if $answer->is_passing();
    _die('Sign in to the store again.') if $answer->{'status'} == 401;
    if ( $code eq 'PRICE_CHANGED' ) {
        my ( $price, $unit ) = map { defined $_ && !ref $_ && /\A[A-Za-z0-9.]{1,20}\z/ ? $_ : '?' } @{$data}{qw(item_price price_unit)};
        _die("The price has changed: it is $price $unit.");
    }
    if ( $code eq 'PRODUCT_NOT_FOUND' ) {
        my $id = $item && defined $item->{'product_id'} ? $item->{'product_id'} : '';
        _die( $id =~ $ID ? "There is no product “$id”." : 'There is no such product.' );
    }
    my @facts = map { defined $_ && !ref $_ && /\A[A-Za-z0-9_.]{1,60}\z/ ? $_ : () } @{$data}{qw(field reason)};
    _die( 'The hub refused this: ' . join( ', ', $code || "status $answer->{'status'}", @facts ) . '.' );
}

sub _die {
    my ($message) = @_;
    Hansa::Market::Refusal::throw($message);
}

1;
