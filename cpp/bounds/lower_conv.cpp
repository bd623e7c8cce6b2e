// Sliding windows, and convolutions: dense ones as ConvOp, grouped ones as sparse rows.
#include <algorithm>
#include <cmath>
#include <limits>

#include "bounds/lowering.h"

namespace verikit::bounds::lowering {
namespace {

std::size_t at(Index i) { return static_cast<std::size_t>(i); }

Shape spatial(Call& call, const char* key, std::size_t dims, Index otherwise, Index least) {
  const auto given = call.integers(key);
  if (!given || given->empty()) return Shape(dims, otherwise);
  if (given->size() != dims) call.malformed(std::string("attribute '") + key + "' must have " + std::to_string(dims) + " entries");
  for (const Index v : *given) {
    if (v < least || v > (Index{1} << 24)) {
      call.malformed(std::string("attribute '") + key + "' is out of range: " + show(*given));
    }
  }
  return *given;
}

}  // namespace

Window read_window(Call& call, const Shape& input, const Shape& kernel, bool has_ceil_mode, bool has_dilations) {
  if (input.size() != 3 && input.size() != 4) {
    call.unsupported("only 1-D and 2-D windows (inputs of 3 or 4 dimensions) are handled");
  }
  if (input[0] != 1) call.unsupported("the batch dimension must be 1");
  const std::size_t dims = input.size() - 2;
  if (kernel.size() != dims) call.malformed("the kernel must have " + std::to_string(dims) + " spatial dimensions");
  const Shape strides = spatial(call, "strides", dims, 1, 1);
  const Shape dilations = has_dilations ? spatial(call, "dilations", dims, 1, 1) : Shape(dims, 1);
  const std::string auto_pad = call.text("auto_pad", "NOTSET");
  const bool has_pads = call.has_attribute("pads");
  const Shape pads = spatial(call, "pads", 2 * dims, 0, 0);
  const bool ceil_mode = has_ceil_mode && call.integer("ceil_mode", 0) != 0;
  const bool same = auto_pad == "SAME_UPPER" || auto_pad == "SAME_LOWER";
  if (!same && auto_pad != "VALID" && auto_pad != "NOTSET") call.unsupported("auto_pad " + quote(auto_pad));
  if (auto_pad != "NOTSET" && ceil_mode) call.unsupported("ceil_mode together with auto_pad");
  if (auto_pad != "NOTSET" && has_pads && std::any_of(pads.begin(), pads.end(), [](Index p) { return p != 0; })) {
    call.malformed("both pads and auto_pad are given");
  }
  Window window;
  for (std::size_t i = 0; i < dims; ++i) {
    const std::size_t d = i + 2 - dims;
    window.in[d] = input[2 + i];
    window.kernel[d] = kernel[i];
    window.stride[d] = strides[i];
    window.dilation[d] = dilations[i];
    if (kernel[i] < 1 || kernel[i] > (Index{1} << 24)) call.malformed("the kernel is out of range: " + show(kernel));
    const Index reach = (kernel[i] - 1) * dilations[i] + 1;
    if (same) {
      window.out[d] = (window.in[d] + strides[i] - 1) / strides[i];
      const Index total = std::max<Index>((window.out[d] - 1) * strides[i] + reach - window.in[d], 0);
      window.before[d] = auto_pad == "SAME_UPPER" ? total / 2 : total - total / 2;
      window.after[d] = total - window.before[d];
      continue;
    }
    window.before[d] = pads[i];
    window.after[d] = pads[dims + i];
    const Index room = window.in[d] + pads[i] + pads[dims + i] - reach;
    if (room < 0) call.malformed("the kernel is larger than the padded input");
    window.out[d] = room / strides[i] + 1;
    if (ceil_mode && room % strides[i] != 0) {
      // A window that would start behind the input is dropped, as PyTorch and ONNX do.
      if (window.out[d] * strides[i] < window.in[d] + pads[i]) {
        window.out[d] += 1;
        window.overhangs = true;
      }
    }
  }
  if (window.in_pixels() == 0) call.unsupported("an input without elements");
  return window;
}

namespace {

// The sparse rows of a grouped convolution, in NHWC order of the outputs.
Value grouped(Builder& builder, Call& call, const Value& given, const Window& window, Index groups, Index out_c,
              const std::vector<double>& weight, AffineTerms terms, Shape shape) {
  Value x = given;
  if (!builder.is_injective(x)) x = builder.as_bijective(call, x);
  const Index group_in = x.shape[1] / groups, group_out = out_c / groups;
  const Index taps = window.kernel[0] * window.kernel[1];
  builder.charge(call, window.out_pixels() * out_c);
  if (taps * group_in > std::numeric_limits<std::int32_t>::max() / (window.out_pixels() * out_c)) {
    call.too_large("a grouped convolution with so many connections");
  }
  builder.charge(call, 2 * window.out_pixels() * out_c * taps * group_in);
  SparseOp op;
  op.in = builder.size_of(x.node);
  op.out = window.out_pixels() * out_c;
  op.offsets.push_back(0);
  AffineTerms rows = terms;
  rows.bias.clear();
  rows.bias_magnitude.clear();
  std::vector<std::pair<std::int32_t, double>> row;
  for (Index oh = 0; oh < window.out[0]; ++oh) {
    for (Index ow = 0; ow < window.out[1]; ++ow) {
      for (Index o = 0; o < out_c; ++o) {
        row.clear();
        for (Index c = 0; c < group_in; ++c) {
          for (Index kh = 0; kh < window.kernel[0]; ++kh) {
            const Index h = oh * window.stride[0] - window.before[0] + kh * window.dilation[0];
            if (h < 0 || h >= window.in[0]) continue;
            for (Index kw = 0; kw < window.kernel[1]; ++kw) {
              const Index w = ow * window.stride[1] - window.before[1] + kw * window.dilation[1];
              if (w < 0 || w >= window.in[1]) continue;
              const Index channel = (o / group_out) * group_in + c;
              row.emplace_back(x.at((channel * window.in[0] + h) * window.in[1] + w),
                               weight[at(((o * group_in + c) * window.kernel[0] + kh) * window.kernel[1] + kw)]);
            }
          }
        }
        std::sort(row.begin(), row.end());
        for (const auto& [column, value] : row) {
          op.columns.push_back(column);
          op.weight.push_back(value);
        }
        op.offsets.push_back(static_cast<Index>(op.columns.size()));
        rows.bias.push_back(terms.bias[at(o)]);
        rows.bias_magnitude.push_back(terms.bias_magnitude[at(o)]);
      }
    }
  }
  op.terms = std::move(rows);
  Map map = nhwc_map(out_c, window.out_pixels());
  return builder.value(call, std::move(op), {x.node}, std::move(shape), x.dtype, std::move(map));
}

}  // namespace

Values lower_conv(Builder& builder, Call& call) {
  Value x = call.input(0);
  const Value& w = call.input(1);
  const std::vector<double>& weight = call.constant_reals(1, "the kernel");
  if (w.dtype != x.dtype) call.malformed("kernel and input have different types");
  x = builder.as_variable(call, x);
  if (w.shape.size() != x.shape.size() || w.shape.size() < 3) {
    call.unsupported("kernel and input must both have 3 or 4 dimensions");
  }
  const Shape kernel(w.shape.begin() + 2, w.shape.end());
  if (const auto given = call.integers("kernel_shape"); given && *given != kernel) {
    call.malformed("kernel_shape " + show(*given) + " is not the kernel's " + show(kernel));
  }
  const Window window = read_window(call, x.shape, kernel, false);
  const Index groups = call.integer("group", 1);
  const Index out_c = w.shape[0], in_c = x.shape[1];
  if (groups < 1 || out_c < 1 || in_c < 1 || out_c % groups != 0 || in_c % groups != 0 || w.shape[1] != in_c / groups) {
    call.malformed("channels and group " + std::to_string(groups) + " do not fit together");
  }
  AffineTerms terms;
  terms.bias.assign(at(out_c), 0.0);
  terms.extra_roundings = 0;
  if (call.has(2)) {
    if (call.input(2).shape != Shape{out_c} || call.input(2).dtype != x.dtype) call.malformed("the bias must have shape " + show({out_c}));
    terms.bias = call.constant_reals(2, "the bias");
    terms.extra_roundings = 1;
  }
  for (const double b : terms.bias) terms.bias_magnitude.push_back(std::fabs(b));

  Shape shape = {1, out_c};
  for (std::size_t d = 4 - x.shape.size(); d < 2; ++d) shape.push_back(window.out[d]);
  (void)builder.checked_count(call, shape);
  if (groups > 1) return {grouped(builder, call, x, window, groups, out_c, weight, std::move(terms), std::move(shape))};

  ConvOp op;
  op.in_h = window.in[0], op.in_w = window.in[1], op.in_c = in_c;
  op.out_h = window.out[0], op.out_w = window.out[1], op.out_c = out_c;
  op.kernel_h = window.kernel[0], op.kernel_w = window.kernel[1];
  op.stride_h = window.stride[0], op.stride_w = window.stride[1];
  op.dilation_h = window.dilation[0], op.dilation_w = window.dilation[1];
  op.pad_top = window.before[0], op.pad_left = window.before[1];
  op.pad_bottom = window.after[0], op.pad_right = window.after[1];
  const Index taps = op.kernel_h * op.kernel_w;
  op.weight.resize(weight.size());
  for (Index o = 0; o < out_c; ++o) {
    for (Index c = 0; c < in_c; ++c) {
      for (Index k = 0; k < taps; ++k) op.weight[at((o * taps + k) * in_c + c)] = weight[at((o * in_c + c) * taps + k)];
    }
  }
  op.terms = std::move(terms);
  // in_order wants, for each storage element (h, w, c), its ONNX element (c, h, w).
  Indices order(at(in_c * window.in_pixels()));
  for (Index p = 0; p < window.in_pixels(); ++p) {
    for (Index c = 0; c < in_c; ++c) order[at(p * in_c + c)] = static_cast<std::int32_t>(c * window.in_pixels() + p);
  }
  const NodeId source = builder.in_order(call, x, &order);
  return {builder.value(call, std::move(op), {source}, std::move(shape), x.dtype, nhwc_map(out_c, window.out_pixels()))};
}

}  // namespace verikit::bounds::lowering
