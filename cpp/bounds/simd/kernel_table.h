// What an instruction set provides: plain functions behind plain structs. This header is included by the
// units that are compiled with AVX flags, so it must not define anything inline (no std:: templates, no
// member functions): the linker could otherwise keep an AVX copy for everybody.
#pragma once

#include <cstdint>

namespace verikit::bounds::simd {

using Index = std::int64_t;

// Packed matrices are panels of kPanelBytes / sizeof(T) output features. Panel p holds, for each k, the
// weights of its outputs side by side, padded with zeros. The last panel has half the width when half is
// enough.
inline constexpr Index kPanelBytes = 128;

// The k-th products of a row read x[offset + 0], ..., x[offset + length - 1] of each run in turn.
struct Run {
  Index offset;
  Index length;
};

template <class T>
struct Product {
  const T* weights;  // packed
  Index outputs;
  Index depth;  // sum of the runs' lengths
  const Run* runs;
  Index run_count;
  Index rows;
  const T* x;  // dual: pairs (center, radius), offsets and strides count pairs
  const Index* x_offsets;  // of each row; null: row * x_stride
  Index x_stride;
  T* y;
  T* y_radius;             // dual only
  const Index* y_offsets;  // of each row; null: row * y_stride
  Index y_stride;
};

// Compressed rows, or columns for the transposed product.
template <class T>
struct SparseProduct {
  const Index* offsets;  // outputs + 1
  const std::int32_t* columns;
  const T* weights;
  Index outputs;
  Index inputs;
  Index rows;
  const T* x;
  const T* x_radius;  // dual only
  T* y;
  T* y_radius;  // dual only
  T* scratch;   // kAcross * (inputs + outputs) values
};
// Where outputs are few, rows are the lanes: kAcross rows side by side for each element.
inline constexpr Index kAcross = 16;

// A Product of at most kAcrossOutputs outputs for kAcross rows of images: element i of x and y stands for
// kAcross numbers from x[i * kAcross]. Offsets are those of pixels.
template <class T>
struct AcrossProduct {
  const T* weights;  // packed: one narrow panel
  Index outputs;
  const Run* runs;
  Index run_count;
  Index pixels;
  const T* x;
  const Index* x_offsets;
  T* y;
  const Index* y_offsets;
};
inline constexpr Index kAcrossOutputs = 4;

// Rounding constants of the interval step of an affine node; see docs/soundness.md.
template <class T>
struct AffineFinish {
  const T* center;  // W c
  const T* radius;  // >= |W| rho up to rounding that rho pays for
  const T* bias;
  const T* constant;   // error that does not depend on the input, one per bias
  Index period;        // number of biases; total length is period * repeats
  Index repeats;
  T row_constant;      // added to every constant
  T limit;             // a total radius that is not below it means possible overflow
  T* lower;            // may be center
  T* upper;            // may be radius
};

// All products are one fused multiply-add chain over k ascending, starting from +0.
template <class T>
struct KernelTable {
  void (*product)(const Product<T>&);
  void (*product_absolute)(const Product<T>&);  // |W|
  void (*product_dual)(const Product<T>&);
  void (*sparse)(const SparseProduct<T>&);
  void (*sparse_absolute)(const SparseProduct<T>&);
  void (*sparse_dual)(const SparseProduct<T>&);
  void (*product_across)(const AcrossProduct<T>&);
  // across[i * kAcross + r] = x[r * stride + i] for r < rows, 0 for the other r; and back.
  void (*to_across)(const T* x, Index rows, Index stride, Index n, T* across);
  void (*from_across)(const T* across, Index rows, Index stride, Index n, T* x);
  // pairs[2i] = a[i], pairs[2i+1] = b[i]
  void (*interleave)(const T* a, const T* b, Index n, T* pairs);
  // center = 0.5 lower + 0.5 upper; rho = (max(upper - center, center - lower) + gain * m) * inflation with
  // m = max(|lower|, |upper|). Returns the largest m, infinity if some m is not finite.
  T (*center_radius)(const T* lower, const T* upper, Index n, T gain, T inflation, T* center, T* rho);
  // lower, upper = center + bias -+ (radius + constant + row_constant), rounded outwards. Returns whether
  // some total radius is not below the limit.
  bool (*affine_finish)(const AffineFinish<T>&);
  // max(x, 0) at both ends; results below `flush` become 0 in lower_out.
  void (*relu)(const T* lower, const T* upper, Index n, T flush, T* lower_out, T* upper_out);
  // A copy in which ends between 0 and +-flush that point away from 0 become 0: [l, u] then contains what
  // flushing its numbers to zero may give. The outputs may be the inputs.
  void (*flush)(const T* lower, const T* upper, Index n, T flush, T* lower_out, T* upper_out);
  // Whether all |lower|, |upper| < limit; false for NaN.
  bool (*within)(const T* lower, const T* upper, Index n, T limit);
};

// Null where the build has no such instruction set. Whether the machine has it is not asked here.
const KernelTable<float>* avx512_float();
const KernelTable<double>* avx512_double();
const KernelTable<float>* avx2_float();
const KernelTable<double>* avx2_double();
const KernelTable<float>* scalar_float();
const KernelTable<double>* scalar_double();

}  // namespace verikit::bounds::simd
