// Bounds of a specification over a batch of boxes: for each disjunct, how far it is from being met.
#pragma once

#include <memory>
#include <vector>

#include "bounds/crown.h"
#include "bounds/property.h"

namespace verikit::bounds {

// The output constraints of the disjuncts that share one input box, as rows a.y - b in doubles.
// A disjunct is refuted when one of its rows is proved > 0 (>= 0 for a strict constraint).
struct MarginRows {
  Index outputs = 0;
  std::vector<std::int64_t> disjunct;     // index into Property::unsafe
  std::vector<Index> offset;              // rows of disjunct d: [offset[d], offset[d+1])
  std::vector<double> coefficients;       // rows x outputs, rounded to nearest
  std::vector<double> bound;              // rounded up
  std::vector<double> relative_error;     // of the coefficients of a row; 0 when exact
  std::vector<std::uint8_t> strict;

  [[nodiscard]] Index disjuncts() const { return static_cast<Index>(disjunct.size()); }
};
MarginRows make_margin_rows(const Property& property, const std::vector<std::int64_t>& disjuncts);

// Margin of one disjunct over one box: the best of its rows.
struct Margin {
  double real = 0.0, evaluated = 0.0;  // proven lower bounds
  Index row = -1;                      // the row that gave `evaluated`
};

// Bounds the margins of the given disjuncts (indices into rows.disjunct) over each box. `active[b]` lists those
// of box b. Results in the same order; slopes[b]: coefficients on the input of the row that is worst for box b.
class MarginBounder {
 public:
  MarginBounder(std::shared_ptr<const PreparedNetwork<double>> prepared, Semantics semantics,
                const MarginRows& rows);

  // lower, upper: batch x input size.
  void bound(const double* lower, const double* upper, Index batch,
             const std::vector<const std::vector<std::uint32_t>*>& active, const BackwardOptions& options,
             std::vector<std::vector<Margin>>& margins, std::vector<std::vector<double>>& slopes);
  // Whether box b of the last batch may overflow in float evaluations.
  [[nodiscard]] bool overflowed(Index b) const;

 private:
  std::shared_ptr<const PreparedNetwork<double>> prepared_;
  const MarginRows& rows_;
  Crown<double> crown_;
  std::shared_ptr<Crown<double>::State> state_;
  std::vector<double> real_, evaluated_, slopes_;
};

}  // namespace verikit::bounds
