#include "bounds/exact_values.h"

#include <limits>

namespace verikit::bounds {

namespace mp = boost::multiprecision;

mp::cpp_int to_integer(const Word* words, std::size_t count) {
  mp::cpp_int result;
  mp::import_bits(result, words, words + count, 64, false);
  return result;
}

std::vector<Word> to_words(const mp::cpp_int& magnitude) {
  std::vector<Word> result;
  mp::export_bits(magnitude, std::back_inserter(result), 64, false);
  if (result.empty()) result.push_back(0);
  return result;
}

std::vector<Word> power_words(const std::vector<Word>& denominator, int power) {
  const mp::cpp_int base = to_integer(denominator.data(), denominator.size());
  if (power > 0 && static_cast<double>(mp::msb(base)) * power > 1e8) {
    fail(ErrorCode::kMemoryLimit, "exact evaluation needs a denominator that is too long");
  }
  return to_words(mp::pow(base, static_cast<unsigned>(power)));
}

void ExactValues::trim() {
  std::size_t used = 0;
  std::int64_t zeros = std::numeric_limits<std::int64_t>::max();
  for (std::size_t i = 0; i < size(); ++i) {
    if (sign_[i] == 0) continue;
    const Word* m = magnitude(i);
    std::size_t top = words_;
    while (top > 0 && m[top - 1] == 0) --top;
    used = std::max(used, top);
    std::int64_t low = 0;
    std::size_t w = 0;
    for (; m[w] == 0; ++w) low += 64;
    zeros = std::min(zeros, low + std::countr_zero(m[w]));
  }
  if (used == 0) {  // all zero
    words_ = 1;
    shift_ = 0;
    magnitude_.assign(size(), 0);
    return;
  }
  const auto skip = static_cast<std::size_t>(zeros / 64);
  const int bits = static_cast<int>(zeros % 64);
  const std::size_t kept = used - skip;
  if (kept == words_ && zeros == 0) return;
  // In place: element i moves to a place not behind the one it came from.
  for (std::size_t i = 0; i < size(); ++i) {
    const Word* from = magnitude_.data() + i * words_ + skip;
    Word* to = magnitude_.data() + i * kept;
    for (std::size_t w = 0; w < kept; ++w) {
      const Word high = w + 1 < kept ? from[w + 1] : 0;
      to[w] = bits == 0 ? from[w] : (from[w] >> bits) | (high << (64 - bits));
    }
  }
  magnitude_.resize(size() * kept);
  words_ = kept;
  shift_ -= zeros;
}

ExactValues ExactValues::rescaled(std::int64_t shift, int power, const std::vector<Word>& denominator) const {
  if (shift == shift_ && power == power_) return *this;
  const std::vector<Word> factor = power_words(denominator, power - power_);
  const auto left = static_cast<std::uint64_t>(shift - shift_);
  ExactValues result(static_cast<Index>(size()), words_ + factor.size() + left / 64 + 2, shift, power);
  for (std::size_t i = 0; i < size(); ++i) {
    result.sign_[i] = sign_[i];
    for (std::size_t f = 0; f < factor.size(); ++f) {
      const DoubleWord wide = static_cast<DoubleWord>(factor[f]) << (left % 64);
      const AlignedWeight weight{static_cast<Word>(wide), static_cast<Word>(wide >> 64),
                                 static_cast<std::uint32_t>(f + left / 64), 1};
      multiply_add(result.magnitude(i), weight, magnitude(i), words_);
    }
  }
  return result;
}

ExactValues ExactValues::padded(std::size_t words) const {
  ExactValues result(static_cast<Index>(size()), words, shift_, power_);
  result.sign_ = sign_;
  for (std::size_t i = 0; i < size(); ++i) std::copy_n(magnitude(i), words_, result.magnitude(i));
  return result;
}

Rational ExactValues::to_rational(std::size_t i, const std::vector<Word>& denominator) const {
  mp::cpp_int numerator = to_integer(magnitude(i), words_);
  if (sign_[i] < 0) numerator = -numerator;
  const std::vector<Word> scale = power_words(denominator, power_);
  mp::cpp_int bottom = to_integer(scale.data(), scale.size());
  if (shift_ < 0) {
    numerator <<= static_cast<std::uint64_t>(-shift_);
  } else {
    bottom <<= static_cast<std::uint64_t>(shift_);
  }
  return Rational(numerator, bottom);
}

}  // namespace verikit::bounds
