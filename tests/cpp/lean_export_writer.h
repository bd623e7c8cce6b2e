// Writes Lean exports for tests, in every format from one description: what differs in bytes must read the same.
#pragma once

#include <algorithm>
#include <cstdint>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace export_writer {

using Random = std::mt19937_64;
inline std::uint64_t pick(Random& random, std::uint64_t bound) { return random() % bound; }

// How JSON is written: as the exporter does, or with keys in any order, white space, and escapes where none are needed.
struct Style {
  Random* shuffle = nullptr;
};

inline std::string quoted(const std::string& text, const Style& style) {
  static constexpr char kHex[] = "0123456789abcdef";
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (byte < 0x20 || (byte < 0x80 && style.shuffle && pick(*style.shuffle, 8) == 0)) {
      out += "\\u00";
      out += kHex[byte >> 4];
      out += kHex[byte & 15];
    } else {
      out += c;
    }
  }
  return out + '"';
}

struct Json {
  enum class Kind { kNumber, kWord, kString, kList, kObject } kind = Kind::kNumber;
  std::uint64_t number = 0;
  std::string text;
  std::vector<Json> items;
  std::vector<std::pair<std::string, Json>> fields;

  Json() = default;
  Json(std::uint64_t n) : number(n) {}  // NOLINT: literals of JSON read better without a name
  Json(int n) : number(static_cast<std::uint64_t>(n)) {}
  Json(bool b) : kind(Kind::kWord), text(b ? "true" : "false") {}
  Json(const char* s) : kind(Kind::kString), text(s) {}
  Json(std::string s) : kind(Kind::kString), text(std::move(s)) {}
  static Json list(std::vector<Json> items) {
    Json out;
    out.kind = Kind::kList;
    out.items = std::move(items);
    return out;
  }
  static Json object(std::vector<std::pair<std::string, Json>> fields) {
    Json out;
    out.kind = Kind::kObject;
    out.fields = std::move(fields);
    return out;
  }

  [[nodiscard]] std::string write(const Style& style = {}) const {
    const auto space = [&] {
      return style.shuffle && pick(*style.shuffle, 4) == 0 ? std::string(" \t", 1 + pick(*style.shuffle, 2))
                                                           : std::string();
    };
    switch (kind) {
      case Kind::kNumber: return std::to_string(number);
      case Kind::kWord: return text;
      case Kind::kString: return quoted(text, style);
      case Kind::kList: {
        std::string out = "[" + space();
        for (std::size_t i = 0; i < items.size(); ++i)
          out += (i > 0 ? "," + space() : "") + items[i].write(style) + space();
        return out + "]";
      }
      case Kind::kObject: {
        std::vector<std::size_t> order(fields.size());
        for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
        std::sort(order.begin(), order.end(), [&](auto a, auto b) { return fields[a].first < fields[b].first; });
        if (style.shuffle) {
          for (std::size_t i = order.size(); i > 1; --i) std::swap(order[i - 1], order[pick(*style.shuffle, i)]);
        }
        std::string out = "{" + space();
        for (std::size_t i = 0; i < order.size(); ++i) {
          const auto& [key, value] = fields[order[i]];
          out += (i > 0 ? "," + space() : "") + quoted(key, style) + space() + ":" + space() + value.write(style) +
                 space();
        }
        return out + "}";
      }
    }
    return "";
  }
};

inline const char* kMeta31 =
    R"({"meta":{"exporter":{"name":"lean4export","version":"3.1.0"},)"
    R"("format":{"version":"3.1.0"},"lean":{"githash":"0","version":"4.29.1"}}})";

// An export under construction: each item once as JSON and once as lines of text.
class Export {
 public:
  struct Item {
    Json json;
    std::string text;
  };

