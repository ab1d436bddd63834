// ZPOPMIN, ZPOPMAX, ZMPOP, and what their blocking relatives are made of.
#include "cmd/sorted_set_pop.h"

#include <catch2/catch.hpp>

#include "support/command_fixture.h"

namespace redpoll::testing {

static const std::string kNotPositive = error_reply("ERR value is out of range, must be positive");

TEST_CASE("ZPOPMIN and ZPOPMAX take one member, or as many as asked for") {
  for (const size_t packed : {size_t{0}, size_t{128}}) {
    CommandFixture t;
    t.keyspace.encoding.zset_max_listpack_entries = packed;
    t.given({"zadd z 1 a 2 b 3 c 4 d 5 e"});
    REQUIRE(t.run({"zpopmin", "z"}) == "*2\r\n" + bulk_reply("a") + bulk_reply("1"));
    REQUIRE(t.events() == Lines{"0 z zpopmin z"});
    REQUIRE(t.propagated() == Lines{"0 zpopmin z"});
    REQUIRE(t.run({"zpopmax", "z", "2"}) ==
            "*4\r\n" + bulk_reply("e") + bulk_reply("5") + bulk_reply("d") + bulk_reply("4"));
    REQUIRE(t.dirty() == 2);
    REQUIRE(t.run({"zpopmin", "z", "9"}) ==
            "*4\r\n" + bulk_reply("b") + bulk_reply("2") + bulk_reply("c") + bulk_reply("3"));
    REQUIRE(t.events() == Lines{"0 z zpopmin z", "0 g del z"});
    REQUIRE(t.run({"zpopmin", "z"}) == "*0\r\n");
  }
}

TEST_CASE("ZPOPMIN with a count replies pairs in RESP3") {
  CommandFixture t;
  t.protocol = resp::Protocol::resp3;
  t.given({"zadd z 1 a 2 b"});
  REQUIRE(t.run({"zpopmin", "z", "1"}) == "*1\r\n*2\r\n" + bulk_reply("a") + ",1\r\n");
  REQUIRE(t.run({"zpopmin", "z"}) == "*2\r\n" + bulk_reply("b") + ",2\r\n");
}

TEST_CASE("ZPOPMIN finds errors in the order of Redis") {
  CommandFixture t;
  t.put_list("list");
  REQUIRE(t.run({"zpopmin", "list", "1", "2"}) == kSyntaxError);
  for (const char* count : {"-1", "x", "", "99999999999999999999"}) {
    REQUIRE(t.run({"zpopmin", "list", count}) == kNotPositive);
  }
  REQUIRE(t.run({"zpopmax", "list", "0"}) == kWrongType);
  t.given({"zadd z 1 a"});
  REQUIRE(t.run({"zpopmax", "z", "0"}) == "*0\r\n");
  REQUIRE(t.events().empty());
}

TEST_CASE("ZMPOP takes from the first key that is there, and propagates what it took") {
  CommandFixture t;
  t.given({"zadd z 1 a 2 b 3 c"});
  t.put_list("list");
  REQUIRE(t.run({"zmpop", "3", "none", "z", "list", "MAX", "COUNT", "2"}) ==
          "*2\r\n" + bulk_reply("z") + "*2\r\n*2\r\n" + bulk_reply("c") + bulk_reply("3") + "*2\r\n" +
              bulk_reply("b") + bulk_reply("2"));
  REQUIRE(t.events() == Lines{"0 z zpopmax z"});
  REQUIRE(t.propagated() == Lines{"0 ZPOPMAX z 2"});
  REQUIRE(t.run({"zmpop", "1", "z", "min", "count", "10"}) ==
          "*2\r\n" + bulk_reply("z") + "*1\r\n*2\r\n" + bulk_reply("a") + bulk_reply("1"));
  REQUIRE(t.events() == Lines{"0 z zpopmin z", "0 g del z"});
  REQUIRE(t.propagated() == Lines{"0 ZPOPMIN z 1"});
  REQUIRE(t.run({"zmpop", "1", "z", "MIN"}) == "*-1\r\n");
  REQUIRE(t.run({"zmpop", "2", "z", "list", "MIN"}) == kWrongType);
}

TEST_CASE("ZMPOP finds errors in the order of Redis") {
  CommandFixture t;
  t.put_list("list");
  for (const char* keys : {"0", "-1", "x", "99999999999999999999"}) {
    REQUIRE(t.run({"zmpop", keys, "list", "FOO"}) == error_reply("ERR numkeys should be greater than 0"));
  }
  REQUIRE(t.run({"zmpop", "2", "list", "MIN"}) == kSyntaxError);
  REQUIRE(t.run({"zmpop", "9223372036854775807", "list", "MIN"}) == kSyntaxError);
  REQUIRE(t.run({"zmpop", "1", "list", "LEFT"}) == kSyntaxError);
  REQUIRE(t.run({"zmpop", "1", "list", "MIN", "COUNT"}) == kSyntaxError);
  REQUIRE(t.run({"zmpop", "1", "list", "MIN", "FOO", "1"}) == kSyntaxError);
  REQUIRE(t.run({"zmpop", "1", "list", "MIN", "COUNT", "1", "COUNT", "1"}) == kSyntaxError);
  for (const char* count : {"0", "-1", "x"}) {
    REQUIRE(t.run({"zmpop", "1", "list", "MIN", "COUNT", count}) ==
            error_reply("ERR count should be greater than 0"));
  }
}

}  // namespace redpoll::testing
