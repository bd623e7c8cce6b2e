// Terms as a person reads them: Lean-like notation with binder names, cut off at a length.
#pragma once

#include <cstddef>
#include <string>

#include "lean/terms.h"

namespace verikit::lean {

struct PrintOptions {
  std::size_t max_length = 2000;  // bytes; what is longer ends in "…"
  std::size_t max_depth = 200;    // what is deeper is "…"
  bool universes = false;         // write universe arguments: `List.{u}`
  bool implicit = true;           // write implicit arguments too (the kernel does not know which are)
};

// requires: no closures in `term` (Kernel::plain). Free variables print as their binder's position: x✝3. Work is linear in
// max_length and max_depth, not in the term.
std::string to_string(const TermStore& terms, TermId term, const PrintOptions& options = {});

}  // namespace verikit::lean
