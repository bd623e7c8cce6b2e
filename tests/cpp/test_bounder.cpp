// Bounds over batches by every method: on any number of threads, called from several, within memory.
#include "bounds/bounder.h"

#include <atomic>
#include <cmath>
#include <cstring>
#include <memory>
#include <stdexcept>
#include <thread>
#include <vector>

#include "base/error.h"
#include "base/fp_env.h"
#include "base/thread_pool.h"
#include "check.h"
#include "random_network.h"

using namespace verikit::bounds;
using random_network::Evaluation;
using random_network::Evaluator;
using random_network::Random;

namespace {

double uniform(Random& random) { return static_cast<double>(random() >> 11) * 0x1p-53; }

template <class T>
struct Task {
  std::shared_ptr<const Network> network;
  std::vector<T> lower, upper;
  std::vector<double> coefficients;
  Index batch, functionals = 2;

  Task(std::uint64_t seed, Index boxes) : batch(boxes) {
    Random random(seed);
    random_network::Options options;
    options.nodes = 8;
    network = std::make_shared<const Network>(random_network::make(random, options));
    for (Index i = 0; i < batch * network->input_size(); ++i) {
      const auto x = static_cast<float>(std::normal_distribution<double>()(random));
      lower.push_back(x);
      upper.push_back(x + static_cast<float>(uniform(random)));
    }
    for (Index i = 0; i < functionals * network->output_size(); ++i) {
      coefficients.push_back(std::normal_distribution<double>()(random));
    }
  }
  [[nodiscard]] std::vector<T> bound(const Bounder<T>& bounder, Method method, bool with_functionals, int threads,
                                     double memory_mb = 1024.0, bool real_only = false) const {
    BoundRequest<T> request;
    request.lower = lower.data();
    request.upper = upper.data();
    request.batch = batch;
    request.method = method;
    request.threads = threads;
    request.memory_mb = memory_mb;
    request.real_only = real_only;
    const Index columns = with_functionals ? functionals : network->output_size();
    if (with_functionals) {
      request.coefficients = coefficients.data();
      request.functionals = functionals;
    }
    std::vector<T> out(static_cast<std::size_t>(2 * batch * columns));
    request.out_lower = out.data();
    request.out_upper = out.data() + batch * columns;
    bounder.bound(request);
    return out;
  }
};

template <class T>
bool same_bits(const std::vector<T>& a, const std::vector<T>& b) {
  return a.size() == b.size() && (a.empty() || std::memcmp(a.data(), b.data(), a.size() * sizeof(T)) == 0);
}

constexpr Method kMethods[] = {Method::kIbp, Method::kCrownIbp, Method::kCrown};

template <class T>
void check_threads() {
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    const Task<T> task(seed, 37);
    const Bounder<T> bounder(task.network);
    for (const Method method : kMethods) {
      for (const bool functionals : {false, true}) {
        const auto expected = task.bound(bounder, method, functionals, 1);
        for (const int threads : {2, 4}) CHECK(same_bits(task.bound(bounder, method, functionals, threads), expected));
        CHECK(same_bits(task.bound(bounder, method, functionals, 3, 0.2), expected));  // small tiles
      }
    }
  }
}

}  // namespace

TEST(bounder_gives_the_same_bits_on_any_number_of_threads) {
  check_threads<float>();
  check_threads<double>();
}

TEST(bounder_serves_several_callers_at_once) {
  const Task<float> task(3, 16);
  const Bounder<float> bounder(task.network);
  const Bounder<float> fresh(task.network);  // its kernels are made while several ask for them
  std::vector<std::vector<float>> expected;
  for (const Method method : kMethods) expected.push_back(task.bound(bounder, method, true, 1));
  std::atomic<int> wrong = 0;
  std::vector<std::thread> callers;
  for (int caller = 0; caller < 4; ++caller) {
    callers.emplace_back([&, caller] {
      for (int i = 0; i < 6; ++i) {
        const auto k = static_cast<std::size_t>((caller + i) % 3);
        if (!same_bits(task.bound(fresh, kMethods[k], true, 1 + i % 2), expected[k])) ++wrong;
      }
    });
  }
  for (std::thread& caller : callers) caller.join();
  CHECK(wrong == 0);
}

TEST(bounder_bounds_contain_values_and_tighten) {
  double widths[3] = {};
  for (std::uint64_t seed = 20; seed < 60; ++seed) {
    const Task<float> task(seed, 4);
    const Bounder<float> bounder(task.network);
    const Index n = task.network->output_size(), in = task.network->input_size();
    std::vector<std::vector<float>> found;
    for (const Method method : kMethods) found.push_back(task.bound(bounder, method, false, 1));
    const auto real = task.bound(bounder, Method::kCrown, false, 1, 1024.0, true);
    for (Index b = 0; b < task.batch; ++b) {
      std::vector<float> x;
      for (Index i = 0; i < in; ++i) x.push_back(task.upper[static_cast<std::size_t>(b * in + i)]);
      Evaluator<float> evaluator(*task.network, Evaluation{});
      const auto y = evaluator.run(x)[static_cast<std::size_t>(task.network->output)];
      for (Index j = 0; j < n; ++j) {
        const auto l = static_cast<std::size_t>(b * n + j), u = static_cast<std::size_t>((task.batch + b) * n + j);
        const float value = y[static_cast<std::size_t>(j)];
        for (std::size_t k = 0; k < 3; ++k) {
          CHECK(!std::isfinite(value) || (found[k][l] <= value && value <= found[k][u]));
          if (std::isfinite(found[0][l]) && std::isfinite(found[0][u])) {
            widths[k] += std::log(1e-6 + static_cast<double>(found[k][u]) - static_cast<double>(found[k][l]));
          }
        }
        // Without the allowance for floats nothing is wider; rounding may differ by a unit.
        if (std::isfinite(found[2][l])) CHECK(real[l] >= found[2][l] - std::fabs(found[2][l]) * 1e-5F - 1e-30F);
      }
    }
  }
  CHECK(widths[2] <= widths[1] && widths[1] <= widths[0]);
}

TEST(bounder_says_when_memory_is_too_small) {
  const Task<double> task(1, 2);
  const Bounder<double> bounder(task.network);
  CHECK_THROWS(task.bound(bounder, Method::kCrown, false, 1, 1e-6), verikit::ErrorCode::kMemoryLimit);
}

TEST(thread_pool_runs_every_task_and_rethrows_the_first_error) {
  for (const int threads : {1, 2, 5}) {
    verikit::ThreadPool pool(threads);
    for (int round = 0; round < 50; ++round) {
      std::vector<std::atomic<int>> ran(101);
      pool.run(ran.size(), [&](std::size_t task, int thread) {
        CHECK(thread >= 0 && thread < threads);
        ++ran[task];
      });
      for (const auto& count : ran) CHECK(count == 1);
    }
    pool.run(0, [](std::size_t, int) { throw std::runtime_error("never"); });
    for (int round = 0; round < 20; ++round) {
      std::atomic<int> ran = 0;
      std::string caught;
      try {
        pool.run(20, [&](std::size_t task, int) {
          ++ran;
          if (task == 7 || task == 13) throw std::runtime_error(std::to_string(task));
        });
      } catch (const std::runtime_error& error) {
        caught = error.what();
      }
      CHECK(caught == "7" && ran == 20);
    }
  }
}

CHECK_MAIN()
