// How messages show text that somebody else wrote.
#pragma once

#include <cstddef>
#include <cstdio>
#include <string>
#include <string_view>

namespace verikit {

// The text in quotes, cut at 60 bytes, with everything that is not printable ASCII escaped: a message
// stays short and valid UTF-8 whatever the file holds.
inline std::string excerpt(std::string_view text) {
  constexpr std::size_t kLongest = 60;
  std::string result = "'";
  for (char c : text.substr(0, kLongest)) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x20 && byte < 0x7F) {
      result += c;
    } else {
      char escaped[8];
      std::snprintf(escaped, sizeof escaped, "\\x%02x", byte);
      result += escaped;
    }
  }
  result += text.size() > kLongest ? "...'" : "'";
  return result;
}

}  // namespace verikit
