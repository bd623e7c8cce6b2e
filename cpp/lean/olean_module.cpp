// The outer layer of a .olean file: its header, its index, and the constants' records.
#include <algorithm>
#include <cstring>

#include "base/error.h"
#include "lean/olean.h"
#include "lean/sha256.h"

namespace verikit::lean {
namespace {

constexpr const char* kModuleData = "a module's record (imports, names, constants, further names, entries)";
constexpr ConstantKind kKinds[] = {ConstantKind::kAxiom,       ConstantKind::kDefinition, ConstantKind::kTheorem,
                                   ConstantKind::kOpaque,      ConstantKind::kQuotient,   ConstantKind::kInductive,
                                   ConstantKind::kConstructor, ConstantKind::kRecursor};

struct RecordLayout {
  const char* what;
  std::uint8_t pointers, scalars;
  std::uint8_t old_pointers;  // of earlier versions of Lean
};
// By ConstantKind. Earlier: no `all` of definitions, theorems, opaques; isNested instead of numNested.
constexpr RecordLayout kRecords[] = {
    {"an axiom", 1, 1, 1},           {"a definition", 4, 1, 3},        {"a theorem", 3, 0, 2},
    {"an opaque constant", 3, 1, 2}, {"a quotient constant", 1, 1, 1}, {"an inductive type", 6, 3, 5},
    {"a constructor", 5, 1, 5},      {"a recursor", 7, 2, 7}};

std::uint64_t word(const std::uint8_t* p) {
  std::uint64_t w;
  std::memcpy(&w, p, 8);
  return w;
}

}  // namespace

void OleanModule::read_header(std::size_t index) {
  const PrivateBytes::Part& file = bytes_.parts()[index];
  const auto truncated = [&](std::uint64_t needed) {
    if (file.size < needed) {
      bad(file.begin + file.size, "a header of " + std::to_string(needed) + " bytes", "the end of the file");
    }
  };
  truncated(32);
  const std::uint8_t* bytes = bytes_.at(file.begin, 32);
  if (std::memcmp(bytes, "olean", 5) != 0) bad(file.begin, "a file that begins with `olean`", "something else");
  const bool unversioned = std::memcmp(bytes, "oleanfile!!!!!!!", 16) == 0;
  const int version = unversioned ? 0 : bytes[5];
  std::uint64_t base_at = 80;
  bool gmp = true;
  std::string lean_version;
  if (version == 0 && unversioned) {
    base_at = 16;
  } else if (version == 1) {
    base_at = 48;
  } else if (version == 2 || version == 3) {
    truncated(96);
    bytes = bytes_.at(file.begin, 96);
    gmp = (bytes[6] & 1) != 0;
    const char* text = reinterpret_cast<const char*>(bytes) + 7;
    lean_version.assign(text, ::strnlen(text, 33));
  } else {
    fail(ErrorCode::kUnsupported,
         "'" + file.name + "' has version " + std::to_string(version) +
             " of the .olean header; verikit reads 1 to 3 and the form before: export the module with lean4export");
  }
  truncated(base_at + 16);
  const std::uint8_t* words = bytes_.at(file.begin + base_at, 16);
  Part part;
  part.base = word(words);
  part.begin = file.begin;
  part.end = file.begin + file.size;
  part.root = word(words + 8);
  const auto points_inside = [&](std::uint64_t p) { return p % 8 == 0 && p - part.base < file.size; };
  // Before version 2 the root came last at first, then first.
  if (version < 2 && !points_inside(part.root)) part.root = word(bytes_.at(part.end - 8, 8));
  if (part.base % 8 != 0) {
    bad(file.begin + base_at, "a base address that is a multiple of 8", std::to_string(part.base));
  }
  for (const Part& other : parts_) {
    const std::uint64_t gap = part.base - other.base;
    if (gap < other.end - other.begin || other.base - part.base < file.size) {
      bad(file.begin + base_at, "an address range of its own for each part of a module", "ranges that overlap");
    }
  }
  if (index == 0) {
    version_ = version;
    gmp_ = gmp;
    lean_version_ = std::move(lean_version);
  } else if (version != version_ || gmp != gmp_ || lean_version != lean_version_) {
    bad(file.begin, "a part written by the same Lean as '" + bytes_.parts().front().name + "'", "another version");
  }
  parts_.push_back(part);
}

OleanModule::Object OleanModule::read_root() {
  const Object root = object(parts_.back().root, parts_.back().begin, kModuleData);
  if (root.tag != 0 || root.pointers != 5) bad_object(root, kModuleData);
  is_module_ = root.scalar_bytes != 0 && flag(root, 0);
  return root;
}

bool OleanModule::is_module_file(const ByteSource& file, const ReadLimits& limits) {
  Environment unused;
  OleanModule module({file}, unused, limits, HeadersOnly());
  module.read_root();
  return module.is_module();
}

void OleanModule::read_index() {
  const Object root = read_root();
  const auto [imports, import_count] = array(root.field(0), root.at, "an array of imports");
  for (std::uint64_t i = 0; i < import_count; ++i) {
    const Object import = object(element(imports, i), imports, 0, 1, 0, "an import");
    imports_.push_back(name(import.field(0), import.at));
  }
  const auto [names, name_count] = array(root.field(1), root.at, "an array of names");
  const auto [infos, info_count] = array(root.field(2), root.at, "an array of constants");
  if (name_count != info_count) {
    bad(root.at, "as many names as constants",
        std::to_string(name_count) + " names and " + std::to_string(info_count) + " constants");
  }
  constants_.reserve(info_count);
  for (std::uint64_t i = 0; i < info_count; ++i) {
    const Object info = object(element(infos, i), infos, "a constant");
    if (info.tag > 7 || info.pointers != 1) bad_object(info, "a constant");
    const Object value = object(info.field(0), info.at, "a constant's record");
    if (value.tag != 0 || value.pointers == 0) bad_object(value, "a constant's record");
    const Object head = object(value.field(0), value.at, 0, 3, 0, "a constant's name, parameters and type");
    const NameId own = name(head.field(0), head.at);
    // The index of names is the file's word; the constant's own name is what counts.
    const std::uint64_t indexed = element(names, i);
    if (indexed != head.field(0) && name(indexed, names) != own) {
      bad(info.at, "the constant `" + env_.names().to_string(name(indexed, names)) + "`",
          "`" + env_.names().to_string(own) + "`");
    }
    constants_.push_back({own, kKinds[info.tag], info.at});
  }
}

OleanModule::Object OleanModule::constant_value(std::uint64_t at) {
  const Object info = object_at(at, "a constant");
  const RecordLayout& layout = kRecords[info.tag];
  const Object value = object(info.field(0), info.at, layout.what);
  const bool old = value.pointers == layout.old_pointers;
  if (value.tag != 0 || (value.pointers != layout.pointers && !old) || value.scalar_bytes < layout.scalars) {
    bad_object(value, layout.what);
  }
  return value;
}

void OleanModule::load(Constant& c, std::uint64_t at) {
  current_ = c.name;
  const Object value = constant_value(at);
  const Object head = object(value.field(0), value.at, 0, 3, 0, "a constant's name, parameters and type");
  if (name(head.field(0), head.at) != c.name) {
    bad(head.at, "the constant `" + env_.names().to_string(c.name) + "`", "another one");
  }
  c.params = name_list(head.field(1), head.at);
  c.type = term(head.field(2), head.at);
  const auto unsafe = [&](std::uint32_t scalar) { return flag(value, scalar) ? Safety::kUnsafe : Safety::kSafe; };
  const auto all = [&](std::uint32_t field) {
    return value.pointers > field ? name_list(value.field(field), value.at) : std::vector<NameId>{c.name};
  };
  switch (c.kind) {
    case ConstantKind::kAxiom:
      c.safety = unsafe(0);
      break;
    case ConstantKind::kDefinition: {
      if (value.scalars[0] > 2) bad(value.at, "a definition's safety, 0 to 2", std::to_string(value.scalars[0]));
      c.safety = static_cast<Safety>(value.scalars[0]);
      c.all = all(3);
      const std::uint64_t hints = value.field(2);
      if (hints == 1 || hints == 3) {
        c.hints.kind = hints == 1 ? HintKind::kOpaque : HintKind::kAbbreviation;
      } else {
        const Object regular = object(hints, value.at, 2, 0, 4, "a reducibility hint");
        c.hints.kind = HintKind::kRegular;
        std::memcpy(&c.hints.height, regular.scalars, 4);
      }
      break;
    }
    case ConstantKind::kTheorem:
      c.all = all(2);
      break;
    case ConstantKind::kOpaque:
      c.safety = unsafe(0);
      c.all = all(2);
      break;
    case ConstantKind::kQuotient:
      if (value.scalars[0] > 3) bad(value.at, "a kind of quotient constant, 0 to 3", std::to_string(value.scalars[0]));
      c.quotient = static_cast<QuotientKind>(value.scalars[0]);
      break;
    case ConstantKind::kInductive:
      load_inductive(c, value);
      break;
    case ConstantKind::kConstructor:
      load_constructor(c, value);
      break;
    case ConstantKind::kRecursor:
      load_recursor(c, value);
      break;
  }
  c.loaded = true;
  current_ = kNone;
}

void OleanModule::load_inductive(Constant& c, const Object& value) {
  InductiveInfo info;
  info.num_params = count(value.field(1), value.at, "a number of parameters");
  info.num_indices = count(value.field(2), value.at, "a number of indices");
  info.all = name_list(value.field(3), value.at);
  info.constructors = name_list(value.field(4), value.at);
  if (value.pointers == 6) {
    info.num_nested = count(value.field(5), value.at, "a number of nested types");
  } else {
    if (value.scalar_bytes < 4) bad_object(value, "an inductive type");
    info.num_nested = flag(value, 3) ? kUnknownCount : 0;
  }
  info.is_recursive = flag(value, 0);
  c.safety = flag(value, 1) ? Safety::kUnsafe : Safety::kSafe;
  info.is_reflexive = flag(value, 2);
  c.info = env_.add(std::move(info));
}

void OleanModule::load_constructor(Constant& c, const Object& value) {
  ConstructorInfo info;
  info.inductive = name(value.field(1), value.at);
  info.index = count(value.field(2), value.at, "a constructor's index");
  info.num_params = count(value.field(3), value.at, "a number of parameters");
  info.num_fields = count(value.field(4), value.at, "a number of fields");
  c.safety = flag(value, 0) ? Safety::kUnsafe : Safety::kSafe;
  c.info = env_.add(info);
}

void OleanModule::load_recursor(Constant& c, const Object& value) {
  RecursorInfo info;
  info.all = name_list(value.field(1), value.at);
  info.num_params = count(value.field(2), value.at, "a number of parameters");
  info.num_indices = count(value.field(3), value.at, "a number of indices");
  info.num_motives = count(value.field(4), value.at, "a number of motives");
  info.num_minors = count(value.field(5), value.at, "a number of minor premises");
  std::uint64_t pointer = value.field(6), from = value.at;
  while (pointer != 1) {
    const Object cell = object(pointer, from, 1, 2, 0, "a list of a recursor's rules");
    const Object rule = object(cell.field(0), cell.at, 0, 3, 0, "a recursor's rule");
    spend(16);  // also what ends a list that runs in a circle
    info.rules.push_back({name(rule.field(0), rule.at), count(rule.field(1), rule.at, "a number of fields"),
                          term(rule.field(2), rule.at)});
    from = cell.at;
    pointer = cell.field(1);
  }
  info.k = flag(value, 0);
  c.safety = flag(value, 1) ? Safety::kUnsafe : Safety::kSafe;
  c.info = env_.add(std::move(info));
}

void OleanModule::load_value(Constant& c, std::uint64_t at) {
  current_ = c.name;
  const Object value = constant_value(at);
  c.value = term(value.field(1), value.at);
  c.value_loaded = true;
  current_ = kNone;
}

std::string OleanModule::digest() {
  if (!digest_.empty()) return digest_;
  bytes_.complete();
  Sha256 of_parts;
  Digest digest{};
  for (const PrivateBytes::Part& part : bytes_.parts()) {
    Sha256 hash;
    hash.update({bytes_.at(part.begin, part.size), static_cast<std::size_t>(part.size)});
    digest = hash.finish();
    of_parts.update(digest);
  }
  digest_ = to_hex(bytes_.parts().size() == 1 ? digest : of_parts.finish());
  return digest_;
}

}  // namespace verikit::lean
