#include "bounds/point.h"

#include <algorithm>
#include <cmath>

#include "bounds/relaxation.h"

namespace verikit::bounds {
namespace {

double left_slope(const ActivationOp& op, std::size_t j) {
  return op.slope.empty() ? 0.0 : op.slope[op.slope.size() == 1 ? 0 : j];
}

double activation_slope(const ActivationOp& op, std::size_t j, double x, double y) {
  switch (op.kind) {
    case ActivationKind::kRelu:
      return x > 0 ? 1.0 : 0.0;
    case ActivationKind::kLeakyRelu:
      return x > 0 ? 1.0 : left_slope(op, j);
    case ActivationKind::kAbs:
      return x > 0 ? 1.0 : -1.0;
    case ActivationKind::kClip:
      return x > op.low && x < op.high ? 1.0 : 0.0;
    case ActivationKind::kSigmoid:
      return y * (1.0 - y);
    case ActivationKind::kTanh:
      return 1.0 - y * y;
  }
  return 0.0;
}

std::int32_t argmax(const MaxOp& op, std::size_t o, const std::vector<double>& x) {
  std::int32_t best = op.indices[static_cast<std::size_t>(op.offsets[o])];
  for (Index k = op.offsets[o]; k < op.offsets[o + 1]; ++k) {
    const std::int32_t i = op.indices[static_cast<std::size_t>(k)];
    if (x[static_cast<std::size_t>(i)] > x[static_cast<std::size_t>(best)]) best = i;
  }
  return best;
}

}  // namespace

PointEvaluator::PointEvaluator(std::shared_ptr<const PreparedNetwork<double>> prepared)
    : prepared_(std::move(prepared)) {
  const Network& network = prepared_->network();
  values_.resize(network.nodes.size());
  adjoints_.resize(network.nodes.size());
  for (std::size_t k = 0; k < network.nodes.size(); ++k) {
    values_[k].resize(static_cast<std::size_t>(network.nodes[k].size));
    adjoints_[k].resize(values_[k].size());
  }
}

const std::vector<double>& PointEvaluator::evaluate(const double* x) {
  const Network& network = prepared_->network();
  std::copy_n(x, network.input_size(), values_[0].begin());
  for (std::size_t k = 1; k < network.nodes.size(); ++k) {
    const Node& node = network.nodes[k];
    std::vector<double>& y = values_[k];
    const auto input = [&](std::size_t i) -> const std::vector<double>& {
      return values_[static_cast<std::size_t>(node.inputs[i])];
    };
    if (const AffineTerms* terms = affine_terms_of(node.op)) {
      prepared_->affine(static_cast<NodeId>(k))->apply(input(0).data(), 1, y.data(), workspace_);
      for (std::size_t j = 0; j < y.size(); ++j) y[j] += terms->bias[j % terms->bias.size()];
    } else if (const auto* scale = std::get_if<ScaleOp>(&node.op)) {
      for (std::size_t j = 0; j < y.size(); ++j) y[j] = scale->scale[j] * input(0)[j] + scale->shift[j];
    } else if (const auto* activation = std::get_if<ActivationOp>(&node.op)) {
      for (std::size_t j = 0; j < y.size(); ++j) {
        y[j] = activation_value(activation->kind, input(0)[j], left_slope(*activation, j), activation->low,
                                activation->high);
      }
    } else if (const auto* max = std::get_if<MaxOp>(&node.op)) {
      for (std::size_t j = 0; j < y.size(); ++j) y[j] = input(0)[static_cast<std::size_t>(argmax(*max, j, input(0)))];
    } else if (const auto* select = std::get_if<SelectOp>(&node.op)) {
      for (std::size_t j = 0; j < y.size(); ++j) {
        const std::int32_t i = select->indices[j];
        y[j] = i >= 0 ? input(0)[static_cast<std::size_t>(i)] : select->fill;
      }
    } else if (const auto* constant = std::get_if<ConstantOp>(&node.op)) {
      y = constant->values;
    } else if (const auto* add = std::get_if<AddOp>(&node.op)) {
      for (std::size_t j = 0; j < y.size(); ++j) y[j] = input(0)[j] + add->sign * input(1)[j];
    } else if (std::holds_alternative<MulOp>(node.op)) {
      for (std::size_t j = 0; j < y.size(); ++j) y[j] = input(0)[j] * input(1)[j];
    } else {  // ConcatOp
      auto to = y.begin();
      for (std::size_t i = 0; i < node.inputs.size(); ++i) to = std::copy(input(i).begin(), input(i).end(), to);
    }
  }
  return values_[static_cast<std::size_t>(network.output)];
}

const std::vector<double>& PointEvaluator::gradient(const double* weights) {
  const Network& network = prepared_->network();
  for (auto& adjoint : adjoints_) std::fill(adjoint.begin(), adjoint.end(), 0.0);
  std::copy_n(weights, network.output_size(), adjoints_[static_cast<std::size_t>(network.output)].begin());
  for (auto k = static_cast<std::size_t>(network.output); k > 0; --k) {
    const Node& node = network.nodes[k];
    const std::vector<double>& dy = adjoints_[k];
    if (node.inputs.empty()) continue;
    const auto value = [&](std::size_t i) -> const std::vector<double>& {
      return values_[static_cast<std::size_t>(node.inputs[i])];
    };
    const auto adjoint = [&](std::size_t i) -> std::vector<double>& {
      return adjoints_[static_cast<std::size_t>(node.inputs[i])];
    };
    std::vector<double>& dx = adjoint(0);
    if (affine_terms_of(node.op) != nullptr) {
      scratch_.resize(dx.size());
      prepared_->affine(static_cast<NodeId>(k))->apply_transposed(dy.data(), 1, scratch_.data(), workspace_);
      for (std::size_t j = 0; j < dx.size(); ++j) dx[j] += scratch_[j];
    } else if (const auto* scale = std::get_if<ScaleOp>(&node.op)) {
      for (std::size_t j = 0; j < dy.size(); ++j) dx[j] += scale->scale[j] * dy[j];
    } else if (const auto* activation = std::get_if<ActivationOp>(&node.op)) {
      for (std::size_t j = 0; j < dy.size(); ++j) {
        dx[j] += dy[j] * activation_slope(*activation, j, value(0)[j], values_[k][j]);
      }
    } else if (const auto* max = std::get_if<MaxOp>(&node.op)) {
      for (std::size_t j = 0; j < dy.size(); ++j) dx[static_cast<std::size_t>(argmax(*max, j, value(0)))] += dy[j];
    } else if (const auto* select = std::get_if<SelectOp>(&node.op)) {
      for (std::size_t j = 0; j < dy.size(); ++j) {
        if (select->indices[j] >= 0) dx[static_cast<std::size_t>(select->indices[j])] += dy[j];
      }
    } else if (const auto* add = std::get_if<AddOp>(&node.op)) {
      for (std::size_t j = 0; j < dy.size(); ++j) dx[j] += dy[j];
      std::vector<double>& second = adjoint(1);
      for (std::size_t j = 0; j < dy.size(); ++j) second[j] += add->sign * dy[j];
    } else if (std::holds_alternative<MulOp>(node.op)) {
      std::vector<double>& second = adjoint(1);
      for (std::size_t j = 0; j < dy.size(); ++j) {
        const double a = value(0)[j], b = value(1)[j];
        dx[j] += dy[j] * b;
        second[j] += dy[j] * a;
      }
    } else {  // ConcatOp
      std::size_t from = 0;
      for (std::size_t i = 0; i < node.inputs.size(); ++i) {
        for (double& x : adjoint(i)) x += dy[from++];
      }
    }
  }
  return adjoints_[0];
}

}  // namespace verikit::bounds
