// Writes a JSON object, member by member.
#pragma once

#include <charconv>
#include <concepts>
#include <span>
#include <string>
#include <string_view>

#include "base/text.h"

namespace redpoll::load {

// In double quotes. Bytes that are no printable ASCII become \u00XX: texts here come from a socket and need
// not be valid UTF-8.
inline std::string json_string(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    if (c >= ' ' && c <= '~') {
      out += c;
    } else {
      out += "\\u00" + hex({&c, 1});
    }
  }
  return out + '"';
}

class JsonObject {
 public:
  void add(std::string_view name, std::string_view text) { member(name, json_string(text)); }
  template <class T>
  requires std::integral<T>
  void add(std::string_view name, T number) {
    if constexpr (std::same_as<T, bool>) {
      member(name, number ? "true" : "false");
    } else {
      member(name, std::to_string(number));
    }
  }
  void add(std::string_view name, double number) {
    char digits[32];
    const auto end = std::to_chars(digits, digits + sizeof digits, number, std::chars_format::general, 6).ptr;
    member(name, {digits, static_cast<size_t>(end - digits)});
  }
  void add(std::string_view name, std::span<const std::string> texts) {
    std::string list;
    for (const std::string& text : texts) list += (list.empty() ? "" : ", ") + json_string(text);
    member(name, "[" + list + "]");
  }
  void add(std::string_view name, const JsonObject& object) { member(name, object.text()); }

  std::string text() const { return "{" + members_ + "}"; }

 private:
  void member(std::string_view name, std::string_view value) {
    if (!members_.empty()) members_ += ", ";
    members_ += json_string(name) + ": ";
    members_ += value;
  }

  std::string members_;
};

}  // namespace redpoll::load
