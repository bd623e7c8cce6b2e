// Readers of text exports: what they accept, what they say of what they do not, and that no bytes make them crash.
// With arguments: a number of fuzz cases for each format, then files whose mutants are read too.
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>

#include "base/error.h"
#include "check.h"
#include "lean/big_nat.h"
#include "lean/print.h"
#include "lean/readers.h"
#include "lean_export_writer.h"

using namespace verikit::lean;
using export_writer::Export;
using export_writer::Random;
using export_writer::kMeta31;
using verikit::ErrorCode;

namespace {

std::span<const std::uint8_t> bytes_of(const std::string& text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}
void read(const std::string& text, Environment& env, const ReadLimits& limits = {}) {
  if (detect_format(bytes_of(text)) == ExportFormat::kText) {
    read_text(bytes_of(text), "test", env, limits);
  } else {
    read_ndjson(bytes_of(text), "test", env, limits);
  }
}
// Lines behind a "meta" line.
std::string lines(const std::string& body) { return std::string(kMeta31) + "\n" + body; }

// "" where it is read; else what went wrong, with the code in front.
std::string outcome(const std::string& text, const ReadLimits& limits = {}) {
  try {
    Environment env;
    read(text, env, limits);
    return "";
  } catch (const verikit::Error& error) {
    return std::to_string(static_cast<int>(error.code())) + " " + error.what();
  }
}
bool fails(const std::string& text, ErrorCode code, const std::string& part, const ReadLimits& limits = {}) {
  const std::string got = outcome(text, limits);
  const bool good =
      got.rfind(std::to_string(static_cast<int>(code)) + " ", 0) == 0 && got.find(part) != std::string::npos;
  if (!good) std::fprintf(stderr, "got: '%s', wanted %d and '%s'\n", got.c_str(), static_cast<int>(code), part.c_str());
  return good;
}
bool malformed(const std::string& text, const std::string& part) { return fails(text, ErrorCode::kExportFormat, part); }

bool same_levels(const LevelStore& a, const LevelStore& b) {
  if (a.size() != b.size() || a.list_count() != b.list_count()) return false;
  for (LevelId i = 0; i < a.size(); ++i) {
    if (a[i].kind != b[i].kind || a[i].a != b[i].a || a[i].b != b[i].b) return false;
  }
  for (LevelsId i = 0; i < a.list_count(); ++i) {
    const auto x = a.list(i), y = b.list(i);
    if (!std::equal(x.begin(), x.end(), y.begin(), y.end())) return false;
  }
  return true;
}

// The first difference, or "". Ids are compared as they are: the same items in the same order make the same ids.
std::string difference(const Environment& a, const Environment& b, bool count_all = true) {
  if (a.names().size() != b.names().size()) return "names";
  for (NameId i = 0; i < a.names().size(); ++i) {
    if (a.names().prefix(i) != b.names().prefix(i) || a.names().text(i) != b.names().text(i) ||
        a.names().number(i) != b.names().number(i) || a.names().is_numeral(i) != b.names().is_numeral(i)) {
      return "name " + std::to_string(i);
    }
  }
  const TermStore &s = a.terms(), &t = b.terms();
  if (!same_levels(s.levels(), t.levels())) return "levels";
  if (s.size() != t.size()) return "the number of terms";
  for (TermId i = 0; i < s.size(); ++i) {
    const Node &x = s[i], &y = t[i];
    bool same = x.kind == y.kind && x.a == y.a && x.b == y.b && x.c == y.c && s.let_name(i) == t.let_name(i);
    if (same && (x.kind == Kind::kNat || x.kind == Kind::kBigNat)) same = s.nat_value(i) == t.nat_value(i);
    if (same && x.kind == Kind::kString) same = s.string_value(i) == t.string_value(i);
    if (!same) return "term " + std::to_string(i);
  }
  if (a.num_constants() != b.num_constants() || a.duplicates() != b.duplicates()) return "the number of constants";
  for (ConstantId i = 0; i < a.num_constants(); ++i) {
    const Constant &x = a.constant(i), &y = b.constant(i);
    bool same = x.name == y.name && x.kind == y.kind && x.safety == y.safety && x.quotient == y.quotient &&
                x.hints.kind == y.hints.kind && x.hints.height == y.hints.height && x.params == y.params &&
                x.type == y.type && x.value == y.value && (!count_all || x.all == y.all) &&
                x.declaration == y.declaration;
    if (same && x.kind == ConstantKind::kInductive) {
      const InductiveInfo &u = a.inductive(x), &v = b.inductive(y);
      same = u.num_params == v.num_params && u.num_indices == v.num_indices && u.num_nested == v.num_nested &&
             u.all == v.all && u.constructors == v.constructors && u.is_recursive == v.is_recursive &&
             u.is_reflexive == v.is_reflexive;
    }
    if (same && x.kind == ConstantKind::kConstructor) {
      const ConstructorInfo &u = a.constructor(x), &v = b.constructor(y);
      same = u.inductive == v.inductive && u.index == v.index && u.num_params == v.num_params &&
             u.num_fields == v.num_fields;
    }
    if (same && x.kind == ConstantKind::kRecursor) {
      const RecursorInfo &u = a.recursor(x), &v = b.recursor(y);
      same = u.all == v.all && u.num_params == v.num_params && u.num_indices == v.num_indices &&
             u.num_motives == v.num_motives && u.num_minors == v.num_minors && u.k == v.k &&
             u.rules.size() == v.rules.size();
      for (std::size_t r = 0; same && r < u.rules.size(); ++r) {
        same = u.rules[r].constructor == v.rules[r].constructor && u.rules[r].num_fields == v.rules[r].num_fields &&
               u.rules[r].rhs == v.rules[r].rhs;
      }
    }
    if (!same) return "constant " + a.names().to_string(x.name);
  }
  if (a.num_declarations() != b.num_declarations()) return "the number of declarations";
  for (DeclarationId i = 0; i < a.num_declarations(); ++i) {
    const Declaration &x = a.declaration(i), &y = b.declaration(i);
    if (x.kind != y.kind || x.constants != y.constants || x.rank != y.rank) return "declaration " + std::to_string(i);
  }
  return "";
}
bool same(const Environment& a, const Environment& b) {
  const std::string what = difference(a, b);
  if (!what.empty()) std::fprintf(stderr, "they differ in %s\n", what.c_str());
  return what.empty();
}

// A Nat and what goes with it, by hand.
Export small_export() {
  Export e;
  const auto nat = e.str(0, "Nat"), zero = e.str(nat, "zero"), succ = e.str(nat, "succ"), rec = e.str(nat, "rec"),
             u = e.str(0, "u"), n = e.str(0, "n");
  const auto one = e.succ(0), lu = e.param(u);
  const auto type = e.sort(one), tn = e.constant(nat), step = e.binder(false, n, tn, tn), motive = e.sort(lu);
  e.block({{nat, type, 0, 0, 0, true, false, {zero, succ}}}, {{zero, tn, nat, 0, 0, 0}, {succ, step, nat, 1, 0, 1}},
          {{rec, motive, 0, 0, 1, 2, false, {{zero, 0, tn}, {succ, 1, step}}, {u}}}, {});
  e.definition(e.str(nat, "one"), tn, e.app(e.constant(succ), e.constant(zero)), {}, -1);
  e.theorem(e.str(nat, "thm"), tn, e.let(n, tn, e.nat("5"), e.bvar(0)), {u});
  e.axiom(e.str(0, "ax"), e.proj(nat, 3, tn));
  return e;
}

}  // namespace

