// Sound linear bound propagation (CROWN: Zhang et al., 2018, arXiv 1811.00866) by backward substitution, on
// any network. docs/soundness.md, section 4, is its specification: A in memory, d and e in double.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "base/deadline.h"
#include "bounds/ibp.h"
#include "bounds/prepared.h"

namespace verikit::bounds {

enum class Intermediate : std::uint8_t {
  kIbp,    // bounds of hidden nodes by interval propagation (CROWN-IBP)
  kCrown,  // by backward substitution wherever a relaxation depends on them (CROWN)
};

// Functionals on the value of one node, each for one box of a batch.
template <class T>
struct Functionals {
  NodeId node = 0;
  std::vector<Index> box;  // of each row, ascending
  // Either sign[r] * z[coordinate[r]] ...
  std::vector<Index> coordinate;
  std::vector<std::int8_t> sign;
  // ... or sum_j coefficients[row_of[r] * size + j] z[j], exact doubles.
  const double* coefficients = nullptr;
  std::vector<Index> row_of;

  [[nodiscard]] Index rows() const { return static_cast<Index>(box.size()); }
};

struct BackwardOptions {
  const Deadline* deadline = nullptr;  // raises kTimeLimit when it has expired
  bool real_bounds = true;  // false: only bounds for class F are wanted, which is cheaper
  bool stop_at_nonlinear = false;  // concretise at the first nonlinear nodes (interval bounds with elision)
  bool attribute = false;  // propagate: remember on which inputs each relaxation depends (see lower_bounds)
  Index chunk_bytes = Index{1} << 20;  // memory for the coefficients of one node at a time
};

template <class T>
class Crown {
 public:
  // The network must outlive this object.
  Crown(std::shared_ptr<const PreparedNetwork<T>> prepared, Semantics semantics);
  ~Crown();
  Crown(const Crown&) = delete;
  Crown& operator=(const Crown&) = delete;

  // Everything that is known about a batch of boxes; reused from call to call. Not thread-safe.
  struct State;
  [[nodiscard]] std::shared_ptr<State> make_state() const;

  // Bounds of every node over each box (row-major batch x input size), and what the substitution needs.
  void propagate(const T* lower, const T* upper, Index batch, Intermediate intermediate, State& state,
                 const BackwardOptions& options = {}) const;

  // Lower bounds of the functionals over their boxes after propagate(): for real arithmetic, and for every
  // evaluation of class F. An overflowing box gives -infinity. `input_coefficients` (rows x input size,
  // optional) receives the coefficients on the input, for attacks and split choices; `attribution` (rows x input
  // size, optional, needs options.attribute in propagate) how much of the looseness of the relaxations that
  // a row met is due to the width of each input.
  void lower_bounds(const Functionals<T>& functionals, State& state, double* real, double* evaluated,
                    T* input_coefficients = nullptr, double* attribution = nullptr,
                    const BackwardOptions& options = {}) const;

  [[nodiscard]] static const NodeBounds<T>& bounds(const State& state);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace verikit::bounds
