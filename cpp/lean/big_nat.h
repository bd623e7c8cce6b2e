// Natural numbers of any size.
#pragma once

#include <boost/multiprecision/cpp_int.hpp>

namespace verikit::lean {

using BigNat = boost::multiprecision::cpp_int;  // never negative here

}  // namespace verikit::lean