TEST(formats_are_told_apart_by_content) {
  CHECK(detect_format(bytes_of("{\"meta\":{}}")) == ExportFormat::kNdjson);
  CHECK(detect_format(bytes_of(" \n{}")) == ExportFormat::kNdjson);
  CHECK(detect_format(bytes_of("2.0.0\n1 #NS 0 a\n")) == ExportFormat::kText);
  CHECK(detect_format(bytes_of("0.1.2")) == ExportFormat::kText);
  CHECK(detect_format(bytes_of(std::string("olean\x02\0\0", 8))) == ExportFormat::kOlean);
  for (const char* other : {"", "\n", "1 #NS 0 a\n", "2.0\n", "2.0.0x\n", "import Nat", "[1]", "PK\x03\x04"}) {
    CHECK_THROWS(detect_format(bytes_of(other)), ErrorCode::kExportFormat);
  }
}

TEST(ndjson_says_what_the_file_says) {
  Environment env;
  read(small_export().ndjson(), env);
  CHECK(env.num_constants() == 7 && env.num_declarations() == 4 && env.duplicates().empty());
  const Constant& nat = env.constant(env.find("Nat"));
  CHECK(nat.kind == ConstantKind::kInductive && env.inductive(nat).is_recursive &&
        env.inductive(nat).constructors.size() == 2);
  CHECK(env.declaration(nat.declaration).kind == DeclarationKind::kInductive);
  CHECK(env.declaration(nat.declaration).constants.size() == 4);
  const Constant& succ = env.constant(env.find("Nat.succ"));
  CHECK(succ.kind == ConstantKind::kConstructor && env.constructor(succ).index == 1 &&
        env.constructor(succ).num_fields == 1);
  CHECK(to_string(env.terms(), succ.type) == "Nat → Nat");
  const Constant& rec = env.constant(env.find("Nat.rec"));
  CHECK(env.recursor(rec).rules.size() == 2 && env.recursor(rec).num_minors == 2 && !env.recursor(rec).k);
  CHECK(rec.params == std::vector<NameId>{env.names().find("u")});
  const Constant& one = env.constant(env.find("Nat.one"));
  CHECK(one.hints.kind == HintKind::kAbbreviation && to_string(env.terms(), one.value) == "Nat.succ Nat.zero");
  CHECK(one.all == std::vector<NameId>{one.name} && one.safety == Safety::kSafe);
  CHECK(to_string(env.terms(), env.constant(env.find("Nat.thm")).value) == "let n : Nat := 5; n");
  CHECK(to_string(env.terms(), env.constant(env.find("ax")).type) == "Nat.4");
  CHECK(env.modules().size() == 1 && env.modules()[0].name == "test");
}

// The fast reader of lines and the one that decides, on the same items: white space, order of keys and escapes do not
// count.
TEST(ndjson_written_in_another_way_reads_the_same) {
  Random random(7);
  for (int round = 0; round < 300; ++round) {
    const Export e = export_writer::random_export(random, 20 + round % 100);
    Environment plain, shuffled;
    read(e.ndjson(), plain);
    read(e.ndjson({&random}), shuffled);
    CHECK(same(plain, shuffled));
  }
}

