// The kernel on files: the goldens and the attacks, the same answer for every number of threads, and damaged exports.
//
//   test_lean_kernel [CASES [SEED]]    how many damaged exports to check (1500)
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <sstream>
#include <string>
#include <vector>

#include "base/error.h"
#include "check.h"
#include "lean/check.h"
#include "lean/readers.h"

using namespace verikit;
using namespace verikit::lean;
namespace fs = std::filesystem;

namespace {

std::uint64_t cases = 1500, seed = 1;

std::string read(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

struct Labelled {
  fs::path path;
  std::string expected;
};

std::vector<Labelled> labelled(const fs::path& folder) {
  std::vector<Labelled> files;
  std::ifstream in(folder / "expected.tsv");
  std::string line;
  std::getline(in, line);
  while (std::getline(in, line)) {
    std::istringstream cells(line);
    Labelled file;
    std::string name;
    std::getline(cells, name, '\t');
    std::getline(cells, file.expected, '\t');
    file.path = folder / name;
    files.push_back(file);
  }
  return files;
}

void parse(const std::string& text, const std::string& name, Environment& env) {
  const std::span<const std::uint8_t> bytes(reinterpret_cast<const std::uint8_t*>(text.data()), text.size());
  ReadLimits limits;
  limits.max_literal_digits = 1000;
  if (detect_format(bytes) == ExportFormat::kText) {
    read_text(bytes, name, env, limits);
  } else {
    read_ndjson(bytes, name, env, limits);
  }
}

const char* word(CheckStatus status) {
  return status == CheckStatus::kAccepted ? "accept" : status == CheckStatus::kRejected ? "reject" : "decline";
}

CheckOptions options(int threads) {
  CheckOptions o;
  o.threads = threads;
  o.limits.max_steps = 3'000'000;
  o.limits.max_depth = 3000;
  o.limits.max_bytes = std::uint64_t{256} << 20;
  return o;
}

// The verdict and every finding, as text.
std::string judge(const std::string& text, const std::string& name, const CheckOptions& o) {
  Environment env;
  try {
    parse(text, name, env);
  } catch (const Error& error) {
    if (error.code() == ErrorCode::kInternal || error.code() == ErrorCode::kSoundness) throw;
    return "reject";
  }
  const Report report = check_environment(env, o);
  std::string out = word(report.status);
  for (const Finding& f : report.findings) {
    out += "\n" + f.name + " " + (f.status == CheckStatus::kRejected ? rule_name(f.rule) : decline_name(f.reason)) + " " + f.detail;
  }
  return out;
}

}  // namespace

TEST(kernel_judges_the_labelled_files_right_on_any_number_of_threads) {
  std::size_t seen = 0;
  for (const char* folder : {"../golden/lean", "../reject/lean"}) {
    for (const Labelled& file : labelled(folder)) {
      const std::string text = read(file.path);
      const std::string name = file.path.filename().string();
      const std::string one = judge(text, name, options(1));
      const std::string verdict = one.substr(0, one.find('\n'));
      if (verdict != file.expected) check::report(__FILE__, __LINE__, name + ": expected " + file.expected + ", got " + one);
      CHECK(judge(text, name, options(2)) == one);
      CHECK(judge(text, name, options(7)) == one);
      ++seen;
    }
  }
  CHECK(seen >= 80);
}

TEST(kernel_stops_at_the_first_rejection_the_same_on_any_number_of_threads) {
  for (const Labelled& file : labelled("../reject/lean")) {
    const std::string text = read(file.path);
    std::string first;
    for (const int threads : {1, 2, 5}) {
      CheckOptions o = options(threads);
      o.stop_at_first = true;
      const std::string said = judge(text, "file", o);
      if (threads == 1) first = said;
      CHECK(said == first);
    }
    // It is the first of those that are found without stopping.
    const std::string all = judge(text, "file", options(1));
    CHECK(all.compare(0, first.size(), first) == 0 || all.substr(0, 6) != "reject");
  }
}

// Damage within the file's own alphabet gets further than random bytes: digits, and whole numbers swapped.
TEST(kernel_survives_damaged_exports) {
  std::vector<std::string> seeds;
  for (const char* folder : {"../golden/lean", "../reject/lean"}) {
    for (const Labelled& file : labelled(folder)) seeds.push_back(read(file.path));
  }
  std::mt19937_64 random(seed);
  std::size_t accepted = 0, rejected = 0, declined = 0;
  for (std::uint64_t i = 0; i < cases; ++i) {
    std::string text = seeds[random() % seeds.size()];
    const std::size_t edits = 1 + random() % 3;
    for (std::size_t e = 0; e < edits && !text.empty(); ++e) {
      const std::size_t at = random() % text.size();
      if (random() % 8 == 0) {
        text[at] = static_cast<char>(text[at] ^ (1 << random() % 8));
        continue;
      }
      // The next number becomes a near one, or another number of the file.
      const auto digit = [&](std::size_t k) { return k < text.size() && text[k] >= '0' && text[k] <= '9'; };
      std::size_t begin = at;
      while (begin < text.size() && !digit(begin)) ++begin;
      std::size_t end = begin;
      while (digit(end)) ++end;
      if (begin == end) continue;
      const unsigned long long value = std::strtoull(text.substr(begin, end - begin).c_str(), nullptr, 10);
      const unsigned long long other = random() % 2 == 0 ? value + random() % 5 - 2 : random() % (value + 10);
      text.replace(begin, end - begin, std::to_string(static_cast<unsigned>(other)));
    }
    const std::string said = judge(text, "damaged", options(1 + static_cast<int>(random() % 2)));
    accepted += said.substr(0, 6) == "accept";
    rejected += said.substr(0, 6) == "reject";
    declined += said.substr(0, 7) == "decline";
  }
  CHECK(accepted + rejected + declined == cases);
  if (cases >= 1000) CHECK(accepted > cases / 100 && rejected > cases / 2);
  std::printf("%llu damaged exports: %zu accepted, %zu rejected, %zu declined\n", static_cast<unsigned long long>(cases),
              accepted, rejected, declined);
}

int main(int argc, char** argv) {
  if (argc > 1) cases = std::strtoull(argv[1], nullptr, 10);
  if (argc > 2) seed = std::strtoull(argv[2], nullptr, 10);
  return check::run();
}
