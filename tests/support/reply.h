// Replies as values: what a client library would make of the bytes that a server sends, in RESP2 and RESP3.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace redpoll::testing {

struct Reply {
  // The kinds, named by the byte that they begin with. RESP2's two nulls, $-1 and *-1, are null_bulk and
  // null_array.
  enum class Kind : char {
    status = '+',
    error = '-',
    integer = ':',
    bulk = '$',
    array = '*',
    null = '_',
    boolean = '#',
    real = ',',
    big_number = '(',
    bulk_error = '!',
    verbatim = '=',
    map = '%',
    set = '~',
    attribute = '|',
    push = '>',
    null_bulk = 'n',
    null_array = 'N',
  };

  Kind kind = Kind::null;
  std::string text;             // of what is not an aggregate, without its type byte and line end
  std::vector<Reply> elements;  // of an aggregate; a map has keys and values in turn

  bool is_error() const { return kind == Kind::error || kind == Kind::bulk_error; }
  bool is_null() const { return kind == Kind::null || kind == Kind::null_bulk || kind == Kind::null_array; }
  bool is_aggregate() const;
  // The number that an integer reply, or text that reads as one, holds.
  std::optional<int64_t> number() const;

  friend bool operator==(const Reply&, const Reply&) = default;
  // Some order, to compare what has none. Not <=>: clang 14 cannot derive it for a type that holds itself.
  friend bool operator<(const Reply& a, const Reply& b);
};

// What the beginning of a byte stream holds.
struct ParsedReply {
  enum class State { complete, incomplete, malformed };

  State state = State::incomplete;
  size_t used = 0;  // bytes of the reply, if it is complete
  Reply reply = {};
  std::string_view problem = {};  // if it is malformed
};

// Aggregates may be nested so deep; more is malformed.
inline constexpr int kMaxReplyDepth = 32;

// Takes the first reply of `bytes`. O(size of that reply); an incomplete one is read again from its start
// when more has come.
ParsedReply parse_reply(std::string_view bytes);

// One line: "+OK", "-ERR ...", ":1", "nil" (of RESP2), bulk strings in double quotes with what is not
// printable escaped, arrays in brackets: ["a" :1 nil]. RESP3 adds "null", "#t", ",1.5", "(123", "=txt:...",
// maps {"k" :1}, sets ~[...], pushes >[...].
std::string to_text(const Reply& reply);

}  // namespace redpoll::testing
