// Shrinks a box to where a disjunct can still be met, given linear lower bounds of its constraints on the box:
// docs/soundness.md, section 6, "Clipping".
#pragma once

#include <vector>

#include "bounds/network.h"

namespace verikit::bounds {

// One constraint: on the box, (a.y - b)(x) >= margin + sum_j (A_j x_j - min(A_j lower_j, A_j upper_j)).
struct LinearMargin {
  const double* coefficients;  // A
  double margin;
};

// Intersects [lower, upper] (n values each, updated) with the points where no constraint is provably positive.
// Returns false when nothing is left: the disjunct is refuted on the box; `refuted_margin` then is the best
// margin shown for a single constraint, or 0 where only several together refute it.
bool clip_box(const std::vector<LinearMargin>& constraints, Index n, double* lower, double* upper,
              double* refuted_margin);

}  // namespace verikit::bounds
