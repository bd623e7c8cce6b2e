#include "bounds/property.h"

#include <chrono>
#include <string>

#include "base/error.h"
#include "check.h"
#include "rounding_table.h"

using namespace verikit::bounds;
using verikit::ErrorCode;

namespace {

const std::string kHead =
    "(declare-const X_0 Real)(declare-const X_1 Real)(declare-const Y_0 Real)(declare-const Y_1 Real)\n";
const std::string kUnitBox = "(assert (>= X_0 0))(assert (<= X_0 1))(assert (>= X_1 0))(assert (<= X_1 1))\n";

Property parse(const std::string& assertions) { return parse_vnnlib(kHead + kUnitBox + assertions); }

std::string message_of(const std::string& text, ErrorCode code, const PropertyLimits& limits = {}) {
  try {
    parse_vnnlib(text, limits);
  } catch (const verikit::Error& error) {
    return error.code() == code ? error.what() : "other code: " + std::string(error.what());
  }
  return "no error";
}
bool has(const std::string& text, const std::string& part) {
  const bool found = text.find(part) != std::string::npos;
  if (!found) std::fprintf(stderr, "message is: %s\n", text.c_str());
  return found;
}

const OutputConstraint& only(const Property& property) { return property.unsafe.at(0).constraints.at(0); }

}  // namespace

TEST(rounding_agrees_with_fractions) {
  for (const RoundingCase& c : kRoundingTable) {
    const Rational q = parse_decimal(c.decimal);
    const bool good = round_down<double>(q) == c.double_down && round_up<double>(q) == c.double_up &&
                      round_down<float>(q) == c.float_down && round_up<float>(q) == c.float_up;
    if (!good) check::report(__FILE__, __LINE__, std::string("wrong rounding of ") + c.decimal);
  }
}

TEST(doubles_are_rationals_exactly) {
  for (const RoundingCase& c : kRoundingTable) {
    for (double v : {c.double_down, c.double_up, static_cast<double>(c.float_down)}) {
      if (!std::isfinite(v)) {
        CHECK_THROWS(to_rational(v), ErrorCode::kInput);
        continue;
      }
      const Rational q = to_rational(v);
      CHECK(round_down<double>(q) == v);
      CHECK(round_up<double>(q) == v);
    }
  }
  CHECK(to_rational(0.75) == Rational(3, 4));
  CHECK(to_rational(-6.0) == Rational(-6));
  CHECK(boost::multiprecision::denominator(to_rational(0.75)) == 4);
}

TEST(decimals_are_read_exactly) {
  CHECK(parse_decimal("-1.5e-3") == Rational(-3, 2000));
  CHECK(parse_decimal("1") == 1);
  CHECK(parse_decimal(".5") == Rational(1, 2));
  CHECK(parse_decimal("5.") == 5);
  CHECK(parse_decimal("+2E+2") == 200);
  CHECK(parse_decimal("00.10") == Rational(1, 10));
  CHECK(parse_decimal("-0.0") == 0);
  CHECK(parse_decimal("0000000000000000000000010") == 10);  // not octal
  CHECK(parse_decimal("0.00000000000000000000000000") == 0);
  CHECK(boost::multiprecision::denominator(parse_decimal("0.50")) == 2);
  CHECK(boost::multiprecision::denominator(parse_decimal("0.0000000000000000000000050")) ==
        boost::multiprecision::denominator(parse_decimal("5e-24")));
  for (const char* bad : {"", "-", ".", "e5", "1e", "1e+", "1.2.3", "0x10", "1,5", "--1", "1 ", "NaN", "inf", "1/3"}) {
    CHECK_THROWS(parse_decimal(bad), ErrorCode::kPropertyFormat);
  }
  CHECK_THROWS(parse_decimal("1e99999999999999999999999"), ErrorCode::kMemoryLimit);
  CHECK_THROWS(parse_decimal(std::string(5000, '7')), ErrorCode::kMemoryLimit);
}

