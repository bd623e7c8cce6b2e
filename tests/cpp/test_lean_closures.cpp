// Environments of suspended substitutions against vectors that say the same.
#include <algorithm>
#include <random>
#include <vector>

#include "check.h"
#include "lean/closures.h"

using namespace verikit::lean;

namespace {

struct Model {
  std::vector<TermId> values;  // variable i at the back - i
  EnvId env = kEmptyEnv;
};

TermId at(const Model& m, std::uint32_t i) { return i < m.values.size() ? m.values[m.values.size() - 1 - i] : kNone; }

TEST(lookup_and_prune_agree_with_vectors) {
  const TermStore base;
  std::mt19937 random(7);
  for (int round = 0; round < 200; ++round) {
    TermStore terms(&base);
    Environments envs(terms);
    std::vector<Model> models(1);
    for (int step = 0; step < 300; ++step) {
      Model m = models[random() % models.size()];
      if (random() % 4 != 0 || m.values.empty()) {
        const std::uint32_t grow = 1 + random() % 40;
        for (std::uint32_t i = 0; i < grow; ++i) {
          const TermId value = random() % 9 == 0 ? kNone : terms.fvar(random() % 50, terms.sort(kLevelZero));
          m.env = envs.cons(value, m.env);
          m.values.push_back(value);
        }
      } else {
        const std::uint64_t mask = (static_cast<std::uint64_t>(random()) << 32 | random()) & ((random() % 2) ? ~0ull : 0xFFull);
        m.env = envs.prune(m.env, mask);
        // What the mask leaves out is not bound any more, and nothing beyond 64 is.
        std::vector<TermId> kept;
        std::uint32_t fvars = 0;
        for (std::uint32_t i = 64; i-- > 0;) {
          const TermId v = (mask >> i & 1) != 0 ? at(m, i) : kNone;
          if (v != kNone || !kept.empty()) kept.push_back(v);
          if (v != kNone) fvars = std::max(fvars, terms[v].fvars);
        }
        m.values = kept;
        CHECK(envs.fvars(m.env) == fvars);
      }
      for (std::uint32_t i = 0; i < m.values.size() + 3; ++i) CHECK(envs.lookup(m.env, i) == at(m, i));
      models.push_back(m);
    }
  }
}

TEST(equal_frames_are_one) {
  const TermStore base;
  TermStore terms(&base);
  Environments envs(terms);
  const TermId a = terms.fvar(0, terms.sort(kLevelZero));
  const TermId b = terms.fvar(1, terms.sort(kLevelOne));
  const EnvId one = envs.cons(a, envs.cons(b, envs.cons(a, kEmptyEnv)));
  const EnvId two = envs.cons(a, envs.cons(a, envs.cons(a, kEmptyEnv)));
  CHECK(envs.prune(one, 0b101) == envs.prune(two, 0b101));
  CHECK(envs.prune(one, 0b111) != envs.prune(two, 0b111));
  CHECK(envs.prune(one, 0) == kEmptyEnv);
  CHECK(envs.prune(envs.prune(one, 0b111), 0b100) == envs.prune(two, 0b100));
}

TEST(masks_never_miss_a_loose_variable) {
  TermStore terms;
  std::mt19937 random(11);
  // Terms with the true set of their loose variables beside them.
  std::vector<std::pair<TermId, std::vector<std::uint32_t>>> pool = {{terms.sort(kLevelZero), {}}};
  for (int i = 0; i < 20000; ++i) {
    const auto pick = [&]() -> const auto& { return pool[pool.size() > 400 && random() % 2 ? pool.size() - 1 - random() % 400 : random() % pool.size()]; };
    std::vector<std::uint32_t> loose;
    const auto join = [&](const std::vector<std::uint32_t>& more, std::uint32_t under) {
      for (const std::uint32_t v : more) {
        if (v >= under && std::find(loose.begin(), loose.end(), v - under) == loose.end()) loose.push_back(v - under);
      }
    };
    TermId t = kNone;
    const auto& x = pick();
    const auto& y = pick();
    switch (random() % 5) {
      case 0: {
        const std::uint32_t v = random() % 130;
        t = terms.bvar(v);
        loose = {v};
        break;
      }
      case 1:
        t = terms.app(x.first, y.first);
        join(x.second, 0);
        join(y.second, 0);
        break;
      case 2:
        t = terms.let(x.first, y.first, x.first, kAnonymous);
        join(x.second, 0);
        join(y.second, 0);
        join(x.second, 1);
        break;
      default:
        t = terms.lambda(x.first, y.first, 0);
        join(x.second, 0);
        join(y.second, 1);
        break;
    }
    const Node& n = terms[t];
    std::uint32_t bound = 0;
    for (const std::uint32_t v : loose) {
      bound = std::max(bound, v + 1);
      if (v < 64) CHECK((n.mask >> v & 1) != 0);
    }
    CHECK(n.loose == bound);
    if (loose.size() < 60) pool.emplace_back(t, loose);
  }
}

}  // namespace

int main() { return check::run(); }
