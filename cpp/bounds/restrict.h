// Properties often fix most inputs. A network restricted to the free ones is equivalent and far smaller.
#pragma once

#include <memory>
#include <vector>

#include "bounds/network.h"

namespace verikit::bounds {

struct Restriction {
  std::shared_ptr<const Network> network;  // over the free inputs only
  std::vector<Index> free;                 // ascending indices into the original input
};

// Folds the inputs that are (nearly) constant on the box into the biases of the Linear nodes that read them; the
// uncertainty of a nearly constant input becomes bias_error, its magnitude bias_magnitude, so bounds of the
// restricted network hold for the original one (docs/soundness.md, section 2).
// ensures: where nothing can be folded, network is `original` and free is everything.
Restriction restrict_inputs(const std::shared_ptr<const Network>& original, const std::vector<double>& lower,
                            const std::vector<double>& upper);

}  // namespace verikit::bounds