  std::uint64_t str(std::uint64_t prefix, const std::string& s) {
    const auto i = next_name_++;
    add(Json::object({{"in", i}, {"str", Json::object({{"pre", prefix}, {"str", s}})}}),
        n(i) + " #NS " + n(prefix) + " " + s);
    return i;
  }
  std::uint64_t num(std::uint64_t prefix, std::uint64_t v) {
    const auto i = next_name_++;
    add(Json::object({{"in", i}, {"num", Json::object({{"pre", prefix}, {"i", v}})}}),
        n(i) + " #NI " + n(prefix) + " " + n(v));
    return i;
  }
  std::uint64_t succ(std::uint64_t l) { return level("succ", Json(l), "#US " + n(l)); }
  std::uint64_t max(std::uint64_t a, std::uint64_t b) {
    return level("max", Json::list({a, b}), "#UM " + n(a) + " " + n(b));
  }
  std::uint64_t imax(std::uint64_t a, std::uint64_t b) {
    return level("imax", Json::list({a, b}), "#UIM " + n(a) + " " + n(b));
  }
  std::uint64_t param(std::uint64_t name) { return level("param", Json(name), "#UP " + n(name)); }
  std::uint64_t bvar(std::uint64_t v) { return term("bvar", Json(v), "#EV " + n(v)); }
  std::uint64_t sort(std::uint64_t l) { return term("sort", Json(l), "#ES " + n(l)); }
  std::uint64_t constant(std::uint64_t name, const std::vector<std::uint64_t>& us = {}) {
    return term("const", Json::object({{"name", name}, {"us", numbers(us)}}), "#EC " + n(name) + " " + spaced(us));
  }
  std::uint64_t app(std::uint64_t f, std::uint64_t a) {
    return term("app", Json::object({{"fn", f}, {"arg", a}}), "#EA " + n(f) + " " + n(a));
  }
  std::uint64_t binder(bool lambda, std::uint64_t name, std::uint64_t type, std::uint64_t body, int info = 0) {
    static constexpr const char* kInfo[] = {"default", "implicit", "strictImplicit", "instImplicit"};
    static constexpr const char* kText[] = {"#BD", "#BI", "#BS", "#BC"};
    return term(lambda ? "lam" : "forallE",
                Json::object({{"name", name}, {"type", type}, {"body", body}, {"binderInfo", kInfo[info]}}),
                std::string(lambda ? "#EL " : "#EP ") + kText[info] + " " + n(name) + " " + n(type) + " " + n(body));
  }
  std::uint64_t let(std::uint64_t name, std::uint64_t type, std::uint64_t value, std::uint64_t body) {
    return term("letE",
                Json::object({{"name", name}, {"type", type}, {"value", value}, {"body", body}, {"nondep", false}}),
                "#EZ " + n(name) + " " + n(type) + " " + n(value) + " " + n(body));
  }
  std::uint64_t proj(std::uint64_t name, std::uint64_t idx, std::uint64_t e) {
    return term("proj", Json::object({{"typeName", name}, {"idx", idx}, {"struct", e}}),
                "#EJ " + n(name) + " " + n(idx) + " " + n(e));
  }
  std::uint64_t nat(const std::string& digits) { return term("natVal", Json(digits), "#ELN " + digits); }
  std::uint64_t string(const std::string& s) {
    static constexpr char kHex[] = "0123456789ABCDEF";
    std::string hex;
    for (const char c : s) {
      hex += ' ';
      hex += kHex[static_cast<unsigned char>(c) >> 4];
      hex += kHex[static_cast<unsigned char>(c) & 15];
    }
    return term("strVal", Json(s), "#ELS" + hex);
  }
  std::uint64_t mdata(std::uint64_t e) {
    return term("mdata",
                Json::object({{"expr", e}, {"data", Json::object({{"x", Json::list({1, Json::object({})})}})}}),
                "#EM 0 " + n(e));
  }

