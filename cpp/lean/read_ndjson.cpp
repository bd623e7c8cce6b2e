// lean4export NDJSON. Two readers of a line: a fast one that knows the lines nearly every file consists of, byte for
// byte as the exporter writes them, and gives up on the first byte that differs; and one for any JSON object, that
// decides.
//
// Keys that the format does not have are ignored inside an object that has all it needs, as the exporter's own parser
// does; at the top level, where a key says what the line is, they are errors. A repeated key is an error.
#include <algorithm>
#include <array>
#include <cstring>
#include <initializer_list>

#include "base/excerpt.h"
#include "lean/export_builder.h"
#include "lean/json_line.h"

namespace verikit::lean {
namespace {

// No fast line is longer, strings and lists apart, which look for the end themselves: so much must be left of the file.
constexpr std::ptrdiff_t kFastMargin = 512;

template <std::size_t N>
bool literal(const char*& p, const char (&text)[N]) {
  if (std::memcmp(p, text, N - 1) != 0) return false;
  p += N - 1;
  return true;
}

// At most nine digits, no leading zero; what is longer or odd is the other reader's.
bool small_number(const char*& p, std::uint32_t& value) {
  std::uint32_t digit = static_cast<unsigned char>(*p) - '0';
  if (digit > 9) return false;
  value = digit;
  const char* const begin = p++;
  while ((digit = static_cast<unsigned char>(*p) - '0') <= 9) {
    value = value * 10 + digit;
    if (++p - begin > 9) return false;
  }
  return p - begin == 1 || *begin != '0';
}

bool binder_info(const char*& p, BinderInfo& info) {
  switch (*p) {
    case 'd': info = BinderInfo::kDefault; return literal(p, "default\"");
    case 's': info = BinderInfo::kStrictImplicit; return literal(p, "strictImplicit\"");
    case 'i':
      if (p[1] == 'm') {
        info = BinderInfo::kImplicit;
        return literal(p, "implicit\"");
      }
      info = BinderInfo::kInstImplicit;
      return literal(p, "instImplicit\"");
    default: return false;
  }
}

class NdjsonReader {
 public:
  NdjsonReader(std::span<const std::uint8_t> bytes, const std::string& file, Environment& env, const ReadLimits& limits)
      : build_(bytes, file, env, limits),
        env_(env),
        terms_(env.terms()),
        text_(reinterpret_cast<const char*>(bytes.data()), bytes.size()) {}

  void read() {
    build_.require_utf8(text_);
    if (terms_.size() == 0) terms_.reserve(std::min<std::size_t>(text_.size() / 64, build_.limits().max_terms));
    const char* p = text_.data();
    const char* const end = p + text_.size();
    while (p != end) {
      build_.at(p);
      if (end - p >= kFastMargin && has_meta_ && fast_line(p, end)) continue;
      const auto* newline = static_cast<const char*>(std::memchr(p, '\n', static_cast<std::size_t>(end - p)));
      const char* const stop = newline ? newline : end;
      any_line({p, static_cast<std::size_t>(stop - p)});
      p = newline ? newline + 1 : end;
    }
    if (!has_meta_) build_.bad("expected an export that begins with a \"meta\" line, got an empty file");
    build_.finish(false);
  }

 private:
  // --- lines as the exporter writes them. Each: true and `p` behind the line, or false and nothing has happened. -----

  bool fast_line(const char*& p, const char* end) {
    const char* q = p;
    if (q[0] != '{' || q[1] != '"') return false;
    q += 2;
    bool done = false;
    switch (*q) {
      case 'a': done = fast_app(q); break;
      case 'i': done = q[1] == 'e' ? fast_indexed_term(q) : q[1] == 'n' && fast_name(q, end); break;
      case 'f': done = literal(q, "forallE\":") && fast_pi(q); break;
      case 'c': done = fast_constant(q, end); break;
      default: break;
    }
    if (done) p = q;
    return done;
  }

  bool fast_app(const char*& q) {
    std::uint32_t arg, fn, index;
    if (!literal(q, "app\":{\"arg\":") || !small_number(q, arg) || !literal(q, ",\"fn\":") || !small_number(q, fn) ||
        !literal(q, "},\"ie\":") || !small_number(q, index) || !literal(q, "}\n")) {
      return false;
    }
    const TermId function = build_.term(fn);
    build_.define_term(index, terms_.app(function, build_.term(arg)));
    return true;
  }

