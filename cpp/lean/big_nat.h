// Natural numbers of any size.
#pragma once

#include <boost/multiprecision/cpp_int.hpp>

#include "lean/big_nat_fwd.h"
