// lean4export's text format, before NDJSON: 2.0.0, and 0.1.2 as far as it can be checked.
//
// It says less than NDJSON: nothing is unsafe or partial, definitions are no mutual blocks, a quotient constant's kind
// is its name, and 0.1.2 says of an inductive type neither whether it is reflexive nor how it is nested, and leaves out
// constructors that nobody uses. Where an answer would depend on what is not said, the file is UnsupportedError.
#include <algorithm>
#include <charconv>

#include "base/excerpt.h"
#include "lean/export_builder.h"
#include "lean/utf8.h"

namespace verikit::lean {
namespace {

class TextReader {
 public:
  TextReader(std::span<const std::uint8_t> bytes, const std::string& file, Environment& env, const ReadLimits& limits)
      : build_(bytes, file, env, limits),
        env_(env),
        terms_(env.terms()),
        rule_index_(bytes.size()),
        text_(reinterpret_cast<const char*>(bytes.data()), bytes.size()) {}

  void read() {
    build_.require_utf8(text_);
    bool first = true;
    for (std::size_t begin = 0; begin < text_.size(); first = false) {
      const std::size_t end = std::min(text_.find('\n', begin), text_.size());
      line_ = text_.substr(begin, end - begin);
      at_ = 0;
      build_.at(text_.data() + begin);
      if (first) {
        version();
      } else if (!done()) {
        item();
      }
      begin = end + 1;
    }
    if (first) build_.bad("expected a version like 2.0.0 in the first line, got an empty file");
    build_.finish(old_);
    if (old_) check_reflexivity();
  }

 private:
  // --- the words of a line ---------------------------------------------------------------------------------------

