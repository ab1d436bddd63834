#include "base/numbers.h"

#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <cerrno>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <limits>

#include "base/rng.h"

namespace redpoll {
namespace {

template <class Format, class Value>
std::string text_of(Format format, Value value) {
  std::string buffer(kLongDoubleChars, '#');
  buffer.resize(format(buffer.data(), value));
  return buffer;
}

std::string int_text(int64_t v) { return text_of(format_int64, v); }
std::string double_text(double v) { return text_of(format_double, v); }
std::string human_text(long double v) { return text_of(format_long_double_human, v); }

std::string printf_17g(double v) {
  char buffer[64];
  return {buffer, static_cast<size_t>(std::snprintf(buffer, sizeof(buffer), "%.17g", v))};
}

// Bits of all kinds: any exponent, denormals, integers, decimal fractions.
double random_double(Rng& rng) {
  switch (rng.below(4)) {
    case 0: return std::bit_cast<double>(rng.next());
    case 1: return static_cast<double>(static_cast<int64_t>(rng.next()) >> rng.below(64));
    case 2: return static_cast<double>(rng.below(1000000)) / 1000;
    default: return std::ldexp(rng.unit(), static_cast<int>(rng.below(160)) - 80);
  }
}

// What Redis does with strtod.
std::optional<double> reference_double(const std::string& text) {
  char* end = nullptr;
  errno = 0;
  const double v = std::strtod(text.c_str(), &end);
  if (text.empty() || std::isspace(static_cast<unsigned char>(text[0])) ||
      end != text.c_str() + text.size() || std::isnan(v)) {
    return std::nullopt;
  }
  if (errno == ERANGE && (std::isinf(v) || std::fpclassify(v) == FP_ZERO)) return std::nullopt;
  return v;
}

}  // namespace

TEST_CASE("parse_int64 takes the one canonical text of each number") {
  REQUIRE(parse_int64("0") == 0);
  REQUIRE(parse_int64("7") == 7);
  REQUIRE(parse_int64("-1") == -1);
  REQUIRE(parse_int64("9223372036854775807") == INT64_MAX);
  REQUIRE(parse_int64("-9223372036854775808") == INT64_MIN);
  REQUIRE(parse_int64("-9223372036854775807") == -INT64_MAX);
  static_assert(parse_int64("-42") == -42);
}

TEST_CASE("parse_int64 refuses every other text") {
  const std::string_view bad[] = {"",
                                  "-",
                                  "+1",
                                  "-0",
                                  "00",
                                  "01",
                                  "-01",
                                  " 1",
                                  "1 ",
                                  "1a",
                                  "a",
                                  "--1",
                                  "0x1",
                                  "1.0",
                                  "1e3",
                                  "\t1",
                                  "9223372036854775808",
                                  "-9223372036854775809",
                                  "18446744073709551616",
                                  "99999999999999999999999",
                                  "-99999999999999999999",
                                  std::string_view("1\0", 2),
                                  std::string_view("\0", 1),
                                  "/",
                                  ":",
                                  "1/",
                                  "1:"};
  for (const auto text : bad) {
    CAPTURE(text);
    REQUIRE_FALSE(parse_int64(text));
  }
}

TEST_CASE("parse_uint64 reaches to the largest number and not beyond") {
  REQUIRE(parse_uint64("18446744073709551615") == UINT64_MAX);
  REQUIRE(parse_uint64("18446744073709551610") == UINT64_MAX - 5);
  REQUIRE(parse_uint64("10000000000000000000") == 10000000000000000000u);
  REQUIRE(parse_uint64("0") == 0u);
  for (const char* bad : {"18446744073709551616", "18446744073709551620", "20000000000000000000",
                          "99999999999999999999", "100000000000000000000", "-1", "+1", "", "00"}) {
    CAPTURE(bad);
    REQUIRE_FALSE(parse_uint64(bad));
  }
}

TEST_CASE("integers come back from their text") {
  Rng rng(1);
  for (int i = 0; i < 200000; ++i) {
    const auto v = static_cast<int64_t>(rng.next() >> rng.below(64)) * (i % 2 == 0 ? 1 : -1);
    const std::string text = int_text(v);
    REQUIRE(text == fmt::format("{}", v));
    REQUIRE(parse_int64(text) == v);
  }
  for (const int64_t v : {int64_t{0}, INT64_MIN, INT64_MAX, int64_t{-1}}) {
    REQUIRE(int_text(v) == fmt::format("{}", v));
  }
}

TEST_CASE("an integer is put where it is wanted, and tells where it ends") {
  const auto put = [](int64_t value) {
    char text[kInt64Chars];
    return std::string(text, put_int64(text, value));
  };
  for (int64_t value = -1100; value <= 1100; ++value) REQUIRE(put(value) == std::to_string(value));
  for (const int64_t value : {INT64_MIN, INT64_MIN + 1, INT64_MAX})
    REQUIRE(put(value) == std::to_string(value));
}

TEST_CASE("digits10 counts digits around every power of ten") {
  REQUIRE(digits10(0) == 1);
  uint64_t power = 1;
  for (size_t digits = 1; digits <= 20; ++digits) {
    CAPTURE(power);
    REQUIRE(digits10(power) == digits);
    if (power > 1) REQUIRE(digits10(power - 1) == digits - 1);
    if (digits < 20) power *= 10;
  }
  REQUIRE(digits10(UINT64_MAX) == 20);
  REQUIRE(text_of(format_uint64, UINT64_MAX) == "18446744073709551615");
}

TEST_CASE("parse_double accepts what strtod accepts as a whole") {
  REQUIRE(parse_double("3.5") == 3.5);
  REQUIRE(parse_double("+5") == 5);
  REQUIRE(parse_double("1.") == 1);
  REQUIRE(parse_double(".5") == .5);
  REQUIRE(parse_double("0x10") == 16);
  REQUIRE(parse_double("0x1p4") == 16);
  REQUIRE(parse_double("1e-310") == 1e-310);
  for (const char* inf : {"inf", "+inf", "Inf", "INFINITY", "infinity"}) {
    REQUIRE(parse_double(inf) == std::numeric_limits<double>::infinity());
  }
  REQUIRE(parse_double("-inf") == -std::numeric_limits<double>::infinity());
  REQUIRE(std::signbit(parse_double("-0").value()));
  // Longer than any buffer on the stack.
  REQUIRE(parse_double("+" + std::string(1000, '0') + "12.5") == 12.5);
}

TEST_CASE("parse_double refuses spaces, NaN, rests, overflow and underflow") {
  const std::string_view bad[] = {"",
                                  " 5",
                                  "5 ",
                                  "\n5",
                                  "nan",
                                  "-nan",
                                  "NAN",
                                  "nan(1)",
                                  ".",
                                  "1e",
                                  "infx",
                                  "1_0",
                                  "1e400",
                                  "-1e400",
                                  "1e-400",
                                  "0x",
                                  "--1",
                                  "+-1",
                                  "abc",
                                  "1,5",
                                  std::string_view("5\0", 2),
                                  std::string_view("\0", 1)};
  for (const auto text : bad) {
    CAPTURE(text);
    REQUIRE_FALSE(parse_double(text));
    REQUIRE((text == "1e400" || text == "-1e400" || text == "1e-400" || !parse_long_double(text)));
  }
}

TEST_CASE("parse_double agrees with strtod on random texts") {
  Rng rng(2);
  constexpr std::string_view kAlphabet = "0123456789.eE+-xinfa 00001111";
  for (int i = 0; i < 200000; ++i) {
    std::string text;
    for (uint64_t n = rng.below(8); n > 0; --n) text += kAlphabet[rng.below(kAlphabet.size())];
    if (i % 2 == 0) text = fmt::format("{}e{}", rng.next(), static_cast<int>(rng.below(700)) - 350);
    CAPTURE(text);
    const auto expected = reference_double(text);
    const auto got = parse_double(text);
    REQUIRE(got.has_value() == expected.has_value());
    if (got) REQUIRE(std::bit_cast<uint64_t>(*got) == std::bit_cast<uint64_t>(*expected));
  }
}

TEST_CASE("format_double prints as printf does with 17 digits") {
  Rng rng(3);
  for (int i = 0; i < 200000; ++i) {
    const double v = random_double(rng);
    if (std::isnan(v)) continue;
    REQUIRE(double_text(v) == printf_17g(v));
    REQUIRE(double_text(v).size() <= kDoubleChars);
  }
  const double edges[] = {0.0,
                          -0.0,
                          1e16,
                          1e17,
                          99999999999999999.0,
                          123456789012345678.0,
                          0.1,
                          -1.5,
                          5e-324,
                          std::numeric_limits<double>::max(),
                          std::numeric_limits<double>::lowest()};
  for (const double v : edges) REQUIRE(double_text(v) == printf_17g(v));
  REQUIRE(double_text(std::numeric_limits<double>::infinity()) == "inf");
  REQUIRE(double_text(-std::numeric_limits<double>::infinity()) == "-inf");
  REQUIRE(double_text(-std::numeric_limits<double>::quiet_NaN()) == "nan");
}

TEST_CASE("doubles come back from their text") {
  Rng rng(4);
  for (int i = 0; i < 100000; ++i) {
    const double v = random_double(rng);
    if (!std::isnan(v)) REQUIRE(parse_double(double_text(v)) == v);
  }
}

TEST_CASE("parse_c_double reads what strtod reads of a C string") {
  REQUIRE(parse_c_double("3.5") == 3.5);
  REQUIRE(parse_c_double(" \t+5") == 5);
  REQUIRE(parse_c_double("") == 0);
  REQUIRE(parse_c_double(std::string_view("5\0x", 3)) == 5);
  REQUIRE(parse_c_double("0x1p4") == 16);
  REQUIRE(parse_c_double("-inf") == -std::numeric_limits<double>::infinity());
  REQUIRE(std::signbit(parse_c_double("-0").value()));
  for (const char* bad : {" ", "5 ", "nan", "-nan", "x", "1e", "--1", "(1"}) {
    CAPTURE(bad);
    REQUIRE_FALSE(parse_c_double(bad));
  }
}

TEST_CASE("parse_c_double saturates or refuses what is out of range") {
  REQUIRE(parse_c_double("1e400") == std::numeric_limits<double>::infinity());
  REQUIRE(parse_c_double("-1e400") == -std::numeric_limits<double>::infinity());
  REQUIRE(parse_c_double("1e-400") == 0);
  REQUIRE(parse_c_double("1e-310") == 1e-310);
  for (const char* text : {"1e400", "-1e400", "1e-400", "1e-310"}) {
    CAPTURE(text);
    REQUIRE_FALSE(parse_c_double(text, OutOfRange::refuse));
  }
  REQUIRE(parse_c_double("inf", OutOfRange::refuse) == std::numeric_limits<double>::infinity());
  REQUIRE(parse_c_double("1e308", OutOfRange::refuse) == 1e308);
}

TEST_CASE("long doubles parse with all their precision") {
  REQUIRE(parse_long_double("3.1").value() == 3.1L);
  REQUIRE(parse_long_double("1e400").value() == 1e400L);
  REQUIRE(parse_long_double("inf").value() == std::numeric_limits<long double>::infinity());
  REQUIRE_FALSE(parse_long_double("1e5000"));
  REQUIRE_FALSE(parse_long_double("1e-5000"));
  REQUIRE_FALSE(parse_long_double(" 1"));
  REQUIRE_FALSE(parse_long_double("nan"));
  REQUIRE(parse_long_double(std::string(kLongDoubleChars - 1, '1').replace(0, 5000, 5000, '0')));
  REQUIRE_FALSE(parse_long_double(std::string(kLongDoubleChars, '0')));
}

TEST_CASE("format_long_double_human has no trailing zeros and no minus zero") {
  REQUIRE(human_text(0) == "0");
  REQUIRE(human_text(-0.0L) == "0");
  REQUIRE(human_text(-1e-18L) == "0");
  REQUIRE(human_text(10) == "10");
  REQUIRE(human_text(100) == "100");
  REQUIRE(human_text(-5.5L) == "-5.5");
  REQUIRE(human_text(3.1L) == "3.1");
  REQUIRE(human_text(1e-17L) == "0.00000000000000001");
  REQUIRE(human_text(5e3L + 0.25L) == "5000.25");
  REQUIRE(human_text(std::numeric_limits<long double>::infinity()) == "inf");
  REQUIRE(human_text(-std::numeric_limits<long double>::infinity()) == "-inf");
  REQUIRE(human_text(std::numeric_limits<long double>::max()).size() == 4933);
  REQUIRE(human_text(std::numeric_limits<long double>::lowest()).size() == 4934);
}

TEST_CASE("parse_memory knows the units of the configuration file") {
  REQUIRE(parse_memory("100") == 100u);
  REQUIRE(parse_memory("1b") == 1u);
  REQUIRE(parse_memory("1k") == 1000u);
  REQUIRE(parse_memory("1KB") == 1024u);
  REQUIRE(parse_memory("2m") == 2000000u);
  REQUIRE(parse_memory("64mb") == 64u << 20);
  REQUIRE(parse_memory("3G") == 3000000000u);
  REQUIRE(parse_memory("1gB") == 1u << 30);
  REQUIRE(parse_memory("007") == 7u);
  REQUIRE(parse_memory("") == 0u);
  REQUIRE(parse_memory("mb") == 0u);
  REQUIRE(parse_memory("18446744073709551615") == UINT64_MAX);
  for (const char* bad : {"-1", "+1", "1 k", "1t", "1.5gb", " 1", "1kbb", "18446744073709551616",
                          "99999999999gb", "18014398509481984kb"}) {
    CAPTURE(bad);
    REQUIRE_FALSE(parse_memory(bad));
  }
}

TEST_CASE("human_bytes prints two decimals of the largest unit") {
  REQUIRE(human_bytes(0) == "0B");
  REQUIRE(human_bytes(1023) == "1023B");
  REQUIRE(human_bytes(1024) == "1.00K");
  REQUIRE(human_bytes(1536 * 1024) == "1.50M");
  REQUIRE(human_bytes((1u << 20) - 1) == "1024.00K");
  REQUIRE(human_bytes(Bytes{5} << 30) == "5.00G");
  REQUIRE(human_bytes(Bytes{1} << 40) == "1.00T");
  REQUIRE(human_bytes(Bytes{1} << 50) == "1.00P");
  REQUIRE(human_bytes(Bytes{1} << 60) == "1152921504606846976B");
}

}  // namespace redpoll
