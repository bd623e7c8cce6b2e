// Every affine kernel against a plain std::fma loop, bit for bit, on every instruction set.
#include <cmath>
#include <cstring>
#include <random>
#include <thread>

#include "base/error.h"
#include "bounds/affine.h"
#include "bounds/simd/dispatch.h"
#include "bounds/workspace.h"
#include "check.h"

using namespace verikit;
using namespace verikit::bounds;

namespace {

using Random = std::mt19937_64;

template <class T>
std::vector<T> random_values(std::size_t count, Random& random) {
  std::normal_distribution<double> normal;
  std::vector<T> values(count);
  for (T& value : values) value = random() % 16 == 0 ? T(0) : static_cast<T>(normal(random));
  return values;
}

// One product w * x[index] of an output.
struct Entry {
  Index index;  // -1: a zero of the padding
  double weight;
};
using Rows = std::vector<std::vector<Entry>>;

Rows entries(const LinearOp& op) {
  Rows rows(static_cast<std::size_t>(op.out * op.repeat));
  for (Index r = 0; r < op.repeat; ++r) {
    for (Index o = 0; o < op.out; ++o) {
      for (Index i = 0; i < op.in; ++i) {
        rows[static_cast<std::size_t>(r * op.out + o)].push_back(
            {r * op.in + i, op.weight[static_cast<std::size_t>(o * op.in + i)]});
      }
    }
  }
  return rows;
}

Rows entries(const ConvOp& op) {
  Rows rows;
  for (Index oh = 0; oh < op.out_h; ++oh) {
    for (Index ow = 0; ow < op.out_w; ++ow) {
      for (Index oc = 0; oc < op.out_c; ++oc) {
        std::vector<Entry> row;
        for (Index kh = 0; kh < op.kernel_h; ++kh) {
          for (Index kw = 0; kw < op.kernel_w; ++kw) {
            for (Index ic = 0; ic < op.in_c; ++ic) {
              const Index h = oh * op.stride_h + kh * op.dilation_h - op.pad_top;
              const Index w = ow * op.stride_w + kw * op.dilation_w - op.pad_left;
              const bool inside = h >= 0 && h < op.in_h && w >= 0 && w < op.in_w;
              row.push_back({inside ? (h * op.in_w + w) * op.in_c + ic : -1,
                             op.weight[static_cast<std::size_t>(
                                 ((oc * op.kernel_h + kh) * op.kernel_w + kw) * op.in_c + ic)]});
            }
          }
        }
        rows.push_back(row);
      }
    }
  }
  return rows;
}

Rows entries(const SparseOp& op) {
  Rows rows(static_cast<std::size_t>(op.out));
  for (std::size_t o = 0; o < rows.size(); ++o) {
    for (Index at = op.offsets[o]; at < op.offsets[o + 1]; ++at) {
      rows[o].push_back({op.columns[static_cast<std::size_t>(at)], op.weight[static_cast<std::size_t>(at)]});
    }
  }
  return rows;
}

Rows transposed(const Rows& rows, Index inputs) {
  Rows out(static_cast<std::size_t>(inputs));
  for (std::size_t o = 0; o < rows.size(); ++o) {
    for (const Entry& entry : rows[o]) {
      if (entry.index >= 0) {
        out[static_cast<std::size_t>(entry.index)].push_back({static_cast<Index>(o), entry.weight});
      }
    }
  }
  return out;
}

template <class T>
std::vector<T> reference(const Rows& matrix, const std::vector<T>& x, Index rows, Index inputs, bool absolute) {
  std::vector<T> y;
  for (Index r = 0; r < rows; ++r) {
    for (const std::vector<Entry>& row : matrix) {
      T sum = 0;
      for (const Entry& entry : row) {
        const T w = static_cast<T>(entry.weight);
        const T value = entry.index < 0 ? T(0) : x[static_cast<std::size_t>(r * inputs + entry.index)];
        sum = std::fma(absolute ? std::fabs(w) : w, value, sum);
      }
      y.push_back(sum);
    }
  }
  return y;
}

template <class T>
bool same_bits(const std::vector<T>& a, const std::vector<T>& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(T)) == 0;
}

