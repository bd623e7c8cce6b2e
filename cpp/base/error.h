// The one exception of the engines. src/bind_errors.cpp turns each code into its Python class; a test
// asserts that every code has one.
#pragma once

#include <exception>
#include <string>
#include <utility>

namespace verikit {

enum class ErrorCode : int {
  kInput = 0,       // InputError: a value the caller gave makes no sense
  kShape,           // ShapeError
  kDtype,           // DtypeError
  kModelFormat,     // ModelFormatError: a malformed or truncated model file
  kPropertyFormat,  // PropertyFormatError: a malformed VNN-LIB file
  kExportFormat,    // ExportFormatError: a malformed Lean export or .olean file
  kUnsupported,     // UnsupportedError: well-formed, but outside what verikit handles
  kUnsupportedOp,   // UnsupportedOpError: an operator or attribute verikit does not handle
  kTimeLimit,       // TimeLimitError
  kMemoryLimit,     // MemoryLimitError
  kInternal,        // InternalError: a bug of ours
  kSoundness,       // SoundnessError: a self-check failed
  kCount            // not a code: how many there are
};

// A message gives the place, what was expected, what came, and the way out.
class Error : public std::exception {
 public:
  Error(ErrorCode code, std::string message) : code_(code), message_(std::move(message)) {}
  [[nodiscard]] ErrorCode code() const noexcept { return code_; }
  [[nodiscard]] const char* what() const noexcept override { return message_.c_str(); }

 private:
  ErrorCode code_;
  std::string message_;
};

[[noreturn]] inline void fail(ErrorCode code, std::string message) {
  throw Error(code, std::move(message));
}

}  // namespace verikit
