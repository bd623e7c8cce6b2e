// A wall-clock limit that is asked often and cheaply.
#pragma once

#include <chrono>
#include <limits>

namespace verikit {

class Deadline {
 public:
  using Clock = std::chrono::steady_clock;
  // requires: seconds >= 0; infinity means no limit.
  explicit Deadline(double seconds = std::numeric_limits<double>::infinity())
      : start_(Clock::now()), limit_s_(seconds) {}
  [[nodiscard]] double elapsed_s() const {
    return std::chrono::duration<double>(Clock::now() - start_).count();
  }
  [[nodiscard]] double limit_s() const { return limit_s_; }
  [[nodiscard]] double remaining_s() const { return limit_s_ - elapsed_s(); }
  [[nodiscard]] bool expired() const { return elapsed_s() >= limit_s_; }

 private:
  Clock::time_point start_;
  double limit_s_;
};

}  // namespace verikit
