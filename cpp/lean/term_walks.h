// Walks over plain terms that the rules for inductive types need: without recursion, each subterm once.
#pragma once

#include <vector>

#include "lean/flat_map.h"
#include "lean/terms.h"

namespace verikit::lean {

// Whether two plain terms are the same but for the names and infos of binders. Universe levels must be the same as
// written.
bool alike(const TermStore& terms, TermId a, TermId b);

// The head of a plain application, which may have loose variables; its arguments take the place of what is in `args`.
TermId unfold(const TermStore& terms, TermId t, std::vector<TermId>& args);

// How many Pi binders a term begins with, as written.
std::uint64_t count_pis(const TermStore& terms, TermId t);

// Whether a constant of a given set occurs in a term. Types of free variables are not entered. Remembers what it has
// seen.
class Mentions {
 public:
  Mentions(const TermStore& terms, std::vector<NameId> names);
  bool in(TermId t);
  [[nodiscard]] bool names(NameId name) const;

 private:
  const TermStore& terms_;
  std::vector<NameId> names_;  // sorted
  FlatMap memo_;
  std::vector<TermId> todo_;
};

// Calls part(term) for the terms that a node is made of, in order.
template <typename Part>
void each_part(const Node& n, Part part) {
  switch (n.kind) {
    case Kind::kLet:
      part(n.a);
      part(n.b);
      part(n.c);
      break;
    case Kind::kApp:
    case Kind::kLambda:
    case Kind::kPi:
      part(n.a);
      part(n.b);
      break;
    case Kind::kProj:
      part(n.c);
      break;
    default:
      break;
  }
}

// Calls visit(node) for every subterm of `root`, each once; stops and returns true where visit does.
template <typename Visit>
bool any_subterm(const TermStore& terms, TermId root, Visit visit) {
  FlatMap seen;
  std::vector<TermId> todo;
  const auto push = [&](TermId t) {
    const std::uint64_t key = pair_key(t, 0);
    if (seen.contains(key)) return;
    seen.set(key, 1);
    todo.push_back(t);
  };
  push(root);
  while (!todo.empty()) {
    const TermId t = todo.back();
    todo.pop_back();
    if (visit(t)) return true;
    const Node n = terms[t];
    switch (n.kind) {
      case Kind::kApp:
      case Kind::kLambda:
      case Kind::kPi:
        push(n.b);
        push(n.a);
        break;
      case Kind::kLet:
        push(n.c);
        push(n.b);
        push(n.a);
        break;
      case Kind::kProj:
        push(n.c);
        break;
      default:
        break;
    }
  }
  return false;
}

// `root` with every outermost subterm t for which replace(t) is not kNone replaced by it; what was put in is not
// entered. Subterms without a mention are left alone. Order of the calls: outside in, functions before arguments,
// domains before bodies. replace must not depend on how many binders t lies under.
template <typename Replace>
TermId rewrite(TermStore& terms, Mentions& mentions, TermId root, Replace replace) {
  constexpr std::uint32_t kOpen = kNone;  // replace was asked, the parts are not done yet
  FlatMap done;
  std::vector<TermId> todo{root};
  const auto result = [&](TermId t) -> TermId {
    const std::uint32_t* found = done.find(pair_key(t, 0));
    return found == nullptr ? kNone : *found;
  };
  while (!todo.empty()) {
    const TermId t = todo.back();
    const std::uint64_t key = pair_key(t, 0);
    const std::uint32_t* found = done.find(key);
    if (found != nullptr && *found != kOpen) {
      todo.pop_back();
      continue;
    }
    if (found == nullptr) {
      TermId replaced = t;
      if (mentions.in(t)) replaced = replace(t);
      done.set(key, replaced == kNone ? kOpen : replaced);
      if (replaced != kNone) {
        todo.pop_back();
        continue;
      }
    }
    const Node n = terms[t];
    TermId parts[3] = {kNone, kNone, kNone};
    std::size_t count = 0;
    switch (n.kind) {
      case Kind::kApp:
      case Kind::kLambda:
      case Kind::kPi:
        parts[count++] = n.a;
        parts[count++] = n.b;
        break;
      case Kind::kLet:
        parts[count++] = n.a;
        parts[count++] = n.b;
        parts[count++] = n.c;
        break;
      case Kind::kProj:
        parts[count++] = n.c;
        break;
      default:
        break;
    }
    bool ready = true;
    TermId made[3] = {kNone, kNone, kNone};
    for (std::size_t i = count; i-- > 0;) {
      made[i] = result(parts[i]);
      if (made[i] == kNone) {
        todo.push_back(parts[i]);
        ready = false;
      }
    }
    if (!ready) continue;
    TermId value = t;
    switch (n.kind) {
      case Kind::kApp:
        value = terms.app(made[0], made[1]);
        break;
      case Kind::kLambda:
      case Kind::kPi:
        value = terms.make(n.kind, made[0], made[1], n.c);
        break;
      case Kind::kLet:
        value = terms.make(n.kind, made[0], made[1], made[2]);
        break;
      case Kind::kProj:
        value = terms.proj(n.a, n.b, made[0]);
        break;
      default:
        break;
    }
    done.set(key, value);
    todo.pop_back();
  }
  return result(root);
}

}  // namespace verikit::lean
