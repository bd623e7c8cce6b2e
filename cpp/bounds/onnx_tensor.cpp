#include "bounds/onnx_tensor.h"

#include <cmath>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>

#include "bounds/text.h"

namespace verikit::bounds {
namespace {

namespace fs = std::filesystem;

double half_to_double(std::uint16_t bits) {
  const int exponent = (bits >> 10) & 31;
  const int fraction = bits & 1023;
  double value = 0.0;
  if (exponent == 31) {
    value = fraction == 0 ? HUGE_VAL : std::nan("");
  } else if (exponent == 0) {
    value = std::ldexp(fraction, -24);
  } else {
    value = std::ldexp(fraction + 1024, exponent - 25);
  }
  return (bits & 0x8000) != 0 ? -value : value;
}

double bfloat_to_double(std::uint16_t bits) {
  return std::bit_cast<float>(static_cast<std::uint32_t>(bits) << 16);
}

// Bytes of one element in raw_data; 0 where the type is not kept.
std::size_t raw_size(DType dtype) {
  switch (dtype) {
    case DType::kFloat64:
    case DType::kInt64: return 8;
    case DType::kFloat32:
    case DType::kInt32: return 4;
    case DType::kFloat16:
    case DType::kBFloat16: return 2;
    case DType::kBool: return 1;
    case DType::kOther: break;
  }
  return 0;
}

void decode_raw(std::string_view raw, Tensor& tensor) {
  const std::size_t step = raw_size(tensor.dtype);
  const std::size_t count = raw.size() / step;
  if (tensor.is_real()) tensor.reals.resize(count);
  else tensor.ints.resize(count);
  for (std::size_t i = 0; i < count; ++i) {
    const std::string_view at = raw.substr(i * step, step);
    switch (tensor.dtype) {
      case DType::kFloat32: tensor.reals[i] = WireReader::load<float>(at); break;
      case DType::kFloat64: tensor.reals[i] = WireReader::load<double>(at); break;
      case DType::kFloat16: tensor.reals[i] = half_to_double(WireReader::load<std::uint16_t>(at)); break;
      case DType::kBFloat16: tensor.reals[i] = bfloat_to_double(WireReader::load<std::uint16_t>(at)); break;
      case DType::kInt32: tensor.ints[i] = WireReader::load<std::int32_t>(at); break;
      case DType::kInt64: tensor.ints[i] = WireReader::load<std::int64_t>(at); break;
      case DType::kBool: tensor.ints[i] = at[0] != 0; break;
      case DType::kOther: break;
    }
  }
}

[[noreturn]] void bad_external(const std::string& name, const std::string& message) {
  fail(ErrorCode::kModelFormat, "external data of tensor " + quote(name) + ": " + message);
}

std::uint64_t parse_size(const std::string& name, const std::string& key, const std::string& text) {
  std::uint64_t value = 0;
  if (text.empty() || text.size() > 18) bad_external(name, key + " is not a number of bytes: " + quote(text));
  for (const char c : text) {
    if (c < '0' || c > '9') bad_external(name, key + " is not a number of bytes: " + quote(text));
    value = value * 10 + static_cast<std::uint64_t>(c - '0');
  }
  return value;
}

// The file behind `location`, which must lie in `folder` after links and '..' are resolved: a model must
// not be able to read what else the user can read.
fs::path resolve(const std::string& name, const std::string& folder, const std::string& location) {
  if (location.empty() || location.find('\0') != std::string::npos) bad_external(name, "it has no location");
  const fs::path relative(location);
  if (relative.is_absolute()) bad_external(name, "the location is absolute: " + quote(location));
  std::error_code error;
  const fs::path root = fs::canonical(folder, error);
  if (error) bad_external(name, "the model's folder cannot be opened: " + error.message());
  const fs::path target = fs::canonical(root / relative, error);
  if (error) bad_external(name, "cannot open " + quote(location) + ": " + error.message());
  const auto [end, unused] = std::mismatch(root.begin(), root.end(), target.begin(), target.end());
  (void)unused;
  if (end != root.end()) bad_external(name, "the location leaves the model's folder: " + quote(location));
  if (!fs::is_regular_file(target, error) || error) bad_external(name, "not a regular file: " + quote(location));
  return target;
}

std::string read_external(const std::string& name, const std::map<std::string, std::string>& entries,
                          std::size_t expected, TensorContext& context) {
  if (context.folder.empty()) bad_external(name, "a model read from memory has no folder to read it from");
  const auto location = entries.find("location");
  if (location == entries.end()) bad_external(name, "it has no location");
  const fs::path path = resolve(name, context.folder, location->second);
  std::error_code error;
  const std::uint64_t size = fs::file_size(path, error);
  if (error) bad_external(name, "cannot open " + quote(location->second) + ": " + error.message());
  const auto offset_entry = entries.find("offset");
  const std::uint64_t offset = offset_entry == entries.end() ? 0 : parse_size(name, "offset", offset_entry->second);
  if (offset > size) bad_external(name, "the offset lies behind the end of the file");
  const auto length_entry = entries.find("length");
  const std::uint64_t length =
      length_entry == entries.end() ? size - offset : parse_size(name, "length", length_entry->second);
  if (length > size - offset) bad_external(name, "it ends behind the end of the file");
  if (length != expected) {
    bad_external(name, "expected " + std::to_string(expected) + " bytes, got " + std::to_string(length));
  }
  if (expected > context.external_left) bad_external(name, "more bytes than the limit allows");
  context.external_left -= expected;
  std::string data(expected, '\0');
  std::ifstream file(path, std::ios::binary);
  file.seekg(static_cast<std::streamoff>(offset));
  file.read(data.data(), static_cast<std::streamsize>(expected));
  if (!file) bad_external(name, "cannot read " + quote(location->second));
  return data;
}

}  // namespace

DType onnx_dtype(std::int32_t code) {
  switch (code) {
    case 1: return DType::kFloat32;
    case 6: return DType::kInt32;
    case 7: return DType::kInt64;
    case 9: return DType::kBool;
    case 10: return DType::kFloat16;
    case 11: return DType::kFloat64;
    case 16: return DType::kBFloat16;
    default: return DType::kOther;
  }
}

Tensor read_tensor(WireReader reader, TensorContext& context, std::string& name) {
  Tensor tensor;
  std::int32_t type = 0, location = 0;
  std::optional<std::string_view> raw;
  std::map<std::string, std::string> external;
  std::vector<double> reals;        // float_data or double_data
  std::vector<std::int64_t> ints;   // int32_data or int64_data
  std::uint32_t typed_field = 0;
  bool segment = false;
  std::size_t left = context.elements_left;
  std::size_t dims_left = 64;  // dimensions, far above any real rank
  const auto only = [&](std::uint32_t field) {
    if (typed_field != 0 && typed_field != field) reader.bad("data of two kinds in tensor " + quote(name));
    typed_field = field;
  };
  while (reader.next()) {
    switch (reader.field()) {
      case 1: reader.repeated_varint(dims_left, [&](std::int64_t v) { tensor.shape.push_back(v); }); break;
      case 2: type = reader.integer32(); break;
      case 3: segment = true; reader.skip(); break;
      case 4: only(4); reader.repeated_fixed<float>(left, [&](float v) { reals.push_back(v); }); break;
      case 5:
        only(5);
        reader.repeated_varint(left, [&](std::int64_t v) { ints.push_back(static_cast<std::int32_t>(v)); });
        break;
      case 7: only(7); reader.repeated_varint(left, [&](std::int64_t v) { ints.push_back(v); }); break;
      case 8: name = reader.text(); break;
      case 9: raw = reader.bytes(); break;
      case 10: only(10); reader.repeated_fixed<double>(left, [&](double v) { reals.push_back(v); }); break;
      case 13: {
        WireReader entry = reader.message("StringStringEntryProto");
        std::string key, value;
        while (entry.next()) {
          if (entry.field() == 1) key = entry.text();
          else if (entry.field() == 2) value = entry.text();
          else entry.skip();
        }
        if (external.size() >= 64) reader.bad("too many entries of external data");
        external[key] = value;
        break;
      }
      case 14: location = reader.integer32(); break;
      default: reader.skip(); break;  // strings, uint64, documentation, metadata
    }
  }
  if (segment) reader.bad("tensor " + quote(name) + " is stored in segments");
  if (location != 0 && location != 1) reader.bad("tensor " + quote(name) + " has an unknown data location");
  tensor.dtype = onnx_dtype(type);

  std::size_t count = 1;
  bool empty = false;
  for (const std::int64_t dim : tensor.shape) {
    if (dim < 0) reader.bad("tensor " + quote(name) + " has a negative dimension " + show(tensor.shape));
    empty = empty || dim == 0;
  }
  for (const std::int64_t dim : tensor.shape) {
    if (empty) count = 0;
    else if (static_cast<std::uint64_t>(dim) > context.limits->max_elements / count) {
      reader.bad("tensor " + quote(name) + " has more elements than the limit allows: " + show(tensor.shape));
    } else {
      count *= static_cast<std::size_t>(dim);
    }
  }
  if (tensor.dtype == DType::kOther) return tensor;  // lower() refuses it where it is used
  if (count > context.elements_left) reader.bad("the tensors have more elements together than the limit allows");
  context.elements_left -= count;

  const std::size_t step = raw_size(tensor.dtype);
  const auto wrong_size = [&](std::size_t got, const char* unit) {
    reader.bad("tensor " + quote(name) + " of shape " + show(tensor.shape) + " needs " + std::to_string(count) +
               " elements, got " + std::to_string(got) + unit);
  };
  if (location == 1) {
    if (raw.has_value() || typed_field != 0) reader.bad("tensor " + quote(name) + " has data inside and outside");
    decode_raw(read_external(name, external, count * step, context), tensor);
    return tensor;
  }
  if (raw.has_value() && (!raw->empty() || typed_field == 0)) {
    if (typed_field != 0) reader.bad("data of two kinds in tensor " + quote(name));
    if (raw->size() != count * step) wrong_size(raw->size(), " bytes of raw data");
    decode_raw(*raw, tensor);
    return tensor;
  }
  const bool fits = typed_field == 0 ||
                    (typed_field == 4 && tensor.dtype == DType::kFloat32) ||
                    (typed_field == 10 && tensor.dtype == DType::kFloat64) ||
                    (typed_field == 7 && tensor.dtype == DType::kInt64) ||
                    (typed_field == 5 && (tensor.dtype == DType::kInt32 || tensor.dtype == DType::kBool ||
                                          tensor.dtype == DType::kFloat16 || tensor.dtype == DType::kBFloat16));
  if (!fits) reader.bad("the data of tensor " + quote(name) + " does not fit its type " + show(tensor.dtype));
  if (typed_field == 4 || typed_field == 10) {
    tensor.reals = std::move(reals);
  } else if (tensor.is_real()) {
    tensor.reals.reserve(ints.size());
    for (const std::int64_t bits : ints) {
      const auto low = static_cast<std::uint16_t>(bits);
      tensor.reals.push_back(tensor.dtype == DType::kFloat16 ? half_to_double(low) : bfloat_to_double(low));
    }
  } else {
    tensor.ints = std::move(ints);
    if (tensor.dtype == DType::kBool) {
      for (std::int64_t& v : tensor.ints) v = v != 0;
    }
  }
  const std::size_t got = tensor.reals.size() + tensor.ints.size();
  if (got != count) wrong_size(got, "");
  return tensor;
}

}  // namespace verikit::bounds
