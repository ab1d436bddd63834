// SADD, SREM, SMOVE. Replies, events and propagation are those of Redis 7.0.15, encodings those of 7.2.
#include <algorithm>
#include <catch2/catch.hpp>

#include "support/command_fixture.h"

namespace redpoll::testing {

TEST_CASE("SADD adds what is not there yet, tells once and counts each") {
  CommandFixture t;
  REQUIRE(t.run({"sadd", "s", "a", "b", "a"}) == ":2\r\n");
  REQUIRE(t.events() == Lines{"0 n new s", "0 s sadd s"});
  REQUIRE(t.propagated() == Lines{"0 sadd s a b a"});
  REQUIRE(t.dirty() == 2);
  REQUIRE(t.run({"sadd", "s", "b", "c"}) == ":1\r\n");
  REQUIRE(t.events() == Lines{"0 s sadd s"});
  REQUIRE(t.run({"sadd", "s", "a", "b", "c"}) == ":0\r\n");
  REQUIRE(t.events().empty());
  REQUIRE(t.propagated().empty());
  REQUIRE(t.dirty() == 0);
}

TEST_CASE("SADD chooses and changes the encoding as Redis 7.2 does") {
  CommandFixture t;
  t.given({"sadd ints 1 2 3", "sadd words a 1", "sadd mixed 1 a"});
  REQUIRE(t.encoding("ints") == "intset");
  REQUIRE(t.encoding("words") == "listpack");
  REQUIRE(t.encoding("mixed") == "listpack");
  t.run({"sadd", "long", std::string(65, 'x')});
  REQUIRE(t.encoding("long") == "hashtable");
  Words many{"sadd", "many"};
  for (int i = 0; i < 513; ++i) many.push_back(std::to_string(i));
  REQUIRE(t.run(many) == ":513\r\n");
  REQUIRE(t.encoding("many") == "hashtable");
  // That many arguments make it a table, even if they are all the same.
  many[1] = "ints";
  std::fill(many.begin() + 2, many.end(), "1");
  REQUIRE(t.run(many) == ":0\r\n");
  REQUIRE(t.encoding("ints") == "hashtable");
}

TEST_CASE("SADD keeps the TTL") {
  CommandFixture t;
  t.given({"sadd s 1", "expire s 100", "sadd s a"});
  REQUIRE(t.pttl("s") == 100'000);
  Words many{"sadd", "s"};
  for (int i = 0; i < 200; ++i) many.push_back("word" + std::to_string(i));
  t.run(many);
  REQUIRE(t.encoding("s") == "hashtable");
  REQUIRE(t.pttl("s") == 100'000);
}

TEST_CASE("SREM removes what is there, and the key with the last member") {
  CommandFixture t;
  t.given({"sadd s a b c 1"});
  REQUIRE(t.run({"srem", "s", "a", "x", "a", "1"}) == ":2\r\n");
  REQUIRE(t.events() == Lines{"0 s srem s"});
  REQUIRE(t.propagated() == Lines{"0 srem s a x a 1"});
  REQUIRE(t.dirty() == 2);
  REQUIRE(t.run({"srem", "s", "x"}) == ":0\r\n");
  REQUIRE(t.events().empty());
  REQUIRE(t.propagated().empty());
  REQUIRE(t.run({"srem", "s", "c", "b", "a"}) == ":2\r\n");
  REQUIRE(t.events() == Lines{"0 s srem s", "0 g del s"});
  REQUIRE(t.run({"exists", "s"}) == ":0\r\n");
  REQUIRE(t.run({"srem", "s", "c"}) == ":0\r\n");
}

TEST_CASE("SMOVE takes a member from one set to another") {
  CommandFixture t;
  t.given({"sadd from a b", "sadd to b"});
  REQUIRE(t.run({"smove", "from", "to", "x"}) == ":0\r\n");
  REQUIRE(t.events().empty());
  REQUIRE(t.run({"smove", "from", "to", "a"}) == ":1\r\n");
  REQUIRE(t.events() == Lines{"0 s srem from", "0 s sadd to"});
  REQUIRE(t.propagated() == Lines{"0 smove from to a"});
  REQUIRE(t.dirty() == 2);
  // What is there already is only taken away.
  REQUIRE(t.run({"smove", "from", "to", "b"}) == ":1\r\n");
  REQUIRE(t.events() == Lines{"0 s srem from", "0 g del from"});
  REQUIRE(t.dirty() == 1);
  REQUIRE(t.run({"scard", "to"}) == ":2\r\n");
  REQUIRE(t.run({"smove", "to", "fresh", "a"}) == ":1\r\n");
  REQUIRE(t.events() == Lines{"0 s srem to", "0 n new fresh", "0 s sadd fresh"});
  REQUIRE(t.run({"smembers", "fresh"}) == "*1\r\n" + bulk_reply("a"));
}

TEST_CASE("SMOVE within one set only tells whether the member is there") {
  CommandFixture t;
  t.given({"sadd s a"});
  REQUIRE(t.run({"smove", "s", "s", "a"}) == ":1\r\n");
  REQUIRE(t.propagated().empty());
  REQUIRE(t.run({"smove", "s", "s", "b"}) == ":0\r\n");
}

TEST_CASE("Commands that change sets refuse other types, in Redis's order") {
  CommandFixture t;
  t.given({"set str x", "sadd s a"});
  REQUIRE(t.run({"sadd", "str", "a"}) == kWrongType);
  REQUIRE(t.run({"srem", "str", "a"}) == kWrongType);
  REQUIRE(t.run({"smove", "str", "s", "a"}) == kWrongType);
  REQUIRE(t.run({"smove", "s", "str", "a"}) == kWrongType);
  REQUIRE(t.run({"smove", "s", "str", "absent"}) == kWrongType);
  REQUIRE(t.run({"smove", "none", "str", "a"}) == ":0\r\n");
  REQUIRE(t.run({"smembers", "s"}) == "*1\r\n" + bulk_reply("a"));
}

}  // namespace redpoll::testing