  void skip_spaces() {
    while (at_ < line_.size() && (line_[at_] == ' ' || line_[at_] == '\t' || line_[at_] == '\r')) ++at_;
  }
  bool done() {
    skip_spaces();
    return at_ == line_.size();
  }
  std::string_view word(const char* what) {
    if (done()) build_.bad("expected " + std::string(what) + ", got the end of the line");
    const std::size_t begin = at_;
    while (at_ < line_.size() && line_[at_] != ' ' && line_[at_] != '\t' && line_[at_] != '\r') ++at_;
    return line_.substr(begin, at_ - begin);
  }
  std::uint64_t number(const char* what) {
    const std::string_view text = word(what);
    std::uint64_t value = 0;
    const auto [stop, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (problem != std::errc{} || stop != text.data() + text.size()) {
      build_.bad("expected " + std::string(what) + ", a natural number below 2^64, got " + excerpt(text));
    }
    return value;
  }
  std::uint32_t number32(const char* what) {
    const std::uint64_t value = number(what);
    if (value > 0xFFFFFFFF) {
      build_.fail_here(ErrorCode::kMemoryLimit,
                       std::string(what) + " is " + std::to_string(value) + "; the limit is 2^32 - 1");
    }
    return static_cast<std::uint32_t>(value);
  }
  bool flag(const char* what) {
    const std::uint64_t value = number(what);
    if (value > 1) build_.bad("expected 0 or 1 for " + std::string(what) + ", got " + std::to_string(value));
    return value == 1;
  }
  NameId name() { return build_.name(number("the index of a name")); }
  LevelId level() { return build_.level(number("the index of a level")); }
  TermId term() { return build_.term(number("the index of an expression")); }
  std::vector<NameId> counted_names(const char* what) {
    const std::uint64_t count = number(what);
    if (count > line_.size()) build_.bad("a count of " + std::to_string(count) + " is more than the line holds");
    std::vector<NameId> out(static_cast<std::size_t>(count));
    for (NameId& id : out) id = name();
    return out;
  }
  std::vector<NameId> names_to_the_end() {
    std::vector<NameId> out;
    while (!done()) out.push_back(name());
    return out;
  }
  void end_of_line() {
    if (!done()) build_.bad("expected the end of the line, got " + excerpt(line_.substr(at_)));
  }

  // --- lines -------------------------------------------------------------------------------------------------------

  void version() {
    const std::string_view text = word("a version like 2.0.0");
    end_of_line();
    const bool digits =
        std::all_of(text.begin(), text.end(), [](char c) { return (c >= '0' && c <= '9') || c == '.'; });
    if (!digits || std::count(text.begin(), text.end(), '.') != 2) {
      build_.bad("expected a version like 2.0.0, got " + excerpt(text));
    }
    old_ = text.substr(0, 4) == "0.1.";
    if (!old_ && text.substr(0, 2) != "2.") {
      build_.fail_here(ErrorCode::kUnsupported, "format version " + excerpt(text) +
                                                    "; verikit reads 2.0.0 and 0.1.2, and NDJSON 3.0 and 3.1");
    }
  }

  void item() {
    if (line_[at_] == '#') {
      declaration(word("a declaration"));
      return;
    }
    const std::uint64_t index = number("an index");
    const std::string_view kind = word("what the index numbers");
    if (kind == "#NS") {
      const NameId prefix = name();
      if (at_ == line_.size()) build_.bad("expected the text of a name, got the end of the line");
      build_.define_name(index, env_.names().string(prefix, line_.substr(at_ + 1)));  // to the end, spaces and all
      return;
    }
    if (kind == "#NI") {
      const NameId prefix = name();
      build_.define_name(index, env_.names().numeral(prefix, number("a numeral")));
    } else if (kind == "#RR") {
      RecursorRule rule;
      rule.constructor = name();
      rule.num_fields = number("the number of fields");
      rule.rhs = term();
      if (!rule_index_.set(index, static_cast<std::uint32_t>(rules_.size()))) build_.bad("a rule is defined twice");
      rules_.push_back(rule);
    } else if (kind.substr(0, 2) == "#U") {
      build_.define_level(index, universe(kind));
    } else if (kind.substr(0, 2) == "#E") {
      build_.define_term(index, expression(kind));
    } else {
      build_.bad("expected #NS, #NI, #U…, #E… or #RR, got " + excerpt(kind));
    }
    end_of_line();
  }

  LevelId universe(std::string_view kind) {
    LevelStore& levels = terms_.levels();
    if (kind == "#US") return levels.succ(level());
    if (kind == "#UP") return levels.param(name());
    if (kind != "#UM" && kind != "#UIM") build_.bad("expected #US, #UM, #UIM or #UP, got " + excerpt(kind));
    const LevelId left = level();
    const LevelId right = level();
    return kind == "#UM" ? levels.max(left, right) : levels.imax(left, right);
  }

  BinderInfo info() {
    const std::string_view text = word("#BD, #BI, #BS or #BC");
    if (text == "#BD") return BinderInfo::kDefault;
    if (text == "#BI") return BinderInfo::kImplicit;
    if (text == "#BS") return BinderInfo::kStrictImplicit;
    if (text == "#BC") return BinderInfo::kInstImplicit;
    build_.bad("expected #BD, #BI, #BS or #BC, got " + excerpt(text));
  }

  TermId expression(std::string_view kind) {
    if (kind == "#EA") {
      const TermId fn = term();
      return terms_.app(fn, term());
    }
    if (kind == "#EL" || kind == "#EP") {
      const BinderInfo how = info();
      const std::uint32_t binder = terms_.binder(name(), how);
      const TermId domain = term();
      const TermId body = term();
      return kind == "#EL" ? terms_.lambda(domain, body, binder) : terms_.pi(domain, body, binder);
    }
    if (kind == "#EV") return terms_.bvar(number32("the index of a bound variable"));
    if (kind == "#ES") return terms_.sort(level());
    if (kind == "#EC") {
      const NameId constant = name();
      std::vector<LevelId> levels;
      while (!done()) levels.push_back(level());
      return terms_.constant(constant, terms_.levels().list(levels));
    }
    if (kind == "#EZ") {
      const NameId bound = name();
      const TermId type = term();
      const TermId value = term();
      const TermId body = term();
      return terms_.let(type, value, body, bound);
    }
    if (kind == "#EJ") {
      const NameId structure = name();
      const std::uint32_t field = number32("the index of a field");
      return terms_.proj(structure, field, term());
    }
    if (kind == "#ELN") return build_.nat_literal(word("a natural number"));
    if (kind == "#ELS") return terms_.string(bytes());
    if (kind == "#EM") {  // metadata is of no concern to the kernel
      number("a metadata index");
      return term();
    }
    build_.bad("expected the kind of an expression, got " + excerpt(kind));
  }

  // Hexadecimal bytes, which must be UTF-8.
  std::string bytes() {
    const auto digit = [&](char c) -> std::uint32_t {
      if (c >= '0' && c <= '9') return static_cast<std::uint32_t>(c - '0');
      if (c >= 'A' && c <= 'F') return static_cast<std::uint32_t>(c - 'A' + 10);
      if (c >= 'a' && c <= 'f') return static_cast<std::uint32_t>(c - 'a' + 10);
      build_.bad("expected hexadecimal digits, got " + excerpt({&c, 1}));
    };
    std::string out;
    while (!done()) {
      const std::string_view text = word("a byte");
      if (text.size() != 2) build_.bad("expected a byte as two hexadecimal digits, got " + excerpt(text));
      out += static_cast<char>(digit(text[0]) << 4 | digit(text[1]));
    }
    if (find_invalid_utf8(out) != std::string_view::npos) build_.bad("a string literal that is not UTF-8");
    return out;
  }

  // --- declarations ----------------------------------------------------------------------------------------------

  Constant constant() {
    Constant c;
    c.name = name();
    c.type = term();
    return c;
  }

  void declaration(std::string_view kind) {
    if (kind == "#AX") {
      Constant c = constant();
      c.params = names_to_the_end();
      build_.add_axiom(std::move(c));
    } else if (kind == "#DEF") {
      Constant c = constant();
      c.value = term();
      c.hints = hints();
      c.params = names_to_the_end();
      c.all = {c.name};
      build_.add_definition(std::move(c));
    } else if (kind == "#THM" || kind == "#OPAQ") {
      Constant c = constant();
      c.value = term();
      c.params = names_to_the_end();
      c.all = {c.name};
      if (kind == "#THM") {
        build_.add_theorem(std::move(c));
      } else {
        build_.add_opaque(std::move(c));
      }
    } else if (kind == "#QUOT") {
      if (done()) {
        build_.fail_here(ErrorCode::kUnsupported, "a #QUOT without its constants, as in the oldest exports; "
                                                  "export with lean4export 2.0.0 or later");
      }
      Constant c = constant();
      c.params = names_to_the_end();
      const std::string its_name = env_.names().to_string(c.name);
      c.quotient = its_name == "Quot.mk"     ? QuotientKind::kMk
                   : its_name == "Quot.lift" ? QuotientKind::kLift
                   : its_name == "Quot.ind"  ? QuotientKind::kInd
                                             : QuotientKind::kType;
      build_.add_quotient(std::move(c));
    } else if (kind == "#IND") {
      inductive_type();
    } else if (kind == "#CTOR") {
      constructor();
    } else if (kind == "#REC") {
      recursor();
    } else {
      build_.bad("expected a declaration, got " + excerpt(kind));
    }
  }

  Hints hints() {
    const std::string_view text = word("O, A or R");
    if (text == "O") return {HintKind::kOpaque, 0};
    if (text == "A") return {HintKind::kAbbreviation, 0};
    if (text == "R") return {HintKind::kRegular, number32("the height of a definition")};
    build_.bad("expected O, A or R, got " + excerpt(text));
  }

  void inductive_type() {
    Constant c = constant();
    InductiveInfo about;
    if (!old_) about.is_reflexive = flag("isReflexive");
    about.is_recursive = flag("isRec");
    if (old_) {
      if (flag("isNested")) {
        build_.fail_here(ErrorCode::kUnsupported, "a nested inductive type, of which format 0.1.2 says too little; "
                                                  "export with lean4export 2.0.0 or later");
      }
    } else {
      about.num_nested = number("numNested");
    }
    about.num_params = number("numParams");
    about.num_indices = number("numIndices");
    about.all = counted_names("the number of types");
    about.constructors = counted_names("the number of constructors");
    c.params = names_to_the_end();
    build_.add_loose_type(std::move(c), std::move(about));
  }

  void constructor() {
    Constant c = constant();
    ConstructorInfo about;
    about.inductive = name();
    about.index = number("the constructor's index");
    about.num_params = number("numParams");
    about.num_fields = number("numFields");
    c.params = names_to_the_end();
    build_.add_loose_constructor(std::move(c), about);
  }

  void recursor() {
    Constant c = constant();
    RecursorInfo about;
    about.all = counted_names("the number of types");
    about.num_params = number("numParams");
    about.num_indices = number("numIndices");
    about.num_motives = number("numMotives");
    about.num_minors = number("numMinors");
    const std::uint64_t count = number("the number of rules");
    if (count > line_.size()) build_.bad("a count of " + std::to_string(count) + " is more than the line holds");
    for (std::uint64_t i = 0; i < count; ++i) {
      const std::uint64_t index = number("the index of a rule");
      const std::uint32_t rule = rule_index_.get(index);
      if (rule == kNone) build_.bad("rule " + std::to_string(index) + " is used but not defined before");
      about.rules.push_back(rules_[rule]);
    }
    about.k = flag("k");
    c.params = names_to_the_end();
    build_.add_loose_recursor(std::move(c), std::move(about));
  }

  // 0.1.2 does not say whether a type is reflexive. It is not where no field of a recursive type is a function.
  void check_reflexivity() const {
    std::vector<bool> seen(terms_.size());
    for (ConstantId id = 0; id < env_.num_constants(); ++id) {
      const Constant& c = env_.constant(id);
      if (c.kind != ConstantKind::kConstructor) continue;
      const ConstantId type = env_.find(env_.constructor(c).inductive);
      if (type == kNone || env_.constant(type).kind != ConstantKind::kInductive) continue;
      if (!env_.inductive(env_.constant(type)).is_recursive) continue;
      for (TermId t = c.type; terms_[t].kind == Kind::kPi && !seen[t]; t = terms_[t].b) {
        seen[t] = true;
        if (terms_[terms_[t].a].kind == Kind::kPi) {
          build_.fail_here(ErrorCode::kUnsupported,
                           env_.names().to_string(c.name) +
                               " has a function for a field, and format 0.1.2 does not say whether its "
                               "type is reflexive; export with lean4export 2.0.0 or later");
        }
      }
    }
  }

  ExportBuilder build_;
  Environment& env_;
  TermStore& terms_;
  IndexTable rule_index_;
  std::vector<RecursorRule> rules_;
  const std::string_view text_;
  std::string_view line_;
  std::size_t at_ = 0;
  bool old_ = false;  // 0.1.2
};

}  // namespace

void read_text(std::span<const std::uint8_t> bytes, const std::string& name, Environment& into,
               const ReadLimits& limits) {
  if (bytes.size() > limits.max_bytes) {
    fail(ErrorCode::kMemoryLimit, name + ": " + std::to_string(bytes.size()) + " bytes; the limit is " +
                                      std::to_string(limits.max_bytes) + " (max_bytes)");
  }
  TextReader(bytes, name, into, limits).read();
}

}  // namespace verikit::lean
