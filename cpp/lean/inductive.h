// A block of inductive types while it is checked: what the file says, what is recomputed, and the comparison of the
// two. Internal to inductive.cpp, constructors.cpp, nested.cpp and recursor.cpp; the interface is check_inductive in
// declarations.h.
//
// Free variables, by level: parameters; motives (one a type); minor premises (one a constructor); from base() on
// whatever is local to one type or constructor: indices, fields, induction hypotheses.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "lean/kernel.h"
#include "lean/term_walks.h"

namespace verikit::lean {


// A field whose type is Π arguments, I parameters indices, with I a type of the block.
struct RecursiveField {
  std::size_t field = 0;          // which one
  std::size_t type = 0;           // index of I in the block
  std::vector<TermId> arguments;  // variables
  std::vector<TermId> indices;
};

struct ConstructorSpec {
  NameId name = 0;          // for an auxiliary type: the constructor that this one is a copy of
  TermId type = kNone;      // nested occurrences replaced
  TermId original = kNone;  // as the file has it; kNone for an auxiliary type's
  // Found when the constructor is checked:
  std::vector<TermId> fields;  // variables
  std::vector<RecursiveField> recursive;
  std::vector<TermId> result;         // arguments of the type in the result: parameters, indices
  bool only_props_or_indices = true;  // every field is a proof or appears in the result
};

struct TypeSpec {
  NameId name = 0;  // a fresh one for an auxiliary type
  TermId type = kNone;
  std::vector<ConstructorSpec> constructors;
  TermId nested = kNone;  // auxiliary: the application it stands for, over nested_params_
  // Found when the type is checked:
  std::vector<TermId> indices;  // variables
  TermId constant = kNone;      // the type at the block's own universe parameters
};

class InductiveBlock {
 public:
  InductiveBlock(Kernel& kernel, DeclarationId id);
  ~InductiveBlock();
  InductiveBlock(const InductiveBlock&) = delete;
  InductiveBlock& operator=(const InductiveBlock&) = delete;
  void check();

 private:
  // inductive.cpp: what follows from the file's records and from syntax alone
  void read_file();
  void read_type(const Constant& type);
  void read_constructor(TypeSpec& spec, const Constant& type, NameId name, std::uint64_t index);
  void check_mentions();
  void check_reserved_names(const Constant& c);
  void check_uniform(const Constant& constructor);
  void remember_names();
  void compare_flags();
  // constructors.cpp: what needs the kernel
  void check_types();
  void check_type(TypeSpec& spec, bool first);
  void check_constructors();
  void check_constructor(std::size_t type, ConstructorSpec& spec);
  void check_positive(TermId domain, std::uint32_t level, const ConstructorSpec& in, std::size_t field);
  std::optional<RecursiveField> recursive_field(TermId domain, std::uint32_t level, std::size_t field);
  bool is_valid_application(TermId t, std::size_t type, std::vector<TermId>& args);
  TermId strip_annotations(TermId t);
  // nested.cpp
  void eliminate_nested();
  bool has_nested(TermId type);
  TermId replace_all_nested(TermId constructor_type);
  TermId replace_nested(TermId t, const std::vector<TermId>& as);
  void copy_block(const Constant& type, TermId head, const std::vector<TermId>& args, const std::vector<TermId>& as);
  TermId strip_parameters(TermId type, const std::vector<TermId>& values);
  TermId apply_auxiliary(NameId name, const std::vector<TermId>& as, const std::vector<TermId>& args, std::size_t from);
  TermId over_nested_params(TermId t, const std::vector<TermId>& as);
  void lay_over_auxiliaries();
  void check_nested();
  TermId restore(TermId t);
  // recursor.cpp
  void compare_recursors();
  bool eliminates_into_any_universe() const;
  bool is_k_target() const;
  void find_recursor_names();
  void make_motives();
  void make_minors();
  TermId constructor_application(std::size_t type, const ConstructorSpec& c);
  void recheck(const Constant& recursor);

  [[nodiscard]] const Constant* find_own(NameId name, ConstantKind kind) const;
  [[nodiscard]] std::string name(NameId id) const { return env_.names().to_string(id); }
  void expect(const Constant& of, const char* what, std::uint64_t said, std::uint64_t computed, Rule rule) const;
  [[nodiscard]] std::uint32_t base() const { return base_; }
  TermId type_of(TermId fvar) { return terms_[fvar].b; }

  Kernel& k_;
  const Environment& env_;
  TermStore& terms_;
  const Declaration& declaration_;
  std::vector<const Constant*> types_, constructors_, recursors_;  // the file's
  FlatMap own_;                                                    // ids of these by name
  std::set<NameId> listed_;                                        // constructors that a type lists
  std::vector<NameId> all_;                                        // names of the types, in order
  std::vector<NameId> lparams_;                                    // of types and constructors
  LevelsId levels_ = kNoLevels;                                    // the same as levels
  std::uint64_t num_params_ = 0;
  bool unsafe_ = false;
  NameId opt_param_, auto_param_, out_param_, semi_out_param_;  // kNone where no file name is

  std::vector<TypeSpec> specs_;  // declared types, then auxiliary ones
  std::size_t num_declared_ = 0;
  std::optional<Mentions> mentions_declared_, mentions_any_, mentions_auxiliary_;
  std::vector<TermId> params_;              // variables
  std::vector<TermId> nested_params_;       // the same before the type annotations are taken off
  std::vector<TermId> nested_over_params_;  // by auxiliary type: `nested` over params_
  LevelId result_level_ = kLevelZero;
  std::uint32_t base_ = 0;
  bool stripped_ = false;  // a type annotation was taken off somewhere

  LevelId elimination_level_ = kLevelZero;
  std::vector<NameId> recursor_lparams_;
  LevelsId recursor_levels_ = kNoLevels;
  bool k_target_ = false;
  std::vector<NameId> recursor_names_;
  std::vector<TermId> motives_, minors_, majors_;
};

// Levels that are zero (never zero is LevelStore's) in every assignment.
bool is_always_zero(const LevelStore& levels, LevelId l);

}  // namespace verikit::lean
