// A dense matrix in the layout of the kernels (simd/kernel_table.h).
#pragma once

#include "bounds/simd/dispatch.h"
#include "bounds/workspace.h"

namespace verikit::bounds {

template <class T>
class PackedMatrix {
 public:
  PackedMatrix() = default;
  // element(o, k) is the weight of product k of output o.
  template <class Element>
  PackedMatrix(Index outputs, Index depth, Element element) : outputs_(outputs), depth_(depth) {
    const Index last = outputs % kPanel;
    const Index panels = outputs / kPanel;
    const Index last_width = last == 0 ? 0 : last <= kPanel / 2 ? kPanel / 2 : kPanel;
    data_ = AlignedArray<T>((panels * kPanel + last_width) * depth);
    T* const to = data_.data();
    for (Index first = 0; first < outputs; first += kPanel) {
      const Index width = panel_width(first);
      T* const panel = to + first * depth;
      for (Index block = 0; block < depth; block += kPackBlock) {  // both sides stay in the cache
        const Index end = block + kPackBlock < depth ? block + kPackBlock : depth;
        for (Index lane = 0; lane < width; ++lane) {
          const Index o = first + lane;
          for (Index k = block; k < end; ++k) panel[k * width + lane] = o < outputs ? element(o, k) : T(0);
        }
      }
    }
  }

  [[nodiscard]] Index outputs() const { return outputs_; }
  [[nodiscard]] Index depth() const { return depth_; }
  [[nodiscard]] const T* data() const { return data_.data(); }
  [[nodiscard]] T element(Index o, Index k) const {
    const Index first = o / kPanel * kPanel;
    return data_.data()[first * depth_ + k * panel_width(first) + (o - first)];
  }

 private:
  static constexpr Index kPackBlock = 64;
  static constexpr Index kPanel = simd::kPanelBytes / Index{sizeof(T)};
  [[nodiscard]] Index panel_width(Index first) const {
    return outputs_ - first <= kPanel / 2 ? kPanel / 2 : kPanel;
  }

  Index outputs_ = 0, depth_ = 0;
  AlignedArray<T> data_;
};

// The fields of a Product that describe the matrix.
template <class T>
simd::Product<T> product_of(const PackedMatrix<T>& matrix, const simd::Run* runs, Index run_count) {
  simd::Product<T> product{};
  product.weights = matrix.data();
  product.outputs = matrix.outputs();
  product.depth = matrix.depth();
  product.runs = runs;
  product.run_count = run_count;
  return product;
}

// Constructors of the kinds of AffineKernel.
template <class T>
class AffineKernel;
template <class T>
std::unique_ptr<AffineKernel<T>> make_linear_kernel(const LinearOp& op);
template <class T>
std::unique_ptr<AffineKernel<T>> make_conv_kernel(const ConvOp& op);
template <class T>
std::unique_ptr<AffineKernel<T>> make_sparse_kernel(const SparseOp& op);

}  // namespace verikit::bounds