  struct FastBinder {
    BinderInfo info = BinderInfo::kDefault;
    std::uint32_t body = 0, name = 0, type = 0;
  };
  static bool fast_binder(const char*& q, FastBinder& b) {
    return literal(q, "{\"binderInfo\":\"") && binder_info(q, b.info) && literal(q, ",\"body\":") &&
           small_number(q, b.body) && literal(q, ",\"name\":") && small_number(q, b.name) && literal(q, ",\"type\":") &&
           small_number(q, b.type) && literal(q, "}");
  }
  bool fast_pi(const char*& q) {
    FastBinder b;
    std::uint32_t index;
    if (!fast_binder(q, b) || !literal(q, ",\"ie\":") || !small_number(q, index) || !literal(q, "}\n")) return false;
    const TermId type = build_.term(b.type);
    const TermId body = build_.term(b.body);
    build_.define_term(index, terms_.pi(type, body, terms_.binder(build_.name(b.name), b.info)));
    return true;
  }

  bool fast_indexed_term(const char*& q) {
    std::uint32_t index;
    if (!literal(q, "ie\":") || !small_number(q, index) || !literal(q, ",\"")) return false;
    if (*q == 'l') {
      FastBinder b;
      if (!literal(q, "lam\":") || !fast_binder(q, b) || !literal(q, "}\n")) return false;
      const TermId type = build_.term(b.type);
      const TermId body = build_.term(b.body);
      build_.define_term(index, terms_.lambda(type, body, terms_.binder(build_.name(b.name), b.info)));
      return true;
    }
    std::uint32_t field, structure, name;
    if (!literal(q, "proj\":{\"idx\":") || !small_number(q, field) || !literal(q, ",\"struct\":") ||
        !small_number(q, structure) || !literal(q, ",\"typeName\":") || !small_number(q, name) || !literal(q, "}}\n")) {
      return false;
    }
    const NameId type_name = build_.name(name);
    build_.define_term(index, terms_.proj(type_name, field, build_.term(structure)));
    return true;
  }

  bool fast_name(const char*& q, const char* end) {
    std::uint32_t index, prefix;
    if (!literal(q, "in\":") || !small_number(q, index) || !literal(q, ",\"")) return false;
    if (*q == 'n') {
      std::uint32_t number;
      if (!literal(q, "num\":{\"i\":") || !small_number(q, number) || !literal(q, ",\"pre\":") ||
          !small_number(q, prefix) || !literal(q, "}}\n")) {
        return false;
      }
      build_.define_name(index, env_.names().numeral(build_.name(prefix), number));
      return true;
    }
    if (!literal(q, "str\":{\"pre\":") || !small_number(q, prefix) || !literal(q, ",\"str\":\"")) return false;
    const char* const begin = q;
    while (q != end && *q != '"' && *q != '\\' && static_cast<unsigned char>(*q) >= 0x20) ++q;
    const char* const stop = q;
    if (end - q < 4 || !literal(q, "\"}}\n")) return false;
    build_.define_name(index,
                       env_.names().string(build_.name(prefix), {begin, static_cast<std::size_t>(stop - begin)}));
    return true;
  }

  bool fast_constant(const char*& q, const char* end) {
    std::uint32_t name, index;
    if (!literal(q, "const\":{\"name\":") || !small_number(q, name) || !literal(q, ",\"us\":[")) return false;
    indices_.clear();
    if (*q == ']') {
      ++q;
    } else {
      for (;;) {
        std::uint32_t level;
        if (end - q < kFastMargin / 2 || !small_number(q, level)) return false;
        indices_.push_back(level);
        const char c = *q++;
        if (c == ']') break;
        if (c != ',') return false;
      }
    }
    if (!literal(q, "},\"ie\":") || !small_number(q, index) || !literal(q, "}\n")) return false;
    level_list_.clear();
    for (const std::uint32_t i : indices_) level_list_.push_back(build_.level(i));
    const NameId constant_name = build_.name(name);
    build_.define_term(index, terms_.constant(constant_name, env_.terms().levels().list(level_list_)));
    return true;
  }

