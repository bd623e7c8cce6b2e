// ModelProto, GraphProto, NodeProto and their parts. Merging follows protobuf: a scalar field that comes
// twice keeps the last value, a repeated one is appended to, a message that comes twice is merged.
#include <filesystem>
#include <fstream>
#include <set>

#include "base/fp_env.h"
#include "bounds/model.h"
#include "bounds/onnx_tensor.h"
#include "bounds/text.h"
#include "bounds/wire.h"

namespace verikit::bounds {
namespace {

[[noreturn]] void unsupported(const std::string& message) { fail(ErrorCode::kUnsupported, message); }

struct Reader {
  const ReadLimits& limits;
  TensorContext tensors;
  Model model;
  std::vector<ValueInfo> inputs;
  bool has_graph = false;
  bool has_opset = false;

  void read_model(WireReader reader);
  void read_opset(WireReader reader);
  void read_graph(WireReader reader);
  ModelNode read_node(WireReader reader);
  void read_attribute(WireReader reader, ModelNode& node);
  ValueInfo read_value_info(WireReader reader);
  void finish();
};

void Reader::read_model(WireReader reader) {
  while (reader.next()) {
    switch (reader.field()) {
      case 1: model.ir_version = reader.integer(); break;
      case 7:
        read_graph(reader.message("GraphProto"));
        has_graph = true;
        break;
      case 8: read_opset(reader.message("OperatorSetIdProto")); break;
      case 20: unsupported("the model holds training information; export it for inference");
      case 25: unsupported("the model defines functions of its own; inline them (onnx.inliner) first");
      default: reader.skip(); break;
    }
  }
}

void Reader::read_opset(WireReader reader) {
  std::string domain;
  std::int64_t version = 0;
  while (reader.next()) {
    if (reader.field() == 1) domain = reader.text();
    else if (reader.field() == 2) version = reader.integer();
    else reader.skip();
  }
  if (!domain.empty() && domain != "ai.onnx") return;
  if (has_opset && model.opset != version) {
    reader.bad("the default operator set is imported twice, as " + std::to_string(model.opset) + " and " +
               std::to_string(version));
  }
  has_opset = true;
  model.opset = version;
}

void Reader::read_graph(WireReader reader) {
  while (reader.next()) {
    switch (reader.field()) {
      case 1:
        if (model.nodes.size() >= limits.max_nodes) {
          reader.bad("more than " + std::to_string(limits.max_nodes) + " nodes");
        }
        model.nodes.push_back(read_node(reader.message("NodeProto")));
        break;
      case 5: {
        std::string name;
        Tensor tensor = read_tensor(reader.message("TensorProto"), tensors, name);
        if (name.empty()) reader.bad("an initializer has no name");
        if (!model.initializers.emplace(name, std::move(tensor)).second) {
          reader.bad("two initializers are named " + quote(name));
        }
        break;
      }
      case 11: inputs.push_back(read_value_info(reader.message("ValueInfoProto"))); break;
      case 12: model.outputs.push_back(read_value_info(reader.message("ValueInfoProto"))); break;
      case 15: unsupported("the model has sparse initializers; store them as dense tensors");
      default: reader.skip(); break;  // names, documentation, intermediate shapes, annotations
    }
  }
}

ModelNode Reader::read_node(WireReader reader) {
  ModelNode node;
  while (reader.next()) {
    switch (reader.field()) {
      case 1: node.inputs.push_back(reader.text()); break;
      case 2: node.outputs.push_back(reader.text()); break;
      case 3: node.name = reader.text(); break;
      case 4: node.op_type = reader.text(); break;
      case 5: read_attribute(reader.message("AttributeProto"), node); break;
      case 7: node.domain = reader.text(); break;
      case 8:
        if (!reader.bytes().empty()) unsupported("node " + quote(node.name) + " calls an overloaded function");
        break;
      default: reader.skip(); break;
    }
  }
  if (node.domain == "ai.onnx") node.domain.clear();
  return node;
}

void Reader::read_attribute(WireReader reader, ModelNode& node) {
  enum Type { kFloat = 1, kInt, kString, kTensor, kGraph, kFloats, kInts, kStrings, kTensors, kGraphs };
  std::string name;
  std::int32_t type = 0;
  std::set<int> present;
  double f = 0.0;
  std::int64_t i = 0;
  std::string s;
  Tensor t;
  std::vector<double> floats;
  std::vector<std::int64_t> ints;
  std::vector<std::string> strings;
  std::size_t left = limits.max_elements;
  while (reader.next()) {
    switch (reader.field()) {
      case 1: name = reader.text(); break;
      case 2: f = reader.real32(); present.insert(kFloat); break;
      case 3: i = reader.integer(); present.insert(kInt); break;
      case 4: s = std::string(reader.bytes()); present.insert(kString); break;
      case 5: {
        std::string tensor_name;
        if (!present.insert(kTensor).second) reader.bad("attribute " + quote(name) + " holds two tensors");
        t = read_tensor(reader.message("TensorProto"), tensors, tensor_name);
        break;
      }
      case 6:
      case 11: unsupported("attribute " + quote(name) + " of node " + quote(node.name) +
                           " holds a graph; control flow is not supported");
      case 7:
        reader.repeated_fixed<float>(left, [&](float v) { floats.push_back(v); });
        present.insert(kFloats);
        break;
      case 8:
        reader.repeated_varint(left, [&](std::int64_t v) { ints.push_back(v); });
        present.insert(kInts);
        break;
      case 9: strings.emplace_back(reader.bytes()); present.insert(kStrings); break;
      case 10:
      case 14:
      case 15:
      case 22:
      case 23: unsupported("attribute " + quote(name) + " of node " + quote(node.name) +
                           " holds tensors, types or sparse tensors, which no supported operator takes");
      case 20: type = reader.integer32(); break;
      case 21:
        if (!reader.bytes().empty()) reader.bad("an attribute refers to one of a function");
        break;
      default: reader.skip(); break;
    }
  }
  if (name.empty()) reader.bad("an attribute has no name");
  if (type == 0) {  // old writers leave the type out
    if (present.size() != 1) reader.bad("attribute " + quote(name) + " has no type and not exactly one value");
    type = *present.begin();
  }
  if (type == kTensor && present.count(kTensor) == 0) reader.bad("attribute " + quote(name) + " says it is a tensor and holds none");
  present.erase(type);
  if (!present.empty()) reader.bad("attribute " + quote(name) + " holds values of more than its own type");
  Attribute value;
  switch (type) {
    case kFloat: value = f; break;
    case kInt: value = i; break;
    case kString: value = std::move(s); break;
    case kTensor: value = std::move(t); break;
    case kFloats: value = std::move(floats); break;
    case kInts: value = std::move(ints); break;
    case kStrings: value = std::move(strings); break;
    default: unsupported("attribute " + quote(name) + " of node " + quote(node.name) + " has type " +
                         std::to_string(type) + ", which no supported operator takes");
  }
  if (!node.attributes.emplace(name, std::move(value)).second) {
    reader.bad("attribute " + quote(name) + " comes twice");
  }
}

ValueInfo Reader::read_value_info(WireReader reader) {
  ValueInfo info;
  info.has_shape = false;
  info.dtype = DType::kOther;
  while (reader.next()) {
    if (reader.field() == 1) {
      info.name = reader.text();
      continue;
    }
    if (reader.field() != 2) {
      reader.skip();
      continue;
    }
    WireReader type = reader.message("TypeProto");
    while (type.next()) {
      if (type.field() != 1) {
        // sequences, maps, optionals, sparse tensors
        if (type.field() == 4 || type.field() == 5 || type.field() == 8 || type.field() == 9) {
          unsupported("value " + quote(info.name) + " is not a tensor");
        }
        type.skip();
        continue;
      }
      WireReader tensor = type.message("TypeProto.Tensor");
      while (tensor.next()) {
        if (tensor.field() == 1) {
          info.dtype = onnx_dtype(tensor.integer32());
        } else if (tensor.field() == 2) {
          WireReader shape = tensor.message("TensorShapeProto");
          info.has_shape = true;
          while (shape.next()) {
            if (shape.field() != 1) {
              shape.skip();
              continue;
            }
            WireReader dim = shape.message("Dimension");
            std::int64_t size = -1;
            while (dim.next()) {
              if (dim.field() == 1) {
                size = dim.integer();
                if (size < 0) size = -1;  // some writers say -1 for a symbolic dimension
              } else if (dim.field() == 2) {
                dim.bytes();
                size = -1;
              } else {
                dim.skip();
              }
            }
            if (info.shape.size() >= 64) shape.bad("more than 64 dimensions");
            info.shape.push_back(size);
          }
        } else {
          tensor.skip();
        }
      }
    }
  }
  if (info.name.empty()) reader.bad("a graph input or output has no name");
  return info;
}

void Reader::finish() {
  if (!has_graph) fail(ErrorCode::kModelFormat, "malformed ONNX file: it holds no graph (is it an ONNX file at all?)");
  if (model.ir_version <= 0) fail(ErrorCode::kModelFormat, "malformed ONNX file: no IR version");
  if (model.ir_version < 3) {
    unsupported("IR version " + std::to_string(model.ir_version) + " is older than 3; convert the model");
  }
  if (!has_opset) fail(ErrorCode::kModelFormat, "malformed ONNX file: no version of the default operator set");
  for (ValueInfo& input : inputs) {
    if (model.initializers.count(input.name) == 0) model.inputs.push_back(std::move(input));
  }
}

}  // namespace

Model parse_onnx(std::string_view bytes, const std::string& folder, const ReadLimits& limits) {
  const FpEnvironment environment;  // a host that flushes subnormals would lose weights
  if (bytes.size() > limits.max_bytes) {
    fail(ErrorCode::kModelFormat, "the ONNX file has " + std::to_string(bytes.size()) +
                                      " bytes, more than the limit of " + std::to_string(limits.max_bytes));
  }
  Reader reader{limits, {folder, &limits, limits.max_elements, limits.max_bytes}, {}, {}, false, false};
  reader.read_model(WireReader(bytes, 0, "ModelProto"));
  reader.finish();
  return std::move(reader.model);
}

Model read_onnx(const std::string& path, const ReadLimits& limits) {
  namespace fs = std::filesystem;
  std::error_code error;
  const fs::path file_path(path);
  if (!fs::is_regular_file(file_path, error)) {
    fail(ErrorCode::kInput, "cannot open the model " + quote(path) + ": " +
                                (error ? error.message() : std::string("not a regular file")));
  }
  const std::uintmax_t size = fs::file_size(file_path, error);
  if (error) fail(ErrorCode::kInput, "cannot open the model " + quote(path) + ": " + error.message());
  if (size > limits.max_bytes) {
    fail(ErrorCode::kModelFormat, "the model " + quote(path) + " has " + std::to_string(size) +
                                      " bytes, more than the limit of " + std::to_string(limits.max_bytes));
  }
  std::string bytes(static_cast<std::size_t>(size), '\0');
  std::ifstream file(file_path, std::ios::binary);
  file.read(bytes.data(), static_cast<std::streamsize>(size));
  if (!file) fail(ErrorCode::kInput, "cannot read the model " + quote(path));
  const fs::path parent = file_path.parent_path();
  return parse_onnx(bytes, parent.empty() ? "." : parent.string(), limits);
}

}  // namespace verikit::bounds
