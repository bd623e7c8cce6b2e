// Natural numbers of any size, by name only: whoever computes with them includes lean/big_nat.h.
#pragma once

// std::allocator, which the next header uses without including it.
#include <memory>

#include <boost/multiprecision/fwd.hpp>

namespace verikit::lean {

using BigNat = boost::multiprecision::cpp_int;  // never negative here

}  // namespace verikit::lean
