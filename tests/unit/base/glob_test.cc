#include "base/glob.h"

#include <catch2/catch.hpp>
#include <string>

#include "base/rng.h"
#include "base/text.h"

namespace redpoll {
namespace {

// Is `byte` in the set, whose text without brackets is `set`?
bool in_simple_set(std::string_view set, char byte) {
  const bool negated = !set.empty() && set[0] == '^';
  return (set.substr(negated ? 1 : 0).find(byte) != std::string_view::npos) != negated;
}

// Tries every way a star can be read; sets hold plain bytes only.
bool reference(std::string_view pattern, std::string_view text) {
  if (pattern.empty()) return text.empty();
  if (pattern[0] == '*') {
    return reference(pattern.substr(1), text) || (!text.empty() && reference(pattern, text.substr(1)));
  }
  if (text.empty()) return false;
  if (pattern[0] == '[') {
    const size_t close = pattern.find(']');
    return in_simple_set(pattern.substr(1, close - 1), text[0]) &&
           reference(pattern.substr(close + 1), text.substr(1));
  }
  return (pattern[0] == '?' || pattern[0] == text[0]) && reference(pattern.substr(1), text.substr(1));
}

struct Example {
  std::string_view pattern, text;
  bool expected;
};

}  // namespace

TEST_CASE("stars, question marks and plain bytes") {
  const Example examples[] = {
      {"", "", true},
      {"", "a", false},
      {"a", "a", true},
      {"a", "", false},
      {"h?llo", "hello", true},
      {"h?llo", "hllo", false},
      {"h*llo", "hllo", true},
      {"h*llo", "heeeello", true},
      {"*", "anything", true},
      {"**", "a", true},
      {"a*", "a", true},
      {"a**", "a", true},
      {"a*?", "a", false},
      {"*a", "ba", true},
      {"*ab", "aab", true},
      {"*.txt", "a.txt.gz", false},
      {"a*b*c", "aXXbYYc", true},
      {"a*b*c", "aXXcYYb", false},
      {"news.*", "news.", true},
      {"h\\*llo", "h*llo", true},
      {"h\\*llo", "hello", false},
  };
  for (const auto& e : examples) {
    CAPTURE(e.pattern, e.text);
    REQUIRE(glob_match(e.pattern, e.text) == e.expected);
  }
}

TEST_CASE("the empty text matches the empty pattern only") {
  REQUIRE_FALSE(glob_match("*", ""));
  REQUIRE_FALSE(glob_match("**", ""));
  REQUIRE_FALSE(glob_match("[", ""));
  REQUIRE(glob_match("", ""));
}

TEST_CASE("sets, ranges and their corners") {
  const Example examples[] = {
      {"h[ae]llo", "hallo", true},
      {"h[ae]llo", "hillo", false},
      {"h[^e]llo", "hallo", true},
      {"h[^e]llo", "hello", false},
      {"h[a-b]llo", "hbllo", true},
      {"h[a-b]llo", "hcllo", false},
      {"[b-a]", "a", true},
      {"[b-a]", "b", true},
      {"[b-a]", "c", false},
      {"[]", "a", false},
      {"[]", "]", false},
      {"[^]", "a", true},
      {"[]a]", "]a]", false},
      {"[^]a]", "xa]", true},
      {"[", "[", false},
      {"[^", "x", true},
      {"[abc", "b", true},
      {"[abc", "d", false},
      {"[^abc", "d", true},
      {"[a-", "a", true},
      {"[a-", "-", true},
      {"[a-]", "b", false},
      {"[a-]", "a", true},
      {"[a-]", "]", true},
      {"[a-]", "^", true},
      {"[\\]]", "]", true},
      {"[\\]]", "\\", false},
      {"[\\^a]", "^", true},
      {"[a\\", "\\", true},
      {"[\\", "\\", true},
      {"[\\a-c]", "-", true},
      {"[\\a-c]", "b", false},
      {"[a\\-c]", "b", false},
      {"[a\\-c]", "-", true},
      {"[a^]", "^", true},
      {"x[ab]*[cd]", "xbzzd", true},
      {"[?*]", "?", true},
      {"[?*]", "a", false},
  };
  for (const auto& e : examples) {
    CAPTURE(e.pattern, e.text);
    REQUIRE(glob_match(e.pattern, e.text) == e.expected);
  }
}

TEST_CASE("a backslash at the end stands for itself") {
  REQUIRE(glob_match("a\\", "a\\"));
  REQUIRE_FALSE(glob_match("a\\", "a"));
  REQUIRE(glob_match("\\a", "a"));
}

TEST_CASE("ranges count bytes above 127 as negative") {
  // \x01 to \xff is the same as -1 to 1.
  REQUIRE(glob_match("[\x01-\xff]", std::string_view("\0", 1)));
  REQUIRE_FALSE(glob_match("[\x01-\xff]", "a"));
  REQUIRE(glob_match("[\x80-\xff]", "\x90"));
}

TEST_CASE("case is ignored on demand, but not after a backslash in a set") {
  REQUIRE(glob_match("HeLLo*", "hEllO world", Case::ignore));
  REQUIRE_FALSE(glob_match("Hello", "hello"));
  REQUIRE(glob_match("[A-C]x", "bX", Case::ignore));
  REQUIRE(glob_match("[a-c]", "B", Case::ignore));
  REQUIRE(glob_match("[aB]", "b", Case::ignore));
  REQUIRE(glob_match("\\A", "a", Case::ignore));
  REQUIRE_FALSE(glob_match("[\\A]", "a", Case::ignore));
  // The ends Z < a are folded to z > a: nothing lies between.
  REQUIRE_FALSE(glob_match("[Z-a]", "z", Case::ignore));
}

TEST_CASE("glob_match agrees with trying everything") {
  Rng rng(8);
  constexpr std::string_view kElements[] = {"a", "b", "c", "?", "*", "*", "[ab]", "[^a]"};
  for (int i = 0; i < 100000; ++i) {
    std::string pattern, text;
    for (uint64_t n = rng.below(7); n > 0; --n) pattern += kElements[rng.below(std::size(kElements))];
    for (uint64_t n = 1 + rng.below(8); n > 0; --n) text += static_cast<char>('a' + rng.below(3));
    CAPTURE(pattern, text);
    REQUIRE(glob_match(pattern, text) == reference(pattern, text));
    REQUIRE(glob_match(to_upper(pattern), text, Case::ignore) == reference(pattern, text));
  }
}

TEST_CASE("random bytes as a pattern are read within bounds") {
  Rng rng(9);
  constexpr std::string_view kAlphabet = "[]^-\\*?ab\xff";
  int matches = 0;
  for (int i = 0; i < 100000; ++i) {
    std::string pattern, text;
    for (uint64_t n = rng.below(8); n > 0; --n) pattern += kAlphabet[rng.below(kAlphabet.size())];
    for (uint64_t n = rng.below(4); n > 0; --n) text += kAlphabet[rng.below(kAlphabet.size())];
    // Without slack behind the last byte, so that the address sanitizer sees a read beyond it.
    pattern.shrink_to_fit();
    const bool matched = glob_match(pattern, text);
    matches += matched;
    REQUIRE(glob_match(pattern, text) == matched);
  }
  REQUIRE(matches > 1000);
}

TEST_CASE("many stars take no exponential time") {
  std::string pattern;
  for (int i = 0; i < 200; ++i) pattern += "a*";
  REQUIRE_FALSE(glob_match(pattern + "b", std::string(20000, 'a')));
}

}  // namespace redpoll
