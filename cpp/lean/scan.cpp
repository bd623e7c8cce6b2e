#include "lean/scan.h"

#include <algorithm>

#include "base/error.h"
#include "lean/term_walks.h"

namespace verikit::lean {

Scanner::Scanner(const Environment& env, Primitives& primitives)
    : env_(env), primitives_(primitives), seen_(env.terms().size()) {}

void Scanner::check_constant(DeclarationId id, const Constant& in, NameId name, Own own) {
  const ConstantId found = env_.find(name);
  if (found == kNone) reject(Rule::kUnknownConstant, "there is no constant " + env_.names().to_string(name));
  const Constant& c = env_.constant(found);
  if (c.declaration == kNone) reject(Rule::kUnknownConstant, env_.names().to_string(name) + " belongs to no declaration");
  if (c.declaration == id) {
    const bool allowed = own == Own::kAll || (own == Own::kInductiveTypes && c.kind == ConstantKind::kInductive);
    if (!allowed) reject(Rule::kUnknownConstant, env_.names().to_string(name) + " is mentioned in its own declaration");
  } else if (env_.declaration(c.declaration).rank >= env_.declaration(id).rank) {
    reject(Rule::kUnknownConstant, env_.names().to_string(name) + " is declared later, or depends on this declaration");
  }
  if (in.safety != Safety::kUnsafe && c.safety == Safety::kUnsafe) {
    reject(Rule::kUnsafeInSafe, "a declaration that is not unsafe uses the unsafe " + env_.names().to_string(name));
  }
  if (in.safety == Safety::kSafe && c.safety == Safety::kPartial) {
    reject(Rule::kUnsafeInSafe, "a safe declaration uses the partial " + env_.names().to_string(name));
  }
}

void Scanner::check_literal(DeclarationId id, bool usual, std::uint32_t rank, const char* what) {
  if (usual && rank < env_.declaration(id).rank) return;
  reject(Rule::kLiteral, std::string(what) + (usual ? " is declared later" : " is not the usual one, or not there"));
}

void Scanner::scan(DeclarationId id, const Constant& in, TermId root, Own own) {
  const TermStore& terms = env_.terms();
  if (root == kNone) fail(ErrorCode::kInternal, "a term of " + env_.names().to_string(in.name) + " was not loaded");
  if (terms[root].loose != 0) reject(Rule::kLooseVariable, "a bound variable has no binder");
  if (++stamp_ == 0) {
    seen_ = ZeroArray(seen_.size());
    stamp_ = 1;
  }
  const auto visit = [&](TermId t) {
    if (seen_[t] == stamp_) return;
    seen_[t] = stamp_;
    todo_.push_back(t);
  };
  const auto check_level = [&](LevelId l) {
    if (!terms.levels()[l].has_param) return;
    const NameId missing = terms.levels().undefined_param(l, in.params);
    if (missing != kNone) reject(Rule::kUniverseParameter, "the universe parameter " + env_.names().to_string(missing) + " is not declared");
  };
  todo_.clear();
  visit(root);
  while (!todo_.empty()) {
    const Node& n = terms[todo_.back()];
    todo_.pop_back();
    switch (n.kind) {
      case Kind::kBVar:
        break;
      case Kind::kNat:
      case Kind::kBigNat:
        check_literal(id, primitives_.nat_literals(), primitives_.nat_rank(), "a Nat literal, but Nat with zero and succ");
        break;
      case Kind::kString:
        check_literal(id, primitives_.nat_literals() && primitives_.string_literals(), primitives_.string_rank(),
                      "a string literal, but String as a list of Char");
        break;
      case Kind::kSort:
        check_level(n.a);
        break;
      case Kind::kConst: {
        check_constant(id, in, n.a, own);
        const auto us = terms.levels().list(n.b);
        const std::size_t takes = env_.constant(env_.find(n.a)).params.size();
        if (us.size() != takes) {
          reject(Rule::kUniverseArity, env_.names().to_string(n.a) + " takes " + std::to_string(takes) + " universe arguments, got " +
                                           std::to_string(us.size()));
        }
        for (const LevelId l : us) check_level(l);
        break;
      }
      case Kind::kProj:
        check_constant(id, in, n.a, own);
        break;
      case Kind::kApp:
      case Kind::kLambda:
      case Kind::kPi:
      case Kind::kLet:
        break;
      case Kind::kFVar:
      case Kind::kClosure:
        reject(Rule::kLooseVariable, "a free variable in a declaration");
    }
    each_part(n, visit);
  }
}

void Scanner::scan_inductive(DeclarationId id) {
  for (const ConstantId i : env_.declaration(id).constants) {
    const Constant& c = env_.constant(i);
    switch (c.kind) {
      case ConstantKind::kInductive:
        scan_type(id, c, Own::kNothing);
        break;
      case ConstantKind::kConstructor:
        scan_type(id, c, Own::kInductiveTypes);
        break;
      case ConstantKind::kRecursor:
        scan_type(id, c, Own::kAll);
        for (const RecursorRule& rule : env_.recursor(c).rules) scan(id, c, rule.rhs, Own::kAll);
        break;
      default:
        reject(Rule::kMutualBlock, env_.names().to_string(c.name) + " does not belong into a block of inductive types");
    }
  }
}

}  // namespace verikit::lean
