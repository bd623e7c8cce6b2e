// Natural numbers from decimal digits, faster than digit by digit.
#pragma once

#include <string_view>

#include "lean/big_nat.h"

namespace verikit::lean {

// requires: digits only, at least one. Divide and conquer: about the cost of a few multiplications of that length.
BigNat parse_digits(std::string_view digits);

}  // namespace verikit::lean