  // --- any line ----------------------------------------------------------------------------------------------------

  using Type = JsonToken::Type;
  // A value of the line, and what it is called in messages.
  struct Value {
    std::uint32_t at = kNone;
    const char* what = "";
  };

  [[noreturn]] void expected(const char* what, const char* where, std::uint32_t got) const {
    const JsonToken& token = json_[got];
    build_.bad("expected " + std::string(what) + " at \"" + where + "\", got " +
               excerpt(line_.substr(token.begin, 40)));
  }
  void require(Value v, Type type, const char* what) const {
    if (json_[v.at].type != type) expected(what, v.what, v.at);
  }
  std::uint64_t natural(Value v) const {
    std::uint64_t value = 0;
    if (!json_.natural(v.at, value)) expected("a natural number below 2^64", v.what, v.at);
    return value;
  }
  std::uint32_t natural32(Value v) const {
    const std::uint64_t value = natural(v);
    if (value > 0xFFFFFFFF) {
      build_.fail_here(ErrorCode::kMemoryLimit, "the number at \"" + std::string(v.what) + "\" is " +
                                                    std::to_string(value) + "; the limit is 2^32 - 1");
    }
    return static_cast<std::uint32_t>(value);
  }
  bool boolean(Value v) const {
    const Type type = json_[v.at].type;
    if (type != Type::kTrue && type != Type::kFalse) expected("true or false", v.what, v.at);
    return type == Type::kTrue;
  }
  // The view lives until the next string with escapes is read.
  std::string_view string(Value v) {
    require(v, Type::kString, "a string");
    return json_.text(v.at);
  }
  NameId name(Value v) const { return build_.name(natural(v)); }
  LevelId level(Value v) const { return build_.level(natural(v)); }
  TermId term(Value v) const { return build_.term(natural(v)); }
  template <class F>
  void each(Value v, F&& element) {
    require(v, Type::kArray, "a list");
    const std::uint32_t stop = json_[v.at].next;
    for (std::uint32_t i = v.at + 1; i != stop; i = json_[i].next) element(Value{i, v.what});
  }
  std::vector<NameId> name_list(Value v) {
    std::vector<NameId> out;
    each(v, [&](Value e) { out.push_back(name(e)); });
    return out;
  }

  // The values of `keys` in an object, in their order. The exporter writes keys in alphabetical order, which is the fast
  // one here. The last `optional` keys may be absent (kNone).
  template <std::size_t N>
  std::array<Value, N> fields(Value object, const char* const (&keys)[N], std::size_t optional = 0) {
    require(object, Type::kObject, "an object");
    std::array<Value, N> out;
    for (std::size_t i = 0; i < N; ++i) out[i].what = keys[i];
    std::size_t hint = 0;
    const std::uint32_t stop = json_[object.at].next;
    for (std::uint32_t key = object.at + 1; key != stop; key = json_[key + 1].next) {
      std::size_t i = hint;
      std::size_t tried = 0;
      while (tried < N && !json_.is(key, keys[i])) {
        i = i + 1 == N ? 0 : i + 1;
        ++tried;
      }
      if (tried == N) continue;  // a key of nobody
      if (out[i].at != kNone) build_.bad("the key \"" + std::string(keys[i]) + "\" comes twice in one object");
      out[i].at = key + 1;
      hint = i + 1 == N ? 0 : i + 1;
    }
    for (std::size_t i = 0; i + optional < N; ++i) {
      if (out[i].at == kNone) {
        build_.bad("the key \"" + std::string(keys[i]) + "\" is missing in the object at \"" + object.what + "\"");
      }
    }
    return out;
  }
  // One value under its name of today or, in exports of early January 2026, its longer one.
  Value either(Value now, Value before) const {
    if (now.at == kNone && before.at == kNone) build_.bad("the key \"" + std::string(now.what) + "\" is missing");
    if (now.at != kNone && before.at != kNone) {
      build_.bad("both \"" + std::string(now.what) + "\" and \"" + before.what + "\"");
    }
    return now.at != kNone ? now : before;
  }

