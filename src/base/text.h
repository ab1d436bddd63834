// ASCII text: comparison without case, quoting, splitting of command lines. No locale is involved.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace redpoll {

constexpr char to_lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; }
constexpr char to_upper(char c) noexcept { return c >= 'a' && c <= 'z' ? static_cast<char>(c & ~0x20) : c; }
constexpr bool is_space(char c) noexcept { return c == ' ' || (c >= '\t' && c <= '\r'); }

// to_lower on each of the eight bytes of a word.
constexpr uint64_t to_lower8(uint64_t word) noexcept {
  constexpr uint64_t kOnes = 0x0101010101010101;
  const uint64_t low7 = word & (0x7f * kOnes);
  const uint64_t from_a = low7 + (0x80 - 'A') * kOnes;      // top bit of a byte: at least 'A'
  const uint64_t past_z = low7 + (0x80 - 'Z' - 1) * kOnes;  // top bit of a byte: above 'Z'
  const uint64_t upper = from_a & ~past_z & ~word & (0x80 * kOnes);
  return word | (upper >> 2);
}

std::string to_lower(std::string_view text);
std::string to_upper(std::string_view text);

// Equal but for the case of ASCII letters.
inline bool iequals(std::string_view a, std::string_view b) noexcept {
  if (a.size() != b.size()) return false;
  size_t i = 0;
  for (; i + 8 <= a.size(); i += 8) {
    uint64_t x, y;
    std::memcpy(&x, a.data() + i, 8);
    std::memcpy(&y, b.data() + i, 8);
    if (to_lower8(x) != to_lower8(y)) return false;
  }
  for (; i < a.size(); ++i) {
    if (to_lower(a[i]) != to_lower(b[i])) return false;
  }
  return true;
}

// Without the bytes of `drop` at both ends.
std::string_view trim(std::string_view text, std::string_view drop = " \t\n\v\f\r") noexcept;

// Splits a line as redis-cli and the configuration file do: arguments separated by space, "double quoted"
// with \n \r \t \b \a \xHH and \any, or 'single quoted' with \' only. nullopt if a quote is not closed or not
// followed by space. A NUL byte ends the line.
std::optional<std::vector<std::string>> split_args(std::string_view line);

// "\"a\\x00\"": in double quotes, printable ASCII as it is, the rest escaped; split_args reads it back.
std::string quoted(std::string_view bytes);
void append_quoted(std::string& to, std::string_view bytes);

// Two lower-case hexadecimal digits per byte.
std::string hex(std::string_view bytes);

// 0..15, or -1 if `c` is not a hexadecimal digit.
constexpr int hex_digit_value(char c) noexcept {
  if (c >= '0' && c <= '9') return c - '0';
  const char l = to_lower(c);
  return l >= 'a' && l <= 'f' ? l - 'a' + 10 : -1;
}

}  // namespace redpoll
