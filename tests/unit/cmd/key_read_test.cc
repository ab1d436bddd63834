// EXISTS, TOUCH, TYPE, RANDOMKEY. Replies and events are those of Redis 7.0.15.
#include <catch2/catch.hpp>
#include <set>

#include "support/command_fixture.h"

namespace redpoll::testing {

TEST_CASE("EXISTS counts each mention of a key that is there") {
  CommandFixture t;
  t.given({"set a 1", "set b 2"});
  REQUIRE(t.run({"exists", "a"}) == ":1\r\n");
  REQUIRE(t.run({"exists", "a", "none", "a", "b"}) == ":3\r\n");
  REQUIRE(t.events() == Lines{"0 m keymiss none"});
  REQUIRE(t.dirty() == 0);
  REQUIRE(t.run({"exists"}) == error_reply("ERR wrong number of arguments for 'exists' command"));
}

TEST_CASE("EXISTS finds that a key has expired and removes it") {
  CommandFixture t;
  t.given({"set k v PX 5"});
  t.advance_ms(5);
  REQUIRE(t.run({"exists", "k"}) == ":1\r\n");
  t.advance_ms(1);
  REQUIRE(t.run({"exists", "k"}) == ":0\r\n");
  REQUIRE(t.events() == Lines{"0 x expired k", "0 m keymiss k"});
  REQUIRE(t.propagated() == Lines{"0 DEL k"});
  REQUIRE(t.db().size() == 0);
}

TEST_CASE("TOUCH is a use of the key, EXISTS and TYPE are not") {
  CommandFixture t;
  t.given({"set k v"});
  t.advance_ms(7000);
  t.given({"exists k", "type k"});
  REQUIRE(t.run({"object", "idletime", "k"}) == ":7\r\n");
  REQUIRE(t.run({"touch", "k", "none", "k"}) == ":2\r\n");
  REQUIRE(t.run({"object", "idletime", "k"}) == ":0\r\n");
}

TEST_CASE("TOUCH is a use of the key even for a client whose commands are none") {
  CommandFixture t;
  t.given({"set k v"});
  t.advance_ms(7000);
  t.asker.no_touch = true;
  t.given({"get k"});
  REQUIRE(t.run({"object", "idletime", "k"}) == ":7\r\n");
  t.given({"touch k"});
  REQUIRE(t.run({"object", "idletime", "k"}) == ":0\r\n");
}

TEST_CASE("Key reads count hits and misses") {
  CommandFixture t;
  t.given({"set k v", "exists k none", "touch k none", "type k", "type none"});
  REQUIRE(t.keyspace.stats.hits == 3);
  REQUIRE(t.keyspace.stats.misses == 3);
}

TEST_CASE("TYPE names the type, or none") {
  CommandFixture t;
  t.given({"set s v"});
  t.put_list("l");
  REQUIRE(t.run({"type", "s"}) == "+string\r\n");
  REQUIRE(t.run({"type", "l"}) == "+list\r\n");
  REQUIRE(t.run({"type", "none"}) == "+none\r\n");
  REQUIRE(t.run({"type"}) == error_reply("ERR wrong number of arguments for 'type' command"));
}

TEST_CASE("RANDOMKEY returns every key in time, and null from an empty database") {
  CommandFixture t;
  REQUIRE(t.run({"randomkey"}) == kNull);
  t.given({"set a 1", "set b 2", "set c 3"});
  std::set<std::string> drawn;
  for (int i = 0; i < 300; ++i) drawn.insert(t.run({"randomkey"}));
  REQUIRE(drawn == std::set{bulk_reply("a"), bulk_reply("b"), bulk_reply("c")});
  t.protocol = resp::Protocol::resp3;
  t.given({"flushdb"});
  REQUIRE(t.run({"randomkey"}) == "_\r\n");
}

TEST_CASE("RANDOMKEY removes expired keys it comes across") {
  CommandFixture t;
  t.given({"set a 1 PX 1", "set b 2 PX 1"});
  t.advance_ms(2);
  REQUIRE(t.run({"randomkey"}) == kNull);
  REQUIRE(t.db().size() == 0);
}

}  // namespace redpoll::testing
