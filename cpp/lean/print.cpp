// Printing with an explicit stack of work: a term may be deeper than any call stack and, written out as a tree, longer
// than any memory. Every node looked at is paid for from one budget, so that the cost is set by the limits.
#include "lean/print.h"

#include <algorithm>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "lean/big_nat.h"

namespace verikit::lean {
namespace {

constexpr std::string_view kEllipsis = "…";
constexpr std::size_t kLongestNumeral = 4096;  // bits; beyond, the size is printed: conversion is quadratic
constexpr std::size_t kLongestHygiene = 256;   // components of a name looked at for a macro scope

// What a place takes without parentheses: everything; all but binders and arrows; all but applications too.
enum class Place : std::uint8_t { kOpen, kArrowLeft, kArgument };

struct Brackets {
  std::string_view open, close;
};
Brackets brackets(BinderInfo info) {
  switch (info) {
    case BinderInfo::kDefault: break;
    case BinderInfo::kImplicit: return {"{", "}"};
    case BinderInfo::kStrictImplicit: return {"⦃", "⦄"};
    case BinderInfo::kInstImplicit: return {"[", "]"};
  }
  return {"(", ")"};
}

bool is_binder(Kind kind) { return kind == Kind::kLambda || kind == Kind::kPi || kind == Kind::kLet; }

class Printer {
 public:
  Printer(const TermStore& terms, const PrintOptions& options)
      : terms_(terms), options_(options), budget_(4 * (options.max_length + options.max_depth) + 64) {}

  std::string print(TermId id) {
    push({Task::kTerm, Place::kOpen, Kind::kSort, id, 0, {}});
    while (!work_.empty() && out_.size() <= options_.max_length) {
      const Item item = std::move(work_.back());
      work_.pop_back();
      switch (item.task) {
        case Task::kText: out_ += item.text; break;
        case Task::kTerm: term(item.id, item.place, item.depth); break;
        case Task::kLevel: level(item.id, item.place, item.depth); break;
        case Task::kBind:
          used_.insert(item.text);
          scope_.push_back(item.text);
          break;
        case Task::kUnbind: unbind(); break;
        case Task::kChain: chain(item.id, item.before, item.depth); break;
      }
    }
    if (out_.size() > options_.max_length) cut();
    return std::move(out_);
  }

 private:
  enum class Task : std::uint8_t { kText, kTerm, kLevel, kBind, kUnbind, kChain };
  // What is still to be written; the last one is next.
  struct Item {
    Task task;
    Place place;
    Kind before;  // kChain: the binder that this body belongs to
    std::uint32_t id;
    std::size_t depth;
    std::string text;
  };
  void push(Item item) { work_.push_back(std::move(item)); }
  void push_text(std::string_view text) { push({Task::kText, Place::kOpen, Kind::kSort, 0, 0, std::string(text)}); }
  void push_term(TermId id, Place place, std::size_t depth) { push({Task::kTerm, place, Kind::kSort, id, depth, {}}); }

  // Whether one more node may be looked at, at that depth; writes the ellipsis where not.
  bool pay(std::size_t depth) {
    if (budget_ == 0 || depth > options_.max_depth) {
      out_ += kEllipsis;
      return false;
    }
    --budget_;
    return true;
  }

  void term(TermId id, Place place, std::size_t depth) {
    if (!pay(depth)) return;
    const Node n = terms_[id];
    switch (n.kind) {
      case Kind::kBVar:
        out_ += n.a < scope_.size() ? scope_[scope_.size() - 1 - n.a] : "#" + std::to_string(n.a - scope_.size());
        return;
      case Kind::kFVar: out_ += "x✝" + std::to_string(n.a); return;
      case Kind::kSort: sort(n.a, place, depth); return;
      case Kind::kConst: constant(n, depth); return;
      case Kind::kApp: application(id, place, depth); return;
      case Kind::kPi:
        if (place == Place::kOpen && is_arrow(n)) {
          arrow(n, depth);
          return;
        }
        [[fallthrough]];
      case Kind::kLambda:
      case Kind::kLet:
        if (place != Place::kOpen) {
          out_ += "(";
          push_text(")");
          push_term(id, Place::kOpen, depth);
        } else {
          chain(id, Kind::kSort, depth);
        }
        return;
      case Kind::kProj:
        push_text("." + std::to_string(std::uint64_t{n.b} + 1));
        push_term(n.c, Place::kArgument, depth + 1);
        return;
      case Kind::kNat: out_ += std::to_string(std::uint64_t{n.b} << 32 | n.a); return;
      case Kind::kBigNat: numeral(terms_.big_nat(n.a)); return;
      case Kind::kString: string(terms_.string_value(id)); return;
      case Kind::kClosure: out_ += "⟨suspended⟩"; return;
    }
  }

