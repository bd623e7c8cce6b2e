#include <pybind11/numpy.h>
#include <pybind11/stl.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <variant>

#include "base/error.h"
#include "base/fp_env.h"
#include "bindings.h"
#include "bounds/bounder.h"
#include "bounds/exact.h"
#include "bounds/model.h"
#include "bounds/network.h"
#include "bounds/property.h"
#include "bounds/simd/dispatch.h"
#include "bounds/verify.h"

namespace verikit::python {
namespace py = pybind11;
using namespace verikit::bounds;
namespace {

template <class T>
using Array = py::array_t<T, py::array::c_style>;

const char* dtype_name(DType dtype) { return dtype == DType::kFloat64 ? "float64" : "float32"; }

const char* op_name(const Op& op) {
  static constexpr const char* kNames[] = {"Input",  "Constant", "Linear", "Conv", "Sparse", "Scale",
                                           "Activation", "Max", "Select", "Concat", "Add", "Mul"};
  static_assert(std::size(kNames) == std::variant_size_v<Op>);
  return kNames[op.index()];
}

py::tuple to_tuple(const Shape& shape) {
  py::tuple result(shape.size());
  for (std::size_t i = 0; i < shape.size(); ++i) result[i] = shape[i];
  return result;
}

Method parse_method(const std::string& name) {
  if (name == "ibp") return Method::kIbp;
  if (name == "crown-ibp") return Method::kCrownIbp;
  if (name == "crown") return Method::kCrown;
  fail(ErrorCode::kInput, "method: expected \"ibp\", \"crown-ibp\" or \"crown\", got \"" + name.substr(0, 40) + "\"");
}

// A (rows, columns) C-contiguous array of T, or an error that says what came.
template <class T>
Array<T> matrix(const py::array& array, Index columns, const char* name) {
  if (!py::isinstance<Array<T>>(array)) {
    fail(ErrorCode::kDtype, std::string(name) + ": expected a C-contiguous array of float32 or float64, both bounds alike, got " +
                                py::cast<std::string>(py::str(array.dtype())));
  }
  if (array.ndim() != 2 || array.shape(1) != columns) {
    fail(ErrorCode::kShape, std::string(name) + ": expected shape (batch, " + std::to_string(columns) + "), got " +
                                py::cast<std::string>(py::str(array.attr("shape"))));
  }
  return py::reinterpret_borrow<Array<T>>(array);
}

// "p" or "p/q" with decimal integers, as Python's str(Fraction) writes them.
std::vector<Rational> parse_rationals(const std::vector<std::string>& texts) {
  const auto integer = [](const std::string& digits) { return Rational(boost::multiprecision::cpp_int(digits)); };
  std::vector<Rational> values;
  for (const std::string& text : texts) {
    static const std::string kDigits = "0123456789";
    const bool negative = !text.empty() && text[0] == '-';
    const std::size_t slash = std::min(text.find('/'), text.size());
    const std::string top = text.substr(negative ? 1 : 0, slash - std::min<std::size_t>(slash, negative ? 1 : 0));
    const std::string bottom = slash == text.size() ? "1" : text.substr(slash + 1);
    const bool digits = !top.empty() && !bottom.empty() && top.find_first_not_of(kDigits) == std::string::npos &&
                        bottom.find_first_not_of(kDigits) == std::string::npos;
    if (!digits || text.size() > 8192 || bottom.find_first_not_of('0') == std::string::npos) {
      fail(ErrorCode::kInput, "x[" + std::to_string(values.size()) + "]: expected a rational such as \"-3/8\", got \"" +
                                  text.substr(0, 40) + "\"");
    }
    // Leading zeros would make the number octal.
    const auto strip = [](const std::string& d) { return d.substr(std::min(d.find_first_not_of('0'), d.size() - 1)); };
    const Rational q = integer(strip(top)) / integer(strip(bottom));
    values.push_back(negative ? Rational(-q) : q);
  }
  return values;
}

class NativeNetwork {
 public:
  explicit NativeNetwork(Network network) : network_(std::make_shared<const Network>(std::move(network))) {}

  [[nodiscard]] const Network& network() const { return *network_; }

  py::array evaluate_batch(const py::array& x) const {
    if (py::isinstance<Array<float>>(x)) return evaluate_as<float>(x);
    return evaluate_as<double>(x);
  }

