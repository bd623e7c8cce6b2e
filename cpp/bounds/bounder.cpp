#include "bounds/bounder.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <mutex>

#include "base/error.h"
#include "base/fp_env.h"
#include "base/thread_pool.h"
#include "bounds/rounding.h"

namespace verikit::bounds {
namespace {

double elements_of(const Network& network) {
  double elements = 0.0;
  for (const Node& node : network.nodes) elements += static_cast<double>(node.size);
  return elements;
}

// Products in one evaluation.
double products_of(const Network& network) {
  double products = 0.0;
  for (const Node& node : network.nodes) {
    if (const auto* linear = std::get_if<LinearOp>(&node.op)) {
      products += static_cast<double>(linear->in) * static_cast<double>(node.size);
    } else if (const auto* conv = std::get_if<ConvOp>(&node.op)) {
      products += static_cast<double>(conv->kernel_h * conv->kernel_w * conv->in_c) * static_cast<double>(node.size);
    } else if (const auto* sparse = std::get_if<SparseOp>(&node.op)) {
      products += static_cast<double>(sparse->weight.size());
    }
  }
  return products;
}

// Interval bounds with fewer products than this take less time than starting a thread pays back.
constexpr double kWorthThreads = 2e7;

}  // namespace

template <class T>
struct Bounder<T>::Impl {
  std::shared_ptr<const Network> network;
  std::shared_ptr<const PreparedNetwork<T>> prepared;
  Ibp<T> ibp;
  std::array<Semantics, 2> semantics;  // [0]: every float evaluation too, [1]: real arithmetic only
  std::array<std::unique_ptr<Crown<T>>, 2> crowns;
  double elements, products;

  // Scratch of threads that are not at work; kept from call to call.
  struct Scratch {
    Workspace workspace;
    std::shared_ptr<typename Crown<T>::State> state;
  };
  std::mutex mutex;
  std::vector<std::unique_ptr<Scratch>> idle;

  explicit Impl(std::shared_ptr<const Network> n)
      : network(std::move(n)),
        prepared(std::make_shared<PreparedNetwork<T>>(network)),
        ibp(prepared),
        elements(elements_of(*network)),
        products(products_of(*network)) {
    for (std::size_t k = 0; k < 2; ++k) {
      semantics[k] = semantics_of(*network, k == 1);
      crowns[k] = std::make_unique<Crown<T>>(prepared, semantics[k]);
    }
  }

  std::unique_ptr<Scratch> take_scratch() {
    const std::lock_guard<std::mutex> lock(mutex);
    if (idle.empty()) return std::make_unique<Scratch>();
    auto scratch = std::move(idle.back());
    idle.pop_back();
    return scratch;
  }
  void give_scratch(std::unique_ptr<Scratch> scratch) {
    const std::lock_guard<std::mutex> lock(mutex);
    idle.push_back(std::move(scratch));
  }

