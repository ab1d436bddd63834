// EXPIRE, TTL, EXPIRETIME and their variants, PERSIST. Replies, events and propagation are those of
// Redis 7.0.15.
#include <fmt/format.h>

#include <catch2/catch.hpp>

#include "support/command_fixture.h"

namespace redpoll::testing {

static const std::string kNotDone = ":0\r\n";
static const std::string kWasDone = ":1\r\n";
static const std::string kMax = "9223372036854775807";

TEST_CASE("EXPIRE sets a deadline and propagates it as an absolute time") {
  CommandFixture t;
  t.given({"set k v"});
  REQUIRE(t.run({"EXPIRE", "k", "10"}) == kWasDone);
  REQUIRE(t.events() == Lines{"0 g expire k"});
  REQUIRE(t.propagated() == Lines{"0 PEXPIREAT k 1700000010000"});
  REQUIRE(t.dirty() == 1);
  REQUIRE(t.pttl("k") == 10'000);
  t.advance_ms(10'001);
  REQUIRE(t.run({"get", "k"}) == kNull);
}

TEST_CASE("PEXPIRE, EXPIREAT and PEXPIREAT name the deadline in their ways") {
  CommandFixture t;
  t.given({"set k v"});
  REQUIRE(t.run({"pexpire", "k", "1500"}) == kWasDone);
  REQUIRE(t.propagated() == Lines{"0 PEXPIREAT k 1700000001500"});
  REQUIRE(t.pttl("k") == 1500);
  REQUIRE(t.run({"expireat", "k", "1700000007"}) == kWasDone);
  REQUIRE(t.propagated() == Lines{"0 PEXPIREAT k 1700000007000"});
  REQUIRE(t.pttl("k") == 7000);
  REQUIRE(t.run({"PExpireAt", "k", "1700000000042"}) == kWasDone);
  REQUIRE(t.propagated() == Lines{"0 PExpireAt k 1700000000042"});
  REQUIRE(t.pttl("k") == 42);
  REQUIRE(t.db().volatile_count() == 1);
}

TEST_CASE("EXPIRE of a missing key does nothing and is no miss") {
  CommandFixture t;
  REQUIRE(t.run({"expire", "none", "10"}) == kNotDone);
  REQUIRE(t.events().empty());
  REQUIRE(t.propagated().empty());
  REQUIRE(t.dirty() == 0);
}

TEST_CASE("EXPIRE in the past removes the key and propagates the removal") {
  for (const Words& words :
       {Words{"expire", "k", "0"}, Words{"expire", "k", "-1"}, Words{"pexpire", "k", "0"},
        Words{"pexpire", "k", "-9223372036854775808"}, Words{"expireat", "k", "1700000000"},
        Words{"pexpireat", "k", "1"}, Words{"expire", "k", "-5", "NX"}}) {
    CommandFixture t;
    t.given({"set k v"});
    REQUIRE(t.run(words) == kWasDone);
    REQUIRE(t.events() == Lines{"0 g del k"});
    REQUIRE(t.propagated() == Lines{"0 DEL k"});
    REQUIRE(t.dirty() == 1);
    REQUIRE(t.db().size() == 0);
  }
}

TEST_CASE("EXPIRE in the past unlinks if expired values are freed lazily") {
  CommandFixture t;
  t.keyspace.lazy_expire = true;
  REQUIRE(t.run({"set", "k", std::string(2 << 20, 'x')}) == kOk);
  REQUIRE(t.run({"expire", "k", "0"}) == kWasDone);
  REQUIRE(t.propagated() == Lines{"0 UNLINK k"});
  REQUIRE(t.reclaimer.values == 1);
}

TEST_CASE("EXPIRE NX and XX look whether there is a deadline") {
  CommandFixture t;
  t.given({"set k v"});
  REQUIRE(t.run({"expire", "k", "10", "XX"}) == kNotDone);
  REQUIRE(t.pttl("k") == -1);
  REQUIRE(t.run({"expire", "k", "10", "nx"}) == kWasDone);
  REQUIRE(t.propagated() == Lines{"0 PEXPIREAT k 1700000010000 nx"});
  REQUIRE(t.run({"expire", "k", "20", "NX"}) == kNotDone);
  REQUIRE(t.dirty() == 0);
  REQUIRE(t.propagated().empty());
  REQUIRE(t.run({"expire", "k", "20", "XX"}) == kWasDone);
  REQUIRE(t.pttl("k") == 20'000);
}

TEST_CASE("EXPIRE GT and LT compare, and no deadline counts as infinite") {
  CommandFixture t;
  t.given({"set k v"});
  REQUIRE(t.run({"expire", "k", "10", "GT"}) == kNotDone);
  REQUIRE(t.run({"expire", "k", "10", "LT"}) == kWasDone);
  REQUIRE(t.run({"expire", "k", "10", "GT"}) == kNotDone);
  REQUIRE(t.run({"expire", "k", "10", "LT"}) == kNotDone);
  REQUIRE(t.run({"expire", "k", "11", "LT"}) == kNotDone);
  REQUIRE(t.run({"expire", "k", "9", "GT"}) == kNotDone);
  REQUIRE(t.run({"expire", "k", "11", "GT"}) == kWasDone);
  REQUIRE(t.run({"expire", "k", "9", "LT"}) == kWasDone);
  REQUIRE(t.pttl("k") == 9000);
  // Conditions are asked before the past is noticed.
  REQUIRE(t.run({"expire", "k", "-1", "GT"}) == kNotDone);
  REQUIRE(t.run({"expire", "k", "-1", "LT"}) == kWasDone);
  REQUIRE(t.db().size() == 0);
}

TEST_CASE("EXPIRE takes XX together with GT or LT") {
  CommandFixture t;
  t.given({"set k v"});
  REQUIRE(t.run({"expire", "k", "10", "XX", "LT"}) == kNotDone);
  t.given({"expire k 10"});
  REQUIRE(t.run({"expire", "k", "20", "XX", "GT", "xx"}) == kWasDone);
  REQUIRE(t.propagated() == Lines{"0 PEXPIREAT k 1700000020000 XX GT xx"});
}

TEST_CASE("EXPIRE refuses conditions that exclude each other") {
  CommandFixture t;
  const std::string nx = error_reply("ERR NX and XX, GT or LT options at the same time are not compatible");
  const std::string gt = error_reply("ERR GT and LT options at the same time are not compatible");
  for (const char* command : {"expire", "pexpire", "expireat", "pexpireat"}) {
    for (const char* other : {"XX", "GT", "LT"}) REQUIRE(t.run({command, "k", "x", "NX", other}) == nx);
    REQUIRE(t.run({command, "k", "x", "LT", "GT"}) == gt);
    REQUIRE(t.run({command, "k", "x", "GT", "LT", "NX"}) == nx);
    REQUIRE(t.run({command, "k", "x", "Foo"}) == error_reply("ERR Unsupported option Foo"));
    REQUIRE(t.run({command, "k", "1", "NX", "XX", "Foo"}) == error_reply("ERR Unsupported option Foo"));
  }
  REQUIRE(t.run({"expire", "k", "1", std::string("a\0b", 3)}) == error_reply("ERR Unsupported option a"));
}

TEST_CASE("EXPIRE refuses what is no number or overflows, before it looks for the key") {
  CommandFixture t;
  const auto invalid = [](std::string_view command) {
    return error_reply(fmt::format("ERR invalid expire time in '{}' command", command));
  };
  for (const char* command : {"expire", "pexpire", "expireat", "pexpireat"}) {
    REQUIRE(t.run({command, "none", "x"}) == error_reply("ERR value is not an integer or out of range"));
    REQUIRE(t.run({command, "none", kMax + "0"}) ==
            error_reply("ERR value is not an integer or out of range"));
  }
  for (const char* command : {"expire", "pexpire", "expireat"})
    REQUIRE(t.run({command, "none", kMax}) == invalid(command));
  for (const char* command : {"expire", "expireat"}) {
    REQUIRE(t.run({command, "none", "9223372036854776"}) == invalid(command));
    REQUIRE(t.run({command, "none", "-9223372036854776"}) == invalid(command));
  }
  REQUIRE(t.run({"expire", "none", "9223372036854775"}) == invalid("expire"));
  REQUIRE(t.run({"expireat", "none", "9223372036854775"}) == kNotDone);
  REQUIRE(t.run({"pexpireat", "none", kMax}) == kNotDone);
}

TEST_CASE("A deadline at the end of time can be set and asked for") {
  CommandFixture t;
  t.given({"set k v"});
  REQUIRE(t.run({"pexpireat", "k", kMax}) == kWasDone);
  REQUIRE(t.run({"pexpiretime", "k"}) == ":" + kMax + "\r\n");
  REQUIRE(t.run({"expiretime", "k"}) == ":9223372036854776\r\n");
  REQUIRE(t.run({"pttl", "k"}) == ":9223370336854775807\r\n");
  REQUIRE(t.run({"ttl", "k"}) == ":9223370336854776\r\n");
}

TEST_CASE("TTL and PTTL tell what is left, seconds rounded to the nearest") {
  CommandFixture t;
  t.given({"set k v PX 1499"});
  REQUIRE(t.run({"pttl", "k"}) == ":1499\r\n");
  REQUIRE(t.run({"ttl", "k"}) == ":1\r\n");
  t.given({"pexpire k 1500"});
  REQUIRE(t.run({"ttl", "k"}) == ":2\r\n");
  t.advance_ms(1500);
  REQUIRE(t.run({"pttl", "k"}) == kNotDone);
  t.advance_ms(1);
  REQUIRE(t.run({"pttl", "k"}) == ":-2\r\n");
  REQUIRE(t.events() == Lines{"0 x expired k", "0 m keymiss k"});
}

TEST_CASE("EXPIRETIME and PEXPIRETIME tell the absolute time") {
  CommandFixture t;
  t.given({"set k v PXAT 1700000001500"});
  REQUIRE(t.run({"pexpiretime", "k"}) == ":1700000001500\r\n");
  REQUIRE(t.run({"expiretime", "k"}) == ":1700000002\r\n");
}

TEST_CASE("TTL and its relatives answer -1 without a deadline and -2 without the key") {
  CommandFixture t;
  t.given({"set k v"});
  for (const char* command : {"ttl", "pttl", "expiretime", "pexpiretime"}) {
    REQUIRE(t.run({command, "k"}) == ":-1\r\n");
    REQUIRE(t.run({command, "none"}) == ":-2\r\n");
    REQUIRE(t.events() == Lines{"0 m keymiss none"});
  }
  REQUIRE(t.keyspace.stats.hits == 4);
  REQUIRE(t.keyspace.stats.misses == 4);
}

TEST_CASE("TTL is no use of the key") {
  CommandFixture t;
  t.given({"set k v EX 100"});
  t.advance_ms(5000);
  t.given({"ttl k", "pttl k", "expiretime k", "pexpiretime k"});
  REQUIRE(t.run({"object", "idletime", "k"}) == ":5\r\n");
}

TEST_CASE("PERSIST removes the deadline") {
  CommandFixture t;
  t.given({"set k v EX 10"});
  REQUIRE(t.run({"persist", "k"}) == kWasDone);
  REQUIRE(t.events() == Lines{"0 g persist k"});
  REQUIRE(t.propagated() == Lines{"0 persist k"});
  REQUIRE(t.dirty() == 1);
  REQUIRE(t.pttl("k") == -1);
  REQUIRE(t.db().volatile_count() == 0);
  for (const char* key : {"k", "none"}) {
    REQUIRE(t.run({"persist", key}) == kNotDone);
    REQUIRE(t.dirty() == 0);
    REQUIRE(t.events().empty());
  }
}

TEST_CASE("Deadlines come and go for every encoding without harm to the value") {
  CommandFixture t;
  const std::string large(5000, 'x');
  for (const std::string& value : {std::string("v"), std::string("42"), std::string(60, 'm'), large}) {
    for (const std::string& key : {std::string("k"), std::string(300, 'k')}) {
      REQUIRE(t.run({"set", key, value}) == kOk);
      REQUIRE(t.run({"expire", key, "10"}) == kWasDone);
      REQUIRE(t.run({"get", key}) == bulk_reply(value));
      REQUIRE(t.run({"persist", key}) == kWasDone);
      REQUIRE(t.run({"get", key}) == bulk_reply(value));
    }
  }
  t.db().validate();
}

}  // namespace redpoll::testing