TEST(text_and_ndjson_of_one_export_read_the_same) {
  Random random(8);
  for (int round = 0; round < 300; ++round) {
    const Export e = export_writer::random_export(random, 20 + round % 100);
    Environment json, text;
    read(e.ndjson(), json);
    read(e.text(), text);
    CHECK(same(json, text));
  }
}

TEST(a_last_line_without_its_newline_reads_the_same) {
  for (std::string text : {small_export().ndjson(), small_export().text()}) {
    Environment with, without;
    read(text, with);
    text.pop_back();
    read(text, without);
    CHECK(same(with, without));
  }
}

TEST(indices_may_be_sparse_and_out_of_order) {
  Environment env;
  read(lines(R"({"in":18446744073709551615,"str":{"pre":0,"str":"a"}}
{"in":7,"str":{"pre":18446744073709551615,"str":"b"}}
{"ie":4000000000,"sort":0}
{"ie":2,"app":{"fn":4000000000,"arg":4000000000}}
{"axiom":{"isUnsafe":true,"levelParams":[],"name":7,"type":2}}
)"), env);
  const Constant& c = env.constant(env.find("a.b"));
  CHECK(c.safety == Safety::kUnsafe && to_string(env.terms(), c.type) == "Prop Prop");
}

TEST(indices_are_defined_once_and_before_use) {
  CHECK(malformed(lines("{\"ie\":0,\"app\":{\"fn\":1,\"arg\":2}}\n"), "line 2: expression 1 is used but not defined"));
  CHECK(malformed(lines("{\"ie\":0,\"app\":{\"fn\":0,\"arg\":0}}\n"), "expression 0 is used but not defined"));
  CHECK(malformed(lines("{\"ie\":0,\"sort\":5}\n"), "level 5 is used but not defined"));
  CHECK(malformed(lines("{\"in\":1,\"str\":{\"pre\":2,\"str\":\"a\"}}\n"), "name 2 is used but not defined"));
  CHECK(malformed(lines("{\"ie\":0,\"sort\":0}\n{\"ie\":0,\"sort\":0}\n"), "line 3: expression 0 is defined twice"));
  CHECK(malformed(lines("{\"in\":0,\"str\":{\"pre\":0,\"str\":\"a\"}}\n"), "name 0 is defined twice"));
  CHECK(malformed(lines("{\"il\":0,\"succ\":0}\n"), "level 0 is defined twice"));
  CHECK(malformed("2.0.0\n0 #EA 1 2\n", "line 2: expression 1 is used but not defined"));
  CHECK(malformed("2.0.0\n0 #ES 0\n0 #ES 0\n", "defined twice"));
  CHECK(malformed("2.0.0\n0 #RR 0 0 0\n", "expression 0 is used"));
  CHECK(malformed(lines("{\"ie\":18446744073709551615,\"sort\":0}\n{\"ie\":18446744073709551615,\"sort\":0}\n"),
                  "twice"));
}

// Damage inside lines that the fast reader takes, at every byte: it must give up there and let the other one speak.
TEST(a_damaged_line_is_an_error_that_names_it) {
  const std::string good = small_export().ndjson();
  const std::size_t first = good.find('\n') + 1;
  for (const std::string& tail : {std::string(), std::string(2000, '\n')}) {
    for (std::size_t i = first; i < good.size(); ++i) {
      if (good[i] == '\n' || good[i] == '"' || (good[i] >= '0' && good[i] <= '9') ||
          (good[i] >= 'a' && good[i] <= 'z') || (good[i] >= 'A' && good[i] <= 'Z')) {
        continue;  // those may still make a valid file
      }
      std::string bad = good + tail;
      bad[i] = '#';
      const std::size_t line =
          1 + static_cast<std::size_t>(std::count(bad.begin(), bad.begin() + static_cast<std::ptrdiff_t>(i), '\n'));
      CHECK(malformed(bad, "test, line " + std::to_string(line) + ": expected one JSON object a line"));
    }
  }
}

TEST(ndjson_refuses_what_is_no_export) {
  CHECK(malformed("{", "the line ends too early"));
  CHECK(malformed("{\"ie\":0,\"sort\":0}\n", "\"meta\" line"));
  CHECK(malformed(lines("[1]\n"), "expected a JSON object"));
  CHECK(malformed(lines("{}\n"), "got '{}'"));
  CHECK(malformed(lines("{\"ie\":0}\n"), "expected a name, a level"));
  CHECK(malformed(lines("{\"ie\":0,\"in\":1,\"sort\":0}\n"), "two indices"));
  CHECK(malformed(lines("{\"ie\":0,\"sort\":0,\"bvar\":1}\n"), "one item a line"));
  CHECK(malformed(lines("{\"ie\":0,\"sort\":0} {}\n"), "more than one value"));
  CHECK(malformed(lines("{\"il\":1,\"sort\":0}\n"), "\"il\" numbers no 'sort'"));
  CHECK(malformed(lines("{\"ie\":0,\"str\":{\"pre\":0,\"str\":\"a\"}}\n"), "\"ie\" numbers no 'str'"));
  CHECK(malformed(lines("{\"ie\":0,\"fvar\":0}\n"), "'fvar'"));
  CHECK(malformed(lines("{\"lemma\":{}}\n"), "expected a declaration, got 'lemma'"));
  CHECK(malformed(lines("{\"ie\":0,\"app\":{\"fn\":0}}\n"), "\"arg\" is missing"));
  CHECK(malformed(lines("{\"ie\":0,\"app\":{\"fn\":0,\"fn\":0,\"arg\":0}}\n"), "\"fn\" comes twice"));
  CHECK(malformed(lines("{\"ie\":0,\"app\":[0,0]}\n"), "expected an object at \"app\""));
  CHECK(malformed(lines("{\"il\":1,\"max\":[0]}\n"), "expected two levels"));
  CHECK(malformed(lines("{\"inductive\":{\"types\":[],\"ctors\":[],\"recs\":[]}}\n"), "without types"));
  CHECK(malformed(std::string(kMeta31) + "\n" + kMeta31 + "\n", "a second \"meta\" line"));
  CHECK(malformed("{\"meta\":{}}\n", "neither format nor exporter"));
  for (const char* number : {"-1", "1.0", "1e2", "01", "\"1\"", "18446744073709551616", "null", "true", "[]"}) {
    CHECK(malformed(lines("{\"ie\":0,\"sort\":" + std::string(number) + "}\n"), ""));
  }
}

TEST(keys_that_the_format_does_not_have_are_ignored_inside_objects_only) {
  Environment plain, extra;
  read(lines("{\"ie\":0,\"sort\":0}\n{\"ie\":1,\"app\":{\"fn\":0,\"arg\":0}}\n"), plain);
  read(lines("{\"ie\":0,\"sort\":0}\n{\"ie\":1,\"app\":{\"fn\":0,\"new\":{\"fn\":[7]},\"arg\":0}}\n"), extra);
  CHECK(same(plain, extra));
  CHECK(malformed(lines("{\"ie\":0,\"sort\":0,\"new\":1}\n"), "one item a line"));
}

TEST(other_versions_are_unsupported) {
  const auto meta = [](const std::string& version) {
    return "{\"meta\":{\"format\":{\"version\":\"" + version + "\"}}}\n";
  };
  CHECK(outcome(meta("3.0.0")).empty() && outcome(meta("3.1.0")).empty());
  for (const char* version : {"4.0.0", "3.2.0", "2.0.0", "3.10.0", ""}) {
    CHECK(fails(meta(version), ErrorCode::kUnsupported, "format version"));
  }
  CHECK(outcome("{\"meta\":{\"exporter\":{\"version\":\"3.0.0\"}}}\n").empty());
  CHECK(fails("3.0.0\n", ErrorCode::kUnsupported, "format version '3.0.0'"));
  CHECK(fails("1.0.0\n", ErrorCode::kUnsupported, "format version"));
}

TEST(strings_are_read_with_all_their_escapes) {
  Environment env;
  read(lines(R"({"ie":0,"strVal":"a\"\\\/\b\f\n\r\t\u0041\u00e9\u221e\uD835\uDD38\u0000é∞𝔸"})" "\n"), env);
  const std::string expected = std::string("a\"\\/\b\f\n\r\tAé∞𝔸") + '\0' + "é∞𝔸";
  CHECK(env.terms().string_value(0) == expected);
  for (const char* bad :
       {R"(\uD835)", R"(\uDD38)", R"(\uD835A)", R"(\uD835\u0041)", R"(\u12)", R"(\u12G4)", R"(\x)", "\x01"}) {
    CHECK(malformed(lines("{\"ie\":0,\"strVal\":\"" + std::string(bad) + "\"}\n"), "in a string"));
  }
  for (const char* bad : {"\xff", "\xc0\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe2\x88", "\x80"}) {
    CHECK(malformed(lines("{\"ie\":0,\"strVal\":\"" + std::string(bad) + "\"}\n"), "expected UTF-8"));
  }
  Environment text;
  read("2.0.0\n0 #ELS 61 C3 A9\n1 #ELS\n2 #ELS \n", text);
  CHECK(text.terms().string_value(0) == "aé" && text.terms().string_value(1).empty() && text.terms().size() == 2);
  CHECK(malformed("2.0.0\n0 #ELS C3\n", "not UTF-8"));
  CHECK(malformed("2.0.0\n0 #ELS 6\n", "two hexadecimal digits"));
  CHECK(malformed("2.0.0\n0 #ELS 6G\n", "hexadecimal"));
}

TEST(names_in_text_keep_their_spaces) {
  Environment env;
  read("2.0.0\n1 #NS 0 a b  c\n2 #NS 0  d\n3 #NS 1 \n", env);
  CHECK(env.names().text(1) == "a b  c" && env.names().text(2) == " d" && env.names().text(3).empty());
}

TEST(nat_literals_are_exact_at_every_length) {
  Random random(9);
  for (const std::size_t length : {1u, 18u, 19u, 20u, 36u, 37u, 100u, 1000u, 5000u}) {
    for (int round = 0; round < 20; ++round) {
      std::string digits;
      for (std::size_t i = 0; i < length; ++i) digits += static_cast<char>('0' + export_writer::pick(random, 10));
      if (round == 0) digits.assign(length, '9');
      if (round == 1) digits = "1" + std::string(length - 1, '0');
      Environment env;
      read(lines("{\"ie\":0,\"natVal\":\"" + digits + "\"}\n"), env);
      BigNat expected = 0;
      for (const char c : digits) expected = expected * 10 + (c - '0');
      CHECK(env.terms().nat_value(0) == expected);
      CHECK((env.terms()[0].kind == Kind::kNat) == (expected <= BigNat(~std::uint64_t{0})));
    }
  }
  for (const char* bad : {"", "-1", "1_000", " 1", "0x10", "1.5"}) {
    CHECK(malformed(lines("{\"ie\":0,\"natVal\":\"" + std::string(bad) + "\"}\n"), "expected a natural number"));
  }
}

TEST(a_nat_literal_of_a_billion_bits_is_a_memory_limit_at_once) {
  const std::string huge(301'029'996, '7');
  const auto start = std::chrono::steady_clock::now();
  CHECK(fails(lines("{\"ie\":0,\"natVal\":\"" + huge + "\"}\n"), ErrorCode::kMemoryLimit,
              "a Nat literal of 301029996 digits"));
  CHECK(fails("2.0.0\n0 #ELN " + huge + "\n", ErrorCode::kMemoryLimit, "301029996 digits"));
  CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(20));
  ReadLimits limits;
  limits.max_literal_digits = 30;
  CHECK(fails(lines("{\"ie\":0,\"natVal\":\"" + std::string(31, '1') + "\"}\n"), ErrorCode::kMemoryLimit, "31 digits",
              limits));
  CHECK(outcome(lines("{\"ie\":0,\"natVal\":\"" + std::string(30, '1') + "\"}\n"), limits).empty());
}

