// Loading modules: what is found, what is loaded, how constants become declarations, what is trusted.
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "base/error.h"
#include "check.h"
#include "lean/check.h"
#include "lean/loader.h"
#include "olean_writer.h"

using namespace verikit;
using namespace verikit::lean;
namespace fs = std::filesystem;
using Bytes = std::vector<std::uint8_t>;
using Pointer = OleanWriter::Pointer;
using Names = OleanWriter::Names;

namespace {

constexpr const char* kGolden = "../golden/lean/olean/";

class Folder {
 public:
  Folder()
      : path_(fs::temp_directory_path() /
              ("verikit-loader-" + std::to_string(::getpid()) + "-" + std::to_string(count_++))) {
    fs::create_directories(path_);
  }
  ~Folder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  std::string write(const std::string& name, const Bytes& bytes) const {
    const fs::path path = path_ / name;
    fs::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary)
        .write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
    return path.string();
  }
  [[nodiscard]] std::string path(const std::string& name = "") const {
    return name.empty() ? path_.string() : (path_ / name).string();
  }

 private:
  fs::path path_;
  inline static int count_ = 0;
};

// Π p : Prop, p → p, and λ p h, h.
Pointer identity_type(OleanWriter& w) { return w.pi("p", w.prop(), w.pi("h", w.bvar(0), w.bvar(1))); }
Pointer identity(OleanWriter& w) { return w.lambda("p", w.prop(), w.lambda("h", w.bvar(0), w.bvar(0))); }

template <class F>
Bytes module_of(const Names& imports, F&& write) {
  OleanWriter w;
  write(w);
  return w.finish(imports);
}
// One theorem, by the identity or by another theorem of that type.
Bytes theorem_module(const std::string& name, const Names& imports = {}, const std::string& by = "") {
  return module_of(imports, [&](OleanWriter& w) {
    w.theorem(name, {}, identity_type(w), by.empty() ? identity(w) : w.constant(by));
  });
}

struct Loaded {
  Environment env;
  std::unique_ptr<Loader> loader;
  explicit Loaded(LoadOptions options = {}) : loader(std::make_unique<Loader>(env, std::move(options))) {}
  explicit Loaded(const Bytes& bytes, LoadOptions options = {}) : Loaded(std::move(options)) {
    loader->load_module(loader->add_bytes({bytes}, "M"));
  }
  const Constant& operator[](const char* name) const { return env.constant(env.find(name)); }
  [[nodiscard]] Report check() const { return check_environment(env, {}); }
  // Of the declaration that has the constant.
  [[nodiscard]] CheckStatus status(const char* name, Rule* rule = nullptr) const {
    const DeclarationId id = (*this)[name].declaration;
    for (const Finding& f : check().findings) {
      if (f.declaration != id) continue;
      if (rule) *rule = f.rule;
      return f.status;
    }
    return CheckStatus::kAccepted;
  }
};

LoadOptions with_path(std::vector<std::string> folders) {
  LoadOptions options;
  options.search_path = std::move(folders);
  return options;
}

}  // namespace

TEST(what_lean_wrote_is_read_and_accepted) {
  Loaded tour;
  tour.loader->load_module(tour.loader->add_file(std::string(kGolden) + "Tour.olean"));
  const Report report = tour.check();
  CHECK(report.status == CheckStatus::kAccepted && report.findings.empty());
  for (const Finding& f : report.findings) std::fprintf(stderr, "%s: %s\n", f.name.c_str(), f.detail.c_str());
  CHECK(tour.env.num_constants() == 82 && report.declarations == tour.env.num_declarations());
  CHECK(tour.env.modules().size() == 1 && tour.env.modules()[0].name == "Tour");
  CHECK(tour["Quot.lift"].kind == ConstantKind::kQuotient && tour["forever"].safety == Safety::kUnsafe);
  // Nested and mutual types are one declaration each, with all of their recursors.
  const auto members = [&](const char* name) { return tour.env.declaration(tour[name].declaration).constants.size(); };
  CHECK(members("Tree") == 4);  // Tree, Tree.node, Tree.rec, Tree.rec_1
  CHECK(members("Even") == 7 && tour["Even"].declaration == tour["Odd.rec"].declaration);
  CHECK(members("Quot.ind") == 4);
}

