// Mixing for the tables of this engine. Not for untrusted keys whose collisions would matter: tables are bounded by the
// limits on input, and a collision costs time only.
#pragma once

#include <cstdint>

namespace verikit::lean {

inline std::uint64_t mix(std::uint64_t a, std::uint64_t b) {
  const auto product = static_cast<unsigned __int128>(a ^ 0x9E3779B97F4A7C15ull) * (b ^ 0xD6E8FEB86659FD93ull);
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

}  // namespace verikit::lean
