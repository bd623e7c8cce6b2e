// From bytes to an Environment. Every reader takes untrusted bytes: what is malformed is an ExportFormatError that names
// the line or the offset; nothing is read outside the bytes given, and work and memory are linear in them.
// After an error `into` holds a part of the file: throw it away.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "lean/environment.h"

namespace verikit::lean {

struct ReadLimits {
  std::uint64_t max_bytes = std::uint64_t{1} << 36;
  std::uint64_t max_literal_digits = 4'000'000;  // a longer Nat literal is MemoryLimitError (DECLINED); so many take 1 s
  std::uint32_t max_terms = 0x3FFFFFFF;
};

enum class ExportFormat : std::uint8_t { kNdjson, kText, kOlean };
// By content; fails with ExportFormatError where it is none of them.
ExportFormat detect_format(std::span<const std::uint8_t> bytes);

// lean4export NDJSON 3.0.0 and 3.1.0. `name` is for messages.
void read_ndjson(std::span<const std::uint8_t> bytes, const std::string& name, Environment& into, const ReadLimits& limits = {});
// lean4export text 2.0.0 (and what of 0.1.2 can be checked).
void read_text(std::span<const std::uint8_t> bytes, const std::string& name, Environment& into, const ReadLimits& limits = {});

}  // namespace verikit::lean