TEST(limits_are_memory_limit_errors) {
  CHECK(fails(lines("{\"bvar\":4294967296,\"ie\":0}\n"), ErrorCode::kMemoryLimit, "\"bvar\" is 4294967296"));
  CHECK(fails(lines("{\"bvar\":4294967295,\"ie\":0}\n"), ErrorCode::kMemoryLimit, "bound variable"));
  CHECK(outcome(lines("{\"bvar\":4294967000,\"ie\":0}\n")).empty());
  CHECK(fails("2.0.0\n0 #EV 4294967296\n", ErrorCode::kMemoryLimit, "bound variable"));
  CHECK(fails(lines("{\"ie\":0,\"sort\":0}\n{\"ie\":1,\"proj\":{\"idx\":4294967296,\"struct\":0,\"typeName\":0}}\n"),
              ErrorCode::kMemoryLimit, "\"idx\""));
  CHECK(
      fails(lines("{\"in\":1,\"num\":{\"pre\":0,\"i\":18446744073709551616}}\n"), ErrorCode::kUnsupported, "numeral"));
  ReadLimits limits;
  limits.max_terms = 3;
  const std::string three =
      lines("{\"bvar\":0,\"ie\":0}\n{\"bvar\":1,\"ie\":1}\n{\"bvar\":2,\"ie\":2}\n{\"bvar\":0,\"ie\":3}\n");
  CHECK(outcome(three, limits).empty());
  CHECK(fails(three + "{\"bvar\":3,\"ie\":4}\n", ErrorCode::kMemoryLimit, "more than 3 different expressions", limits));
  limits.max_bytes = 10;
  CHECK(fails(three, ErrorCode::kMemoryLimit, "max_bytes", limits));
  CHECK(fails("2.0.0\n0 #ES 0\n", ErrorCode::kMemoryLimit, "max_bytes", limits));
}

