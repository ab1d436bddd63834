// INCR, DECR, INCRBY, DECRBY, INCRBYFLOAT.
#include <catch2/catch.hpp>

#include "support/command_fixture.h"

namespace redpoll::testing {

static const std::string kNotInteger = error_reply("ERR value is not an integer or out of range");
static const std::string kNotFloat = error_reply("ERR value is not a valid float");
static const std::string kOverflow = error_reply("ERR increment or decrement would overflow");

TEST_CASE("INCR and its relatives count from 0 and keep the TTL") {
  CommandFixture t;
  REQUIRE(t.run({"incr", "k"}) == ":1\r\n");
  REQUIRE(t.events() == Lines{"0 n new k", "0 $ incrby k"});
  REQUIRE(t.propagated() == Lines{"0 incr k"});
  t.given({"set k 10 PX 500"});
  REQUIRE(t.run({"incrby", "k", "5"}) == ":15\r\n");
  REQUIRE(t.run({"decr", "k"}) == ":14\r\n");
  REQUIRE(t.run({"decrby", "k", "-6"}) == ":20\r\n");
  REQUIRE(t.events() == Lines{"0 $ incrby k"});
  REQUIRE(t.run({"incrby", "k", "0"}) == ":20\r\n");
  REQUIRE(t.dirty() == 1);
  REQUIRE(t.pttl("k") == 500);
  REQUIRE(t.encoding("k") == "int");
}

TEST_CASE("INCR takes a number however it is stored") {
  CommandFixture t;
  t.given({"set k 1", "append k 2"});
  REQUIRE(t.encoding("k") == "raw");
  REQUIRE(t.run({"incr", "k"}) == ":13\r\n");
  REQUIRE(t.encoding("k") == "int");
}

TEST_CASE("INCR refuses what is not a number") {
  CommandFixture t;
  for (const char* value : {"", "x", "1.0", " 1", "01", "9223372036854775808"}) {
    t.run({"set", "k", value});
    REQUIRE(t.run({"incr", "k"}) == kNotInteger);
  }
  t.put_list("list");
  REQUIRE(t.run({"incr", "list"}) == kWrongType);
  REQUIRE(t.run({"incrby", "list", "x"}) == kNotInteger);
}

TEST_CASE("INCR refuses to overflow") {
  CommandFixture t;
  t.given({"set max 9223372036854775807", "set min -9223372036854775808"});
  REQUIRE(t.run({"incr", "max"}) == kOverflow);
  REQUIRE(t.run({"decrby", "min", "1"}) == kOverflow);
  REQUIRE(t.run({"incrby", "min", "-9223372036854775808"}) == kOverflow);
  REQUIRE(t.run({"decrby", "k", "-9223372036854775808"}) == error_reply("ERR decrement would overflow"));
  REQUIRE(t.run({"incrby", "max", "-9223372036854775808"}) == ":-1\r\n");
}

TEST_CASE("INCRBYFLOAT adds and propagates the sum") {
  CommandFixture t;
  t.given({"set k 10.50 PX 500"});
  REQUIRE(t.run({"incrbyfloat", "k", "0.1"}) == bulk_reply("10.6"));
  REQUIRE(t.propagated() == Lines{"0 SET k 10.6 KEEPTTL"});
  REQUIRE(t.events() == Lines{"0 $ incrbyfloat k"});
  REQUIRE(t.pttl("k") == 500);
  t.given({"set k 5.0e3"});
  REQUIRE(t.run({"incrbyfloat", "k", "2.0e2"}) == bulk_reply("5200"));
  REQUIRE(t.encoding("k") == "embstr");
  REQUIRE(t.run({"incrbyfloat", "fresh", "-3"}) == bulk_reply("-3"));
}

TEST_CASE("INCRBYFLOAT checks type, then value, then increment") {
  CommandFixture t;
  t.put_list("list");
  REQUIRE(t.run({"incrbyfloat", "list", "x"}) == kWrongType);
  t.given({"set k abc", "set n 1"});
  REQUIRE(t.run({"incrbyfloat", "k", "1"}) == kNotFloat);
  REQUIRE(t.run({"incrbyfloat", "n", "x"}) == kNotFloat);
  REQUIRE(t.run({"incrbyfloat", "n", "inf"}) == error_reply("ERR increment would produce NaN or Infinity"));
}

}  // namespace redpoll::testing
