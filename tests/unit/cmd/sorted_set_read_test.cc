// ZSCORE, ZMSCORE, ZCARD, ZRANK, ZREVRANK.
#include <catch2/catch.hpp>

#include "support/command_fixture.h"

namespace redpoll::testing {

TEST_CASE("ZSCORE and ZMSCORE reply scores, or null for who is no member") {
  CommandFixture t;
  t.given({"zadd z 1 a 2.5 b -inf c"});
  REQUIRE(t.run({"zscore", "z", "b"}) == bulk_reply("2.5"));
  REQUIRE(t.run({"zscore", "z", "x"}) == kNull);
  REQUIRE(t.run({"zscore", "none", "x"}) == kNull);
  REQUIRE(t.run({"zmscore", "z", "c", "x", "a"}) == "*3\r\n" + bulk_reply("-inf") + kNull + bulk_reply("1"));
  REQUIRE(t.run({"zmscore", "none", "a", "b"}) == "*2\r\n" + kNull + kNull);
  t.protocol = resp::Protocol::resp3;
  REQUIRE(t.run({"zscore", "z", "b"}) == ",2.5\r\n");
  REQUIRE(t.run({"zmscore", "z", "c", "x"}) == "*2\r\n,-inf\r\n_\r\n");
}

TEST_CASE("ZCARD counts members") {
  CommandFixture t;
  t.given({"zadd z 1 a 2 b"});
  REQUIRE(t.run({"zcard", "z"}) == ":2\r\n");
  REQUIRE(t.run({"zcard", "none"}) == ":0\r\n");
}

TEST_CASE("ZRANK and ZREVRANK count who comes before and behind") {
  for (const size_t packed : {size_t{0}, size_t{128}}) {
    CommandFixture t;
    t.keyspace.encoding.zset_max_listpack_entries = packed;
    t.given({"zadd z 1 a 2 b 2 c"});
    REQUIRE(t.run({"zrank", "z", "a"}) == ":0\r\n");
    REQUIRE(t.run({"zrank", "z", "c"}) == ":2\r\n");
    REQUIRE(t.run({"zrevrank", "z", "a"}) == ":2\r\n");
    REQUIRE(t.run({"zrank", "z", "x"}) == kNull);
    REQUIRE(t.run({"zrank", "none", "x"}) == kNull);
  }
}

TEST_CASE("ZRANK WITHSCORE replies rank and score, and a null array for who is no member") {
  CommandFixture t;
  t.given({"zadd z 1 a 2 b"});
  REQUIRE(t.run({"zrank", "z", "b", "WITHSCORE"}) == "*2\r\n:1\r\n" + bulk_reply("2"));
  REQUIRE(t.run({"zrevrank", "z", "b", "withscore"}) == "*2\r\n:0\r\n" + bulk_reply("2"));
  REQUIRE(t.run({"zrank", "z", "nosuch", "WITHSCORE"}) == "*-1\r\n");
  REQUIRE(t.run({"zrank", "none", "a", "WITHSCORE"}) == "*-1\r\n");
  REQUIRE(t.run({"zrank", "z", "a", "WITHSCOREX"}) == kSyntaxError);
  t.protocol = resp::Protocol::resp3;
  REQUIRE(t.run({"zrank", "z", "b", "WITHSCORE"}) == "*2\r\n:1\r\n,2\r\n");
  REQUIRE(t.run({"zrank", "z", "nosuch", "WITHSCORE"}) == "_\r\n");
}

TEST_CASE("Arguments of ZRANK are checked before its key") {
  CommandFixture t;
  t.put_list("list");
  REQUIRE(t.run({"zrank", "list", "a", "b", "c"}) ==
          error_reply("ERR wrong number of arguments for 'zrank' command"));
  REQUIRE(t.run({"zrevrank", "list", "a", "x"}) == kSyntaxError);
}

TEST_CASE("Reading a sorted set refuses another type") {
  CommandFixture t;
  t.put_list("list");
  for (const Words& words :
       {Words{"zscore", "list", "a"}, Words{"zmscore", "list", "a"}, Words{"zcard", "list"},
        Words{"zrank", "list", "a"}, Words{"zrevrank", "list", "a", "withscore"}}) {
    REQUIRE(t.run(words) == kWrongType);
  }
}

}  // namespace redpoll::testing
