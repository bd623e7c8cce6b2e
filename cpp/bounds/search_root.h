// Where a search starts: an input box of the property with the disjuncts that share it.
#pragma once

#include <memory>
#include <vector>

#include "bounds/margins.h"
#include "bounds/prepared.h"
#include "bounds/property.h"
#include "bounds/restrict.h"

namespace verikit::bounds {

struct SearchRoot {
  MarginRows rows;
  std::vector<double> lower, upper;            // all inputs, rounded outward
  Restriction restriction;                     // to the inputs that vary in the box
  std::vector<double> free_lower, free_upper;  // those of restriction.free
  std::shared_ptr<const PreparedNetwork<double>> prepared;  // of the restricted network
  double elements = 0.0;                       // of all its nodes' values
};

// One root for each distinct box. With class_f the boxes have room for the rounding (and flushing) of the input to
// the network's format: docs/soundness.md, section 5.
std::vector<SearchRoot> make_roots(const std::shared_ptr<const Network>& network, const Property& property,
                                   bool class_f);

}  // namespace verikit::bounds
