// Text from files: valid UTF-8 is checked once, at the door.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace verikit::lean {

// The offset of the first byte that does not begin a well-formed sequence (no overlong forms, no surrogates, nothing
// above U+10FFFF), or npos.
inline std::size_t find_invalid_utf8(std::string_view text) {
  const char* p = text.data();
  const char* const end = p + text.size();
  const auto tail = [](const char* q) { return (static_cast<unsigned char>(*q) & 0xC0) == 0x80; };
  while (p != end) {
    while (end - p >= 16) {  // ASCII, sixteen at a time
      std::uint64_t a, b;
      std::memcpy(&a, p, 8);
      std::memcpy(&b, p + 8, 8);
      if (((a | b) & 0x8080808080808080ull) != 0) break;
      p += 16;
    }
    if (p == end) break;
    const auto lead = static_cast<unsigned char>(*p);
    if (lead < 0x80) {
      ++p;
      continue;
    }
    const auto offset = static_cast<std::size_t>(p - text.data());
    const std::ptrdiff_t left = end - p;
    if (lead >= 0xC2 && lead <= 0xDF) {
      if (left < 2 || !tail(p + 1)) return offset;
      p += 2;
    } else if (lead >= 0xE0 && lead <= 0xEF) {
      if (left < 3 || !tail(p + 1) || !tail(p + 2)) return offset;
      const auto second = static_cast<unsigned char>(p[1]);
      if ((lead == 0xE0 && second < 0xA0) || (lead == 0xED && second > 0x9F)) return offset;
      p += 3;
    } else if (lead >= 0xF0 && lead <= 0xF4) {
      if (left < 4 || !tail(p + 1) || !tail(p + 2) || !tail(p + 3)) return offset;
      const auto second = static_cast<unsigned char>(p[1]);
      if ((lead == 0xF0 && second < 0x90) || (lead == 0xF4 && second > 0x8F)) return offset;
      p += 4;
    } else {
      return offset;
    }
  }
  return std::string_view::npos;
}

// requires: a scalar value (not a surrogate, at most 0x10FFFF).
inline void append_utf8(std::string& out, std::uint32_t code) {
  const auto byte = [&](std::uint32_t b) { out += static_cast<char>(b); };
  if (code < 0x80) {
    byte(code);
  } else if (code < 0x800) {
    byte(0xC0 | code >> 6);
    byte(0x80 | (code & 0x3F));
  } else if (code < 0x10000) {
    byte(0xE0 | code >> 12);
    byte(0x80 | (code >> 6 & 0x3F));
    byte(0x80 | (code & 0x3F));
  } else {
    byte(0xF0 | code >> 18);
    byte(0x80 | (code >> 12 & 0x3F));
    byte(0x80 | (code >> 6 & 0x3F));
    byte(0x80 | (code & 0x3F));
  }
}

}  // namespace verikit::lean