  // Boxes [begin, end) of the request.
  void tile(const BoundRequest<T>& request, Index begin, Index end, Index chunk_bytes, Scratch& scratch) const {
    const Index in = network->input_size(), out = network->output_size(), batch = end - begin;
    const T* lower = request.lower + begin * in;
    const T* upper = request.upper + begin * in;
    const Index columns = request.coefficients != nullptr ? request.functionals : out;
    T* out_lower = request.out_lower + begin * columns;
    T* out_upper = request.out_upper + begin * columns;
    const std::size_t kind = request.real_only ? 1 : 0;
    if (request.method == Method::kIbp && request.coefficients == nullptr) {
      ibp.run(lower, upper, batch, semantics[kind], out_lower, out_upper, scratch.workspace);
      return;
    }
    const Crown<T>& crown = *crowns[kind];
    if (!scratch.state) scratch.state = crown.make_state();
    BackwardOptions options;
    options.chunk_bytes = chunk_bytes;
    options.stop_at_nonlinear = request.method == Method::kIbp;
    crown.propagate(lower, upper, batch,
                    request.method == Method::kCrown ? Intermediate::kCrown : Intermediate::kIbp, *scratch.state,
                    options);
    Functionals<T> f;
    f.node = network->output;
    std::vector<double> signed_coefficients;
    if (request.coefficients != nullptr) {
      // Row 2k is functional k, row 2k + 1 its negative.
      signed_coefficients.resize(static_cast<std::size_t>(2 * columns * out));
      for (Index k = 0; k < columns; ++k) {
        for (Index j = 0; j < out; ++j) {
          const double c = request.coefficients[k * out + j];
          signed_coefficients[static_cast<std::size_t>((2 * k) * out + j)] = c;
          signed_coefficients[static_cast<std::size_t>((2 * k + 1) * out + j)] = -c;
        }
      }
      f.coefficients = signed_coefficients.data();
    }
    for (Index b = 0; b < batch; ++b) {
      for (Index k = 0; k < 2 * columns; ++k) {
        f.box.push_back(b);
        if (request.coefficients != nullptr) {
          f.row_of.push_back(k);
        } else {
          f.coordinate.push_back(k / 2);
          f.sign.push_back(k % 2 == 0 ? 1 : -1);
        }
      }
    }
    std::vector<double> real(f.box.size()), evaluated(f.box.size());
    crown.lower_bounds(f, *scratch.state, real.data(), evaluated.data(), nullptr, nullptr, options);
    const NodeBounds<T>& bounds = Crown<T>::bounds(*scratch.state);
    const auto o = static_cast<std::size_t>(network->output);
    for (Index i = 0; i < batch * columns; ++i) {
      const auto r = static_cast<std::size_t>(2 * i);
      out_lower[i] = to_lower<T>(evaluated[r]);
      out_upper[i] = to_upper<T>(-evaluated[r + 1]);
      if (request.coefficients == nullptr && bounds.overflow[static_cast<std::size_t>(i / columns)] == 0) {
        out_lower[i] = std::max(out_lower[i], bounds.lower[o][static_cast<std::size_t>(i)]);
        out_upper[i] = std::min(out_upper[i], bounds.upper[o][static_cast<std::size_t>(i)]);
      }
    }
  }

  void bound(BoundRequest<T> request) {
    if (request.batch == 0) return;
    if (request.method == Method::kIbp && products * static_cast<double>(request.batch) < kWorthThreads) {
      request.threads = 1;
    }
    const FpEnvironment environment;
    const double per_box = elements * (request.method == Method::kIbp && request.coefficients == nullptr ? 8.0 : 80.0);
    const double budget = request.memory_mb * 0x1p20 * 0.5 / request.threads;
    if (per_box > budget) {
      fail(ErrorCode::kMemoryLimit, "one box of this network needs about " +
                                        std::to_string(static_cast<long>(per_box * 0x1p-20) + 1) +
                                        " MB of intermediate results for each thread; raise memory_mb or use fewer threads");
    }
    const double fits = budget / per_box;
    const Index most = request.method == Method::kIbp && request.coefficients == nullptr ? Index{1} << 20 : 16;
    Index tile_size = std::clamp<Index>(fits < 1e9 ? static_cast<Index>(fits) : most, 1, most);
    tile_size = std::min(tile_size, (request.batch + request.threads - 1) / request.threads);
    const Index chunk_bytes = std::clamp<Index>(static_cast<Index>(budget / 8), Index{1} << 16, Index{1} << 20);
    const auto tiles = static_cast<std::size_t>((request.batch + tile_size - 1) / tile_size);
    const auto one = [&](std::size_t t, Scratch& scratch) {
      const Index begin = static_cast<Index>(t) * tile_size;
      tile(request, begin, std::min(begin + tile_size, request.batch), chunk_bytes, scratch);
    };
    if (request.threads == 1 || tiles == 1) {
      auto scratch = take_scratch();
      for (std::size_t t = 0; t < tiles; ++t) one(t, *scratch);
      give_scratch(std::move(scratch));
      return;
    }
    ThreadPool pool(std::min(request.threads, static_cast<int>(tiles)));
    std::vector<std::unique_ptr<Scratch>> scratches;
    for (int i = 0; i < pool.threads(); ++i) scratches.push_back(take_scratch());
    pool.run(tiles, [&](std::size_t t, int thread) { one(t, *scratches[static_cast<std::size_t>(thread)]); });
    for (auto& scratch : scratches) give_scratch(std::move(scratch));
  }
};

template <class T>
Bounder<T>::Bounder(std::shared_ptr<const Network> network) : impl_(std::make_unique<Impl>(std::move(network))) {}
template <class T>
Bounder<T>::~Bounder() = default;
template <class T>
void Bounder<T>::bound(const BoundRequest<T>& request) const {
  impl_->bound(request);
}

template class Bounder<float>;
template class Bounder<double>;

}  // namespace verikit::bounds
