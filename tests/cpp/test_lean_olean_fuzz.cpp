// Damaged .olean files: every one ends in a typed error or in a verdict. More cases: test_lean_olean_fuzz CASES [SEED].
#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "base/error.h"
#include "check.h"
#include "lean/check.h"
#include "lean/loader.h"
#include "olean_writer.h"

using namespace verikit;
using namespace verikit::lean;
using Bytes = std::vector<std::uint8_t>;
using Pointer = OleanWriter::Pointer;

namespace {

// Something of every kind, and small, so that a random change has an effect.
Bytes small_module() {
  OleanWriter w;
  w.inductive("I", {}, w.prop(), {{"I"}, {"I.mk"}, 0, 0, false});
  w.constructor("I.mk", {}, w.constant("I"), "I", 0, 0, 0);
  const Pointer u = w.sort(w.level_param("u")), motive = w.pi("t", w.constant("I"), u);
  const Pointer minor = w.app(w.bvar(0), w.constant("I.mk"));
  w.recursor("I.rec", {"u"},
             w.pi("motive", motive, w.pi("mk", minor, w.pi("t", w.constant("I"), w.app(w.bvar(2), w.bvar(0)))), 1),
             {"I"}, 0, 0, 1, {{"I.mk", 0, w.lambda("motive", motive, w.lambda("mk", minor, w.bvar(0)))}}, true);
  const Pointer type = w.pi("p", w.prop(), w.pi("h", w.bvar(0), w.bvar(1)));
  w.definition("Claim", {}, w.prop(), type);
  w.theorem("claim", {}, w.constant("Claim"),
            w.lambda("p", w.prop(), w.lambda("h", w.bvar(0), w.let("x", w.prop(), w.bvar(1), w.mdata(w.bvar(1))))));
  w.axiom("lit", {"u", "v"},
          w.sort(w.level_max(w.level_imax(w.level_param("u"), w.level_succ(w.box(0))), w.level_param("v"))));
  w.definition("n", {}, w.constant("Nat"), w.nat(w.big({1, 2, 3})));
  w.definition("s", {}, w.constant("String"), w.text_literal("text"), 0);
  w.opaque("o", {}, w.constant("Claim"), w.constant("claim"));
  return w.finish({"Elsewhere"}, true);
}

Bytes file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

class Damage {
 public:
  explicit Damage(std::uint64_t seed) : random_(seed) {}
  void apply(Bytes& bytes) {
    const std::size_t changes = 1 + below(2);
    for (std::size_t i = 0; i < changes && bytes.size() > 16; ++i) change(bytes);
  }
  std::uint64_t below(std::uint64_t n) { return random_() % n; }

 private:
  void change(Bytes& bytes) {
    const std::size_t words = bytes.size() / 8;
    const std::size_t at = 8 * below(words), other = 8 * below(words);
    std::uint64_t a, b;
    std::memcpy(&a, bytes.data() + at, 8);
    std::memcpy(&b, bytes.data() + other, 8);
    switch (below(8)) {
      case 0:
        bytes[below(bytes.size())] ^= static_cast<std::uint8_t>(1u << below(8));
        break;
      case 1:
        bytes[below(bytes.size())] = static_cast<std::uint8_t>(below(256));
        break;
      case 2:  // pointers swapped, or anything else
        std::memcpy(bytes.data() + at, &b, 8);
        std::memcpy(bytes.data() + other, &a, 8);
        break;
      case 3:
        std::memcpy(bytes.data() + at, &b, 8);
        break;
      case 4: {  // a pointer to some other word
        std::uint64_t base;
        std::memcpy(&base, bytes.data() + std::min<std::size_t>(80, bytes.size() - 8), 8);
        const std::uint64_t p = base + other;
        std::memcpy(bytes.data() + at, &p, 8);
        break;
      }
      case 5: {
        constexpr std::array<std::uint64_t, 8> kValues{
            0, 1, 3, 0x7fffffff, 0xffffffff, ~std::uint64_t{0}, std::uint64_t{1} << 63, 0x8000};
        std::memcpy(bytes.data() + at, &kValues[below(kValues.size())], 8);
        break;
      }
      case 6:
        a += below(64) * 8 - 256;
        std::memcpy(bytes.data() + at, &a, 8);
        break;
      default:
        if (below(4) == 0) bytes.resize(16 + below(bytes.size() - 16));
        break;
    }
  }
  std::mt19937_64 random_;
};

struct Outcome {
  std::size_t errors = 0, accepted = 0, rejected = 0, declined = 0;
};

void run_case(const std::vector<Bytes>& parts, bool check, Outcome& outcome) {
  Environment env;
  try {
    LoadOptions options;
    options.imports = false;
    Loader loader(env, options);
    std::vector<std::span<const std::uint8_t>> spans(parts.begin(), parts.end());
    loader.load_module(loader.add_bytes(spans, "M"));
  } catch (const Error& error) {
    const std::set<ErrorCode> typed{ErrorCode::kExportFormat, ErrorCode::kUnsupported, ErrorCode::kMemoryLimit};
    CHECK(typed.contains(error.code()));
    CHECK(std::string(error.what()).find("'M") != std::string::npos);  // names the file
    ++outcome.errors;
    return;
  }
  if (!check) return;
  CheckOptions options;
  options.limits.max_steps = 20'000;
  options.limits.max_depth = 1'000;
  options.limits.max_bytes = std::uint64_t{1} << 26;
  const Report report = check_environment(env, options);
  ++(report.status == CheckStatus::kAccepted   ? outcome.accepted
     : report.status == CheckStatus::kRejected ? outcome.rejected
                                               : outcome.declined);
}

void run(std::size_t cases, std::uint64_t seed) {
  const std::vector<std::vector<Bytes>> whole = {
      {small_module()},
      {file("../golden/lean/olean/Parts.olean"), file("../golden/lean/olean/Parts.olean.server"),
       file("../golden/lean/olean/Parts.olean.private")},
      {file("../golden/lean/olean/Tour.olean")},
  };
  Outcome outcome;
  Damage damage(seed);
  for (std::size_t i = 0; i < cases; ++i) {
    std::vector<Bytes> parts = whole[i % 100 == 0 ? 2 : i % 10 == 1 ? 1 : 0];
    damage.apply(parts[damage.below(parts.size())]);
    run_case(parts, i % 4 == 0, outcome);
  }
  std::printf("%zu cases: %zu errors; of those checked %zu accepted, %zu rejected, %zu declined\n", cases,
              outcome.errors, outcome.accepted, outcome.rejected, outcome.declined);
  CHECK(outcome.errors > cases / 4 && outcome.rejected > 0);  // damage that does nothing shows nothing
}

}  // namespace

TEST(damaged_files_end_in_a_typed_error_or_a_verdict) { run(20'000, 1); }

int main(int argc, char** argv) {
  if (argc < 2) return check::run();
  run(std::strtoull(argv[1], nullptr, 10), argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 1);
  return check::failures() == 0 ? 0 : 1;
}
