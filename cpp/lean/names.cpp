#include "lean/names.h"

#include <algorithm>
#include <cstring>

#include "base/error.h"
#include "lean/hash.h"

namespace verikit::lean {
namespace {

constexpr std::size_t kBlock = std::size_t{1} << 16;

std::uint64_t hash_text(std::string_view text) {
  std::uint64_t h = text.size() * 0x9E3779B97F4A7C15ull;
  std::size_t i = 0;
  for (; i + 8 <= text.size(); i += 8) {
    std::uint64_t word;
    std::memcpy(&word, text.data() + i, 8);
    h = mix(h, word);
  }
  std::uint64_t tail = 0;
  if (i < text.size()) std::memcpy(&tail, text.data() + i, text.size() - i);
  return mix(h, tail + 1);
}

std::uint64_t hash_entry(NameId prefix, bool numeral, std::string_view text, std::uint64_t number) {
  return mix(prefix * 2ull + (numeral ? 1 : 0), numeral ? number : hash_text(text));
}

// Whether Lean's printer would write the component without «».
bool plain(std::string_view text) {
  if (text.empty() || (text[0] >= '0' && text[0] <= '9')) return false;
  return std::all_of(text.begin(), text.end(), [](char c) {
    const auto u = static_cast<unsigned char>(c);
    return u >= 0x80 || (u >= '0' && u <= '9') || (u >= 'a' && u <= 'z') || (u >= 'A' && u <= 'Z') || u == '_' || u == '\'' ||
           u == '!' || u == '?';
  });
}

// Calls component(text, is_numeral, number) for each component.
template <class F>
void each_component(std::string_view dotted, F&& component) {
  constexpr std::string_view kOpen = "«", kClose = "»";
  std::size_t i = 0;
  while (i < dotted.size()) {
    std::string_view text;
    bool quoted = false;
    if (dotted.substr(i, kOpen.size()) == kOpen) {
      const std::size_t end = dotted.find(kClose, i);
      if (end != std::string_view::npos) {
        text = dotted.substr(i + kOpen.size(), end - i - kOpen.size());
        i = end + kClose.size();
        quoted = true;
      }
    }
    if (!quoted) {
      const std::size_t end = std::min(dotted.find('.', i), dotted.size());
      text = dotted.substr(i, end - i);
      i = end;
    }
    if (i < dotted.size() && dotted[i] == '.') ++i;
    const bool numeral = !quoted && !text.empty() && text.size() <= 19 &&
                         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
    std::uint64_t number = 0;
    if (numeral) {
      for (const char c : text) number = number * 10 + static_cast<std::uint64_t>(c - '0');
    }
    component(text, numeral, number);
  }
}

}  // namespace

NameTable::NameTable() : table_(64, 0) { entries_.push_back({kAnonymous, false, 0, {}}); }

std::size_t NameTable::slot(NameId prefix, bool numeral, std::string_view text, std::uint64_t number) const {
  const std::size_t wrap = table_.size() - 1;
  for (std::size_t i = hash_entry(prefix, numeral, text, number) & wrap;; i = (i + 1) & wrap) {
    if (table_[i] == 0) return i;
    const Entry& e = entries_[table_[i] - 1];
    if (e.prefix == prefix && e.numeral == numeral && e.number == number && e.text == text) return i;
  }
}

std::string_view NameTable::keep(std::string_view text) {
  if (text.empty()) return {};
  text_bytes_ += text.size();
  if (text_.empty() || text_.back().capacity() - text_.back().size() < text.size()) {
    text_.emplace_back();
    text_.back().reserve(std::max(kBlock, text.size()));
  }
  std::string& block = text_.back();
  const std::size_t begin = block.size();
  block.append(text);
  return {block.data() + begin, text.size()};
}

NameId NameTable::add(std::size_t at, Entry entry) {
  const auto id = static_cast<NameId>(entries_.size());
  if (id >= (NameId{1} << 30)) fail(ErrorCode::kMemoryLimit, "more than 2^30 names in one environment");
  entries_.push_back(entry);
  table_[at] = id + 1;
  if (entries_.size() * 2 > table_.size()) {
    std::vector<std::uint32_t> old(table_.size() * 2, 0);
    table_.swap(old);
    for (NameId i = 1; i <= id; ++i) {
      const Entry& e = entries_[i];
      const std::size_t wrap = table_.size() - 1;
      std::size_t s = hash_entry(e.prefix, e.numeral, e.text, e.number) & wrap;
      while (table_[s] != 0) s = (s + 1) & wrap;
      table_[s] = i + 1;
    }
  }
  return id;
}

NameId NameTable::string(NameId prefix, std::string_view text) {
  const std::size_t s = slot(prefix, false, text, 0);
  if (table_[s] != 0) return table_[s] - 1;
  return add(s, {prefix, false, 0, keep(text)});
}

NameId NameTable::numeral(NameId prefix, std::uint64_t number) {
  const std::size_t s = slot(prefix, true, {}, number);
  if (table_[s] != 0) return table_[s] - 1;
  return add(s, {prefix, true, number, {}});
}

NameId NameTable::find_string(NameId prefix, std::string_view text) const {
  const std::size_t s = slot(prefix, false, text, 0);
  return table_[s] == 0 ? kNone : table_[s] - 1;
}

NameId NameTable::find_numeral(NameId prefix, std::uint64_t number) const {
  const std::size_t s = slot(prefix, true, {}, number);
  return table_[s] == 0 ? kNone : table_[s] - 1;
}

NameId NameTable::parse(std::string_view dotted) {
  NameId id = kAnonymous;
  each_component(dotted, [&](std::string_view text, bool is_numeral, std::uint64_t number) {
    id = is_numeral ? numeral(id, number) : string(id, text);
  });
  return id;
}

NameId NameTable::find(std::string_view dotted) const {
  NameId id = kAnonymous;
  each_component(dotted, [&](std::string_view text, bool is_numeral, std::uint64_t number) {
    if (id != kNone) id = is_numeral ? find_numeral(id, number) : find_string(id, text);
  });
  return id;
}

std::string NameTable::to_string(NameId id) const {
  if (id == kAnonymous) return "[anonymous]";
  if (id >= entries_.size()) return "[auxiliary]";
  std::vector<NameId> parts;
  for (; id != kAnonymous; id = entries_[id].prefix) parts.push_back(id);
  std::string out;
  for (std::size_t i = parts.size(); i-- > 0;) {
    const Entry& e = entries_[parts[i]];
    if (!out.empty()) out += '.';
    if (e.numeral) {
      out += std::to_string(e.number);
    } else if (plain(e.text)) {
      out += e.text;
    } else {
      out.append("«").append(e.text).append("»");
    }
  }
  return out;
}

std::size_t NameTable::bytes() const {
  return entries_.capacity() * sizeof(Entry) + table_.capacity() * sizeof(std::uint32_t) + text_bytes_;
}

}  // namespace verikit::lean
