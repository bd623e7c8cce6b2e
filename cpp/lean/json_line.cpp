#include "lean/json_line.h"

#include "lean/utf8.h"

namespace verikit::lean {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Four hexadecimal digits, or -1.
std::int32_t hex4(std::string_view text) {
  if (text.size() < 4) return -1;
  std::int32_t value = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    const char c = text[i];
    std::int32_t digit;
    if (is_digit(c)) {
      digit = c - '0';
    } else if (c >= 'a' && c <= 'f') {
      digit = c - 'a' + 10;
    } else if (c >= 'A' && c <= 'F') {
      digit = c - 'A' + 10;
    } else {
      return -1;
    }
    value = value << 4 | digit;
  }
  return value;
}

}  // namespace

void JsonLine::skip_space(std::size_t& at) const {
  while (at < line_.size() && (line_[at] == ' ' || line_[at] == '\t' || line_[at] == '\r' || line_[at] == '\n')) ++at;
}

// One escape, `at` behind its backslash. Surrogates must come in pairs: what is left is valid UTF-8.
bool JsonLine::escape(std::size_t& at) const {
  if (at >= line_.size()) return false;
  const char c = line_[at++];
  if (std::string_view("\"\\/bfnrt").find(c) != std::string_view::npos) return true;
  if (c != 'u') return false;
  const std::int32_t code = hex4(line_.substr(at));
  if (code < 0 || (code >= 0xDC00 && code <= 0xDFFF)) return false;
  at += 4;
  if (code < 0xD800 || code > 0xDFFF) return true;
  if (line_.substr(at, 2) != "\\u") return false;
  const std::int32_t low = hex4(line_.substr(at + 2));
  at += 6;
  return low >= 0xDC00 && low <= 0xDFFF;
}

bool JsonLine::string(std::size_t& at) {
  JsonToken token;
  token.type = JsonToken::Type::kString;
  const std::size_t begin = at + 1;
  for (std::size_t i = begin;;) {
    if (i >= line_.size()) return wrong("a string without its end", at);
    const char c = line_[i];
    if (c == '"') {
      token.begin = static_cast<std::uint32_t>(begin);
      token.length = static_cast<std::uint32_t>(i - begin);
      token.next = static_cast<std::uint32_t>(tokens_.size() + 1);
      tokens_.push_back(token);
      at = i + 1;
      return true;
    }
    if (static_cast<unsigned char>(c) < 0x20) return wrong("a control character in a string", i);
    ++i;
    if (c == '\\') {
      token.escaped = true;
      const std::size_t start = i - 1;
      if (!escape(i)) return wrong("an invalid escape in a string", start);
    }
  }
}

bool JsonLine::number(std::size_t& at) {
  JsonToken token;
  token.type = JsonToken::Type::kNumber;
  const std::size_t begin = at;
  std::size_t i = at;
  const auto digits = [&] {
    const std::size_t from = i;
    while (i < line_.size() && is_digit(line_[i])) ++i;
    return i - from;
  };
  if (line_[i] == '-') ++i;
  const std::size_t whole_at = i;
  const std::size_t whole = digits();
  if (whole == 0 || (whole > 1 && line_[whole_at] == '0')) return wrong("an invalid number", begin);
  if (i < line_.size() && line_[i] == '.') {
    ++i;
    if (digits() == 0) return wrong("an invalid number", begin);
  }
  if (i < line_.size() && (line_[i] == 'e' || line_[i] == 'E')) {
    ++i;
    if (i < line_.size() && (line_[i] == '+' || line_[i] == '-')) ++i;
    if (digits() == 0) return wrong("an invalid number", begin);
  }
  token.begin = static_cast<std::uint32_t>(begin);
  token.length = static_cast<std::uint32_t>(i - begin);
  token.next = static_cast<std::uint32_t>(tokens_.size() + 1);
  tokens_.push_back(token);
  at = i;
  return true;
}

bool JsonLine::word(std::size_t& at, std::string_view expected, JsonToken::Type type) {
  if (line_.substr(at, expected.size()) != expected) return wrong("neither a value nor a closing bracket", at);
  JsonToken token;
  token.type = type;
  token.begin = static_cast<std::uint32_t>(at);
  token.length = static_cast<std::uint32_t>(expected.size());
  token.next = static_cast<std::uint32_t>(tokens_.size() + 1);
  tokens_.push_back(token);
  at += expected.size();
  return true;
}