  using Indices = std::vector<std::uint64_t>;
  void axiom(std::uint64_t name, std::uint64_t type, const Indices& params = {}, bool is_unsafe = false) {
    add(Json::object(
            {{"axiom",
              Json::object(
                  {{"name", name}, {"levelParams", numbers(params)}, {"type", type}, {"isUnsafe", is_unsafe}})}}),
        "#AX " + n(name) + " " + n(type) + " " + spaced(params));
  }
  // height < 0: abbrev, -2: opaque
  void definition(std::uint64_t name, std::uint64_t type, std::uint64_t value, const Indices& params = {},
                  int height = 1, const std::string& safety = "safe", Indices all = {}) {
    if (all.empty()) all = {name};
    const Json hints = height == -1   ? Json("abbrev")
                       : height == -2 ? Json("opaque")
                                      : Json::object({{"regular", height}});
    add(Json::object({{"def", Json::object({{"name", name},
                                            {"levelParams", numbers(params)},
                                            {"type", type},
                                            {"value", value},
                                            {"hints", hints},
                                            {"safety", safety},
                                            {"all", numbers(all)}})}}),
        "#DEF " + n(name) + " " + n(type) + " " + n(value) +
            (height == -1   ? " A "
             : height == -2 ? " O "
                            : " R " + std::to_string(height) + " ") +
            spaced(params));
  }
  void theorem(std::uint64_t name, std::uint64_t type, std::uint64_t value, const Indices& params = {}) {
    add(Json::object({{"thm", Json::object({{"name", name},
                                            {"levelParams", numbers(params)},
                                            {"type", type},
                                            {"value", value},
                                            {"all", numbers({name})}})}}),
        "#THM " + n(name) + " " + n(type) + " " + n(value) + " " + spaced(params));
  }
  void opaque(std::uint64_t name, std::uint64_t type, std::uint64_t value, const Indices& params = {}) {
    add(Json::object({{"opaque", Json::object({{"name", name},
                                               {"levelParams", numbers(params)},
                                               {"type", type},
                                               {"value", value},
                                               {"isUnsafe", false},
                                               {"all", numbers({name})}})}}),
        "#OPAQ " + n(name) + " " + n(type) + " " + n(value) + " " + spaced(params));
  }
  void quotient(std::uint64_t name, std::uint64_t type, const std::string& kind, const Indices& params = {}) {
    add(Json::object(
            {{"quot",
              Json::object({{"name", name}, {"levelParams", numbers(params)}, {"type", type}, {"kind", kind}})}}),
        "#QUOT " + n(name) + " " + n(type) + " " + spaced(params));
  }

