// OBJECT. Replies are those of Redis 7.0.15, but for the words of HELP.
#include <catch2/catch.hpp>

#include "support/command_fixture.h"

namespace redpoll::testing {

TEST_CASE("OBJECT ENCODING names what users of Redis know") {
  CommandFixture t;
  t.given({"set int 12", "set short hello", "append raw x", "append raw y"});
  REQUIRE(t.run({"set", "edge", std::string(44, 'x')}) == kOk);
  REQUIRE(t.run({"set", "long", std::string(45, 'x')}) == kOk);
  REQUIRE(t.run({"object", "encoding", "int"}) == bulk_reply("int"));
  REQUIRE(t.run({"OBJECT", "Encoding", "short"}) == bulk_reply("embstr"));
  REQUIRE(t.run({"object", "encoding", "edge"}) == bulk_reply("embstr"));
  REQUIRE(t.run({"object", "encoding", "long"}) == bulk_reply("raw"));
  REQUIRE(t.run({"object", "encoding", "raw"}) == bulk_reply("raw"));
}

TEST_CASE("OBJECT answers null without the key and tells nobody of the miss") {
  CommandFixture t;
  t.given({"set gone v PX 1"});
  t.advance_ms(2);
  for (const char* sub : {"encoding", "freq", "idletime", "refcount"}) {
    REQUIRE(t.run({"object", sub, "none"}) == kNull);
    REQUIRE(t.events().empty());
  }
  REQUIRE(t.keyspace.stats.misses == 4);
  REQUIRE(t.run({"object", "encoding", "gone"}) == kNull);
  REQUIRE(t.events() == Lines{"0 x expired gone"});
  t.protocol = resp::Protocol::resp3;
  REQUIRE(t.run({"object", "encoding", "none"}) == "_\r\n");
}

TEST_CASE("OBJECT IDLETIME counts the seconds since the last use and is none") {
  CommandFixture t;
  t.given({"set k v"});
  t.advance_ms(61'000);
  REQUIRE(t.run({"object", "idletime", "k"}) == ":61\r\n");
  REQUIRE(t.run({"object", "idletime", "k"}) == ":61\r\n");
  t.given({"get k"});
  REQUIRE(t.run({"object", "idletime", "k"}) == ":0\r\n");
}

TEST_CASE("OBJECT IDLETIME needs an LRU policy, OBJECT FREQ an LFU policy") {
  CommandFixture t;
  const std::string adjust =
      "Please note that when switching between policies at runtime LRU and LFU data will take some time to "
      "adjust.";
  t.given({"set k v"});
  REQUIRE(
      t.run({"object", "freq", "k"}) ==
      error_reply("ERR An LFU maxmemory policy is not selected, access frequency not tracked. " + adjust));
  t.keyspace.access.policy = store::AccessPolicy::lfu;
  REQUIRE(t.run({"object", "idletime", "k"}) ==
          error_reply("ERR An LFU maxmemory policy is selected, idle time not tracked. " + adjust));
  t.given({"set k2 v"});
  REQUIRE(t.run({"object", "freq", "k2"}) == ":5\r\n");
  t.advance_ms(3 * 60'000);
  REQUIRE(t.run({"object", "freq", "k2"}) == ":2\r\n");
}

TEST_CASE("OBJECT REFCOUNT tells small integers from other values") {
  CommandFixture t;
  t.given({"set small 9999", "set large 10000", "set negative -1", "set text v"});
  REQUIRE(t.run({"object", "refcount", "small"}) == ":2147483647\r\n");
  for (const char* key : {"large", "negative", "text"})
    REQUIRE(t.run({"object", "refcount", key}) == ":1\r\n");
  t.keyspace.shares_integers = false;
  REQUIRE(t.run({"object", "refcount", "small"}) == ":1\r\n");
}

TEST_CASE("After a change between LRU and LFU policies, OBJECT reads what the other kind left behind") {
  CommandFixture t;
  t.given({"set k v"});
  t.advance_ms(3 * 60'000);
  t.keyspace.set_access({.policy = store::AccessPolicy::lfu});
  REQUIRE(t.run({"object", "freq", "k"}) == ":2\r\n");
  t.given({"get k", "set fresh v"});
  t.advance_ms(2 * 60'000);
  t.keyspace.set_access({.policy = store::AccessPolicy::lru});
  REQUIRE(t.run({"object", "idletime", "k"}) == ":120\r\n");
  REQUIRE(t.run({"object", "idletime", "fresh"}) == ":120\r\n");
  t.given({"get k"});
  REQUIRE(t.run({"object", "idletime", "k"}) == ":0\r\n");
  t.advance_ms(5'000);
  REQUIRE(t.run({"object", "idletime", "k"}) == ":5\r\n");
}

// Source: recorded replies of Redis 8.10-rc with maxmemory-policy allkeys-lrm.
TEST_CASE("Under LRM policies, OBJECT IDLETIME counts from the last change") {
  CommandFixture t;
  t.keyspace.set_access({.policy = store::AccessPolicy::lrm});
  t.given({"set a 1", "set b 1", "hset h f v"});
  t.advance_ms(3'000);
  t.given({"get a", "touch b", "hget h f"});
  for (const char* key : {"a", "b", "h"}) REQUIRE(t.run({"object", "idletime", key}) == ":3\r\n");
  t.given({"append a x", "expire b 1000", "hset h f v"});
  for (const char* key : {"a", "b", "h"}) REQUIRE(t.run({"object", "idletime", key}) == ":0\r\n");
  t.advance_ms(1'000);
  t.given({"persist b"});
  REQUIRE(t.run({"object", "idletime", "b"}) == ":0\r\n");
  REQUIRE(t.run({"object", "idletime", "a"}) == ":1\r\n");
}

TEST_CASE("OBJECT HELP explains the subcommands") {
  CommandFixture t;
  const std::string help = t.run({"object", "help"});
  REQUIRE(help.starts_with("*13\r\n+OBJECT <subcommand> [<arg> [value] [opt] ...]. Subcommands are:\r\n"));
  for (const char* line :
       {"+ENCODING <key>\r\n", "+FREQ <key>\r\n", "+IDLETIME <key>\r\n", "+REFCOUNT <key>\r\n"}) {
    REQUIRE(help.find(line) != std::string::npos);
  }
  REQUIRE(help.ends_with("+HELP\r\n+    Prints this help.\r\n"));
}

TEST_CASE("OBJECT and its subcommands check the number of arguments") {
  CommandFixture t;
  const auto wrong = [](const std::string& name) {
    return error_reply("ERR wrong number of arguments for '" + name + "' command");
  };
  REQUIRE(t.run({"object"}) == wrong("object"));
  REQUIRE(t.run({"object", "help", "x"}) == wrong("object|help"));
  for (const std::string sub : {"encoding", "freq", "idletime", "refcount"}) {
    REQUIRE(t.run({"object", sub}) == wrong("object|" + sub));
    REQUIRE(t.run({"object", sub, "k", "x"}) == wrong("object|" + sub));
  }
}

}  // namespace redpoll::testing
