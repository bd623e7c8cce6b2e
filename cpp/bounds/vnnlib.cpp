// Reads VNN-LIB: declarations, then assertions, into a Formula. Linear in the size of the text; the work
// of exact arithmetic on long numbers is charged to a budget, so that no file runs for long.
#include <algorithm>
#include <fstream>
#include <limits>

#include "base/error.h"
#include "base/excerpt.h"
#include "bounds/formula.h"
#include "bounds/sexpr.h"

namespace verikit::bounds {

namespace mp = boost::multiprecision;

namespace {

constexpr std::size_t kDeepest = 2'000;  // whatever the limits say: the parser and the expansion recurse

bool is_any_of(std::string_view word, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

// sum of coefficient * variable, plus constant. Variables are 2 * index, + 1 for outputs.
struct LinearForm {
  std::vector<std::pair<std::uint64_t, Rational>> terms;
  Rational constant;

  static bool is_output(std::uint64_t variable) { return (variable & 1) != 0; }
  static std::uint32_t index(std::uint64_t variable) { return static_cast<std::uint32_t>(variable >> 1); }
};

// Words of memory and of work that exact arithmetic may take. Ordinary files stay far below.
class Budget {
 public:
  explicit Budget(const PropertyLimits& limits) : words_(limits.max_terms * 8) {}
  void charge(const Rational& q) {
    const std::size_t extra = extra_words(q);
    words_ = words_ > extra ? words_ - extra : 0;
    spend(16 + extra * extra);
  }
  void charge_terms(std::size_t count) { spend(8 * count); }

 private:
  void spend(std::size_t work) {
    work_ = work_ > work ? work_ - work : 0;
    if (words_ == 0 || work_ == 0) {
      fail(ErrorCode::kMemoryLimit,
           "the property's numbers need too much exact arithmetic; shorten the numbers or the nested terms");
    }
  }

  std::size_t words_;
  std::size_t work_ = std::size_t{1} << 30;
};

class Parser {
 public:
  Parser(std::string_view text, const PropertyLimits& limits)
      : lexer_(text),
        limits_(limits),
        budget_(limits),
        max_depth_(std::min(limits.max_depth, kDeepest)),
        max_variables_(text.size()) {}

  Formula run() {
    while (lexer_.peek().kind != Token::Kind::kEnd) command();
    formula_.inputs = close_declarations(inputs_, 'X', "inputs");
    formula_.outputs = close_declarations(outputs_, 'Y', "outputs");
    return std::move(formula_);
  }

 private:
  // ---- errors and small steps

  [[noreturn]] void malformed(const Token& at, const std::string& expected) const {
    const std::string got = at.kind == Token::Kind::kEnd ? "the end of the file" : excerpt(at.text);
    lexer_.fail_at(at.offset, ErrorCode::kPropertyFormat, "expected " + expected + ", got " + got);
  }
  [[noreturn]] void unsupported(const Token& at, const std::string& what) const {
    lexer_.fail_at(at.offset, ErrorCode::kUnsupported, what);
  }
  Token expect(Token::Kind kind, const char* what) {
    if (lexer_.peek().kind != kind) malformed(lexer_.peek(), what);
    return lexer_.next();
  }
  void close(const Token& open) {
    if (lexer_.peek().kind == Token::Kind::kEnd) {
      lexer_.fail_at(open.offset, ErrorCode::kPropertyFormat,
                     "expected a ')' for this '(', got the end of the file");
    }
    expect(Token::Kind::kClose, "')'");
  }
  [[nodiscard]] bool at_close() const { return lexer_.peek().kind == Token::Kind::kClose; }
  void check_depth(const Token& at, std::size_t depth) const {
    if (depth > max_depth_) {
      lexer_.fail_at(at.offset, ErrorCode::kMemoryLimit,
                     "parentheses are nested deeper than the limit of " + std::to_string(max_depth_));
    }
  }

  // ---- commands

  void command() {
    const Token open = expect(Token::Kind::kOpen, "'('");
    const Token word = expect(Token::Kind::kAtom, "a command such as declare-const or assert");
    if (word.text == "assert") {
      const std::uint32_t root = formula(1);
      formula_.asserts.push_back(root);
      close(open);
    } else if (word.text == "declare-const" || word.text == "declare-fun") {
      declare(word);
      close(open);
    } else if (is_any_of(word.text, {"set-logic", "set-info", "set-option", "check-sat", "get-model"})) {
      skip_rest(open);
    } else if (is_any_of(word.text, {"declare-network", "declare-input", "declare-output", "declare-hidden",
                                     "vnnlib-version"})) {
      unsupported(word, excerpt(word.text) + " belongs to VNN-LIB 2.0, which verikit does not read; write the "
                                            "property in VNN-LIB 1.0 (declare-const X_i, Y_j)");
    } else if (is_any_of(word.text, {"define-fun", "define-const", "define-sort", "declare-sort", "declare-datatype",
                                     "push", "pop", "reset", "reset-assertions", "check-sat-assuming", "exit"})) {
      unsupported(word, "the SMT-LIB command " + excerpt(word.text) + " is not supported in a property");
    } else {
      malformed(word, "declare-const or assert");
    }
  }

  // The rest of a command without meaning for us, its parenthesis included.
  void skip_rest(const Token& open) {
    for (std::size_t depth = 1; depth > 0;) {
      if (lexer_.peek().kind == Token::Kind::kEnd) close(open);
      const Token token = lexer_.next();
      if (token.kind == Token::Kind::kOpen) ++depth;
      if (token.kind == Token::Kind::kClose) --depth;
    }
  }

  void declare(const Token& word) {
    const Token name = expect(Token::Kind::kAtom, "a name, X_<i> or Y_<j>");
    std::uint64_t variable = 0;
    if (!parse_name(name.text, variable)) malformed(name, "a name of the form X_<i> or Y_<j>");
    if (word.text == "declare-fun") {
      const Token open = expect(Token::Kind::kOpen, "'()' (a constant)");
      if (!at_close()) unsupported(lexer_.peek(), "functions with arguments are not supported");
      close(open);
    }
    const Token sort = expect(Token::Kind::kAtom, "the sort Real");
    if (is_any_of(sort.text, {"Int", "Bool", "String"})) {
      unsupported(sort, "the sort " + excerpt(sort.text) + " of " + excerpt(name.text) + " is not supported; use Real");
    }
    if (sort.text != "Real") malformed(sort, "the sort Real");
    const std::uint32_t index = LinearForm::index(variable);
    // A file whose indices are dense cannot have an index beyond its size.
    if (index >= max_variables_) {
      lexer_.fail_at(name.offset, ErrorCode::kPropertyFormat,
                     "the indices of " + excerpt(name.text) + " and its like must be 0..n-1 without gaps");
    }
    std::vector<char>& declared = LinearForm::is_output(variable) ? outputs_ : inputs_;
    if (declared.size() <= index) declared.resize(std::size_t{index} + 1, 0);
    if (declared[index] != 0) {
      lexer_.fail_at(name.offset, ErrorCode::kPropertyFormat, excerpt(name.text) + " is declared twice");
    }
    declared[index] = 1;
  }

  static Index close_declarations(const std::vector<char>& declared, char letter, const char* what) {
    if (declared.empty()) {
      fail(ErrorCode::kPropertyFormat, std::string("the property declares no ") + what + "; expected (declare-const " +
                                           letter + "_0 Real)");
    }
    const auto gap = std::find(declared.begin(), declared.end(), 0);
    if (gap != declared.end()) {
      fail(ErrorCode::kPropertyFormat, std::string(1, letter) + "_" + std::to_string(gap - declared.begin()) +
                                           " is not declared, but " + letter + "_" +
                                           std::to_string(declared.size() - 1) +
                                           " is; indices must be 0..n-1 without gaps");
    }
    return static_cast<Index>(declared.size());
  }

  // X_12 or Y_3: no sign, no leading zero, below 2^31.
  static bool parse_name(std::string_view text, std::uint64_t& variable) {
    if (text.size() < 3 || text.size() > 12 || (text[0] != 'X' && text[0] != 'Y') || text[1] != '_') return false;
    if (text[2] == '0' && text.size() > 3) return false;
    std::uint64_t index = 0;
    for (char c : text.substr(2)) {
      if (c < '0' || c > '9') return false;
      index = index * 10 + static_cast<std::uint64_t>(c - '0');
    }
    if (index > 0x7FFFFFFF) return false;
    variable = 2 * index + (text[0] == 'Y' ? 1 : 0);
    return true;
  }

  // ---- formulas

  std::uint32_t add_node(FormulaNode node) {
    formula_.nodes.push_back(node);
    if (formula_.nodes.size() >= FormulaNode::kNone) fail(ErrorCode::kMemoryLimit, "the property has too many parts");
    return static_cast<std::uint32_t>(formula_.nodes.size() - 1);
  }
  std::uint32_t add_literal(Literal literal) {
    formula_.literals.push_back(std::move(literal));
    return add_node({FormulaNode::Kind::kLiteral, static_cast<std::uint32_t>(formula_.literals.size() - 1),
                     FormulaNode::kNone});
  }
  std::uint32_t add_decided(bool value) {
    return add_literal({value ? Literal::Kind::kTrue : Literal::Kind::kFalse, 0, {}});
  }

  std::uint32_t formula(std::size_t depth) {
    const Token start = lexer_.peek();
    if (start.kind == Token::Kind::kAtom) {
      lexer_.next();
      if (start.text == "true" || start.text == "false") return add_decided(start.text == "true");
      malformed(start, "a formula: (and ...), (or ...) or a comparison");
    }
    const Token open = expect(Token::Kind::kOpen, "a formula: (and ...), (or ...) or a comparison");
    check_depth(open, depth);
    const Token word = expect(Token::Kind::kAtom, "and, or, <=, >=, <, > or =");
    std::uint32_t result = 0;
    if (word.text == "and" || word.text == "or") {
      result = connective(word.text == "and" ? FormulaNode::Kind::kAnd : FormulaNode::Kind::kOr, open, depth);
    } else if (is_any_of(word.text, {"<=", ">=", "<", ">", "="})) {
      result = comparison(word, open, depth);
    } else if (is_any_of(word.text, {"not", "=>", "xor", "ite", "let", "forall", "exists", "distinct"})) {
      unsupported(word, "the operator " + excerpt(word.text) +
                            " is not supported; assertions are built from and, or, <=, >=, <, >, =");
    } else {
      malformed(word, "and, or, <=, >=, <, > or =");
    }
    close(open);
    return result;
  }

  // One child stands for itself, so that nesting without content costs nothing later.
  std::uint32_t connective(FormulaNode::Kind kind, const Token& open, std::size_t depth) {
    std::uint32_t first = FormulaNode::kNone, last = FormulaNode::kNone;
    while (!at_close()) {
      if (lexer_.peek().kind == Token::Kind::kEnd) close(open);
      const std::uint32_t child = formula(depth + 1);
      if (last == FormulaNode::kNone) {
        first = child;
      } else {
        formula_.nodes[last].next = child;
      }
      last = child;
    }
    if (first == FormulaNode::kNone) malformed(lexer_.peek(), "at least one formula after 'and' or 'or'");
    return first == last ? first : add_node({kind, first, FormulaNode::kNone});
  }

  std::uint32_t comparison(const Token& word, const Token& open, std::size_t depth) {
    LinearForm left = term(depth + 1);
    LinearForm right = term(depth + 1);
    if (!at_close() && lexer_.peek().kind != Token::Kind::kEnd) {
      unsupported(lexer_.peek(), "a comparison of more than two sides is not supported; write one for each pair");
    }
    subtract(left, right);
    merge(left);
    if (word.text == "<=" || word.text == "<") return add_comparison(std::move(left), word.text == "<", open);
    LinearForm opposite = left;
    negate(opposite);
    if (word.text != "=") return add_comparison(std::move(opposite), word.text == ">", open);
    const std::uint32_t below = add_comparison(std::move(left), false, open);
    const std::uint32_t above = add_comparison(std::move(opposite), false, open);
    formula_.nodes[below].next = above;
    return add_node({FormulaNode::Kind::kAnd, below, FormulaNode::kNone});
  }

  // form <= 0, or form < 0
  std::uint32_t add_comparison(LinearForm form, bool strict, const Token& at) {
    if (form.terms.empty()) return add_decided(strict ? form.constant < 0 : form.constant <= 0);
    const auto is_output = [](const auto& term) { return LinearForm::is_output(term.first); };
    const auto outputs = std::count_if(form.terms.begin(), form.terms.end(), is_output);
    if (outputs == 0) {
      if (form.terms.size() > 1) {
        unsupported(at, "a constraint on several inputs together is not supported; inputs must lie in a box");
      }
      if (strict) {
        unsupported(at, "a strict bound on an input is not supported; input boxes are closed, write <= or >=");
      }
      const Rational& coefficient = form.terms.front().second;
      const auto kind = coefficient > 0 ? Literal::Kind::kUpper : Literal::Kind::kLower;
      if (coefficient == 1) form.constant = -form.constant;
      else if (coefficient != -1) form.constant = -form.constant / coefficient;
      budget_.charge(form.constant);
      return add_literal({kind, LinearForm::index(form.terms.front().first), std::move(form.constant)});
    }
    if (static_cast<std::size_t>(outputs) != form.terms.size()) {
      unsupported(at, "a constraint that mixes inputs and outputs is not supported");
    }
    OutputConstraint constraint;
    constraint.strict = strict;
    constraint.bound = -form.constant;
    constraint.terms.reserve(form.terms.size());
    for (auto& [variable, coefficient] : form.terms) {
      constraint.terms.emplace_back(static_cast<std::int32_t>(LinearForm::index(variable)), std::move(coefficient));
    }
    formula_.constraints.push_back(std::move(constraint));
    return add_literal({Literal::Kind::kOutput, static_cast<std::uint32_t>(formula_.constraints.size() - 1), {}});
  }

  // ---- terms

  LinearForm term(std::size_t depth) {
    const Token start = lexer_.peek();
    if (start.kind == Token::Kind::kAtom) return atom(lexer_.next());
    const Token open = expect(Token::Kind::kOpen, "a number, a variable or a linear term");
    check_depth(open, depth);
    const Token word = expect(Token::Kind::kAtom, "+, - or *");
    if (is_any_of(word.text, {"/", "div", "mod", "abs", "ite", "let", "max", "min", "to_real", "to_int"})) {
      unsupported(word, "the operator " + excerpt(word.text) + " is not supported in a term; use +, - and *");
    }
    if (!is_any_of(word.text, {"+", "-", "*"})) malformed(word, "+, - or *");
    LinearForm result = term(depth + 1);
    if (word.text == "-" && at_close()) negate(result);
    while (!at_close()) {
      if (lexer_.peek().kind == Token::Kind::kEnd) close(open);
      LinearForm next = term(depth + 1);
      if (word.text == "+") {
        add(result, next);
      } else if (word.text == "-") {
        subtract(result, next);
      } else if (next.terms.empty()) {
        scale(result, next.constant);
      } else if (result.terms.empty()) {
        const Rational factor = std::move(result.constant);
        result = std::move(next);
        scale(result, factor);
      } else {
        unsupported(word, "a product of two variables is not supported; terms must be linear");
      }
    }
    close(open);
    return result;
  }

  LinearForm atom(const Token& token) {
    LinearForm result;
    const char first = token.text.front();
    if (first == 'X' || first == 'Y') {
      std::uint64_t variable = 0;
      if (!parse_name(token.text, variable) || !is_declared(variable)) {
        lexer_.fail_at(token.offset, ErrorCode::kPropertyFormat,
                       excerpt(token.text) + " is not declared; expected (declare-const X_<i> Real) before its use");
      }
      result.terms.emplace_back(variable, Rational(1));
      return result;
    }
    if ((first >= '0' && first <= '9') || first == '-' || first == '+' || first == '.') {
      try {
        result.constant = parse_decimal(token.text, limits_);
      } catch (const Error& error) {
        lexer_.fail_at(token.offset, error.code(), error.what());
      }
      budget_.charge(result.constant);
      return result;
    }
    malformed(token, "a number or a declared variable X_<i>, Y_<j>");
  }

  [[nodiscard]] bool is_declared(std::uint64_t variable) const {
    const std::vector<char>& declared = LinearForm::is_output(variable) ? outputs_ : inputs_;
    const std::uint32_t index = LinearForm::index(variable);
    return index < declared.size() && declared[index] != 0;
  }

  void add(LinearForm& into, LinearForm& other) {
    if (into.terms.size() < other.terms.size()) std::swap(into.terms, other.terms);  // the order is free
    budget_.charge_terms(other.terms.size());
    into.terms.insert(into.terms.end(), other.terms.begin(), other.terms.end());
    if (other.constant != 0) {
      into.constant += other.constant;
      budget_.charge(into.constant);
    }
  }
  void subtract(LinearForm& into, LinearForm& other) {
    negate(other);
    add(into, other);
  }
  void negate(LinearForm& form) {
    budget_.charge_terms(form.terms.size());
    for (auto& term : form.terms) term.second = -term.second;
    form.constant = -form.constant;
  }
  void scale(LinearForm& form, const Rational& factor) {
    for (auto& term : form.terms) {
      term.second *= factor;
      budget_.charge(term.second);
    }
    form.constant *= factor;
    budget_.charge(form.constant);
  }

  // Sorted by variable, like terms added up, zeros dropped.
  void merge(LinearForm& form) {
    auto& terms = form.terms;
    const auto before = [](const auto& a, const auto& b) { return a.first < b.first; };
    if (!std::is_sorted(terms.begin(), terms.end(), before)) std::stable_sort(terms.begin(), terms.end(), before);
    std::size_t kept = 0;
    for (std::size_t from = 0; from < terms.size();) {
      std::size_t to = from + 1;
      for (; to < terms.size() && terms[to].first == terms[from].first; ++to) {
        terms[from].second += terms[to].second;
        budget_.charge(terms[from].second);
      }
      if (terms[from].second != 0) {
        if (kept != from) terms[kept] = std::move(terms[from]);
        ++kept;
      }
      from = to;
    }
    terms.resize(kept);
  }

  Lexer lexer_;
  const PropertyLimits& limits_;
  Budget budget_;
  std::size_t max_depth_;
  std::size_t max_variables_;
  std::vector<char> inputs_, outputs_;  // which indices are declared
  Formula formula_;
};

void check_size(std::size_t bytes, const PropertyLimits& limits) {
  if (bytes > limits.max_bytes) {
    fail(ErrorCode::kMemoryLimit, "the property has " + std::to_string(bytes) + " bytes; the limit is " +
                                      std::to_string(limits.max_bytes));
  }
}

}  // namespace

Property parse_vnnlib(std::string_view text, const PropertyLimits& limits) {
  check_size(text.size(), limits);
  if (text.substr(0, 2) == "\x1F\x8B") {
    fail(ErrorCode::kPropertyFormat, "expected VNN-LIB text, got gzip-compressed data; decompress it first");
  }
  return to_property(Parser(text, limits).run(), limits);
}

Property read_vnnlib(const std::string& path, const PropertyLimits& limits) {
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  const std::streamoff size = file ? static_cast<std::streamoff>(file.tellg()) : -1;
  // Opening a folder succeeds on Linux; its size is then absurd.
  if (size < 0 || size == std::numeric_limits<std::streamoff>::max()) {
    fail(ErrorCode::kInput, "cannot read the property file " + path);
  }
  check_size(static_cast<std::size_t>(size), limits);
  std::string text(static_cast<std::size_t>(size), '\0');
  file.seekg(0);
  file.read(text.data(), size);
  if (!file) fail(ErrorCode::kInput, "cannot read the property file " + path);
  try {
    return parse_vnnlib(text, limits);
  } catch (const Error& error) {
    fail(error.code(), path + ": " + error.what());
  }
}

}  // namespace verikit::bounds
