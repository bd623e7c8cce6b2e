// A fixed array of zeros whose memory is taken page by page as it is written.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <new>

namespace verikit::lean {

class ZeroArray {
 public:
  explicit ZeroArray(std::size_t size) : data_(static_cast<std::uint32_t*>(std::calloc(size + 1, sizeof(std::uint32_t)))), size_(size) {
    if (!data_) throw std::bad_alloc();
  }
  std::uint32_t& operator[](std::size_t i) { return data_.get()[i]; }
  const std::uint32_t& operator[](std::size_t i) const { return data_.get()[i]; }
  [[nodiscard]] std::size_t size() const { return size_; }

 private:
  struct Free {
    void operator()(std::uint32_t* p) const { std::free(p); }
  };
  std::unique_ptr<std::uint32_t, Free> data_;
  std::size_t size_;
};

}  // namespace verikit::lean
