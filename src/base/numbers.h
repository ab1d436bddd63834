// Numbers from text and to text, exactly as Redis 7.0 accepts and prints them.
//
// Parsers take the whole text or nothing. Printers write no terminating NUL and return the length.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

#include "base/units.h"

namespace redpoll {

// Room enough for format_int64 and format_uint64.
inline constexpr size_t kInt64Chars = 20;
// Room enough for format_double: sign, 17 digits, point, "e-308".
inline constexpr size_t kDoubleChars = 32;
// Room enough for format_long_double_human: the largest has 4933 digits before the point.
inline constexpr size_t kLongDoubleChars = 5 * 1024;

// Decimal digits only, the first not zero except for "0" itself: there is one text for each number, so that a
// string can be kept as an integer without loss.
constexpr std::optional<uint64_t> parse_uint64(std::string_view text) noexcept {
  if (text.empty() || text.size() > 20) return std::nullopt;
  if (text[0] == '0') return text.size() == 1 ? std::optional<uint64_t>(0) : std::nullopt;
  // 19 digits always fit; only a 20th can overflow.
  const size_t safe = text.size() < 20 ? text.size() : 19;
  uint64_t value = 0;
  for (size_t i = 0; i < safe; ++i) {
    const unsigned digit = static_cast<unsigned char>(text[i]) - unsigned{'0'};
    if (digit > 9) return std::nullopt;
    value = value * 10 + digit;
  }
  if (safe < text.size()) {
    const unsigned digit = static_cast<unsigned char>(text[safe]) - unsigned{'0'};
    if (digit > 9 || value > (UINT64_MAX - digit) / 10) return std::nullopt;
    value = value * 10 + digit;
  }
  return value;
}

// The same with an optional '-'; "-0" is refused.
constexpr std::optional<int64_t> parse_int64(std::string_view text) noexcept {
  const bool negative = !text.empty() && text[0] == '-';
  if (negative) text.remove_prefix(1);
  const std::optional<uint64_t> magnitude = parse_uint64(text);
  constexpr uint64_t kMax = uint64_t{INT64_MAX};
  if (!magnitude || *magnitude > kMax + (negative ? 1 : 0) || (negative && *magnitude == 0)) {
    return std::nullopt;
  }
  return static_cast<int64_t>(negative ? uint64_t{0} - *magnitude : *magnitude);
}

// What strtod accepts, hexadecimal and infinity included, but no leading space, no NaN, no overflow, no
// underflow to zero.
std::optional<double> parse_double(std::string_view text);
// The same with strtold; at most kLongDoubleChars - 1 bytes.
std::optional<long double> parse_long_double(std::string_view text);

// What becomes of a number that is too large or too small for a double.
enum class OutOfRange : uint8_t { saturate, refuse };
// As the C library reads a number, which is how ranges of scores and the weights of SORT are read: leading
// space is skipped, nothing at all is 0, the first NUL ends the text. Nothing for what is no number, or NaN.
std::optional<double> parse_c_double(std::string_view text, OutOfRange how = OutOfRange::saturate);

namespace detail {
inline constexpr std::array<char, 200> kDigitPairs = [] {
  std::array<char, 200> pairs{};
  for (size_t i = 0; i < 100; ++i) {
    pairs[2 * i] = static_cast<char>('0' + i / 10);
    pairs[2 * i + 1] = static_cast<char>('0' + i % 10);
  }
  return pairs;
}();

inline constexpr std::array<uint64_t, 20> kPowersOfTen = [] {
  std::array<uint64_t, 20> powers{};
  uint64_t power = 1;
  for (uint64_t& p : powers) {
    p = power;
    power *= 10;
  }
  return powers;
}();
}  // namespace detail

// How many digits `value` has in base ten; 1 for 0.
constexpr size_t digits10(uint64_t value) noexcept {
  // 1233/4096 approximates log10(2) from above closely enough for 64 bits.
  const size_t guess = static_cast<size_t>(std::bit_width(value | 1)) * 1233 >> 12;
  return guess + ((value | 1) >= detail::kPowersOfTen[guess] ? 1 : 0);
}

namespace detail {
// What has three digits or more, or a sign.
size_t format_long(char* to, uint64_t value) noexcept;
size_t format_long(char* to, int64_t value) noexcept;

// One digit or two, as most lengths and counts have, are written in place.
template <class Int>
inline char* put_integer(char* to, Int value) noexcept {
  const auto magnitude = static_cast<uint64_t>(value);  // of a negative number a large one
  if (magnitude < 10) [[likely]] {
    *to = static_cast<char>('0' + magnitude);
    return to + 1;
  }
  if (magnitude < 100) {
    std::memcpy(to, &kDigitPairs[2 * magnitude], 2);
    return to + 2;
  }
  return to + format_long(to, value);
}
}  // namespace detail

// Returns where the text ends. REQUIRES (here and below): room for kInt64Chars at `to`.
inline char* put_int64(char* to, int64_t value) noexcept { return detail::put_integer(to, value); }
inline size_t format_int64(char* to, int64_t value) noexcept {
  return static_cast<size_t>(detail::put_integer(to, value) - to);
}
inline size_t format_uint64(char* to, uint64_t value) noexcept {
  return static_cast<size_t>(detail::put_integer(to, value) - to);
}

// As replies print a score: "%.17g", and inf, -inf, nan. REQUIRES: room for kDoubleChars at `to`.
size_t format_double(char* to, double value) noexcept;
// As INCRBYFLOAT prints: "%.17Lf" without trailing zeros, "0" for minus zero.
// REQUIRES: room for kLongDoubleChars at `to`.
size_t format_long_double_human(char* to, long double value) noexcept;

// "64mb", "1k", "100": k, m, g are powers of 1000, kb, mb, gb of 1024, in any case. No digits count as 0, as
// Redis has it. Negative, or too large for 64 bits: nullopt.
std::optional<Bytes> parse_memory(std::string_view text) noexcept;
// "1.50M", as INFO prints used_memory_human.
std::string human_bytes(Bytes n);

}  // namespace redpoll
