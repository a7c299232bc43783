package CpanelLoader;

# Loads and calls a provider the way cPanel does: the checks before it is enabled, plain functions through can(), the order of
# calls around a cart, and one run of the queue.

use strict;
use warnings;

my @REQUIRED = qw(
  create_shopping_cart get_checkout_url get_support_uri_for_order_item get_login_url get_products_list
  set_url_after_checkout validate_login_token validate_request_for_one_item
);
my @REQUIRED_FOR_CERTIFICATES = qw(
  get_certificate_if_available prepare_system_for_domain_control_validation undo_domain_control_validation_preparation
);

# Statuses after which an item leaves the queue, and those after which validation is undone too.
my %LEAVES = map { $_ => 1 } qw(OrderCanceled OrderItemCanceled ItemNotFound Item::NotFound CA:rejected CA:revoked);
my %UNDOES = map { $_ => 1 } qw(OrderCanceled OrderItemCanceled);

# The namespace of a provider that has everything; dies as cPanel does when it has not.
sub load {
    my ($name) = @_;
    die "bad provider name\n" if $name !~ /\A[A-Z][A-Za-z0-9]{1,40}\z/;
    ( my $path = "Cpanel::Market::Provider::$name.pm" ) =~ s{::}{/}g;
    require $path;
    my $ns      = "Cpanel::Market::Provider::$name";
    my @missing = grep { !$ns->can($_) } @REQUIRED, @REQUIRED_FOR_CERTIFICATES;
    die "$name lacks: @missing\n" if @missing;
    return $ns;
}

sub call {
    my ( $ns, $function, @args ) = @_;
    my $code = $ns->can($function) or die "no $function\n";
    return $code->(@args);
}

# The catalog as a page shows it: cPanel writes into what the provider gave.
sub all_products {
    my ( $ns, %disabled ) = @_;
    my @products = call( $ns, 'get_products_list' );
    for my $product (@products) {
        $product->{'enabled'}               = $disabled{ $product->{'product_id'} } ? 0 : 1;
        $product->{'recommended'}           = 0;
        $product->{'provider_name'}         = 'Hansa';
        $product->{'provider_display_name'} = $ns->_DISPLAY_NAME();
    }
    return @products;
}

# Market::create_shopping_cart.
sub create_shopping_cart {
    my ( $ns, %args ) = @_;
    my $disabled = delete $args{'disabled'} || {};
    my %product = map { $_->{'product_id'} => $_ } all_products( $ns, %$disabled );
    for my $item ( @{ $args{'items'} } ) {
        my $product = $product{ $item->{'product_id'} } or die "no product $item->{'product_id'}\n";
        die "$item->{'product_id'} is disabled\n" if !$product->{'enabled'};
        call( $ns, 'validate_request_for_one_item', %$item );
    }
    my ( $order_id, $order_items ) = call( $ns, 'create_shopping_cart', %args );
    my $checkout_url = call( $ns, 'get_checkout_url', $order_id );
    return { order_id => $order_id, order_items => $order_items, checkout_url => $checkout_url };
}

# Market::set_url_after_checkout: the class of an error becomes its type.
sub set_url_after_checkout {
    my ( $ns, %args ) = @_;
    return { status => 1 } if eval { call( $ns, 'set_url_after_checkout', %args ); 1 };
    my $error = $@;
    my $type = ref $error && $error->isa('Cpanel::Exception::Market') ? ( split /::/, ref $error )[-1] : undef;
    return { status => 0, errors => ["$error"], error_type => $type };
}

# One run over the queue: what became of each item. Anything thrown ends it.
sub process_queue {
    my ( $ns, @items ) = @_;
    my %outcome;
    for my $item (@items) {
        my $answer = call( $ns, 'get_certificate_if_available', $item->{'order_item_id'} );
        die "no answer about $item->{'order_item_id'}\n" if ref $answer ne 'HASH';
        my $code = defined $answer->{'status_code'} ? $answer->{'status_code'} : '';
        if ( defined $answer->{'certificate_pem'} ) { $outcome{ $item->{'order_item_id'} } = 'installed' }
        elsif ( $LEAVES{$code} )                    { $outcome{ $item->{'order_item_id'} } = 'removed' }
        else                                        { $outcome{ $item->{'order_item_id'} } = 'kept' }
        if ( $UNDOES{$code} ) {
            call( $ns, 'undo_domain_control_validation_preparation', product_id => '2', csr => $item->{'csr'} );
        }
    }
    return \%outcome;
}

1;
