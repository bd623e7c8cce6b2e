// Values and gradients of a network at single points, in double: guides for attacks and splits, never proofs.
#pragma once

#include <memory>
#include <vector>

#include "bounds/prepared.h"
#include "bounds/workspace.h"

namespace verikit::bounds {

class PointEvaluator {
 public:
  explicit PointEvaluator(std::shared_ptr<const PreparedNetwork<double>> prepared);

  // The output at x (input_size values); valid until the next call.
  const std::vector<double>& evaluate(const double* x);
  // Gradient with respect to the input of sum_j weights[j] * output[j] at the last evaluated point
  // (a subgradient at kinks); valid until the next call.
  const std::vector<double>& gradient(const double* weights);

 private:
  std::shared_ptr<const PreparedNetwork<double>> prepared_;
  std::vector<std::vector<double>> values_, adjoints_;
  std::vector<double> scratch_;
  Workspace workspace_;
};

}  // namespace verikit::bounds