// Depth costs no stack: a term, a level, a name, and JSON of a million brackets.
TEST(depth_is_no_matter) {
  constexpr int kDepth = 1'000'000;
  std::string text = "2.0.0\n0 #ES 0\n", json = lines("{\"ie\":0,\"sort\":0}\n");
  for (int i = 1; i <= kDepth; ++i) {
    const std::string before = std::to_string(i - 1), now = std::to_string(i);
    text += now + " #EP #BD 0 0 " + before + "\n" + now + " #US " + before + "\n" + now + " #NS " + before + " a\n";
    json += "{\"app\":{\"arg\":0,\"fn\":" + before + "},\"ie\":" + now + "}\n";
  }
  Environment a, b;
  read(text, a);
  CHECK(a.terms().size() == kDepth + 1 && a.terms().levels().size() >= kDepth && a.names().size() == kDepth + 1);
  CHECK(to_string(a.terms(), kDepth).size() <= 2000);
  CHECK(to_string(a.terms(), a.terms().sort(kDepth)).size() <= 2000);
  read(json, b);
  CHECK(b.terms().size() == kDepth + 1);
  CHECK(malformed(lines(std::string(kDepth, '[') + "\n"), "ends too early"));
  CHECK(malformed(lines(std::string(kDepth, '[') + std::string(kDepth, ']') + "\n"), "expected a JSON object"));
  CHECK(outcome(lines("{\"ie\":0,\"sort\":0}\n{\"ie\":1,\"mdata\":{\"data\":" + std::string(kDepth, '[') +
                      std::string(kDepth, ']') + ",\"expr\":0}}\n"))
            .empty());
}

TEST(one_huge_index_takes_no_memory) {
  std::string text = "2.0.0\n";
  for (int i = 0; i < 100; ++i) {
    text += std::to_string(std::uint64_t{1} << (i % 56)) + std::to_string(i) + " #EV " + std::to_string(i) + "\n";
  }
  Environment env;
  read(text, env);
  CHECK(env.terms().size() == 100);
}