  void any_line(std::string_view line) {
    if (line.size() >= 0xFFFFFFFF) build_.fail_here(ErrorCode::kMemoryLimit, "a line of 4 GiB or more");
    if (line.find_first_not_of(" \t\r") == std::string_view::npos) return;
    line_ = line;
    if (!json_.parse(line)) {
      build_.bad(std::string("expected one JSON object a line, got ") + json_.error() + " at column " +
                 std::to_string(json_.error_at() + 1) + ", at " +
                 excerpt(line.substr(std::min(json_.error_at(), line.size()), 40)));
    }
    if (json_[0].type != Type::kObject) build_.bad("expected a JSON object, got " + excerpt(line));
    // At most an index and what it numbers.
    Value index, item;
    std::string key;
    for (std::uint32_t i = 1; i != json_[0].next; i = json_[i + 1].next) {
      const std::string_view text = json_.text(i);
      if (text == "in" || text == "il" || text == "ie" || text == "i") {
        if (index.at != kNone) build_.bad("two indices on one line");
        index = {i + 1, text == "in" ? "in" : text == "il" ? "il" : text == "ie" ? "ie" : "i"};
      } else {
        if (item.at != kNone) build_.bad("expected one item a line, got " + excerpt(key) + " and " + excerpt(text));
        key = text;
        item = {i + 1, ""};
      }
    }
    if (item.at == kNone) build_.bad("expected a name, a level, an expression or a declaration, got " + excerpt(line));
    item.what = key.c_str();
    if (key == "meta" && index.at == kNone) {
      meta(item);
    } else {
      if (!has_meta_) build_.bad("expected the \"meta\" line of a lean4export file first, got " + excerpt(line));
      if (index.at == kNone) {
        declaration(key, item);
      } else {
        indexed(index, key, item);
      }
    }
  }

  void meta(Value item) {
    if (has_meta_) build_.bad("a second \"meta\" line; check files one by one");
    has_meta_ = true;
    const auto [format, exporter] = fields(item, {"format", "exporter"}, 2);
    if (format.at == kNone && exporter.at == kNone) build_.bad("the \"meta\" line names neither format nor exporter");
    // Before the format had a version of its own it was the exporter's.
    const auto [version] = fields(format.at != kNone ? format : exporter, {"version"});
    const std::string_view text = string(version);
    if (text != "3.0" && text != "3.1" && text.substr(0, 4) != "3.0." && text.substr(0, 4) != "3.1.") {
      build_.fail_here(ErrorCode::kUnsupported,
                       "format version " + excerpt(text) +
                           "; verikit reads 3.0 and 3.1: export with a lean4export that writes them");
    }
  }

  void indexed(Value index, const std::string& key, Value item) {
    const std::uint64_t i = natural(index);
    const char space = index.what[1];  // n, l, e; or, in the oldest exports, none
    if (space == 'n' || space == '\0') {
      if (key == "str" || key == "num") return define_name(i, key, item);
    }
    if (space == 'l' || space == '\0') {
      if (key == "succ" || key == "max" || key == "imax" || key == "param") return define_level(i, key, item);
    }
    if (space == 'e' || space == '\0') {
      if (define_term(i, key, item)) return;
    }
    build_.bad("\"" + std::string(index.what) + "\" numbers no " + excerpt(key));
  }

  void define_name(std::uint64_t i, const std::string& key, Value item) {
    if (key == "str") {
      const auto [prefix, str] = fields(item, {"pre", "str"});
      const NameId before = name(prefix);
      build_.define_name(i, env_.names().string(before, string(str)));
    } else {
      const auto [number, prefix] = fields(item, {"i", "pre"});
      std::uint64_t value = 0;
      require(number, Type::kNumber, "a number");
      if (!json_.natural(number.at, value)) {
        build_.fail_here(ErrorCode::kUnsupported, "a numeral in a name that is no natural number below 2^64");
      }
      build_.define_name(i, env_.names().numeral(name(prefix), value));
    }
  }

  void define_level(std::uint64_t i, const std::string& key, Value item) {
    LevelStore& levels = terms_.levels();
    if (key == "succ") {
      build_.define_level(i, levels.succ(level(item)));
    } else if (key == "param") {
      build_.define_level(i, levels.param(name(item)));
    } else {
      level_list_.clear();
      each(item, [&](Value e) { level_list_.push_back(level(e)); });
      if (level_list_.size() != 2) expected("two levels", item.what, item.at);
      build_.define_level(i, key == "max" ? levels.max(level_list_[0], level_list_[1])
                                          : levels.imax(level_list_[0], level_list_[1]));
    }
  }

