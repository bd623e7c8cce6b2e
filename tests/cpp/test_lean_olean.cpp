// The reader of .olean files: what was written is what is read, and nothing malformed gets through.
#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "base/error.h"
#include "check.h"
#include "lean/big_nat.h"
#include "lean/olean.h"
#include "lean/sha256.h"
#include "olean_writer.h"

using namespace verikit;
using namespace verikit::lean;
using Bytes = std::vector<std::uint8_t>;
using Pointer = OleanWriter::Pointer;

namespace {

// A module read from memory, with all its constants loaded.
struct Read {
  Environment env;
  std::unique_ptr<OleanModule> module;
  std::vector<Constant> constants;

  explicit Read(const std::vector<Bytes>& parts, const ReadLimits& limits = {}) {
    std::vector<ByteSource> sources;
    for (const Bytes& part : parts) sources.push_back({"part " + std::to_string(sources.size()), "", part});
    module = std::make_unique<OleanModule>(sources, env, limits);
    for (const OleanModule::Entry& entry : module->constants()) {
      Constant c;
      c.name = entry.name;
      c.kind = entry.kind;
      module->load(c, entry.at);
      const bool has_value =
          c.kind == ConstantKind::kDefinition || c.kind == ConstantKind::kTheorem || c.kind == ConstantKind::kOpaque;
      if (has_value) module->load_value(c, entry.at);
      constants.push_back(std::move(c));
    }
  }
};

Read read(OleanWriter& writer, const ReadLimits& limits = {}) { return Read({writer.finish()}, limits); }

// A module with one axiom of the type that `make` writes.
template <class F>
Bytes axiom_of(F&& make) {
  OleanWriter w;
  w.axiom("a", {"u"}, make(w));
  return w.finish();
}

ErrorCode code_of(const Bytes& bytes, const ReadLimits& limits = {}) {
  try {
    Read({bytes}, limits);
  } catch (const Error& error) {
    return error.code();
  }
  return ErrorCode::kCount;
}

// Every kind of expression, written, and the same term made directly.
Pointer write_everything(OleanWriter& w) {
  const Pointer u = w.level_param("u"), one = w.level_succ(w.box(0));
  const Pointer level = w.level_max(w.level_imax(u, one), w.level_succ(u));
  const Pointer list = w.constant("List.cons", {u, one});
  const Pointer literals = w.app(w.app(list, w.nat(w.box(7))), w.text_literal("h\xc3\xa9\xe2\x82\xac"));
  const Pointer huge = w.nat(w.big({5, 0, 1}));
  const Pointer body = w.let("x", w.sort(level), w.mdata(w.bvar(0)), w.proj("Prod", 1, w.bvar(1)));
  return w.pi("p", w.prop(), w.lambda("q", w.app(literals, huge), w.app(body, w.bvar(1)), 1), 3);
}
TermId make_everything(Environment& env) {
  TermStore& t = env.terms();
  NameTable& n = env.names();
  LevelStore& l = t.levels();
  const LevelId u = l.param(n.parse("u"));
  const LevelId level = l.max(l.imax(u, kLevelOne), l.succ(u));
  const std::vector<LevelId> levels{u, kLevelOne};
  const TermId list = t.constant(n.parse("List.cons"), l.list(levels));
  const TermId literals = t.app(t.app(list, t.nat(7)), t.string("h\xc3\xa9\xe2\x82\xac"));
  const TermId huge = t.nat((BigNat(1) << 128) + 5);
  const TermId body = t.let(t.sort(level), t.bvar(0), t.proj(n.parse("Prod"), 1, t.bvar(1)), n.parse("x"));
  const TermId inner =
      t.lambda(t.app(literals, huge), t.app(body, t.bvar(1)), t.binder(n.parse("q"), BinderInfo::kImplicit));
  return t.pi(t.sort(kLevelZero), inner, t.binder(n.parse("p"), BinderInfo::kInstImplicit));
}

}  // namespace

