// From an Environment to lean4export NDJSON 3.1.0.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "lean/environment.h"

namespace verikit::lean {

// Takes the file piece by piece; what it throws ends the export.
using WriteSink = std::function<void(std::string_view)>;

// Writes `declarations` in the order of their ranks, so that what a declaration mentions comes before it wherever the
// environment's order is one the checker accepts; each name, level and term once, before its first use. Nothing is
// checked: what is wrong in the environment is wrong in the file. What the store does not keep is not written:
// metadata, and whether a `let` is `nondep` (always false). `version` is the exporter's, in the first line.
// requires: every constant of `declarations` is loaded with its value.
// Fails with kMemoryLimit for a literal with more digits than a reader takes, and with kUnsupported where the number of
// nested types of a block is not known and the block has no recursor to tell it.
void write_ndjson(const Environment& env, std::vector<DeclarationId> declarations, std::string_view version,
                  const WriteSink& sink);

// The declarations of `roots` and of everything that they reach.
std::vector<DeclarationId> declarations_reached(const Environment& env, const std::vector<ConstantId>& roots);

}  // namespace verikit::lean