  struct Type {
    std::uint64_t name, type, params, indices, nested;
    bool recursive, reflexive;
    Indices constructors;
  };
  struct Constructor {
    std::uint64_t name, type, inductive, index, params, fields;
  };
  struct Rule {
    std::uint64_t constructor, fields, rhs;
  };
  struct Recursor {
    std::uint64_t name, type, params, indices, motives, minors;
    bool k;
    std::vector<Rule> rules;
    Indices levels;
  };
  void block(const std::vector<Type>& types, const std::vector<Constructor>& ctors, const std::vector<Recursor>& recs,
             const Indices& levels) {
    Indices all;
    for (const Type& t : types) all.push_back(t.name);
    std::vector<Json> jt, jc, jr;
    std::string text;
    for (const Type& t : types) {
      jt.push_back(Json::object({{"name", t.name},
                                 {"levelParams", numbers(levels)},
                                 {"type", t.type},
                                 {"numParams", t.params},
                                 {"numIndices", t.indices},
                                 {"all", numbers(all)},
                                 {"ctors", numbers(t.constructors)},
                                 {"numNested", t.nested},
                                 {"isRec", t.recursive},
                                 {"isUnsafe", false},
                                 {"isReflexive", t.reflexive}}));
      text += "#IND " + n(t.name) + " " + n(t.type) + (t.reflexive ? " 1" : " 0") + (t.recursive ? " 1 " : " 0 ") +
              n(t.nested) + " " + n(t.params) + " " + n(t.indices) + " " + n(all.size()) + " " + spaced(all) + " " +
              n(t.constructors.size()) + " " + spaced(t.constructors) + " " + spaced(levels) + "\n";
    }
    for (const Constructor& c : ctors) {
      jc.push_back(Json::object({{"name", c.name},
                                 {"levelParams", numbers(levels)},
                                 {"type", c.type},
                                 {"induct", c.inductive},
                                 {"cidx", c.index},
                                 {"numParams", c.params},
                                 {"numFields", c.fields},
                                 {"isUnsafe", false}}));
      text += "#CTOR " + n(c.name) + " " + n(c.type) + " " + n(c.inductive) + " " + n(c.index) + " " + n(c.params) +
              " " + n(c.fields) + " " + spaced(levels) + "\n";
    }
    for (const Recursor& r : recs) {
      std::vector<Json> rules;
      Indices rule_ids;
      for (const Rule& rule : r.rules) {
        rules.push_back(Json::object({{"ctor", rule.constructor}, {"nfields", rule.fields}, {"rhs", rule.rhs}}));
        text += n(next_rule_) + " #RR " + n(rule.constructor) + " " + n(rule.fields) + " " + n(rule.rhs) + "\n";
        rule_ids.push_back(next_rule_++);
      }
      jr.push_back(Json::object({{"name", r.name},
                                 {"levelParams", numbers(r.levels)},
                                 {"type", r.type},
                                 {"all", numbers(all)},
                                 {"numParams", r.params},
                                 {"numIndices", r.indices},
                                 {"numMotives", r.motives},
                                 {"numMinors", r.minors},
                                 {"rules", Json::list(rules)},
                                 {"k", r.k},
                                 {"isUnsafe", false}}));
      text += "#REC " + n(r.name) + " " + n(r.type) + " " + n(all.size()) + " " + spaced(all) + " " + n(r.params) +
              " " + n(r.indices) + " " + n(r.motives) + " " + n(r.minors) + " " + n(rule_ids.size()) + " " +
              spaced(rule_ids) + (r.k ? " 1 " : " 0 ") + spaced(r.levels) + "\n";
    }
    text.pop_back();
    add(Json::object(
            {{"inductive",
              Json::object({{"types", Json::list(jt)}, {"ctors", Json::list(jc)}, {"recs", Json::list(jr)}})}}),
        text);
  }

  [[nodiscard]] std::string ndjson(const Style& style = {}) const {
    std::string out = std::string(kMeta31) + "\n";
    for (const Item& item : items_) out += item.json.write(style) + "\n";
    return out;
  }
  [[nodiscard]] std::string text() const {
    std::string out = "2.0.0\n";
    for (const Item& item : items_) out += item.text + "\n";
    return out;
  }
  [[nodiscard]] const std::vector<Item>& items() const { return items_; }

 private:
  static std::string n(std::uint64_t v) { return std::to_string(v); }
  static std::string spaced(const Indices& v) {
    std::string out;
    for (std::size_t i = 0; i < v.size(); ++i) out += (i > 0 ? " " : "") + n(v[i]);
    return out;
  }
  static Json numbers(const Indices& v) { return Json::list({v.begin(), v.end()}); }
  void add(Json json, std::string text) { items_.push_back({std::move(json), std::move(text)}); }
  std::uint64_t level(const char* key, Json value, const std::string& text) {
    add(Json::object({{"il", next_level_}, {key, std::move(value)}}), n(next_level_) + " " + text);
    return next_level_++;
  }
  std::uint64_t term(const char* key, Json value, const std::string& text) {
    add(Json::object({{"ie", next_term_}, {key, std::move(value)}}), n(next_term_) + " " + text);
    return next_term_++;
  }

  std::vector<Item> items_;
  std::uint64_t next_name_ = 1, next_level_ = 1, next_term_ = 0, next_rule_ = 0;
};