  py::tuple bound(const py::array& lower, const py::array& upper, const std::string& method,
                  const std::optional<Array<double>>& coefficients, bool real_only, int threads, double memory_mb) {
    if (py::isinstance<Array<float>>(lower)) {
      return bound_as<float>(lower, upper, method, coefficients, real_only, threads, memory_mb);
    }
    return bound_as<double>(lower, upper, method, coefficients, real_only, threads, memory_mb);
  }

  [[nodiscard]] std::vector<std::string> evaluate_rational(const std::vector<std::string>& x) const {
    const py::gil_scoped_release release;
    std::vector<std::string> y;
    for (const Rational& q : evaluate_exact(*network_, parse_rationals(x))) y.push_back(q.str());
    return y;
  }

  [[nodiscard]] py::tuple enclose_outputs(const std::vector<std::string>& x) const {
    Enclosure y;
    {
      const py::gil_scoped_release release;
      y = enclose(*network_, parse_rationals(x));
    }
    return py::make_tuple(Array<double>(static_cast<py::ssize_t>(y.lower.size()), y.lower.data()),
                          Array<double>(static_cast<py::ssize_t>(y.upper.size()), y.upper.data()));
  }

 private:
  template <class T>
  py::array evaluate_as(const py::array& array) const {
    const Array<T> x = matrix<T>(array, network_->input_size(), "x");
    const Index batch = x.shape(0), in = network_->input_size(), out = network_->output_size();
    Array<T> y({batch, out});
    const T* from = x.data();
    T* to = y.mutable_data();
    {
      const py::gil_scoped_release release;
      const FpEnvironment environment;
      for (Index b = 0; b < batch; ++b) evaluate<T>(*network_, from + b * in, to + b * out);
    }
    return y;
  }

  template <class T>
  py::tuple bound_as(const py::array& lower_array, const py::array& upper_array, const std::string& method,
                     const std::optional<Array<double>>& coefficients, bool real_only, int threads,
                     double memory_mb) {
    const Index in = network_->input_size(), out = network_->output_size();
    const Array<T> lower = matrix<T>(lower_array, in, "lower");
    const Array<T> upper = matrix<T>(upper_array, in, "upper");
    BoundRequest<T> request;
    request.batch = lower.shape(0);
    if (upper.shape(0) != request.batch) fail(ErrorCode::kShape, "lower and upper differ in their batch");
    if (threads < 1 || !(memory_mb > 0)) fail(ErrorCode::kInput, "threads and memory_mb must be positive");
    request.method = parse_method(method);
    request.real_only = real_only;
    request.threads = threads;
    request.memory_mb = memory_mb;
    Index columns = out;
    if (coefficients) {
      if (coefficients->ndim() != 2 || coefficients->shape(1) != out) {
        fail(ErrorCode::kShape, "coefficients: expected shape (functionals, " + std::to_string(out) + "), got " +
                                    py::cast<std::string>(py::str(coefficients->attr("shape"))));
      }
      request.coefficients = coefficients->data();
      request.functionals = columns = coefficients->shape(0);
    }
    Array<T> out_lower({request.batch, columns}), out_upper({request.batch, columns});
    request.lower = lower.data();
    request.upper = upper.data();
    request.out_lower = out_lower.mutable_data();
    request.out_upper = out_upper.mutable_data();
    {
      const py::gil_scoped_release release;
      const FpEnvironment environment;  // the caller may round in another direction: the box would not be widened
      std::vector<T> widened;
      if constexpr (sizeof(T) == 8) widen_for_rounding(request, widened);
      bounder<T>().bound(request);
    }
    return py::make_tuple(out_lower, out_upper);
  }

  // A float32 network reads its input rounded to float32; a box in doubles gets room for that.
  void widen_for_rounding(BoundRequest<double>& request, std::vector<double>& widened) const {
    if (request.real_only || network_->dtype != DType::kFloat32) return;
    const auto count = static_cast<std::size_t>(request.batch * network_->input_size());
    widened.resize(2 * count);
    for (std::size_t i = 0; i < count; ++i) {
      const double l = request.lower[i], u = request.upper[i];
      widened[i] = std::min(l, static_cast<double>(static_cast<float>(l)));
      widened[count + i] = std::max(u, static_cast<double>(static_cast<float>(u)));
    }
    request.lower = widened.data();
    request.upper = widened.data() + count;
  }

