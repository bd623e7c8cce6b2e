// Decimals to rationals, rationals to floats rounded in a given direction. Everything here is exact.
#include <cmath>
#include <limits>
#include <numeric>
#include <string>

#include "base/error.h"
#include "base/excerpt.h"
#include "bounds/property.h"

namespace verikit::bounds {

namespace mp = boost::multiprecision;

namespace {

// A fraction of words in lowest terms, without boost's own gcd.
Rational from_words(bool negative, std::uint64_t numerator, std::uint64_t denominator) {
  const std::uint64_t divisor = std::gcd(numerator, denominator);
  mp::cpp_int top = numerator / divisor;
  if (negative) top = -top;
  Rational result;
  result.backend().num() = top.backend();
  result.backend().denom() = mp::cpp_int(denominator / divisor).backend();
  return result;
}

constexpr int kWordDigits = 19;  // 10^19 < 2^64

constexpr std::uint64_t power_of_ten(int exponent) {
  std::uint64_t result = 1;
  for (int i = 0; i < exponent; ++i) result *= 10;
  return result;
}

constexpr struct PowersOfTen {
  std::uint64_t value[kWordDigits + 1];
  constexpr PowersOfTen() : value() {
    for (int i = 0; i <= kWordDigits; ++i) value[i] = power_of_ten(i);
  }
} kPowersOfTen;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// The literal taken apart: sign, digits without the point, and the power of ten they are scaled by.
struct Decimal {
  bool negative = false;
  std::string_view whole, fraction;
  std::int64_t exponent = 0;
};

Decimal split_decimal(std::string_view text, const PropertyLimits& limits) {
  const auto malformed = [&] {
    fail(ErrorCode::kPropertyFormat,
         "expected a decimal number such as -1.5e-3, got " + excerpt(text));
  };
  Decimal result;
  std::size_t at = 0;
  const auto digits = [&] {
    const std::size_t from = at;
    while (at < text.size() && is_digit(text[at])) ++at;
    return text.substr(from, at - from);
  };
  if (at < text.size() && (text[at] == '-' || text[at] == '+')) result.negative = text[at++] == '-';
  result.whole = digits();
  if (at < text.size() && text[at] == '.') {
    ++at;
    result.fraction = digits();
  }
  if (result.whole.empty() && result.fraction.empty()) malformed();
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    ++at;
    bool negative = false;
    if (at < text.size() && (text[at] == '-' || text[at] == '+')) negative = text[at++] == '-';
    const std::string_view exponent = digits();
    if (exponent.empty()) malformed();
    for (char c : exponent) {
      result.exponent = result.exponent * 10 + (c - '0');
      if (result.exponent > limits.max_exponent) {
        fail(ErrorCode::kMemoryLimit, "the exponent of " + excerpt(text) + " is beyond the limit of " +
                                          std::to_string(limits.max_exponent));
      }
    }
    if (negative) result.exponent = -result.exponent;
  }
  if (at != text.size()) malformed();
  if (result.whole.size() + result.fraction.size() > limits.max_digits) {
    fail(ErrorCode::kMemoryLimit, "the number " + excerpt(text) + " has more than " +
                                      std::to_string(limits.max_digits) + " digits");
  }
  return result;
}

}  // namespace

Rational parse_decimal(std::string_view text, const PropertyLimits& limits) {
  const Decimal decimal = split_decimal(text, limits);
  std::string_view whole = decimal.whole;
  while (!whole.empty() && whole.front() == '0') whole.remove_prefix(1);
  const std::size_t count = whole.size() + decimal.fraction.size();
  const std::int64_t scale = decimal.exponent - static_cast<std::int64_t>(decimal.fraction.size());

  if (count <= static_cast<std::size_t>(kWordDigits)) {
    std::uint64_t mantissa = 0;
    for (char c : whole) mantissa = mantissa * 10 + static_cast<std::uint64_t>(c - '0');
    for (char c : decimal.fraction) mantissa = mantissa * 10 + static_cast<std::uint64_t>(c - '0');
    if (mantissa == 0) return Rational(0);
    if (scale <= 0 && scale >= -kWordDigits) {
      return from_words(decimal.negative, mantissa, kPowersOfTen.value[-scale]);
    }
  }
  std::string digits(whole);
  digits += decimal.fraction;
  digits.erase(0, digits.find_first_not_of('0'));  // a leading zero would mean octal
  if (digits.empty()) return Rational(0);
  mp::cpp_int mantissa(digits);
  if (decimal.negative) mantissa = -mantissa;
  const mp::cpp_int power =
      mp::pow(mp::cpp_int(10), static_cast<unsigned>(scale < 0 ? -scale : scale));
  if (scale >= 0) return Rational(mp::cpp_int(mantissa * power));
  return Rational(mantissa, power);
}

