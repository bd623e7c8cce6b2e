// Reduction with literals: Nat's operations, and what literals abbreviate.
#include "lean/big_nat.h"
#include "lean/state.h"

namespace verikit::lean {
namespace {

// The value of a kNat.
std::uint64_t word(const Node& n) { return static_cast<std::uint64_t>(n.b) << 32 | n.a; }

// requires: valid UTF-8, as all string literals are.
std::vector<std::uint32_t> code_points(std::string_view utf8) {
  std::vector<std::uint32_t> points;
  for (std::size_t i = 0; i < utf8.size();) {
    const auto lead = static_cast<unsigned char>(utf8[i]);
    const std::size_t length = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    std::uint32_t point = length == 1 ? lead : lead & (0x7Fu >> length);
    for (std::size_t k = 1; k < length && i + k < utf8.size(); ++k) point = point << 6 | (static_cast<unsigned char>(utf8[i + k]) & 0x3F);
    points.push_back(point);
    i += length;
  }
  return points;
}

}  // namespace

TermId Kernel::State::nat_literal(TermId t) {
  const TermId v = whnf(t);
  const Node& n = terms[v];
  if (n.kind == Kind::kNat || n.kind == Kind::kBigNat) return v;
  if (n.kind == Kind::kConst && n.a == primitives->zero && n.b == kNoLevels) return terms.nat(std::uint64_t{0});
  return kNone;
}

TermId Kernel::State::reduce_nat(TermId head, std::size_t base) {
  const Node h = terms[head];
  if (h.kind != Kind::kConst || h.b != kNoLevels || !primitives->mentions_nat()) return kNone;
  const std::size_t count = stack.size() - base;
  if (count != 1 && count != 2) return kNone;
  const TermId first = stack[stack.size() - 1];
  const TermId second = count == 2 ? stack[stack.size() - 2] : kNone;
  const TermId result = reduce_nat(h.a, first, second);
  if (result != kNone) stack.resize(base);
  return result;
}

TermId Kernel::State::reduce_nat(TermId t) {
  View v = view(t);
  if (terms[v.term].kind != Kind::kApp) return kNone;
  // At most two arguments: looked at without taking the whole term apart.
  TermId args[2] = {kNone, kNone};
  std::size_t count = 0;
  for (;;) {
    const Node n = terms[v.term];
    if (n.kind == Kind::kClosure) {
      v = {n.a, n.b};
    } else if (n.kind == Kind::kApp) {
      if (count == 2) return kNone;
      args[count++] = close(n.b, v.env);
      v.term = n.a;
    } else {
      break;
    }
  }
  const Node& h = terms[v.term];
  if (h.kind != Kind::kConst || h.b != kNoLevels || count == 0) return kNone;
  return count == 1 ? reduce_nat(h.a, args[0], kNone) : reduce_nat(h.a, args[1], args[0]);
}

TermId Kernel::State::reduce_nat(NameId name, TermId a, TermId b) {
  const bool is_succ = name == primitives->succ && b == kNone;
  const NatOp op = is_succ ? NatOp::kCount : primitives->op(name);
  if (!is_succ && (op == NatOp::kCount || nat_op_arity(op) != (b == kNone ? 1 : 2))) return kNone;
  // Terms with free variables are compared as they are, unless asked otherwise.
  if (!eager_reduce && (terms[a].fvars != 0 || (b != kNone && terms[b].fvars != 0))) return kNone;
  const bool computes = is_succ ? primitives->nat_literals(self) : primitives->computes(op, self);
  if (!computes && (is_succ || !primitives->is_misnamed(op))) return kNone;
  const Level guard(*this);
  const TermId x = nat_literal(a);
  if (x == kNone) return kNone;
  if (is_succ) return terms.nat(BigNat(terms.nat_value(x) + 1));
  const TermId y = b == kNone ? x : nat_literal(b);
  if (y == kNone) return kNone;
  if (!computes) {
    // Here other Lean kernels compute by name, and what they find is not what the definition says.
    misnamed = name;
    return kNone;
  }
  const Node nx = terms[x];
  const Node ny = terms[y];
  const auto literal = [&](const auto& value) {
    if (!nat_op_is_predicate(op)) return terms.nat(value);
    return terms.constant(value != 0 ? primitives->bool_true : primitives->bool_false, kNoLevels);
  };
  if (nx.kind == Kind::kNat && ny.kind == Kind::kNat) {
    if (const std::optional<std::uint64_t> small = nat_op_small(op, word(nx), word(ny))) return literal(*small);
  }
  return literal(nat_op(op, terms.nat_value(x), terms.nat_value(y), limits.max_nat_bytes));
}

TermId Kernel::State::nat_to_constructor(TermId literal) {
  const Node n = terms[literal];
  if (n.kind == Kind::kNat && n.a == 0 && n.b == 0) return terms.constant(primitives->zero, kNoLevels);
  const TermId succ = terms.constant(primitives->succ, kNoLevels);
  if (n.kind == Kind::kNat) return terms.app(succ, terms.nat(word(n) - 1));
  return terms.app(succ, terms.nat(BigNat(terms.nat_value(literal) - 1)));
}

TermId Kernel::State::string_to_constructor(TermId literal) {
  if (!primitives->string_literals(self)) return kNone;
  const std::vector<std::uint32_t> points = code_points(terms.string_value(literal));
  const LevelId zero[] = {kLevelZero};
  const LevelsId type_zero = levels().list(zero);
  const TermId character = terms.constant(primitives->character, kNoLevels);
  const TermId of_nat = terms.constant(primitives->char_of_nat, kNoLevels);
  const TermId cons = terms.app(terms.constant(primitives->list_cons, type_zero), character);
  TermId list = terms.app(terms.constant(primitives->list_nil, type_zero), character);
  for (std::size_t i = points.size(); i-- > 0;) {
    step();
    const TermId c = terms.app(of_nat, terms.nat(std::uint64_t{points[i]}));
    list = terms.app(terms.app(cons, c), list);
  }
  return terms.app(terms.constant(primitives->string_constructor, kNoLevels), list);
}

}  // namespace verikit::lean
