#include "lean/olean.h"

#include <algorithm>
#include <cstring>

#include "base/error.h"
#include "lean/big_nat.h"
#include "lean/utf8.h"

namespace verikit::lean {
namespace {

// Of objects: constructors have the tags up to kLastConstructor.
constexpr std::uint8_t kLastConstructor = 244, kArray = 246, kString = 249, kBigNat = 250;
constexpr std::uint64_t kObjectHeader = 8, kArrayHeader = 24, kStringHeader = 32, kBigNatHeader = 24;

// Of expressions, in Lean's order.
enum ExprTag : std::uint8_t {
  kExprBVar,
  kExprFVar,
  kExprMVar,
  kExprSort,
  kExprConst,
  kExprApp,
  kExprLambda,
  kExprPi,
  kExprLet,
  kExprLit,
  kExprMData,
  kExprProj
};
struct ExprLayout {
  std::uint8_t pointers, scalars, first_child, last_child;  // scalars: the cached data, then the binder's or let's flag
};
constexpr ExprLayout kExprs[] = {{1, 8, 0, 0}, {1, 8, 0, 0}, {1, 8, 0, 0}, {1, 8, 0, 0}, {2, 8, 0, 0}, {2, 8, 0, 2},
                                 {3, 9, 1, 3}, {3, 9, 1, 3}, {4, 9, 1, 4}, {1, 8, 0, 0}, {2, 8, 1, 2}, {3, 8, 2, 3}};
constexpr const char* kAnExpression = "an expression";

// What the memo holds: 0 nothing, kBusy a term whose parts are being read, else a sort and an id.
constexpr std::uint32_t kBusy = 1, kTermMark = 0x4000'0000, kNameMark = 0x8000'0000, kMarks = 0xC000'0000,
                        kMostTerms = 0x3FFF'FFFF;

std::uint64_t word(const std::uint8_t* p) {
  std::uint64_t w;
  std::memcpy(&w, p, 8);
  return w;
}
std::uint32_t half(const std::uint8_t* p) {
  std::uint32_t w;
  std::memcpy(&w, p, 4);
  return w;
}
bool boxed(std::uint64_t pointer) { return (pointer & 1) != 0; }
std::uint64_t unbox(std::uint64_t pointer) { return pointer >> 1; }

std::string hex(std::uint64_t value) {
  std::string out;
  do {
    out.insert(out.begin(), "0123456789abcdef"[value & 15]);
    value >>= 4;
  } while (value != 0);
  return "0x" + out;
}

}  // namespace

bool is_olean(std::span<const std::uint8_t> bytes) {
  return bytes.size() >= 5 && std::memcmp(bytes.data(), "olean", 5) == 0;
}

std::uint64_t OleanModule::Object::field(std::uint32_t i) const { return word(fields + 8 * i); }

OleanModule::~OleanModule() = default;

OleanModule::OleanModule(const std::vector<ByteSource>& parts, Environment& into, const ReadLimits& limits, HeadersOnly)
    : env_(into), limits_(limits), bytes_(parts, limits.max_bytes) {
  for (std::size_t i = 0; i < parts.size(); ++i) read_header(i);
}

OleanModule::OleanModule(const std::vector<ByteSource>& parts, Environment& into, const ReadLimits& limits)
    : OleanModule(parts, into, limits, HeadersOnly()) {
  work_limit_ = 16 * bytes_.size() + (std::uint64_t{1} << 20);
  try {
    memo_ = ZeroArray(bytes_.size() / 8 + 1);
  } catch (const std::bad_alloc&) {
    fail(ErrorCode::kMemoryLimit,
         "no memory to read the " + std::to_string(bytes_.size()) + " bytes of '" + name() + "'");
  }
  read_index();
}

// --- errors --------------------------------------------------------------------------------------------------------

void OleanModule::bad(std::uint64_t at, const std::string& expected, const std::string& got) const {
  std::string place = "'" + name() + "'";
  for (const PrivateBytes::Part& part : bytes_.parts()) {
    if (at >= part.begin && at - part.begin <= part.size) {
      place = "'" + part.name + "', byte " + std::to_string(at - part.begin);
    }
  }
  if (current_ != kNone) place += ", in `" + env_.names().to_string(current_) + "`";
  fail(ErrorCode::kExportFormat, place + ": expected " + expected + ", got " + got +
                                     ". The file is damaged or not a compiled Lean module: build it again");
}

void OleanModule::bad_object(const Object& o, const std::string& expected) const {
  bad(o.at, expected,
      "an object of tag " + std::to_string(o.tag) + " with " + std::to_string(o.pointers) + " pointers and " +
          std::to_string(o.scalar_bytes) + " further bytes");
}

void OleanModule::spend(std::uint64_t amount) {
  work_ += amount;
  if (work_ > work_limit_) {
    fail(ErrorCode::kMemoryLimit, "'" + name() + "': its shared lists, names and strings unfold to more than " +
                                      std::to_string(work_limit_) + " bytes, 16 times the file's size");
  }
}

// --- objects -------------------------------------------------------------------------------------------------------

const OleanModule::Part& OleanModule::part_of(std::uint64_t at) const {
  for (const Part& part : parts_) {
    if (at >= part.begin && at < part.end) return part;
  }
  fail(ErrorCode::kInternal, "an address outside the parts of '" + name() + "'");
}

// ensures: a multiple of 8 in some part, with an object header's bytes inside it.
std::uint64_t OleanModule::resolve(std::uint64_t pointer, std::uint64_t from, const char* expected) {
  if (boxed(pointer)) bad(from, expected, "the small value " + std::to_string(unbox(pointer)));
  for (const Part& part : parts_) {
    const std::uint64_t offset = pointer - part.base;
    if (offset < part.end - part.begin) {
      if (offset % 8 != 0) {
        bad(from, expected, "a pointer to byte " + std::to_string(offset) + ", which is not aligned");
      }
      if (part.end - part.begin - offset < kObjectHeader) {
        bad(from, expected, "a pointer to the last bytes of the file");
      }
      return part.begin + offset;
    }
  }
  bad(from, expected, "a pointer out of the file, " + hex(pointer));
}

std::uint8_t OleanModule::tag_at(std::uint64_t at, const char* expected) {
  const std::uint8_t* header = bytes_.at(at, kObjectHeader);
  if (half(header) != 0) bad(at, expected, "an object with a reference count, " + std::to_string(half(header)));
  return header[7];
}

OleanModule::Object OleanModule::object_at(std::uint64_t at, const char* expected) {
  const Part& part = part_of(at);
  Object o;
  o.at = at;
  o.tag = tag_at(at, expected);
  if (o.tag > kLastConstructor) bad(at, expected, "an object of tag " + std::to_string(o.tag));
  const std::uint8_t* header = bytes_.at(at, kObjectHeader);
  o.pointers = header[6];
  const std::uint32_t size = header[4] | static_cast<std::uint32_t>(header[5]) << 8;
  const std::uint32_t needed = kObjectHeader + 8u * o.pointers;
  if (size < needed || size > part.end - at) {
    bad(at, expected,
        "an object of " + std::to_string(size) + " bytes with " + std::to_string(o.pointers) + " pointers");
  }
  o.fields = bytes_.at(at, size) + kObjectHeader;
  o.scalars = o.fields + 8u * o.pointers;
  o.scalar_bytes = size - needed;
  return o;
}

OleanModule::Object OleanModule::object(std::uint64_t pointer, std::uint64_t from, const char* expected) {
  return object_at(resolve(pointer, from, expected), expected);
}

OleanModule::Object OleanModule::object(std::uint64_t pointer, std::uint64_t from, int tag, int pointers,
                                        std::uint32_t scalars, const char* expected) {
  const Object o = object(pointer, from, expected);
  if (o.tag != tag || o.pointers != pointers || o.scalar_bytes < scalars) bad_object(o, expected);
  return o;
}

std::pair<std::uint64_t, std::uint64_t> OleanModule::array(std::uint64_t pointer, std::uint64_t from,
                                                           const char* expected) {
  const std::uint64_t at = resolve(pointer, from, expected);
  if (tag_at(at, expected) != kArray) bad(at, expected, "an object of tag " + std::to_string(tag_at(at, expected)));
  const std::uint64_t room = part_of(at).end - at;
  if (room < kArrayHeader) bad(at, expected, "the end of the file");
  const std::uint64_t size = word(bytes_.at(at, kArrayHeader) + 8);
  if (size > (room - kArrayHeader) / 8) {
    bad(at, expected, "an array of " + std::to_string(size) + " elements, beyond the end of the file");
  }
  return {at, size};
}

std::uint64_t OleanModule::element(std::uint64_t array_at, std::uint64_t index) {
  return word(bytes_.at(array_at + kArrayHeader + 8 * index, 8));
}

std::string_view OleanModule::string(std::uint64_t pointer, std::uint64_t from) {
  constexpr const char* kExpected = "a string";
  const std::uint64_t at = resolve(pointer, from, kExpected);
  if (tag_at(at, kExpected) != kString) bad(at, kExpected, "an object of tag " + std::to_string(tag_at(at, kExpected)));
  const std::uint64_t room = part_of(at).end - at;
  if (room <= kStringHeader) bad(at, kExpected, "the end of the file");
  const std::uint64_t size = word(bytes_.at(at, kStringHeader) + 8);  // with the NUL at the end
  if (size == 0 || size > room - kStringHeader) {
    bad(at, kExpected, "one of " + std::to_string(size) + " bytes, beyond the end of the file");
  }
  spend(size);
  const std::string_view text(reinterpret_cast<const char*>(bytes_.at(at + kStringHeader, size)), size);
  if (text.back() != 0) bad(at, kExpected, "one without the NUL at its end");
  if (find_invalid_utf8(text) != std::string_view::npos) bad(at, kExpected, "bytes that are not UTF-8");
  return text.substr(0, size - 1);
}

BigNat OleanModule::big_nat(std::uint64_t at) {
  constexpr const char* kExpected = "a natural number";
  if (tag_at(at, kExpected) != kBigNat) bad(at, kExpected, "an object of tag " + std::to_string(tag_at(at, kExpected)));
  if (!gmp_) {
    fail(ErrorCode::kUnsupported, "'" + name() +
                                      "' has numbers in the form of a Lean built without GMP, which is not read; "
                                      "export it with lean4export, or build it with a released Lean");
  }
  if (part_of(at).end - at < kBigNatHeader) bad(at, kExpected, "the end of the file");
  const std::uint8_t* header = bytes_.at(at, kBigNatHeader);
  const std::uint32_t limbs = half(header + 12);
  if (limbs > 0x7FFF'FFFF) bad(at, kExpected, "a negative number");
  if (limbs == 0) return BigNat(0);
  if (std::uint64_t{limbs} * 64 > limits_.max_literal_digits * 10 / 3 + 64) {
    fail(ErrorCode::kMemoryLimit, "'" + name() + "': a literal of " + std::to_string(std::uint64_t{limbs} * 64) +
                                      " bits, beyond the limit of " + std::to_string(limits_.max_literal_digits) +
                                      " digits");
  }
  const std::uint64_t first = resolve(word(header + 16), at, "a number's digits");
  const std::uint64_t bytes = std::uint64_t{limbs} * 8;
  if (bytes > part_of(first).end - first) {
    bad(at, kExpected, "one of " + std::to_string(bytes) + " bytes, beyond the end of the file");
  }
  spend(bytes);
  const std::uint8_t* digits = bytes_.at(first, bytes);
  BigNat value;
  boost::multiprecision::import_bits(value, digits, digits + bytes, 8, false);
  return value;
}

BigNat OleanModule::natural(std::uint64_t pointer, std::uint64_t from) {
  return boxed(pointer) ? BigNat(unbox(pointer)) : big_nat(resolve(pointer, from, "a natural number"));
}

// A natural that has no business being large; what does not fit in 63 bits is taken for the largest that does.
std::uint64_t OleanModule::count(std::uint64_t pointer, std::uint64_t from, const char* expected) {
  constexpr std::uint64_t kMost = ~std::uint64_t{0} >> 1;
  if (boxed(pointer)) return unbox(pointer);
  const BigNat value = big_nat(resolve(pointer, from, expected));
  return value > kMost ? kMost : static_cast<std::uint64_t>(value);
}

bool OleanModule::flag(const Object& o, std::uint32_t scalar) {
  const std::uint8_t value = o.scalars[scalar];
  if (value > 1) bad(o.at, "a flag, 0 or 1", std::to_string(value));
  return value != 0;
}

// --- names, levels -------------------------------------------------------------------------------------------------

NameId OleanModule::name(std::uint64_t pointer, std::uint64_t from) {
  constexpr const char* kExpected = "a name";
  if (pointer == 1) return kAnonymous;
  const auto known = [&](std::uint64_t at) { return (memo_[at / 8] & kMarks) == kNameMark; };
  std::uint64_t at = resolve(pointer, from, kExpected);
  if (known(at)) return memo_[at / 8] & ~kMarks;
  std::vector<std::uint64_t> chain;  // from the last component back to what is known
  NameId prefix = kAnonymous;
  for (;;) {
    const Object o = object_at(at, kExpected);
    if (o.tag == 0 && o.pointers == 0) break;
    if ((o.tag != 1 && o.tag != 2) || o.pointers != 2) bad_object(o, kExpected);
    chain.push_back(at);
    if (chain.size() > bytes_.size() / 24) bad(at, kExpected, "one that contains itself");
    const std::uint64_t next = o.field(0);
    if (next == 1) break;
    at = resolve(next, at, kExpected);
    if (known(at)) {
      prefix = memo_[at / 8] & ~kMarks;
      break;
    }
  }
  for (std::size_t i = chain.size(); i-- > 0;) {
    const Object o = object_at(chain[i], kExpected);
    spend(1);
    if (o.tag == 1) {
      prefix = env_.names().string(prefix, string(o.field(1), chain[i]));
    } else {
      const BigNat number = natural(o.field(1), chain[i]);
      if (number > ~std::uint64_t{0}) {
        fail(ErrorCode::kUnsupported, "'" + name() + "': a name with a number of 2^64 or more");
      }
      prefix = env_.names().numeral(prefix, static_cast<std::uint64_t>(number));
    }
    memo_[chain[i] / 8] = kNameMark | prefix;
  }
  return prefix;
}

std::vector<NameId> OleanModule::name_list(std::uint64_t pointer, std::uint64_t from) {
  std::vector<NameId> names;
  while (pointer != 1) {
    const Object cell = object(pointer, from, 1, 2, 0, "a list of names");
    spend(4);  // also what ends a list that runs in a circle
    names.push_back(name(cell.field(0), cell.at));
    from = cell.at;
    pointer = cell.field(1);
  }
  return names;
}

LevelId OleanModule::level(std::uint64_t pointer, std::uint64_t from) {
  constexpr const char* kExpected = "a universe level";
  if (pointer == 1) return kLevelZero;
  const std::uint64_t root = resolve(pointer, from, kExpected);
  if (const auto found = levels_.find(root); found != levels_.end()) return found->second;
  LevelStore& store = env_.terms().levels();
  std::vector<std::uint64_t> todo{root};
  while (!todo.empty()) {
    const std::uint64_t at = todo.back();
    const auto [entry, first_visit] = levels_.try_emplace(at, kNone);
    if (!first_visit && entry->second != kNone) {
      todo.pop_back();
      continue;
    }
    const Object o = object_at(at, kExpected);
    constexpr std::uint8_t kPointers[] = {0, 1, 2, 2, 1, 1}, kChildren[] = {0, 1, 2, 2, 0, 0};
    if (o.tag > 5 || o.pointers != kPointers[o.tag]) bad_object(o, kExpected);
    if (o.tag == 5) bad(at, kExpected, "a universe metavariable: the constant is not finished");
    LevelId part[2] = {kLevelZero, kLevelZero};
    bool ready = true;
    for (std::uint8_t i = 0; i < kChildren[o.tag]; ++i) {
      if (o.field(i) == 1) continue;
      const std::uint64_t child = resolve(o.field(i), at, kExpected);
      const auto found = levels_.find(child);
      if (found == levels_.end()) {
        todo.push_back(child);
        ready = false;
      } else if (found->second == kNone) {
        bad(at, kExpected, "one that contains itself");
      } else {
        part[i] = found->second;
      }
    }
    if (!ready) continue;
    spend(8);
    LevelId made = kLevelZero;
    if (o.tag == 1) made = store.succ(part[0]);
    if (o.tag == 2) made = store.max(part[0], part[1]);
    if (o.tag == 3) made = store.imax(part[0], part[1]);
    if (o.tag == 4) made = store.param(name(o.field(0), at));
    levels_[at] = made;
    todo.pop_back();
  }
  return levels_[root];
}

LevelsId OleanModule::level_list(std::uint64_t pointer, std::uint64_t from) {
  if (pointer == 1) return kNoLevels;
  const std::uint64_t head = resolve(pointer, from, "a list of universe levels");
  if (const auto found = level_lists_.find(head); found != level_lists_.end()) return found->second;
  level_buffer_.clear();
  while (pointer != 1) {
    const Object cell = object(pointer, from, 1, 2, 0, "a list of universe levels");
    spend(4);
    level_buffer_.push_back(level(cell.field(0), cell.at));
    from = cell.at;
    pointer = cell.field(1);
  }
  const LevelsId made = env_.terms().levels().list(level_buffer_);
  level_lists_.emplace(head, made);
  return made;
}

// --- terms ---------------------------------------------------------------------------------------------------------

TermId OleanModule::known_term(std::uint64_t at) const {
  const std::uint32_t m = memo_[at / 8];
  return (m & kMarks) == kTermMark ? m & ~kMarks : kNone;
}

// An expression without parts that are expressions.
TermId OleanModule::leaf(const Object& o) {
  constexpr std::uint64_t kLoosest = 0xFFFF'FF00;  // a variable so far out is loose whatever is around it
  TermStore& terms = env_.terms();
  switch (o.tag) {
    case kExprBVar:
      return terms.bvar(static_cast<std::uint32_t>(std::min(count(o.field(0), o.at, "a variable's index"), kLoosest)));
    case kExprSort:
      return terms.sort(level(o.field(0), o.at));
    case kExprConst:
      return terms.constant(name(o.field(0), o.at), level_list(o.field(1), o.at));
    case kExprLit: {
      const Object literal = object(o.field(0), o.at, "a literal");
      if (literal.tag > 1 || literal.pointers != 1) bad_object(literal, "a literal");
      if (literal.tag == 1) return terms.string(string(literal.field(0), literal.at));
      if (boxed(literal.field(0))) return terms.nat(unbox(literal.field(0)));
      return terms.nat(natural(literal.field(0), literal.at));
    }
    case kExprFVar:
      bad(o.at, "an expression without free variables", "a free variable: the constant is not finished");
    default:
      bad(o.at, "an expression without metavariables", "a metavariable: the constant is not finished");
  }
}

TermId OleanModule::term(std::uint64_t pointer, std::uint64_t from) {
  const std::uint64_t root = resolve(pointer, from, kAnExpression);
  if (const TermId known = known_term(root); known != kNone) return known;
  TermStore& terms = env_.terms();
  stack_.assign(1, root);
  while (!stack_.empty()) {
    const std::uint64_t at = stack_.back();
    if (known_term(at) != kNone) {  // met again while it waited
      stack_.pop_back();
      continue;
    }
    const Object o = object_at(at, kAnExpression);
    if (o.tag > kExprProj || o.pointers != kExprs[o.tag].pointers || o.scalar_bytes < kExprs[o.tag].scalars) {
      bad_object(o, kAnExpression);
    }
    const ExprLayout& layout = kExprs[o.tag];
    TermId part[4] = {0, 0, 0, 0};
    bool ready = true;
    memo_[at / 8] = kBusy;
    for (std::uint8_t i = layout.first_child; i < layout.last_child; ++i) {
      const std::uint64_t child = resolve(o.field(i), at, kAnExpression);
      part[i] = known_term(child);
      if (part[i] != kNone) continue;
      if (memo_[child / 8] == kBusy) bad(at, kAnExpression, "one that contains itself");
      stack_.push_back(child);
      ready = false;
    }
    if (!ready) continue;
    TermId made = kNone;
    switch (o.tag) {
      case kExprApp:
        made = terms.app(part[0], part[1]);
        break;
      case kExprLambda:
      case kExprPi: {
        if (o.scalars[8] > 3) bad(at, "a kind of binder, 0 to 3", std::to_string(o.scalars[8]));
        const std::uint32_t binder = terms.binder(name(o.field(0), at), static_cast<BinderInfo>(o.scalars[8]));
        made = o.tag == kExprLambda ? terms.lambda(part[1], part[2], binder) : terms.pi(part[1], part[2], binder);
        break;
      }
      case kExprLet:
        made = terms.let(part[1], part[2], part[3], name(o.field(0), at));
        break;
      case kExprMData:
        made = part[1];
        break;
      case kExprProj: {
        constexpr std::uint64_t kBeyond = 0xFFFF'FFFF;  // no structure has such a field
        const std::uint64_t index = std::min(count(o.field(1), at, "a field's index"), kBeyond);
        made = terms.proj(name(o.field(0), at), static_cast<std::uint32_t>(index), part[2]);
        break;
      }
      default:
        made = leaf(o);
    }
    if (made > std::min(limits_.max_terms, kMostTerms)) {
      fail(ErrorCode::kMemoryLimit,
           "'" + name() + "': more than " + std::to_string(limits_.max_terms) + " terms in one environment");
    }
    memo_[at / 8] = kTermMark | made;
    stack_.pop_back();
  }
  return known_term(root);
}

}  // namespace verikit::lean
