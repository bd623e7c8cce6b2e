// Writes protobuf bytes for tests, well-formed or not.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

namespace wire {

inline std::string varint(std::uint64_t value) {
  std::string out;
  while (value >= 0x80) {
    out += static_cast<char>(value | 0x80);
    value >>= 7;
  }
  return out + static_cast<char>(value);
}
inline std::string key(std::uint32_t field, int type) { return varint((std::uint64_t{field} << 3) | static_cast<unsigned>(type)); }
inline std::string integer(std::uint32_t field, std::int64_t value) { return key(field, 0) + varint(static_cast<std::uint64_t>(value)); }
inline std::string bytes(std::uint32_t field, const std::string& value) { return key(field, 2) + varint(value.size()) + value; }
template <class T>
std::string raw(const std::vector<T>& values) {
  std::string out(values.size() * sizeof(T), '\0');
  if (!values.empty()) std::memcpy(out.data(), values.data(), out.size());
  return out;
}

// The parts of an ONNX file.
inline std::string dimension(std::int64_t size) { return bytes(1, integer(1, size)); }
inline std::string value_info(const std::string& name, const std::vector<std::int64_t>& shape, int type = 1) {
  std::string dims;
  for (const std::int64_t d : shape) dims += d < 0 ? bytes(1, bytes(2, "n")) : dimension(d);
  return bytes(1, name) + bytes(2, bytes(1, integer(1, type) + bytes(2, dims)));
}
inline std::string tensor(const std::string& name, const std::vector<std::int64_t>& shape, int type, const std::string& data) {
  std::string out;
  for (const std::int64_t d : shape) out += integer(1, d);
  return out + integer(2, type) + bytes(8, name) + data;
}
inline std::string node(const std::string& op, const std::vector<std::string>& inputs, const std::string& output,
                        const std::string& attributes = "") {
  std::string out;
  for (const std::string& name : inputs) out += bytes(1, name);
  return out + bytes(2, output) + bytes(3, op + "_node") + bytes(4, op) + attributes;
}
inline std::string model(const std::string& graph, std::int64_t opset = 13, std::int64_t ir = 8) {
  return integer(1, ir) + bytes(8, integer(2, opset)) + bytes(7, graph);
}
// x (1, 2) -> Add(x, c) -> y with the given initializer c
inline std::string add_graph(const std::string& initializer) {
  return bytes(1, node("Add", {"x", "c"}, "y")) + bytes(5, initializer) + bytes(11, value_info("x", {1, 2})) +
         bytes(12, value_info("y", {1, 2}));
}

}  // namespace wire
