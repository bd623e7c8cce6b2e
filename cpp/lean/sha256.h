// SHA-256 (FIPS 180-4), to recognise files.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace verikit::lean {

using Digest = std::array<std::uint8_t, 32>;

class Sha256 {
 public:
  Sha256();
  void update(std::span<const std::uint8_t> bytes);
  // Once, at the end.
  Digest finish();

 private:
  std::array<std::uint32_t, 8> state_;
  std::array<std::uint8_t, 64> block_{};
  std::size_t filled_ = 0;
  std::uint64_t length_ = 0;
};

std::string to_hex(const Digest& digest);

namespace detail {  // for the test that both agree
using Compress = void (*)(std::uint32_t* state, const std::uint8_t* blocks, std::size_t count);
void compress_portable(std::uint32_t* state, const std::uint8_t* blocks, std::size_t count);
Compress compress_accelerated();  // null where this processor has none
}  // namespace detail

}  // namespace verikit::lean