bool JsonLine::parse(std::string_view line) {
  line_ = line;
  tokens_.clear();
  open_.clear();
  std::size_t at = 0;
  const auto in_object = [&] { return !open_.empty() && tokens_[open_.back()].type == JsonToken::Type::kObject; };
  bool first = true;  // nothing yet in the innermost bracket
  for (;;) {
    // Here a value is due, or a key and a value, or the end of an empty bracket.
    skip_space(at);
    if (at >= line_.size()) return wrong("the line ends too early", at);
    bool closed = false;
    if (first && !open_.empty() && line_[at] == (in_object() ? '}' : ']')) {
      closed = true;
    } else {
      if (in_object()) {
        if (line_[at] != '"') return wrong("expected a key", at);
        if (!string(at)) return false;
        skip_space(at);
        if (at >= line_.size() || line_[at] != ':') return wrong("expected ':'", at);
        ++at;
        skip_space(at);
        if (at >= line_.size()) return wrong("the line ends too early", at);
      }
      const char c = line_[at];
      if (c == '{' || c == '[') {
        JsonToken token;
        token.type = c == '{' ? JsonToken::Type::kObject : JsonToken::Type::kArray;
        token.begin = static_cast<std::uint32_t>(at);
        open_.push_back(static_cast<std::uint32_t>(tokens_.size()));
        tokens_.push_back(token);
        ++at;
        first = true;
        continue;
      }
      bool good;
      if (c == '"') {
        good = string(at);
      } else if (c == '-' || is_digit(c)) {
        good = number(at);
      } else if (c == 't') {
        good = word(at, "true", JsonToken::Type::kTrue);
      } else if (c == 'f') {
        good = word(at, "false", JsonToken::Type::kFalse);
      } else {
        good = word(at, "null", JsonToken::Type::kNull);
      }
      if (!good) return false;
    }
    // A value is complete, or a bracket closes: what follows is a comma or the bracket around.
    for (;;) {
      if (!closed) {
        skip_space(at);
        if (open_.empty()) {
          return at == line_.size() || wrong("more than one value on the line", at);
        }
        if (at >= line_.size()) return wrong("the line ends too early", at);
        if (line_[at] == ',') {
          ++at;
          first = false;
          break;
        }
        if (line_[at] != (in_object() ? '}' : ']')) return wrong("expected ',' or a closing bracket", at);
      }
      ++at;
      tokens_[open_.back()].next = static_cast<std::uint32_t>(tokens_.size());
      open_.pop_back();
      closed = false;
    }
  }
}

std::string_view JsonLine::text(std::uint32_t i) {
  const std::string_view in = raw(i);
  if (!tokens_[i].escaped) return in;
  scratch_.clear();
  for (std::size_t at = 0; at < in.size();) {
    if (in[at] != '\\') {
      scratch_ += in[at++];
      continue;
    }
    const char c = in[at + 1];
    at += 2;
    switch (c) {
      case 'b': scratch_ += '\b'; break;
      case 'f': scratch_ += '\f'; break;
      case 'n': scratch_ += '\n'; break;
      case 'r': scratch_ += '\r'; break;
      case 't': scratch_ += '\t'; break;
      case 'u': {
        auto code = static_cast<std::uint32_t>(hex4(in.substr(at)));
        at += 4;
        if (code >= 0xD800 && code <= 0xDFFF) {
          code = 0x10000 + ((code - 0xD800) << 10) + (static_cast<std::uint32_t>(hex4(in.substr(at + 2))) - 0xDC00);
          at += 6;
        }
        append_utf8(scratch_, code);
        break;
      }
      default: scratch_ += c; break;
    }
  }
  return scratch_;
}

bool JsonLine::natural(std::uint32_t i, std::uint64_t& value) const {
  if (tokens_[i].type != JsonToken::Type::kNumber) return false;
  value = 0;
  for (const char c : raw(i)) {
    if (!is_digit(c)) return false;
    const auto digit = static_cast<std::uint64_t>(c - '0');
    if (value > (~std::uint64_t{0} - digit) / 10) return false;
    value = value * 10 + digit;
  }
  return true;
}

}  // namespace verikit::lean