TEST(mutual_unsafe_and_partial_definitions_are_one_declaration) {
  Export e;
  const auto a = e.str(0, "a"), b = e.str(0, "b"), c = e.str(0, "c"), t = e.sort(0);
  e.definition(a, t, t, {}, 0, "unsafe", {a, b});
  e.definition(b, t, t, {}, 0, "unsafe", {a, b});
  e.definition(c, t, t, {}, 0, "unsafe", {a, b});  // is not in its own list
  Environment env;
  read(e.ndjson(), env);
  CHECK(env.num_declarations() == 2 && env.declaration(0).constants.size() == 2 &&
        env.declaration(1).constants.size() == 1);
  CHECK(env.constant(env.find("b")).declaration == 0 && env.constant(env.find("b")).safety == Safety::kUnsafe);
}

TEST(definitions_that_do_not_belong_together_are_apart) {
  const auto declarations = [](const std::string& first, const std::string& second, bool same_list, bool between) {
    Export e;
    const auto a = e.str(0, "a"), b = e.str(0, "b"), x = e.str(0, "x"), t = e.sort(0);
    e.definition(a, t, t, {}, 0, first, {a, b});
    if (between) e.axiom(x, t);
    e.definition(b, t, t, {}, 0, second, same_list ? Export::Indices{a, b} : Export::Indices{b, a});
    Environment env;
    read(e.ndjson(), env);
    for (DeclarationId i = 0; i < env.num_declarations(); ++i) CHECK(env.declaration(i).rank == i);
    return env.num_declarations();
  };
  CHECK(declarations("partial", "partial", true, false) == 1);
  CHECK(declarations("safe", "safe", true, false) == 2);
  CHECK(declarations("partial", "unsafe", true, false) == 2);
  CHECK(declarations("partial", "partial", false, false) == 2);
  CHECK(declarations("partial", "partial", true, true) == 3);
}

TEST(four_quotient_constants_in_a_row_are_one_declaration) {
  const auto sizes = [](const std::vector<std::string>& kinds) {
    Export e;
    const auto t = e.sort(0);
    for (std::size_t i = 0; i < kinds.size(); ++i) {
      if (kinds[i].empty()) {
        e.axiom(e.str(0, "x" + std::to_string(i)), t);
      } else {
        e.quotient(e.str(0, "q" + std::to_string(i)), t, kinds[i]);
      }
    }
    Environment env;
    read(e.ndjson(), env);
    std::vector<std::size_t> out;
    for (DeclarationId i = 0; i < env.num_declarations(); ++i) out.push_back(env.declaration(i).constants.size());
    return out;
  };
  using Sizes = std::vector<std::size_t>;
  CHECK((sizes({"type", "ctor", "lift", "ind"}) == Sizes{4}));
  CHECK((sizes({"ind", "ctor", "lift", "type"}) == Sizes{4}));
  CHECK((sizes({"type", "ctor", "lift"}) == Sizes{1, 1, 1}));
  CHECK((sizes({"type", "type", "lift", "ind"}) == Sizes{1, 1, 1, 1}));
  CHECK((sizes({"type", "ctor", "", "lift", "ind"}) == Sizes{1, 1, 1, 1, 1}));
  Environment env;
  read("2.0.0\n1 #NS 0 Quot\n2 #NS 1 mk\n3 #NS 1 lift\n4 #NS 1 ind\n0 #ES 0\n"
       "#QUOT 1 0\n#QUOT 2 0\n#QUOT 3 0\n#QUOT 4 0\n", env);
  CHECK(env.num_declarations() == 1 && env.constant(env.find("Quot.lift")).quotient == QuotientKind::kLift);
}

TEST(a_second_constant_of_a_name_is_kept_and_reported) {
  Environment env;
  read("2.0.0\n1 #NS 0 a\n0 #ES 0\n#AX 1 0 \n#AX 1 0 \n", env);
  CHECK(env.num_constants() == 2 && env.duplicates() == std::vector<ConstantId>{1} && env.num_declarations() == 2);
}

// As in the text format and the first NDJSON exports: what a constructor needs comes between it and its type.
TEST(parts_of_an_inductive_block_may_come_one_by_one) {
  Environment env;
  read("2.0.0\n1 #NS 0 A\n2 #NS 1 mk\n3 #NS 0 B\n4 #NS 3 mk\n5 #NS 1 rec\n6 #NS 0 dep\n7 #NS 0 after\n0 #ES 0\n"
       "#IND 1 0 0 0 0 0 0 2 1 3 1 2 \n#AX 6 0\n#IND 3 0 0 0 0 0 0 2 1 3 1 4 \n#CTOR 4 0 3 0 0 0\n#CTOR 2 0 1 0 0 0\n"
       "#AX 7 0\n#REC 5 0 2 1 3 0 0 0 0 0 0\n", env);
  const auto names = [&](DeclarationId id) {
    std::string out;
    for (const ConstantId c : env.declaration(id).constants) out += env.names().to_string(env.constant(c).name) + " ";
    return out;
  };
  CHECK(env.num_declarations() == 3);
  CHECK(names(0) == "dep " && names(1) == "A B A.mk B.mk A.rec " && names(2) == "after ");
  for (ConstantId c = 0; c < env.num_constants(); ++c) CHECK(env.constant(c).declaration != kNone);
  CHECK(malformed("2.0.0\n1 #NS 0 A\n0 #ES 0\n#CTOR 1 0 1 0 0 0\n", "no inductive type before it"));
  CHECK(malformed("2.0.0\n1 #NS 0 A\n0 #ES 0\n#REC 1 0 0 0 0 0 0 0 0\n", "no inductive type"));
  CHECK(
      malformed("2.0.0\n1 #NS 0 A\n0 #ES 0\n#IND 1 0 0 0 0 0 0 18446744073709551615 1\n", "more than the line holds"));
  // A block that stays incomplete is for the checker to refuse.
  Environment cut;
  read("2.0.0\n1 #NS 0 A\n2 #NS 1 mk\n0 #ES 0\n#IND 1 0 0 0 0 0 0 1 1 1 2 \n", cut);
  CHECK(cut.num_declarations() == 1 && cut.constant(0).declaration == 0);
}

