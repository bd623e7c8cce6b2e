// The smallest test harness that does the job: TEST(name) { CHECK(...); } and one main per program.
#pragma once

#include <cstdio>
#include <exception>
#include <functional>
#include <string>
#include <vector>

namespace check {

struct Case {
  const char* name;
  std::function<void()> body;
};
inline std::vector<Case>& cases() {
  static std::vector<Case> all;
  return all;
}
inline int& failures() {
  static int count = 0;
  return count;
}
struct Register {
  Register(const char* name, std::function<void()> body) { cases().push_back({name, std::move(body)}); }
};
inline void report(const char* file, int line, const std::string& what) {
  std::fprintf(stderr, "%s:%d: %s\n", file, line, what.c_str());
  ++failures();
}
inline int run() {
  int ran = 0;
  for (const Case& test : cases()) {
    try {
      test.body();
    } catch (const std::exception& error) {
      report(test.name, 0, std::string("unexpected exception: ") + error.what());
    }
    ++ran;
  }
  std::printf("%d tests, %d failures\n", ran, failures());
  return failures() == 0 && ran > 0 ? 0 : 1;
}

}  // namespace check

#define TEST(name)                                                    \
  static void test_##name();                                          \
  static const check::Register register_##name(#name, &test_##name);  \
  static void test_##name()
#define CHECK(condition)                                              \
  do {                                                                \
    if (!(condition)) check::report(__FILE__, __LINE__, "failed: " #condition); \
  } while (false)
#define CHECK_THROWS(expression, expected_code)                                   \
  do {                                                                            \
    bool thrown = false;                                                          \
    try {                                                                         \
      (void)(expression);                                                         \
    } catch (const verikit::Error& error) {                                       \
      thrown = error.code() == (expected_code);                                   \
      if (!thrown) check::report(__FILE__, __LINE__, std::string("other error: ") + error.what()); \
    }                                                                             \
    if (!thrown) check::report(__FILE__, __LINE__, "did not throw: " #expression); \
  } while (false)
#define CHECK_MAIN() \
  int main() { return check::run(); }
