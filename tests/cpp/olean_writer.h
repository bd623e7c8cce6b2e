// Writes .olean files object by object: for tests of the reader, well-formed or not.
#pragma once

#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace verikit::lean {

class OleanWriter {
 public:
  using Pointer = std::uint64_t;
  struct Options {
    int version = 2;  // of the header; 0 is the form without a version
    bool root_last = false;
    bool gmp = true;
    std::uint64_t base = 0x10000;
  };

  OleanWriter() : OleanWriter(Options{}) {}
  explicit OleanWriter(Options options) : options_(options) {
    if (options_.version == 0) {
      text("oleanfile!!!!!!!");
    } else if (options_.version == 1) {
      text("olean\x01");
      bytes_.resize(48, 0);
    } else {
      text("olean");
      bytes_.push_back(static_cast<std::uint8_t>(options_.version));
      bytes_.push_back(options_.gmp ? 1 : 0);
      text("4.35.0");
      bytes_.resize(80, 0);
    }
    word(options_.base);
    root_at_ = bytes_.size();
    if (!options_.root_last) word(0);
  }

  // --- objects: each returns its address ------------------------------------------------------------------------
  static Pointer box(std::uint64_t value) { return value << 1 | 1; }
  Pointer object(int tag, const std::vector<Pointer>& fields, std::vector<std::uint8_t> scalars = {}) {
    while (scalars.size() % 8 != 0) scalars.push_back(0);
    const Pointer p = begin(8 + 8 * fields.size() + scalars.size(), static_cast<int>(fields.size()), tag);
    for (const Pointer f : fields) word(f);
    bytes_.insert(bytes_.end(), scalars.begin(), scalars.end());
    return p;
  }
  Pointer array(const std::vector<Pointer>& elements) {
    const Pointer p = begin(1, 0, 246);
    word(elements.size());
    word(elements.size());
    for (const Pointer e : elements) word(e);
    return p;
  }
  Pointer string(std::string_view utf8) {
    const Pointer p = begin(1, 0, 249);
    word(utf8.size() + 1);
    word(utf8.size() + 1);
    word(utf8.size());
    text(utf8);
    do bytes_.push_back(0);
    while (bytes_.size() % 8 != 0);
    return p;
  }
  Pointer big(const std::vector<std::uint64_t>& limbs, bool negative = false) {
    const Pointer p = begin(24 + 8 * limbs.size(), 0, 250);
    const auto n = static_cast<std::int32_t>(limbs.size());
    half(static_cast<std::uint32_t>(n));
    half(static_cast<std::uint32_t>(negative ? -n : n));
    word(here() + 8);
    for (const std::uint64_t l : limbs) word(l);
    return p;
  }
  Pointer list(const std::vector<Pointer>& items) {
    Pointer p = box(0);
    for (std::size_t i = items.size(); i-- > 0;) p = object(1, {items[i], p});
    return p;
  }
  Pointer name(std::string_view dotted) {
    if (dotted.empty()) return box(0);
    if (const auto found = names_.find(dotted); found != names_.end()) return found->second;
    const std::size_t dot = dotted.rfind('.');
    const bool root = dot == std::string_view::npos;
    const Pointer prefix = root ? box(0) : name(dotted.substr(0, dot));
    const Pointer p = object(1, {prefix, string(root ? dotted : dotted.substr(dot + 1))}, data());
    names_.emplace(dotted, p);
    return p;
  }
  Pointer names(const std::vector<std::string>& dotted) {
    std::vector<Pointer> items;
    for (const std::string& d : dotted) items.push_back(name(d));
    return list(items);
  }
  Pointer level_succ(Pointer l) { return object(1, {l}, data()); }
  Pointer level_max(Pointer l, Pointer r) { return object(2, {l, r}, data()); }
  Pointer level_imax(Pointer l, Pointer r) { return object(3, {l, r}, data()); }
  Pointer level_param(std::string_view n) { return object(4, {name(n)}, data()); }

  Pointer bvar(std::uint64_t i) { return object(0, {box(i)}, data()); }
  Pointer sort(Pointer level) { return object(3, {level}, data()); }
  Pointer prop() { return sort(box(0)); }
  Pointer constant(std::string_view n, const std::vector<Pointer>& levels = {}) {
    return object(4, {name(n), list(levels)}, data());
  }
  Pointer app(Pointer f, Pointer a) { return object(5, {f, a}, data()); }
  Pointer lambda(std::string_view n, Pointer domain, Pointer body, int info = 0) {
    return object(6, {name(n), domain, body}, data(info));
  }
  Pointer pi(std::string_view n, Pointer domain, Pointer body, int info = 0) {
    return object(7, {name(n), domain, body}, data(info));
  }
  Pointer let(std::string_view n, Pointer type, Pointer value, Pointer body) {
    return object(8, {name(n), type, value, body}, data(0));
  }
  Pointer nat(Pointer value) { return object(9, {object(0, {value})}, data()); }
  Pointer text_literal(std::string_view utf8) { return object(9, {object(1, {string(utf8)})}, data()); }
  Pointer mdata(Pointer e) { return object(10, {box(0), e}, data()); }
  Pointer proj(std::string_view structure, std::uint64_t i, Pointer e) {
    return object(11, {name(structure), box(i), e}, data());
  }