// Well-formed to a reader, of no sense to a checker. Safe declarations only, so that both formats can say it.
inline Export random_export(Random& random, std::size_t size) {
  static const std::vector<std::string> kTexts = {"Nat",  "x", "α", "a b", "«",    "x\"y",
                                                  "b\\c", "∀", "𝔸", "_@",  "zero", "u"};
  static const std::vector<std::string> kNats = {"0", "1", "18446744073709551615", "18446744073709551616",
                                                 "340282366920938463463374607431768211456", "007"};
  Export out;
  std::uint64_t names = 1, levels = 1, terms = 0, declared = 0;
  const auto a_name = [&] { return pick(random, names); };
  const auto a_level = [&] { return pick(random, levels); };
  const auto a_term = [&] {
    return pick(random, 4) == 0 ? pick(random, terms) : terms - 1 - pick(random, std::min<std::uint64_t>(terms, 5));
  };
  const auto fresh = [&] {
    names = 1 + out.str(0, "c" + std::to_string(declared++));
    return names - 1;
  };
  const auto params = [&] {
    std::vector<std::uint64_t> v(pick(random, 3));
    for (auto& p : v) p = a_name();
    return v;
  };
  terms = 1 + out.sort(0);
  for (std::size_t step = 0; step < size; ++step) {
    switch (pick(random, 24)) {
      case 0: names = 1 + out.str(a_name(), kTexts[pick(random, kTexts.size())]); break;
      case 1: names = 1 + out.num(a_name(), random() >> pick(random, 64)); break;
      case 2: levels = 1 + out.succ(a_level()); break;
      case 3: levels = 1 + (pick(random, 2) ? out.max(a_level(), a_level()) : out.imax(a_level(), a_level())); break;
      case 4: levels = 1 + out.param(a_name()); break;
      case 5: terms = 1 + out.bvar(pick(random, 100)); break;
      case 6: terms = 1 + out.sort(a_level()); break;
      case 7: {
        std::vector<std::uint64_t> us(pick(random, 3));
        for (auto& u : us) u = a_level();
        terms = 1 + out.constant(a_name(), us);
        break;
      }
      case 8: case 9: case 10: case 11: terms = 1 + out.app(a_term(), a_term()); break;
      case 12: case 13: case 14:
        terms = 1 + out.binder(pick(random, 2) == 0, a_name(), a_term(), a_term(), static_cast<int>(pick(random, 4)));
        break;
      case 15: terms = 1 + out.let(a_name(), a_term(), a_term(), a_term()); break;
      case 16: terms = 1 + out.proj(a_name(), pick(random, 5), a_term()); break;
      case 17: terms = 1 + out.nat(kNats[pick(random, kNats.size())]); break;
      case 18: terms = 1 + out.string(kTexts[pick(random, kTexts.size())]); break;
      case 19: terms = 1 + out.mdata(a_term()); break;
      case 20: out.axiom(fresh(), a_term(), params()); break;
      case 21: out.definition(fresh(), a_term(), a_term(), params(), static_cast<int>(pick(random, 4)) - 2); break;
      case 22:
        if (pick(random, 2) == 0) {
          out.theorem(fresh(), a_term(), a_term(), params());
        } else {
          out.opaque(fresh(), a_term(), a_term(), params());
        }
        break;
      default: {
        const auto name = fresh(), second = fresh(), ctor = fresh(), other = fresh(), rec = fresh();
        std::vector<Export::Type> types = {
            {name, a_term(), pick(random, 3), pick(random, 3), 0, pick(random, 2) == 0, false, {ctor}}};
        std::vector<Export::Constructor> ctors = {{ctor, a_term(), name, 0, pick(random, 3), pick(random, 3)}};
        if (pick(random, 2) == 0) {
          types.push_back({second, a_term(), 0, 0, 1, true, true, {other}});
          ctors.push_back({other, a_term(), second, 0, 0, 0});
        }
        out.block(types, ctors, {{rec, a_term(), 1, 0, 1, 1, pick(random, 2) == 0, {{ctor, 2, a_term()}}, params()}},
                  params());
      }
    }
  }
  return out;
}

}  // namespace export_writer