  BinderInfo info(Value v) {
    const std::string_view text = string(v);
    if (text == "default") return BinderInfo::kDefault;
    if (text == "implicit") return BinderInfo::kImplicit;
    if (text == "strictImplicit") return BinderInfo::kStrictImplicit;
    if (text == "instImplicit") return BinderInfo::kInstImplicit;
    build_.bad("expected default, implicit, strictImplicit or instImplicit at \"binderInfo\", got " + excerpt(text));
  }

  // False where the key is no expression's.
  bool define_term(std::uint64_t i, const std::string& key, Value item) {
    if (key == "app") {
      const auto [arg, fn] = fields(item, {"arg", "fn"});
      const TermId function = term(fn);
      build_.define_term(i, terms_.app(function, term(arg)));
    } else if (key == "lam" || key == "forallE") {
      const auto [how, body, name_now, type_now, name_before, type_before] =
          fields(item, {"binderInfo", "body", "name", "type", "binderName", "binderType"}, 4);
      const TermId domain = term(either(type_now, type_before));
      const TermId inner = term(body);
      const NameId bound = name(either(name_now, name_before));
      const std::uint32_t binder = terms_.binder(bound, info(how));
      build_.define_term(i, key == "lam" ? terms_.lambda(domain, inner, binder) : terms_.pi(domain, inner, binder));
    } else if (key == "const") {
      const auto [us, name_now, name_before] = fields(item, {"us", "name", "declName"}, 2);
      level_list_.clear();
      each(us, [&](Value e) { level_list_.push_back(level(e)); });
      const NameId constant_name = name(either(name_now, name_before));
      build_.define_term(i, terms_.constant(constant_name, terms_.levels().list(level_list_)));
    } else if (key == "bvar") {
      const Value number = json_[item.at].type == Type::kObject ? fields(item, {"deBruijnIndex"})[0] : item;
      build_.define_term(i, terms_.bvar(natural32(number)));
    } else if (key == "sort") {
      const Value u = json_[item.at].type == Type::kObject ? fields(item, {"u"})[0] : item;
      build_.define_term(i, terms_.sort(level(u)));
    } else if (key == "letE") {
      const auto [body, type, value, name_now, name_before] =
          fields(item, {"body", "type", "value", "name", "declName"}, 2);
      const TermId let_type = term(type);
      const TermId let_value = term(value);
      const TermId inner = term(body);
      build_.define_term(i, terms_.let(let_type, let_value, inner, name(either(name_now, name_before))));
    } else if (key == "proj") {
      const auto [field, structure, type_name] = fields(item, {"idx", "struct", "typeName"});
      const NameId structure_name = name(type_name);
      const std::uint32_t number = natural32(field);
      build_.define_term(i, terms_.proj(structure_name, number, term(structure)));
    } else if (key == "natVal") {
      build_.define_term(i, build_.nat_literal(string(item)));
    } else if (key == "strVal") {
      build_.define_term(i, terms_.string(string(item)));
    } else if (key == "mdata") {
      build_.define_term(i, term(fields(item, {"expr"})[0]));
    } else {
      return false;
    }
    return true;
  }

  // --- declarations ----------------------------------------------------------------------------------------------

  static Safety unsafe_if(bool is_unsafe) { return is_unsafe ? Safety::kUnsafe : Safety::kSafe; }
  Constant constant(Value level_params, Value its_name, Value type) {
    Constant c;
    c.params = name_list(level_params);
    c.name = name(its_name);
    c.type = term(type);
    return c;
  }

