#include "base/text.h"

namespace redpoll {
namespace {

constexpr char kHexDigits[] = "0123456789abcdef";

void append_hex(std::string& to, char byte) {
  const auto b = static_cast<unsigned char>(byte);
  to += kHexDigits[b >> 4];
  to += kHexDigits[b & 15];
}

// Reads the arguments of a line one after the other.
class LineSplitter {
 public:
  explicit LineSplitter(std::string_view line) : line_(line.substr(0, line.find('\0'))) {}

  std::optional<std::vector<std::string>> split() {
    std::vector<std::string> arguments;
    for (;;) {
      while (at_ < line_.size() && is_space(line_[at_])) ++at_;
      if (at_ == line_.size()) return arguments;
      if (!read_argument(arguments.emplace_back())) return std::nullopt;
    }
  }

 private:
  bool read_argument(std::string& out) {
    while (at_ < line_.size()) {
      const char c = line_[at_++];
      // Vertical tab and form feed separate arguments but do not end one: so it has always been.
      if (c == ' ' || c == '\n' || c == '\r' || c == '\t') return true;
      if (c == '"') return read_double_quoted(out);
      if (c == '\'') return read_single_quoted(out);
      out += c;
    }
    return true;
  }

  bool read_double_quoted(std::string& out) {
    while (at_ < line_.size()) {
      const char c = line_[at_++];
      if (c == '"') return at_end_of_argument();
      if (c == '\\' && at_ < line_.size()) {
        out += read_escape();
      } else {
        out += c;
      }
    }
    return false;
  }

  bool read_single_quoted(std::string& out) {
    while (at_ < line_.size()) {
      const char c = line_[at_++];
      if (c == '\'') return at_end_of_argument();
      if (c == '\\' && at_ < line_.size() && line_[at_] == '\'') {
        out += line_[at_++];
      } else {
        out += c;
      }
    }
    return false;
  }

  // What follows a backslash.
  char read_escape() {
    const char c = line_[at_++];
    switch (c) {
      case 'n': return '\n';
      case 'r': return '\r';
      case 't': return '\t';
      case 'b': return '\b';
      case 'a': return '\a';
      case 'x': break;
      default: return c;
    }
    if (line_.size() - at_ < 2) return c;
    const int high = hex_digit_value(line_[at_]);
    const int low = hex_digit_value(line_[at_ + 1]);
    if (high < 0 || low < 0) return c;
    at_ += 2;
    return static_cast<char>(high * 16 + low);
  }

  [[nodiscard]] bool at_end_of_argument() const { return at_ == line_.size() || is_space(line_[at_]); }

  std::string_view line_;
  size_t at_ = 0;
};

}  // namespace

std::string to_lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = to_lower(c);
  return out;
}

std::string to_upper(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = to_upper(c);
  return out;
}

std::string_view trim(std::string_view text, std::string_view drop) noexcept {
  const size_t first = text.find_first_not_of(drop);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(drop) - first + 1);
}

std::optional<std::vector<std::string>> split_args(std::string_view line) {
  return LineSplitter(line).split();
}

void append_quoted(std::string& to, std::string_view bytes) {
  to.reserve(to.size() + bytes.size() + 2);
  to += '"';
  for (const char c : bytes) {
    switch (c) {
      case '\\':
      case '"':
        to += '\\';
        to += c;
        break;
      case '\n': to += "\\n"; break;
      case '\r': to += "\\r"; break;
      case '\t': to += "\\t"; break;
      case '\a': to += "\\a"; break;
      case '\b': to += "\\b"; break;
      default:
        if (c >= ' ' && c <= '~') {
          to += c;
        } else {
          to += "\\x";
          append_hex(to, c);
        }
    }
  }
  to += '"';
}

std::string quoted(std::string_view bytes) {
  std::string out;
  append_quoted(out, bytes);
  return out;
}

std::string hex(std::string_view bytes) {
  std::string out;
  out.reserve(bytes.size() * 2);
  for (const char c : bytes) append_hex(out, c);
  return out;
}

}  // namespace redpoll
