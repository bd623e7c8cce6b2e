// Lean terms from text, for tests: (Pi (x A) (y B) C), (fun (x A) t), (f a b), (Sort l), Prop, Type, names of binders,
// constants with universe arguments as in List.{u}. Levels: a numeral, a parameter, (succ l), (max l m), (imax l m).
#pragma once

#include <cctype>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "lean/environment.h"

namespace lean_test {

using namespace verikit::lean;

class Parser {
 public:
  Parser(Environment& env, std::string_view text) : env_(env), terms_(env.terms()), text_(text) {}
  TermId term() {
    const TermId t = parse();
    skip();
    if (at_ != text_.size()) throw std::runtime_error("text after the term: " + std::string(text_.substr(at_)));
    return t;
  }

 private:
  void skip() {
    while (at_ < text_.size() && std::isspace(static_cast<unsigned char>(text_[at_]))) ++at_;
  }
  bool take(char c) {
    skip();
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  void want(char c) {
    if (!take(c)) throw std::runtime_error(std::string("expected ") + c + " at " + std::string(text_.substr(at_)));
  }
  std::string word() {
    skip();
    const std::size_t begin = at_;
    while (at_ < text_.size() && !std::isspace(static_cast<unsigned char>(text_[at_])) &&
           std::string_view("(){},").find(text_[at_]) == std::string_view::npos) {
      ++at_;
    }
    if (begin == at_) throw std::runtime_error("expected a word at " + std::string(text_.substr(at_)));
    return std::string(text_.substr(begin, at_ - begin));
  }
  LevelId level() {
    LevelStore& levels = terms_.levels();
    if (take('(')) {
      const std::string op = word();
      const LevelId a = level();
      const LevelId made = op == "succ"  ? levels.succ(a)
                           : op == "max" ? levels.max(a, level())
                                         : levels.imax(a, level());
      want(')');
      return made;
    }
    const std::string w = word();
    if (!std::isdigit(static_cast<unsigned char>(w[0]))) return levels.param(env_.names().parse(w));
    LevelId l = kLevelZero;
    for (int i = std::stoi(w); i > 0; --i) l = levels.succ(l);
    return l;
  }
  TermId binders(Kind kind) {
    const std::size_t outer = scope_.size();
    std::vector<std::pair<TermId, std::uint32_t>> domains;
    for (;;) {
      skip();
      const std::size_t back = at_;
      if (!take('(')) break;
      const std::string name = word();
      skip();
      const bool binder = name != "Pi" && name != "fun" && name != "Sort" && is_binder(back);
      if (!binder) {
        at_ = back;
        break;
      }
      const TermId domain = parse();
      want(')');
      domains.emplace_back(domain, terms_.binder(env_.names().parse(name), BinderInfo::kDefault));
      scope_.push_back(name);
    }
    TermId body = parse();
    for (std::size_t i = domains.size(); i-- > 0;) body = terms_.make(kind, domains[i].first, body, domains[i].second);
    scope_.resize(outer);
    return body;
  }
  // A group that is followed by another term inside the same parentheses is a binder; the last one is the body.
  bool is_binder(std::size_t from) const {
    int depth = 0;
    for (std::size_t i = from; i < text_.size(); ++i) {
      if (text_[i] == '(') ++depth;
      if (text_[i] == ')' && --depth == 0) {
        for (++i; i < text_.size() && std::isspace(static_cast<unsigned char>(text_[i])); ++i) {
        }
        return i < text_.size() && text_[i] != ')';
      }
    }
    return false;
  }
  TermId parse() {
    if (take('(')) {
      skip();
      const std::size_t back = at_;
      TermId made = kNone;
      if (text_[at_] != '(') {
        const std::string w = word();
        if (w == "Pi") made = binders(Kind::kPi);
        if (w == "fun") made = binders(Kind::kLambda);
        if (w == "Sort") made = terms_.sort(level());
      }
      if (made == kNone) {
        at_ = back;
        made = parse();
        while (skip(), at_ < text_.size() && text_[at_] != ')') made = terms_.app(made, parse());
      }
      want(')');
      return made;
    }
    const std::string w = word();
    for (std::size_t i = scope_.size(); i-- > 0;) {
      if (scope_[i] == w) return terms_.bvar(static_cast<std::uint32_t>(scope_.size() - 1 - i));
    }
    if (w == "Prop") return terms_.sort(kLevelZero);
    if (w == "Type") return terms_.sort(kLevelOne);
    std::vector<LevelId> levels;
    std::string name = w;
    if (name.size() > 1 && name.back() == '.' && take('{')) {
      name.pop_back();
      do levels.push_back(level());
      while (take(','));
      want('}');
    }
    return terms_.constant(env_.names().parse(name), terms_.levels().list(levels));
  }

  Environment& env_;
  TermStore& terms_;
  std::string_view text_;
  std::size_t at_ = 0;
  std::vector<std::string> scope_;
};

inline TermId term(Environment& env, std::string_view text) { return Parser(env, text).term(); }

}  // namespace lean_test
