#include <algorithm>
#include <array>
#include <cstdint>
#include <functional>
#include <random>
#include <string>

#include "check.h"
#include "lean/levels.h"
#include "lean/rejection.h"

using namespace verikit::lean;

namespace {

constexpr int kParams = 3;
constexpr int kValues = 5;

struct Fixture {
  Fixture() {
    for (int i = 0; i < kParams; ++i) {
      const std::string name(1, static_cast<char>('u' + i));
      params[i] = names.string(kAnonymous, name);
      vars[i] = levels.param(params[i]);
    }
  }
  NameTable names;
  LevelStore levels{nullptr, &names};
  std::array<NameId, kParams> params{};
  std::array<LevelId, kParams> vars{};
};

using Assignment = std::array<std::uint64_t, kParams>;

std::uint64_t value(const Fixture& f, LevelId id, const Assignment& at) {
  const Level l = f.levels[id];
  switch (l.kind) {
    case LevelKind::kZero:
      return 0;
    case LevelKind::kSucc:
      return value(f, l.a, at) + 1;
    case LevelKind::kMax:
      return std::max(value(f, l.a, at), value(f, l.b, at));
    case LevelKind::kIMax: {
      const std::uint64_t right = value(f, l.b, at);
      return right == 0 ? 0 : std::max(value(f, l.a, at), right);
    }
    case LevelKind::kParam:
      for (int i = 0; i < kParams; ++i) {
        if (f.params[i] == l.a) return at[i];
      }
  }
  check::report(__FILE__, __LINE__, "a parameter that nobody made");
  return 0;
}

template <class Body>
void for_assignments(const Body& body) {
  for (int u = 0; u < kValues; ++u) {
    for (int v = 0; v < kValues; ++v) {
      for (int w = 0; w < kValues; ++w) body(Assignment{std::uint64_t(u), std::uint64_t(v), std::uint64_t(w)});
    }
  }
}

LevelId random_level(Fixture& f, std::mt19937_64& rng, int depth) {
  const auto roll = [&](int n) { return static_cast<int>(rng() % static_cast<unsigned>(n)); };
  if (depth == 0 || roll(7) == 0) return roll(4) == 0 ? kLevelZero : f.vars[roll(kParams)];
  const LevelId a = random_level(f, rng, depth - 1);
  switch (roll(3)) {
    case 0:
      return f.levels.succ(a);
    case 1:
      return f.levels.max(a, random_level(f, rng, depth - 1));
    default:
      return f.levels.imax(a, random_level(f, rng, depth - 1));
  }
}

// A level with the same value everywhere, written otherwise.
LevelId rewrite(Fixture& f, std::mt19937_64& rng, LevelId id) {
  const Level l = f.levels[id];
  LevelStore& s = f.levels;
  switch (rng() % 4) {
    case 0:
      return s.max(id, id);
    case 1:
      if (l.kind == LevelKind::kMax) return s.max(l.b, l.a);
      if (l.kind == LevelKind::kIMax && l.never_zero) return s.max(l.a, l.b);
      return s.max(kLevelZero, id);
    case 2:
      if (l.kind == LevelKind::kSucc) return s.succ(rewrite(f, rng, l.a));
      if (l.kind == LevelKind::kMax) return s.max(rewrite(f, rng, l.a), l.b);
      if (l.kind == LevelKind::kIMax) return s.imax(rewrite(f, rng, l.a), l.b);
      return s.imax(kLevelOne, id);
    default:
      if (l.kind == LevelKind::kMax) return s.max(l.a, rewrite(f, rng, l.b));
      if (l.kind == LevelKind::kIMax) return s.imax(l.a, rewrite(f, rng, l.b));
      return s.imax(kLevelZero, id);
  }
}

bool declines(Decline reason, const std::function<void()>& body) {
  try {
    body();
  } catch (const Declined& declined) {
    return declined.reason() == reason;
  }
  return false;
}

}  // namespace

TEST(levels_equal_only_where_values_agree_everywhere) {
  std::mt19937_64 rng(1);
  int equal = 0, greater = 0;
  for (int round = 0; round < 400; ++round) {
    Fixture f;
    for (int i = 0; i < 100; ++i) {
      const LevelId a = random_level(f, rng, 1 + static_cast<int>(rng() % 4));
      LevelId b = random_level(f, rng, 1 + static_cast<int>(rng() % 3));
      if (i % 2 == 0) b = rewrite(f, rng, rewrite(f, rng, a));
      const bool eq = f.levels.equal(a, b);
      const bool geq = f.levels.geq(a, b);
      equal += eq ? 1 : 0;
      greater += geq ? 1 : 0;
      if (!eq && !geq) continue;
      for_assignments([&](const Assignment& at) {
        const std::uint64_t x = value(f, a, at);
        const std::uint64_t y = value(f, b, at);
        CHECK(!eq || x == y);
        CHECK(!geq || x >= y);
      });
    }
  }
  CHECK(equal > 5000);  // the check above was not about nothing
  CHECK(greater > equal);
}

