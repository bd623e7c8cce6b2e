#include "bounds/simd/dispatch.h"

#include <atomic>
#include <cstdlib>

#include "base/error.h"

namespace verikit::bounds {
namespace {

struct Choice {
  const char* name;
  const simd::KernelTable<float>* of_float;
  const simd::KernelTable<double>* of_double;
  const simd::RowTable<float>* rows_float;
  const simd::RowTable<double>* rows_double;
};

std::vector<const Choice*> available() {
  static const Choice scalar{"scalar", simd::scalar_float(), simd::scalar_double(), simd::scalar_rows_float(),
                             simd::scalar_rows_double()};
  std::vector<const Choice*> found;
#if defined(VERIKIT_SIMD_X86)
  static const Choice avx2{"avx2", simd::avx2_float(), simd::avx2_double(), simd::avx2_rows_float(),
                             simd::avx2_rows_double()};
  static const Choice avx512{"avx512", simd::avx512_float(), simd::avx512_double(), simd::avx512_rows_float(),
                             simd::avx512_rows_double()};
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
      __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("fma")) {
    found.push_back(&avx512);
  }
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) found.push_back(&avx2);
#endif
  found.push_back(&scalar);
  return found;
}

const Choice* find(std::string_view name, const char* place) {
  const std::vector<const Choice*> found = available();
  if (name == "auto") return found.front();
  std::string names = "auto";
  for (const Choice* choice : found) {
    if (name == choice->name) return choice;
    names += std::string(", ") + choice->name;
  }
  fail(ErrorCode::kInput, std::string(place) + ": \"" + std::string(name) +
                              "\" is not available on this machine; choose one of: " + names);
}

std::atomic<const Choice*>& current() {
  static std::atomic<const Choice*> choice = [] {
    const char* wanted = std::getenv("VERIKIT_SIMD");
    return find(wanted != nullptr && *wanted != '\0' ? wanted : "auto", "environment variable VERIKIT_SIMD");
  }();
  return choice;
}

}  // namespace

void set_instruction_set(std::string_view name) {
  current().store(find(name, "set_instruction_set"), std::memory_order_relaxed);
}

std::string instruction_set() { return current().load(std::memory_order_relaxed)->name; }

std::vector<std::string> available_instruction_sets() {
  std::vector<std::string> names;
  for (const Choice* choice : available()) names.emplace_back(choice->name);
  return names;
}

namespace simd {
template <>
const KernelTable<float>& kernels<float>() {
  return *current().load(std::memory_order_relaxed)->of_float;
}
template <>
const KernelTable<double>& kernels<double>() {
  return *current().load(std::memory_order_relaxed)->of_double;
}
template <>
const RowTable<float>& row_kernels<float>() {
  return *current().load(std::memory_order_relaxed)->rows_float;
}
template <>
const RowTable<double>& row_kernels<double>() {
  return *current().load(std::memory_order_relaxed)->rows_double;
}
}  // namespace simd

}  // namespace verikit::bounds