  template <class T>
  const Bounder<T>& bounder() {
    if constexpr (sizeof(T) == 4) {
      std::call_once(once32_, [this] { bounder32_ = std::make_unique<Bounder<float>>(network_); });
      return *bounder32_;
    } else {
      std::call_once(once64_, [this] { bounder64_ = std::make_unique<Bounder<double>>(network_); });
      return *bounder64_;
    }
  }

  std::shared_ptr<const Network> network_;
  std::once_flag once32_, once64_;
  std::unique_ptr<Bounder<float>> bounder32_;
  std::unique_ptr<Bounder<double>> bounder64_;
};

template <class Read>
std::unique_ptr<NativeNetwork> load(Read&& read) {
  const py::gil_scoped_release release;
  return std::make_unique<NativeNetwork>(lower(read()));
}

// --- models built from Python ---------------------------------------------------------------------------

DType parse_dtype(const std::string& name) {
  if (name == "float32") return DType::kFloat32;
  if (name == "float64") return DType::kFloat64;
  if (name == "int64") return DType::kInt64;
  if (name == "int32") return DType::kInt32;
  if (name == "bool") return DType::kBool;
  fail(ErrorCode::kDtype, "expected float32, float64, int32, int64 or bool, got " + name.substr(0, 40));
}

Tensor to_tensor(const py::array& array) {
  const FpEnvironment environment;
  Tensor tensor;
  tensor.dtype = parse_dtype(py::cast<std::string>(py::str(array.dtype())));
  for (py::ssize_t i = 0; i < array.ndim(); ++i) tensor.shape.push_back(array.shape(i));
  if (tensor.is_real()) {
    const auto values = py::array_t<double, py::array::c_style | py::array::forcecast>(array);
    tensor.reals.assign(values.data(), values.data() + values.size());
  } else {
    const auto values = py::array_t<std::int64_t, py::array::c_style | py::array::forcecast>(array);
    tensor.ints.assign(values.data(), values.data() + values.size());
  }
  return tensor;
}

Attribute to_attribute(const py::handle& value) {
  if (py::isinstance<py::bool_>(value) || py::isinstance<py::int_>(value)) return py::cast<std::int64_t>(value);
  if (py::isinstance<py::float_>(value)) return py::cast<double>(value);
  if (py::isinstance<py::str>(value)) return py::cast<std::string>(value);
  if (py::isinstance<py::array>(value)) return to_tensor(py::cast<py::array>(value));
  if (py::isinstance<py::sequence>(value)) {
    const auto items = py::cast<py::sequence>(value);
    if (items.size() > 0 && py::isinstance<py::float_>(items[0])) return py::cast<std::vector<double>>(value);
    if (items.size() > 0 && py::isinstance<py::str>(items[0])) return py::cast<std::vector<std::string>>(value);
    return py::cast<std::vector<std::int64_t>>(value);
  }
  fail(ErrorCode::kInput, "an attribute must be an int, float, str, array, or a list of ints, floats or strs");
}

class ModelBuilder {
 public:
  ModelBuilder() {
    model_.ir_version = 8;
    model_.opset = 17;
  }
  void add_input(const std::string& name, const Shape& shape, const std::string& dtype) {
    ValueInfo info;
    info.name = name;
    info.shape = shape;
    info.dtype = parse_dtype(dtype);
    model_.inputs.push_back(std::move(info));
  }
  void add_initializer(const std::string& name, const py::array& array) {
    model_.initializers[name] = to_tensor(array);
  }
  void add_node(const std::string& op_type, const std::string& name, const std::vector<std::string>& inputs,
                const std::vector<std::string>& outputs, const py::dict& attributes) {
    ModelNode node;
    node.op_type = op_type;
    node.name = name;
    node.inputs = inputs;
    node.outputs = outputs;
    for (const auto& [key, value] : attributes) node.attributes.emplace(py::cast<std::string>(key), to_attribute(value));
    model_.nodes.push_back(std::move(node));
  }
  void add_output(const std::string& name) {
    ValueInfo info;
    info.name = name;
    info.has_shape = false;
    model_.outputs.push_back(std::move(info));
  }
  [[nodiscard]] std::unique_ptr<NativeNetwork> build() const {
    const py::gil_scoped_release release;
    const FpEnvironment environment;
    return std::make_unique<NativeNetwork>(lower(model_));
  }

