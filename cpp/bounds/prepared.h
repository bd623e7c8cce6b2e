// A network made ready for one compute type: packed weights and rounding constants of its nodes, built when
// first asked for and shared by all engines and threads.
#pragma once

#include <memory>
#include <mutex>
#include <vector>

#include "bounds/affine.h"
#include "bounds/network.h"

namespace verikit::bounds {

// What the interval step of an affine node multiplies and adds; docs/soundness.md, section 3.
template <class T>
struct AffineConstants {
  T gain = 0;         // g, rounded up
  T inflation = 1;    // 1 + 2 gamma(n + 2, u_T) and the rounding of rho itself
  T limit = 0;        // a total radius from here on may mean overflow
  std::vector<T> constant;  // g beta + eps_b of each output feature
  // underflow of one output: underflow_base + underflow_reach * max |x|
  double underflow_base = 0.0, underflow_reach = 0.0;
};

template <class T>
struct PreparedAffine {
  std::unique_ptr<AffineKernel<T>> kernel;
  std::vector<T> bias;            // rounded to nearest
  AffineConstants<T> constants[2];  // [0]: real arithmetic only, [1]: and every float evaluation
};

// ScaleOp in T: result = scale x + shift, off by at most relative |scale x| + constant, and underflow where
// scale x is not 0.
template <class T>
struct ScaleConstants {
  std::vector<T> relative, constant, underflow;
};
template <class T>
struct PreparedScale {
  std::vector<T> scale, shift;
  ScaleConstants<T> constants[2];
};

template <class T>
class PreparedNetwork {
 public:
  // The network must outlive this object.
  explicit PreparedNetwork(const Network& network);
  explicit PreparedNetwork(std::shared_ptr<const Network> network);
  ~PreparedNetwork();
  PreparedNetwork(const PreparedNetwork&) = delete;
  PreparedNetwork& operator=(const PreparedNetwork&) = delete;

  [[nodiscard]] const Network& network() const { return network_; }
  // Null where the node is not affine. Thread-safe.
  [[nodiscard]] const AffineKernel<T>* affine(NodeId node) const;
  // requires: an affine node; a ScaleOp. Thread-safe.
  [[nodiscard]] const PreparedAffine<T>& prepared_affine(NodeId node) const;
  [[nodiscard]] const PreparedScale<T>& prepared_scale(NodeId node) const;
  // Bytes of all weights in T.
  [[nodiscard]] Index weight_bytes() const { return weight_bytes_; }

 private:
  struct Slot;
  Slot& slot(NodeId node) const { return slots_[static_cast<std::size_t>(node)]; }

  std::shared_ptr<const Network> owned_;
  const Network& network_;
  std::unique_ptr<Slot[]> slots_;
  Index weight_bytes_ = 0;
};

// The terms of a LinearOp, ConvOp or SparseOp, null for other nodes; and its weights.
const AffineTerms* affine_terms_of(const Op& op);
const std::vector<double>* affine_weights_of(const Op& op);

}  // namespace verikit::bounds