  void application(TermId id, Place place, std::size_t depth) {
    if (place == Place::kArgument) {
      out_ += "(";
      push_text(")");
    }
    // The last argument is written last. Of a spine that cannot fit, the head is not looked for.
    std::size_t pushed = 0;
    for (; terms_[id].kind == Kind::kApp && budget_ > 0 && pushed <= options_.max_length; ++pushed, --budget_) {
      const Node& n = terms_[id];
      push_term(n.b, Place::kArgument, depth + 1);
      push_text(" ");
      id = n.a;
    }
    if (terms_[id].kind == Kind::kApp) {
      push_text(kEllipsis);
    } else {
      push_term(id, Place::kArgument, depth + 1);
    }
  }

  static bool is_arrow_info(std::uint32_t binder) { return TermStore::binder_info(binder) == BinderInfo::kDefault; }
  bool is_arrow(const Node& n) const {
    return n.kind == Kind::kPi && is_arrow_info(n.c) && (terms_[n.b].mask & 1) == 0;
  }
  void arrow(const Node& n, std::size_t depth) {
    push({Task::kUnbind, Place::kOpen, Kind::kSort, 0, 0, {}});
    push_term(n.b, Place::kOpen, depth);  // to the right it grows in length, not in depth
    push_text(" → ");
    push({Task::kBind, Place::kOpen, Kind::kSort, 0, 0, {}});  // nobody speaks of it
    push_term(n.a, Place::kArrowLeft, depth + 1);
  }

  // A binder or the body of one: `before` is the binder it continues, or kSort where it stands alone.
  void chain(TermId id, Kind before, std::size_t depth) {
    const Node n = terms_[id];
    const bool goes_on = n.kind == before && n.kind != Kind::kLet && !is_arrow(n);
    if (!goes_on && (before == Kind::kLambda || before == Kind::kPi)) {
      out_ += before == Kind::kLambda ? " => " : ", ";
    }
    if (!goes_on && (!is_binder(n.kind) || is_arrow(n))) {
      term(id, Place::kOpen, depth);
      return;
    }
    if (!pay(depth)) return;
    if (n.kind == Kind::kLet) {
      const std::string name = fresh_name(terms_.let_name(id));
      out_ += "let " + name + " : ";
      push_body(n.c, Kind::kLet, depth, name);
      push_text("; ");
      push_term(n.b, Place::kOpen, depth + 1);
      push_text(" := ");
      push_term(n.a, Place::kOpen, depth + 1);
      return;
    }
    if (!goes_on) out_ += n.kind == Kind::kLambda ? "fun" : "∀";
    const std::string name = fresh_name(TermStore::binder_name(n.c));
    const Brackets around = brackets(TermStore::binder_info(n.c));
    out_ += " ";
    out_ += around.open;
    out_ += name + " : ";
    push_body(n.b, n.kind, depth, name);
    push_text(around.close);
    push_term(n.a, Place::kOpen, depth + 1);
  }
  void push_body(TermId body, Kind binder, std::size_t depth, const std::string& name) {
    push({Task::kUnbind, Place::kOpen, Kind::kSort, 0, 0, {}});
    push({Task::kChain, Place::kOpen, binder, body, depth, {}});
    push({Task::kBind, Place::kOpen, Kind::kSort, 0, 0, name});
  }

  // --- binder names: a name in scope is never given twice -------------------------------------------------------
  std::string fresh_name(NameId name) {
    const NameTable& names = terms_.names();
    std::string base = "x";
    if (name != kAnonymous && name < names.size()) {
      // What stands before a macro scope is what the user wrote.
      NameId written = name;
      std::size_t looked_at = 0;
      for (NameId at = name; at != kAnonymous && looked_at < kLongestHygiene; at = names.prefix(at), ++looked_at) {
        if (!names.is_numeral(at) && names.text(at) == "_@") written = names.prefix(at);
      }
      if (written != kAnonymous) base = names.to_string(written);
      if (written != name) base += "✝";
    }
    if (used_.count(base) == 0) return base;
    std::size_t& suffix = last_suffix_[base];  // never goes back: a search from 1 would be quadratic
    std::string candidate;
    do {
      candidate = base + "_" + std::to_string(++suffix);
    } while (used_.count(candidate) != 0);
    return candidate;
  }
  void unbind() {
    used_.erase(scope_.back());
    scope_.pop_back();
  }