TEST(theorems_of_the_module_system_come_from_the_private_part) {
  Loaded whole;
  whole.loader->load_module(whole.loader->add_file(std::string(kGolden) + "Parts.olean"));
  CHECK(whole["proved"].kind == ConstantKind::kTheorem && whole["proved"].value != kNone);
  CHECK(whole.check().status == CheckStatus::kAccepted);
  Folder folder;  // the public part by itself has an axiom in its place, and says so
  fs::copy_file(std::string(kGolden) + "Parts.olean", folder.path("Parts.olean"));
  Loaded alone;
  alone.loader->load_module(alone.loader->add_file(folder.path("Parts.olean")));
  CHECK(alone["proved"].kind == ConstantKind::kAxiom);
}

TEST(parts_left_over_from_an_earlier_build_are_not_read) {
  Folder folder;
  const std::string path = folder.write("M.olean", theorem_module("t"));  // not of the module system
  folder.write("M.olean.private", {'x'});
  Loaded m;
  m.loader->load_module(m.loader->add_file(path));
  CHECK(m["t"].loaded);
}

TEST(imports_are_found_by_the_rules_of_the_search_path) {
  Folder one, two;
  one.write("A/Other.olean", theorem_module("other"));
  two.write("A/B/C.olean", theorem_module("abc"));
  two.write("D.olean", theorem_module("d", {"E.F"}, "ef"));
  one.write("E.olean", theorem_module("e"));
  one.write("E/F.olean", theorem_module("ef"));
  const LoadOptions options = with_path({one.path(), two.path()});
  Loaded found(options);
  found.loader->load_module(found.loader->add_module("D"));
  CHECK(found.env.modules().size() == 2 && found.env.modules()[1].name == "E.F");
  CHECK(found.check().status == CheckStatus::kAccepted);
  // The first folder with the package is where the whole package is looked for.
  Loaded hidden(options);
  CHECK_THROWS(hidden.loader->add_module("A.B.C"), ErrorCode::kInput);
  Loaded other_order(with_path({two.path(), one.path()}));
  CHECK(other_order.loader->add_module("A.B.C") == 0);
  Loaded stand_alone;
  CHECK_THROWS(stand_alone.loader->add_file(two.path("D.olean")), ErrorCode::kInput);
  LoadOptions no_imports;
  no_imports.imports = false;
  Loaded without(no_imports);
  without.loader->load_module(without.loader->add_file(two.path("D.olean")));
  CHECK(without.check().status == CheckStatus::kRejected);  // ef is nowhere
  CHECK((split_search_path("a::b:") == std::vector<std::string>{"a", "b"}));
}

TEST(an_import_cannot_leave_the_search_path) {
  Folder outer;
  fs::create_directories(outer.path("inside"));
  outer.write("Secret.olean", theorem_module("secret"));
  for (const char* evil : {"../Secret", "/etc/passwd", ".."}) {
    OleanWriter w;
    const Pointer name = w.object(1, {w.box(0), w.string(evil)}, Bytes(8, 0));
    const Pointer import = w.object(0, {name}, {0, 0, 0});
    // An array of imports of our own in place of the written one.
    const Pointer array = w.array({import}), empty = w.array({});
    const Pointer root = w.object(0, {array, empty, empty, empty, empty}, {0});
    Bytes bytes = w.finish();
    std::memcpy(bytes.data() + 88, &root, 8);
    Loaded m(with_path({outer.path("inside")}));
    CHECK_THROWS(m.loader->add_bytes({bytes}, "M"), ErrorCode::kExportFormat);
  }
}

TEST(modules_that_import_each_other_end_in_an_answer) {
  Folder folder;
  folder.write("A.olean", theorem_module("a", {"B"}, "b"));
  folder.write("B.olean", theorem_module("b", {"A"}, "a"));
  Loaded m(with_path({folder.path()}));
  m.loader->load_module(m.loader->add_module("A"));
  CHECK(m.check().status == CheckStatus::kRejected);  // two theorems that prove each other
}

TEST(a_file_has_one_module_however_it_is_called) {
  Folder folder;
  const std::string path = folder.write("P/Q.olean", theorem_module("q"));
  folder.write("R.olean", theorem_module("r", {"P.Q"}, "q"));
  Loaded m(with_path({folder.path()}));
  const std::uint32_t q = m.loader->add_file(path);
  CHECK(m.env.modules()[q].name == "P.Q");
  CHECK(m.loader->add_file(folder.path("P/../P/Q.olean")) == q);
  CHECK(m.loader->add_module("P.Q") == q);
  m.loader->load_module(m.loader->add_file(folder.path("R.olean")));
  CHECK(m.env.duplicates().empty() && m.env.modules().size() == 2);
}

