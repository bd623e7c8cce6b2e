// Every native entry point and every worker thread runs under the default floating-point environment
// (round to nearest even, no flush-to-zero): the error analysis of docs/soundness.md assumes it, and a
// host process may have changed it (torch.set_flush_denormal, fesetround).
#pragma once

#include <cfenv>
#include <cstdint>

#if defined(__x86_64__) || defined(_M_X64)
#include <xmmintrin.h>
#define VERIKIT_FP_X86 1
#endif

namespace verikit {

// Sets the default environment, and restores the caller's when it goes out of scope.
class FpEnvironment {
 public:
  FpEnvironment() noexcept {
    std::fegetenv(&saved_);
#if defined(VERIKIT_FP_X86)
    csr_ = _mm_getcsr();
    std::fesetround(FE_TONEAREST);
    _mm_setcsr(0x1F80);  // all exceptions masked, nearest, FTZ and DAZ off
#elif defined(__aarch64__)
    __asm__ volatile("mrs %0, fpcr" : "=r"(fpcr_));
    std::uint64_t zero = 0;
    __asm__ volatile("msr fpcr, %0" ::"r"(zero));
#else
    std::fesetenv(FE_DFL_ENV);
#endif
  }
  ~FpEnvironment() {
#if defined(VERIKIT_FP_X86)
    std::fesetenv(&saved_);
    _mm_setcsr(csr_);
#elif defined(__aarch64__)
    __asm__ volatile("msr fpcr, %0" ::"r"(fpcr_));
#else
    std::fesetenv(&saved_);
#endif
  }
  FpEnvironment(const FpEnvironment&) = delete;
  FpEnvironment& operator=(const FpEnvironment&) = delete;

 private:
  std::fenv_t saved_{};
#if defined(VERIKIT_FP_X86)
  unsigned csr_ = 0;
#elif defined(__aarch64__)
  std::uint64_t fpcr_ = 0;
#endif
};

}  // namespace verikit
