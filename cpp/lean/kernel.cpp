#include "lean/kernel.h"

#include <pthread.h>

#include <algorithm>

#include "lean/print.h"
#include "lean/state.h"

namespace verikit::lean {
namespace {

// What a function may use below the last check of the stack.
constexpr std::size_t kStackMargin = std::size_t{256} << 10;

const void* stack_floor_of_this_thread() {
  pthread_attr_t attributes;
  if (pthread_getattr_np(pthread_self(), &attributes) != 0) return nullptr;
  void* low = nullptr;
  std::size_t size = 0, guard = 0;
  pthread_attr_getstack(&attributes, &low, &size);
  pthread_attr_getguardsize(&attributes, &guard);
  pthread_attr_destroy(&attributes);
  return static_cast<const char*>(low) + guard + std::min(kStackMargin, size / 2);
}

}  // namespace

Kernel::State::State(Kernel& kernel, const Environment& environment, const CheckLimits& check_limits, Primitives* shared)
    : self(kernel),
      env(environment),
      limits(check_limits),
      deadline(check_limits.timeout_s),
      terms(&environment.terms()),
      envs(terms),
      own_primitives(shared != nullptr ? nullptr : std::make_unique<Primitives>(environment)),
      primitives(shared != nullptr ? shared : own_primitives.get()),
      core_memo(terms.first()),
      whnf_memo(terms.first()),
      type_memo(terms.first()),
      max_depth(check_limits.max_depth),
      stack_floor(stack_floor_of_this_thread()),
      first_fresh_name(static_cast<NameId>(environment.names().size())),
      next_fresh_name(first_fresh_name) {}

void Kernel::State::slow_step() {
  if (steps > limits.max_steps) {
    decline(Decline::kSteps, "more than " + std::to_string(limits.max_steps) + " steps; raise max_steps");
  }
  if (limits.cancelled && limits.cancelled->load(std::memory_order_relaxed)) decline(Decline::kTime, "cancelled");
  if (deadline.expired()) decline(Decline::kTime, "the time limit of " + std::to_string(deadline.limit_s()) + " s");
  if (bytes() > limits.max_bytes) {
    decline(Decline::kMemory, "terms take more than " + std::to_string(limits.max_bytes) + " bytes; raise max_bytes");
  }
}

void Kernel::State::too_deep() {
  decline(Decline::kDepth, "recursion deeper than the limit (" + std::to_string(max_depth) + " levels, or the thread's stack)");
}

const Constant& Kernel::State::get(NameId name) const {
  const Constant* c = find(name);
  if (c == nullptr) reject(Rule::kUnknownConstant, "there is no constant " + env.names().to_string(name));
  return *c;
}

void Kernel::State::reset() {
  terms.reset();
  envs.reset();
  core_memo.reset();
  whnf_memo.reset();
  type_memo.reset();
  equal_pairs.clear();
  unequal_pairs.clear();
  failed_pairs.clear();
  typed_pairs.clear();
  plain_memo.clear();
  stack.clear();
  depth = 0;
  eager_reduce = false;
}

std::size_t Kernel::State::bytes() const {
  return terms.bytes() + envs.bytes() + core_memo.bytes() + whnf_memo.bytes() + type_memo.bytes() + equal_pairs.bytes() +
         unequal_pairs.bytes() + failed_pairs.bytes() + typed_pairs.bytes() + plain_memo.bytes() + stack.capacity() * sizeof(TermId);
}

Kernel::Kernel(const Environment& env, const CheckLimits& limits, Primitives* primitives)
    : state_(std::make_unique<State>(*this, env, limits, primitives)) {}
Kernel::~Kernel() = default;

TermStore& Kernel::terms() { return state_->terms; }
const Environment& Kernel::environment() const { return state_->env; }
void Kernel::reset() {
  clear_overlay();
  state_->reset();
}
void Kernel::start_declaration() {
  state_->steps = 0;
  state_->depth = 0;
  state_->stack.clear();
  state_->eager_reduce = false;
  state_->misnamed = kNone;
}
NameId Kernel::misnamed_operation() const { return state_->misnamed; }
std::size_t Kernel::bytes() const { return state_->bytes(); }
std::uint64_t Kernel::steps() const { return state_->steps; }

const Constant* Kernel::find(NameId name) const { return state_->find(name); }
NameId Kernel::fresh_name() {
  state_->overlay_by_name.push_back(kNone);
  return state_->next_fresh_name++;
}

void Kernel::lay_over(Constant constant, InductiveInfo info) {
  State& s = *state_;
  constant.info = static_cast<std::uint32_t>(s.overlay_inductives.size());
  s.overlay_inductives.push_back(std::move(info));
  s.overlay_by_name.at(constant.name - s.first_fresh_name) = static_cast<std::uint32_t>(s.overlay.size());
  s.overlay.push_back(std::move(constant));
}

void Kernel::lay_over(Constant constant, ConstructorInfo info) {
  State& s = *state_;
  constant.info = static_cast<std::uint32_t>(s.overlay_constructors.size());
  s.overlay_constructors.push_back(info);
  s.overlay_by_name.at(constant.name - s.first_fresh_name) = static_cast<std::uint32_t>(s.overlay.size());
  s.overlay.push_back(std::move(constant));
}

void Kernel::clear_overlay() {
  State& s = *state_;
  // What was found out about terms with those constants must go as well.
  if (!s.overlay_by_name.empty()) s.reset();
  s.overlay.clear();
  s.overlay_by_name.clear();
  s.overlay_inductives.clear();
  s.overlay_constructors.clear();
  s.next_fresh_name = s.first_fresh_name;
}

const InductiveInfo& Kernel::inductive(const Constant& c) const {
  return c.name >= state_->first_fresh_name ? state_->overlay_inductives[c.info] : state_->env.inductive(c);
}
const ConstructorInfo& Kernel::constructor(const Constant& c) const {
  return c.name >= state_->first_fresh_name ? state_->overlay_constructors[c.info] : state_->env.constructor(c);
}
const RecursorInfo& Kernel::recursor(const Constant& c) const { return state_->env.recursor(c); }

TermId Kernel::whnf(TermId t) { return state_->whnf(t); }
TermId Kernel::whnf_core(TermId t) { return state_->whnf_core(t, false); }
TermId Kernel::infer(TermId t) { return state_->infer(t); }
TermId Kernel::check(TermId t) { return state_->infer(View{t, kEmptyEnv}, true); }
bool Kernel::equal(TermId a, TermId b) { return state_->equal(a, b); }
bool Kernel::is_prop(TermId type) { return state_->is_prop(type); }
LevelId Kernel::ensure_sort(TermId t) {
  const TermId sort = state_->whnf(t);
  if (state_->terms[sort].kind != Kind::kSort) reject(Rule::kNotASort, "expected a sort, got " + print(sort));
  return state_->terms[sort].a;
}
LevelId Kernel::ensure_sort_of_type(TermId type) { return state_->sort_of({type, kEmptyEnv}, true); }
void Kernel::check_has_type(TermId t, TermId expected, Rule rule) {
  state_->check_against({t, kEmptyEnv}, {expected, kEmptyEnv}, rule);
}

TermId Kernel::plain(TermId t) { return state_->plain(t); }

TermId Kernel::instantiate(TermId body, std::span<const TermId> values) {
  EnvId env = kEmptyEnv;
  for (const TermId v : values) env = state_->envs.cons(v, env);
  return state_->substitute(body, env);
}

TermId Kernel::instantiate_levels(TermId t, std::span<const NameId> params, std::span<const LevelId> args) {
  if (params.empty() || !terms()[t].has_level_param) return t;
  // A substitution of its own: the owner's name is one that no constant has.
  const LevelsId list = levels().list(args);
  return state_->substitute_levels(t, params, list);
}

TermId Kernel::abstract(TermId t, std::span<const TermId> fvars) {
  return state_->abstract(t, std::vector<TermId>(fvars.begin(), fvars.end()), 0);
}

TermId Kernel::pi(std::span<const TermId> fvars, TermId body) {
  const std::vector<std::uint32_t> names(fvars.size(), 0);
  return state_->binders(Kind::kPi, std::vector<TermId>(fvars.begin(), fvars.end()), names, body);
}

TermId Kernel::lambda(std::span<const TermId> fvars, TermId body) {
  const std::vector<std::uint32_t> names(fvars.size(), 0);
  return state_->binders(Kind::kLambda, std::vector<TermId>(fvars.begin(), fvars.end()), names, body);
}

TermId Kernel::app(TermId fn, std::span<const TermId> args) {
  for (const TermId a : args) fn = terms().app(fn, a);
  return fn;
}

TermId Kernel::unfold_app(TermId t, std::vector<TermId>& args) {
  args.clear();
  for (; terms()[t].kind == Kind::kApp; t = terms()[t].a) args.push_back(terms()[t].b);
  std::reverse(args.begin(), args.end());
  return t;
}

std::string Kernel::print(TermId t) {
  try {
    return to_string(terms(), state_->plain(t));
  } catch (const Declined&) {
    return "(a term too large to print)";
  }
}

}  // namespace verikit::lean