TEST(levels_normal_forms_and_instances_have_the_right_values) {
  std::mt19937_64 rng(2);
  for (int round = 0; round < 100; ++round) {
    Fixture f;
    for (int i = 0; i < 50; ++i) {
      const LevelId l = random_level(f, rng, 4);
      const LevelId normal = f.levels.normalize(l);
      std::array<LevelId, kParams> args{};
      for (LevelId& arg : args) arg = random_level(f, rng, 2);
      const LevelId instance = f.levels.instantiate(l, f.params, args);
      for_assignments([&](const Assignment& at) {
        CHECK(value(f, l, at) == value(f, normal, at));
        Assignment inner{};
        for (int k = 0; k < kParams; ++k) inner[k] = value(f, args[k], at);
        CHECK(value(f, l, inner) == value(f, instance, at));
        CHECK(!f.levels.is_never_zero(l) || value(f, l, at) > 0);
      });
    }
  }
}

TEST(levels_decide_what_the_official_kernel_decides) {
  Fixture f;
  LevelStore& s = f.levels;
  const auto [u, v, w] = f.vars;
  CHECK(s.equal(s.imax(kLevelZero, u), u));
  CHECK(s.equal(s.imax(kLevelOne, u), u));
  CHECK(s.equal(s.imax(u, kLevelZero), kLevelZero));
  CHECK(s.equal(s.imax(u, s.imax(v, kLevelZero)), kLevelZero));
  CHECK(s.equal(s.imax(u, u), u));
  CHECK(s.equal(s.succ(s.max(u, v)), s.max(s.succ(v), s.succ(u))));
  CHECK(s.equal(s.max(kLevelOne, s.succ(u)), s.succ(u)));
  CHECK(s.equal(s.max(u, s.imax(v, u)), s.max(s.imax(v, u), u)));
  // True, but the official normal forms miss them.
  CHECK(!s.equal(s.imax(u, kLevelOne), s.max(u, kLevelOne)));
  CHECK(!s.equal(s.succ(s.imax(u, s.succ(v))), s.succ(s.max(u, s.succ(v)))));
  CHECK(!s.geq(u, s.imax(kLevelOne, s.imax(u, w))));
  // An imax that has become a max keeps the order of its arguments, so the names' order decides here.
  CHECK(s.equal(s.imax(u, s.succ(v)), s.max(u, s.succ(v))));
  CHECK(!s.equal(s.imax(v, s.succ(u)), s.max(v, s.succ(u))));
}

TEST(levels_geq_knows_successors_of_imax) {
  Fixture f;
  LevelStore& s = f.levels;
  const auto [u, v, w] = f.vars;
  const LevelId i = s.imax(u, v);
  CHECK(!s.geq(i, s.succ(i)));
  CHECK(!s.geq(v, i));
  CHECK(!s.geq(i, u));
  CHECK(s.geq(i, v));
  CHECK(s.geq(s.max(u, v), i));
  CHECK(s.geq(s.succ(s.succ(w)), s.succ(w)));
  CHECK(!s.geq(s.succ(w), s.succ(s.succ(w))));
}

TEST(levels_names_order_normal_forms_by_text_not_by_age) {
  // Numerals come before strings, components before text: the official order of names.
  NameTable names;
  const NameId b = names.string(kAnonymous, "b");
  const NameId a = names.string(kAnonymous, "a");
  const NameId a1 = names.numeral(a, 1);
  const NameId ax = names.string(a, "x");
  LevelStore s(nullptr, &names);
  const auto sorted = [&](NameId first, NameId second) {
    const LevelId x = s.param(first);
    const LevelId y = s.succ(s.param(second));
    return s.equal(s.imax(x, y), s.max(x, y));
  };
  CHECK(sorted(a, b) && !sorted(b, a));
  CHECK(sorted(a, a1) && !sorted(a1, a));
  CHECK(sorted(a1, ax) && !sorted(ax, a1));
  CHECK(sorted(ax, b) && !sorted(b, ax));
}

