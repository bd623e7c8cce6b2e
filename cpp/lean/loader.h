// Modules and what they import, into one environment.
//
// Every name of every module is indexed; terms are loaded only for the constants that are reached. After `load_…` the
// environment is complete for checking: constants that were not reached keep loaded = false and belong to no
// declaration.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "lean/environment.h"
#include "lean/olean.h"
#include "lean/readers.h"

namespace verikit::lean {

// The folders of a LEAN_PATH value ("a:b"), in order.
std::vector<std::string> split_search_path(const std::string& lean_path);

struct LoadOptions {
  std::vector<std::string> search_path;  // folders, in order
  bool imports = true;                   // false: files stand alone, whatever they import
  // Modules with one of these digests (OleanModule::digest, lower-case hex) are trusted. Trust is all or nothing:
  // should something reached in a trusted module mention a constant that no trusted module has, then none is trusted.
  std::set<std::string> trusted;
  // Theorems of trusted modules get their values too: needed where axioms are to be recomputed.
  bool trusted_theorem_values = true;
  ReadLimits limits;  // for each module
  std::size_t max_modules = 100'000;
};

struct LoadStats {
  std::size_t modules = 0, constants = 0, loaded_constants = 0, loaded_values = 0;
  std::uint64_t bytes = 0, bytes_read = 0;
};

// Use: add files or modules, then load once or more, then check; the loader may go before the environment is checked.
// Errors: InputError (a file or module that is not there), ExportFormatError (malformed), MemoryLimitError,
// UnsupportedError. After an error the environment is of no use. Thread-safety: none.
class Loader {
 public:
  explicit Loader(Environment& into, LoadOptions options = {});
  ~Loader();
  Loader(const Loader&) = delete;
  Loader& operator=(const Loader&) = delete;

  // Each adds a module with all that it imports, and returns its index in Environment::modules(). A module that is
  // there already is not added again. path: of the .olean; its .server and .private parts are taken from beside it.
  // name: dotted; empty: from the search path where the file lies below it, else the file's name without ".olean".
  std::uint32_t add_file(const std::string& path, const std::string& name = "");
  // Found by the rules of LEAN_PATH: A.B is A/B.olean below the first folder that has A.olean or A/.
  std::uint32_t add_module(const std::string& name);
  // parts: the bytes of the .olean, then of .server and .private where there are any.
  std::uint32_t add_bytes(const std::vector<std::span<const std::uint8_t>>& parts, const std::string& name);
  // Every .olean below a folder, as modules of that folder, in the order of their names.
  std::vector<std::uint32_t> add_folder(const std::string& folder);

  // Loads the constants and all that they reach, and makes declarations of them, in an order in which each mentions
  // only what is before it; where that is impossible (a circle), some declaration mentions what is after it, and is
  // rejected.
  void load(const std::vector<ConstantId>& roots);
  // All constants of the modules but the compiler's own intermediate code, which Lean kept among them before 4.22:
  // unsafe definitions called `_cstage1` or `_cstage2`, which have no meaning for the kernel. Whatever mentions one
  // loads it.
  void load_module(std::uint32_t module);
  void load_modules(const std::vector<std::uint32_t>& modules);
  void load_all();

  // The modules' constants, in the file's order.
  [[nodiscard]] std::vector<ConstantId> constants_of(std::uint32_t module) const;
  // Computes it where it is not known yet (reads the whole module); sets Module::sha256.
  const std::string& digest(std::uint32_t module);
  [[nodiscard]] LoadStats stats() const;

 private:
  struct Source {
    std::unique_ptr<OleanModule> file;
    ConstantId first = 0;  // its constants have consecutive ids
    bool trust_known = false;
  };
  struct Group {
    DeclarationKind kind = DeclarationKind::kAxiom;
    std::vector<ConstantId> constants;
    DeclarationId declaration = kNone;
    bool entered = false;
  };
  struct Visit {
    std::uint32_t id;
    enum What : std::uint8_t { kTerm, kGroup, kFinish } what;
  };

  std::uint32_t add_source(const std::vector<ByteSource>& parts, const std::string& name, const std::string& identity);
  std::uint32_t add_with_imports(std::uint32_t module);
  std::string find_module(NameId name, const std::string& wanted_by) const;
  std::uint32_t open_file(const std::string& path, const std::string& name);

  bool is_compiler_code(ConstantId id);
  void ensure_loaded(ConstantId id);
  void ensure_value(ConstantId id);
  bool wants_value(const Constant& c);
  bool trusted(std::uint32_t module);
  std::uint32_t group_of(ConstantId id);
  std::uint32_t make_group(ConstantId id);
  std::uint32_t inductive_group(ConstantId id);
  std::uint32_t quotient_group(ConstantId id);
  std::uint32_t definition_group(ConstantId id);
  std::uint32_t add_group(DeclarationKind kind, std::vector<ConstantId> constants);
  bool in_block(ConstantId id, ConstantKind kind, const Constant& of) const;
  void walk(const std::vector<ConstantId>& roots);
  void visit_group(std::uint32_t group, std::vector<Visit>& todo);
  void visit_term(TermId term, std::vector<Visit>& todo);
  void mention_records(const Constant& c, std::vector<Visit>& todo);
  void mention(NameId name, std::vector<Visit>& todo);
  bool trust_holds();
  template <class F>
  void each_term(const Constant& c, F&& f) const;

  Environment& env_;
  LoadOptions options_;
  std::vector<Source> sources_;                       // by module - first_module_
  std::map<std::string, std::uint32_t> by_name_;      // module by dotted name
  std::map<std::string, std::uint32_t> by_identity_;  // and by the file itself
  std::uint32_t first_module_ = 0;
  std::vector<std::uint32_t> group_of_;  // by constant
  std::vector<Group> groups_;
  std::vector<bool> seen_terms_;
  std::vector<ConstantId> all_roots_;
  std::uint32_t first_rank_ = 0, next_rank_ = 0;
  bool trust_dropped_ = false;
  std::vector<NameId> nat_literal_, string_literal_, quotients_;  // what a literal rests on; Quot and its own
  NameId eq_ = 0;
};

}  // namespace verikit::lean
