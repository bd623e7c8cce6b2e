// Pooling and reductions: maxima as MaxOp, sums and averages as sparse rows.
#include <algorithm>
#include <limits>

#include "bounds/lowering.h"

namespace verikit::bounds::lowering {
namespace {

std::size_t at(Index i) { return static_cast<std::size_t>(i); }

bool is_power_of_two(Index k) { return (k & (k - 1)) == 0; }

// Sparse rows that add (or average) groups of storage elements. An average by 1/k is a division after the
// sum, or a product with a rounded reciprocal before or after it: up to two more roundings.
class Rows {
 public:
  Rows(Index in, bool average) : average_(average) {
    op_.in = in;
    op_.offsets.push_back(0);
    op_.terms.extra_roundings = average ? 2 : 0;
  }
  void add(std::vector<std::int32_t>& columns, Index divisor) {
    std::sort(columns.begin(), columns.end());
    op_.columns.insert(op_.columns.end(), columns.begin(), columns.end());
    op_.offsets.push_back(static_cast<Index>(op_.columns.size()));
    op_.weight.resize(op_.columns.size(), average_ ? 1.0 / static_cast<double>(divisor) : 1.0);
    if (average_ && !is_power_of_two(divisor)) op_.terms.weight_relative_error = 0x1p-52;
  }
  SparseOp take() {
    op_.out = static_cast<Index>(op_.offsets.size()) - 1;
    op_.terms.bias.assign(at(op_.out), 0.0);
    op_.terms.bias_magnitude = op_.terms.bias;
    return std::move(op_);
  }

