#include "lean/export_builder.h"

#include <algorithm>
#include <utility>

#include "base/excerpt.h"
#include "lean/decimal.h"
#include "lean/rank.h"
#include "lean/utf8.h"

namespace verikit::lean {
namespace {

std::uint32_t add_module(Environment& env, const std::string& file) {
  Module module;
  module.name = file;
  env.modules().push_back(std::move(module));
  return static_cast<std::uint32_t>(env.modules().size() - 1);
}

std::size_t place(const std::vector<NameId>& names, NameId name) {
  return static_cast<std::size_t>(std::find(names.begin(), names.end(), name) - names.begin());
}

bool contains(const std::vector<NameId>& names, NameId name) { return place(names, name) < names.size(); }

}  // namespace

std::uint32_t IndexTable::get_sparse(std::uint64_t index) const {
  const auto found = sparse_.find(index);
  return found == sparse_.end() ? kNone : found->second;
}

void IndexTable::grow(std::uint64_t index) {
  const std::size_t wanted = std::max<std::size_t>({1024, index + 1, dense_.size() * 2});
  dense_.resize(std::max<std::size_t>(std::min(wanted, limit_), index + 1), kNone);
}

ExportBuilder::ExportBuilder(std::span<const std::uint8_t> bytes, const std::string& file, Environment& env,
                             const ReadLimits& limits)
    : begin_(reinterpret_cast<const char*>(bytes.data())),
      end_(begin_ + bytes.size()),
      at_(begin_),
      file_(file),
      env_(env),
      limits_(limits),
      module_(add_module(env, file)),
      names_(bytes.size()),
      levels_(bytes.size()),
      terms_(bytes.size()) {
  names_.set(0, kAnonymous);
  levels_.set(0, kLevelZero);
}

void ExportBuilder::fail_here(ErrorCode code, const std::string& what) const {
  const auto line = at_ == end_ && at_ != begin_ ? std::string("at its end")
                                                 : "line " + std::to_string(1 + std::count(begin_, at_, '\n'));
  fail(code, file_ + ", " + line + ": " + what);
}

void ExportBuilder::undefined(const char* what, std::uint64_t index) const {
  bad(std::string(what) + " " + std::to_string(index) +
      " is used but not defined before; the file is damaged or cut: export it again");
}

void ExportBuilder::twice(const char* what, std::uint64_t index) const {
  bad(std::string(what) + " " + std::to_string(index) +
      " is defined twice; each index may be defined once: export again");
}

void ExportBuilder::too_many_terms() const {
  fail_here(ErrorCode::kMemoryLimit, "more than " + std::to_string(limits_.max_terms) +
                                         " different expressions; raise max_terms or check a part of the file");
}

TermId ExportBuilder::nat_literal(std::string_view digits) {
  if (digits.empty() || !std::all_of(digits.begin(), digits.end(), [](char c) { return c >= '0' && c <= '9'; })) {
    bad("expected a natural number in decimal digits, got " + excerpt(digits));
  }
  if (digits.size() <= 19) {
    std::uint64_t value = 0;
    for (const char c : digits) value = value * 10 + static_cast<std::uint64_t>(c - '0');
    return env_.terms().nat(value);
  }
  if (digits.size() > limits_.max_literal_digits) {
    fail_here(ErrorCode::kMemoryLimit, "a Nat literal of " + std::to_string(digits.size()) + " digits; the limit is " +
                                           std::to_string(limits_.max_literal_digits) + " (max_literal_digits)");
  }
  return env_.terms().nat(parse_digits(digits));
}

// --- declarations ----------------------------------------------------------------------------------------------

ConstantId ExportBuilder::add_constant(Constant c, ConstantKind kind) {
  c.kind = kind;
  c.module = module_;
  return env_.add(std::move(c));
}

void ExportBuilder::add_single(Constant c, ConstantKind kind, DeclarationKind declaration) {
  flush();
  env_.declare(declaration, {add_constant(std::move(c), kind)});
}

void ExportBuilder::add_definition(Constant c) {
  flush_quotients();
  const bool waits = c.safety != Safety::kSafe && c.all.size() > 1 && contains(c.all, c.name);
  if (!definitions_.empty()) {
    const Constant& first = env_.constant(definitions_.front());
    const auto same_name = [&](ConstantId id) { return env_.constant(id).name == c.name; };
    if (!waits || first.safety != c.safety || first.all != c.all ||
        std::any_of(definitions_.begin(), definitions_.end(), same_name)) {
      flush_definitions();
    }
  }
  const std::size_t block = c.all.size();
  definitions_.push_back(add_constant(std::move(c), ConstantKind::kDefinition));
  if (!waits || definitions_.size() == block) flush_definitions();
}

void ExportBuilder::add_quotient(Constant c) {
  flush_definitions();
  quotients_.push_back(add_constant(std::move(c), ConstantKind::kQuotient));
  if (quotients_.size() == 4) flush_quotients();
}

void ExportBuilder::flush() {
  flush_definitions();
  flush_quotients();
}

void ExportBuilder::flush_definitions() {
  if (!definitions_.empty()) env_.declare(DeclarationKind::kDefinition, std::exchange(definitions_, {}));
}

void ExportBuilder::flush_quotients() {
  if (quotients_.empty()) return;
  std::uint32_t kinds = 0;
  for (const ConstantId id : quotients_) kinds |= 1u << static_cast<std::uint32_t>(env_.constant(id).quotient);
  std::vector<ConstantId> group = std::exchange(quotients_, {});
  if (group.size() == 4 && kinds == 0xF) {
    env_.declare(DeclarationKind::kQuotient, std::move(group));
  } else {
    for (const ConstantId id : group) env_.declare(DeclarationKind::kQuotient, {id});
  }
}

ConstantId ExportBuilder::add_type(Constant c, InductiveInfo info) {
  c.info = env_.add(std::move(info));
  return add_constant(std::move(c), ConstantKind::kInductive);
}
ConstantId ExportBuilder::add_constructor(Constant c, ConstructorInfo info) {
  c.info = env_.add(info);
  return add_constant(std::move(c), ConstantKind::kConstructor);
}
ConstantId ExportBuilder::add_recursor(Constant c, RecursorInfo info) {
  c.info = env_.add(std::move(info));
  return add_constant(std::move(c), ConstantKind::kRecursor);
}

void ExportBuilder::declare_block(const Block& block) {
  flush();
  std::vector<ConstantId> all = block.types;
  all.insert(all.end(), block.constructors.begin(), block.constructors.end());
  all.insert(all.end(), block.recursors.begin(), block.recursors.end());
  env_.declare(DeclarationKind::kInductive, std::move(all));
}

// --- blocks whose parts come one by one --------------------------------------------------------------------------

void ExportBuilder::add_loose_type(Constant c, InductiveInfo info) {
  if (!contains(info.all, c.name)) bad("an inductive type that does not list itself among its block's types");
  const NameId name = c.name;
  auto found = block_of_.find(name);
  // A name that is taken, or another list than the block's: a block of its own, which the checker will refuse.
  const bool joins = found != block_of_.end() && !blocks_[found->second].is_declared &&
                     blocks_[found->second].all == info.all && blocks_[found->second].missing_types > 0;
  if (!joins) {
    LooseBlock block;
    block.all = info.all;
    block.missing_types = info.all.size();
    for (const NameId other : info.all) block_of_.emplace(other, blocks_.size());
    block_of_[name] = blocks_.size();
    blocks_.push_back(std::move(block));
    found = block_of_.find(name);
  }
  LooseBlock& block = blocks_[found->second];
  --block.missing_types;
  block.missing_constructors += info.constructors.size();
  block.parts.types.push_back(add_type(std::move(c), std::move(info)));
  if (block.missing_types == 0 && block.missing_constructors == 0) declare_loose(block);
}

ExportBuilder::LooseBlock& ExportBuilder::loose_block(NameId type, const char* of) {
  const auto found = block_of_.find(type);
  if (found == block_of_.end()) {
    bad(std::string(of) + " of " + env_.names().to_string(type) + ", which is no inductive type before it in the file");
  }
  return blocks_[found->second];
}

void ExportBuilder::add_loose_constructor(Constant c, ConstructorInfo info) {
  LooseBlock& block = loose_block(info.inductive, "a constructor");
  const ConstantId id = add_constructor(std::move(c), info);
  if (block.is_declared) {  // one too many
    env_.declaration(block.declaration).constants.push_back(id);
    env_.constant(id).declaration = block.declaration;
    return;
  }
  block.parts.constructors.push_back(id);
  if (block.missing_constructors > 0) --block.missing_constructors;
  if (block.missing_types == 0 && block.missing_constructors == 0) declare_loose(block);
}

void ExportBuilder::add_loose_recursor(Constant c, RecursorInfo info) {
  if (info.all.empty()) bad("a recursor of no inductive type");
  LooseBlock& block = loose_block(info.all.front(), "a recursor");
  const ConstantId id = add_recursor(std::move(c), std::move(info));
  if (block.is_declared) {
    env_.declaration(block.declaration).constants.push_back(id);
    env_.constant(id).declaration = block.declaration;
  } else {
    block.parts.recursors.push_back(id);
  }
}

void ExportBuilder::declare_loose(LooseBlock& block) {
  // In the order of a block that is exported as a whole: types as listed, each type's constructors as it lists them.
  std::map<NameId, std::size_t> type_place, constructor_place;
  for (std::size_t i = 0; i < block.all.size(); ++i) type_place.emplace(block.all[i], i);
  const auto by = [&](const std::map<NameId, std::size_t>& order) {
    return [&](ConstantId a, ConstantId b) {
      const auto rank = [&](ConstantId id) {
        const auto at = order.find(env_.constant(id).name);
        return at == order.end() ? order.size() : at->second;
      };
      return rank(a) < rank(b);
    };
  };
  std::stable_sort(block.parts.types.begin(), block.parts.types.end(), by(type_place));
  for (const ConstantId id : block.parts.types) {
    for (const NameId name : env_.inductive(env_.constant(id)).constructors) {
      constructor_place.emplace(name, constructor_place.size());
    }
  }
  std::stable_sort(block.parts.constructors.begin(), block.parts.constructors.end(), by(constructor_place));
  declare_block(block.parts);
  block.declaration = static_cast<DeclarationId>(env_.num_declarations() - 1);
  block.is_declared = true;
}

void ExportBuilder::require_utf8(std::string_view text) {
  const std::size_t invalid = find_invalid_utf8(text);
  if (invalid == std::string_view::npos) return;
  at(text.data() + invalid);
  bad("expected UTF-8, got " + excerpt(text.substr(invalid, 8)) + " at byte " + std::to_string(invalid));
}

void ExportBuilder::finish(bool complete_blocks) {
  at_ = end_;
  flush();
  for (LooseBlock& block : blocks_) {
    if (block.is_declared) continue;
    if (complete_blocks) {
      fail_here(ErrorCode::kUnsupported,
                "a constructor of " + env_.names().to_string(block.all.front()) +
                    " is missing: this format leaves out what nobody uses, and so cannot be checked; "
                    "export with lean4export 2.0.0 or later");
    }
    declare_loose(block);
  }
  // Blocks that came in parts are declared when they are whole, which may be after what mentions them.
  if (!blocks_.empty()) rank_by_dependency(env_);
}

}  // namespace verikit::lean
