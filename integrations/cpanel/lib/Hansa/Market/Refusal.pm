package Hansa::Market::Refusal;

# Errors for people and for cPanel's user interface. Inside cPanel its own classes are thrown; elsewhere, classes that look the same.

use strict;
use warnings;

use overload '""' => sub { $_[0]->{'message'} }, fallback => 1;

sub throw {
    my ($message) = @_;
    die bless { message => "$message\n" }, __PACKAGE__;
}

# The interface shows “wrong user” for this class, and only for this one.
sub throw_order_not_found {
    my (%args) = @_;
    my $there = eval {
        local $SIG{'__DIE__'};
        require Cpanel::Exception::External;
        require Cpanel::Exception::Market::OrderNotFound;
        1;
    };
    die Cpanel::Exception::External::create( 'Market::OrderNotFound', {%args} ) if $there;
    die bless { message => "There is no such order here, or it is somebody else's.\n", %args },
      'Hansa::Market::Refusal::OrderNotFound';
}

{

    package Hansa::Market::Refusal::OrderNotFound;
    our @ISA = ( 'Hansa::Market::Refusal', 'Cpanel::Exception::Market' );
}

1;
