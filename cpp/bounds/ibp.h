// Sound interval bound propagation: docs/soundness.md, section 3. Midpoint-radius at affine nodes, so that
// one pass over the weights bounds the real value and every float evaluation of class F.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "bounds/prepared.h"
#include "bounds/workspace.h"

namespace verikit::bounds {

// Which evaluations of a network a bound has to hold for.
struct Semantics {
  bool float_evaluations = true;  // false: real arithmetic only
  // Absolute error of Sigmoid and Tanh in float evaluations (float64 networks: 2^-50).
  double activation_error = 0x1p-21;
};
inline Semantics semantics_of(const Network& network, bool real_only) {
  return {!real_only, network.dtype == DType::kFloat64 ? 0x1p-50 : 0x1p-21};
}

// Bounds of every node over a batch of boxes, row-major batch x size.
template <class T>
struct NodeBounds {
  std::vector<std::vector<T>> lower, upper;
  // Whether some evaluation of a box may overflow: all its bounds from the node on that showed it are
  // [-inf, inf].
  std::vector<std::uint8_t> overflow;
};

// Thread-safe: one object serves many threads, each with a Workspace of its own.
// Bounds of a box do not depend on the batch it is in, on the instruction set or on the thread.
template <class T>
class Ibp {
 public:
  explicit Ibp(std::shared_ptr<const PreparedNetwork<T>> prepared);
  explicit Ibp(const Network& network);  // which must outlive this object
  ~Ibp();
  Ibp(Ibp&&) noexcept;
  Ibp& operator=(Ibp&&) noexcept;

  [[nodiscard]] const PreparedNetwork<T>& prepared() const { return *prepared_; }

  // lower, upper: batch x input size; out_lower, out_upper: batch x output size. An infinite or NaN input, or
  // a possible overflow, gives [-inf, inf] for the whole row.
  void run(const T* lower, const T* upper, Index batch, const Semantics& semantics, T* out_lower, T* out_upper,
           Workspace& workspace) const;
  // Keeps the bounds of every node.
  void run_all(const T* lower, const T* upper, Index batch, const Semantics& semantics, NodeBounds<T>& bounds,
               Workspace& workspace) const;

  // run_all in steps, for engines that tighten bounds in between: begin sets the input's bounds, bound_node
  // those of one other node from the bounds of its inputs.
  // requires: FpEnvironment in force.
  void begin(const T* lower, const T* upper, Index batch, NodeBounds<T>& bounds) const;
  void bound_node(NodeId node, Index batch, const Semantics& semantics, NodeBounds<T>& bounds,
                  Workspace& workspace) const;

 private:
  struct Plan;
  std::shared_ptr<const PreparedNetwork<T>> prepared_;
  std::unique_ptr<const Plan> plan_;
};

}  // namespace verikit::bounds
