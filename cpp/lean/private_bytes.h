// The bytes of one or more files in memory of our own, read when they are first needed.
//
// Not a mapping: a mapped file can be truncated or changed under the checker. Here a byte that has been read never
// changes, and a file that was changed, replaced or cut off between two reads is an error.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace verikit::lean {

// One file, or bytes that the caller has (copied).
struct ByteSource {
  std::string name;                       // for messages
  std::string path;                       // empty: `bytes`
  std::span<const std::uint8_t> bytes{};  // read at construction only
};

// Thread-safety: none.
class PrivateBytes {
 public:
  struct Part {
    std::string name, path;
    std::uint64_t begin = 0, size = 0;  // begin: in the addresses of `at`
    std::uint64_t device = 0, inode = 0;
    std::int64_t modified_s = 0, modified_ns = 0;
  };
  // Opens the files; reads small ones at once. Throws InputError where one cannot be read or is no regular file, and
  // MemoryLimitError beyond max_bytes in total.
  PrivateBytes(const std::vector<ByteSource>& sources, std::uint64_t max_bytes);

  [[nodiscard]] const std::vector<Part>& parts() const { return parts_; }
  [[nodiscard]] std::uint64_t size() const { return size_; }  // of the address space: parts and padding

  // requires: offset + length <= size(). The pointer stays good for the life of this object.
  const std::uint8_t* at(std::uint64_t offset, std::uint64_t length) {
    if (!complete_) need(offset, length);
    return data_.get() + offset;
  }
  // Reads whatever has not been read.
  void complete();
  [[nodiscard]] std::uint64_t bytes_read() const { return bytes_read_; }

 private:
  static constexpr int kPageBits = 16;
  void need(std::uint64_t offset, std::uint64_t length) {
    if (length == 0) return;
    const std::uint64_t last = (offset + length - 1) >> kPageBits;
    for (std::uint64_t page = offset >> kPageBits; page <= last; ++page) {
      if (!present_[page]) fill(page);
    }
  }
  void fill(std::uint64_t page);

  struct Free {
    void operator()(std::uint8_t* p) const { std::free(p); }
  };
  std::vector<Part> parts_;
  std::unique_ptr<std::uint8_t, Free> data_;  // from malloc: pages that are not touched cost nothing
  std::vector<std::uint8_t> present_;         // by page; empty where complete
  std::uint64_t size_ = 0, bytes_read_ = 0, missing_ = 0;
  bool complete_ = false;
};

}  // namespace verikit::lean
