// The one place where the engines' errors become Python's.
#include <array>
#include <new>

#include "base/error.h"
#include "bindings.h"

namespace verikit::python {
namespace py = pybind11;
namespace {

// Names in verikit._base.errors, by ErrorCode.
constexpr std::array<const char*, static_cast<std::size_t>(ErrorCode::kCount)> kClasses = {
    "InputError",           "ShapeError",     "DtypeError",       "ModelFormatError", "PropertyFormatError", "ExportFormatError",
    "UnsupportedError",     "UnsupportedOpError", "TimeLimitError", "MemoryLimitError", "InternalError",
    "SoundnessError"};

}  // namespace

void bind_errors(py::module_& module) {
  py::register_exception_translator([](std::exception_ptr pointer) {
    try {
      if (pointer) std::rethrow_exception(pointer);
    } catch (const Error& error) {
      const auto code = static_cast<std::size_t>(error.code());
      const char* name = code < kClasses.size() ? kClasses[code] : "InternalError";
      const py::object type = py::module_::import("verikit._base.errors").attr(name);
      py::set_error(type, error.what());
    }
  });
  module.def(
      "error_classes",
      [] {
        py::list names;
        for (const char* name : kClasses) names.append(name);
        return names;
      },
      "The Python class of every error code of the engines, in order.");
}

}  // namespace verikit::python
