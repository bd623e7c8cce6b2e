#include "lean/primitives.h"

#include <pthread.h>

#include <algorithm>
#include <exception>
#include <system_error>
#include <thread>

#include "base/error.h"
#include "lean/kernel.h"
#include "lean/primitive_rules.h"

namespace verikit::lean {
namespace {

// For the verification of one operation. What takes more than this does not compute; no clock, so that it is the same
// everywhere.
constexpr std::uint64_t kMaxSteps = 2'000'000;
constexpr std::uint32_t kMaxDepth = 500;
constexpr std::uint64_t kMaxBytes = std::uint64_t{1} << 28;
// More than kMaxDepth levels of recursion need.
constexpr std::size_t kStack = std::size_t{2} << 20;

std::size_t stack_left() {
  pthread_attr_t attributes;
  if (pthread_getattr_np(pthread_self(), &attributes) != 0) return 0;
  void* low = nullptr;
  std::size_t size = 0, guard = 0;
  pthread_attr_getstack(&attributes, &low, &size);
  pthread_attr_getguardsize(&attributes, &guard);
  pthread_attr_destroy(&attributes);
  const char* floor = static_cast<const char*>(low) + guard;
  const char* here = static_cast<const char*>(__builtin_frame_address(0));
  return here > floor ? static_cast<std::size_t>(here - floor) : 0;
}

const Constant* find_safe(const Environment& env, NameId name, ConstantKind kind) {
  if (name == kNone) return nullptr;
  const ConstantId id = env.find(name);
  if (id == kNone) return nullptr;
  const Constant& c = env.constant(id);
  if (c.kind != kind || c.safety != Safety::kSafe || c.declaration == kNone || !c.loaded) return nullptr;
  return &c;
}

bool is_constant(const TermStore& terms, TermId t, NameId name) {
  const Node& n = terms[t];
  return n.kind == Kind::kConst && n.a == name && n.b == kNoLevels;
}

// A safe inductive type in Type, alone, without parameters, whose constructors are exactly these.
bool is_plain_type(const Environment& env, NameId name, const std::vector<NameId>& constructors) {
  const Constant* c = find_safe(env, name, ConstantKind::kInductive);
  if (!c || !c->params.empty()) return false;
  const Node& type = env.terms()[c->type];
  if (type.kind != Kind::kSort || type.a != kLevelOne) return false;
  const InductiveInfo& info = env.inductive(*c);
  if (info.num_params != 0 || info.num_indices != 0 || info.num_nested != 0) return false;
  if (info.all != std::vector<NameId>{name} || info.constructors != constructors) return false;
  return std::all_of(constructors.begin(), constructors.end(), [&](NameId k) {
    const Constant* constructor = find_safe(env, k, ConstantKind::kConstructor);
    return constructor && constructor->params.empty() && constructor->declaration == c->declaration &&
           env.constructor(*constructor).inductive == name;
  });
}

std::uint32_t rank_of(const Environment& env, NameId name) {
  const ConstantId id = name == kNone ? kNone : env.find(name);
  if (id == kNone || env.constant(id).declaration == kNone) return kNone;
  return env.declaration(env.constant(id).declaration).rank;
}

}  // namespace

Primitives::Primitives(const Environment& env) : env_(env) {
  find_names();
  index_operations();
  nat_literals_ = is_plain_type(env, nat, {zero, succ});
  if (nat_literals_) {
    const TermStore& terms = env.terms();
    const Node& type = terms[env.constant(env.find(succ)).type];
    nat_literals_ = is_constant(terms, env.constant(env.find(zero)).type, nat) && type.kind == Kind::kPi &&
                    is_constant(terms, type.a, nat) && is_constant(terms, type.b, nat);
  }
  booleans_ = is_plain_type(env, bool_type, {bool_false, bool_true});
  for (const NameId value : {bool_false, bool_true}) {
    booleans_ = booleans_ && is_constant(env.terms(), env.constant(env.find(value)).type, bool_type);
  }
  nat_rank_ = rank_of(env, nat);
  string_rank_ = nat_rank_;
  for (const NameId name : {string, string_constructor, character, char_of_nat, list, list_nil, list_cons}) {
    string_rank_ = std::max(string_rank_, rank_of(env, name));  // kNone is the largest
  }
  for (std::size_t i = 0; i < kOps; ++i) {
    const Constant* c = find_safe(env, op_names_[i], ConstantKind::kDefinition);
    const bool possible = c && c->params.empty() && nat_literals_ && (booleans_ || !nat_op_is_predicate(static_cast<NatOp>(i)));
    ops_[i].store(possible ? State::kUnknown : State::kNo, std::memory_order_relaxed);
    const bool there = op_names_[i] != kNone && env.find(op_names_[i]) != kNone && nat_literals_;
    misnamed_[i].store(there ? State::kUnknown : State::kNo, std::memory_order_relaxed);
  }
}

Primitives::Primitives(Primitives& outer, NatOp op) : env_(outer.env_) {
  find_names();
  index_operations();
  nat_literals_ = outer.nat_literals_;
  booleans_ = outer.booleans_;
  nat_rank_ = outer.nat_rank_;
  string_rank_ = outer.string_rank_;
  const std::uint32_t needed = op == NatOp::kCount ? 0 : rests_on(op);
  for (std::size_t i = 0; i < kOps; ++i) {
    const bool computes = (needed >> i & 1) != 0 && outer.computes(static_cast<NatOp>(i));
    ops_[i].store(computes ? State::kYes : State::kNo, std::memory_order_relaxed);
    misnamed_[i].store(State::kNo, std::memory_order_relaxed);
  }
  strings_ = State::kNo;
}

Primitives::~Primitives() = default;

void Primitives::find_names() {
  const NameTable& names = env_.names();
  nat = names.find("Nat");
  zero = names.find("Nat.zero");
  succ = names.find("Nat.succ");
  bool_type = names.find("Bool");
  bool_false = names.find("Bool.false");
  bool_true = names.find("Bool.true");
  string = names.find("String");
  character = names.find("Char");
  char_of_nat = names.find("Char.ofNat");
  list = names.find("List");
  list_nil = names.find("List.nil");
  list_cons = names.find("List.cons");
  eager_reduce = names.find("eagerReduce");
  string_constructor = names.find("String.ofList");
  // Before String was a structure over bytes, its constructor took the list of characters.
  const NameId old_constructor = names.find("String.mk");
  const Constant* type = find_safe(env_, string, ConstantKind::kInductive);
  if (old_constructor != kNone && type && env_.inductive(*type).constructors == std::vector<NameId>{old_constructor}) {
    string_constructor = old_constructor;
  }
  for (std::size_t i = 0; i < kOps; ++i) op_names_[i] = names.find(nat_op_name(static_cast<NatOp>(i)));
}

void Primitives::index_operations() {
  // Fifteen names in 64 slots: about one multiplier in five has no collision.
  for (int attempt = 0; attempt < 10'000; ++attempt, multiplier_ = (multiplier_ * 1664525 + 1013904223) | 1) {
    by_name_.fill(Slot{});
    bool collision = false;
    for (std::size_t i = 0; i < kOps; ++i) {
      if (op_names_[i] == kNone) continue;
      Slot& slot = by_name_[hash(op_names_[i])];
      collision = collision || slot.op != NatOp::kCount;
      slot = {op_names_[i], static_cast<NatOp>(i)};
    }
    if (!collision) return;
  }
  fail(ErrorCode::kInternal, "no perfect hash for the names of Nat's operations");
}

template <class Body>
bool Primitives::verify_with_kernel(NatOp op, const Body& body) {
  Primitives inner(*this, op);
  bool result = false;
  std::exception_ptr error;
  const auto run = [&] {
    try {
      CheckLimits limits;
      limits.max_steps = kMaxSteps;
      limits.max_depth = kMaxDepth;
      limits.max_bytes = kMaxBytes;
      Kernel kernel(env_, limits, &inner);
      result = body(kernel);
    } catch (const Rejection&) {  // an equation that is ill typed here
    } catch (const Declined&) {   // too much work
    } catch (...) {
      error = std::current_exception();
    }
  };
  // How much stack the caller has left must not decide: where it is little, a new thread has enough.
  if (stack_left() >= kStack) {
    run();
  } else {
    try {
      std::thread(run).join();
    } catch (const std::system_error&) {
      fail(ErrorCode::kMemoryLimit, "no thread could be started to verify the environment's operations on natural numbers");
    }
  }
  if (error) std::rethrow_exception(error);
  return result;
}

// Before mutex_ is taken: what is verified under it only reads what it rests on.
bool Primitives::verify_what_is_needed(NatOp op) {
  const std::uint32_t needed = rests_on(op);
  bool right = true;
  for (std::size_t i = 0; i < kOps; ++i) {
    if ((needed >> i & 1) != 0) right = computes(static_cast<NatOp>(i)) && right;
  }
  return right;
}

bool Primitives::verify(NatOp op) {
  const bool possible = verify_what_is_needed(op);
  const std::lock_guard lock(mutex_);
  std::atomic<State>& state = ops_[static_cast<std::size_t>(op)];
  if (state.load(std::memory_order_relaxed) == State::kUnknown) {
    const bool fits = possible && verify_with_kernel(op, [&](Kernel& kernel) { return satisfies_equations(kernel, *this, op); });
    state.store(fits ? State::kYes : State::kNo, std::memory_order_release);
  }
  return state.load(std::memory_order_relaxed) == State::kYes;
}

bool Primitives::is_misnamed(NatOp op) {
  std::atomic<State>& state = misnamed_[static_cast<std::size_t>(op)];
  const State known = state.load(std::memory_order_acquire);
  if (known != State::kUnknown) return known == State::kYes;
  const bool right = computes(op);
  (void)verify_what_is_needed(op);
  const std::lock_guard lock(mutex_);
  if (state.load(std::memory_order_relaxed) == State::kUnknown) {
    const bool differs =
        !right && verify_with_kernel(op, [&](Kernel& kernel) { return differs_on_examples(kernel, *this, op); });
    state.store(differs ? State::kYes : State::kNo, std::memory_order_release);
  }
  return state.load(std::memory_order_relaxed) == State::kYes;
}

bool Primitives::string_literals() {
  const State known = strings_.load(std::memory_order_acquire);
  if (known != State::kUnknown) return known == State::kYes;
  const std::lock_guard lock(mutex_);
  if (strings_.load(std::memory_order_relaxed) == State::kUnknown) {
    const bool fits = nat_literals_ && string_rank_ != kNone &&
                      verify_with_kernel(NatOp::kCount, [&](Kernel& kernel) { return string_types_fit(kernel, *this); });
    strings_.store(fits ? State::kYes : State::kNo, std::memory_order_release);
  }
  return strings_.load(std::memory_order_relaxed) == State::kYes;
}

}  // namespace verikit::lean
