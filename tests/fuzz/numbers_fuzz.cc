// Numbers from text: the same as the C library accepts, less what Redis refuses; and back to text, which
// gives the same number again.
//
// The input is the text to be parsed; its first eight bytes are also the numbers to be printed.
//
// libFuzzer: -max_len=96
#include <algorithm>
#include <bit>
#include <cerrno>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>

#include "base/assert.h"
#include "base/numbers.h"
#include "base/text.h"

namespace redpoll {
namespace {

std::string_view view(const char* text, size_t size) { return {text, size}; }

// A text is accepted if it is the one text that from_chars' number is printed as.
template <class Int>
std::optional<Int> canonical(std::string_view text) {
  Int value{};
  const char* end = text.data() + text.size();
  const auto [at, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc{} || at != end || text != std::to_string(value)) return std::nullopt;
  return value;
}

template <class Float>
std::optional<Float> of_c_library(Float (*convert)(const char*, char**), const std::string& text) {
  if (text.empty() || is_space(text[0])) return std::nullopt;
  char* end = nullptr;
  errno = 0;
  const Float value = convert(text.c_str(), &end);
  const bool out_of_range = errno == ERANGE && (std::isinf(value) || value == 0);
  if (end != text.c_str() + text.size() || std::isnan(value) || out_of_range) return std::nullopt;
  return value;
}

// Also the sign of zero.
template <class Float>
bool same(std::optional<Float> a, std::optional<Float> b) {
  return a == b && (!a || std::signbit(*a) == std::signbit(*b));
}

std::optional<Bytes> memory_of(std::string_view text) {
  const size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
  unsigned __int128 bytes = 0;
  for (const char c : text.substr(0, digits)) {
    bytes = bytes * 10 + static_cast<unsigned>(c - '0');
    if (bytes > SIZE_MAX) return std::nullopt;
  }
  const std::string unit = to_lower(text.substr(digits));
  const std::string_view kUnits = "kmg";
  if (!unit.empty() && unit != "b") {
    const size_t power = kUnits.find(unit[0]);
    if (power == std::string_view::npos || (unit.substr(1) != "" && unit.substr(1) != "b"))
      return std::nullopt;
    for (size_t i = 0; i <= power; ++i) bytes *= unit.size() == 2 ? 1024 : 1000;
  }
  if (bytes > SIZE_MAX) return std::nullopt;
  return static_cast<Bytes>(bytes);
}

void check_parsers(std::string_view text) {
  const std::string terminated(text);
  CHECK(parse_int64(text) == canonical<int64_t>(text));
  CHECK(parse_uint64(text) == canonical<uint64_t>(text));
  CHECK(same(parse_double(text), of_c_library<double>(std::strtod, terminated)), "'{}'", text);
  CHECK(same(parse_long_double(text), of_c_library<long double>(std::strtold, terminated)), "'{}'", text);
  CHECK(parse_memory(text) == memory_of(text), "'{}'", text);
}

void check_integers(uint64_t value) {
  char text[kInt64Chars];
  CHECK(view(text, format_uint64(text, value)) == std::to_string(value));
  CHECK(digits10(value) == std::to_string(value).size());
  const auto with_sign = static_cast<int64_t>(value);
  const std::string_view printed = view(text, format_int64(text, with_sign));
  CHECK(printed == std::to_string(with_sign) && parse_int64(printed) == with_sign);
}

void check_double(double value) {
  char text[kDoubleChars], expected[64];
  const std::string_view printed = view(text, format_double(text, value));
  const auto length = static_cast<size_t>(std::snprintf(expected, sizeof expected, "%.17g", value));
  const bool negative_nan = std::isnan(value);  // printf shows its sign
  CHECK(printed == (negative_nan ? "nan" : view(expected, length)), "{}", printed);
  if (!std::isnan(value)) CHECK(same(parse_double(printed), std::optional(value)), "{}", printed);
}

// 17 digits behind the point, without zeros at the end.
void check_human(long double value) {
  char text[kLongDoubleChars];
  const std::string_view printed = view(text, format_long_double_human(text, value));
  CHECK(printed.size() < sizeof text && printed != "-0" && !printed.empty());
  if (!std::isfinite(value)) return;
  const size_t point = printed.find('.');
  if (point != printed.npos)
    CHECK(printed.back() != '0' && printed.back() != '.' && printed.size() - point <= 18);
  const auto again = parse_long_double(printed);
  // Half a unit of the last digit, and what rounding to 64 bits of mantissa makes of it.
  CHECK(again && std::fabs(*again - value) <= 0.6e-17L + std::fabs(value) * 0x1p-63L, "{}", printed);
}

void check_human_bytes(uint64_t bytes) {
  const std::string printed = human_bytes(bytes);
  char* unit = nullptr;
  const double number = std::strtod(printed.c_str(), &unit);
  const size_t power = std::string_view("BKMGTP").find(*unit);
  CHECK(power != std::string_view::npos && unit[1] == '\0', "{}", printed);
  const double exact = std::ldexp(static_cast<double>(bytes), -10 * static_cast<int>(power));
  CHECK(std::fabs(number - exact) <= 0.006 + exact * 1e-15, "{} for {}", printed, bytes);
}

}  // namespace
}  // namespace redpoll

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace redpoll;
  check_parsers(view(reinterpret_cast<const char*>(data), size));
  uint64_t bits = 0;
  std::memcpy(&bits, data, std::min(size, sizeof bits));
  check_integers(bits);
  check_double(std::bit_cast<double>(bits));
  // Every exponent of a double, and of those only that long double has.
  const long double value = std::bit_cast<double>(bits);
  check_human(value);
  check_human(value * std::ldexp(1.0L, static_cast<int>(bits % 30'000) - 15'000));
  check_human_bytes(bits);
  return 0;
}
