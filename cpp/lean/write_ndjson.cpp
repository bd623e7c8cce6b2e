#include "lean/write_ndjson.h"

#include <algorithm>
#include <charconv>
#include <cstring>

#include "base/error.h"
#include "lean/big_nat.h"
#include "lean/match.h"

namespace verikit::lean {
namespace {

constexpr std::size_t kPiece = std::size_t{1} << 20;
constexpr std::size_t kMargin = 512;  // no line is longer, lists and strings apart, which make room themselves
constexpr std::size_t kMaxLiteralBits = 13'287'712;  // 4,000,000 decimal digits: what the readers take by default

class Output {
 public:
  explicit Output(const WriteSink& sink) : sink_(sink), buffer_(kPiece), p_(buffer_.data()) {}

  // Room for a line without lists and strings.
  void line() { room(kMargin); }
  void room(std::size_t bytes) {
    if (static_cast<std::size_t>(buffer_.data() + buffer_.size() - p_) < bytes) flush();
  }
  void flush() {
    const auto size = static_cast<std::size_t>(p_ - buffer_.data());
    p_ = buffer_.data();
    if (size > 0) sink_({buffer_.data(), size});
  }
  template <std::size_t N>
  Output& operator<<(const char (&text)[N]) {
    std::memcpy(p_, text, N - 1);
    p_ += N - 1;
    return *this;
  }
  Output& operator<<(std::uint64_t value) {
    p_ = std::to_chars(p_, p_ + 20, value).ptr;
    return *this;
  }
  Output& operator<<(bool value) { return value ? *this << "true" : *this << "false"; }
  // Text that needs no escapes, of any length.
  void plain(std::string_view text) {
    while (!text.empty()) {
      room(kMargin);
      const std::size_t now = std::min(text.size(), kMargin / 2);
      std::memcpy(p_, text.data(), now);
      p_ += now;
      text.remove_prefix(now);
    }
    room(kMargin);
  }
  // A JSON string.
  void quoted(std::string_view text) {
    static constexpr char kHex[] = "0123456789abcdef";
    *p_++ = '"';
    std::size_t count = 0;
    for (const char c : text) {
      if (count++ % 64 == 0) room(kMargin);
      const auto byte = static_cast<unsigned char>(c);
      if (c == '"' || c == '\\') {
        *p_++ = '\\';
        *p_++ = c;
      } else if (byte < 0x20 || byte == 0x7F) {
        *this << "\\u00";
        *p_++ = kHex[byte >> 4];
        *p_++ = kHex[byte & 15];
      } else {
        *p_++ = c;
      }
    }
    room(kMargin);
    *p_++ = '"';
  }

 private:
  const WriteSink& sink_;
  std::vector<char> buffer_;
  char* p_;
};

class NdjsonWriter {
 public:
  NdjsonWriter(const Environment& env, const WriteSink& sink) : env_(env), terms_(env.terms()), out_(sink) {
    names_.resize(env.names().size(), kNone);
    levels_.resize(terms_.levels().size(), kNone);
    numbers_.resize(terms_.size(), kNone);
    names_[kAnonymous] = 0;
    levels_[kLevelZero] = 0;
  }

  void write(const std::vector<DeclarationId>& declarations, std::string_view version) {
    out_.line();
    out_ << "{\"meta\":{\"exporter\":{\"name\":\"verikit\",\"version\":";
    out_.quoted(version);
    // Which Lean made the terms is not known here.
    out_ << "},\"format\":{\"version\":\"3.1.0\"},\"lean\":{\"githash\":\"\",\"version\":\"\"}}}\n";
    for (const DeclarationId id : declarations) declaration(env_.declaration(id));
    out_.flush();
  }

 private:
  // --- names, levels, terms: each once, before its first use; iterative, since all of them may be deep --------------