TEST(simple_property_is_one_disjunct) {
  const Property p = parse("(assert (>= Y_0 3.5)) ; a comment with (parens\n(assert (<= Y_1 Y_0))");
  CHECK(p.inputs == 2 && p.outputs == 2 && p.dropped_empty == 0);
  CHECK(p.unsafe.size() == 1);
  CHECK(p.unsafe[0].box->lower[0] == 0 && p.unsafe[0].box->upper[1] == 1);
  CHECK(p.unsafe[0].constraints.size() == 2);
  const OutputConstraint& first = p.unsafe[0].constraints[0];
  CHECK(first.terms.size() == 1 && first.terms[0].first == 0 && first.terms[0].second == -1);
  CHECK(first.bound == Rational(-7, 2) && !first.strict);
  const OutputConstraint& second = p.unsafe[0].constraints[1];
  CHECK(second.terms.size() == 2 && second.terms[0].second == -1 && second.terms[1].second == 1 && second.bound == 0);
}

TEST(linear_terms_are_normalised) {
  const Property p = parse("(assert (< (+ (* 2.0 Y_1) (* -1 Y_0) (- 1.5) Y_1) (- (* 0.5 (+ Y_0 4 Y_0)) 1)))");
  // -Y_0 + 3 Y_1 - 1.5 < Y_0 + 2 - 1
  const OutputConstraint& c = only(p);
  CHECK(c.strict);
  CHECK(c.terms.size() == 2);
  CHECK(c.terms[0].first == 0 && c.terms[0].second == -2);
  CHECK(c.terms[1].first == 1 && c.terms[1].second == 3);
  CHECK(c.bound == Rational(5, 2));
  const Property q = parse("(assert (> Y_0 (- Y_0 Y_1 (* Y_0 2) (* 3 2 Y_1))))");
  // 0 > -2 Y_0 - 7 Y_1  <=>  -2 Y_0 - 7 Y_1 < 0
  CHECK(only(q).terms[0].second == -2 && only(q).terms[1].second == -7 && only(q).strict && only(q).bound == 0);
}

TEST(equalities_are_two_inequalities) {
  const Property p = parse("(assert (= Y_0 2))(assert (= X_0 0.5))");
  CHECK(p.unsafe[0].constraints.size() == 2);
  CHECK(p.unsafe[0].constraints[0].bound == 2 && p.unsafe[0].constraints[1].bound == -2);
  CHECK(p.unsafe[0].box->lower[0] == Rational(1, 2) && p.unsafe[0].box->upper[0] == Rational(1, 2));
}

TEST(input_bounds_may_be_written_from_either_side) {
  const Property p = parse("(assert (<= 0.25 X_0))(assert (>= 3 (* 4 X_0)))(assert (<= (- X_1) -0.5))(assert (>= X_1 -7))");
  CHECK(p.unsafe[0].box->lower[0] == Rational(1, 4) && p.unsafe[0].box->upper[0] == Rational(3, 4));
  CHECK(p.unsafe[0].box->lower[1] == Rational(1, 2) && p.unsafe[0].box->upper[1] == 1);
}

TEST(disjuncts_with_the_same_inputs_share_their_box) {
  const Property p = parse(
      "(assert (or (and (<= X_0 0.5) (>= X_0 0.1)) (and (>= X_0 0.5))))"
      "(assert (or (<= Y_0 0) (and (or (>= Y_1 0) (>= Y_1 1)) (<= Y_0 9)) (<= X_1 0.75)))");
  CHECK(p.unsafe.size() == 8);
  CHECK(p.unsafe[0].box == p.unsafe[1].box && p.unsafe[1].box == p.unsafe[2].box);
  CHECK(p.unsafe[3].box != p.unsafe[0].box && p.unsafe[3].box->upper[1] == Rational(3, 4));
  CHECK(p.unsafe[3].constraints.empty());
  CHECK(p.unsafe[4].box == p.unsafe[5].box && p.unsafe[4].box != p.unsafe[0].box);
  CHECK(p.unsafe[0].box->upper[0] == Rational(1, 2) && p.unsafe[4].box->lower[0] == Rational(1, 2));
  CHECK(p.unsafe[1].constraints.size() == 2);
}

TEST(boxes_that_only_repeat_the_global_one_are_shared) {
  const Property p = parse("(assert (or (and (<= X_0 5) (<= Y_0 0)) (<= Y_1 0) (and (<= X_0 1.0) (>= X_0 -3) (<= Y_1 2))))");
  CHECK(p.unsafe.size() == 3);
  CHECK(p.unsafe[0].box == p.unsafe[1].box && p.unsafe[1].box == p.unsafe[2].box);
}

