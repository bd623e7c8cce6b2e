// Tokens of SMT-LIB text, on which VNN-LIB is built.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/excerpt.h"

namespace verikit::bounds {

struct Token {
  enum class Kind : unsigned char { kOpen, kClose, kAtom, kEnd };
  Kind kind = Kind::kEnd;
  std::size_t offset = 0;
  std::string_view text;
};

// Total on any bytes: whatever is not a space, a parenthesis or a comment belongs to an atom. Strings "..."
// and quoted symbols |...| are one atom each.
class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) {
    if (text_.substr(0, 3) == "\xEF\xBB\xBF") at_ = 3;  // byte order mark
    advance();
  }

  [[nodiscard]] const Token& peek() const { return token_; }
  Token next() {
    const Token result = token_;
    advance();
    return result;
  }

  // "line 3, column 7": counted when it is needed, from 1, in bytes.
  [[nodiscard]] std::string place(std::size_t offset) const {
    const std::string_view before = text_.substr(0, offset);
    const auto line = 1 + std::count(before.begin(), before.end(), '\n');
    const std::size_t start = before.rfind('\n') + 1;  // npos + 1 is 0
    return "line " + std::to_string(line) + ", column " + std::to_string(offset - start + 1);
  }
  [[noreturn]] void fail_at(std::size_t offset, ErrorCode code, const std::string& message) const {
    fail(code, place(offset) + ": " + message);
  }

 private:
  static bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
  static bool ends_atom(char c) {
    return is_space(c) || c == '(' || c == ')' || c == ';' || c == '"' || c == '|';
  }

  void advance() {
    while (at_ < text_.size()) {
      if (is_space(text_[at_])) {
        ++at_;
      } else if (text_[at_] == ';') {
        at_ = std::min(text_.find('\n', at_), text_.size());
      } else {
        break;
      }
    }
    token_.offset = at_;
    if (at_ == text_.size()) {
      token_.kind = Token::Kind::kEnd;
      token_.text = {};
      return;
    }
    const char first = text_[at_++];
    if (first == '(' || first == ')') {
      token_.kind = first == '(' ? Token::Kind::kOpen : Token::Kind::kClose;
    } else {
      token_.kind = Token::Kind::kAtom;
      if (first == '"' || first == '|') {
        const std::size_t close = text_.find(first, at_);
        if (close == std::string_view::npos) {
          fail_at(token_.offset, ErrorCode::kPropertyFormat, std::string("a ") + first + " is never closed");
        }
        at_ = close + 1;
      } else {
        while (at_ < text_.size() && !ends_atom(text_[at_])) ++at_;
      }
    }
    token_.text = text_.substr(token_.offset, at_ - token_.offset);
  }

  std::string_view text_;
  std::size_t at_ = 0;
  Token token_;
};

}  // namespace verikit::bounds