  void define_name(NameId name) {
    while (names_[name] == kNone) {  // the longest prefix that is still to come
      NameId next = name;
      while (names_[env_.names().prefix(next)] == kNone) {
        pending_names_.push_back(next);
        next = env_.names().prefix(next);
      }
      emit_name(next);
      while (!pending_names_.empty()) {
        emit_name(pending_names_.back());
        pending_names_.pop_back();
      }
    }
  }
  void emit_name(NameId name) {
    const NameTable& names = env_.names();
    const std::uint32_t prefix = names_[names.prefix(name)];
    names_[name] = ++last_name_;
    out_.line();
    out_ << "{\"in\":" << std::uint64_t{last_name_};
    if (names.is_numeral(name)) {
      out_ << ",\"num\":{\"i\":" << names.number(name) << ",\"pre\":" << std::uint64_t{prefix} << "}}\n";
    } else {
      out_ << ",\"str\":{\"pre\":" << std::uint64_t{prefix} << ",\"str\":";
      out_.quoted(names.text(name));
      out_ << "}}\n";
    }
  }

  void define_level(LevelId level) {
    pending_levels_.push_back(level);
    while (!pending_levels_.empty()) {
      const LevelId l = pending_levels_.back();
      if (levels_[l] == kNone) {
        const Level& now = terms_.levels()[l];
        const LevelId below = now.kind == LevelKind::kSucc ? now.a : kLevelZero;
        const bool is_pair = now.kind == LevelKind::kMax || now.kind == LevelKind::kIMax;
        const std::size_t before = pending_levels_.size();
        for (const LevelId part : {below, is_pair ? now.a : kLevelZero, is_pair ? now.b : kLevelZero}) {
          if (levels_[part] == kNone) pending_levels_.push_back(part);
        }
        if (pending_levels_.size() != before) continue;
        emit_level(l, now);
      }
      pending_levels_.pop_back();
    }
  }
  void emit_level(LevelId l, const Level& level) {
    if (level.kind == LevelKind::kParam) define_name(level.a);
    out_.line();
    levels_[l] = ++last_level_;
    out_ << "{\"il\":" << std::uint64_t{last_level_};
    switch (level.kind) {
      case LevelKind::kSucc:
        out_ << ",\"succ\":" << std::uint64_t{levels_[level.a]} << "}\n";
        break;
      case LevelKind::kParam:
        out_ << ",\"param\":" << std::uint64_t{names_[level.a]} << "}\n";
        break;
      default:
        if (level.kind == LevelKind::kMax) {
          out_ << ",\"max\":[";
        } else {
          out_ << ",\"imax\":[";
        }
        out_ << std::uint64_t{levels_[level.a]} << "," << std::uint64_t{levels_[level.b]} << "]}\n";
    }
  }

  void define_term(TermId root) {
    if (numbers_[root] != kNone) return;
    stack_.push_back(root);
    while (!stack_.empty()) {
      const TermId t = stack_.back();
      if (numbers_[t] == kNone) {
        const Node& n = terms_[t];
        const std::size_t before = stack_.size();
        switch (n.kind) {
          case Kind::kLet:
            want(n.c);
            [[fallthrough]];
          case Kind::kApp:
          case Kind::kLambda:
          case Kind::kPi:
            want(n.b);
            want(n.a);
            break;
          case Kind::kProj:
            want(n.c);
            break;
          default:
            break;
        }
        if (stack_.size() != before) continue;
        emit_term(t, n);
      }
      stack_.pop_back();
    }
  }
  void want(TermId t) {
    if (numbers_[t] == kNone) stack_.push_back(t);
  }
  [[nodiscard]] std::uint64_t number(TermId t) const { return numbers_[t]; }
  std::uint64_t name(NameId n) {
    if (names_[n] == kNone) define_name(n);
    return names_[n];
  }