TEST(empty_boxes_and_false_constraints_are_dropped_and_counted) {
  const Property p = parse("(assert (or (>= X_0 2) (and (<= X_0 0.2) (>= X_0 0.3)) (<= Y_0 0) (<= 2 1) (>= 2 1)))");
  CHECK(p.unsafe.size() == 2 && p.dropped_empty == 3);
  CHECK(p.unsafe[1].constraints.empty());
  const Property q = parse("(assert (>= X_1 1.0000000000000000001))(assert (or (<= Y_0 0) (<= Y_0 1)))");
  CHECK(q.unsafe.empty() && q.dropped_empty == 2);
  const Property r = parse("(assert (<= Y_0 (+ Y_0 1)))(assert (< X_0 (+ X_0 1)))");
  CHECK(r.unsafe.size() == 1 && r.unsafe[0].constraints.empty());
  const Property s = parse("(assert (< Y_0 (+ Y_0 0)))");
  CHECK(s.unsafe.empty() && s.dropped_empty == 1);
}

TEST(bounds_may_come_from_the_disjuncts_alone) {
  const std::string box = "(and (>= X_0 0) (<= X_0 1) (>= X_1 0) (<= X_1 1) (>= Y_0 0))";
  CHECK(parse_vnnlib(kHead + "(assert (or " + box + box + "))").unsafe.size() == 2);
  const std::string open = "(and (>= X_0 0) (<= X_0 1) (>= X_1 0) (>= Y_0 0))";
  CHECK(has(message_of(kHead + "(assert (or " + box + open + "))", ErrorCode::kInput), "input X_1 has no upper bound in disjunct 1"));
  CHECK(has(message_of(kHead, ErrorCode::kInput), "input X_0 has no lower bound"));
}

TEST(declarations_are_checked) {
  CHECK(parse_vnnlib("(declare-fun X_0 () Real)(declare-const Y_0 Real)(assert (= X_0 1))").inputs == 1);
  CHECK(parse_vnnlib("\xEF\xBB\xBF(set-logic QF_LRA)(set-info :source |a ) b|)\r\n(declare-const Y_0 Real)"
                     "(declare-const X_1 Real)(declare-const X_0 Real)(assert (and (= X_0 1) (= X_1 1)))(check-sat)")
            .inputs == 2);
  const auto bad = ErrorCode::kPropertyFormat;
  CHECK(has(message_of("(declare-const X_0 Real)", bad), "declares no outputs"));
  CHECK(has(message_of("", bad), "declares no inputs"));
  CHECK(has(message_of(kHead + "(declare-const X_3 Real)", bad), "X_2 is not declared"));
  CHECK(has(message_of("(declare-const X_2147483647 Real)", bad), "0..n-1"));
  CHECK(has(message_of(kHead + "(declare-const X_1 Real)", bad), "line 2, column 16: 'X_1' is declared twice"));
  CHECK(has(message_of(kHead + "(assert (<= X_2 0))", bad), "line 2, column 13: 'X_2' is not declared"));
  CHECK(has(message_of("(declare-const Z Real)", bad), "X_<i> or Y_<j>"));
  CHECK(has(message_of("(declare-const X_00 Real)", bad), "X_<i> or Y_<j>"));
  CHECK(has(message_of("(declare-const X_0 Int)", ErrorCode::kUnsupported), "use Real"));
}

