// Dense layers, and the choice of the kernel for a node.
#include <mutex>

#include "base/error.h"
#include "bounds/affine.h"
#include "bounds/packed.h"

namespace verikit::bounds {
namespace {

template <class T>
class LinearKernel final : public AffineKernel<T> {
 public:
  explicit LinearKernel(const LinearOp& op)
      : in_(op.in), out_(op.out), repeat_(op.repeat),
        forward_(op.out, op.in, [&](Index o, Index k) {
          return static_cast<T>(op.weight[static_cast<std::size_t>(o * op.in + k)]);
        }) {}

  [[nodiscard]] Index in_size() const override { return in_ * repeat_; }
  [[nodiscard]] Index out_size() const override { return out_ * repeat_; }
  [[nodiscard]] Index fan_in() const override { return in_; }
  [[nodiscard]] Index fan_out() const override { return out_; }

  void apply(const T* x, Index rows, T* y, Workspace&) const override {
    simd::kernels<T>().product(forward(x, rows, y));
  }
  void apply_absolute(const T* x, Index rows, T* y, Workspace&) const override {
    simd::kernels<T>().product_absolute(forward(x, rows, y));
  }
  void apply_dual(const T* center, const T* radius, Index rows, T* center_out, T* radius_out,
                  Workspace& workspace) const override {
    const simd::KernelTable<T>& kernels = simd::kernels<T>();
    const Workspace::Frame frame(workspace);
    constexpr Index kRows = 96;  // whose pairs stay in the second-level cache
    const Index all = rows * repeat_;
    T* const pairs = workspace.take<T>(2 * in_ * (all < kRows ? all : kRows));
    for (Index row = 0; row < all; row += kRows) {
      const Index count = all - row < kRows ? all - row : kRows;
      kernels.interleave(center + row * in_, radius + row * in_, count * in_, pairs);
      simd::Product<T> product = forward(pairs, 0, center_out + row * out_);
      product.rows = count;
      product.y_radius = radius_out + row * out_;
      kernels.product_dual(product);
    }
  }
  void apply_transposed(const T* y, Index rows, T* x, Workspace&) const override {
    std::call_once(once_, [this] {
      backward_ = PackedMatrix<T>(in_, out_, [this](Index i, Index k) { return forward_.element(k, i); });
    });
    simd::Product<T> product = product_of(backward_, &backward_run_, 1);
    product.rows = rows * repeat_;
    product.x = y;
    product.x_stride = out_;
    product.y = x;
    product.y_stride = in_;
    simd::kernels<T>().product(product);
  }

 private:
  simd::Product<T> forward(const T* x, Index rows, T* y) const {
    simd::Product<T> product = product_of(forward_, &forward_run_, 1);
    product.rows = rows * repeat_;
    product.x = x;
    product.x_stride = in_;
    product.y = y;
    product.y_stride = out_;
    return product;
  }

  Index in_, out_, repeat_;
  PackedMatrix<T> forward_;
  simd::Run forward_run_{0, in_}, backward_run_{0, out_};
  mutable std::once_flag once_;
  mutable PackedMatrix<T> backward_;  // made when first asked for
};

}  // namespace

template <class T>
std::unique_ptr<AffineKernel<T>> make_linear_kernel(const LinearOp& op) {
  return std::make_unique<LinearKernel<T>>(op);
}

template <class T>
std::unique_ptr<AffineKernel<T>> AffineKernel<T>::make(const Node& node) {
  if (const auto* linear = std::get_if<LinearOp>(&node.op)) return make_linear_kernel<T>(*linear);
  if (const auto* conv = std::get_if<ConvOp>(&node.op)) return make_conv_kernel<T>(*conv);
  if (const auto* sparse = std::get_if<SparseOp>(&node.op)) return make_sparse_kernel<T>(*sparse);
  fail(ErrorCode::kInternal, "AffineKernel::make: node \"" + node.name + "\" is not linear; please report");
}

template class AffineKernel<float>;
template class AffineKernel<double>;

}  // namespace verikit::bounds
