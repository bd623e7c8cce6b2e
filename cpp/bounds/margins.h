// Bounds of a specification over a batch of boxes: for each disjunct, how far it is from being met.
#pragma once

#include <memory>
#include <vector>

#include "bounds/crown.h"
#include "bounds/property.h"

namespace verikit::bounds {

// The output constraints of the disjuncts that share one input box, as rows a.y - b in doubles.
// A disjunct is refuted when one of its rows is proved > 0. (For a strict constraint >= 0 would do; bounds are
// rounded down, so 0 itself is never proved.)
struct MarginRows {
  Index outputs = 0;
  std::vector<std::int64_t> disjunct;     // index into Property::unsafe
  std::vector<Index> offset;              // rows of disjunct d: [offset[d], offset[d+1])
  std::vector<double> coefficients;       // rows x outputs, rounded to nearest
  std::vector<double> bound;              // rounded up
  std::vector<double> relative_error;     // of the coefficients of a row; 0 when exact

  [[nodiscard]] Index disjuncts() const { return static_cast<Index>(disjunct.size()); }
};
MarginRows make_margin_rows(const Property& property, const std::vector<std::int64_t>& disjuncts);

// Margin of one disjunct over one box: the best of its rows and of their convex combinations.
struct Margin {
  double real = 0.0, evaluated = 0.0;  // proven lower bounds
};

// What bounding one box gave.
struct BoxMargins {
  std::vector<Margin> margins;  // of the active disjuncts, in their order; refuted where evaluated > 0
  std::vector<double> slope;    // coefficients on the input of the most urgent row
  std::vector<double> looseness;  // how much of its looseness is due to the width of each input; may be empty
  // The part of the box where a disjunct can still be met in some evaluation of class F (clip.h).
  std::vector<double> lower, upper;
};

// Bounds the margins of disjuncts (indices into rows.disjunct) over boxes; `active[b]` lists those of box b.
class MarginBounder {
 public:
  MarginBounder(std::shared_ptr<const PreparedNetwork<double>> prepared, Semantics semantics,
                const MarginRows& rows);

  // lower, upper: batch x input size. With kIbp it costs little and may decide; kCrown is tighter.
  void bound(const double* lower, const double* upper, Index batch, Intermediate intermediate,
             const std::vector<const std::vector<std::uint32_t>*>& active, const BackwardOptions& options,
             std::vector<BoxMargins>& found);
  // Whether box b of the last batch may overflow in float evaluations.
  [[nodiscard]] bool overflowed(Index b) const;

 private:
  struct Bounds {
    std::vector<double> real, evaluated, slopes, attribution;
  };
  void lower_bounds(const Functionals<double>& f, const BackwardOptions& options, Bounds& bounds);
  // What rounded coefficients may cost on box b.
  [[nodiscard]] double coefficient_slack(const double* coefficients, double relative_error, Index b) const;

  std::shared_ptr<const PreparedNetwork<double>> prepared_;
  const MarginRows& rows_;
  Crown<double> crown_;
  std::shared_ptr<Crown<double>::State> state_;
  Bounds single_, combined_;  // of the rows, of their combinations
};

}  // namespace verikit::bounds
