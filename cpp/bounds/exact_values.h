// Vectors of exact numbers over one common denominator, for evaluate_exact: dot products become
// multiply-adds of machine words, and nothing is ever reduced by a gcd.
#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <vector>

#include "base/error.h"
#include "bounds/property.h"

namespace verikit::bounds {

using Word = std::uint64_t;
__extension__ typedef unsigned __int128 DoubleWord;

// A double as sign * (high, low) * 2^(64 * offset) * 2^base, for a base common to many: ready to multiply by.
struct AlignedWeight {
  Word low = 0, high = 0;
  std::uint32_t offset = 0;
  std::int32_t sign = 0;  // 0 for zero
};

// value = mantissa * 2^exponent with an odd mantissa; mantissa 0 for zero.
struct Dyadic {
  std::uint64_t mantissa = 0;
  int exponent = 0;
  std::int32_t sign = 0;

  explicit Dyadic(double value) {
    if (value == 0) return;
    const auto bits = std::bit_cast<std::uint64_t>(value);
    const int field = static_cast<int>((bits >> 52) & 0x7FF);
    mantissa = bits & ((std::uint64_t{1} << 52) - 1);
    if (field != 0) mantissa |= std::uint64_t{1} << 52;
    exponent = (field == 0 ? 1 : field) - 1075;
    const int zeros = std::countr_zero(mantissa);
    mantissa >>= zeros;
    exponent += zeros;
    sign = (bits >> 63) != 0 ? -1 : 1;
  }
  // requires: base <= exponent
  [[nodiscard]] AlignedWeight align(std::int64_t base) const {
    if (sign == 0) return {};
    const auto shift = static_cast<std::uint64_t>(exponent - base);
    const DoubleWord wide = static_cast<DoubleWord>(mantissa) << (shift % 64);
    return {static_cast<Word>(wide), static_cast<Word>(wide >> 64), static_cast<std::uint32_t>(shift / 64), sign};
  }
  // The position above the highest bit, after aligning.
  [[nodiscard]] std::int64_t end_bit(std::int64_t base) const {
    return sign == 0 ? 0 : exponent - base + std::bit_width(mantissa);
  }
};

// sum += weight * value, as magnitudes. requires: sum is long enough for all that will be added to it.
inline void multiply_add(Word* sum, const AlignedWeight& weight, const Word* value, std::size_t words) {
  Word* at = sum + weight.offset;
  Word carry = 0;
  std::size_t i = 0;
  for (; i < words; ++i) {
    const DoubleWord t = static_cast<DoubleWord>(weight.low) * value[i] + at[i] + carry;
    at[i] = static_cast<Word>(t);
    carry = static_cast<Word>(t >> 64);
  }
  for (; carry != 0; ++i) {
    at[i] += carry;
    carry = at[i] < carry ? 1 : 0;
  }
  if (weight.high == 0) return;
  const AlignedWeight high{weight.high, 0, weight.offset + 1, weight.sign};
  multiply_add(sum, high, value, words);
}

// Elements sign * magnitude / (D^power * 2^shift), D the odd common denominator of the network's input.
class ExactValues {
 public:
  ExactValues() = default;
  ExactValues(Index size, std::size_t words, std::int64_t shift, int power)
      : shift_(shift), power_(power), words_(words), sign_(static_cast<std::size_t>(size), 0) {
    // 2^27 words: one gigabyte.
    if (words_ != 0 && sign_.size() > (std::size_t{1} << 27) / words_) {
      fail(ErrorCode::kMemoryLimit, "exact evaluation needs numbers of " + std::to_string(words_) +
                                        " words; the network is too deep for it");
    }
    magnitude_.assign(sign_.size() * words_, 0);
  }

  [[nodiscard]] std::size_t size() const { return sign_.size(); }
  [[nodiscard]] std::size_t words() const { return words_; }
  [[nodiscard]] std::int64_t shift() const { return shift_; }
  [[nodiscard]] int power() const { return power_; }
  [[nodiscard]] const Word* magnitude(std::size_t i) const { return magnitude_.data() + i * words_; }
  [[nodiscard]] Word* magnitude(std::size_t i) { return magnitude_.data() + i * words_; }
  [[nodiscard]] int sign(std::size_t i) const { return sign_[i]; }
  void set_sign(std::size_t i, int sign) { sign_[i] = static_cast<std::int8_t>(sign); }
  void set_zero(std::size_t i) {
    sign_[i] = 0;
    std::fill_n(magnitude(i), words_, 0);
  }
  // requires: the same scale and number of words.
  void copy(std::size_t i, const ExactValues& from, std::size_t j) {
    sign_[i] = from.sign_[j];
    std::copy_n(from.magnitude(j), words_, magnitude(i));
  }
  // element i := positive - negative, magnitudes of words() each
  void set_difference(std::size_t i, const Word* positive, const Word* negative) {
    const int order = compare_words(positive, negative, words_);
    sign_[i] = static_cast<std::int8_t>(order);
    const Word* larger = order >= 0 ? positive : negative;
    const Word* smaller = order >= 0 ? negative : positive;
    Word borrow = 0;
    for (std::size_t w = 0; w < words_; ++w) {
      const Word difference = larger[w] - smaller[w];
      const Word next = static_cast<Word>(larger[w] < smaller[w]) | static_cast<Word>(difference < borrow);
      magnitude(i)[w] = difference - borrow;
      borrow = next;
    }
  }

  static int compare_words(const Word* a, const Word* b, std::size_t words) {
    for (std::size_t w = words; w-- > 0;) {
      if (a[w] != b[w]) return a[w] < b[w] ? -1 : 1;
    }
    return 0;
  }
  // -1, 0, 1 as element i is below, equal to or above element j of other. requires: as for copy.
  [[nodiscard]] int compare(std::size_t i, const ExactValues& other, std::size_t j) const {
    if (sign_[i] != other.sign_[j]) return sign_[i] < other.sign_[j] ? -1 : 1;
    return sign_[i] * compare_words(magnitude(i), other.magnitude(j), words_);
  }

  // Drops leading words and common trailing bits that are zero in all elements.
  void trim();

  // The same numbers over D^power * 2^shift. requires: power >= power(), shift >= shift(); denominator is D.
  [[nodiscard]] ExactValues rescaled(std::int64_t shift, int power, const std::vector<Word>& denominator) const;
  // The same numbers in more words each. requires: words >= words()
  [[nodiscard]] ExactValues padded(std::size_t words) const;

  [[nodiscard]] Rational to_rational(std::size_t i, const std::vector<Word>& denominator) const;

 private:
  std::int64_t shift_ = 0;
  int power_ = 0;
  std::size_t words_ = 0;
  std::vector<std::int8_t> sign_;
  std::vector<Word> magnitude_;  // [size][words], least significant word first
};

boost::multiprecision::cpp_int to_integer(const Word* words, std::size_t count);
std::vector<Word> to_words(const boost::multiprecision::cpp_int& magnitude);
// D^power, at least one word.
std::vector<Word> power_words(const std::vector<Word>& denominator, int power);

}  // namespace verikit::bounds