template <class T>
void check_node(const Node& node, const Rows& matrix, Index inputs, const std::vector<Index>& row_counts,
                Random& random) {
  const auto kernel = AffineKernel<T>::make(node);
  const Rows back = transposed(matrix, inputs);
  const Index outputs = static_cast<Index>(matrix.size());
  CHECK(kernel->in_size() == inputs);
  CHECK(kernel->out_size() == outputs);
  std::size_t most_in = 0, most_out = 0;
  for (const auto& row : matrix) most_in = std::max(most_in, row.size());
  for (const auto& row : back) most_out = std::max(most_out, row.size());
  CHECK(kernel->fan_in() == static_cast<Index>(most_in));
  CHECK(kernel->fan_out() >= static_cast<Index>(most_out));
  Workspace workspace;
  for (const Index rows : row_counts) {
    const auto x = random_values<T>(static_cast<std::size_t>(rows * inputs), random);
    const auto r = random_values<T>(static_cast<std::size_t>(rows * inputs), random);
    const auto y = random_values<T>(static_cast<std::size_t>(rows * outputs), random);
    const auto want = reference(matrix, x, rows, inputs, false);
    const auto want_radius = reference(matrix, r, rows, inputs, true);
    const auto want_back = reference(back, y, rows, outputs, false);
    for (const std::string& name : available_instruction_sets()) {
      set_instruction_set(name);
      std::vector<T> got(want.size(), T(7)), got_radius(want.size(), T(7)), got_back(want_back.size(), T(7));
      kernel->apply(x.data(), rows, got.data(), workspace);
      CHECK(same_bits(got, want));
      kernel->apply_absolute(r.data(), rows, got_radius.data(), workspace);
      CHECK(same_bits(got_radius, want_radius));
      std::fill(got.begin(), got.end(), T(7));
      std::fill(got_radius.begin(), got_radius.end(), T(7));
      kernel->apply_dual(x.data(), r.data(), rows, got.data(), got_radius.data(), workspace);
      CHECK(same_bits(got, want));
      CHECK(same_bits(got_radius, want_radius));
      kernel->apply_transposed(y.data(), rows, got_back.data(), workspace);
      CHECK(same_bits(got_back, want_back));
    }
    set_instruction_set("auto");
  }
}

template <class O>
void check_op(const O& op, Index inputs, const std::vector<Index>& row_counts, Random& random) {
  Node node;
  node.op = op;
  const Rows matrix = entries(op);
  check_node<float>(node, matrix, inputs, row_counts, random);
  check_node<double>(node, matrix, inputs, row_counts, random);
}

LinearOp linear(Index in, Index out, Index repeat, Random& random) {
  LinearOp op;
  op.in = in;
  op.out = out;
  op.repeat = repeat;
  op.weight = random_values<double>(static_cast<std::size_t>(in * out), random);
  return op;
}

ConvOp conv(Index h, Index w, Index c, Index out_c, Index kh, Index kw, Index sh, Index sw, Index dh,
            Index dw, Index top, Index left, Index bottom, Index right, Random& random) {
  ConvOp op;
  op.in_h = h;
  op.in_w = w;
  op.in_c = c;
  op.out_c = out_c;
  op.kernel_h = kh;
  op.kernel_w = kw;
  op.stride_h = sh;
  op.stride_w = sw;
  op.dilation_h = dh;
  op.dilation_w = dw;
  op.pad_top = top;
  op.pad_left = left;
  op.pad_bottom = bottom;
  op.pad_right = right;
  op.out_h = (h + top + bottom - dh * (kh - 1) - 1) / sh + 1;
  op.out_w = (w + left + right - dw * (kw - 1) - 1) / sw + 1;
  op.weight = random_values<double>(static_cast<std::size_t>(out_c * kh * kw * c), random);
  return op;
}

}  // namespace

TEST(linear_kernels_are_one_fma_chain_for_every_size) {
  Random random(1);
  const std::vector<Index> some{1, 2, 3, 5, 7, 8, 13};
  for (const Index in : {1, 2, 7, 33, 100}) {
    for (const Index out : {1, 3, 8, 9, 16, 17, 31, 32, 33, 47, 64, 65, 100}) {
      check_op(linear(in, out, 1, random), in, some, random);
    }
  }
}

TEST(linear_kernels_are_one_fma_chain_for_every_number_of_rows) {
  Random random(2);
  std::vector<Index> rows;
  for (Index r = 1; r <= 17; ++r) rows.push_back(r);
  for (const Index r : {95, 96, 97, 98, 99, 100, 195}) rows.push_back(r);
  check_op(linear(21, 130, 1, random), 21, rows, random);
  check_op(linear(5, 40, 1, random), 5, rows, random);
  check_op(linear(6, 70, 4, random), 24, {1, 2, 3, 30}, random);  // repeat
}

TEST(linear_kernels_keep_one_chain_through_blocks_of_the_depth) {
  Random random(3);
  check_op(linear(5000, 37, 1, random), 5000, {1, 2, 9}, random);
  check_op(linear(4, 4500, 1, random), 4, {1, 5}, random);
}

TEST(conv_kernels_are_one_fma_chain_for_every_geometry) {
  Random random(4);
  check_op(conv(6, 6, 1, 16, 4, 4, 2, 2, 1, 1, 1, 1, 1, 1, random), 36, {1, 2, 3, 40}, random);
  check_op(conv(5, 7, 3, 33, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1, random), 105, {1, 4, 9}, random);
  check_op(conv(9, 8, 2, 5, 3, 2, 2, 3, 1, 1, 0, 1, 2, 0, random), 144, {1, 2, 7}, random);
  check_op(conv(11, 10, 2, 4, 3, 3, 1, 1, 2, 2, 2, 2, 2, 2, random), 220, {1, 3}, random);
  check_op(conv(11, 10, 2, 4, 3, 3, 3, 2, 2, 3, 1, 0, 3, 4, random), 220, {1, 3}, random);
  check_op(conv(12, 12, 2, 3, 2, 2, 3, 4, 1, 1, 0, 0, 0, 0, random), 288, {1, 5}, random);  // stride > kernel
  check_op(conv(1, 20, 3, 6, 1, 5, 1, 2, 1, 1, 0, 2, 0, 1, random), 60, {1, 2, 17}, random);  // 1-D
  check_op(conv(4, 4, 40, 20, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, random), 640, {1, 7}, random);
  check_op(conv(4, 4, 6, 35, 4, 4, 1, 1, 1, 1, 0, 0, 0, 0, random), 96, {1, 7}, random);
  check_op(conv(5, 5, 2, 3, 3, 3, 2, 2, 4, 4, 4, 4, 4, 4, random), 50, {1, 7}, random);  // dilation > stride
}

