// Patterns as KEYS, SCAN MATCH and PSUBSCRIBE understand them.
//
//   *        any bytes, or none          [abc] [a-z]   one byte of a set
//   ?        any one byte                [^abc]        one byte not of a set
//   \x       x itself, also in a set     an unclosed set ends with the pattern
//
// The corners are those of Redis: a pattern that is not empty does not match the empty text, not even "*"; a
// range whose ends are exchanged is put in order; bytes above 127 count as negative in ranges.
#pragma once

#include <string_view>

namespace redpoll {

enum class Case : unsigned char { sensitive, ignore };

// Does the whole text match? O(pattern * text) in the worst case, no recursion, no allocation.
bool glob_match(std::string_view pattern, std::string_view text, Case mode = Case::sensitive) noexcept;

}  // namespace redpoll
