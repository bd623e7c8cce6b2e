#include "lean/decimal.h"

#include <utility>
#include <vector>

#include "lean/big_nat.h"

namespace verikit::lean {
namespace {

constexpr std::size_t kChunk = 18;  // digits that fit into a word

std::uint64_t small(std::string_view digits) {
  std::uint64_t value = 0;
  for (const char c : digits) value = value * 10 + static_cast<std::uint64_t>(c - '0');
  return value;
}

}  // namespace

BigNat parse_digits(std::string_view digits) {
  if (digits.size() <= kChunk) return BigNat(small(digits));
  // Chunks of 18 digits, the least significant first; then neighbours are joined, level by level.
  std::vector<BigNat> parts;
  parts.reserve(digits.size() / kChunk + 1);
  for (std::size_t end = digits.size(); end > 0;) {
    const std::size_t length = end < kChunk ? end : kChunk;
    parts.emplace_back(small(digits.substr(end - length, length)));
    end -= length;
  }
  BigNat scale = 1'000'000'000'000'000'000ull;
  while (parts.size() > 1) {
    std::size_t out = 0;
    for (std::size_t i = 0; i < parts.size(); i += 2, ++out) {
      BigNat joined = std::move(parts[i]);
      if (i + 1 < parts.size()) joined += parts[i + 1] * scale;
      parts[out] = std::move(joined);
    }
    parts.resize(out);
    if (out > 1) scale *= BigNat(scale);
  }
  return std::move(parts[0]);
}

}  // namespace verikit::lean