  Hints hints(Value v) {
    Hints out;
    if (json_[v.at].type == Type::kObject) {
      out.kind = HintKind::kRegular;
      out.height = natural32(fields(v, {"regular"})[0]);
      return out;
    }
    const std::string_view text = string(v);
    if (text == "abbrev") {
      out.kind = HintKind::kAbbreviation;
    } else if (text != "opaque") {
      build_.bad("expected opaque, abbrev or regular at \"hints\", got " + excerpt(text));
    }
    return out;
  }
  Safety safety(Value v) {
    const std::string_view text = string(v);
    if (text == "safe") return Safety::kSafe;
    if (text == "unsafe") return Safety::kUnsafe;
    if (text == "partial") return Safety::kPartial;
    build_.bad("expected safe, unsafe or partial at \"safety\", got " + excerpt(text));
  }
  QuotientKind quotient_kind(Value v) {
    const std::string_view text = string(v);
    if (text == "type") return QuotientKind::kType;
    if (text == "ctor") return QuotientKind::kMk;
    if (text == "lift") return QuotientKind::kLift;
    if (text == "ind") return QuotientKind::kInd;
    build_.bad("expected type, ctor, lift or ind at \"kind\", got " + excerpt(text));
  }

  // Calls add(value) for an object, or for each of a list: 3.0.0 wrote mutual definitions and theorems as one list.
  template <class F>
  void one_or_more(Value item, F&& add) {
    if (json_[item.at].type == Type::kArray) {
      each(item, add);
    } else {
      add(item);
    }
  }

  void declaration(const std::string& key, Value item) {
    if (key == "def" || key == "defnInfo") {
      one_or_more(item, [&](Value v) { definition(v); });
    } else if (key == "thm" || key == "thmInfo") {
      one_or_more(item, [&](Value v) { theorem(v); });
    } else if (key == "opaque" || key == "opaqueInfo") {
      opaque(item);
    } else if (key == "axiom" || key == "axiomInfo") {
      const auto [is_unsafe, params, its_name, type] = fields(item, {"isUnsafe", "levelParams", "name", "type"});
      Constant c = constant(params, its_name, type);
      c.safety = unsafe_if(boolean(is_unsafe));
      build_.add_axiom(std::move(c));
    } else if (key == "quot" || key == "quotInfo") {
      const auto [kind, params, its_name, type] = fields(item, {"kind", "levelParams", "name", "type"});
      Constant c = constant(params, its_name, type);
      c.quotient = quotient_kind(kind);
      build_.add_quotient(std::move(c));
    } else if (key == "inductive") {
      block(item);
    } else if (key == "inductInfo") {
      InductiveInfo about;
      Constant c = inductive_type(item, about);
      build_.add_loose_type(std::move(c), std::move(about));
    } else if (key == "ctorInfo") {
      ConstructorInfo about;
      Constant c = constructor(item, about);
      build_.add_loose_constructor(std::move(c), about);
    } else if (key == "recInfo") {
      RecursorInfo about;
      Constant c = recursor(item, about);
      build_.add_loose_recursor(std::move(c), std::move(about));
    } else {
      build_.bad("expected a declaration, got " + excerpt(key) + "; verikit reads lean4export 3.0 and 3.1");
    }
  }

  void definition(Value item) {
    const auto [all, how, params, its_name, safe, type, value, is_unsafe] =
        fields(item, {"all", "hints", "levelParams", "name", "safety", "type", "value", "isUnsafe"}, 8);
    if (how.at == kNone && safe.at == kNone) {  // in the lists of 3.0.0 an opaque is told by what it has
      opaque(item);
      return;
    }
    (void)is_unsafe;
    for (const Value& v : {all, how, params, its_name, safe, type, value}) {
      if (v.at == kNone) build_.bad("the key \"" + std::string(v.what) + "\" is missing in a definition");
    }
    Constant c = constant(params, its_name, type);
    c.value = term(value);
    c.hints = hints(how);
    c.safety = safety(safe);
    c.all = name_list(all);
    build_.add_definition(std::move(c));
  }

  void theorem(Value item) {
    const auto [all, params, its_name, type, value] = fields(item, {"all", "levelParams", "name", "type", "value"});
    Constant c = constant(params, its_name, type);
    c.value = term(value);
    c.all = name_list(all);
    build_.add_theorem(std::move(c));
  }

  void opaque(Value item) {
    const auto [all, params, its_name, type, value, is_unsafe] =
        fields(item, {"all", "levelParams", "name", "type", "value", "isUnsafe"}, 1);
    Constant c = constant(params, its_name, type);
    c.value = term(value);
    c.all = name_list(all);
    c.safety = unsafe_if(is_unsafe.at != kNone && boolean(is_unsafe));  // some exporters leave it out
    build_.add_opaque(std::move(c));
  }