  // --- constants, in the order of the calls ---------------------------------------------------------------------
  using Names = std::vector<std::string>;
  void axiom(const std::string& n, const Names& params, Pointer type, bool is_unsafe = false) {
    add(n, 0, {head(n, params, type)}, {is_unsafe});
  }
  void definition(const std::string& n, const Names& params, Pointer type, Pointer value, int safety = 1,
                  Names all = {}) {
    const Pointer hints = object(2, {}, {1, 0, 0, 0});
    add(n, 1, {head(n, params, type), value, hints, names(all.empty() ? Names{n} : all)},
        {static_cast<std::uint8_t>(safety)});
  }
  void theorem(const std::string& n, const Names& params, Pointer type, Pointer value) {
    add(n, 2, {head(n, params, type), value, names({n})}, {});
  }
  void opaque(const std::string& n, const Names& params, Pointer type, Pointer value) {
    add(n, 3, {head(n, params, type), value, names({n})}, {0});
  }
  struct Inductive {
    Names all, constructors;
    std::uint64_t params = 0, indices = 0;
    bool recursive = false;
  };
  void inductive(const std::string& n, const Names& params, Pointer type, const Inductive& i) {
    add(n, 5, {head(n, params, type), box(i.params), box(i.indices), names(i.all), names(i.constructors), box(0)},
        {i.recursive, 0, 0});
  }
  void constructor(const std::string& n, const Names& params, Pointer type, const std::string& of, std::uint64_t index,
                   std::uint64_t num_params, std::uint64_t fields) {
    add(n, 6, {head(n, params, type), name(of), box(index), box(num_params), box(fields)}, {0});
  }
  struct Rule {
    std::string constructor;
    std::uint64_t fields;
    Pointer rhs;
  };
  void recursor(const std::string& n, const Names& params, Pointer type, const Names& all, std::uint64_t num_params,
                std::uint64_t indices, std::uint64_t motives, const std::vector<Rule>& rules, bool k) {
    std::vector<Pointer> items;
    for (const Rule& r : rules) items.push_back(object(0, {name(r.constructor), box(r.fields), r.rhs}));
    add(n, 7,
        {head(n, params, type), names(all), box(num_params), box(indices), box(motives), box(rules.size()),
         list(items)},
        {k, 0});
  }
  Pointer head(const std::string& n, const Names& params, Pointer type) {
    return object(0, {name(n), names(params), type});
  }
  void add(const std::string& n, int kind, const std::vector<Pointer>& fields, std::vector<std::uint8_t> scalars) {
    add_raw(name(n), object(kind, {object(0, fields, std::move(scalars))}));
  }
  void add_raw(Pointer indexed_name, Pointer info) {
    add_name(indexed_name);
    constants_.push_back(info);
  }
  void add_name(Pointer indexed_name) { constant_names_.push_back(indexed_name); }

  // The file. Once, at the end.
  std::vector<std::uint8_t> finish(const Names& imports = {}, bool is_module = false) {
    std::vector<Pointer> imported;
    for (const std::string& i : imports) imported.push_back(object(0, {name(i)}, {0, 1, 0}));
    const Pointer empty = array({});
    const Pointer imports_array = array(imported), names_array = array(constant_names_),
                  constants_array = array(constants_);
    const Pointer root =
        object(0, {imports_array, names_array, constants_array, empty, empty},
               options_.version < 2 ? std::vector<std::uint8_t>{} : std::vector<std::uint8_t>{is_module});
    if (options_.root_last) {
      word(root);
    } else {
      put(root_at_, root);
    }
    return bytes_;
  }
  [[nodiscard]] Pointer here() const { return options_.base + bytes_.size(); }
  [[nodiscard]] std::uint64_t offset(Pointer p) const { return p - options_.base; }
  void put(std::uint64_t offset, std::uint64_t value) { std::memcpy(bytes_.data() + offset, &value, 8); }
  // Field i of an object that is a constructor.
  void set_field(Pointer p, int i, Pointer value) { put(offset(p) + 8 + 8 * static_cast<std::uint64_t>(i), value); }

 private:
  static std::vector<std::uint8_t> data() {
    return {1, 2, 3, 4, 5, 6, 7, 8};
  }  // what Lean caches there is not looked at
  static std::vector<std::uint8_t> data(int flag) { return {1, 2, 3, 4, 5, 6, 7, 8, static_cast<std::uint8_t>(flag)}; }
  Pointer begin(std::size_t size, int other, int tag) {
    const Pointer p = here();
    half(0);
    bytes_.push_back(static_cast<std::uint8_t>(size));
    bytes_.push_back(static_cast<std::uint8_t>(size >> 8));
    bytes_.push_back(static_cast<std::uint8_t>(other));
    bytes_.push_back(static_cast<std::uint8_t>(tag));
    return p;
  }
  void text(std::string_view t) { bytes_.insert(bytes_.end(), t.begin(), t.end()); }
  void half(std::uint32_t v) { raw(&v, 4); }
  void word(std::uint64_t v) { raw(&v, 8); }
  void raw(const void* p, std::size_t n) {
    const auto* b = static_cast<const std::uint8_t*>(p);
    bytes_.insert(bytes_.end(), b, b + n);
  }

  Options options_;
  std::vector<std::uint8_t> bytes_;
  std::size_t root_at_ = 0;
  std::map<std::string, Pointer, std::less<>> names_;
  std::vector<Pointer> constant_names_, constants_;
};

}  // namespace verikit::lean
