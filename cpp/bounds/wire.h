// Protobuf's wire format, read by hand and total on any bytes: every length is checked against what is
// left before anything is touched. A reader of one message is a loop over next() and one getter per field.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace verikit::bounds {

static_assert(std::endian::native == std::endian::little, "the wire format is read by memcpy");

class WireReader {
 public:
  // `base` is the offset of `bytes` in the whole file; `what` names the message (static storage).
  WireReader(std::string_view bytes, std::size_t base, const char* what)
      : bytes_(bytes), base_(base), what_(what) {}

  // Moves to the next field; false at the end of the message. The field must then be read by exactly one
  // getter, or skipped.
  bool next() {
    if (at_ == bytes_.size()) return false;
    field_at_ = at_;
    const std::uint64_t key = raw_varint();
    if (key > 0xFFFFFFFFu || (key >> 3) == 0) bad("a field number is zero or too large");
    field_ = static_cast<std::uint32_t>(key >> 3);
    type_ = static_cast<int>(key & 7);
    if (type_ == 3 || type_ == 4) bad("groups are not part of ONNX");
    if (type_ > 5) bad("unknown wire type " + std::to_string(type_));
    return true;
  }
  [[nodiscard]] std::uint32_t field() const { return field_; }

  void skip() {
    switch (type_) {
      case 0: raw_varint(); break;
      case 1: take(8); break;
      case 2: take(raw_varint()); break;
      default: take(4); break;
    }
  }
  std::int64_t integer() {
    expect(0);
    return static_cast<std::int64_t>(raw_varint());
  }
  // int32 and enum fields: protobuf keeps the low 32 bits.
  std::int32_t integer32() { return static_cast<std::int32_t>(static_cast<std::uint64_t>(integer())); }
  float real32() {
    expect(5);
    return load<float>(take(4));
  }
  std::string_view bytes() {
    expect(2);
    return take(raw_varint());
  }
  // A name: bytes that must be UTF-8, since they end up in messages.
  std::string text() {
    const std::string_view value = bytes();
    if (!is_utf8(value)) bad("text is not UTF-8");
    return std::string(value);
  }
  WireReader message(const char* what) {
    const std::string_view value = bytes();
    return WireReader(value, base_ + static_cast<std::size_t>(value.data() - bytes_.data()), what);
  }
  // Repeated numeric fields come packed or one by one; both may be mixed. `left` is the number of elements
  // that may still be added.
  template <class Sink>
  void repeated_varint(std::size_t& left, Sink&& sink) {
    if (type_ == 2) {
      WireReader packed = message(what_);
      while (packed.at_ != packed.bytes_.size()) sink(counted(left, static_cast<std::int64_t>(packed.raw_varint())));
    } else {
      sink(counted(left, integer()));
    }
  }
  template <class T, class Sink>
  void repeated_fixed(std::size_t& left, Sink&& sink) {
    if (type_ == 2) {
      const std::string_view all = bytes();
      if (all.size() % sizeof(T) != 0) bad("a packed field ends inside an element");
      for (std::size_t i = 0; i < all.size(); i += sizeof(T)) sink(counted(left, load<T>(all.substr(i))));
    } else {
      expect(sizeof(T) == 4 ? 5 : 1);
      sink(counted(left, load<T>(take(sizeof(T)))));
    }
  }

  [[noreturn]] void bad(const std::string& message) const {
    fail(ErrorCode::kModelFormat, "malformed ONNX file: " + std::string(what_) + " at byte " +
                                      std::to_string(base_ + field_at_) +
                                      (field_ != 0 ? ", field " + std::to_string(field_) : "") + ": " + message);
  }

  template <class T>
  static T load(std::string_view at) {
    T value;
    std::memcpy(&value, at.data(), sizeof(T));
    return value;
  }

 private:
  template <class T>
  T counted(std::size_t& left, T value) const {
    if (left == 0) bad("more elements than the limit allows");
    --left;
    return value;
  }
  void expect(int type) const {
    if (type_ != type) {
      bad("expected wire type " + std::to_string(type) + ", got " + std::to_string(type_));
    }
  }
  std::string_view take(std::uint64_t size) {
    if (size > bytes_.size() - at_) {
      bad("truncated: " + std::to_string(size) + " bytes wanted, " + std::to_string(bytes_.size() - at_) + " left");
    }
    const std::string_view out = bytes_.substr(at_, static_cast<std::size_t>(size));
    at_ += static_cast<std::size_t>(size);
    return out;
  }
  std::uint64_t raw_varint() {
    std::uint64_t value = 0;
    for (int shift = 0; shift < 70; shift += 7) {
      if (at_ == bytes_.size()) bad("truncated inside a number");
      const auto byte = static_cast<unsigned char>(bytes_[at_++]);
      if (shift == 63 && byte > 1) bad("a number does not fit 64 bits");
      value |= static_cast<std::uint64_t>(byte & 0x7F) << shift;
      if ((byte & 0x80) == 0) return value;
    }
    bad("a number does not end");
  }
  static bool is_utf8(std::string_view text) {
    for (std::size_t i = 0; i < text.size();) {
      const auto c = static_cast<unsigned char>(text[i]);
      int more = 0;
      std::uint32_t code = 0;
      if (c < 0x80) { ++i; continue; }
      if (c >= 0xC2 && c <= 0xDF) { more = 1; code = c & 0x1Fu; }
      else if (c >= 0xE0 && c <= 0xEF) { more = 2; code = c & 0x0Fu; }
      else if (c >= 0xF0 && c <= 0xF4) { more = 3; code = c & 0x07u; }
      else return false;
      if (text.size() - i <= static_cast<std::size_t>(more)) return false;
      for (int k = 1; k <= more; ++k) {
        const auto d = static_cast<unsigned char>(text[i + static_cast<std::size_t>(k)]);
        if ((d & 0xC0) != 0x80) return false;
        code = (code << 6) | (d & 0x3Fu);
      }
      if ((more == 2 && (code < 0x800 || (code >= 0xD800 && code <= 0xDFFF))) ||
          (more == 3 && (code < 0x10000 || code > 0x10FFFF))) {
        return false;
      }
      i += static_cast<std::size_t>(more) + 1;
    }
    return true;
  }

  std::string_view bytes_;
  std::size_t base_;
  const char* what_;
  std::size_t at_ = 0, field_at_ = 0;
  std::uint32_t field_ = 0;
  int type_ = 0;
};

}  // namespace verikit::bounds