TEST(conv_kernels_agree_on_random_geometries) {
  Random random(5);
  const auto between = [&](Index low, Index high) {
    return low + static_cast<Index>(random() % static_cast<std::uint64_t>(high - low + 1));
  };
  for (int i = 0; i < 60; ++i) {
    const Index h = between(1, 9), w = between(1, 9), c = between(1, 5);
    const Index dh = between(1, 3), dw = between(1, 3);
    const Index kh = between(1, 3), kw = between(1, 3);
    const Index top = between(0, 3), left = between(0, 3), bottom = between(0, 3), right = between(0, 3);
    if (h + top + bottom < dh * (kh - 1) + 1 || w + left + right < dw * (kw - 1) + 1) continue;
    const ConvOp op = conv(h, w, c, between(1, 36), kh, kw, between(1, 3), between(1, 3), dh, dw, top, left,
                           bottom, right, random);
    check_op(op, h * w * c, {1, between(2, 9), between(10, 40)}, random);
  }
}

TEST(sparse_kernels_are_one_fma_chain) {
  Random random(6);
  for (const Index in : {1, 9, 60}) {
    for (const Index out : {1, 5, 40}) {
      SparseOp op;
      op.in = in;
      op.out = out;
      op.offsets.push_back(0);
      for (Index o = 0; o < out; ++o) {
        for (Index i = 0; i < in; ++i) {
          if (random() % 3 == 0) op.columns.push_back(static_cast<std::int32_t>(i));
        }
        op.offsets.push_back(static_cast<Index>(op.columns.size()));
      }
      op.weight = random_values<double>(op.columns.size(), random);
      check_op(op, in, {1, 2, 3, 4, 5, 15, 16, 17, 19, 20, 33}, random);
    }
  }
}

TEST(kernels_can_be_used_by_several_threads_at_once) {
  Random random(7);
  Node node;
  node.op = conv(8, 8, 3, 20, 3, 3, 2, 2, 1, 1, 1, 1, 1, 1, random);
  const auto kernel = AffineKernel<float>::make(node);
  const auto y = random_values<float>(static_cast<std::size_t>(kernel->out_size() * 5), random);
  std::vector<std::vector<float>> results(4, std::vector<float>(static_cast<std::size_t>(kernel->in_size() * 5)));
  std::vector<std::thread> threads;
  for (auto& result : results) {
    threads.emplace_back([&] {
      Workspace workspace;
      kernel->apply_transposed(y.data(), 5, result.data(), workspace);
    });
  }
  for (auto& thread : threads) thread.join();
  for (const auto& result : results) CHECK(same_bits(result, results[0]));
}

TEST(instruction_set_rejects_unknown_names) {
  CHECK_THROWS(set_instruction_set("sse9"), ErrorCode::kInput);
  CHECK_THROWS(set_instruction_set(""), ErrorCode::kInput);
  for (const std::string& name : available_instruction_sets()) {
    set_instruction_set(name);
    CHECK(instruction_set() == name);
  }
  set_instruction_set("auto");
  CHECK(instruction_set() == available_instruction_sets().front());
}

TEST(workspace_keeps_arrays_apart_and_reuses_memory) {
  Workspace workspace;
  std::size_t held = 0;
  for (int round = 0; round < 3; ++round) {
    const Workspace::Frame frame(workspace);
    float* const a = workspace.take<float>(1000);
    double* const b = workspace.take<double>(1 << 20);
    {
      const Workspace::Frame inner(workspace);
      std::fill_n(workspace.take<float>(300'000), 300'000, 3.0f);
    }
    float* const c = workspace.take<float>(10);
    std::fill_n(a, 1000, 1.0f);
    std::fill_n(b, 1 << 20, 2.0);
    std::fill_n(c, 10, 4.0f);
    CHECK(a[999] == 1.0f && b[0] == 2.0 && b[(1 << 20) - 1] == 2.0 && c[0] == 4.0f);
    CHECK(reinterpret_cast<std::uintptr_t>(a) % 64 == 0 && reinterpret_cast<std::uintptr_t>(b) % 64 == 0);
    if (round == 0) held = workspace.bytes();
    CHECK(workspace.bytes() == held);
  }
}

CHECK_MAIN()
