// Interval bounds of the benchmark networks in sound mode, one thread. Run by hand on a quiet core:
//   bench_ibp [instruction set]
// prints the best time of several repetitions and the rate of the two products (4 flop per weight use).
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <random>
#include <string>

#include "base/error.h"
#include "bounds/ibp.h"
#include "bounds/simd/dispatch.h"

using namespace verikit::bounds;

namespace {

class Builder {
 public:
  Builder(Index h, Index w, Index c) : h_(h), w_(w), c_(c) {
    network.nodes.push_back({InputOp{}, {}, h * w * c, "input"});
  }
  Builder& conv(Index out_c, Index kernel, Index stride, Index pad) {
    ConvOp op;
    op.in_h = h_;
    op.in_w = w_;
    op.in_c = c_;
    op.out_c = out_c;
    op.kernel_h = op.kernel_w = kernel;
    op.stride_h = op.stride_w = stride;
    op.pad_top = op.pad_left = op.pad_bottom = op.pad_right = pad;
    op.out_h = (h_ + 2 * pad - kernel) / stride + 1;
    op.out_w = (w_ + 2 * pad - kernel) / stride + 1;
    op.weight = weights(out_c, kernel * kernel * c_);
    op.terms = terms(out_c);
    h_ = op.out_h;
    w_ = op.out_w;
    c_ = out_c;
    macs += static_cast<double>(h_ * w_) * static_cast<double>(op.weight.size());
    return add(op);
  }
  Builder& linear(Index out) {
    LinearOp op;
    op.in = h_ * w_ * c_;
    op.out = out;
    op.weight = weights(out, op.in);
    op.terms = terms(out);
    h_ = w_ = 1;
    c_ = out;
    macs += static_cast<double>(op.weight.size());
    return add(op);
  }
  Builder& relu() { return add(ActivationOp{}); }

  Network network;
  double macs = 0;

 private:
  std::vector<double> weights(Index out, Index in) {
    std::normal_distribution<float> normal(0.0f, 1.0f / std::sqrt(static_cast<float>(in)));
    std::vector<double> w(static_cast<std::size_t>(out * in));
    for (double& x : w) x = static_cast<double>(normal(random_));
    return w;
  }
  static AffineTerms terms(Index out) {
    AffineTerms t;
    t.bias.assign(static_cast<std::size_t>(out), 0.0078125);
    t.bias_magnitude = t.bias;
    return t;
  }
  template <class O>
  Builder& add(O op) {
    const auto last = static_cast<NodeId>(network.nodes.size() - 1);
    network.nodes.push_back({std::move(op), {last}, h_ * w_ * c_, ""});
    network.output = last + 1;
    return *this;
  }

  Index h_, w_, c_;
  std::mt19937 random_{0};
};

void measure(const std::string& name, const Builder& builder, Index batch) {
  using Clock = std::chrono::steady_clock;
  const Ibp<float> ibp(builder.network);
  Workspace workspace;
  const auto in = static_cast<std::size_t>(batch * builder.network.input_size());
  const auto out = static_cast<std::size_t>(batch * builder.network.output_size());
  std::vector<float> lower(in), upper(in), out_lower(out), out_upper(out);
  std::mt19937 random(1);
  std::uniform_real_distribution<float> uniform;
  for (std::size_t i = 0; i < in; ++i) {
    lower[i] = uniform(random);
    upper[i] = lower[i] + 0.01f;
  }
  double best = HUGE_VAL;
  const auto start = Clock::now();
  for (int i = 0; i < 5 || std::chrono::duration<double>(Clock::now() - start).count() < 1.0; ++i) {
    const auto begin = Clock::now();
    ibp.run(lower.data(), upper.data(), batch, {}, out_lower.data(), out_upper.data(), workspace);
    best = std::min(best, std::chrono::duration<double>(Clock::now() - begin).count());
  }
  std::printf("%-22s batch %4ld  %9.4f ms  %6.1f GF/s  scratch %.1f MiB\n", name.c_str(),
              static_cast<long>(batch), best * 1e3, 4.0 * builder.macs * static_cast<double>(batch) / best / 1e9,
              static_cast<double>(workspace.bytes()) / 1048576.0);
}

}  // namespace

int main(int argc, char** argv) {
  try {
    if (argc > 1) set_instruction_set(argv[1]);
    std::printf("instruction set: %s\n", instruction_set().c_str());
    Builder mlp(1, 1, 784);
    mlp.linear(256).relu().linear(256).relu().linear(10);
    Builder cnn3(28, 28, 1);
    cnn3.conv(16, 4, 2, 1).relu().conv(32, 4, 2, 1).relu().linear(100).relu().linear(10);
    Builder cnn7(32, 32, 3);
    cnn7.conv(64, 3, 1, 1).relu().conv(64, 3, 1, 1).relu().conv(128, 3, 2, 1).relu();
    cnn7.conv(128, 3, 1, 1).relu().conv(128, 3, 1, 1).relu().linear(512).relu().linear(10);
    measure("MLP 784-256-256-10", mlp, 1);
    measure("MLP 784-256-256-10", mlp, 256);
    measure("CNN3", cnn3, 1);
    measure("CNN3", cnn3, 64);
    measure("CNN7", cnn7, 8);
  } catch (const verikit::Error& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
  return 0;
}