 private:
  Model model_;
};

// --- properties ---------------------------------------------------------------------------------------------

using PyConstraint = std::tuple<std::vector<std::pair<std::int32_t, double>>, double, bool>;

Rational exact(double value, const char* what) {
  if (!std::isfinite(value)) fail(ErrorCode::kInput, std::string(what) + ": expected a finite number");
  return to_rational(value);
}

Property build_property(const Array<double>& lower, const Array<double>& upper, Index outputs,
                        const std::vector<std::vector<PyConstraint>>& disjuncts) {
  const FpEnvironment environment;
  if (lower.ndim() != 1 || upper.ndim() != 1 || lower.shape(0) != upper.shape(0)) {
    fail(ErrorCode::kShape, "lower and upper: expected two vectors of one length");
  }
  auto box = std::make_shared<InputBox>();
  for (Index i = 0; i < lower.shape(0); ++i) {
    box->lower.push_back(exact(lower.data()[i], "lower"));
    box->upper.push_back(exact(upper.data()[i], "upper"));
    if (box->lower.back() > box->upper.back()) {
      fail(ErrorCode::kInput, "lower > upper at input " + std::to_string(i));
    }
  }
  Property property;
  property.inputs = lower.shape(0);
  property.outputs = outputs;
  for (const auto& constraints : disjuncts) {
    Disjunct disjunct;
    disjunct.box = box;
    for (const auto& [terms, bound, strict] : constraints) {
      std::map<std::int32_t, Rational> sum;
      for (const auto& [index, coefficient] : terms) {
        if (index < 0 || index >= outputs) {
          fail(ErrorCode::kInput, "output index " + std::to_string(index) + " is outside 0.." + std::to_string(outputs - 1));
        }
        sum[index] += exact(coefficient, "coefficient");
      }
      OutputConstraint constraint;
      for (auto& [index, coefficient] : sum) {
        if (coefficient != 0) constraint.terms.emplace_back(index, coefficient);
      }
      constraint.bound = exact(bound, "bound");
      constraint.strict = strict;
      disjunct.constraints.push_back(std::move(constraint));
    }
    property.unsafe.push_back(std::move(disjunct));
  }
  return property;
}

py::dict verify_network(const NativeNetwork& network, const Property& property, double timeout_s, double memory_mb,
                        int threads, bool real_only, std::uint64_t seed, std::uint64_t max_boxes) {
  VerifyOptions options;
  options.timeout_s = timeout_s;
  options.memory_mb = memory_mb;
  options.threads = threads;
  options.real_only = real_only;
  options.seed = seed;
  options.max_boxes = max_boxes;
  Outcome outcome;
  {
    const py::gil_scoped_release release;
    outcome = verify(network.network(), property, options);
  }
  const bool rejected = outcome.status == Status::kRejected;
  py::dict result;
  result["status"] = outcome.status == Status::kAccepted ? "accepted" : rejected ? "rejected" : "declined";
  result["reason"] = outcome.reason == DeclineReason::kNone ? py::object(py::none()) : py::cast(name_of(outcome.reason));
  result["counterexample"] = rejected ? py::cast(outcome.counterexample) : py::object(py::none());
  result["counterexample_exact"] = rejected ? py::cast(outcome.counterexample_exact) : py::object(py::none());
  result["output"] = outcome.output;
  result["output_float32"] = outcome.output_evaluated;
  result["float32_violates"] = outcome.evaluation_violates;
  result["arithmetic"] = outcome.exact ? "rational" : "enclosure";
  result["disjunct"] = outcome.disjunct;
  result["smallest_margin"] = outcome.smallest_margin;
  result["lower_bound"] = outcome.lower_bound;
  result["real_lower_bound"] = outcome.real_lower_bound;
  result["boxes"] = outcome.boxes;
  result["leaves"] = outcome.leaves;
  result["time_s"] = outcome.time_s;
  result["attack_time_s"] = outcome.attack_time_s;
  result["threads"] = outcome.threads;
  result["instruction_set"] = instruction_set();
  return result;
}

}  // namespace

void bind_bounds(py::module_& module) {
  py::class_<NativeNetwork>(module, "NativeNetwork")
      .def_static("read_onnx", [](const std::string& path) { return load([&] { return read_onnx(path); }); }, py::arg("path"))
      .def_static(
          "parse_onnx",
          [](const py::bytes& data, const std::string& folder) {
            const std::string_view view = data;
            return load([&] { return parse_onnx(view, folder); });
          },
          py::arg("data"), py::arg("folder") = "")
      .def_property_readonly("input_shape", [](const NativeNetwork& n) { return to_tuple(n.network().input_shape); })
      .def_property_readonly("output_shape", [](const NativeNetwork& n) { return to_tuple(n.network().output_shape); })
      .def_property_readonly("input_size", [](const NativeNetwork& n) { return n.network().input_size(); })
      .def_property_readonly("output_size", [](const NativeNetwork& n) { return n.network().output_size(); })
      .def_property_readonly("dtype", [](const NativeNetwork& n) { return dtype_name(n.network().dtype); })
      .def_property_readonly("exactly_evaluable", [](const NativeNetwork& n) { return exactly_evaluable(n.network()); })
      .def_property_readonly("nodes",
                             [](const NativeNetwork& n) {
                               py::list nodes;
                               for (const Node& node : n.network().nodes) {
                                 nodes.append(py::make_tuple(op_name(node.op), node.name, node.size));
                               }
                               return nodes;
                             })
      .def("evaluate", &NativeNetwork::evaluate_batch, py::arg("x"))
      .def("evaluate_exact", &NativeNetwork::evaluate_rational, py::arg("x"))
      .def("enclose", &NativeNetwork::enclose_outputs, py::arg("x"))
      .def("bound", &NativeNetwork::bound, py::arg("lower"), py::arg("upper"), py::kw_only(), py::arg("method"),
           py::arg("coefficients") = py::none(), py::arg("real_only"), py::arg("threads"), py::arg("memory_mb"));

  py::class_<ModelBuilder>(module, "ModelBuilder")
      .def(py::init<>())
      .def("add_input", &ModelBuilder::add_input, py::arg("name"), py::arg("shape"), py::arg("dtype"))
      .def("add_initializer", &ModelBuilder::add_initializer, py::arg("name"), py::arg("array"))
      .def("add_node", &ModelBuilder::add_node, py::arg("op_type"), py::arg("name"), py::arg("inputs"), py::arg("outputs"),
           py::arg("attributes"))
      .def("add_output", &ModelBuilder::add_output, py::arg("name"))
      .def("build", &ModelBuilder::build);

  py::class_<Property>(module, "NativeProperty")
      .def_static(
          "read_vnnlib",
          [](const std::string& path) {
            const py::gil_scoped_release release;
            return read_vnnlib(path);
          },
          py::arg("path"))
      .def_static(
          "parse_vnnlib",
          [](const py::object& text) {
            const auto bytes = py::isinstance<py::str>(text) ? py::cast<py::bytes>(text.attr("encode")("utf-8", "surrogateescape"))
                                                             : py::cast<py::bytes>(text);
            const std::string_view view = bytes;
            const py::gil_scoped_release release;
            return parse_vnnlib(view);
          },
          py::arg("text"))
      .def_static("build", &build_property, py::arg("lower"), py::arg("upper"), py::arg("outputs"), py::arg("disjuncts"))
      .def_property_readonly("inputs", [](const Property& p) { return p.inputs; })
      .def_property_readonly("outputs", [](const Property& p) { return p.outputs; })
      .def_property_readonly("disjuncts", [](const Property& p) { return p.unsafe.size(); });

  module.def("verify", &verify_network, py::arg("network"), py::arg("property"), py::kw_only(), py::arg("timeout_s"),
             py::arg("memory_mb"), py::arg("threads"), py::arg("real_only"), py::arg("seed"), py::arg("max_boxes"));
  module.def("instruction_set", [] { return instruction_set(); });
  module.def("set_instruction_set", [](const std::string& name) { set_instruction_set(name); }, py::arg("name"));
  module.def("available_instruction_sets", [] { return available_instruction_sets(); });
  module.def("build_info", [] {
    py::dict info;
    info["version"] = VERIKIT_VERSION;
#if defined(__VERSION__)
    info["compiler"] = __VERSION__;
#endif
    info["cuda"] = false;
    return info;
  });
}

}  // namespace verikit::python
