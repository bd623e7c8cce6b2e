#include "lean/private_bytes.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "base/error.h"

namespace verikit::lean {
namespace {

constexpr std::uint64_t kSmall = std::uint64_t{1} << 18;  // a file this small is read at once
constexpr std::uint64_t kMost = std::uint64_t{1} << 40;

class Descriptor {
 public:
  explicit Descriptor(const std::string& path)
      // Not blocking: a named pipe must not hang us; it is refused below.
      : fd_(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)) {
    if (fd_ < 0) fail(ErrorCode::kInput, "cannot open '" + path + "': " + std::strerror(errno));
    if (::fstat(fd_, &status_) != 0 || !S_ISREG(status_.st_mode)) {
      ::close(fd_);
      fail(ErrorCode::kInput, "'" + path + "' is not a regular file");
    }
  }
  ~Descriptor() { ::close(fd_); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  [[nodiscard]] const struct stat& status() const { return status_; }

  void read(const PrivateBytes::Part& part, std::uint64_t offset, std::uint64_t length, std::uint8_t* into) const {
    std::uint64_t done = 0;
    while (done < length) {
      const ssize_t got = ::pread(fd_, into + done, length - done, static_cast<off_t>(offset + done));
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) fail(ErrorCode::kInput, "cannot read '" + part.path + "': " + std::strerror(errno));
      if (got == 0) {
        fail(ErrorCode::kInput, "'" + part.path + "' ended at byte " + std::to_string(offset + done) + " of " +
                                    std::to_string(part.size) + ": it was cut off while it was read; check it again");
      }
      done += static_cast<std::uint64_t>(got);
    }
  }

 private:
  int fd_;
  struct stat status_{};
};

}  // namespace

PrivateBytes::PrivateBytes(const std::vector<ByteSource>& sources, std::uint64_t max_bytes) {
  const std::uint64_t most = std::min(max_bytes, kMost);
  bool all_small = true;
  for (const ByteSource& source : sources) {
    Part part;
    part.name = source.name;
    part.path = source.path;
    part.size = source.bytes.size();
    if (!source.path.empty()) {
      const Descriptor file(source.path);
      part.size = static_cast<std::uint64_t>(file.status().st_size);
      part.device = file.status().st_dev;
      part.inode = file.status().st_ino;
      part.modified_s = file.status().st_mtim.tv_sec;
      part.modified_ns = file.status().st_mtim.tv_nsec;
      all_small = all_small && part.size <= kSmall;
    }
    part.begin = (size_ + 7) / 8 * 8;
    if (part.size > most || part.begin + part.size > most) {
      fail(ErrorCode::kMemoryLimit, "'" + part.name + "' has " + std::to_string(part.size) +
                                        " bytes: more than the limit of " + std::to_string(max_bytes) +
                                        " for one module");
    }
    size_ = part.begin + part.size;
    parts_.push_back(std::move(part));
  }
  data_.reset(static_cast<std::uint8_t*>(std::malloc(std::max<std::uint64_t>(size_, 1))));
  if (!data_) {
    fail(ErrorCode::kMemoryLimit,
         "no memory for the " + std::to_string(size_) + " bytes of '" + sources.front().name + "'");
  }
  missing_ = ((size_ - 1) >> kPageBits) + 1;
  if (size_ == 0) missing_ = 0;
  present_.assign(missing_, 0);
  bool files = false;
  for (std::size_t i = 0; i < parts_.size(); ++i) {
    if (!sources[i].path.empty()) {
      files = true;
    } else if (parts_[i].size != 0) {
      std::memcpy(data_.get() + parts_[i].begin, sources[i].bytes.data(), parts_[i].size);
      bytes_read_ += parts_[i].size;
    }
  }
  if (!files) {
    complete_ = true;
  } else if (all_small) {
    complete();
  }
}

void PrivateBytes::complete() {
  for (std::uint64_t page = 0; !complete_ && page < present_.size(); ++page) {
    if (!present_[page]) fill(page);
  }
  complete_ = true;
}

void PrivateBytes::fill(std::uint64_t page) {
  const std::uint64_t begin = page << kPageBits;
  const std::uint64_t end = std::min(size_, begin + (std::uint64_t{1} << kPageBits));
  for (const Part& part : parts_) {
    const std::uint64_t from = std::max(begin, part.begin), to = std::min(end, part.begin + part.size);
    if (from >= to || part.path.empty()) continue;
    // Opened anew each time: thousands of modules would not fit into the number of open files.
    const Descriptor file(part.path);
    const struct stat& s = file.status();
    if (s.st_dev != part.device || s.st_ino != part.inode || static_cast<std::uint64_t>(s.st_size) != part.size ||
        s.st_mtim.tv_sec != part.modified_s || s.st_mtim.tv_nsec != part.modified_ns) {
      fail(ErrorCode::kInput, "'" + part.path + "' was changed while it was read; check it again");
    }
    file.read(part, from - part.begin, to - from, data_.get() + from);
    bytes_read_ += to - from;
  }
  present_[page] = 1;
  if (--missing_ == 0) complete_ = true;
}

}  // namespace verikit::lean