  void emit_term(TermId t, const Node& n) {
    const std::uint64_t index = last_term_++;
    numbers_[t] = static_cast<std::uint32_t>(index);
    out_.line();
    switch (n.kind) {
      case Kind::kBVar:
        out_ << "{\"bvar\":" << std::uint64_t{n.a} << ",\"ie\":" << index << "}\n";
        break;
      case Kind::kSort:
        define_level(n.a);
        out_.line();
        out_ << "{\"ie\":" << index << ",\"sort\":" << std::uint64_t{levels_[n.a]} << "}\n";
        break;
      case Kind::kConst:
        emit_constant(n, index);
        break;
      case Kind::kApp:
        out_ << "{\"app\":{\"arg\":" << number(n.b) << ",\"fn\":" << number(n.a) << "},\"ie\":" << index << "}\n";
        break;
      case Kind::kLambda:
        (void)name(TermStore::binder_name(n.c));
        out_.line();
        out_ << "{\"ie\":" << index << ",\"lam\":";
        emit_binder(n);
        out_ << "}\n";
        break;
      case Kind::kPi:
        (void)name(TermStore::binder_name(n.c));
        out_.line();
        out_ << "{\"forallE\":";
        emit_binder(n);
        out_ << ",\"ie\":" << index << "}\n";
        break;
      case Kind::kLet: {
        const std::uint64_t bound = name(terms_.let_name(t));
        out_.line();
        out_ << "{\"ie\":" << index << ",\"letE\":{\"body\":" << number(n.c) << ",\"name\":" << bound
             << ",\"nondep\":false,\"type\":" << number(n.a) << ",\"value\":" << number(n.b) << "}}\n";
        break;
      }
      case Kind::kProj: {
        const std::uint64_t structure = name(n.a);
        out_.line();
        out_ << "{\"ie\":" << index << ",\"proj\":{\"idx\":" << std::uint64_t{n.b} << ",\"struct\":" << number(n.c)
             << ",\"typeName\":" << structure << "}}\n";
        break;
      }
      case Kind::kNat:
        out_ << "{\"ie\":" << index << ",\"natVal\":\"" << (std::uint64_t{n.a} | std::uint64_t{n.b} << 32) << "\"}\n";
        break;
      case Kind::kBigNat: {
        const BigNat& value = terms_.big_nat(n.a);
        if (msb(value) >= kMaxLiteralBits) {
          fail(ErrorCode::kMemoryLimit, "write_ndjson: a Nat literal of " + std::to_string(msb(value) + 1) +
                                            " bits; readers take " + std::to_string(kMaxLiteralBits) +
                                            ": leave out the constant that has it");
        }
        out_ << "{\"ie\":" << index << ",\"natVal\":\"";
        out_.plain(value.str());
        out_ << "\"}\n";
        break;
      }
      case Kind::kString:
        out_ << "{\"ie\":" << index << ",\"strVal\":";
        out_.quoted(terms_.string_value(t));
        out_ << "}\n";
        break;
      case Kind::kFVar:
      case Kind::kClosure:
        fail(ErrorCode::kInternal, "a term of the environment holds a term of the evaluator");
    }
  }
  void emit_constant(const Node& n, std::uint64_t index) {
    (void)name(n.a);
    for (const LevelId l : terms_.levels().list(n.b)) define_level(l);
    out_.line();
    out_ << "{\"const\":{\"name\":" << name(n.a) << ",\"us\":[";
    bool first = true;
    for (const LevelId l : terms_.levels().list(n.b)) {
      out_.line();
      if (!first) out_ << ",";
      first = false;
      out_ << std::uint64_t{levels_[l]};
    }
    out_.line();
    out_ << "]},\"ie\":" << index << "}\n";
  }
  void emit_binder(const Node& n) {
    out_ << "{\"binderInfo\":";
    switch (TermStore::binder_info(n.c)) {
      case BinderInfo::kDefault: out_ << "\"default\""; break;
      case BinderInfo::kImplicit: out_ << "\"implicit\""; break;
      case BinderInfo::kStrictImplicit: out_ << "\"strictImplicit\""; break;
      case BinderInfo::kInstImplicit: out_ << "\"instImplicit\""; break;
    }
    out_ << ",\"body\":" << number(n.b) << ",\"name\":" << name(TermStore::binder_name(n.c))
         << ",\"type\":" << number(n.a) << "}";
  }

  // --- declarations: first what they mention, then the line, keys in alphabetical order ------------------------------

  void prepare(const std::vector<NameId>& names) {
    for (const NameId n : names) (void)name(n);
  }
  void prepare(const Constant& c) {
    if (!c.loaded || !c.value_loaded) {
      fail(ErrorCode::kInternal,
           "constant " + env_.names().to_string(c.name) + " is to be written before it is loaded");
    }
    (void)name(c.name);
    prepare(c.params);
    prepare(c.all);
    define_term(c.type);
    if (c.value != kNone) define_term(c.value);
    if (c.kind == ConstantKind::kInductive) {
      prepare(env_.inductive(c).all);
      prepare(env_.inductive(c).constructors);
    } else if (c.kind == ConstantKind::kConstructor) {
      (void)name(env_.constructor(c).inductive);
    } else if (c.kind == ConstantKind::kRecursor) {
      prepare(env_.recursor(c).all);
      for (const RecursorRule& rule : env_.recursor(c).rules) {
        (void)name(rule.constructor);
        define_term(rule.rhs);
      }
    }
  }
  void emit_names(const std::vector<NameId>& names) {
    out_ << "[";
    bool first = true;
    for (const NameId n : names) {
      out_.line();
      if (!first) out_ << ",";
      first = false;
      out_ << name(n);
    }
    out_.line();
    out_ << "]";
  }