TEST(the_oldest_shapes_of_3_0_0_read_as_the_newest) {
  Environment now, before;
  const Export e = small_export();
  read(e.ndjson(), now);
  std::string old = "{\"meta\":{\"exporter\":{\"version\":\"3.0.0\"}}}\n";
  for (const Export::Item& item : e.items()) old += item.json.write() + "\n";
  const auto replace = [&](const std::string& from, const std::string& to) {
    for (std::size_t at = old.find(from); at != std::string::npos; at = old.find(from, at + to.size())) {
      old.replace(at, from.size(), to);
    }
  };
  replace("\"in\":", "\"i\":");
  replace("\"il\":", "\"i\":");
  replace("\"ie\":", "\"i\":");
  replace("\"inductive\":{\"ctors\"", "\"inductive\":{\"constructorVals\"");
  replace("\"recs\"", "\"recursorVals\"");
  replace("\"types\"", "\"inductiveVals\"");
  replace("\"axiom\"", "\"axiomInfo\"");
  replace("\"const\":{\"name\"", "\"const\":{\"declName\"");
  replace("\"sort\":1", "\"sort\":{\"u\":1}");
  replace("{\"bvar\":0", "{\"bvar\":{\"deBruijnIndex\":0}");
  replace("\"body\":1,\"name\":6,\"type\":1", "\"binderName\":6,\"binderType\":1,\"body\":1");
  read(old, before);
  CHECK(same(now, before));
  CHECK(old.find("binderType") != std::string::npos && old.find("deBruijnIndex") != std::string::npos);
}

