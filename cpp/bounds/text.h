// Names and shapes as they appear in messages.
#pragma once

#include <string>
#include <string_view>

#include "bounds/model.h"

namespace verikit::bounds {

// 'name', with control and non-ASCII characters escaped, shortened past 80 characters.
inline std::string quote(std::string_view name) {
  static constexpr char kHex[] = "0123456789abcdef";
  std::string out = "'";
  for (std::size_t i = 0; i < name.size(); ++i) {
    if (i == 80) return out + "...'";
    const auto c = static_cast<unsigned char>(name[i]);
    if (c >= 0x20 && c < 0x7F) {
      out += static_cast<char>(c);
    } else {
      out += "\\x";
      out += kHex[c >> 4];
      out += kHex[c & 15];
    }
  }
  return out + "'";
}

inline std::string show(const Shape& shape) {
  std::string out = "(";
  for (std::size_t i = 0; i < shape.size(); ++i) {
    if (i > 0) out += ", ";
    if (i == 12) return out + "...)";
    out += shape[i] < 0 ? std::string("?") : std::to_string(shape[i]);
  }
  return out + (shape.size() == 1 ? ",)" : ")");
}

inline const char* show(DType dtype) {
  switch (dtype) {
    case DType::kFloat32: return "float32";
    case DType::kFloat64: return "float64";
    case DType::kFloat16: return "float16";
    case DType::kBFloat16: return "bfloat16";
    case DType::kInt32: return "int32";
    case DType::kInt64: return "int64";
    case DType::kBool: return "bool";
    case DType::kOther: break;
  }
  return "another type";
}

}  // namespace verikit::bounds
