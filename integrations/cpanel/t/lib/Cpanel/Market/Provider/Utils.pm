package Cpanel::Market::Provider::Utils;

# What cPanel offers to provider modules, as far as this one uses it.

use strict;
use warnings;

# Document roots of the account's own domains.
our %DOCROOT;

sub get_docroot_for_domain {
    my ($domain) = @_;
    return $DOCROOT{$domain};
}

1;