TEST(lists_of_definitions_are_read_in_order) {
  Environment env;
  read(lines(R"({"in":1,"str":{"pre":0,"str":"a"}}
{"in":2,"str":{"pre":0,"str":"b"}}
{"ie":0,"sort":0}
{"def":[{"all":[1,2],"hints":"abbrev","levelParams":[],"name":1,"safety":"safe","type":0,"value":0},)"
             R"({"all":[1,2],"isUnsafe":true,"levelParams":[],"name":2,"type":0,"value":0}]}
)"), env);
  CHECK(env.num_declarations() == 2 && env.constant(0).kind == ConstantKind::kDefinition);
  CHECK(env.constant(1).kind == ConstantKind::kOpaque && env.constant(1).safety == Safety::kUnsafe);
}

TEST(text_0_1_2_is_read_where_it_says_enough) {
  const std::string head = "0.1.2\n1 #NS 0 A\n2 #NS 1 mk\n0 #ES 0\n1 #EP #BD 0 0 0\n2 #EP #BD 0 1 0\n";
  Environment env;
  read(head + "#IND 1 0 1 0 0 0 1 1 1 2 \n#CTOR 2 1 1 0 0 1\n", env);
  CHECK(env.num_declarations() == 1 && env.inductive(env.constant(0)).is_recursive);
  CHECK(fails(head + "#IND 1 0 1 1 0 0 1 1 1 2 \n#CTOR 2 1 1 0 0 1\n", ErrorCode::kUnsupported, "nested"));
  CHECK(fails(head + "#IND 1 0 1 0 0 0 1 1 1 2 \n", ErrorCode::kUnsupported, "a constructor of A is missing"));
  CHECK(fails(head + "#IND 1 0 1 0 0 0 1 1 1 2 \n#CTOR 2 2 1 0 0 1\n", ErrorCode::kUnsupported, "reflexive"));
  CHECK(fails(head + "#QUOT\n", ErrorCode::kUnsupported, "#QUOT without its constants"));
}

TEST(text_refuses_what_is_no_export) {
  for (const char* bad :
       {"1 #XX 0", "1",          "x #NS 0 a",   "1 #NS",           "1 #NS 0",  "1 #US",    "1 #US 0 0",
        "1 #UX 0", "0 #EQ 0",    "0 #EL 0 0 0", "0 #EL #BX 0 0 0", "0 #ELN",   "0 #ELN x", "0 #ELN 1 2",
        "#FOO 1",  "#DEF 0 0 0", "#IND",        "#REC 0",          "-1 #EV 0", "0 #EV -1", "0 #EV 1x"}) {
    CHECK(malformed("2.0.0\n" + std::string(bad) + "\n", "test, line 2: "));
  }
}

namespace {

std::size_t fuzz_cases = 20'000;
std::vector<std::string> corpus;

// One of the ways in which files go wrong.
void mutate(Random& random, std::string& text) {
  if (text.empty()) return;
  const auto somewhere = [&] { return export_writer::pick(random, text.size()); };
  const auto line_at = [&](std::size_t at) {
    const std::size_t begin = at == 0 ? 0 : text.rfind('\n', at - 1) + 1;
    return std::pair{begin, std::min(text.find('\n', at), text.size() - 1) + 1 - begin};
  };
  switch (export_writer::pick(random, 9)) {
    case 0: text[somewhere()] ^= static_cast<char>(1 << export_writer::pick(random, 8)); break;
    case 1: text.resize(somewhere()); break;
    case 2: {  // two lines change places
      const auto [a, n] = line_at(somewhere());
      const std::string line = text.substr(a, n);
      text.erase(a, n);
      text.insert(text.empty() ? 0 : line_at(somewhere()).first, line);
      break;
    }
    case 3: {  // a line twice, or gone
      const auto [a, n] = line_at(somewhere());
      if (export_writer::pick(random, 2) == 0) {
        text.insert(a, text.substr(a, n));
      } else {
        text.erase(a, n);
      }
      break;
    }
    case 4: {  // another number
      const std::size_t at = text.find_first_of("0123456789", somewhere());
      if (at == std::string::npos) break;
      const std::size_t n = std::min(text.find_first_not_of("0123456789", at), text.size()) - at;
      static constexpr const char* kNumbers[] = {
          "0", "1", "2", "7", "63", "255", "4294967295", "4294967296", "18446744073709551615", "18446744073709551616",
          "99999999999999999999999", "-1", "1e9"};
      text.replace(at, n, kNumbers[export_writer::pick(random, std::size(kNumbers))]);
      break;
    }
    case 5: text[somewhere()] = "{}[]\",:\\# \n0"[export_writer::pick(random, 12)]; break;
    case 6: text.insert(somewhere(), 1, static_cast<char>(random())); break;
    case 7: text.erase(somewhere(), 1 + export_writer::pick(random, 8)); break;
    default: {  // two numbers change places
      const std::size_t a = text.find_first_of("0123456789", somewhere()),
                        b = text.find_first_of("0123456789", somewhere());
      if (a != std::string::npos && b != std::string::npos) std::swap(text[a], text[b]);
    }
  }
}

struct Tally {
  std::size_t read = 0, refused = 0, wrong = 0;
};
void attack(Random& random, const std::string& original, ExportFormat format, Tally& tally) {
  std::string text = original;
  for (std::size_t i = export_writer::pick(random, 3) == 0 ? 3 : 1; i > 0; --i) mutate(random, text);
  // Exactly as long as the file: a read beyond the end is seen by the sanitizers.
  const std::vector<std::uint8_t> bytes(text.begin(), text.end());
  try {
    Environment env;
    ReadLimits limits;
    limits.max_literal_digits = 1000;
    if (format == ExportFormat::kText) {
      read_text(bytes, "fuzz", env, limits);
    } else {
      read_ndjson(bytes, "fuzz", env, limits);
    }
    ++tally.read;
    for (ConstantId c = 0; c < std::min<std::size_t>(env.num_constants(), 20); ++c) {
      const Constant& constant = env.constant(c);
      if (constant.declaration == kNone || constant.type == kNone) ++tally.wrong;
      if (to_string(env.terms(), constant.type, {.max_length = 300, .universes = true}).size() > 300) ++tally.wrong;
    }
  } catch (const verikit::Error& error) {
    ++tally.refused;
    const ErrorCode code = error.code();
    if (code != ErrorCode::kExportFormat && code != ErrorCode::kMemoryLimit && code != ErrorCode::kUnsupported) {
      std::fprintf(stderr, "code %d: %s\n", static_cast<int>(code), error.what());
      ++tally.wrong;
    }
  }
}

}  // namespace

TEST(no_mutant_of_an_export_crashes_a_reader) {
  for (const ExportFormat format : {ExportFormat::kNdjson, ExportFormat::kText}) {
    Random random(11);
    Tally tally;
    std::string original;
    for (std::size_t i = 0; i < fuzz_cases; ++i) {
      if (i % 50 == 0) {
        const Export e = export_writer::random_export(random, 10 + export_writer::pick(random, 60));
        original = format == ExportFormat::kText ? e.text() : e.ndjson();
      }
      attack(random, original, format, tally);
    }
    std::printf("%zu mutants: %zu read, %zu refused\n", tally.read + tally.refused, tally.read, tally.refused);
    CHECK(tally.wrong == 0);
    CHECK(tally.read + tally.refused == fuzz_cases);
    CHECK(tally.read > fuzz_cases / 50 && tally.refused > fuzz_cases / 10);  // both sides of the door are tried
  }
}

TEST(no_mutant_of_a_given_file_crashes_a_reader) {
  Random random(12);
  for (const std::string& path : corpus) {
    std::ifstream in(path, std::ios::binary);
    const std::string original((std::istreambuf_iterator<char>(in)), {});
    const ExportFormat format = detect_format(bytes_of(original));
    Tally tally;
    for (std::size_t i = 0; i < fuzz_cases / 100; ++i) attack(random, original, format, tally);
    std::printf("%s: %zu read, %zu refused\n", path.c_str(), tally.read, tally.refused);
    CHECK(tally.wrong == 0);
  }
}

int main(int argc, char** argv) {
  if (argc > 1) fuzz_cases = std::strtoull(argv[1], nullptr, 10);
  for (int i = 2; i < argc; ++i) corpus.emplace_back(argv[i]);
  return check::run();
}