  // --- leaves ------------------------------------------------------------------------------------------------------
  void constant(const Node& n, std::size_t depth) {
    out_ += terms_.names().to_string(n.a);
    if (!options_.universes) return;
    const auto levels = terms_.levels().list(n.b);
    if (levels.empty()) return;
    out_ += ".{";
    push_text("}");
    const std::size_t shown = std::min(levels.size(), options_.max_length);
    if (shown < levels.size()) push_text(kEllipsis);
    for (std::size_t i = shown; i-- > 0;) {
      push({Task::kLevel, Place::kOpen, Kind::kSort, levels[i], depth + 1, {}});
      if (i > 0) push_text(", ");
    }
  }

  void sort(LevelId id, Place place, std::size_t depth) {
    const Level level = terms_.levels()[id];
    if (level.kind == LevelKind::kZero) {
      out_ += "Prop";
      return;
    }
    if (id == kLevelOne) {
      out_ += "Type";
      return;
    }
    if (place == Place::kArgument) {
      out_ += "(";
      push_text(")");
    }
    const bool type = level.kind == LevelKind::kSucc;
    out_ += type ? "Type " : "Sort ";
    push({Task::kLevel, Place::kArgument, Kind::kSort, type ? level.a : id, depth + 1, {}});
  }

  void level(LevelId id, Place place, std::size_t depth) {
    if (!pay(depth)) return;
    const LevelStore& levels = terms_.levels();
    std::size_t added = 0;
    while (levels[id].kind == LevelKind::kSucc && budget_ > 0) {
      id = levels[id].a;
      ++added;
      --budget_;
    }
    const Level l = levels[id];
    if (l.kind == LevelKind::kZero) {
      out_ += std::to_string(added);
      return;
    }
    const bool binary = l.kind == LevelKind::kMax || l.kind == LevelKind::kIMax;
    if (place == Place::kArgument && (binary || added > 0)) {
      out_ += "(";
      push_text(")");
    }
    if (added > 0) push_text("+" + std::to_string(added));
    switch (l.kind) {
      case LevelKind::kZero: break;
      case LevelKind::kSucc: push_text(kEllipsis); break;
      case LevelKind::kParam: push_text(terms_.names().to_string(l.a)); break;
      case LevelKind::kMax:
      case LevelKind::kIMax:
        if (added > 0) push_text(")");
        push({Task::kLevel, Place::kArgument, Kind::kSort, l.b, depth + 1, {}});
        push_text(" ");
        push({Task::kLevel, Place::kArgument, Kind::kSort, l.a, depth + 1, {}});
        push_text(l.kind == LevelKind::kMax ? "max " : "imax ");
        if (added > 0) push_text("(");
        break;
    }
  }

  void numeral(const BigNat& value) {
    const std::size_t bits = value == 0 ? 0 : boost::multiprecision::msb(value) + 1;
    if (bits <= kLongestNumeral) {
      out_ += value.str();
    } else {
      out_ += "⟨a literal of " + std::to_string(bits) + " bits⟩";
    }
  }

  void string(std::string_view text) {
    static constexpr char kHex[] = "0123456789abcdef";
    out_ += '"';
    for (const char c : text) {
      if (out_.size() > options_.max_length) return;
      const auto byte = static_cast<unsigned char>(c);
      if (c == '"' || c == '\\') {
        out_ += '\\';
        out_ += c;
      } else if (c == '\n') {
        out_ += "\\n";
      } else if (c == '\t') {
        out_ += "\\t";
      } else if (byte < 0x20 || byte == 0x7F) {
        out_ += "\\x";
        out_ += kHex[byte >> 4];
        out_ += kHex[byte & 15];
      } else {
        out_ += c;
      }
    }
    out_ += '"';
  }

  // To at most max_length bytes, the ellipsis included, between two characters.
  void cut() {
    std::size_t end = options_.max_length < kEllipsis.size() ? 0 : options_.max_length - kEllipsis.size();
    while (end > 0 && (static_cast<unsigned char>(out_[end]) & 0xC0) == 0x80) --end;
    out_.resize(end);
    out_ += kEllipsis;
  }

  const TermStore& terms_;
  const PrintOptions options_;
  std::size_t budget_;
  std::string out_;
  std::vector<Item> work_;
  std::vector<std::string> scope_;  // names of bound variables, innermost last
  std::unordered_set<std::string> used_;
  std::unordered_map<std::string, std::size_t> last_suffix_;
};

}  // namespace

std::string to_string(const TermStore& terms, TermId term, const PrintOptions& options) {
  return Printer(terms, options).print(term);
}

}  // namespace verikit::lean