TEST(errors_name_the_place_and_stay_short) {
  const std::string message = message_of(kHead + kUnitBox + "\n (assert (<= Y_0 " + std::string(100'000, 'z') + "))", ErrorCode::kPropertyFormat);
  CHECK(has(message, "line 4, column 18"));
  CHECK(message.size() < 200);
  CHECK(has(message_of(kHead + "(assert (<= Y_0 \xff\n))", ErrorCode::kPropertyFormat), "\\xff"));
  CHECK(has(message_of(kHead + "(assert (<= Y_0 1)", ErrorCode::kPropertyFormat), "line 2, column 1"));
  CHECK(has(message_of(kHead + "(assert (<= Y_0 1)))", ErrorCode::kPropertyFormat), "line 2, column 20"));
  CHECK(has(message_of("\x1f\x8b\b", ErrorCode::kPropertyFormat), "gzip"));
}

TEST(what_is_outside_the_format_is_named) {
  const auto unsupported = [](const char* assertion, const char* part) {
    return has(message_of(kHead + kUnitBox + assertion, ErrorCode::kUnsupported), part);
  };
  CHECK(unsupported("(assert (<= X_0 Y_0))", "mixes inputs and outputs"));
  CHECK(unsupported("(assert (<= X_0 X_1))", "several inputs"));
  CHECK(unsupported("(assert (< X_0 0.5))", "strict bound on an input"));
  CHECK(unsupported("(assert (<= (* Y_0 Y_1) 1))", "product of two variables"));
  CHECK(unsupported("(assert (<= Y_0 (/ 1 3)))", "'/'"));
  CHECK(unsupported("(assert (not (<= Y_0 1)))", "'not'"));
  CHECK(unsupported("(assert (<= 0 Y_0 1))", "more than two sides"));
  CHECK(unsupported("(declare-network f)", "VNN-LIB 2.0"));
  CHECK(unsupported("(declare-input X Real [1, 5])", "VNN-LIB 2.0"));
  CHECK(unsupported("(push 1)", "'push'"));
}

TEST(limits_are_kept) {
  const std::string deep = std::string(5'000'000, '(');
  CHECK(has(message_of(kHead + "(assert " + deep, ErrorCode::kPropertyFormat), "expected and, or"));
  std::string nested;
  for (int i = 0; i < 200'000; ++i) nested += "(and ";
  PropertyLimits limits;
  limits.max_depth = 1'000'000;  // more than the reader allows itself
  CHECK(has(message_of(kHead + "(assert " + nested, ErrorCode::kMemoryLimit, limits), "nested deeper"));
  nested.clear();
  for (int i = 0; i < 200'000; ++i) nested += "(- ";
  CHECK(has(message_of(kHead + "(assert (<= " + nested, ErrorCode::kMemoryLimit, limits), "nested deeper"));
  std::string product;  // 10^20 disjuncts
  for (int i = 0; i < 20; ++i) {
    product += "(assert (or";
    for (int j = 0; j < 10; ++j) product += "(<= Y_0 1)";
    product += "))";
  }
  CHECK(has(message_of(kHead + kUnitBox + product, ErrorCode::kMemoryLimit), "disjuncts"));
  // Every product doubles the length of the numbers.
  std::string growing = "1.1";
  for (int i = 0; i < 900; ++i) growing = "(* 1e4000 " + growing + ")";
  std::string many;
  for (int i = 0; i < 100; ++i) many += growing;
  CHECK(has(message_of(kHead + kUnitBox + "(assert (<= Y_0 (+ 0 " + many + ")))", ErrorCode::kMemoryLimit), "arithmetic"));
  limits = {};
  limits.max_bytes = 10;
  CHECK(has(message_of(kHead, ErrorCode::kMemoryLimit, limits), "limit is 10"));
}

TEST(properties_with_a_million_terms_are_read) {
  const auto start = std::chrono::steady_clock::now();
  std::string sum = "(assert (<= (+";
  for (int i = 0; i < 1'000'000; ++i) sum += i % 2 == 0 ? " (* 0.25 Y_0)" : " (* -1.5 Y_1)";
  const Property p = parse(sum + ") 1))");
  CHECK(only(p).terms[0].second == 125'000 && only(p).terms[1].second == -750'000);
  std::string any = "(assert (or";
  for (int i = 0; i < 1'000'000; ++i) any += " (<= Y_0 0.5)";
  CHECK(parse(any + "))").unsafe.size() == 1'000'000);
  std::string all = "(assert (and";
  for (int i = 0; i < 1'000'000; ++i) all += " (<= Y_0 0.5)";
  CHECK(parse(all + "))").unsafe[0].constraints.size() == 1'000'000);
  std::string bounds;
  for (int i = 0; i < 1'000'000; ++i) bounds += "(assert (<= X_0 0." + std::to_string(1'999'999 - i) + "))";
  CHECK(parse(bounds).unsafe[0].box->upper[0] == Rational(1, 10));
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  std::printf("four properties with 10^6 terms: %.2f s\n", seconds);
  CHECK(seconds < 60);
}

CHECK_MAIN()