Rational to_rational(double value) {
  if (!std::isfinite(value)) {
    fail(ErrorCode::kInput, "expected a finite number, got " + std::string(std::isnan(value) ? "NaN" : "infinity"));
  }
  int exponent = 0;
  const double fraction = std::frexp(value, &exponent);
  auto mantissa = static_cast<std::int64_t>(std::ldexp(fraction, 53));
  exponent -= 53;
  if (mantissa == 0) return Rational(0);
  while ((mantissa & 1) == 0) {
    mantissa /= 2;
    ++exponent;
  }
  Rational result;
  mp::cpp_int top = mantissa;
  if (exponent >= 0) {
    top <<= static_cast<unsigned>(exponent);
    result.backend().num() = top.backend();
  } else {  // the mantissa is odd: already in lowest terms
    mp::cpp_int bottom = 1;
    bottom <<= static_cast<unsigned>(-exponent);
    result.backend().num() = top.backend();
    result.backend().denom() = bottom.backend();
  }
  return result;
}

namespace {

template <class T>
struct Format {
  static constexpr int kDigits = std::numeric_limits<T>::digits;               // 53 or 24
  static constexpr int kLargest = std::numeric_limits<T>::max_exponent - 1;    // of 1.f * 2^e
  static constexpr int kSmallest = std::numeric_limits<T>::min_exponent - kDigits;  // of a subnormal's last bit
};

// numerator / denominator, both positive, towards infinity (up) or zero.
template <class T>
T round_magnitude(const mp::cpp_int& numerator, const mp::cpp_int& denominator, bool up) {
  using F = Format<T>;
  const T beyond = up ? std::numeric_limits<T>::infinity() : std::numeric_limits<T>::max();
  const auto top_bits = static_cast<std::int64_t>(mp::msb(numerator));
  const auto bottom_bits = static_cast<std::int64_t>(mp::msb(denominator));
  std::int64_t exponent = top_bits - bottom_bits;  // 2^(exponent-1) < value < 2^(exponent+1)
  if (exponent - 1 > F::kLargest) return beyond;
  if (exponent + 1 < F::kSmallest) return up ? std::numeric_limits<T>::denorm_min() : T(0);
  mp::cpp_int scaled = exponent >= 0 ? numerator : mp::cpp_int(numerator << static_cast<unsigned>(-exponent));
  mp::cpp_int unit = exponent >= 0 ? mp::cpp_int(denominator << static_cast<unsigned>(exponent)) : denominator;
  if (scaled < unit) --exponent;  // now 2^exponent <= value < 2^(exponent+1)
  if (exponent > F::kLargest) return beyond;

  const std::int64_t last_bit = std::max<std::int64_t>(exponent - (F::kDigits - 1), F::kSmallest);
  scaled = numerator;
  unit = denominator;
  if (last_bit < 0) {
    scaled <<= static_cast<unsigned>(-last_bit);
  } else {
    unit <<= static_cast<unsigned>(last_bit);
  }
  mp::cpp_int quotient, remainder;
  mp::divide_qr(scaled, unit, quotient, remainder);
  auto mantissa = static_cast<std::uint64_t>(quotient);
  if (up && remainder != 0) ++mantissa;  // may become 2^digits, still exact; ldexp overflows to infinity
  return std::ldexp(static_cast<T>(mantissa), static_cast<int>(last_bit));
}

// The quick way, for words below 2^53: one correctly rounded division whose residual is exact.
bool round_small(const mp::cpp_int& numerator, const mp::cpp_int& denominator, bool up, double& result) {
  constexpr std::uint64_t kExact = std::uint64_t{1} << 53;
  if (numerator > kExact || denominator > kExact) return false;
  const auto top = static_cast<double>(static_cast<std::uint64_t>(numerator));
  const auto bottom = static_cast<double>(static_cast<std::uint64_t>(denominator));
  result = top / bottom;
  const double excess = std::fma(result, bottom, -top);
  if (up && excess < 0) result = std::nextafter(result, std::numeric_limits<double>::infinity());
  if (!up && excess > 0) result = std::nextafter(result, 0.0);
  return true;
}

template <class T>
T round_towards(const Rational& q, bool up) {
  const mp::cpp_int numerator = mp::numerator(q);
  if (numerator == 0) return T(0);
  const bool negative = numerator < 0;
  const mp::cpp_int magnitude = mp::abs(numerator);
  const mp::cpp_int denominator = mp::denominator(q);
  const bool away = negative != up;
  double quick = 0;
  T result;
  if (round_small(magnitude, denominator, away, quick)) {
    // The nearest float beyond a double that is itself the nearest double beyond q: every float is a double.
    result = static_cast<T>(quick);
    if (away && static_cast<double>(result) < quick) result = std::nextafter(result, std::numeric_limits<T>::infinity());
    if (!away && static_cast<double>(result) > quick) result = std::nextafter(result, T(0));
  } else {
    result = round_magnitude<T>(magnitude, denominator, away);
  }
  return negative && result != 0 ? -result : result;
}

}  // namespace

template <class T>
T round_down(const Rational& q) {
  return round_towards<T>(q, false);
}
template <class T>
T round_up(const Rational& q) {
  return round_towards<T>(q, true);
}

template float round_down<float>(const Rational&);
template double round_down<double>(const Rational&);
template float round_up<float>(const Rational&);
template double round_up<double>(const Rational&);

}  // namespace verikit::bounds
