#include "support/reply.h"

#include <algorithm>

#include "base/numbers.h"
#include "base/text.h"

namespace redpoll::testing {

namespace {

using Kind = Reply::Kind;
using State = ParsedReply::State;

class Reader {
 public:
  explicit Reader(std::string_view bytes) : bytes_(bytes) {}

  ParsedReply read() {
    ParsedReply parsed;
    parsed.state = read(parsed.reply, 0);
    parsed.used = at_;
    parsed.problem = problem_;
    return parsed;
  }

 private:
  State malformed(std::string_view why) {
    problem_ = why;
    return State::malformed;
  }

  State read(Reply& to, int depth) {
    if (at_ == bytes_.size()) return State::incomplete;
    const size_t end = bytes_.find("\r\n", at_);
    if (end == std::string_view::npos) return unfinished_line();
    const char type = bytes_[at_];
    const std::string_view line = bytes_.substr(at_ + 1, end - at_ - 1);
    if (line.find_first_of("\r\n") != std::string_view::npos) return malformed("a line end inside a line");
    at_ = end + 2;
    switch (type) {
      case '+':
      case '-':
      case '(': return simple(to, type, line);
      case ':': return is_integer(line) ? simple(to, type, line) : malformed("not an integer");
      case ',': return line.empty() ? malformed("an empty number") : simple(to, type, line);
      case '#': return line == "t" || line == "f" ? simple(to, type, line) : malformed("not a boolean");
      case '_': return line.empty() ? simple(to, type, line) : malformed("text after a null");
      case '$':
      case '!':
      case '=': return blob(to, type, line);
      case '*':
      case '~':
      case '>': return aggregate(to, type, line, 1, depth);
      case '%':
      case '|': return aggregate(to, type, line, 2, depth);
      default: return malformed("an unknown type");
    }
  }

  // Without its end, a line can only be judged by its first byte.
  State unfinished_line() {
    return std::string_view("+-(:,#_$!=*~>%|").find(bytes_[at_]) == std::string_view::npos
               ? malformed("an unknown type")
               : State::incomplete;
  }

  static bool is_integer(std::string_view text) { return parse_int64(text).has_value(); }

  static State simple(Reply& to, char type, std::string_view line) {
    to.kind = static_cast<Kind>(type);
    to.text = line;
    return State::complete;
  }

  State blob(Reply& to, char type, std::string_view line) {
    if (type == '$' && line == "-1") {
      to.kind = Kind::null_bulk;
      return State::complete;
    }
    const auto length = parse_int64(line);
    if (!length || *length < 0) return malformed("not a length");
    const auto size = static_cast<size_t>(*length);
    if (bytes_.size() - at_ < size || bytes_.size() - at_ - size < 2) return State::incomplete;
    if (bytes_.substr(at_ + size, 2) != "\r\n") return malformed("a blob without its line end");
    simple(to, type, bytes_.substr(at_, size));
    at_ += size + 2;
    return State::complete;
  }

  State aggregate(Reply& to, char type, std::string_view line, size_t per_element, int depth) {
    if (type == '*' && line == "-1") {
      to.kind = Kind::null_array;
      return State::complete;
    }
    const auto count = parse_int64(line);
    if (!count || *count < 0 || *count > INT32_MAX) return malformed("not a number of elements");
    if (depth == kMaxReplyDepth) return malformed("nested too deep");
    to.kind = static_cast<Kind>(type);
    const size_t elements = static_cast<size_t>(*count) * per_element;
    // An element has three bytes at least: the number that a server claims does not decide what we allocate.
    to.elements.reserve(std::min(elements, (bytes_.size() - at_) / 3));
    for (size_t i = 0; i < elements; ++i) {
      const State state = read(to.elements.emplace_back(), depth + 1);
      if (state != State::complete) return state;
    }
    return State::complete;
  }

  std::string_view bytes_;
  size_t at_ = 0;
  std::string_view problem_;
};

std::string joined(const Reply& reply, std::string_view open, std::string_view close) {
  std::string text(open);
  for (size_t i = 0; i < reply.elements.size(); ++i) {
    if (i > 0) text += ' ';
    text += to_text(reply.elements[i]);
  }
  return text += close;
}

}  // namespace

bool Reply::is_aggregate() const {
  return kind == Kind::array || kind == Kind::map || kind == Kind::set || kind == Kind::push ||
         kind == Kind::attribute;
}

// Below, at, or above 0. By hand: each level of a defaulted comparison would look at the next one twice.
static int compare(const Reply& a, const Reply& b) {
  if (a.kind != b.kind) return a.kind < b.kind ? -1 : 1;
  if (const int order = a.text.compare(b.text); order != 0) return order;
  for (size_t i = 0; i < std::min(a.elements.size(), b.elements.size()); ++i) {
    if (const int order = compare(a.elements[i], b.elements[i]); order != 0) return order;
  }
  if (a.elements.size() == b.elements.size()) return 0;
  return a.elements.size() < b.elements.size() ? -1 : 1;
}

bool operator<(const Reply& a, const Reply& b) { return compare(a, b) < 0; }

std::optional<int64_t> Reply::number() const { return parse_int64(text); }

ParsedReply parse_reply(std::string_view bytes) { return Reader(bytes).read(); }

std::string to_text(const Reply& reply) {
  switch (reply.kind) {
    case Kind::bulk: return redpoll::quoted(reply.text);
    case Kind::null_bulk:
    case Kind::null_array: return "nil";
    case Kind::null: return "null";
    case Kind::array: return joined(reply, "[", "]");
    case Kind::map: return joined(reply, "{", "}");
    case Kind::set: return joined(reply, "~[", "]");
    case Kind::push: return joined(reply, ">[", "]");
    case Kind::attribute: return joined(reply, "|{", "}");
    default: return static_cast<char>(reply.kind) + reply.text;
  }
}

}  // namespace redpoll::testing
