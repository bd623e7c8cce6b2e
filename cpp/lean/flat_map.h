// A hash map from 64-bit keys to 32-bit values that is emptied in constant time: open addressing, stamped slots.
#pragma once

#include <cstdint>
#include <vector>

#include "lean/hash.h"

namespace verikit::lean {

class FlatMap {
 public:
  explicit FlatMap(std::size_t slots = 256) : slots_(slots) {}  // a power of two

  // The value of `key`, or null. Valid until the next insertion.
  [[nodiscard]] const std::uint32_t* find(std::uint64_t key) const {
    const std::size_t wrap = slots_.size() - 1;
    for (std::size_t i = mix(key, 0) & wrap;; i = (i + 1) & wrap) {
      const Slot& s = slots_[i];
      if (s.stamp != stamp_) return nullptr;
      if (s.key == key) return &s.value;
    }
  }
  [[nodiscard]] bool contains(std::uint64_t key) const { return find(key) != nullptr; }
  // Sets the value of `key`.
  void set(std::uint64_t key, std::uint32_t value) {
    if ((size_ + 1) * 2 > slots_.size()) grow();
    place(key, value);
  }
  void clear() {
    // A table that one hard input blew up is given back; the stamp's wrap-around forgets nothing either.
    if (slots_.size() > (std::size_t{1} << 16) || stamp_ == 0xFFFFFFFF) {
      std::vector<Slot>(256).swap(slots_);
      stamp_ = 0;
    }
    ++stamp_;
    size_ = 0;
  }
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] std::size_t bytes() const { return slots_.capacity() * sizeof(Slot); }

 private:
  struct Slot {
    std::uint64_t key = 0;
    std::uint32_t value = 0;
    std::uint32_t stamp = 0;
  };
  void place(std::uint64_t key, std::uint32_t value) {
    const std::size_t wrap = slots_.size() - 1;
    for (std::size_t i = mix(key, 0) & wrap;; i = (i + 1) & wrap) {
      Slot& s = slots_[i];
      if (s.stamp != stamp_) {
        s = {key, value, stamp_};
        ++size_;
        return;
      }
      if (s.key == key) {
        s.value = value;
        return;
      }
    }
  }
  void grow() {
    std::vector<Slot> old(slots_.size() * 2);
    old.swap(slots_);
    size_ = 0;
    for (const Slot& s : old) {
      if (s.stamp == stamp_) place(s.key, s.value);
    }
  }
  std::vector<Slot> slots_;
  std::uint32_t stamp_ = 1;
  std::size_t size_ = 0;
};

inline std::uint64_t pair_key(std::uint32_t a, std::uint32_t b) { return static_cast<std::uint64_t>(a) << 32 | b; }

}  // namespace verikit::lean
