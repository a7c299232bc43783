package Cpanel::Exception::Market::OrderNotFound;

use strict;
use warnings;

our @ISA = ('Cpanel::Exception::Market');

1;
