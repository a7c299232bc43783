package Cpanel::Exception::External;

# cPanel's factory of exceptions, as far as provider modules may use it.

use strict;
use warnings;

sub create {
    my ( $kind, $args ) = @_;
    return bless { args => $args }, "Cpanel::Exception::$kind";
}

1;
