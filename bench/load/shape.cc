#include "bench/load/shape.h"

#include <fmt/format.h>

#include <stdexcept>
#include <vector>

#include "base/numbers.h"
#include "base/text.h"

namespace redpoll::load {

namespace {

constexpr std::string_view kNullBulk = "$-1\r\n";
constexpr std::string_view kNullArray = "*-1\r\n";
// Arrays in arrays that a reply may have before it is taken for nonsense.
constexpr int kMaxDepth = 16;
constexpr size_t kMaxElements = 10'000'000;

std::optional<size_t> size_of(std::string_view text) {
  const std::optional<uint64_t> n = parse_uint64(text);
  if (!n || *n > kMaxElements) return std::nullopt;
  return static_cast<size_t>(*n);
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (;;) {
    const size_t at = text.find(separator);
    parts.push_back(text.substr(0, at));
    if (at == std::string_view::npos) return parts;
    text.remove_prefix(at + 1);
  }
}

// The end of the line, behind its CRLF; nullopt if it is not there.
std::optional<size_t> line_end(std::string_view bytes) {
  const size_t at = bytes.find("\r\n");
  return at == std::string_view::npos ? std::nullopt : std::optional(at + 2);
}

std::optional<size_t> reply_length(std::string_view bytes, int depth) {
  if (bytes.empty()) return std::nullopt;
  if (depth > kMaxDepth) throw std::runtime_error("a reply is nested too deeply");
  const std::optional<size_t> line = line_end(bytes);
  if (std::string_view("+-:$*").find(bytes[0]) == std::string_view::npos) {
    throw std::runtime_error("no reply begins with " + quoted(bytes.substr(0, 60)));
  }
  if (!line || bytes[0] == '+' || bytes[0] == '-' || bytes[0] == ':') return line;
  const std::string_view number = bytes.substr(1, *line - 3);
  if (number == "-1") return line;
  const std::optional<uint64_t> n = parse_uint64(number);
  if (!n) throw std::runtime_error("not a length: " + quoted(number.substr(0, 60)));
  if (bytes[0] == '$') {
    const size_t end = *line + *n + 2;
    return end <= bytes.size() ? std::optional(end) : std::nullopt;
  }
  size_t end = *line;
  for (uint64_t i = 0; i < *n; ++i) {
    const std::optional<size_t> element = reply_length(bytes.substr(end), depth + 1);
    if (!element) return std::nullopt;
    end += *element;
  }
  return end;
}

}  // namespace

std::optional<size_t> reply_length(std::string_view bytes) { return reply_length(bytes, 0); }

Result<Shape> Shape::fixed(std::string_view text, std::string header, size_t payload) {
  Shape shape;
  shape.text_ = text;
  shape.kind_ = Kind::fixed;
  shape.size_ = header.size() + payload;
  shape.header_ = std::move(header);
  return shape;
}

Result<Shape> Shape::parse(std::string_view text) {
  constexpr std::string_view kOrNull = "|null";
  if (text.ends_with(kOrNull)) {
    Result<Shape> shape = parse(text.substr(0, text.size() - kOrNull.size()));
    if (!shape.ok()) return shape;
    shape->text_ = text;
    shape->nullable_ = true;
    return shape;
  }
  const std::vector<std::string_view> parts = split(text, ':');
  if (parts[0] == "status" && parts.size() == 2) return fixed(text, fmt::format("+{}\r\n", parts[1]), 0);
  if (parts[0] == "integer" && parts.size() == 2 && parse_int64(parts[1])) {
    return fixed(text, fmt::format(":{}\r\n", parts[1]), 0);
  }
  if (parts[0] == "bulk" && parts.size() == 2) {
    if (const auto size = size_of(parts[1])) return fixed(text, fmt::format("${}\r\n", *size), *size + 2);
  }
  if (parts[0] == "array" && parts.size() == 3) {
    const auto count = size_of(parts[1]), size = size_of(parts[2]);
    if (count && size && *count > 0) {
      const std::string element = fmt::format("${}\r\n", *size);
      Result<Shape> shape = fixed(text, fmt::format("*{}\r\n{}", *count, element),
                                  *count * (element.size() + *size + 2) - element.size());
      if (shape.ok()) shape->count_ = *count;
      return shape;
    }
  }
  if (parts[0] == "statuses" && parts.size() == 3) {
    if (const auto count = size_of(parts[1])) {
      std::string reply = fmt::format("*{}\r\n", *count);
      for (size_t i = 0; i < *count; ++i) reply += fmt::format("+{}\r\n", parts[2]);
      return fixed(text, std::move(reply), 0);
    }
  }
  Shape shape;
  shape.text_ = text;
  shape.kind_ = text == "integer" ? Kind::integer : Kind::any;
  if (shape.kind_ == Kind::any && text != "any") return failure("not the shape of a reply: {}", text);
  return shape;
}

Match Shape::match_slowly(std::string_view bytes) const {
  const std::optional<size_t> line = line_end(bytes);
  if (bytes.starts_with('-')) return line ? Match{Verdict::error, *line} : Match{Verdict::incomplete};
  if (nullable_ && (bytes.starts_with(kNullBulk) || bytes.starts_with(kNullArray))) {
    return {Verdict::null, kNullBulk.size()};
  }
  if (kind_ == Kind::any) {
    const std::optional<size_t> length = reply_length(bytes);
    return length ? Match{Verdict::good, *length} : Match{Verdict::incomplete};
  }
  if (kind_ == Kind::integer) {
    if (!bytes.empty() && bytes[0] != ':') return {Verdict::wrong};
    if (!line) return {bytes.size() > kInt64Chars + 3 ? Verdict::wrong : Verdict::incomplete};
    const bool number = parse_int64(bytes.substr(1, *line - 3)).has_value();
    return number ? Match{Verdict::good, *line} : Match{Verdict::wrong};
  }
  const bool may_become =
      std::string_view(header_).starts_with(bytes) || (nullable_ && kNullBulk.starts_with(bytes));
  return {may_become ? Verdict::incomplete : Verdict::wrong};
}

std::string Shape::sample() const {
  if (kind_ != Kind::fixed) return ":1\r\n";
  if (header_.find('$') == std::string::npos) return header_;
  // From the last `$` on is the header of one element.
  const std::string element = header_.substr(header_.find('$'));
  const size_t rest = size_ - (header_.size() - element.size());
  const std::string one = element + std::string(rest / count_ - element.size() - 2, 'v') + "\r\n";
  std::string reply = header_.substr(0, header_.find('$'));
  for (size_t i = 0; i < count_; ++i) reply += one;
  return reply;
}

}  // namespace redpoll::load
