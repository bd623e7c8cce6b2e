// The network the engines work on: a topologically ordered list of a few flat operators. Values are flat
// vectors; images are stored NHWC inside (lower() folds the permutations into the weights or into Select).
//
// The real-valued function of a Network is the one the ONNX graph denotes. Each affine node also states
// what an evaluation in floating point may do (docs/soundness.md): how many roundings, and of what
// magnitude.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "bounds/model.h"

namespace verikit::bounds {

using NodeId = std::int32_t;
using Index = std::int64_t;

struct InputOp {};

struct ConstantOp {
  std::vector<double> values;
};

// Shared by Linear, Conv and Sparse: y = W x + bias.
struct AffineTerms {
  std::vector<double> bias;  // one per output feature (Linear: out; Conv: out_channels; Sparse: rows)
  // Upper bound of the magnitude of everything besides the products that a float evaluation adds up for
  // this output: |bias|, or for a folded batch norm |scale|(|b| + |mean|) + |shift|, ... Same length as bias.
  std::vector<double> bias_magnitude;
  // |true bias - bias| <= bias_error (real arithmetic; 0 for a bias that was given). Same length, or empty = 0.
  std::vector<double> bias_error;
  // Each true real weight w satisfies |w - stored| <= weight_relative_error * |stored| (0 when exact).
  double weight_relative_error = 0.0;
  // A float evaluation of one output makes at most (products + extra_roundings) roundings on any path
  // from a product to the result (bias add, batch-norm steps, divisions, ...).
  int extra_roundings = 1;
  // Bounds the factor by which the absolute (underflow) error of a partial result may be multiplied later in
  // the evaluation of this node: max(1, |scale|) of a folded batch norm, |alpha| of a Gemm.
  double underflow_scale = 1.0;
  // The number of products to charge for, when more than the stored ones (inputs that were folded into
  // the bias); 0: use the stored ones.
  Index products = 0;
};

// y[r*out + o] = sum_i weight[o*in + i] * x[r*in + i] + bias[o], for r in [0, repeat).
struct LinearOp {
  Index in = 0, out = 0, repeat = 1;
  std::vector<double> weight;  // [out][in]
  AffineTerms terms;
};

// 2-D convolution on NHWC, groups = 1. 1-D convolutions have height 1.
struct ConvOp {
  Index in_h = 0, in_w = 0, in_c = 0;
  Index out_h = 0, out_w = 0, out_c = 0;
  Index kernel_h = 1, kernel_w = 1;
  Index stride_h = 1, stride_w = 1;
  Index dilation_h = 1, dilation_w = 1;
  Index pad_top = 0, pad_left = 0, pad_bottom = 0, pad_right = 0;
  std::vector<double> weight;  // [out_c][kernel_h][kernel_w][in_c]
  AffineTerms terms;
};

// Compressed sparse rows: average pooling, reductions, grouped convolutions.
struct SparseOp {
  Index in = 0, out = 0;
  std::vector<Index> offsets;         // out + 1
  std::vector<std::int32_t> columns;  // ascending in each row
  std::vector<double> weight;
  AffineTerms terms;
};

// y = scale * x + shift, elementwise. A float evaluation makes `roundings` roundings, each relative to at
// most |scale x| + shift_magnitude. (Neg: scale -1, no rounding. x / c: scale 1/c, relative error.)
struct ScaleOp {
  std::vector<double> scale, shift;            // size each
  std::vector<double> shift_magnitude;         // size
  double scale_relative_error = 0.0;           // as weight_relative_error
  std::vector<double> shift_error;             // as bias_error; empty = 0
  int roundings = 1;
};

enum class ActivationKind : std::uint8_t { kRelu, kLeakyRelu, kAbs, kClip, kSigmoid, kTanh };

struct ActivationOp {
  ActivationKind kind = ActivationKind::kRelu;
  std::vector<double> slope;  // kLeakyRelu (also PReLU): one value, or one per element
  double low = 0.0, high = 0.0;  // kClip; may be infinite
};

// y[o] = max over i in [offsets[o], offsets[o+1]) of x[indices[i]]; groups are not empty.
struct MaxOp {
  std::vector<Index> offsets;
  std::vector<std::int32_t> indices;
};

// y[o] = indices[o] >= 0 ? x[indices[o]] : fill
struct SelectOp {
  std::vector<std::int32_t> indices;
  double fill = 0.0;
};

struct ConcatOp {};  // flat concatenation of the inputs

struct AddOp {
  double sign = 1.0;  // a + sign * b, sign is 1 or -1; one rounding
};

struct MulOp {};  // a * b of two variable values, one rounding

using Op = std::variant<InputOp, ConstantOp, LinearOp, ConvOp, SparseOp, ScaleOp, ActivationOp, MaxOp,
                        SelectOp, ConcatOp, AddOp, MulOp>;

struct Node {
  Op op;
  std::vector<NodeId> inputs;
  Index size = 0;      // number of elements of the value
  std::string name;    // of the ONNX node(s) it came from
};

struct Network {
  std::vector<Node> nodes;  // topological order; nodes[0] is the input
  NodeId output = 0;
  Shape input_shape;   // as the user sees it, without a leading batch dimension of 1
  Shape output_shape;
  DType dtype = DType::kFloat32;  // the format its float evaluations work in: kFloat32 or kFloat64

  [[nodiscard]] Index input_size() const { return nodes.front().size; }
  [[nodiscard]] Index output_size() const { return nodes[static_cast<std::size_t>(output)].size; }
};

// Interprets the model. The network's input is the model's single input in its own (row-major) order, its
// output likewise.
// raises: kUnsupportedOp naming node, operator and shape; kModelFormat for graphs that are inconsistent
// (undefined values, cycles, wrong shapes, NaN or infinite weights); kUnsupported for dynamic shapes other
// than a leading batch dimension.
Network lower(const Model& model);

// Plain evaluation in T, each node rounded, sums in index order. x: input_size values, y: output_size.
template <class T>
void evaluate(const Network& network, const T* x, T* y);

}  // namespace verikit::bounds
