// TensorProto: the many ways ONNX stores numbers.
#pragma once

#include <string>

#include "bounds/model.h"
#include "bounds/wire.h"

namespace verikit::bounds {

struct TensorContext {
  std::string folder;            // of external data; "" forbids it
  const ReadLimits* limits = nullptr;
  std::size_t elements_left = 0;  // of all tensors together
  std::size_t external_left = 0;  // bytes of external data
};

DType onnx_dtype(std::int32_t code);

// ensures: shape is non-negative and reals or ints (the one that fits dtype; none for kOther) holds exactly
// its number of elements. `name` gets the tensor's own name.
Tensor read_tensor(WireReader reader, TensorContext& context, std::string& name);

}  // namespace verikit::bounds
