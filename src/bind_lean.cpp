#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <memory>
#include <mutex>
#include <numeric>
#include <optional>
#include <shared_mutex>
#include <string>
#include <vector>

#include "base/error.h"
#include "bindings.h"
#include "interruptible.h"
#include "lean/check.h"
#include "lean/environment.h"
#include "lean/loader.h"
#include "lean/match.h"
#include "lean/print.h"
#include "lean/proof.h"
#include "lean/readers.h"
#include "lean/write_ndjson.h"

namespace verikit::python {
namespace py = pybind11;
using namespace verikit::lean;
namespace {

const char* status_name(CheckStatus status) {
  if (status == CheckStatus::kAccepted) return "accepted";
  return status == CheckStatus::kRejected ? "rejected" : "declined";
}

const char* kind_word(ConstantKind kind) {
  static constexpr const char* kWords[] = {"axiom",    "definition", "theorem",     "opaque",
                                           "quotient", "inductive",  "constructor", "recursor"};
  return kWords[static_cast<std::size_t>(kind)];
}

const char* safety_word(Safety safety) {
  if (safety == Safety::kSafe) return "safe";
  return safety == Safety::kPartial ? "partial" : "unsafe";
}

const char* format_word(ExportFormat format) {
  if (format == ExportFormat::kNdjson) return "lean4export-ndjson";
  return format == ExportFormat::kText ? "lean4export-text" : "olean";
}

std::span<const std::uint8_t> bytes_of(const py::bytes& data) {
  const std::string_view view = data;
  return {reinterpret_cast<const std::uint8_t*>(view.data()), view.size()};
}

// An environment with what it was read from. Reading more of it is exclusive, everything else is shared.
class NativeEnvironment {
 public:
  Environment env;
  std::unique_ptr<Loader> loader;      // .olean files only
  std::vector<std::uint32_t> targets;  // the modules that were asked for
  std::string format;
  mutable std::shared_mutex mutex;