 private:
  SparseOp op_;
  bool average_;
};

enum class Pool { kMax, kAverage };

Value pool(Builder& builder, Call& call, Value x, const Window& window, Pool kind, bool count_padding, Shape shape) {
  const Index channels = x.shape[1];
  const Index size = builder.checked_count(call, shape);
  const Index taps = window.kernel[0] * window.kernel[1];
  if (taps > std::numeric_limits<std::int32_t>::max() / size) call.too_large("so many windows");
  builder.charge(call, 2 * size * taps);
  if (!builder.is_injective(x)) x = builder.as_bijective(call, x);
  MaxOp max;
  max.offsets.push_back(0);
  Rows rows(builder.size_of(x.node), true);
  std::vector<std::int32_t> group;
  for (Index oh = 0; oh < window.out[0]; ++oh) {
    for (Index ow = 0; ow < window.out[1]; ++ow) {
      for (Index c = 0; c < channels; ++c) {
        group.clear();
        for (Index kh = 0; kh < window.kernel[0]; ++kh) {
          const Index h = oh * window.stride[0] - window.before[0] + kh * window.dilation[0];
          if (h < 0 || h >= window.in[0]) continue;
          for (Index kw = 0; kw < window.kernel[1]; ++kw) {
            const Index w = ow * window.stride[1] - window.before[1] + kw * window.dilation[1];
            if (w >= 0 && w < window.in[1]) group.push_back(x.at((c * window.in[0] + h) * window.in[1] + w));
          }
        }
        if (group.empty()) call.unsupported("a window that lies in the padding altogether");
        if (kind == Pool::kMax) {
          max.indices.insert(max.indices.end(), group.begin(), group.end());
          max.offsets.push_back(static_cast<Index>(max.indices.size()));
        } else {
          const auto inside = static_cast<Index>(group.size());
          rows.add(group, count_padding ? taps : inside);
        }
      }
    }
  }
  Op op = kind == Pool::kMax ? Op(std::move(max)) : Op(rows.take());
  return builder.value(call, std::move(op), {x.node}, std::move(shape), x.dtype, nhwc_map(channels, window.out_pixels()));
}

Shape pooled_shape(const Value& x, const Window& window) {
  Shape shape = {1, x.shape[1]};
  for (std::size_t d = 4 - x.shape.size(); d < 2; ++d) shape.push_back(window.out[d]);
  return shape;
}

Values windowed(Builder& builder, Call& call, Pool kind) {
  const Value x = builder.as_variable(call, call.input(0));
  const auto kernel = call.integers("kernel_shape");
  if (!kernel) call.malformed("attribute 'kernel_shape' is missing");
  const bool has_ceil_mode = call.opset() >= 10;
  const bool has_dilations = kind == Pool::kMax ? call.opset() >= 10 : call.opset() >= 19;
  bool count_padding = false;
  if (kind == Pool::kAverage) count_padding = call.integer("count_include_pad", 0) != 0;
  else call.ignore("storage_order");  // about the second output
  const Window window = read_window(call, x.shape, *kernel, has_ceil_mode, has_dilations);
  if (count_padding && window.overhangs) {
    call.unsupported("count_include_pad where ceil_mode reaches past the padding; runtimes disagree on the divisor");
  }
  return {pool(builder, call, x, window, kind, count_padding, pooled_shape(x, window))};
}

Values lower_max_pool(Builder& builder, Call& call) { return windowed(builder, call, Pool::kMax); }
Values lower_average_pool(Builder& builder, Call& call) { return windowed(builder, call, Pool::kAverage); }

Values global(Builder& builder, Call& call, Pool kind) {
  const Value x = builder.as_variable(call, call.input(0));
  if (x.shape.size() != 3 && x.shape.size() != 4) call.unsupported("only inputs of 3 or 4 dimensions are handled");
  if (x.shape[0] != 1) call.unsupported("the batch dimension must be 1");
  Window window;
  for (std::size_t d = 4 - x.shape.size(); d < 2; ++d) window.in[d] = window.kernel[d] = x.shape[x.shape.size() - 2 + d];
  return {pool(builder, call, x, window, kind, false, pooled_shape(x, window))};
}

Values lower_global_max(Builder& builder, Call& call) { return global(builder, call, Pool::kMax); }
Values lower_global_average(Builder& builder, Call& call) { return global(builder, call, Pool::kAverage); }

Values reduce(Builder& builder, Call& call, bool average, std::int64_t axes_input_since) {
  Value x = builder.as_variable(call, call.input(0));
  const bool keep = call.integer("keepdims", 1) != 0;
  const auto axes = call.integers_from(1, "axes", axes_input_since);
  const bool noop = call.opset() >= axes_input_since && call.integer("noop_with_empty_axes", 0) != 0;
  std::vector<bool> reduced(x.shape.size(), false);
  if (!axes || axes->empty()) {
    if (noop) return {x};
    reduced.assign(reduced.size(), true);
  } else {
    for (const std::int64_t a : *axes) reduced[call.axis(a, x.shape.size())] = true;
  }
  // Each input element goes to the output element with the same coordinates in the kept dimensions.
  Shape shape, kept = x.shape;
  Index group = 1;
  for (std::size_t d = 0; d < kept.size(); ++d) {
    if (reduced[d]) {
      group *= kept[d];
      kept[d] = 1;
    }
    if (!reduced[d] || keep) shape.push_back(kept[d]);
  }
  if (x.count() == 0) call.unsupported("a tensor without elements");
  if (group == 1) return {builder.reshape(x, std::move(shape))};
  builder.charge(call, 4 * x.count());
  if (!builder.is_injective(x)) x = builder.as_bijective(call, x);
  const Indices target = broadcast_indices(kept, x.shape);
  std::vector<std::vector<std::int32_t>> groups(at(element_count(kept)));
  for (std::size_t i = 0; i < target.size(); ++i) groups[at(target[i])].push_back(x.at(static_cast<Index>(i)));
  Rows rows(builder.size_of(x.node), average);
  for (auto& columns : groups) rows.add(columns, group);
  return {builder.value(call, rows.take(), {x.node}, std::move(shape), x.dtype)};
}

Values lower_reduce_sum(Builder& builder, Call& call) { return reduce(builder, call, false, 13); }
Values lower_reduce_mean(Builder& builder, Call& call) { return reduce(builder, call, true, 18); }

}  // namespace

const std::vector<Operator>& pooling_operators() {
  static const std::vector<Operator> table = {
      {"MaxPool", lower_max_pool, 1, 1},         {"AveragePool", lower_average_pool, 1, 1},
      {"GlobalMaxPool", lower_global_max, 1, 1}, {"GlobalAveragePool", lower_global_average, 1, 1},
      {"ReduceSum", lower_reduce_sum, 1, 2},     {"ReduceMean", lower_reduce_mean, 1, 2},
  };
  return table;
}

}  // namespace verikit::bounds::lowering