TEST(levels_extension_shares_its_base_and_forgets) {
  Fixture f;
  const LevelId inside = f.levels.max(f.vars[0], f.vars[1]);
  const LevelId inside_list[] = {inside, f.vars[2]};
  const LevelsId base_list = f.levels.list(inside_list);
  const std::size_t base_size = f.levels.size();
  LevelStore extension(&f.levels);
  for (int round = 0; round < 3; ++round) {
    CHECK(extension.max(f.vars[0], f.vars[1]) == inside);
    CHECK(extension.list(inside_list) == base_list);
    const LevelId outside = extension.succ(inside);
    CHECK(outside >= base_size && extension.succ(inside) == outside);
    CHECK(extension.base(outside) == inside && extension.offset(outside) == 1);
    const LevelId list[] = {outside};
    const LevelsId made = extension.list(list);
    CHECK(made >= f.levels.list_count() && extension.list(made)[0] == outside && extension.list_has_param(made));
    CHECK(extension.equal(extension.max(outside, inside), outside));
    // Tables that grow and are given back.
    LevelId deep = outside;
    for (int i = 0; i < 10'000; ++i) deep = extension.succ(deep);
    CHECK(extension.offset(deep) == 10'001);
    extension.reset();
    CHECK(extension.size() == base_size && extension.list_count() == f.levels.list_count());
  }
  CHECK(f.levels.size() == base_size);
}

TEST(levels_empty_list_is_no_levels) {
  Fixture f;
  CHECK(f.levels.list(std::span<const LevelId>()) == kNoLevels);
  CHECK(f.levels.list(kNoLevels).empty() && !f.levels.list_has_param(kNoLevels));
  LevelStore extension(&f.levels);
  CHECK(extension.list(std::span<const LevelId>()) == kNoLevels);
}

TEST(levels_undefined_param_names_it) {
  Fixture f;
  const LevelId l = f.levels.imax(f.levels.succ(f.vars[0]), f.levels.max(f.vars[1], kLevelOne));
  const NameId both[] = {f.params[0], f.params[1]};
  CHECK(f.levels.undefined_param(l, both) == kNone);
  CHECK(f.levels.undefined_param(l, std::span(both).first(1)) == f.params[1]);
  CHECK(f.levels.undefined_param(kLevelOne, {}) == kNone);
}

TEST(levels_print_as_written) {
  Fixture f;
  LevelStore& s = f.levels;
  const auto [u, v, w] = f.vars;
  CHECK(s.to_string(s.succ(s.succ(kLevelZero)), f.names) == "2");
  CHECK(s.to_string(s.succ(s.succ(u)), f.names) == "u+2");
  CHECK(s.to_string(s.max(u, s.imax(s.succ(v), w)), f.names) == "max u (imax (v+1) w)");
  CHECK(s.to_string(s.succ(s.max(u, v)), f.names) == "(max u v)+1");
}

TEST(levels_hundred_thousand_deep_end_in_a_decline_or_an_answer) {
  constexpr int kDeep = 100'000;
  Fixture f;
  LevelStore& s = f.levels;
  LevelId succ = f.vars[0], max = f.vars[0], imax = f.vars[0], doubling = f.vars[0];
  for (int i = 0; i < kDeep; ++i) {
    succ = s.succ(succ);
    max = s.max(max, f.vars[i % kParams]);
    imax = s.imax(f.vars[i % kParams], imax);
    doubling = s.max(doubling, s.succ(doubling));  // a tree of 2^100000 nodes
  }
  CHECK(s.offset(succ) == kDeep);
  CHECK(s.equal(s.max(succ, f.vars[0]), succ));
  CHECK(s.geq(succ, f.vars[0]));
  CHECK(s.equal(max, s.max(f.vars[0], s.max(f.vars[1], f.vars[2]))));
  CHECK(declines(Decline::kDepth, [&] { (void)s.equal(imax, f.vars[0]); }));
  CHECK(declines(Decline::kDepth, [&] { (void)s.geq(imax, f.vars[1]); }));
  CHECK(declines(Decline::kDepth, [&] { (void)s.instantiate(imax, f.params, f.vars); }));
  CHECK(declines(Decline::kSteps, [&] { (void)s.equal(doubling, succ); }));
  CHECK(s.undefined_param(imax, f.params) == kNone);
  CHECK(s.undefined_param(doubling, {}) == f.params[0]);
  CHECK(s.to_string(doubling, f.names).size() < 3000);
  CHECK(s.to_string(imax, f.names).size() < 3000);
}

TEST(levels_shared_maxima_do_not_blow_up) {
  // Thirty doublings, each within the limit on depth: 2^30 leaves as a tree, 31 arguments as a set.
  Fixture f;
  LevelStore& s = f.levels;
  LevelId l = f.vars[0];
  for (int i = 0; i < 30; ++i) l = s.max(s.max(l, f.vars[i % kParams]), l);
  CHECK(s.equal(l, s.max(f.vars[0], s.max(f.vars[1], f.vars[2]))));
  LevelId m = f.vars[0];
  for (int i = 0; i < 30; ++i) m = s.imax(s.max(m, f.vars[1]), s.max(m, f.vars[2]));
  const std::array<LevelId, kParams> swapped{f.vars[1], f.vars[0], f.vars[2]};
  CHECK(s.instantiate(s.instantiate(m, f.params, swapped), f.params, swapped) == m);
  CHECK(s.geq(m, m));
}

CHECK_MAIN()