TEST(a_name_that_two_modules_define_is_rejected_even_where_nothing_reaches_it) {
  Folder folder;
  folder.write("A.olean", theorem_module("same"));
  folder.write("B.olean", theorem_module("same"));
  folder.write("C.olean", theorem_module("c", {"A", "B"}));
  Loaded m(with_path({folder.path()}));
  m.loader->load_module(m.loader->add_module("C"));
  const Report report = m.check();
  CHECK(report.status == CheckStatus::kRejected && report.findings.size() == 1);
  CHECK(report.findings[0].rule == Rule::kDuplicateName && report.findings[0].name == "same");
}

TEST(only_what_is_reached_is_loaded) {
  Folder folder;
  folder.write("Lib.olean", module_of({}, [](OleanWriter& w) {
                 for (const char* n : {"used", "unused", "through"}) w.theorem(n, {}, identity_type(w), identity(w));
                 w.definition("Statement", {}, w.prop(), identity_type(w));
                 w.theorem("lemma", {}, w.constant("Statement"), w.constant("through"));
               }));
  folder.write("Main.olean", theorem_module("main", {"Lib"}, "lemma"));
  Loaded m(with_path({folder.path()}));
  m.loader->load_module(m.loader->add_module("Main"));
  CHECK(m["lemma"].loaded && m["lemma"].value_loaded && m["Statement"].loaded && m["through"].loaded);
  CHECK(!m["unused"].loaded && m["unused"].declaration == kNone && m["unused"].type == kNone);
  CHECK(!m["used"].loaded);
  CHECK(m.env.num_constants() == 6 && m.env.num_declarations() == 4);
  CHECK(m.check().status == CheckStatus::kAccepted);
}

TEST(declarations_come_after_what_they_mention_whatever_the_files_order) {
  const Bytes bytes = module_of({}, [](OleanWriter& w) {
    for (int i = 99; i > 0; --i) {
      w.theorem("t" + std::to_string(i), {}, identity_type(w), w.constant("t" + std::to_string(i - 1)));
    }
    w.theorem("t0", {}, identity_type(w), identity(w));
  });
  Loaded m(bytes);
  for (int i = 1; i < 100; ++i) {
    const auto rank = [&](int j) { return m.env.declaration(m[("t" + std::to_string(j)).c_str()].declaration).rank; };
    CHECK(rank(i) > rank(i - 1));
  }
  CHECK(m.check().status == CheckStatus::kAccepted);
}

TEST(proofs_that_rest_on_themselves_are_rejected) {
  Loaded self(theorem_module("t", {}, "t"));
  CHECK(self.status("t") == CheckStatus::kRejected);
  for (const char* first : {"a", "b", "c"}) {  // a circle of three, entered anywhere
    const Bytes bytes = module_of({}, [&](OleanWriter& w) {
      const std::vector<std::string> names{"a", "b", "c"};
      const auto at = static_cast<std::size_t>(first[0] - 'a');
      for (std::size_t i = 0; i < 3; ++i) {
        const std::size_t k = (at + i) % 3;
        w.theorem(names[k], {}, identity_type(w), w.constant(names[(k + 1) % 3]));
      }
    });
    CHECK(Loaded(bytes).check().status == CheckStatus::kRejected);
  }
  // Through a type: the type of x mentions y, whose type mentions x.
  Loaded types(module_of({}, [](OleanWriter& w) {
    w.axiom("x", {}, w.constant("y"));
    w.axiom("y", {}, w.constant("x"));
  }));
  CHECK(types.check().status == CheckStatus::kRejected);
}

TEST(unsafe_definitions_may_call_each_other_and_safe_ones_may_not) {
  const auto mutual = [](int safety) {
    return module_of({}, [&](OleanWriter& w) {
      w.definition("f", {}, identity_type(w), w.constant("g"), safety, {"f", "g"});
      w.definition("g", {}, identity_type(w), w.constant("f"), safety, {"f", "g"});
    });
  };
  Loaded unsafe(mutual(0));
  CHECK(unsafe.check().status == CheckStatus::kAccepted && unsafe["f"].declaration == unsafe["g"].declaration);
  CHECK(Loaded(mutual(2)).check().status == CheckStatus::kAccepted);
  Loaded safe(mutual(1));
  CHECK(safe.check().status == CheckStatus::kRejected && safe["f"].declaration != safe["g"].declaration);
}

