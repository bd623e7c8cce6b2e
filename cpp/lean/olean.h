// One module's compiled file: the header, the objects, and the constants as terms.
//
// Reads header versions 2 and 3 (Lean 4.2x on; the module system's .olean, .olean.server and .olean.private share one
// address space), 1, and the form before that. Everything in the file is input: each pointer, size, tag and count is
// checked where it is used; cached hashes and flags are ignored; a structure that runs in a circle is found. Work and
// memory are linear in the bytes, and nothing recurses.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>

#include "lean/environment.h"
#include "lean/private_bytes.h"
#include "lean/readers.h"
#include "lean/zero_array.h"

namespace verikit::lean {

// Whether the bytes begin like a .olean file.
bool is_olean(std::span<const std::uint8_t> bytes);

// Thread-safety: none; nor may anything else change `into` during a call.
class OleanModule {
 public:
  struct Entry {
    NameId name;
    ConstantKind kind;
    std::uint64_t at;  // for `load`
  };
  // parts: the .olean, then .olean.server and .olean.private where there are any; the constants are the last part's.
  // Reads the imports and every constant's name and kind. Throws ExportFormatError, naming the file and the offset.
  // requires: `into` outlives this.
  OleanModule(const std::vector<ByteSource>& parts, Environment& into, const ReadLimits& limits = {});
  ~OleanModule();
  // Whether the file says that it is of the module system; reads its first and last bytes only.
  static bool is_module_file(const ByteSource& file, const ReadLimits& limits = {});

  [[nodiscard]] const std::string& name() const { return bytes_.parts().front().name; }
  [[nodiscard]] const std::vector<NameId>& imports() const { return imports_; }
  [[nodiscard]] const std::vector<Entry>& constants() const { return constants_; }
  [[nodiscard]] bool is_module() const { return is_module_; }
  [[nodiscard]] const std::string& lean_version() const { return lean_version_; }
  [[nodiscard]] std::uint64_t bytes() const { return bytes_.size(); }
  [[nodiscard]] std::uint64_t bytes_read() const { return bytes_.bytes_read(); }

  // Everything of the constant but the value of a definition, theorem or opaque constant. requires: `at` is an entry's;
  // `constant` has its name. ensures: constant.loaded.
  void load(Constant& constant, std::uint64_t at);
  // ensures: constant.value_loaded. requires: as for `load`.
  void load_value(Constant& constant, std::uint64_t at);

  // Hex. One part: the SHA-256 of the file. More: the SHA-256 of the parts' digests (32 bytes each) in order. Reads
  // everything; what is loaded afterwards comes from the bytes that were digested.
  std::string digest();

 private:
  struct Part {
    std::uint64_t base = 0, begin = 0, end = 0, root = 0;  // base, root: the file's addresses
  };
  struct Object {  // a constructor
    std::uint64_t at = 0;
    std::uint8_t tag = 0, pointers = 0;
    const std::uint8_t* fields = nullptr;
    const std::uint8_t* scalars = nullptr;
    std::uint32_t scalar_bytes = 0;
    [[nodiscard]] std::uint64_t field(std::uint32_t i) const;
  };

  struct HeadersOnly {};
  OleanModule(const std::vector<ByteSource>& parts, Environment& into, const ReadLimits& limits, HeadersOnly);
  void read_header(std::size_t part);
  Object read_root();
  void read_index();

  [[noreturn]] void bad(std::uint64_t at, const std::string& expected, const std::string& got) const;
  [[noreturn]] void bad_object(const Object& object, const std::string& expected) const;
  [[nodiscard]] const Part& part_of(std::uint64_t at) const;
  std::uint64_t resolve(std::uint64_t pointer, std::uint64_t from, const char* expected);
  std::uint8_t tag_at(std::uint64_t at, const char* expected);
  Object object_at(std::uint64_t at, const char* expected);
  Object object(std::uint64_t pointer, std::uint64_t from, const char* expected);
  // A constructor with that tag, so many pointers, and at least so many bytes of scalars.
  Object object(std::uint64_t pointer, std::uint64_t from, int tag, int pointers, std::uint32_t scalars,
                const char* expected);
  void spend(std::uint64_t amount);

  std::pair<std::uint64_t, std::uint64_t> array(std::uint64_t pointer, std::uint64_t from,
                                                const char* expected);  // at, size
  std::uint64_t element(std::uint64_t array_at, std::uint64_t index);
  std::string_view string(std::uint64_t pointer, std::uint64_t from);
  BigNat big_nat(std::uint64_t at);
  BigNat natural(std::uint64_t pointer, std::uint64_t from);
  std::uint64_t count(std::uint64_t pointer, std::uint64_t from, const char* expected);
  bool flag(const Object& object, std::uint32_t scalar);
  NameId name(std::uint64_t pointer, std::uint64_t from);
  std::vector<NameId> name_list(std::uint64_t pointer, std::uint64_t from);
  LevelId level(std::uint64_t pointer, std::uint64_t from);
  LevelsId level_list(std::uint64_t pointer, std::uint64_t from);
  TermId term(std::uint64_t pointer, std::uint64_t from);
  TermId leaf(const Object& o);
  TermId known_term(std::uint64_t at) const;

  Object constant_value(std::uint64_t at);
  void load_inductive(Constant& constant, const Object& value);
  void load_constructor(Constant& constant, const Object& value);
  void load_recursor(Constant& constant, const Object& value);

  Environment& env_;
  ReadLimits limits_;
  PrivateBytes bytes_;
  std::vector<Part> parts_;
  int version_ = 0;
  bool gmp_ = true, is_module_ = false;
  std::string lean_version_;
  std::vector<NameId> imports_;
  std::vector<Entry> constants_;
  std::string digest_;
  NameId current_ = kNone;  // the constant being loaded, for messages
  std::uint64_t work_ = 0, work_limit_ = 0;
  ZeroArray memo_{0};  // by address / 8: the name or the term read there, its sort in the top bits
  boost::unordered_flat_map<std::uint64_t, LevelId> levels_;        // kNone: being read
  boost::unordered_flat_map<std::uint64_t, LevelsId> level_lists_;  // by address
  std::vector<std::uint64_t> stack_;
  std::vector<LevelId> level_buffer_;
};

}  // namespace verikit::lean
