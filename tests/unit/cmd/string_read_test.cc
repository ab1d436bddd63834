// GET, MGET, STRLEN, and what OBJECT ENCODING tells of strings.
#include <catch2/catch.hpp>

#include "support/command_fixture.h"

namespace redpoll::testing {

TEST_CASE("GET returns the bytes whatever they are") {
  CommandFixture t;
  for (const std::string& value :
       {std::string(), std::string("v"), std::string("-42"), std::string("a\0\r\n\xff", 5),
        std::string(5000, 'x'), std::string(200'000, 'y')}) {
    REQUIRE(t.run({"set", "k", value}) == kOk);
    REQUIRE(t.run({"get", "k"}) == bulk_reply(value));
    REQUIRE(t.run({"strlen", "k"}) == ":" + std::to_string(value.size()) + "\r\n");
  }
}

TEST_CASE("GET of an absent key is null in either protocol, and a miss") {
  CommandFixture t;
  REQUIRE(t.run({"get", "k"}) == kNull);
  REQUIRE(t.events() == Lines{"0 m keymiss k"});
  REQUIRE(t.keyspace.stats.misses == 1);
  t.protocol = resp::Protocol::resp3;
  REQUIRE(t.run({"get", "k"}) == "_\r\n");
  REQUIRE(t.run({"mget", "k"}) == "*1\r\n_\r\n");
}

TEST_CASE("GET and STRLEN refuse other types, MGET takes them for absent") {
  CommandFixture t;
  t.put_list("list");
  REQUIRE(t.run({"get", "list"}) == kWrongType);
  REQUIRE(t.run({"strlen", "list"}) == kWrongType);
  t.given({"set k v"});
  REQUIRE(t.run({"mget", "list", "k", "absent", "k"}) == "*4\r\n$-1\r\n$1\r\nv\r\n$-1\r\n$1\r\nv\r\n");
  REQUIRE(t.run({"strlen", "absent"}) == ":0\r\n");
}

TEST_CASE("Reads notice the deadline") {
  CommandFixture t;
  t.given({"set k v PX 10"});
  t.advance_ms(10);
  REQUIRE(t.run({"get", "k"}) == bulk_reply("v"));
  t.advance_ms(1);
  REQUIRE(t.run({"mget", "k"}) == "*1\r\n$-1\r\n");
  REQUIRE(t.events() == Lines{"0 x expired k", "0 m keymiss k"});
}

TEST_CASE("Arity is checked before the handler runs") {
  CommandFixture t;
  REQUIRE(t.run({"get"}) == error_reply("ERR wrong number of arguments for 'get' command"));
  REQUIRE(t.run({"GET", "a", "b"}) == error_reply("ERR wrong number of arguments for 'get' command"));
  REQUIRE(t.run({"mget"}) == error_reply("ERR wrong number of arguments for 'mget' command"));
}

TEST_CASE("A number is an int, up to 44 bytes are an embstr, more are raw") {
  CommandFixture t;
  for (const char* number : {"0", "-1", "9223372036854775807", "-9223372036854775808"}) {
    t.run({"set", "k", number});
    REQUIRE(t.encoding("k") == "int");
  }
  for (const std::string& text : {std::string(), std::string("-0"), std::string("007"), std::string("1.5"),
                                  std::string("9223372036854775808"), std::string(44, 'x')}) {
    t.run({"set", "k", text});
    REQUIRE(t.encoding("k") == "embstr");
  }
  t.run({"set", "k", std::string(45, 'x')});
  REQUIRE(t.encoding("k") == "raw");
  t.given({"set k 1", "append k 2"});
  REQUIRE(t.encoding("k") == "raw");
  t.given({"set k ab"});
  REQUIRE(t.encoding("k") == "embstr");
}

}  // namespace redpoll::testing
