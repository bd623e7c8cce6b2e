// Which instruction set the kernels use. Chosen at run time from what the machine has; results do not
// depend on it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "bounds/simd/kernel_table.h"
#include "bounds/simd/row_table.h"

namespace verikit::bounds {

// "auto" (the best the machine has), "avx512", "avx2" or "scalar". Takes effect for every later product of
// the process; thread-safe. The environment variable VERIKIT_SIMD sets the initial choice.
// raises: kInput for an unknown name or one that this machine or build does not have.
void set_instruction_set(std::string_view name);
// The one in use: "avx512", "avx2" or "scalar".
std::string instruction_set();
// Those that set_instruction_set accepts here, best first, "auto" not among them.
std::vector<std::string> available_instruction_sets();

namespace simd {
template <class T>
const KernelTable<T>& kernels();
}  // namespace simd

}  // namespace verikit::bounds
