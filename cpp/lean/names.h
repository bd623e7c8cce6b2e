// Hierarchical names, interned: equal names have equal ids.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace verikit::lean {

using NameId = std::uint32_t;
inline constexpr NameId kAnonymous = 0;
inline constexpr std::uint32_t kNone = 0xFFFFFFFF;  // "no such thing", for any id

// Thread-safety: const members may run together; nothing else may.
class NameTable {
 public:
  NameTable();
  // ensures: the same id for the same components. requires: `prefix` is an id of this table.
  NameId string(NameId prefix, std::string_view text);
  NameId numeral(NameId prefix, std::uint64_t number);
  // From "A.b.c"; a component that is all digits is a numeral, «…» quotes a component. Interns.
  NameId parse(std::string_view dotted);
  // The id, or kNone where this table has no such name.
  [[nodiscard]] NameId find(std::string_view dotted) const;
  [[nodiscard]] NameId find_string(NameId prefix, std::string_view text) const;
  [[nodiscard]] NameId find_numeral(NameId prefix, std::uint64_t number) const;

  [[nodiscard]] NameId prefix(NameId id) const { return entries_[id].prefix; }
  [[nodiscard]] bool is_numeral(NameId id) const { return entries_[id].numeral; }
  // The last component; empty for the anonymous name and for numerals.
  [[nodiscard]] std::string_view text(NameId id) const { return entries_[id].text; }
  [[nodiscard]] std::uint64_t number(NameId id) const { return entries_[id].number; }
  [[nodiscard]] std::size_t size() const { return entries_.size(); }
  // "A.b.1"; a component that would not read back is written «…». "[anonymous]" for id 0.
  [[nodiscard]] std::string to_string(NameId id) const;
  [[nodiscard]] std::size_t bytes() const;

 private:
  struct Entry {
    NameId prefix;
    bool numeral;
    std::uint64_t number;
    std::string_view text;  // in text_
  };
  [[nodiscard]] std::size_t slot(NameId prefix, bool numeral, std::string_view text, std::uint64_t number) const;
  NameId add(std::size_t slot, Entry entry);
  std::string_view keep(std::string_view text);

  std::vector<Entry> entries_;
  std::vector<std::uint32_t> table_;  // id + 1, or 0; a power of two
  std::deque<std::string> text_;      // blocks that never move
  std::size_t text_bytes_ = 0;
};

}  // namespace verikit::lean
