// Sparse layers: compressed rows forward, the same matrix by columns backward.
#include <algorithm>
#include <mutex>

#include "bounds/affine.h"
#include "bounds/packed.h"

namespace verikit::bounds {
namespace {

template <class T>
struct Compressed {
  std::vector<Index> offsets;
  std::vector<std::int32_t> columns;
  std::vector<T> weight;

  [[nodiscard]] Index longest() const {
    Index most = 0;
    for (std::size_t i = 0; i + 1 < offsets.size(); ++i) most = std::max(most, offsets[i + 1] - offsets[i]);
    return most;
  }
};

template <class T>
Compressed<T> transposed(const Compressed<T>& rows, Index columns) {
  Compressed<T> out;
  out.offsets.assign(static_cast<std::size_t>(columns) + 1, 0);
  out.columns.resize(rows.columns.size());
  out.weight.resize(rows.weight.size());
  for (const std::int32_t column : rows.columns) ++out.offsets[static_cast<std::size_t>(column) + 1];
  for (std::size_t i = 1; i < out.offsets.size(); ++i) out.offsets[i] += out.offsets[i - 1];
  std::vector<Index> next(out.offsets.begin(), out.offsets.end() - 1);
  for (std::size_t row = 0; row + 1 < rows.offsets.size(); ++row) {
    for (Index at = rows.offsets[row]; at < rows.offsets[row + 1]; ++at) {
      const auto from = static_cast<std::size_t>(at);
      const auto to = static_cast<std::size_t>(next[static_cast<std::size_t>(rows.columns[from])]++);
      out.columns[to] = static_cast<std::int32_t>(row);
      out.weight[to] = rows.weight[from];
    }
  }
  return out;
}

template <class T>
class SparseKernel final : public AffineKernel<T> {
 public:
  explicit SparseKernel(const SparseOp& op) : in_(op.in), out_(op.out) {
    forward_.offsets = op.offsets;
    forward_.columns = op.columns;
    forward_.weight.assign(op.weight.begin(), op.weight.end());
    fan_in_ = forward_.longest();
    std::vector<Index> uses(static_cast<std::size_t>(in_), 0);
    for (const std::int32_t column : op.columns) ++uses[static_cast<std::size_t>(column)];
    for (const Index count : uses) fan_out_ = std::max(fan_out_, count);
  }

  [[nodiscard]] Index in_size() const override { return in_; }
  [[nodiscard]] Index out_size() const override { return out_; }
  [[nodiscard]] Index fan_in() const override { return fan_in_; }
  [[nodiscard]] Index fan_out() const override { return fan_out_; }

  void apply(const T* x, Index rows, T* y, Workspace& workspace) const override {
    run(forward_, out_, in_, simd::kernels<T>().sparse, x, nullptr, rows, y, nullptr, workspace);
  }
  void apply_absolute(const T* x, Index rows, T* y, Workspace& workspace) const override {
    run(forward_, out_, in_, simd::kernels<T>().sparse_absolute, x, nullptr, rows, y, nullptr, workspace);
  }
  void apply_dual(const T* center, const T* radius, Index rows, T* center_out, T* radius_out,
                  Workspace& workspace) const override {
    run(forward_, out_, in_, simd::kernels<T>().sparse_dual, center, radius, rows, center_out, radius_out,
        workspace);
  }
  void apply_transposed(const T* y, Index rows, T* x, Workspace& workspace) const override {
    std::call_once(once_, [this] { backward_ = transposed(forward_, in_); });
    run(backward_, in_, out_, simd::kernels<T>().sparse, y, nullptr, rows, x, nullptr, workspace);
  }

 private:
  static void run(const Compressed<T>& matrix, Index outputs, Index inputs,
                  void (*kernel)(const simd::SparseProduct<T>&), const T* x, const T* x_radius, Index rows,
                  T* y, T* y_radius, Workspace& workspace) {
    const Workspace::Frame frame(workspace);
    simd::SparseProduct<T> product{};
    product.offsets = matrix.offsets.data();
    product.columns = matrix.columns.data();
    product.weights = matrix.weight.data();
    product.outputs = outputs;
    product.inputs = inputs;
    product.rows = rows;
    product.x = x;
    product.x_radius = x_radius;
    product.y = y;
    product.y_radius = y_radius;
    if (rows >= 4) product.scratch = workspace.take<T>(simd::kAcross * (inputs + outputs));
    kernel(product);
  }

  Index in_, out_, fan_in_ = 0, fan_out_ = 0;
  Compressed<T> forward_;
  mutable std::once_flag once_;
  mutable Compressed<T> backward_;  // made when first asked for
};

}  // namespace

template <class T>
std::unique_ptr<AffineKernel<T>> make_sparse_kernel(const SparseOp& op) {
  return std::make_unique<SparseKernel<T>>(op);
}
template std::unique_ptr<AffineKernel<float>> make_sparse_kernel<float>(const SparseOp&);
template std::unique_ptr<AffineKernel<double>> make_sparse_kernel<double>(const SparseOp&);

}  // namespace verikit::bounds