TEST(intermediate_code_of_old_compilers_is_no_root_and_no_way_in) {
  const auto write = [](OleanWriter& w, int safety) {
    w.definition("f", {}, identity_type(w), identity(w));
    w.definition("f._cstage1", {}, identity_type(w), w.constant("_obj"), safety);
  };
  Loaded m(module_of({}, [&](OleanWriter& w) { write(w, 0); }));
  CHECK(m.check().status == CheckStatus::kAccepted && m["f._cstage1"].declaration == kNone);
  // Only what is unsafe is left out, and only while nothing mentions it.
  CHECK(Loaded(module_of({}, [&](OleanWriter& w) { write(w, 1); })).status("f._cstage1") == CheckStatus::kRejected);
  const Loaded used(module_of({}, [&](OleanWriter& w) {
    write(w, 0);
    w.theorem("t", {}, identity_type(w), w.constant("f._cstage1"));
  }));
  CHECK(used.status("t") == CheckStatus::kRejected && used.status("f._cstage1") == CheckStatus::kRejected);
}

TEST(constructors_and_recursors_of_no_block_are_rejected) {
  const auto with = [](auto&& extra) {
    return Loaded(module_of({}, [&](OleanWriter& w) {
      w.inductive("I", {}, w.prop(), {{"I"}, {"I.mk"}, 0, 0, false});
      w.constructor("I.mk", {}, w.constant("I"), "I", 0, 0, 0);
      // I.rec : Π (m : I → Sort u) (h : m I.mk) (t : I), m t, and its rule
      const Pointer u = w.sort(w.level_param("u")), motive = w.pi("t", w.constant("I"), u);
      const Pointer type = w.pi(
          "motive", motive,
          w.pi("mk", w.app(w.bvar(0), w.constant("I.mk")), w.pi("t", w.constant("I"), w.app(w.bvar(2), w.bvar(0)))), 1);
      const Pointer rhs = w.lambda("motive", motive, w.lambda("mk", w.app(w.bvar(0), w.constant("I.mk")), w.bvar(0)));
      w.recursor("I.rec", {"u"}, type, {"I"}, 0, 0, 1, {{"I.mk", 0, rhs}}, true);
      extra(w, type, rhs);
    }));
  };
  const Loaded good = with([](OleanWriter&, Pointer, Pointer) {});
  CHECK(good.check().status == CheckStatus::kAccepted && good["I.rec"].declaration == good["I"].declaration);
  const Loaded constructor =
      with([](OleanWriter& w, Pointer, Pointer) { w.constructor("I.second", {}, w.constant("I"), "I", 1, 0, 0); });
  CHECK(constructor.status("I.second") == CheckStatus::kRejected && constructor.status("I") == CheckStatus::kAccepted);
  const Loaded recursor = with([](OleanWriter& w, Pointer type, Pointer rhs) {
    w.recursor("I.other", {"u"}, type, {"I"}, 0, 0, 1, {{"I.mk", 0, rhs}}, true);
  });
  CHECK(recursor.status("I.other") == CheckStatus::kRejected);
  const Loaded numbered =
      with([](OleanWriter& w, Pointer type, Pointer rhs) {  // joins the block, which has no such recursor
        w.recursor("I.rec_1", {"u"}, type, {"I"}, 0, 0, 1, {{"I.mk", 0, rhs}}, true);
      });
  CHECK(numbered.status("I.rec_1") == CheckStatus::kRejected);
  const Loaded lost = with([](OleanWriter& w, Pointer type, Pointer rhs) {
    w.recursor("J.rec", {"u"}, type, {"J"}, 0, 0, 1, {{"I.mk", 0, rhs}}, true);
    w.constructor("J.mk", {}, w.constant("I"), "J", 0, 0, 0);
  });
  CHECK(lost.status("J.rec") == CheckStatus::kRejected && lost.status("J.mk") == CheckStatus::kRejected);
}

TEST(a_recursor_in_another_module_does_not_join_a_trusted_block) {
  Folder folder;
  folder.write("Lib.olean",
               module_of({}, [](OleanWriter& w) { w.inductive("I", {}, w.prop(), {{"I"}, {}, 0, 0, false}); }));
  folder.write("Main.olean", module_of({"Lib"}, [](OleanWriter& w) {
                 w.recursor("I.rec", {"u"}, w.sort(w.level_param("u")), {"I"}, 0, 0, 1, {}, false);
               }));
  Loaded m(with_path({folder.path()}));
  m.loader->load_module(m.loader->add_module("Main"));
  CHECK(m["I.rec"].declaration != m["I"].declaration && m.status("I.rec") == CheckStatus::kRejected);
}

