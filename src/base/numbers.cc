#include "base/numbers.h"

#include <fmt/format.h>

#include <cerrno>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <cstdlib>

#include "base/text.h"

namespace redpoll {
namespace {

// The text with a NUL behind it, as the C library wants it; on the stack if it is short.
class Terminated {
 public:
  explicit Terminated(std::string_view text) {
    if (text.size() < sizeof(small_)) {
      std::memcpy(small_, text.data(), text.size());
      small_[text.size()] = '\0';
    } else {
      large_.assign(text);
    }
  }
  [[nodiscard]] const char* c_str() const { return large_.empty() ? small_ : large_.c_str(); }

 private:
  char small_[256];
  std::string large_;
};

// `convert` is strtod or strtold.
template <class Float>
std::optional<Float> parse_with(Float (*convert)(const char*, char**), std::string_view text) {
  if (text.empty() || is_space(text[0])) return std::nullopt;
  const Terminated terminated(text);
  char* end = nullptr;
  errno = 0;
  const Float value = convert(terminated.c_str(), &end);
  if (end != terminated.c_str() + text.size() || std::isnan(value)) return std::nullopt;
  // A denormal result also sets ERANGE, but is a fair approximation.
  if (errno == ERANGE && (std::isinf(value) || value == 0)) return std::nullopt;
  return value;
}

size_t copy_text(char* to, std::string_view text) noexcept {
  std::memcpy(to, text.data(), text.size());
  return text.size();
}

struct MemoryUnit {
  std::string_view name;
  Bytes factor;
};

constexpr MemoryUnit kMemoryUnits[] = {
    {"", 1},
    {"b", 1},
    {"k", 1000},
    {"kb", 1024},
    {"m", 1000 * 1000},
    {"mb", 1024 * 1024},
    {"g", 1000 * 1000 * 1000},
    {"gb", 1024 * 1024 * 1024},
};

}  // namespace

size_t detail::format_long(char* to, uint64_t value) noexcept {
  const size_t length = digits10(value);
  char* at = to + length;
  while (value >= 100) {
    at -= 2;
    std::memcpy(at, &kDigitPairs[2 * (value % 100)], 2);
    value /= 100;
  }
  if (value >= 10) {
    std::memcpy(to, &kDigitPairs[2 * value], 2);
  } else {
    *to = static_cast<char>('0' + value);
  }
  return length;
}

size_t detail::format_long(char* to, int64_t value) noexcept {
  if (value >= 0) return format_long(to, static_cast<uint64_t>(value));
  *to = '-';
  return 1 + format_long(to + 1, uint64_t{0} - static_cast<uint64_t>(value));
}

std::optional<double> parse_double(std::string_view text) {
  // from_chars gives the same value as strtod wherever it accepts the whole text, several times faster.
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc{} && end == text.data() + text.size() && !std::isnan(value)) return value;
  return parse_with<double>(std::strtod, text);
}

std::optional<double> parse_c_double(std::string_view text, OutOfRange how) {
  double value = 0;
  const auto [last, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  // A denormal is out of range for strtod, but not for from_chars.
  const bool doubtful = std::isnan(value) || (value != 0 && !std::isnormal(value));
  if (error == std::errc{} && last == text.data() + text.size() && !doubtful) return value;
  const Terminated terminated(text);
  char* end = nullptr;
  errno = 0;
  value = std::strtod(terminated.c_str(), &end);
  if (*end != '\0' || std::isnan(value) || (errno == ERANGE && how == OutOfRange::refuse))
    return std::nullopt;
  return value;
}

std::optional<long double> parse_long_double(std::string_view text) {
  if (text.size() >= kLongDoubleChars) return std::nullopt;
  return parse_with<long double>(std::strtold, text);
}

size_t format_double(char* to, double value) noexcept {
  if (std::isnan(value)) return copy_text(to, "nan");
  if (std::isinf(value)) return copy_text(to, value > 0 ? "inf" : "-inf");
  // 17 digits show every integer below 10^17 as it is. The sign of zero is lost in an integer.
  if (std::fabs(value) < 1e17 && value == std::trunc(value) && (value != 0 || !std::signbit(value))) {
    return format_int64(to, static_cast<int64_t>(value));
  }
  const auto result = std::to_chars(to, to + kDoubleChars, value, std::chars_format::general, 17);
  return static_cast<size_t>(result.ptr - to);
}

size_t format_long_double_human(char* to, long double value) noexcept {
  if (std::isnan(value)) return copy_text(to, "nan");
  if (std::isinf(value)) return copy_text(to, value > 0 ? "inf" : "-inf");
  auto length = static_cast<size_t>(std::snprintf(to, kLongDoubleChars, "%.17Lf", value));
  while (to[length - 1] == '0') --length;
  if (to[length - 1] == '.') --length;
  return std::string_view(to, length) == "-0" ? copy_text(to, "0") : length;
}

std::optional<Bytes> parse_memory(std::string_view text) noexcept {
  size_t digits = 0;
  while (digits < text.size() && text[digits] >= '0' && text[digits] <= '9') ++digits;
  Bytes count = 0;
  if (digits > 0) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + digits, count);
    if (error != std::errc{}) return std::nullopt;
  }
  const std::string_view suffix = text.substr(digits);
  for (const MemoryUnit& unit : kMemoryUnits) {
    if (!iequals(suffix, unit.name)) continue;
    if (count > SIZE_MAX / unit.factor) return std::nullopt;
    return count * unit.factor;
  }
  return std::nullopt;
}

std::string human_bytes(Bytes n) {
  constexpr std::string_view kSuffixes = "KMGTP";
  if (n < 1024) return fmt::format("{}B", n);
  double scaled = static_cast<double>(n);
  Bytes limit = 1024;
  for (const char suffix : kSuffixes) {
    scaled /= 1024;
    limit *= 1024;
    if (n < limit) return fmt::format("{:.2f}{}", scaled, suffix);
  }
  return fmt::format("{}B", n);
}

}  // namespace redpoll
