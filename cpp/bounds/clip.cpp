#include "bounds/clip.h"

#include <algorithm>
#include <cmath>

#include "bounds/rounding.h"

namespace verikit::bounds {

bool clip_box(const std::vector<LinearMargin>& constraints, Index n, double* lower, double* upper,
              double* refuted_margin) {
  *refuted_margin = 0.0;
  std::vector<double> margins;
  for (const LinearMargin& c : constraints) margins.push_back(c.margin);
  for (int pass = 0; pass < 3; ++pass) {
    bool changed = false;
    for (std::size_t k = 0; k < constraints.size(); ++k) {
      const double* a = constraints[k].coefficients;
      if (!(margins[k] > -std::numeric_limits<double>::infinity())) continue;
      // Every term A_j x_j - min(A_j l_j, A_j u_j) is >= 0, and their sum is at most -margin where the disjunct
      // can be met: so is each of them.
      const double slack = -margins[k];
      for (Index j = 0; j < n; ++j) {
        if (a[j] == 0.0 || !(lower[j] < upper[j])) continue;
        const double reach = up(up(slack) / std::fabs(a[j]));
        if (!(reach < upper[j] - lower[j])) continue;
        const bool from_below = a[j] > 0.0;
        const double cut = from_below ? up(lower[j] + reach) : down(upper[j] - reach);
        if (from_below ? cut < upper[j] : cut > lower[j]) {
          const double gone = from_below ? down(upper[j] - cut) : down(cut - lower[j]);
          (from_below ? upper : lower)[j] = cut;
          changed = true;
          // The other constraints start from a smaller box: where their minimum was at the end that went,
          // their margin rises. (This one's minimum is at the end that stays.)
          for (std::size_t other = 0; other < constraints.size(); ++other) {
            const double o = constraints[other].coefficients[j];
            if (other == k || gone <= 0.0 || (from_below ? o >= 0.0 : o <= 0.0)) continue;
            margins[other] = down(margins[other] + down(std::fabs(o) * gone));
            if (margins[other] > 0.0) {
              *refuted_margin = margins[other];
              return false;
            }
          }
          if (lower[j] > upper[j]) return false;
        }
      }
    }
    if (!changed) break;
  }
  return true;
}

}  // namespace verikit::bounds
