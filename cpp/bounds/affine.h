// The linear part of Linear, Conv and Sparse nodes, prepared once for fast application: packed weights,
// run-time dispatched SIMD. Everything the engines multiply goes through here.
//
// Every result element is one fused multiply-add chain over its products in a fixed order that does not
// depend on the number of rows, the tile, the thread or the instruction set: results are bit-identical
// for a row whatever its company.
#pragma once

#include <memory>

#include "bounds/network.h"

namespace verikit::bounds {

// Scratch memory of one thread; grows on demand, never shrinks. Not thread-safe.
class Workspace;

template <class T>  // float or double
class AffineKernel {
 public:
  virtual ~AffineKernel() = default;

  // node holds a LinearOp, ConvOp or SparseOp. Weights are rounded to T (nearest).
  static std::unique_ptr<AffineKernel> make(const Node& node);

  [[nodiscard]] virtual Index in_size() const = 0;
  [[nodiscard]] virtual Index out_size() const = 0;
  // The largest number of products in one element of apply, and of apply_transposed.
  [[nodiscard]] virtual Index fan_in() const = 0;
  [[nodiscard]] virtual Index fan_out() const = 0;

  // Arrays are row-major with rows contiguous (stride in_size / out_size) and do not overlap.
  // y = W x  (no bias)
  virtual void apply(const T* x, Index rows, T* y, Workspace& workspace) const = 0;
  // center_out = W center, radius_out = |W| radius; one pass over the weights.
  virtual void apply_dual(const T* center, const T* radius, Index rows, T* center_out, T* radius_out,
                          Workspace& workspace) const = 0;
  // y = |W| x
  virtual void apply_absolute(const T* x, Index rows, T* y, Workspace& workspace) const = 0;
  // x = W^T y: the backward step of linear bound propagation; also of |W|^T never.
  virtual void apply_transposed(const T* y, Index rows, T* x, Workspace& workspace) const = 0;
};

}  // namespace verikit::bounds
