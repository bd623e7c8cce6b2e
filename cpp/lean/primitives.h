// The constants of an environment that the kernel knows by name: what it may compute with them, and whether it may.
//
// The official kernel trusts the names. Here an operation is carried out on literals only after its definition in this
// environment was shown, by definitional equality, to satisfy the equations that determine it; what cannot be shown does
// not compute, it unfolds like any definition: sound, only slower.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>

#include "lean/environment.h"
#include "lean/nat_ops.h"

namespace verikit::lean {

class Kernel;
struct CheckLimits;

// One for an environment, shared by its kernels. Thread-safety: everything may be called from any thread at any time.
// requires: the environment is complete, does not change, and outlives this.
class Primitives {
 public:
  explicit Primitives(const Environment& env);
  ~Primitives();
  Primitives(const Primitives&) = delete;
  Primitives& operator=(const Primitives&) = delete;

  // Names; kNone where no constant has that name (nothing matches kNone).
  NameId nat = kNone, zero = kNone, succ = kNone;
  NameId bool_type = kNone, bool_false = kNone, bool_true = kNone;
  NameId string = kNone, character = kNone, char_of_nat = kNone;
  NameId string_constructor = kNone;  // String.mk where it is String's constructor, else String.ofList
  NameId list = kNone, list_nil = kNone, list_cons = kNone;
  NameId eager_reduce = kNone;

  [[nodiscard]] bool mentions_nat() const { return nat != kNone; }

  // Whether literals are Nat's numerals: Nat is the safe inductive type with exactly Nat.zero and Nat.succ.
  [[nodiscard]] bool nat_literals(const Kernel&) { return nat_literals(); }
  [[nodiscard]] bool nat_literals() const { return nat_literals_; }
  // Whether Nat.beq and Nat.ble have something to return: Bool is the safe inductive type with exactly false and true.
  [[nodiscard]] bool booleans() const { return booleans_; }
  // Whether a string literal may stand for string_constructor applied to its list of Char.ofNat of literals: all of these
  // have the types that make it a String. Nothing more is needed: the literal abbreviates that term.
  [[nodiscard]] bool string_literals(const Kernel&) { return string_literals(); }
  [[nodiscard]] bool string_literals();
  // A declaration that contains a literal rests on these: its rank must be greater. kNone: no rank is.
  [[nodiscard]] std::uint32_t nat_rank() const { return nat_rank_; }
  [[nodiscard]] std::uint32_t string_rank() const { return string_rank_; }

  // The operation of that name, or kCount.
  [[nodiscard]] NatOp op(NameId name) const {
    const Slot& slot = by_name_[hash(name)];
    return slot.name == name ? slot.op : NatOp::kCount;
  }
  [[nodiscard]] NameId op_name(NatOp op) const { return op_names_[static_cast<std::size_t>(op)]; }
  // Whether the operation may be carried out on literals. The first call for an operation verifies it (with a kernel of
  // its own, so what the caller's kernel knows is not touched) and may take a millisecond; later ones read a flag.
  [[nodiscard]] bool computes(NatOp op, const Kernel&) { return computes(op); }
  [[nodiscard]] bool computes(NatOp op) {
    const State state = ops_[static_cast<std::size_t>(op)].load(std::memory_order_acquire);
    return state == State::kUnknown ? verify(op) : state == State::kYes;
  }
  // Whether the constant has the name of an operation but gives another result somewhere: found by trying small arguments,
  // for operations that do not compute. The official kernel goes by the name, so its verdicts on what uses such a constant
  // say nothing; a checker that must not accept more than it does declines the constant's declaration.
  [[nodiscard]] bool is_misnamed(NatOp op);

 private:
  enum class State : std::uint8_t { kUnknown, kYes, kNo };
  struct Slot {
    NameId name = kNone;
    NatOp op = NatOp::kCount;
  };
  static constexpr std::size_t kOps = static_cast<std::size_t>(NatOp::kCount);

  // For the kernel that verifies `op`: only what the operation rests on computes.
  Primitives(Primitives& outer, NatOp op);
  [[nodiscard]] std::size_t hash(NameId name) const { return name * multiplier_ >> 26; }
  void find_names();
  void index_operations();
  bool verify_what_is_needed(NatOp op);
  bool verify(NatOp op);
  template <class Body>
  bool verify_with_kernel(NatOp op, const Body& body);

  const Environment& env_;
  bool nat_literals_ = false, booleans_ = false;
  std::uint32_t nat_rank_ = kNone, string_rank_ = kNone;
  std::array<NameId, kOps> op_names_;
  std::array<Slot, 64> by_name_;  // a perfect hash: multiplier_ is chosen so that no two operations meet
  std::uint32_t multiplier_ = 0x9E3779B1;
  std::array<std::atomic<State>, kOps> ops_, misnamed_;
  std::atomic<State> strings_{State::kUnknown};
  std::mutex mutex_;
};

}  // namespace verikit::lean
