// Inside of the linear-bound engine: what backward substitution through each node costs, for every box.
#pragma once

#include <vector>

#include "bounds/crown.h"
#include "bounds/simd/dispatch.h"

namespace verikit::bounds {

using simd::LineArrays;
using simd::RowSums;

// For one node and a batch of boxes. Vectors are batch x size unless said otherwise.
template <class T>
struct NodeTerms {
  // Error per unit of |A|: for real arithmetic together with our own rounding, and what class F adds.
  std::vector<double> own, evaluated;
  std::vector<double> both;  // their sum
  // Affine nodes: own without the rounding of the product W^T A, for a row of W that is copied.
  std::vector<double> own_copied;
  // Activations: the lines. Maximum: lower_slope etc. are not used.
  std::vector<T> lower_slope, lower_intercept, upper_slope, upper_intercept;
  // Maximum: the input chosen from below, and from above or -1 with the constant in `ceiling`.
  std::vector<std::int32_t> chosen, dominating;
  std::vector<double> ceiling;
  // Absolute error of a row whatever its coefficients (underflow of our own products), per box.
  std::vector<double> underflow;
};

template <class T>
struct Crown<T>::State {
  NodeBounds<T> bounds;
  std::vector<NodeTerms<T>> terms;  // one per node
  // options.attribute: per node, batch x size x input size: the share of each input in the width of a loose
  // element (0 for the others).
  std::vector<std::vector<float>> shares;
  Workspace workspace;
  // Pool of coefficient buffers.
  std::vector<std::vector<T>> pool;

  std::vector<T> take(std::size_t size) {
    if (pool.empty()) return std::vector<T>(size);
    std::vector<T> buffer = std::move(pool.back());
    pool.pop_back();
    if (buffer.size() < size) buffer.resize(size);
    return buffer;
  }
  void give(std::vector<T>&& buffer) {
    if (buffer.capacity() > 0) pool.push_back(std::move(buffer));
  }
};

// Facts of a node that do not depend on the box.
struct NodeFacts {
  bool target = false;           // a relaxation depends on its bounds
  bool exact_by_interval = false;  // its interval bounds are as tight as backward substitution
  bool elementwise_of_input = false;
  bool nonlinear = false;
  bool weights_fit_float = true;  // every weight is a float32
  bool weights_fit = true;        // every weight is a T
  double max_weight = 0.0;       // affine: largest |w|
  Index scatter = 1;             // Select, Max: how many outputs one input feeds at most
  std::vector<double> bias;      // affine: per output element (expanded); Scale: shift; Constant: values
  std::vector<double> bias_magnitude, bias_error;
};

// Fills terms for node v; the bounds of its inputs are final.
template <class T>
void compute_terms(const Network& network, NodeId v, const NodeFacts& facts, const PreparedNetwork<T>& prepared,
                   const Semantics& semantics, const NodeBounds<T>& bounds, Index batch, Workspace& workspace,
                   NodeTerms<T>& terms);

std::vector<NodeFacts> node_facts(const Network& network);

}  // namespace verikit::bounds