  // Loads the constants and all that they reach, where they are not there yet.
  void ensure(const std::vector<ConstantId>& ids) {
    if (!loader) return;
    const std::unique_lock<std::shared_mutex> lock(mutex);
    loader->load(ids);
  }
  void ensure_names(const std::vector<std::string>& names) {
    std::vector<ConstantId> ids;
    for (const std::string& name : names) {
      const ConstantId id = env.find(std::string_view(name));
      if (id != kNone) ids.push_back(id);
    }
    ensure(ids);
  }
  void ensure_targets() {
    if (!loader) return;
    const std::unique_lock<std::shared_mutex> lock(mutex);
    loader->load_modules(targets);
    for (const std::uint32_t m : targets) env.modules()[m].trusted = false;  // what is asked for is never taken on trust
  }
  [[nodiscard]] bool is_target(std::uint32_t module) const {
    return std::find(targets.begin(), targets.end(), module) != targets.end();
  }
  // All declarations, or those of the modules that were asked for.
  [[nodiscard]] std::vector<DeclarationId> declarations(bool targets_only) const {
    std::vector<DeclarationId> ids;
    for (DeclarationId id = 0; id < env.num_declarations(); ++id) {
      const auto& constants = env.declaration(id).constants;
      const bool wanted = !targets_only || !loader || std::any_of(constants.begin(), constants.end(), [&](ConstantId c) {
        return is_target(env.constant(c).module);
      });
      if (wanted) ids.push_back(id);
    }
    return ids;
  }
  [[nodiscard]] std::string name_of(ConstantId id) const { return env.names().to_string(env.constant(id).name); }
  [[nodiscard]] ConstantId require(ConstantId id) const {
    if (id >= env.num_constants()) fail(ErrorCode::kInput, "there is no constant with number " + std::to_string(id));
    return id;
  }
};
using EnvironmentPointer = std::shared_ptr<NativeEnvironment>;

EnvironmentPointer parse_export(const py::bytes& data, const std::string& name, const py::object& progress) {
  const auto result = std::make_shared<NativeEnvironment>();
  const std::span<const std::uint8_t> bytes = bytes_of(data);
  run_interruptibly(
      [&](Progress&) {
        const ExportFormat format = detect_format(bytes);
        result->format = format_word(format);
        if (format == ExportFormat::kNdjson) {
          read_ndjson(bytes, name, result->env);
        } else if (format == ExportFormat::kText) {
          read_text(bytes, name, result->env);
        } else {
          LoadOptions options;
          options.imports = false;
          result->loader = std::make_unique<Loader>(result->env, options);
          result->targets = {result->loader->add_bytes({bytes}, name)};
          result->ensure_targets();
        }
      },
      progress);
  return result;
}

EnvironmentPointer open_modules(const std::vector<std::string>& files, const std::vector<std::string>& folders,
                                const std::vector<std::string>& modules, const std::vector<std::string>& search_path,
                                bool imports, const std::vector<std::string>& trusted, const py::object& progress) {
  const auto result = std::make_shared<NativeEnvironment>();
  result->format = format_word(ExportFormat::kOlean);
  run_interruptibly(
      [&](Progress&) {
        LoadOptions options;
        options.search_path = search_path;
        options.imports = imports;
        options.trusted = {trusted.begin(), trusted.end()};
        result->loader = std::make_unique<Loader>(result->env, options);
        for (const std::string& file : files) result->targets.push_back(result->loader->add_file(file));
        for (const std::string& folder : folders) {
          const auto added = result->loader->add_folder(folder);
          result->targets.insert(result->targets.end(), added.begin(), added.end());
        }
        for (const std::string& module : modules) result->targets.push_back(result->loader->add_module(module));
      },
      progress);
  return result;
}

// --- checks -------------------------------------------------------------------------------------------------

struct PyLimits {
  int threads;
  double timeout_s;
  std::uint64_t max_steps;
  std::uint32_t max_depth;
  double memory_mb;
};

CheckOptions to_options(const PyLimits& limits, Progress& progress) {
  CheckOptions options;
  options.threads = limits.threads;
  options.limits.timeout_s = limits.timeout_s;
  options.limits.max_steps = limits.max_steps;
  options.limits.max_depth = limits.max_depth;
  options.limits.max_bytes = static_cast<std::uint64_t>(limits.memory_mb * 1048576.0);
  options.limits.cancelled = &progress.cancelled;
  options.progress = [&progress](std::size_t done, std::size_t total) {
    progress.done = done;
    progress.total = total;
    return !progress.cancelled.load();
  };
  return options;
}

py::dict to_dict(const Report& report, std::size_t max_findings) {
  py::dict result;
  py::list findings;
  std::size_t rejected = 0, declined = 0;
  for (const Finding& f : report.findings) {
    const bool is_rejection = f.status == CheckStatus::kRejected;
    (is_rejection ? rejected : declined) += 1;
    if (findings.size() >= max_findings) continue;
    findings.append(py::make_tuple(f.name, status_name(f.status), is_rejection ? rule_name(f.rule) : decline_name(f.reason),
                                   f.detail));
  }
  result["status"] = status_name(report.status);
  result["findings"] = findings;
  result["rejected"] = rejected;
  result["declined"] = declined;
  result["declarations"] = report.declarations;
  result["checked"] = report.checked;
  result["trusted"] = report.trusted;
  result["constants"] = report.constants;
  result["terms"] = report.terms;
  result["steps"] = report.steps;
  result["store_bytes"] = report.store_bytes;
  result["peak_thread_bytes"] = report.peak_thread_bytes;
  result["time_s"] = report.time_s;
  return result;
}

py::dict to_dict(const MatchResult& match) {
  py::dict result;
  result["matches"] = match.matches;
  result["rule"] = match.rule == Rule::kCount ? py::object(py::none()) : py::cast(rule_name(match.rule));
  result["constant"] = match.constant;
  result["detail"] = match.detail;
  result["reference_at_fault"] = match.reference_at_fault;
  result["axioms"] = match.axioms;
  return result;
}

std::vector<ConstantId> loaded_axioms(const Environment& env) {
  std::vector<ConstantId> axioms;
  for (ConstantId id = 0; id < env.num_constants(); ++id) {
    const Constant& c = env.constant(id);
    if (c.kind == ConstantKind::kAxiom && c.loaded && c.declaration != kNone) axioms.push_back(id);
  }
  return axioms;
}

py::dict check(const EnvironmentPointer& self, bool targets_only, const std::optional<std::vector<std::string>>& allowed_axioms,
               const PyLimits& limits, std::size_t max_findings, const py::object& progress) {
  Report report;
  MatchResult axioms;
  axioms.matches = true;
  run_interruptibly(
      [&](Progress& state) {
        self->ensure_targets();
        const std::shared_lock<std::shared_mutex> lock(self->mutex);
        report = check_declarations(self->env, self->declarations(targets_only), to_options(limits, state));
        const std::vector<ConstantId> used = loaded_axioms(self->env);
        if (allowed_axioms) {
          axioms = match_axioms(nullptr, self->env, used, *allowed_axioms);
        } else {
          for (const ConstantId id : used) axioms.axioms.push_back(self->name_of(id));
          std::sort(axioms.axioms.begin(), axioms.axioms.end());
        }
      },
      progress);
  py::dict result = to_dict(report, max_findings);
  result["axioms"] = to_dict(axioms);
  return result;
}

py::dict verify(const EnvironmentPointer& reference, const EnvironmentPointer& candidate, const std::string& theorem,
                const std::vector<std::string>& allowed_axioms, const PyLimits& limits, std::size_t max_findings,
                const py::object& progress) {
  ProofReport report;
  run_interruptibly(
      [&](Progress& state) {
        // Of the reference: the statement and the axioms that may be used, with what they rest on.
        std::vector<std::string> names = allowed_axioms;
        names.push_back(theorem);
        reference->ensure_names(names);
        candidate->ensure_targets();
        const ConstantId target = candidate->env.find(std::string_view(theorem));
        if (target != kNone) candidate->ensure({target});
        const std::shared_lock<std::shared_mutex> lock(reference->mutex);
        std::shared_lock<std::shared_mutex> other;
        if (reference != candidate) other = std::shared_lock<std::shared_mutex>(candidate->mutex);
        report = verify_proof(reference->env, candidate->env, theorem, allowed_axioms, candidate->declarations(false),
                              to_options(limits, state));
      },
      progress);
  py::dict result = to_dict(report.check, max_findings);
  result["status"] = status_name(report.status);
  result["match"] = to_dict(report.match);
  result["was_checked"] = report.checked;
  result["reason"] = report.reason == Decline::kCount ? py::object(py::none()) : py::cast(decline_name(report.reason));
  result["detail"] = report.detail;
  return result;
}

// --- looking into an environment ------------------------------------------------------------------------------

std::string print(const Environment& env, TermId term, std::size_t max_length, bool universes) {
  PrintOptions options;
  options.max_length = max_length;
  options.universes = universes;
  return to_string(env.terms(), term, options);
}

py::dict describe(NativeEnvironment& self, ConstantId id, std::size_t max_length, bool universes) {
  std::string name, type, module;
  std::optional<std::string> value;
  std::vector<std::string> params;
  Constant c;
  {
    const py::gil_scoped_release release;
    self.ensure({self.require(id)});
    const std::shared_lock<std::shared_mutex> lock(self.mutex);
    c = self.env.constant(id);
    name = self.name_of(id);
    if (c.type != kNone) type = print(self.env, c.type, max_length, universes);
    if (c.value != kNone) value = print(self.env, c.value, max_length, universes);
    for (const NameId param : c.params) params.push_back(self.env.names().to_string(param));
    if (c.module < self.env.modules().size()) module = self.env.modules()[c.module].name;
  }
  py::dict result;
  result["name"] = name;
  result["kind"] = kind_word(c.kind);
  result["safety"] = safety_word(c.safety);
  result["universes"] = params;
  result["type"] = type;
  result["value"] = value;
  result["module"] = module;
  return result;
}

std::vector<std::string> constant_names(const NativeEnvironment& self) {
  const py::gil_scoped_release release;
  const std::shared_lock<std::shared_mutex> lock(self.mutex);
  std::vector<std::string> names;
  names.reserve(self.env.num_constants());
  for (ConstantId id = 0; id < self.env.num_constants(); ++id) names.push_back(self.name_of(id));
  return names;
}

std::optional<ConstantId> find(const NativeEnvironment& self, const std::string& name) {
  const ConstantId id = self.env.find(std::string_view(name));
  return id == kNone ? std::nullopt : std::optional<ConstantId>(id);
}

std::vector<std::string> axiom_names(NativeEnvironment& self, ConstantId id) {
  const py::gil_scoped_release release;
  self.ensure({self.require(id)});
  const std::shared_lock<std::shared_mutex> lock(self.mutex);
  std::vector<std::string> names;
  for (const ConstantId axiom : axioms_of(self.env, id)) names.push_back(self.name_of(axiom));
  return names;
}

std::vector<ConstantId> dependency_ids(NativeEnvironment& self, const std::vector<ConstantId>& roots, bool proofs) {
  const py::gil_scoped_release release;
  for (const ConstantId id : roots) (void)self.require(id);
  self.ensure(roots);
  const std::shared_lock<std::shared_mutex> lock(self.mutex);
  return dependencies(self.env, roots, proofs);
}

std::vector<std::pair<ConstantId, ConstantId>> edges(NativeEnvironment& self, const std::vector<ConstantId>& roots, bool proofs) {
  const py::gil_scoped_release release;
  for (const ConstantId id : roots) (void)self.require(id);
  self.ensure(roots);
  const std::shared_lock<std::shared_mutex> lock(self.mutex);
  return dependency_edges(self.env, roots, proofs);
}

// Writes the declarations of `roots` and of all that they reach, or everything, through write(memoryview): on this thread,
// which has the lock only for those calls.
std::uint64_t export_ndjson(NativeEnvironment& self, const std::optional<std::vector<ConstantId>>& roots,
                            const std::string& version, const py::object& write) {
  run_interruptibly(
      [&](Progress&) {
        if (roots) {
          for (const ConstantId id : *roots) (void)self.require(id);
          self.ensure(*roots);
        } else {
          self.ensure_targets();
        }
      },
      py::none());
  std::uint64_t written = 0;
  const py::gil_scoped_release release;
  const std::shared_lock<std::shared_mutex> lock(self.mutex);
  const std::vector<DeclarationId> ids = roots ? declarations_reached(self.env, *roots) : self.declarations(false);
  write_ndjson(self.env, ids, version, [&](std::string_view piece) {
    const py::gil_scoped_acquire acquire;
    if (PyErr_CheckSignals() != 0) throw py::error_already_set();
    write(py::memoryview(py::bytes(piece.data(), piece.size())));
    written += piece.size();
  });
  return written;
}

py::list modules(NativeEnvironment& self, bool digests) {
  {
    const py::gil_scoped_release release;
    if (digests && self.loader) {
      const std::unique_lock<std::shared_mutex> lock(self.mutex);
      for (std::uint32_t m = 0; m < self.env.modules().size(); ++m) self.loader->digest(m);
    }
  }
  py::list result;
  const std::shared_lock<std::shared_mutex> lock(self.mutex);
  for (std::uint32_t m = 0; m < self.env.modules().size(); ++m) {
    const Module& module = self.env.modules()[m];
    result.append(py::make_tuple(module.name, module.path, module.sha256, module.trusted, self.is_target(m)));
  }
  return result;
}

std::vector<std::string> target_digests(NativeEnvironment& self) {
  const py::gil_scoped_release release;
  const std::unique_lock<std::shared_mutex> lock(self.mutex);
  std::vector<std::string> digests;
  if (!self.loader) return digests;
  for (const std::uint32_t m : self.targets) digests.push_back(self.loader->digest(m));
  return digests;
}

}  // namespace

void bind_lean(py::module_& module) {
  py::class_<PyLimits>(module, "LeanLimits")
      .def(py::init([](int threads, double timeout_s, std::uint64_t max_steps, std::uint32_t max_depth, double memory_mb) {
             return PyLimits{threads, timeout_s, max_steps, max_depth, memory_mb};
           }),
           py::kw_only(), py::arg("threads"), py::arg("timeout_s"), py::arg("max_steps"), py::arg("max_depth"),
           py::arg("memory_mb"));
  py::class_<NativeEnvironment, EnvironmentPointer>(module, "NativeEnvironment")
      .def_static("parse", &parse_export, py::arg("data"), py::arg("name"), py::arg("progress") = py::none())
      .def_static("open", &open_modules, py::kw_only(), py::arg("files"), py::arg("folders"), py::arg("modules"),
                  py::arg("search_path"), py::arg("imports"), py::arg("trusted"), py::arg("progress") = py::none())
      .def_property_readonly("format", [](const NativeEnvironment& e) { return e.format; })
      .def_property_readonly("num_constants", [](const NativeEnvironment& e) { return e.env.num_constants(); })
      .def("target_digests", &target_digests)
      .def("names", &constant_names)
      .def("load_names", &NativeEnvironment::ensure_names, py::arg("names"), py::call_guard<py::gil_scoped_release>())
      .def("find", &find, py::arg("name"))
      .def("kind",
           [](const NativeEnvironment& e, ConstantId id) { return kind_word(e.env.constant(e.require(id)).kind); }, py::arg("id"))
      .def("describe", &describe, py::arg("id"), py::kw_only(), py::arg("max_length"), py::arg("universes"))
      .def("axioms", &axiom_names, py::arg("id"))
      .def("dependencies", &dependency_ids, py::arg("roots"), py::kw_only(), py::arg("proofs"))
      .def("edges", &edges, py::arg("roots"), py::kw_only(), py::arg("proofs"))
      .def("export_ndjson", &export_ndjson, py::arg("roots"), py::kw_only(), py::arg("version"), py::arg("write"))
      .def("modules", &modules, py::kw_only(), py::arg("digests"))
      .def("check", &check, py::kw_only(), py::arg("targets_only"), py::arg("allowed_axioms"), py::arg("limits"),
           py::arg("max_findings"), py::arg("progress") = py::none())
      .def_static("verify", &verify, py::arg("reference"), py::arg("candidate"), py::kw_only(), py::arg("theorem"),
                  py::arg("allowed_axioms"), py::arg("limits"), py::arg("max_findings"), py::arg("progress") = py::none());
  module.def(
      "is_olean", [](const py::bytes& data) { return is_olean(bytes_of(data)); }, py::arg("data"),
      "Whether a file that begins like this is a .olean.");
}

}  // namespace verikit::python