TEST(trust_goes_by_digest_and_leaves_nothing_unchecked_that_is_not_trusted) {
  Folder folder;
  // A wrong proof: acceptable only because nobody looks at it.
  const Bytes wrong = module_of({}, [](OleanWriter& w) { w.theorem("lib", {}, identity_type(w), w.prop()); });
  folder.write("Lib.olean", wrong);
  folder.write("Main.olean", theorem_module("main", {"Lib"}, "lib"));
  LoadOptions options = with_path({folder.path()});
  Loaded untrusting(options);
  untrusting.loader->load_module(untrusting.loader->add_module("Main"));
  CHECK(untrusting.check().status == CheckStatus::kRejected);
  const std::string digest = untrusting.loader->digest(1);
  CHECK(digest.size() == 64 && untrusting.env.modules()[1].sha256 == digest);

  options.trusted = {digest};
  Loaded trusting(options);
  trusting.loader->load_module(trusting.loader->add_module("Main"));
  const Report report = trusting.check();
  CHECK(report.status == CheckStatus::kAccepted && report.trusted == 1 && report.checked == 1);
  CHECK(trusting.env.modules()[1].trusted && !trusting.env.modules()[0].trusted);
  CHECK(trusting["lib"].value != kNone);

  options.trusted_theorem_values = false;
  Loaded lazy(options);
  lazy.loader->load_module(lazy.loader->add_module("Main"));
  CHECK(lazy["lib"].value == kNone && !lazy["lib"].value_loaded && lazy.check().status == CheckStatus::kAccepted);

  Bytes changed = wrong;  // any other bytes are not trusted
  changed.push_back(0);
  folder.write("Lib.olean", changed);
  Loaded again(options);
  again.loader->load_module(again.loader->add_module("Main"));
  CHECK(again.check().status == CheckStatus::kRejected);
}

TEST(trust_ends_where_a_trusted_module_mentions_what_is_not) {
  Folder folder;
  // The reference has Base and Lib; the candidate puts a Base of its own under the trusted Lib.
  const Bytes lib = module_of({"Base"}, [](OleanWriter& w) {
    w.theorem("late", {}, identity_type(w), w.constant("base"));
    w.theorem("lib", {}, w.constant("Claim"), w.constant("late"));
  });
  const auto base = [](bool honest) {
    return module_of({}, [&](OleanWriter& w) {
      w.definition("Claim", {}, w.prop(), honest ? identity_type(w) : w.pi("p", w.prop(), w.bvar(0)));
      w.theorem("base", {}, identity_type(w), identity(w));
    });
  };
  const auto main =
      module_of({"Lib"}, [](OleanWriter& w) { w.theorem("main", {}, w.constant("Claim"), w.constant("lib")); });
  folder.write("Base.olean", base(true));
  folder.write("Lib.olean", lib);
  folder.write("Main.olean", main);
  for (const bool values : {true, false}) {
    LoadOptions options = with_path({folder.path()});
    folder.write("Base.olean", base(true));
    Loaded reference(options);
    reference.loader->add_module("Main");
    options.trusted = {reference.loader->digest(1), reference.loader->digest(2)};
    options.trusted_theorem_values = values;
    Loaded honest(options);
    honest.loader->load_module(honest.loader->add_module("Main"));
    CHECK(honest.check().status == CheckStatus::kAccepted && honest.check().trusted == (values ? 4 : 2));
    folder.write("Base.olean", base(false));
    Loaded attacked(options);
    attacked.loader->load_module(attacked.loader->add_module("Main"));
    const Report report = attacked.check();
    CHECK(report.status == CheckStatus::kRejected && report.trusted == 0);
    CHECK(attacked["lib"].value != kNone);  // loaded after all
    for (std::size_t i = 0; i < attacked.env.num_declarations(); ++i) {
      for (std::size_t j = 0; j < i; ++j) {
        CHECK(attacked.env.declaration(static_cast<DeclarationId>(i)).rank !=
              attacked.env.declaration(static_cast<DeclarationId>(j)).rank);
      }
    }
  }
}