  void declaration(const Declaration& d) {
    for (const ConstantId id : d.constants) prepare(env_.constant(id));
    out_.line();
    if (d.kind == DeclarationKind::kInductive) {
      block(d);
      return;
    }
    std::vector<ConstantId> constants = d.constants;
    if (d.kind == DeclarationKind::kQuotient) {
      std::stable_sort(constants.begin(), constants.end(), [&](ConstantId a, ConstantId b) {
        return env_.constant(a).quotient < env_.constant(b).quotient;
      });
    }
    for (const ConstantId id : constants) {
      const Constant& c = env_.constant(id);
      out_.line();
      switch (c.kind) {
        case ConstantKind::kAxiom:
          out_ << "{\"axiom\":{\"isUnsafe\":" << (c.safety == Safety::kUnsafe) << ",";
          break;
        case ConstantKind::kDefinition:
          out_ << "{\"def\":{\"all\":";
          emit_names(c.all);
          out_ << ",\"hints\":";
          emit_hints(c.hints);
          out_ << ",";
          break;
        case ConstantKind::kTheorem:
          out_ << "{\"thm\":{\"all\":";
          emit_names(c.all);
          out_ << ",";
          break;
        case ConstantKind::kOpaque:
          out_ << "{\"opaque\":{\"all\":";
          emit_names(c.all);
          out_ << ",\"isUnsafe\":" << (c.safety == Safety::kUnsafe) << ",";
          break;
        case ConstantKind::kQuotient:
          emit_quotient(c.quotient);
          break;
        default:
          fail(ErrorCode::kInternal, "a constant of an inductive block in another declaration");
      }
      out_ << "\"levelParams\":";
      emit_names(c.params);
      out_ << ",\"name\":" << name(c.name);
      if (c.kind == ConstantKind::kDefinition) {
        out_ << ",\"safety\":";
        if (c.safety == Safety::kSafe) {
          out_ << "\"safe\"";
        } else if (c.safety == Safety::kPartial) {
          out_ << "\"partial\"";
        } else {
          out_ << "\"unsafe\"";
        }
      }
      out_ << ",\"type\":" << number(c.type);
      if (c.value != kNone) out_ << ",\"value\":" << number(c.value);
      out_ << "}}\n";
    }
  }
  void emit_hints(const Hints& hints) {
    if (hints.kind == HintKind::kRegular) {
      out_ << "{\"regular\":" << std::uint64_t{hints.height} << "}";
    } else if (hints.kind == HintKind::kAbbreviation) {
      out_ << "\"abbrev\"";
    } else {
      out_ << "\"opaque\"";
    }
  }
  void emit_quotient(QuotientKind kind) {
    out_ << "{\"quot\":{\"kind\":";
    switch (kind) {
      case QuotientKind::kType: out_ << "\"type\","; break;
      case QuotientKind::kMk: out_ << "\"ctor\","; break;
      case QuotientKind::kLift: out_ << "\"lift\","; break;
      case QuotientKind::kInd: out_ << "\"ind\","; break;
    }
  }

  // Older compiled files only say whether there are nested types; a recursor has one motive for each of them, and one
  // for each type of the block.
  std::uint64_t num_nested(const Declaration& d, const InductiveInfo& info) const {
    if (info.num_nested != kUnknownCount) return info.num_nested;
    for (const ConstantId id : d.constants) {
      const Constant& c = env_.constant(id);
      if (c.kind != ConstantKind::kRecursor) continue;
      const std::uint64_t motives = env_.recursor(c).num_motives;
      if (motives >= info.all.size()) return motives - info.all.size();
    }
    fail(ErrorCode::kUnsupported, "the number of nested types of " +
                                      env_.names().to_string(env_.constant(d.constants.front()).name) +
                                      " is not known: the file has no recursor of it; compile it with a newer Lean");
  }

