#include "bindings.h"

PYBIND11_MODULE(_core, module) {
  module.doc() = "The native engines of verikit. Import verikit instead.";
  verikit::python::bind_errors(module);
  verikit::python::bind_bounds(module);
  verikit::python::bind_lean(module);
}