TEST(a_file_that_changes_while_it_is_read_is_an_error) {
  const auto large = [] {  // more than is read at once
    return module_of({}, [](OleanWriter& w) {
      for (int i = 0; i < 4000; ++i) {
        Pointer value = identity(w);
        for (int k = 0; k < 4; ++k) value = w.let("x", w.prop(), w.prop(), value);
        w.theorem("t" + std::to_string(i), {}, identity_type(w), value);
      }
    });
  };
  Folder folder;
  const Bytes bytes = large();
  const std::string path = folder.write("M.olean", bytes);
  PrivateBytes file({{"M", path, {}}}, 1 << 30);
  CHECK(bytes.size() > (1 << 20) && file.bytes_read() == 0);
  const std::uint8_t* first = file.at(0, 100);
  CHECK(std::memcmp(first, bytes.data(), 100) == 0);
  CHECK(file.bytes_read() > 0 && file.bytes_read() <= (1 << 17));
  CHECK(std::memcmp(file.at(bytes.size() - 5, 5), bytes.data() + bytes.size() - 5, 5) == 0);
  fs::resize_file(path, bytes.size() / 2);
  CHECK_THROWS(file.at(bytes.size() / 2 - 10, 5), ErrorCode::kInput);
  CHECK_THROWS(file.complete(), ErrorCode::kInput);
  CHECK(file.at(0, 100) == first && std::memcmp(first, bytes.data(), 100) == 0);  // what was read stays
  fs::remove(path);
  CHECK_THROWS(file.at(bytes.size() / 2, 5), ErrorCode::kInput);
}

TEST(what_is_no_regular_file_is_refused) {
  Folder folder;
  Loaded m;
  CHECK_THROWS(m.loader->add_file(folder.path("missing.olean")), ErrorCode::kInput);
  CHECK_THROWS(m.loader->add_file(folder.path()), ErrorCode::kInput);
  CHECK_THROWS(m.loader->add_folder(folder.path("missing")), ErrorCode::kInput);
  CHECK_THROWS(PrivateBytes({{"d", folder.path(), {}}}, 1 << 20), ErrorCode::kInput);
}

TEST(a_folder_is_all_its_modules) {
  Folder folder;
  folder.write("B/C.olean", theorem_module("c", {"A"}, "a"));
  folder.write("A.olean", theorem_module("a"));
  folder.write("A.ilean", {1, 2, 3});
  Loaded m(with_path({folder.path()}));
  const std::vector<std::uint32_t> modules = m.loader->add_folder(folder.path());
  CHECK(modules.size() == 2 && m.env.modules()[modules[1]].name == "B.C");
  m.loader->load_modules(modules);
  CHECK(m.check().status == CheckStatus::kAccepted && m.env.num_declarations() == 2);
}

TEST(a_small_module_over_a_large_library_costs_what_it_reaches) {
  constexpr int kConstants = 100'000;
  Folder folder;
  {
    OleanWriter w({2, false, true, 0x7f0000000000});
    for (int i = 0; i < kConstants; ++i) {
      const std::string name = "Lib.Section" + std::to_string(i / 100) + ".theorem_" + std::to_string(i);
      Pointer value =
          i % 1000 == 0
              ? identity(w)
              : w.constant("Lib.Section" + std::to_string((i - 1) / 100) + ".theorem_" + std::to_string(i - 1));
      for (int k = 0; k < 3; ++k) value = w.let("x", w.sort(w.level_succ(w.box(0))), w.prop(), value);
      w.theorem(name, {}, identity_type(w), value);
    }
    folder.write("Lib.olean", w.finish());
  }
  folder.write("Main.olean", theorem_module("main", {"Lib"}, "Lib.Section500.theorem_50009"));
  const auto start = std::chrono::steady_clock::now();
  const std::clock_t cpu_start = std::clock();
  Loaded m(with_path({folder.path()}));
  m.loader->load_module(m.loader->add_module("Main"));
  const LoadStats stats = m.loader->stats();
  const Report report = m.check();
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  const double cpu = static_cast<double>(std::clock() - cpu_start) / CLOCKS_PER_SEC;
  std::printf("first verdict over %zu constants in %.1f MB: %.3f s (%.3f s of processor time)\n", stats.constants,
              static_cast<double>(stats.bytes) / 1e6, seconds, cpu);
  for (const Finding& f : report.findings) std::fprintf(stderr, "%s: %s\n", f.name.c_str(), f.detail.c_str());
  CHECK(report.status == CheckStatus::kAccepted && report.checked == 11);
  CHECK(stats.constants == kConstants + 1 && stats.loaded_constants == 11);
  CHECK(m.env.terms().size() < 100);
}

CHECK_MAIN()
