// Deadlines of fields: what is propagated, which events are told, and HGETEX and HSETEX, which
// hash_field_expiry.txt has no replies of. The replies of the others are in that transcript.
#include <catch2/catch.hpp>
#include <string>

#include "support/command_fixture.h"

namespace redpoll::testing {

namespace {

const std::string kNoFields =
    error_reply("ERR Mandatory argument FIELDS is missing or not at the right position");
const std::string kBadCount = error_reply("ERR The `numfields` parameter must match the number of arguments");
const std::string kNowMs = "1700000000000";

// Makes a packed hash a table, fields and deadlines as they were.
void make_table(CommandFixture& t, const std::string& key) {
  t.run({"hset", key, "long", std::string(100, 'x')});
  t.run({"hdel", key, "long"});
}

std::string pttl(CommandFixture& t, const std::string& field) {
  return t.run({"hpttl", "h", "FIELDS", "1", field}).substr(4);
}

}  // namespace

TEST_CASE("Relative times of fields propagate as absolute ones, for the fields that took them") {
  CommandFixture t;
  t.given({"hset h a 1 b 2 c 3"});
  REQUIRE(t.run({"hexpire", "h", "100", "FIELDS", "2", "a", "nosuch"}) == "*2\r\n:1\r\n:-2\r\n");
  REQUIRE(t.events() == Lines{"0 h hexpire h"});
  REQUIRE(t.propagated() == Lines{"0 HPEXPIREAT h 1700000100000 FIELDS 1 a"});
  REQUIRE(t.dirty() == 1);
  t.given({"hpexpire h 500 NX FIELDS 3 a b c"});
  REQUIRE(t.propagated() == Lines{"0 HPEXPIREAT h 1700000000500 FIELDS 2 b c"});
  REQUIRE(t.dirty() == 2);
  t.given({"hpexpire h 1000 XX FIELDS 1 nosuch"});
  REQUIRE(t.events().empty());
  REQUIRE(t.propagated().empty());
  t.given({"hexpireat h 1700000200 FIELDS 1 a"});
  REQUIRE(t.propagated() == Lines{"0 HPEXPIREAT h 1700000200000 FIELDS 1 a"});
}

TEST_CASE("Fields given a time that has passed are removed, and propagate so") {
  for (const bool table : {false, true}) {
    CommandFixture t;
    t.given({"hset h a 1 b 2 c 3"});
    if (table) make_table(t, "h");
    REQUIRE(t.run({"hpexpireat", "h", kNowMs, "FIELDS", "3", "a", "a", "x"}) == "*3\r\n:2\r\n:-2\r\n:-2\r\n");
    REQUIRE(t.events() == Lines{"0 h hdel h"});
    REQUIRE(t.propagated() == Lines{"0 HDEL h a"});
    REQUIRE(t.run({"hexpire", "h", "0", "FIELDS", "2", "b", "c"}) == "*2\r\n:2\r\n:2\r\n");
    REQUIRE(t.events() == Lines{"0 h hdel h", "0 g del h"});
    REQUIRE(t.propagated() == Lines{"0 HDEL h b c"});
    REQUIRE(t.db().size() == 0);
  }
}

TEST_CASE("HPERSIST tells and propagates only what it changed") {
  CommandFixture t;
  t.given({"hset h a 1 b 2", "hexpire h 100 FIELDS 1 a"});
  REQUIRE(t.run({"hpersist", "h", "FIELDS", "3", "a", "b", "x"}) == "*3\r\n:1\r\n:-1\r\n:-2\r\n");
  REQUIRE(t.events() == Lines{"0 h hpersist h"});
  REQUIRE(t.propagated() == Lines{"0 hpersist h FIELDS 3 a b x"});
  REQUIRE(t.run({"hpersist", "h", "FIELDS", "1", "a"}) == "*1\r\n:-1\r\n");
  REQUIRE(t.events().empty());
  REQUIRE(t.propagated().empty());
}

TEST_CASE("The latest deadline of a field is that of Redis") {
  CommandFixture t;
  t.given({"hset h a 1"});
  const std::string bad = error_reply("ERR invalid expire time in 'hpexpireat' command");
  REQUIRE(t.run({"hpexpireat", "h", "70368744177663", "FIELDS", "1", "a"}) == "*1\r\n:1\r\n");
  REQUIRE(t.run({"hpexpireat", "h", "70368744177664", "FIELDS", "1", "a"}) == bad);
  REQUIRE(t.run({"hexpireat", "h", "70368744178", "FIELDS", "1", "a"}) ==
          error_reply("ERR invalid expire time in 'hexpireat' command"));
}

TEST_CASE("HTTL rounds up") {
  CommandFixture t;
  t.given({"hset h a 1", "hpexpire h 1001 FIELDS 1 a"});
  REQUIRE(t.run({"httl", "h", "FIELDS", "1", "a"}) == "*1\r\n:2\r\n");
  REQUIRE(t.run({"hpttl", "h", "FIELDS", "1", "a"}) == "*1\r\n:1001\r\n");
  REQUIRE(t.run({"hexpiretime", "h", "FIELDS", "1", "a"}) == "*1\r\n:1700000002\r\n");
  t.advance_ms(1000);
  REQUIRE(t.run({"httl", "h", "FIELDS", "1", "a"}) == "*1\r\n:1\r\n");
}

TEST_CASE("A field that expires is told of as such and propagates as its removal") {
  for (const bool table : {false, true}) {
    CommandFixture t;
    t.given({"hset h a 1 b 2 c 3", "hpexpire h 10 FIELDS 2 a b"});
    if (table) make_table(t, "h");
    t.advance_ms(11);
    REQUIRE(t.run({"hget", "h", "c"}) == bulk_reply("3"));
    REQUIRE(t.events() == Lines{"0 h hexpired h"});
    const std::string both = t.propagated().at(0);
    REQUIRE((both == "0 HDEL h a b" || both == "0 HDEL h b a"));
    REQUIRE(t.run({"hlen", "h"}) == ":1\r\n");
    t.given({"hpexpire h 10 FIELDS 1 c"});
    t.advance_ms(11);
    REQUIRE(t.run({"exists", "h"}) == ":0\r\n");
    REQUIRE(t.events() == Lines{"0 h hexpired h", "0 g del h", "0 m keymiss h"});
    REQUIRE(t.propagated() == Lines{"0 DEL h"});
  }
}

TEST_CASE("A hash of which nothing lives is no key for any command") {
  CommandFixture t;
  const Words looks[] = {{"type", "h"},        {"object", "encoding", "h"},
                         {"ttl", "h"},         {"keys", "*"},
                         {"rename", "h", "i"}, {"copy", "h", "i"},
                         {"hlen", "h"},        {"hgetall", "h"},
                         {"scan", "0"},        {"randomkey"},
                         {"persist", "h"},     {"hsetnx", "h", "f", "w"},
                         {"unlink", "h"},      {"set", "h", "v", "nx"},
                         {"move", "h", "1"}};
  for (const bool hidden : {false, true}) {
    for (const Words& look : looks) {
      INFO(look[0]);
      t.given({"flushall"});
      const std::string missing = t.run(look);
      t.given({"flushall", "hset h f v", "hpexpire h 10 FIELDS 1 f"});
      t.advance_ms(11);
      // Only reads are kept from removing it.
      t.keyspace.terms().expired = hidden ? store::Expired::hide : store::Expired::remove;
      const std::string reply = t.run(look);
      if (!(hidden && look[0] == "randomkey")) CHECK(reply == missing);
      t.keyspace.terms().expired = store::Expired::remove;
    }
  }
}

TEST_CASE("The last field that lives takes with it those whose time has come and that nobody has removed") {
  for (const bool table : {false, true}) {
    CommandFixture t;
    for (int i = 0; i < 100; ++i) t.run({"hset", "h", "f" + std::to_string(i), "v"});
    if (table) make_table(t, "h");
    for (int i = 1; i < 100; ++i) t.run({"hpexpire", "h", "10", "FIELDS", "1", "f" + std::to_string(i)});
    t.advance_ms(11);
    REQUIRE(t.run({"hdel", "h", "f0", "f99"}) == ":1\r\n");
    REQUIRE(t.db().size() == 0);
    REQUIRE(t.events().back() == "0 g del h");
    REQUIRE(t.propagated().back() == "0 DEL h");
  }
}

TEST_CASE("Increments keep the deadline of a field, and propagate it") {
  CommandFixture t;
  t.given({"hset h a 1", "hpexpire h 500 FIELDS 1 a"});
  REQUIRE(t.run({"hincrby", "h", "a", "1"}) == ":2\r\n");
  REQUIRE(t.propagated() == Lines{"0 hincrby h a 1"});
  REQUIRE(t.run({"hincrbyfloat", "h", "a", "0.5"}) == bulk_reply("2.5"));
  REQUIRE(t.propagated() == Lines{"0 HSET h a 2.5", "0 HPEXPIREAT h 1700000000500 FIELDS 1 a"});
  REQUIRE(pttl(t, "a") == ":500\r\n");
}

TEST_CASE("Copies and moved hashes keep the deadlines of their fields") {
  for (const bool table : {false, true}) {
    CommandFixture t;
    t.given({"hset h a 1 b 2", "hpexpire h 500 FIELDS 1 a"});
    if (table) make_table(t, "h");
    t.given({"copy h twin", "rename h moved", "move moved 1"});
    t.select(1);
    t.given({"rename moved h"});
    REQUIRE(pttl(t, "a") == ":500\r\n");
    t.select(0);
    t.given({"rename twin h"});
    REQUIRE(pttl(t, "a") == ":500\r\n");
    t.advance_ms(501);
    REQUIRE(t.run({"hgetall", "h"}) == "*2\r\n$1\r\nb\r\n$1\r\n2\r\n");
  }
}

TEST_CASE("HGETEX reads, and then sets, drops or keeps the deadlines") {
  for (const bool table : {false, true}) {
    CommandFixture t;
    t.given({"hset h a 1 b 2"});
    if (table) make_table(t, "h");
    REQUIRE(t.run({"hgetex", "h", "FIELDS", "2", "a", "x"}) == "*2\r\n$1\r\n1\r\n$-1\r\n");
    REQUIRE(t.propagated().empty());
    REQUIRE(t.run({"hgetex", "h", "EX", "10", "FIELDS", "2", "a", "x"}) == "*2\r\n$1\r\n1\r\n$-1\r\n");
    REQUIRE(t.events() == Lines{"0 h hexpire h"});
    REQUIRE(t.propagated() == Lines{"0 HPEXPIREAT h 1700000010000 FIELDS 1 a"});
    REQUIRE(pttl(t, "a") == ":10000\r\n");
    t.given({"hgetex h px 20 fields 1 a"});
    REQUIRE(pttl(t, "a") == ":20\r\n");
    t.given({"hgetex h EXAT 1700000030 FIELDS 1 a"});
    REQUIRE(pttl(t, "a") == ":30000\r\n");
    t.given({"hgetex h PXAT 1700000000040 FIELDS 1 a"});
    REQUIRE(pttl(t, "a") == ":40\r\n");
    t.given({"hgetex h FIELDS 1 a"});
    REQUIRE(pttl(t, "a") == ":40\r\n");
    REQUIRE(t.run({"hgetex", "h", "PERSIST", "FIELDS", "2", "a", "b"}) == "*2\r\n$1\r\n1\r\n$1\r\n2\r\n");
    REQUIRE(t.events() == Lines{"0 h hpersist h"});
    REQUIRE(t.propagated() == Lines{"0 HPERSIST h FIELDS 1 a"});
    REQUIRE(pttl(t, "a") == ":-1\r\n");
  }
}

TEST_CASE("HGETEX with a time that has passed removes what it read") {
  CommandFixture t;
  t.given({"hset h a 1 b 2"});
  REQUIRE(t.run({"hgetex", "h", "EX", "0", "FIELDS", "2", "a", "x"}) == "*2\r\n$1\r\n1\r\n$-1\r\n");
  REQUIRE(t.events() == Lines{"0 h hdel h"});
  REQUIRE(t.propagated() == Lines{"0 HDEL h a"});
  REQUIRE(t.run({"hgetex", "h", "PXAT", "1", "FIELDS", "1", "b"}) == "*1\r\n$1\r\n2\r\n");
  REQUIRE(t.events() == Lines{"0 h hdel h", "0 g del h"});
  REQUIRE(t.db().size() == 0);
  REQUIRE(t.run({"hgetex", "h", "EX", "10", "FIELDS", "2", "a", "b"}) == "*2\r\n$-1\r\n$-1\r\n");
}

TEST_CASE("HGETEX refuses what it cannot read") {
  CommandFixture t;
  t.given({"hset h a 1"});
  REQUIRE(t.run({"hgetex", "h", "EX", "10", "PERSIST", "FIELDS", "1", "a"}) == kNoFields);
  REQUIRE(t.run({"hgetex", "h", "KEEPTTL", "FIELDS", "1", "a"}) == kNoFields);
  REQUIRE(t.run({"hgetex", "h", "FIELDS", "2", "a"}) == kBadCount);
  REQUIRE(t.run({"hgetex", "h", "FIELDS", "x", "a"}) ==
          error_reply("ERR Number of fields must be a positive integer"));
  REQUIRE(t.run({"hgetex", "h", "EX", "10", "FIELDS"}) ==
          error_reply("ERR wrong number of arguments for 'hgetex' command"));
  REQUIRE(t.run({"hgetex", "h", "EX", "x", "FIELDS", "1", "a"}) ==
          error_reply("ERR value is not an integer or out of range"));
  REQUIRE(t.run({"hgetex", "h", "EX", "-1", "FIELDS", "1", "a"}) ==
          error_reply("ERR invalid expire time, must be >= 0"));
  REQUIRE(t.run({"hgetex", "h", "EX", "9223372036854775807", "FIELDS", "1", "a"}) ==
          error_reply("ERR invalid expire time in 'hgetex' command"));
  REQUIRE(pttl(t, "a") == ":-1\r\n");
}

TEST_CASE("HSETEX sets values and deadlines together") {
  for (const bool table : {false, true}) {
    CommandFixture t;
    t.given({"hset h x y"});
    if (table) make_table(t, "h");
    REQUIRE(t.run({"hsetex", "h", "EX", "10", "FIELDS", "2", "a", "1", "b", "2"}) == ":1\r\n");
    REQUIRE(t.events() == Lines{"0 h hset h", "0 h hexpire h"});
    REQUIRE(t.propagated() == Lines{"0 HSETEX h PXAT 1700000010000 FIELDS 2 a 1 b 2"});
    REQUIRE(t.dirty() == 2);
    REQUIRE(pttl(t, "b") == ":10000\r\n");
    t.given({"hsetex h KEEPTTL FIELDS 2 a 3 c 4"});
    REQUIRE(t.propagated() == Lines{"0 HSETEX h KEEPTTL FIELDS 2 a 3 c 4"});
    REQUIRE(pttl(t, "a") == ":10000\r\n");
    REQUIRE(pttl(t, "c") == ":-1\r\n");
    t.given({"hsetex h FIELDS 1 a 5"});
    REQUIRE(t.propagated() == Lines{"0 HSET h a 5"});
    REQUIRE(pttl(t, "a") == ":-1\r\n");
    REQUIRE(t.run({"hmget", "h", "a", "b", "c"}) == "*3\r\n$1\r\n5\r\n$1\r\n2\r\n$1\r\n4\r\n");
  }
}

TEST_CASE("HSETEX sets all fields or none") {
  CommandFixture t;
  REQUIRE(t.run({"hsetex", "h", "FXX", "FIELDS", "1", "a", "1"}) == ":0\r\n");
  REQUIRE(t.db().size() == 0);
  REQUIRE(t.run({"hsetex", "h", "FNX", "FIELDS", "1", "a", "1"}) == ":1\r\n");
  REQUIRE(t.run({"hsetex", "h", "PX", "9", "FNX", "FIELDS", "2", "b", "1", "a", "2"}) == ":0\r\n");
  REQUIRE(t.events().empty());
  REQUIRE(t.run({"hsetex", "h", "fxx", "FIELDS", "2", "a", "2", "b", "2"}) == ":0\r\n");
  REQUIRE(t.run({"hgetall", "h"}) == "*2\r\n$1\r\na\r\n$1\r\n1\r\n");
  REQUIRE(t.run({"hsetex", "h", "FXX", "PX", "9", "FIELDS", "1", "a", "2"}) == ":1\r\n");
  REQUIRE(t.propagated() == Lines{"0 HSETEX h PXAT 1700000000009 FIELDS 1 a 2"});
}

TEST_CASE("HSETEX with a time that has passed removes the fields") {
  CommandFixture t;
  t.given({"hset h a 1 b 2"});
  REQUIRE(t.run({"hsetex", "h", "PXAT", "1", "FIELDS", "2", "a", "9", "c", "9"}) == ":1\r\n");
  REQUIRE(t.events() == Lines{"0 h hdel h"});
  REQUIRE(t.propagated() == Lines{"0 HDEL h a"});
  REQUIRE(t.run({"hsetex", "h", "EX", "0", "FIELDS", "1", "b", "9"}) == ":1\r\n");
  REQUIRE(t.db().size() == 0);
  REQUIRE(t.run({"hsetex", "h", "EX", "0", "FIELDS", "1", "b", "9"}) == ":1\r\n");
  REQUIRE(t.db().size() == 0);
  REQUIRE(t.propagated().empty());
}

TEST_CASE("HSETEX refuses what it cannot read") {
  CommandFixture t;
  const std::string one_expiry =
      error_reply("ERR Only one of EX, PX, EXAT, PXAT or KEEPTTL arguments can be specified");
  REQUIRE(t.run({"hsetex", "h", "EX", "1", "PX", "1", "FIELDS", "1", "a", "1"}) == one_expiry);
  REQUIRE(t.run({"hsetex", "h", "KEEPTTL", "EXAT", "1", "FIELDS", "1", "a", "1"}) == one_expiry);
  REQUIRE(t.run({"hsetex", "h", "FNX", "FXX", "FIELDS", "1", "a", "1"}) ==
          error_reply("ERR Only one of FXX or FNX arguments can be specified"));
  REQUIRE(t.run({"hsetex", "h", "NX", "FIELDS", "1", "a", "1"}) == kNoFields);
  REQUIRE(t.run({"hsetex", "h", "FNX", "EX", "10", "KEY"}) == kNoFields);
  REQUIRE(t.run({"hsetex", "h", "FIELDS", "1", "a", "1", "b"}) == kBadCount);
  REQUIRE(t.run({"hsetex", "h", "FIELDS", "2", "a", "1"}) == kBadCount);
  REQUIRE(t.run({"hsetex", "h", "FIELDS", "0", "a", "1"}) ==
          error_reply("ERR Number of fields must be a positive integer"));
  REQUIRE(t.run({"hsetex", "h", "EX", "-1", "FIELDS", "1", "a", "1"}) ==
          error_reply("ERR invalid expire time, must be >= 0"));
  REQUIRE(t.db().size() == 0);
}

}  // namespace redpoll::testing
