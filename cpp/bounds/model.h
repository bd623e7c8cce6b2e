// A neural network as a file or a tracer gave it: named values, ONNX operators, nothing interpreted yet.
// Produced by read_onnx (onnx_reader.cpp) and by the Python tracer of torch modules; consumed by lower().
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace verikit::bounds {

using Shape = std::vector<std::int64_t>;

enum class DType : std::uint8_t { kFloat32, kFloat64, kFloat16, kBFloat16, kInt32, kInt64, kBool, kOther };

// Float tensors keep their values exactly in `reals` (every float16/32/64 value is a double); integer
// and bool tensors in `ints`.
struct Tensor {
  DType dtype = DType::kFloat32;
  Shape shape;
  std::vector<double> reals;
  std::vector<std::int64_t> ints;

  [[nodiscard]] bool is_real() const { return dtype <= DType::kBFloat16; }
};

using Attribute = std::variant<std::int64_t, double, std::string, std::vector<std::int64_t>,
                               std::vector<double>, std::vector<std::string>, Tensor>;

struct ModelNode {
  std::string name;     // may be empty; messages then use the first output's name
  std::string op_type;  // ONNX operator name
  std::string domain;   // "" is the default ONNX domain
  std::vector<std::string> inputs;  // "" stands for an omitted optional input
  std::vector<std::string> outputs;
  std::map<std::string, Attribute> attributes;
};

struct ValueInfo {
  std::string name;
  DType dtype = DType::kFloat32;
  Shape shape;  // -1: a symbolic (dynamic) dimension
  bool has_shape = true;
};

struct Model {
  std::int64_t ir_version = 0;
  std::int64_t opset = 0;  // of the default domain
  std::vector<ModelNode> nodes;
  std::map<std::string, Tensor> initializers;
  std::vector<ValueInfo> inputs;  // without those that are initializers
  std::vector<ValueInfo> outputs;
};

// Limits of what a file may ask for.
struct ReadLimits {
  std::size_t max_bytes = std::size_t{2} << 30;     // file and external data, each
  std::size_t max_elements = std::size_t{1} << 28;  // of all tensors together
  std::size_t max_nodes = 1'000'000;
};

// Reads an ONNX model (protobuf wire format, any IR version >= 3, default operator domain).
// External data is read only from inside the model's folder.
// raises: kModelFormat for malformed, truncated or oversized files, with the byte offset or field;
//         kUnsupported for training graphs, sparse initializers, functions, several subgraphs.
Model read_onnx(const std::string& path, const ReadLimits& limits = {});

// The same from memory; `folder` resolves external data ("" forbids it).
Model parse_onnx(std::string_view bytes, const std::string& folder, const ReadLimits& limits = {});

}  // namespace verikit::bounds