TEST(sha256_agrees_with_the_published_vectors) {
  const auto hash = [](const std::string& text) {
    Sha256 h;
    for (std::size_t i = 0; i < text.size(); i += 37) {  // in pieces that do not fit the blocks
      const std::string piece = text.substr(i, 37);
      h.update({reinterpret_cast<const std::uint8_t*>(piece.data()), piece.size()});
    }
    return to_hex(h.finish());
  };
  CHECK(hash("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(hash("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(hash("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq") ==
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  CHECK(hash(std::string(1000000, 'a')) == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(sha256_of_this_processor_is_the_portable_one) {
  const detail::Compress accelerated = detail::compress_accelerated();
  if (!accelerated) return;  // nothing to compare on this processor
  Bytes bytes(64 * 33);
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::uint8_t>(i * 131 + (i >> 5));
  std::uint32_t a[8] = {1, 2, 3, 4, 5, 6, 7, 8}, b[8] = {1, 2, 3, 4, 5, 6, 7, 8};
  detail::compress_portable(a, bytes.data(), 33);
  accelerated(b, bytes.data(), 33);
  CHECK(std::equal(std::begin(a), std::end(a), std::begin(b)));
}

TEST(every_kind_of_expression_is_read_as_written) {
  OleanWriter w;
  w.axiom("A.b", {"u"}, write_everything(w));
  Read got = read(w);
  CHECK(got.constants.size() == 1);
  const Constant& c = got.constants[0];
  Environment& env = got.env;
  CHECK(c.type == make_everything(env));
  CHECK(c.name == env.names().parse("A.b"));
  CHECK(c.params == std::vector<NameId>{env.names().parse("u")});
}

TEST(every_form_of_the_header_is_read) {
  for (const int version : {0, 1, 2, 3}) {
    for (const bool root_last : {false, true}) {
      if (root_last && version >= 2) continue;
      OleanWriter w({version, root_last, true, 0x4af337b90000});
      w.axiom("A", {"u"}, write_everything(w));
      Read got = read(w);
      CHECK(got.constants.at(0).type == make_everything(got.env));
      CHECK(got.module->lean_version() == (version < 2 ? "" : "4.35.0"));
    }
  }
  OleanWriter future({4, false, true, 0x10000});
  CHECK(code_of(future.finish()) == ErrorCode::kUnsupported);
}

TEST(every_kind_of_constant_is_read_with_its_fields) {
  OleanWriter w;
  const auto type = [&] { return w.prop(); };
  w.axiom("ax", {}, type(), true);
  w.definition("def", {"u", "v"}, type(), w.bvar(0), 2, {"def", "other"});
  w.theorem("thm", {}, type(), w.bvar(1));
  w.opaque("opq", {}, type(), w.bvar(2));
  w.add("Quot.lift", 4, {w.head("Quot.lift", {"u"}, type())}, {2});
  w.inductive("I", {"u"}, type(), {{"I", "J"}, {"I.a", "I.b"}, 3, 4, true});
  w.constructor("I.b", {"u"}, type(), "I", 1, 3, 5);
  w.recursor("I.rec", {"u"}, type(), {"I", "J"}, 3, 4, 2, {{"I.a", 1, w.bvar(3)}, {"I.b", 5, w.bvar(4)}}, true);
  Read got = read(w);
  Environment& env = got.env;
  const auto name = [&](const char* n) { return env.names().parse(n); };
  CHECK(got.constants.size() == 8);
  CHECK(got.constants[0].kind == ConstantKind::kAxiom && got.constants[0].safety == Safety::kUnsafe);
  const Constant& def = got.constants[1];
  CHECK(def.kind == ConstantKind::kDefinition && def.safety == Safety::kPartial && def.params.size() == 2);
  CHECK(def.value == env.terms().bvar(0) && (def.all == std::vector<NameId>{name("def"), name("other")}));
  CHECK(def.hints.kind == HintKind::kRegular && def.hints.height == 1);
  CHECK(got.constants[2].kind == ConstantKind::kTheorem && got.constants[2].value == env.terms().bvar(1));
  CHECK(got.constants[3].kind == ConstantKind::kOpaque && got.constants[3].value == env.terms().bvar(2));
  CHECK(got.constants[4].kind == ConstantKind::kQuotient && got.constants[4].quotient == QuotientKind::kLift);
  const InductiveInfo& inductive = env.inductive(got.constants[5]);
  CHECK(inductive.num_params == 3 && inductive.num_indices == 4 && inductive.num_nested == 0 && inductive.is_recursive);
  CHECK((inductive.constructors == std::vector<NameId>{name("I.a"), name("I.b")}));
  const ConstructorInfo& constructor = env.constructor(got.constants[6]);
  CHECK(constructor.inductive == name("I") && constructor.index == 1 && constructor.num_params == 3 &&
        constructor.num_fields == 5);
  const RecursorInfo& recursor = env.recursor(got.constants[7]);
  CHECK(recursor.num_motives == 2 && recursor.num_minors == 2 && recursor.k && recursor.rules.size() == 2);
  CHECK(recursor.rules[1].constructor == name("I.b") && recursor.rules[1].num_fields == 5 &&
        recursor.rules[1].rhs == env.terms().bvar(4));
}

TEST(records_of_earlier_versions_are_read) {
  OleanWriter w({1, false, true, 0x10000});
  const Pointer type = w.prop();
  // isNested as a flag, no numNested; a theorem without the list of its block.
  w.add("I", 5, {w.head("I", {}, type), w.box(0), w.box(0), w.names({"I"}), w.names({})}, {1, 0, 0, 1});
  w.add("t", 2, {w.head("t", {}, type), w.bvar(0)}, {});
  Read got = read(w);
  CHECK(got.env.inductive(got.constants[0]).num_nested == kUnknownCount);
  CHECK(got.constants[1].all == std::vector<NameId>{got.constants[1].name});
}

TEST(a_million_nested_applications_are_read_without_recursion) {
  constexpr int kDepth = 1'000'000;
  OleanWriter w;
  Pointer written = w.prop(), level = w.box(0);
  const Pointer f = w.constant("f");
  for (int i = 0; i < kDepth; ++i) {
    written = i % 3 == 0 ? w.app(f, written) : i % 3 == 1 ? w.pi("x", written, f) : w.mdata(written);
    if (i < 100'000) level = w.level_succ(level);
  }
  w.axiom("deep", {}, written);
  w.axiom("high", {}, w.sort(level));
  Read got = read(w);
  TermStore& t = got.env.terms();
  const TermId g = t.constant(got.env.names().parse("f"), kNoLevels);
  const std::uint32_t x = t.binder(got.env.names().parse("x"), BinderInfo::kDefault);
  TermId made = t.sort(kLevelZero);
  for (int i = 0; i < kDepth; ++i) made = i % 3 == 0 ? t.app(g, made) : i % 3 == 1 ? t.pi(made, g, x) : made;
  CHECK(got.constants[0].type == made);
  LevelId high = kLevelZero;
  for (int i = 0; i < 100'000; ++i) high = t.levels().succ(high);
  CHECK(got.constants[1].type == t.sort(high));
}

TEST(literals_are_natural_numbers_of_any_size_up_to_the_limit) {
  const auto literal = [](const Bytes& bytes) {
    Read got({bytes});
    return got.env.terms().nat_value(got.constants[0].type);
  };
  CHECK(literal(axiom_of([](OleanWriter& w) { return w.nat(w.box(~std::uint64_t{0} >> 1)); })) ==
        (BigNat(1) << 63) - 1);
  CHECK(literal(axiom_of([](OleanWriter& w) { return w.nat(w.big({0, 1})); })) == BigNat(1) << 64);
  CHECK(literal(axiom_of([](OleanWriter& w) { return w.nat(w.big({3})); })) ==
        3);  // not how Lean writes it, but that number
  CHECK(literal(axiom_of([](OleanWriter& w) { return w.nat(w.big({9, 0, 0})); })) == 9);
  CHECK(literal(axiom_of([](OleanWriter& w) { return w.nat(w.big({})); })) == 0);
  CHECK(code_of(axiom_of([](OleanWriter& w) { return w.nat(w.big({3}, true)); })) == ErrorCode::kExportFormat);
  ReadLimits limits;
  limits.max_literal_digits = 1000;
  const Bytes long_number = axiom_of([](OleanWriter& w) { return w.nat(w.big(std::vector<std::uint64_t>(60, 1))); });
  CHECK(code_of(long_number, limits) == ErrorCode::kMemoryLimit);
  CHECK(code_of(long_number) == ErrorCode::kCount);
}

TEST(numbers_of_a_lean_without_gmp_are_declined_not_misread) {
  OleanWriter w({2, false, false, 0x10000});
  w.axiom("a", {}, w.nat(w.big({1, 2})));
  CHECK(code_of(w.finish()) == ErrorCode::kUnsupported);
}

TEST(variables_and_metavariables_are_refused_with_the_constants_name) {
  for (const int tag : {1, 2}) {
    const Bytes bytes = axiom_of([&](OleanWriter& w) { return w.object(tag, {w.name("x")}, Bytes(8, 0)); });
    try {
      Read({bytes});
      CHECK(false);
    } catch (const Error& error) {
      CHECK(error.code() == ErrorCode::kExportFormat);
      CHECK(std::string(error.what()).find("in `a`") != std::string::npos);
    }
  }
  CHECK(code_of(axiom_of([](OleanWriter& w) { return w.sort(w.object(5, {w.name("x")}, Bytes(8, 0))); })) ==
        ErrorCode::kExportFormat);
}

TEST(circles_are_found_in_terms_names_levels_and_lists) {
  const auto circle = [](auto&& make) { return code_of(axiom_of(make)); };
  CHECK(circle([](OleanWriter& w) {
          const Pointer p = w.app(w.prop(), w.prop());
          w.set_field(p, 1, p);
          return p;
        }) == ErrorCode::kExportFormat);
  CHECK(circle([](OleanWriter& w) {  // a longer one, through metadata
          const Pointer first = w.mdata(w.prop());
          const Pointer p = w.pi("x", w.prop(), w.app(w.prop(), w.mdata(first)));
          w.set_field(first, 1, p);
          return p;
        }) == ErrorCode::kExportFormat);
  CHECK(circle([](OleanWriter& w) {
          const Pointer p = w.level_succ(w.box(0));
          w.set_field(p, 0, p);
          return w.sort(p);
        }) == ErrorCode::kExportFormat);
  CHECK(circle([](OleanWriter& w) {
          const Pointer n = w.name("loop");
          w.set_field(n, 0, n);
          return w.constant("loop");
        }) == ErrorCode::kExportFormat);
  CHECK(circle([](OleanWriter& w) {  // an endless list: the limit on work ends it
          const Pointer l = w.list({w.box(0)});
          w.set_field(l, 1, l);
          return w.object(4, {w.name("c"), l}, Bytes(8, 0));
        }) == ErrorCode::kMemoryLimit);
}

TEST(a_term_shared_by_its_own_parts_is_no_circle) {
  OleanWriter w;
  Pointer p = w.prop();
  for (int i = 0; i < 200; ++i) p = w.app(p, p);  // 2^200 as a tree
  w.axiom("shared", {}, p);
  Read got = read(w);
  CHECK(got.env.terms().size() == 201);
}

TEST(malformed_objects_are_refused) {
  const auto refused = [](auto&& make) { return code_of(axiom_of(make)) == ErrorCode::kExportFormat; };
  CHECK(refused([](OleanWriter& w) { return w.box(0); }));
  CHECK(refused([](OleanWriter& w) { return w.prop() + 4; }));           // not aligned
  CHECK(refused([](OleanWriter&) { return Pointer{0}; }));               // before the file
  CHECK(refused([](OleanWriter&) { return Pointer{0x7fff00000000}; }));  // after it
  CHECK(refused([](OleanWriter& w) { return w.string("text"); }));
  CHECK(refused([](OleanWriter& w) { return w.object(12, {w.prop()}, Bytes(8, 0)); }));
  CHECK(refused([](OleanWriter& w) { return w.object(5, {w.prop()}, Bytes(8, 0)); }));  // too few pointers
  CHECK(refused(
      [](OleanWriter& w) { return w.object(6, {w.box(0), w.prop(), w.prop()}, Bytes(8, 0)); }));  // no binder info
  CHECK(refused([](OleanWriter& w) { return w.pi("x", w.prop(), w.prop(), 4); }));                // no such binder info
  CHECK(refused([](OleanWriter& w) { return w.text_literal("\xff"); }));
  CHECK(refused([](OleanWriter& w) { return w.text_literal("\xed\xa0\x80"); }));  // a surrogate
  CHECK(refused([](OleanWriter& w) { return w.constant("c", {w.prop()}); }));     // a term where a level should be
  CHECK(refused([](OleanWriter& w) {                                              // the NUL at the end overwritten
    const Pointer s = w.string("1234567");
    w.put(w.offset(s) + 32, 0x3131313131313131);
    return w.object(9, {w.object(1, {s})}, Bytes(8, 0));
  }));
  CHECK(refused([](OleanWriter& w) {  // longer than the file
    const Pointer s = w.string("1234567");
    w.put(w.offset(s) + 8, 1 << 20);
    return w.object(9, {w.object(1, {s})}, Bytes(8, 0));
  }));
  CHECK(refused([](OleanWriter& w) {  // in use: a reference count
    const Pointer p = w.prop();
    w.put(w.offset(p), 0x0301001800000001);
    return p;
  }));
  CHECK(refused([](OleanWriter& w) {  // limbs beyond the end
    const Pointer n = w.big({1, 2});
    w.put(w.offset(n) + 16, w.here() + (1 << 20));
    return w.nat(n);
  }));
}

TEST(the_index_of_names_must_agree_with_the_constants) {
  OleanWriter w;
  const Pointer info = w.object(0, {w.object(0, {w.head("real", {}, w.prop())}, {0})});
  w.add_raw(w.name("pretended"), info);
  CHECK(code_of(w.finish()) == ErrorCode::kExportFormat);
  OleanWriter more;  // a name without a constant
  more.axiom("a", {}, more.prop());
  more.add_name(more.name("b"));
  CHECK(code_of(more.finish()) == ErrorCode::kExportFormat);
}

TEST(a_file_cut_off_anywhere_is_an_error) {
  OleanWriter w;
  w.axiom("A", {"u"}, write_everything(w));
  const Bytes whole = w.finish();
  CHECK(code_of(whole) == ErrorCode::kCount);
  for (std::size_t size = 0; size < whole.size(); ++size) {
    CHECK(code_of(Bytes(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size))) == ErrorCode::kExportFormat);
  }
}

TEST(what_is_shared_may_not_unfold_to_much_more_than_the_file) {
  OleanWriter w;  // ten thousand names that share one long string
  const Pointer text = w.string(std::string(1 << 16, 'x'));
  Pointer n = w.box(0);
  for (int i = 0; i < 10'000; ++i) n = w.object(1, {n, text}, Bytes(8, 0));
  w.axiom("a", {}, w.object(4, {n, w.box(0)}, Bytes(8, 0)));
  CHECK(code_of(w.finish()) == ErrorCode::kMemoryLimit);
}

TEST(the_parts_of_a_module_share_one_address_space_and_the_last_has_the_constants) {
  OleanWriter open({2, false, true, 0x10000});
  const Pointer type = open.pi("p", open.prop(), open.prop());
  open.axiom("t", {}, type);
  const Bytes first = open.finish({"Init"}, true);
  OleanWriter closed({2, false, true, 0x20000});
  closed.theorem("t", {}, type, closed.lambda("p", closed.prop(), closed.bvar(0)));
  const Bytes second = closed.finish({"Init"}, true);
  Read got({first, second});
  CHECK(got.constants.size() == 1 && got.constants[0].kind == ConstantKind::kTheorem);
  CHECK(got.module->imports().size() == 1);
  CHECK(got.module->digest() != Read({first}).module->digest());
  CHECK(code_of(second) == ErrorCode::kExportFormat);  // alone it points out of the file
  OleanWriter over({2, false, true, 0x10008});
  over.theorem("t", {}, over.prop(), over.prop());
  CHECK_THROWS(Read({first, over.finish({}, true)}), ErrorCode::kExportFormat);
}

CHECK_MAIN()
