// One line of JSON as a flat list of tokens: no recursion, 16 bytes a token, text not copied.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace verikit::lean {

struct JsonToken {
  enum class Type : std::uint8_t { kObject, kArray, kString, kNumber, kTrue, kFalse, kNull };
  std::uint32_t begin = 0;   // offset in the line; of strings: after the quote
  std::uint32_t length = 0;  // of strings and numbers
  std::uint32_t next = 0;    // the token after this value; children of objects are key, value, key, value, …
  Type type = Type::kNull;
  bool escaped = false;      // a string with backslashes
};
static_assert(sizeof(JsonToken) == 16);

class JsonLine {
 public:
  // Parses a whole line: one value with white space around it. requires: valid UTF-8, shorter than 4 GiB. False where
  // it is no JSON; error() and error_at() then say why and where.
  bool parse(std::string_view line);

  [[nodiscard]] const JsonToken& operator[](std::uint32_t i) const { return tokens_[i]; }
  [[nodiscard]] std::string_view raw(std::uint32_t i) const {
    return line_.substr(tokens_[i].begin, tokens_[i].length);
  }
  // A string with its escapes carried out. The view lives until the next call, or as long as the line.
  [[nodiscard]] std::string_view text(std::uint32_t i);
  // A key or string, whatever its escapes, is `expected`.
  [[nodiscard]] bool is(std::uint32_t i, std::string_view expected) {
    return tokens_[i].escaped ? text(i) == expected : raw(i) == expected;
  }
  // False unless it is a number of digits alone that fits.
  [[nodiscard]] bool natural(std::uint32_t i, std::uint64_t& value) const;
  [[nodiscard]] const char* error() const { return error_; }
  [[nodiscard]] std::size_t error_at() const { return error_at_; }

 private:
  bool wrong(const char* what, std::size_t at) {
    error_ = what;
    error_at_ = at;
    return false;
  }
  bool string(std::size_t& at);
  bool number(std::size_t& at);
  bool word(std::size_t& at, std::string_view word, JsonToken::Type type);
  [[nodiscard]] bool escape(std::size_t& at) const;
  void skip_space(std::size_t& at) const;

  std::string_view line_;
  std::vector<JsonToken> tokens_;
  std::vector<std::uint32_t> open_;  // objects and arrays that are not closed yet
  std::string scratch_;
  const char* error_ = "";
  std::size_t error_at_ = 0;
};

}  // namespace verikit::lean
