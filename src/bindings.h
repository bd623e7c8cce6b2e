#pragma once

#include <pybind11/pybind11.h>

namespace verikit::python {

void bind_errors(pybind11::module_& module);
void bind_bounds(pybind11::module_& module);
void bind_lean(pybind11::module_& module);

}  // namespace verikit::python
