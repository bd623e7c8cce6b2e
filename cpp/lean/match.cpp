#include "lean/match.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "lean/side_by_side.h"

namespace verikit::lean {
namespace {

bool is_allowed(const Environment& env, ConstantId axiom, const std::vector<std::string>& allowed) {
  const NameId name = env.constant(axiom).name;
  return std::any_of(allowed.begin(), allowed.end(), [&](const std::string& a) { return env.names().find(a) == name; });
}

std::string list_of(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text.empty() ? "none" : text;
}

// The reference's constant of that name, found to be one that states something.
const Constant& stated(const Environment& reference, const std::string& theorem, const std::vector<std::string>& allowed) {
  const auto at_fault = [&](Rule rule, const std::string& constant, const std::string& detail) {
    return Parting{rule, constant, detail, true};
  };
  const ConstantId id = reference.find(theorem);
  if (id == kNone) throw at_fault(Rule::kUnknownConstant, theorem, "the reference has no constant of this name");
  if (!reference.duplicates().empty()) {
    const Constant& twice = reference.constant(reference.duplicates().front());
    throw at_fault(Rule::kDuplicateName, reference.names().to_string(twice.name), "the reference has two constants of this name");
  }
  const Constant& target = reference.constant(id);
  const bool states = target.kind == ConstantKind::kTheorem || target.kind == ConstantKind::kAxiom ||
                      target.kind == ConstantKind::kDefinition || target.kind == ConstantKind::kOpaque;
  if (!states) {
    throw at_fault(Rule::kStatement, theorem, std::string("in the reference it is ") + kind_name(target.kind));
  }
  if (target.safety != Safety::kSafe) {
    throw at_fault(Rule::kUnsafeInSafe, theorem, std::string("in the reference it is ") + safety_name(target.safety));
  }
  if (repeats(target.params)) {
    throw at_fault(Rule::kUniverseParameter, theorem, "the reference declares a universe parameter twice");
  }

  // What the statement rests on: the closure of its type alone.
  std::vector<NameId> missing;
  const std::vector<ConstantId> closure = statement_closure(reference, id, &missing);
  if (!missing.empty()) {
    throw at_fault(Rule::kUnknownConstant, reference.names().to_string(missing.front()),
                   "the reference's statement rests on it and does not have it");
  }
  for (const ConstantId at : closure) {
    const Constant& c = reference.constant(at);
    const std::string name = reference.names().to_string(c.name);
    if (at == id) throw at_fault(Rule::kStatement, name, "the statement rests on itself");
    if (c.safety != Safety::kSafe) {
      throw at_fault(Rule::kUnsafeInSafe, name, std::string("the statement rests on it, and it is ") + safety_name(c.safety));
    }
    if (c.kind == ConstantKind::kAxiom && !is_allowed(reference, at, allowed)) {
      throw at_fault(Rule::kAxiom, name,
                     "the reference's statement itself rests on this axiom, which is not allowed; allowed: " + list_of(allowed));
    }
  }
  return target;
}

void compare_axioms(const Environment* reference, const Environment& env, const std::vector<ConstantId>& axioms,
                    const std::vector<std::string>& allowed, SideBySide* walk) {
  for (const ConstantId id : axioms) {
    if (is_allowed(env, id, allowed)) continue;
    throw Parting{Rule::kAxiom, env.names().to_string(env.constant(id).name),
                  "this axiom is not allowed; allowed: " + list_of(allowed)};
  }
  std::unique_ptr<const Environment> standard;
  std::optional<SideBySide> standard_walk;
  for (const ConstantId id : axioms) {
    const std::string name = env.names().to_string(env.constant(id).name);
    const NameId in_reference = reference ? reference->names().find(name) : kNone;
    if (in_reference != kNone && reference->find(in_reference) != kNone) {
      walk->ask(in_reference);
      continue;
    }
    if (!standard) {
      standard = standard_axioms();
      standard_walk.emplace(*standard, env, "Lean's library");
    }
    const NameId in_standard = standard->names().find(name);
    if (in_standard == kNone || standard->find(in_standard) == kNone) {
      if (!reference) continue;
      throw Parting{Rule::kAxiom, name,
                    "it is allowed by name, but the reference does not have it, so that nothing says what it states"};
    }
    standard_walk->ask(in_standard);
  }
  if (walk) walk->run();
  if (standard_walk) standard_walk->run();
}

MatchResult to_result(const Parting& parting, std::vector<std::string> axioms) {
  MatchResult result;
  result.rule = parting.rule;
  result.constant = parting.constant;
  result.detail = parting.detail;
  result.reference_at_fault = parting.reference_at_fault;
  result.axioms = std::move(axioms);
  return result;
}

// What the candidate calls `theorem`, and whether it can count as a proof at all.
ConstantId offered(const Environment& candidate, const std::string& theorem) {
  const ConstantId id = candidate.find(theorem);
  if (id == kNone) throw Parting{Rule::kUnknownConstant, theorem, "the candidate has no constant of this name"};
  if (!candidate.duplicates().empty()) {
    const Constant& twice = candidate.constant(candidate.duplicates().front());
    throw Parting{Rule::kDuplicateName, candidate.names().to_string(twice.name),
                  "the candidate has two constants of this name"};
  }
  const Constant& c = candidate.constant(id);
  if (c.safety != Safety::kSafe) {
    throw Parting{Rule::kUnsafeInSafe, theorem, std::string("in the candidate it is ") + safety_name(c.safety)};
  }
  if (c.kind == ConstantKind::kAxiom) {
    throw Parting{Rule::kAxiom, theorem, "the candidate states it as an axiom instead of proving it"};
  }
  const bool proves = c.kind == ConstantKind::kTheorem || c.kind == ConstantKind::kDefinition || c.kind == ConstantKind::kOpaque;
  if (!proves) {
    throw Parting{Rule::kStatement, theorem, std::string("in the candidate it is ") + kind_name(c.kind)};
  }
  return id;
}

void require_sound_closure(const Environment& candidate, const std::vector<ConstantId>& closure,
                           const std::vector<NameId>& missing) {
  if (!missing.empty()) {
    throw Parting{Rule::kUnknownConstant, candidate.names().to_string(missing.front()),
                  "the candidate's proof rests on it and does not have it"};
  }
  for (const ConstantId id : closure) {
    const Constant& c = candidate.constant(id);
    if (c.safety == Safety::kSafe) continue;
    throw Parting{Rule::kUnsafeInSafe, candidate.names().to_string(c.name),
                  std::string("the candidate's proof rests on it, and it is ") + safety_name(c.safety)};
  }
}

}  // namespace

MatchResult match_statement(const Environment& reference, const Environment& candidate, const std::string& theorem,
                            const std::vector<std::string>& allowed_axioms) {
  std::vector<std::string> used;
  try {
    const Constant& target = stated(reference, theorem, allowed_axioms);
    const ConstantId id = offered(candidate, theorem);
    std::vector<NameId> missing;
    const std::vector<ConstantId> closure = dependencies(candidate, {id}, true, &missing);
    std::vector<ConstantId> axioms;
    for (const ConstantId at : closure) {
      if (candidate.constant(at).kind == ConstantKind::kAxiom) axioms.push_back(at);
    }
    for (const ConstantId at : axioms) used.push_back(candidate.names().to_string(candidate.constant(at).name));
    std::sort(used.begin(), used.end());

    SideBySide walk(reference, candidate, "the reference");
    walk.compare_types(target, candidate.constant(id));
    walk.run();
    require_sound_closure(candidate, closure, missing);
    compare_axioms(&reference, candidate, axioms, allowed_axioms, &walk);
  } catch (const Parting& parting) {
    return to_result(parting, std::move(used));
  }
  MatchResult result;
  result.matches = true;
  result.axioms = std::move(used);
  return result;
}

MatchResult match_axioms(const Environment* reference, const Environment& env, const std::vector<ConstantId>& axioms,
                         const std::vector<std::string>& allowed_axioms) {
  std::vector<std::string> used;
  for (const ConstantId id : axioms) used.push_back(env.names().to_string(env.constant(id).name));
  std::sort(used.begin(), used.end());
  try {
    std::optional<SideBySide> walk;
    if (reference) walk.emplace(*reference, env, "the reference");
    compare_axioms(reference, env, axioms, allowed_axioms, walk ? &*walk : nullptr);
  } catch (const Parting& parting) {
    return to_result(parting, std::move(used));
  }
  MatchResult result;
  result.matches = true;
  result.axioms = std::move(used);
  return result;
}

}  // namespace verikit::lean
