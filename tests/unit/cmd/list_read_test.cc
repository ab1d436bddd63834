// LLEN, LINDEX, LRANGE, LPOS. Replies are those of Redis 7.0.15.
#include <catch2/catch.hpp>
#include <cstdint>

#include "unit/cmd/list_replies.h"

namespace redpoll::testing {

static const std::string kIndexNotInteger = error_reply("ERR value is not an integer or out of range");
static const std::string kLowest = std::to_string(INT64_MIN);
static const std::string kHighest = std::to_string(INT64_MAX);

// The letters a to j, packed, and as a quicklist with compressed nodes of two elements.
static void given_letters(CommandFixture& t, bool packed) {
  t.keyspace.encoding.list_max_listpack_size = packed ? -2 : 2;
  t.keyspace.encoding.list_compress_depth = 1;
  t.given({"del l", "rpush l a b c d e f g h i j"});
  REQUIRE(t.encoding("l") == (packed ? "listpack" : "quicklist"));
}

TEST_CASE("LLEN counts the elements") {
  CommandFixture t;
  REQUIRE(t.run({"llen", "l"}) == ":0\r\n");
  for (const bool packed : {true, false}) {
    given_letters(t, packed);
    REQUIRE(t.run({"llen", "l"}) == ":10\r\n");
  }
  t.given({"set s v"});
  REQUIRE(t.run({"llen", "s"}) == kWrongType);
}

TEST_CASE("LINDEX counts from either end") {
  CommandFixture t;
  for (const bool packed : {true, false}) {
    given_letters(t, packed);
    for (int i = 0; i < 10; ++i) {
      const std::string letter(1, static_cast<char>('a' + i));
      REQUIRE(t.run({"lindex", "l", std::to_string(i)}) == bulk_reply(letter));
      REQUIRE(t.run({"lindex", "l", std::to_string(i - 10)}) == bulk_reply(letter));
    }
    for (const std::string& beyond : {std::string("10"), std::string("-11"), kLowest, kHighest})
      REQUIRE(t.run({"lindex", "l", beyond}) == kNull);
  }
}

TEST_CASE("LINDEX looks at the key before the index") {
  CommandFixture t;
  t.given({"set s v", "rpush l a"});
  REQUIRE(t.run({"lindex", "absent", "x"}) == kNull);
  REQUIRE(t.events() == Lines{"0 m keymiss absent"});
  REQUIRE(t.run({"lindex", "s", "x"}) == kWrongType);
  REQUIRE(t.run({"lindex", "l", "x"}) == kIndexNotInteger);
}

TEST_CASE("LRANGE clips and counts negative positions from the end") {
  CommandFixture t;
  struct Row {
    std::string start, stop, letters;
  };
  for (const bool packed : {true, false}) {
    given_letters(t, packed);
    for (const Row& row : {Row{"0", "2", "abc"},
                           {"-3", "-1", "hij"},
                           {"8", "100", "ij"},
                           {"-100", "1", "ab"},
                           {"4", "4", "e"},
                           {"5", "4", ""},
                           {"10", "20", ""},
                           {"-1", "-2", ""},
                           {"0", "-11", ""},
                           {kLowest, kHighest, "abcdefghij"},
                           {kHighest, kLowest, ""},
                           {kLowest, kLowest, ""},
                           {kHighest, kHighest, ""}}) {
      Words expected;
      for (const char letter : row.letters) expected.emplace_back(1, letter);
      REQUIRE(t.run({"lrange", "l", row.start, row.stop}) == array_reply(expected));
    }
  }
}

TEST_CASE("LRANGE checks the positions before the key") {
  CommandFixture t;
  t.given({"set s v"});
  REQUIRE(t.run({"lrange", "s", "x", "1"}) == kIndexNotInteger);
  REQUIRE(t.run({"lrange", "s", "1", "x"}) == kIndexNotInteger);
  REQUIRE(t.run({"lrange", "s", "1", "2"}) == kWrongType);
  REQUIRE(t.run({"lrange", "absent", "0", "-1"}) == "*0\r\n");
}

TEST_CASE("Large elements are replied as others are") {
  CommandFixture t;
  const std::string large(100'000, 'x');
  t.run({"rpush", "l", "a", large, "b"});
  REQUIRE(all_of(t, "l") == array_reply({"a", large, "b"}));
  REQUIRE(t.run({"lindex", "l", "1"}) == bulk_reply(large));
  REQUIRE(t.run({"lpos", "l", large}) == ":1\r\n");
  t.given({"lpop l"});
  REQUIRE(t.run({"lpop", "l"}) == bulk_reply(large));
}

TEST_CASE("LPOS finds matches from either end") {
  CommandFixture t;
  for (const int fill : {-2, 2}) {
    t.keyspace.encoding.list_max_listpack_size = fill;
    t.given({"del l", "rpush l a b c 1 2 3 c c"});
    const auto lpos = [&](const Words& options) {
      Words words{"lpos", "l", "c"};
      words.insert(words.end(), options.begin(), options.end());
      return t.run(words);
    };
    REQUIRE(lpos({}) == ":2\r\n");
    REQUIRE(lpos({"RANK", "2"}) == ":6\r\n");
    REQUIRE(lpos({"RANK", "-1"}) == ":7\r\n");
    REQUIRE(lpos({"rank", "4"}) == kNull);
    REQUIRE(lpos({"COUNT", "2"}) == "*2\r\n:2\r\n:6\r\n");
    REQUIRE(lpos({"COUNT", "0"}) == "*3\r\n:2\r\n:6\r\n:7\r\n");
    REQUIRE(lpos({"RANK", "-1", "COUNT", "2"}) == "*2\r\n:7\r\n:6\r\n");
    REQUIRE(lpos({"RANK", "-2", "COUNT", kHighest}) == "*2\r\n:6\r\n:2\r\n");
    REQUIRE(lpos({"MAXLEN", "2"}) == kNull);
    REQUIRE(lpos({"MAXLEN", "3", "COUNT", "0"}) == "*1\r\n:2\r\n");
    REQUIRE(lpos({"RANK", "-1", "MAXLEN", "2", "COUNT", "0"}) == "*2\r\n:7\r\n:6\r\n");
    REQUIRE(lpos({"MAXLEN", kHighest, "RANK", kHighest}) == kNull);
    REQUIRE(lpos({"RANK", "2", "RANK", "1"}) == ":2\r\n");
    REQUIRE(t.run({"lpos", "l", "2"}) == ":4\r\n");
    REQUIRE(t.run({"lpos", "l", "02"}) == kNull);
    REQUIRE(t.run({"lpos", "l", "z", "COUNT", "0"}) == "*0\r\n");
  }
  REQUIRE(t.run({"lpos", "absent", "a"}) == kNull);
  REQUIRE(t.run({"lpos", "absent", "a", "COUNT", "1"}) == "*0\r\n");
}

TEST_CASE("LPOS checks its options before the key") {
  CommandFixture t;
  t.given({"set s v"});
  const auto with = [&](const Words& options) {
    Words words{"lpos", "s", "a"};
    words.insert(words.end(), options.begin(), options.end());
    return t.run(words);
  };
  REQUIRE(
      with({"RANK", "0"}) ==
      error_reply("ERR RANK can't be zero: use 1 to start from the first match, 2 from the second ... or use "
                  "negative to start from the end of the list"));
  REQUIRE(with({"RANK", "x"}) == kIndexNotInteger);
  REQUIRE(with({"RANK", kLowest}) == error_reply("ERR value is out of range, value must between "
                                                 "-9223372036854775807 and 9223372036854775807"));
  for (const char* bad : {"-1", "x", ""}) {
    REQUIRE(with({"COUNT", bad}) == error_reply("ERR COUNT can't be negative"));
    REQUIRE(with({"MAXLEN", bad}) == error_reply("ERR MAXLEN can't be negative"));
  }
  for (const Words& options : {Words{"RANK"}, {"COUNT"}, {"MAXLEN"}, {"bogus", "1"}, {"COUNT", "1", "RANK"}})
    REQUIRE(with(options) == kSyntaxError);
  REQUIRE(with({"COUNT", "1"}) == kWrongType);
}

}  // namespace redpoll::testing