  Constant inductive_type(Value item, InductiveInfo& about) {
    const auto [all, ctors, is_rec, is_reflexive, is_unsafe, params, its_name, indices, nested, num_params, type] =
        fields(item, {"all", "ctors", "isRec", "isReflexive", "isUnsafe", "levelParams", "name", "numIndices",
                      "numNested", "numParams", "type"});
    Constant c = constant(params, its_name, type);
    c.safety = unsafe_if(boolean(is_unsafe));
    about.all = name_list(all);
    about.constructors = name_list(ctors);
    about.is_recursive = boolean(is_rec);
    about.is_reflexive = boolean(is_reflexive);
    about.num_indices = natural(indices);
    about.num_nested = natural(nested);
    about.num_params = natural(num_params);
    return c;
  }

  Constant constructor(Value item, ConstructorInfo& about) {
    const auto [cidx, induct, is_unsafe, params, its_name, num_fields, num_params, type] =
        fields(item, {"cidx", "induct", "isUnsafe", "levelParams", "name", "numFields", "numParams", "type"});
    Constant c = constant(params, its_name, type);
    c.safety = unsafe_if(boolean(is_unsafe));
    about.index = natural(cidx);
    about.inductive = name(induct);
    about.num_fields = natural(num_fields);
    about.num_params = natural(num_params);
    return c;
  }

  Constant recursor(Value item, RecursorInfo& about) {
    const auto [all, is_unsafe, k, params, its_name, indices, minors, motives, num_params, rules, type] =
        fields(item, {"all", "isUnsafe", "k", "levelParams", "name", "numIndices", "numMinors", "numMotives",
                      "numParams", "rules", "type"});
    Constant c = constant(params, its_name, type);
    c.safety = unsafe_if(boolean(is_unsafe));
    about.all = name_list(all);
    about.k = boolean(k);
    about.num_indices = natural(indices);
    about.num_minors = natural(minors);
    about.num_motives = natural(motives);
    about.num_params = natural(num_params);
    each(rules, [&](Value v) {
      const auto [ctor, num_fields, rhs] = fields(v, {"ctor", "nfields", "rhs"});
      about.rules.push_back({name(ctor), natural(num_fields), term(rhs)});  // braces: from left to right
    });
    return c;
  }

  void block(Value item) {
    const auto [types_now, ctors_now, recs_now, types_before, ctors_before, recs_before] =
        fields(item, {"types", "ctors", "recs", "inductiveVals", "constructorVals", "recursorVals"}, 6);
    ExportBuilder::Block out;
    each(either(types_now, types_before), [&](Value v) {
      InductiveInfo about;
      Constant c = inductive_type(v, about);
      out.types.push_back(build_.add_type(std::move(c), std::move(about)));
    });
    each(either(ctors_now, ctors_before), [&](Value v) {
      ConstructorInfo about;
      Constant c = constructor(v, about);
      out.constructors.push_back(build_.add_constructor(std::move(c), about));
    });
    each(either(recs_now, recs_before), [&](Value v) {
      RecursorInfo about;
      Constant c = recursor(v, about);
      out.recursors.push_back(build_.add_recursor(std::move(c), std::move(about)));
    });
    if (out.types.empty()) build_.bad("an inductive declaration without types");
    build_.declare_block(out);
  }

  ExportBuilder build_;
  Environment& env_;
  TermStore& terms_;
  const std::string_view text_;
  bool has_meta_ = false;
  JsonLine json_;
  std::string_view line_;
  std::vector<std::uint32_t> indices_;
  std::vector<LevelId> level_list_;
};

}  // namespace

void read_ndjson(std::span<const std::uint8_t> bytes, const std::string& name, Environment& into,
                 const ReadLimits& limits) {
  if (bytes.size() > limits.max_bytes) {
    fail(ErrorCode::kMemoryLimit, name + ": " + std::to_string(bytes.size()) + " bytes; the limit is " +
                                      std::to_string(limits.max_bytes) + " (max_bytes)");
  }
  NdjsonReader(bytes, name, into, limits).read();
}

}  // namespace verikit::lean
