// Memory for kernels: aligned arrays that live with a network, and per-thread scratch.
#pragma once

#include <cstddef>
#include <memory>
#include <new>
#include <vector>

#include "bounds/network.h"

namespace verikit::bounds {

inline constexpr std::size_t kAlignment = 64;  // a cache line, and the widest vector

// An uninitialised array of floating-point numbers.
template <class T>
class AlignedArray {
 public:
  AlignedArray() = default;
  explicit AlignedArray(Index size)
      : size_(size),
        data_(static_cast<T*>(::operator new(static_cast<std::size_t>(size) * sizeof(T),
                                             std::align_val_t{kAlignment}))) {}
  [[nodiscard]] T* data() { return data_.get(); }
  [[nodiscard]] const T* data() const { return data_.get(); }
  [[nodiscard]] Index size() const { return size_; }

 private:
  struct Free {
    void operator()(T* p) const { ::operator delete(p, std::align_val_t{kAlignment}); }
  };
  Index size_ = 0;
  std::unique_ptr<T, Free> data_;
};

// Scratch memory of one thread, handed out as a stack: what is taken inside a Frame is given back when the
// Frame ends. Grows on demand, never shrinks. Not thread-safe.
class Workspace {
 public:
  class Frame {
   public:
    explicit Frame(Workspace& workspace)
        : workspace_(workspace), block_(workspace.block_), used_(workspace.used_) {}
    ~Frame() {
      workspace_.block_ = block_;
      workspace_.used_ = used_;
    }
    Frame(const Frame&) = delete;
    Frame& operator=(const Frame&) = delete;

   private:
    Workspace& workspace_;
    std::size_t block_, used_;
  };

  Workspace() = default;
  Workspace(const Workspace&) = delete;
  Workspace& operator=(const Workspace&) = delete;

  // An uninitialised, aligned array that lives until the innermost Frame ends.
  template <class T>
  [[nodiscard]] T* take(Index count) {
    return static_cast<T*>(take_bytes(static_cast<std::size_t>(count) * sizeof(T)));
  }
  // Bytes held from the system.
  [[nodiscard]] std::size_t bytes() const {
    std::size_t total = 0;
    for (const auto& block : blocks_) total += static_cast<std::size_t>(block.size());
    return total;
  }

 private:
  void* take_bytes(std::size_t bytes) {
    // Consecutive arrays begin at different sets of the first-level cache.
    bytes = (bytes + kAlignment - 1) / kAlignment * kAlignment + kAlignment;
    while (block_ < blocks_.size() && used_ + bytes > static_cast<std::size_t>(blocks_[block_].size())) {
      ++block_;
      used_ = 0;
    }
    if (block_ == blocks_.size()) {
      const std::size_t size = bytes > kBlockBytes ? bytes : kBlockBytes;
      blocks_.emplace_back(static_cast<Index>(size));
    }
    void* const at = blocks_[block_].data() + used_;
    used_ += bytes;
    return at;
  }

  static constexpr std::size_t kBlockBytes = std::size_t{1} << 20;
  std::vector<AlignedArray<unsigned char>> blocks_;
  std::size_t block_ = 0, used_ = 0;
};

}  // namespace verikit::bounds