  template <class F>
  void each(const Declaration& d, ConstantKind kind, F&& emit) {
    bool first = true;
    for (const ConstantId id : d.constants) {
      const Constant& c = env_.constant(id);
      if (c.kind != kind) continue;
      out_.line();
      if (!first) out_ << ",";
      first = false;
      emit(c);
    }
    out_.line();
  }
  void emit_head(const Constant& c) {
    out_ << "\"isUnsafe\":" << (c.safety == Safety::kUnsafe);
    if (c.kind == ConstantKind::kRecursor) out_ << ",\"k\":" << env_.recursor(c).k;
    out_ << ",\"levelParams\":";
    emit_names(c.params);
    out_ << ",\"name\":" << name(c.name);
  }

  void block(const Declaration& d) {
    out_ << "{\"inductive\":{\"ctors\":[";
    each(d, ConstantKind::kConstructor, [&](const Constant& c) {
      const ConstructorInfo& info = env_.constructor(c);
      out_ << "{\"cidx\":" << info.index << ",\"induct\":" << name(info.inductive) << ",";
      emit_head(c);
      out_ << ",\"numFields\":" << info.num_fields << ",\"numParams\":" << info.num_params
           << ",\"type\":" << number(c.type) << "}";
    });
    out_ << "],\"recs\":[";
    each(d, ConstantKind::kRecursor, [&](const Constant& c) {
      const RecursorInfo& info = env_.recursor(c);
      out_ << "{\"all\":";
      emit_names(info.all);
      out_ << ",";
      emit_head(c);
      out_ << ",\"numIndices\":" << info.num_indices << ",\"numMinors\":" << info.num_minors
           << ",\"numMotives\":" << info.num_motives << ",\"numParams\":" << info.num_params << ",\"rules\":[";
      bool first = true;
      for (const RecursorRule& rule : info.rules) {
        out_.line();
        if (!first) out_ << ",";
        first = false;
        out_ << "{\"ctor\":" << name(rule.constructor) << ",\"nfields\":" << rule.num_fields
             << ",\"rhs\":" << number(rule.rhs) << "}";
      }
      out_.line();
      out_ << "],\"type\":" << number(c.type) << "}";
    });
    out_ << "],\"types\":[";
    each(d, ConstantKind::kInductive, [&](const Constant& c) {
      const InductiveInfo& info = env_.inductive(c);
      out_ << "{\"all\":";
      emit_names(info.all);
      out_ << ",\"ctors\":";
      emit_names(info.constructors);
      out_ << ",\"isRec\":" << info.is_recursive << ",\"isReflexive\":" << info.is_reflexive << ",";
      emit_head(c);
      out_ << ",\"numIndices\":" << info.num_indices << ",\"numNested\":" << num_nested(d, info)
           << ",\"numParams\":" << info.num_params << ",\"type\":" << number(c.type) << "}";
    });
    out_ << "]}}\n";
  }

  const Environment& env_;
  const TermStore& terms_;
  Output out_;
  std::vector<std::uint32_t> names_, levels_, numbers_;  // what each id is called in the file, or kNone
  std::uint32_t last_name_ = 0, last_level_ = 0;
  std::uint64_t last_term_ = 0;
  std::vector<NameId> pending_names_;
  std::vector<LevelId> pending_levels_;
  std::vector<TermId> stack_;
};

}  // namespace

void write_ndjson(const Environment& env, std::vector<DeclarationId> declarations, std::string_view version,
                  const WriteSink& sink) {
  std::sort(declarations.begin(), declarations.end(), [&](DeclarationId a, DeclarationId b) {
    const auto key = [&](DeclarationId id) { return std::pair(env.declaration(id).rank, id); };
    return key(a) < key(b);
  });
  NdjsonWriter(env, sink).write(declarations, version);
}

std::vector<DeclarationId> declarations_reached(const Environment& env, const std::vector<ConstantId>& roots) {
  std::vector<DeclarationId> found;
  for (const ConstantId id : dependencies(env, roots)) {
    const DeclarationId declaration = env.constant(id).declaration;
    if (declaration != kNone) found.push_back(declaration);
  }
  std::sort(found.begin(), found.end());
  found.erase(std::unique(found.begin(), found.end()), found.end());
  return found;
}

}  // namespace verikit::lean
