#include "lean/term_walks.h"

#include <algorithm>
#include <utility>

#include "lean/big_nat.h"

namespace verikit::lean {

bool alike(const TermStore& terms, TermId a, TermId b) {
  FlatMap seen;
  std::vector<std::pair<TermId, TermId>> todo;
  const auto push = [&](TermId x, TermId y) {
    if (x == y) return;
    const std::uint64_t key = pair_key(x, y);
    if (seen.contains(key)) return;
    seen.set(key, 1);
    todo.emplace_back(x, y);
  };
  push(a, b);
  while (!todo.empty()) {
    const auto [x, y] = todo.back();
    todo.pop_back();
    const Node& m = terms[x];
    const Node& n = terms[y];
    if (m.kind != n.kind || m.loose != n.loose) return false;
    switch (m.kind) {
      case Kind::kApp:
      case Kind::kLambda:
      case Kind::kPi:
        push(m.b, n.b);
        push(m.a, n.a);
        break;
      case Kind::kLet:
        push(m.c, n.c);
        push(m.b, n.b);
        push(m.a, n.a);
        break;
      case Kind::kProj:
        if (m.a != n.a || m.b != n.b) return false;
        push(m.c, n.c);
        break;
      case Kind::kFVar:
        if (m.a != n.a) return false;
        push(m.b, n.b);
        break;
      case Kind::kBigNat:
        if (terms.nat_value(x) != terms.nat_value(y)) return false;
        break;
      case Kind::kString:
        if (terms.string_value(x) != terms.string_value(y)) return false;
        break;
      default:
        return false;  // leaves that are interned: other ids, other terms
    }
  }
  return true;
}

TermId unfold(const TermStore& terms, TermId t, std::vector<TermId>& args) {
  args.clear();
  for (; terms[t].kind == Kind::kApp; t = terms[t].a) args.push_back(terms[t].b);
  std::reverse(args.begin(), args.end());
  return t;
}

std::uint64_t count_pis(const TermStore& terms, TermId t) {
  std::uint64_t count = 0;
  for (; terms[t].kind == Kind::kPi; t = terms[t].b) ++count;
  return count;
}

Mentions::Mentions(const TermStore& terms, std::vector<NameId> names) : terms_(terms), names_(std::move(names)) {
  std::sort(names_.begin(), names_.end());
}

bool Mentions::names(NameId name) const { return std::binary_search(names_.begin(), names_.end(), name); }

bool Mentions::in(TermId root) {
  if (names_.empty()) return false;
  if (const std::uint32_t* found = memo_.find(pair_key(root, 0))) return *found != 0;
  todo_.assign(1, root);
  while (!todo_.empty()) {
    const TermId t = todo_.back();
    const std::uint64_t key = pair_key(t, 0);
    if (memo_.contains(key)) {
      todo_.pop_back();
      continue;
    }
    const Node n = terms_[t];
    bool found = false, known = true;
    const auto part = [&](TermId child) {
      if (const std::uint32_t* seen = memo_.find(pair_key(child, 0))) {
        found = found || *seen != 0;
      } else {
        todo_.push_back(child);
        known = false;
      }
    };
    switch (n.kind) {
      case Kind::kConst:
        found = names(n.a);
        break;
      case Kind::kApp:
      case Kind::kLambda:
      case Kind::kPi:
        part(n.a);
        part(n.b);
        break;
      case Kind::kLet:
        part(n.a);
        part(n.b);
        part(n.c);
        break;
      case Kind::kProj:
        part(n.c);
        break;
      default:
        break;
    }
    if (!known) continue;
    memo_.set(key, found ? 1 : 0);
    todo_.pop_back();
  }
  return *memo_.find(pair_key(root, 0)) != 0;
}

}  // namespace verikit::lean
