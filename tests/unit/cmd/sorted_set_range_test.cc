// ZRANGE and its relatives, ZRANGESTORE, ZCOUNT, ZLEXCOUNT, ZREMRANGEBY*. Replies are those of Redis 7.0.15.
#include <catch2/catch.hpp>

#include "support/command_fixture.h"

namespace redpoll::testing {

namespace {

const std::string kBoundNotFloat = error_reply("ERR min or max is not a float");
const std::string kNotText = error_reply("ERR min or max not valid string range item");
const std::string kNotInteger = error_reply("ERR value is not an integer or out of range");

std::string array_of(const Words& words) {
  std::string reply = "*" + std::to_string(words.size()) + "\r\n";
  for (const std::string& word : words) reply += bulk_reply(word);
  return reply;
}

// Five members, packed or not.
void given_five(CommandFixture& t, size_t max_listpack_entries) {
  t.keyspace.encoding.zset_max_listpack_entries = max_listpack_entries;
  t.given({"zadd k 1 a 2 b 2 c 3.5 d inf e"});
}

}  // namespace

TEST_CASE("ZRANGE counts ranks from either end") {
  for (const size_t limit : {size_t{128}, size_t{0}}) {
    CommandFixture t;
    given_five(t, limit);
    REQUIRE(t.run({"zrange", "k", "0", "-1"}) == array_of({"a", "b", "c", "d", "e"}));
    REQUIRE(t.run({"zrange", "k", "1", "2"}) == array_of({"b", "c"}));
    REQUIRE(t.run({"zrange", "k", "-2", "100"}) == array_of({"d", "e"}));
    REQUIRE(t.run({"zrange", "k", "3", "2"}) == "*0\r\n");
    REQUIRE(t.run({"zrange", "k", "0", "1", "rev"}) == array_of({"e", "d"}));
    REQUIRE(t.run({"zrevrange", "k", "-1", "-1"}) == array_of({"a"}));
    REQUIRE(t.run({"zrange", "k", "-9223372036854775808", "9223372036854775807"}) ==
            array_of({"a", "b", "c", "d", "e"}));
    REQUIRE(t.run({"zrange", "none", "0", "-1"}) == "*0\r\n");
    t.given({"set s x"});
    REQUIRE(t.run({"zrange", "s", "0", "-1"}) == kWrongType);
  }
}

TEST_CASE("WITHSCORES is flat in RESP2 and in pairs in RESP3") {
  CommandFixture t;
  given_five(t, 128);
  REQUIRE(t.run({"zrange", "k", "3", "4", "withscores"}) == array_of({"d", "3.5", "e", "inf"}));
  t.protocol = resp::Protocol::resp3;
  REQUIRE(t.run({"zrange", "k", "3", "4", "WITHSCORES"}) ==
          "*2\r\n*2\r\n$1\r\nd\r\n,3.5\r\n*2\r\n$1\r\ne\r\n,inf\r\n");
}

TEST_CASE("Ranges by score take bounds in or leave them out") {
  for (const size_t limit : {size_t{128}, size_t{0}}) {
    CommandFixture t;
    given_five(t, limit);
    REQUIRE(t.run({"zrange", "k", "2", "(inf", "byscore"}) == array_of({"b", "c", "d"}));
    REQUIRE(t.run({"zrange", "k", "(inf", "2", "byscore", "rev"}) == array_of({"d", "c", "b"}));
    REQUIRE(t.run({"zrangebyscore", "k", "(2", "+inf"}) == array_of({"d", "e"}));
    REQUIRE(t.run({"zrevrangebyscore", "k", "2", "-inf"}) == array_of({"c", "b", "a"}));
    REQUIRE(t.run({"zrangebyscore", "k", "(2", "2"}) == "*0\r\n");
    REQUIRE(t.run({"zcount", "k", "2", "3.5"}) == ":3\r\n");
    REQUIRE(t.run({"zcount", "k", "(2", "(3.5"}) == ":0\r\n");
    REQUIRE(t.run({"zcount", "k", "", " 2"}) == ":3\r\n");
    for (const char* bad : {"nan", "x", "2 ", "((2", "(nan"}) {
      CAPTURE(bad);
      REQUIRE(t.run({"zcount", "k", bad, "2"}) == kBoundNotFloat);
      REQUIRE(t.run({"zrangebyscore", "none", "1", bad}) == kBoundNotFloat);
    }
  }
}

TEST_CASE("LIMIT skips and bounds, and negative offsets skip everything") {
  CommandFixture t;
  given_five(t, 128);
  const auto limited = [&t](const char* offset, const char* count) {
    return t.run({"zrangebyscore", "k", "-inf", "inf", "limit", offset, count});
  };
  REQUIRE(limited("1", "2") == array_of({"b", "c"}));
  REQUIRE(limited("3", "-7") == array_of({"d", "e"}));
  REQUIRE(limited("0", "0") == "*0\r\n");
  REQUIRE(limited("-1", "2") == "*0\r\n");
  REQUIRE(limited("9223372036854775807", "9223372036854775807") == "*0\r\n");
  REQUIRE(limited("0", "9223372036854775807") == array_of({"a", "b", "c", "d", "e"}));
  REQUIRE(limited("x", "1") == kNotInteger);
  REQUIRE(t.run({"zrevrangebyscore", "k", "inf", "-inf", "limit", "1", "2"}) == array_of({"d", "c"}));
  REQUIRE(t.run({"zrangebyscore", "k", "0", "1", "limit", "x"}) == kSyntaxError);
}

TEST_CASE("Ranges by text compare bytes") {
  for (const size_t limit : {size_t{128}, size_t{0}}) {
    CommandFixture t;
    t.keyspace.encoding.zset_max_listpack_entries = limit;
    t.given({"zadd k 0 a 0 aa 0 b 0 c"});
    REQUIRE(t.run({"zrange", "k", "-", "+", "bylex"}) == array_of({"a", "aa", "b", "c"}));
    REQUIRE(t.run({"zrangebylex", "k", "(a", "[b"}) == array_of({"aa", "b"}));
    REQUIRE(t.run({"zrevrangebylex", "k", "+", "(aa", "limit", "1", "5"}) == array_of({"b"}));
    REQUIRE(t.run({"zrangebylex", "k", "+", "-"}) == "*0\r\n");
    REQUIRE(t.run({"zlexcount", "k", "[", "(c"}) == ":3\r\n");
    for (const char* bad : {"a", "", "++", "-x"}) {
      CAPTURE(bad);
      REQUIRE(t.run({"zlexcount", "k", bad, "+"}) == kNotText);
    }
  }
}

TEST_CASE("Options that do not go together are refused before the key is looked at") {
  CommandFixture t;
  t.given({"set s x"});
  const std::string limit =
      error_reply("ERR syntax error, LIMIT is only supported in combination with either BYSCORE or BYLEX");
  REQUIRE(t.run({"zrange", "s", "x", "y", "limit", "0", "1"}) == limit);
  REQUIRE(t.run({"zrevrange", "s", "0", "1", "limit", "0", "1"}) == limit);
  REQUIRE(t.run({"zrange", "none", "0", "1", "limit", "5", "-1"}) == "*0\r\n");
  REQUIRE(t.run({"zrangebylex", "s", "a", "b", "withscores"}) ==
          error_reply("ERR syntax error, WITHSCORES not supported in combination with BYLEX"));
  REQUIRE(t.run({"zrange", "s", "0", "1", "bylex", "byscore"}) == kSyntaxError);
  REQUIRE(t.run({"zrange", "s", "0", "1", "rev", "rev"}) == kSyntaxError);
  REQUIRE(t.run({"zrevrangebyscore", "s", "0", "1", "rev"}) == kSyntaxError);
  REQUIRE(t.run({"zrangestore", "d", "s", "0", "1", "withscores"}) == kSyntaxError);
}

TEST_CASE("ZRANGESTORE replaces the destination, whatever it held") {
  CommandFixture t;
  given_five(t, 128);
  t.given({"set d x EX 100"});
  REQUIRE(t.run({"zrangestore", "d", "k", "3.5", "(1", "byscore", "rev", "limit", "0", "2"}) == ":2\r\n");
  REQUIRE(t.events() == Lines{"0 z zrangestore d"});
  REQUIRE(t.dirty() == 1);
  REQUIRE(t.pttl("d") == -1);
  REQUIRE(t.run({"zrange", "d", "0", "-1", "withscores"}) == array_of({"c", "2", "d", "3.5"}));
  REQUIRE(t.run({"zrangestore", "k", "k", "1", "2"}) == ":2\r\n");
  REQUIRE(t.run({"zrange", "k", "0", "-1"}) == array_of({"b", "c"}));
  REQUIRE(t.run({"zrangestore", "d", "none", "0", "-1"}) == ":0\r\n");
  REQUIRE(t.events() == Lines{"0 m keymiss none", "0 g del d"});
  REQUIRE(t.run({"zrangestore", "d", "none", "0", "-1"}) == ":0\r\n");
  REQUIRE(t.dirty() == 0);
}

TEST_CASE("ZRANGESTORE drops the sign of a zero that comes before the first long member") {
  CommandFixture t;
  t.keyspace.encoding.zset_max_listpack_value = 3;
  t.given({"zadd k 1 long -0 b"});
  REQUIRE(t.run({"zrange", "k", "0", "-1", "withscores"}) == array_of({"b", "-0", "long", "1"}));
  t.given({"zrangestore d k 0 -1"});
  REQUIRE(t.run({"zrange", "d", "0", "-1", "withscores"}) == array_of({"b", "0", "long", "1"}));
  t.given({"zrangestore d k 0 -1 rev"});
  REQUIRE(t.run({"zrange", "d", "0", "-1", "withscores"}) == array_of({"b", "-0", "long", "1"}));
}

TEST_CASE("ZREMRANGEBY removes a range, and the key with its last member") {
  for (const size_t limit : {size_t{128}, size_t{0}}) {
    CommandFixture t;
    given_five(t, limit);
    REQUIRE(t.run({"zremrangebyscore", "k", "(1", "2"}) == ":2\r\n");
    REQUIRE(t.events() == Lines{"0 z zremrangebyscore k"});
    REQUIRE(t.dirty() == 2);
    REQUIRE(t.run({"zremrangebyrank", "k", "5", "9"}) == ":0\r\n");
    REQUIRE(t.dirty() == 0);
    REQUIRE(t.run({"zremrangebyrank", "k", "-1", "-1"}) == ":1\r\n");
    REQUIRE(t.run({"zrange", "k", "0", "-1"}) == array_of({"a", "d"}));
    REQUIRE(t.run({"zremrangebylex", "k", "-", "+"}) == ":2\r\n");
    REQUIRE(t.events() == Lines{"0 z zremrangebylex k", "0 g del k"});
    REQUIRE(t.db().size() == 0);
    REQUIRE(t.run({"zremrangebyrank", "k", "x", "1"}) == kNotInteger);
    REQUIRE(t.run({"zremrangebyscore", "k", "1", "nan"}) == kBoundNotFloat);
    REQUIRE(t.run({"zremrangebylex", "k", "a", "+"}) == kNotText);
  }
}

}  // namespace redpoll::testing
