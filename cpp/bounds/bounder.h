// Bounds of a network's outputs over a batch of boxes, by any method, on any number of threads.
#pragma once

#include <memory>
#include <vector>

#include "bounds/crown.h"
#include "bounds/ibp.h"

namespace verikit::bounds {

enum class Method : std::uint8_t { kIbp, kCrownIbp, kCrown };

template <class T>
struct BoundRequest {
  const T* lower = nullptr;  // batch x input size, row-major
  const T* upper = nullptr;
  Index batch = 0;
  Method method = Method::kIbp;
  // Linear functionals of the output to bound instead of the outputs: functionals x output size; null: none.
  const double* coefficients = nullptr;
  Index functionals = 0;
  bool real_only = false;
  int threads = 1;
  double memory_mb = 1024.0;  // for intermediate results; peak is kept below by smaller tiles
  T* out_lower = nullptr;     // batch x (functionals or output size)
  T* out_upper = nullptr;
};

// Prepares what it needs on first use; thread-safe.
template <class T>
class Bounder {
 public:
  explicit Bounder(std::shared_ptr<const Network> network);
  ~Bounder();
  // raises: kMemoryLimit where even one box does not fit.
  void bound(const BoundRequest<T>& request) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace verikit::bounds
