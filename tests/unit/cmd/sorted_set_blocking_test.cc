// BZPOPMIN, BZPOPMAX, BZMPOP: what they do when there is a sorted set, and what they wait for when not.
#include <catch2/catch.hpp>

#include "support/command_fixture.h"

namespace redpoll::testing {

TEST_CASE("BZPOPMIN and BZPOPMAX take from the first sorted set that is there") {
  CommandFixture t;
  t.given({"zadd b 1 x 2 y 3 z"});
  REQUIRE(t.run({"bzpopmin", "a", "b", "0"}) == "*3\r\n$1\r\nb\r\n$1\r\nx\r\n$1\r\n1\r\n");
  REQUIRE(t.propagated() == Lines{"0 ZPOPMIN b"});
  t.protocol = resp::Protocol::resp3;
  REQUIRE(t.run({"bzpopmax", "a", "b", "0"}) == "*3\r\n$1\r\nb\r\n$1\r\nz\r\n,3\r\n");
  REQUIRE(t.propagated() == Lines{"0 ZPOPMAX b"});
}

TEST_CASE("BZPOPMIN waits for sorted sets") {
  CommandFixture t;
  REQUIRE(t.run({"bzpopmin", "a", "b", "0.25"}).empty());
  REQUIRE(t.wish() == "zset a b 250");
  t.given({"set a v", "zadd b 1 x"});
  REQUIRE(t.run({"bzpopmin", "a", "b", "0"}) == kWrongType);
  REQUIRE(t.run_ready({"bzpopmin", "a", "b", "0"}, "b") == "*3\r\n$1\r\nb\r\n$1\r\nx\r\n$1\r\n1\r\n");
}

TEST_CASE("BZMPOP takes several, or waits") {
  CommandFixture t;
  t.given({"zadd b 1 x 2 y"});
  REQUIRE(t.run({"bzmpop", "0", "2", "a", "b", "MAX", "COUNT", "9"}) ==
          "*2\r\n$1\r\nb\r\n*2\r\n*2\r\n$1\r\ny\r\n$1\r\n2\r\n*2\r\n$1\r\nx\r\n$1\r\n1\r\n");
  REQUIRE(t.propagated() == Lines{"0 ZPOPMAX b 2"});
  REQUIRE(t.run({"bzmpop", "1", "2", "a", "b", "MIN"}).empty());
  REQUIRE(t.wish() == "zset a b 1000");
  REQUIRE(t.run({"bzmpop", "-1", "1", "a", "FOO"}) == kSyntaxError);
  REQUIRE(t.run({"bzmpop", "-1", "1", "a", "MIN"}) == error_reply("ERR timeout is negative"));
}

}  // namespace redpoll::testing
