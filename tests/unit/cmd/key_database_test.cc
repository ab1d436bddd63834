// DBSIZE, SWAPDB, FLUSHDB, FLUSHALL. Replies and propagation are those of Redis 7.0.15.
#include <catch2/catch.hpp>

#include "support/command_fixture.h"

namespace redpoll::testing {

TEST_CASE("DBSIZE counts keys, expired ones that nobody has looked at included") {
  CommandFixture t;
  REQUIRE(t.run({"dbsize"}) == ":0\r\n");
  t.given({"set a 1", "set b 1 PX 1"});
  t.advance_ms(2);
  REQUIRE(t.run({"dbsize"}) == ":2\r\n");
  REQUIRE(t.run({"dbsize", "x"}) == error_reply("ERR wrong number of arguments for 'dbsize' command"));
}

TEST_CASE("SWAPDB exchanges two databases") {
  CommandFixture t;
  t.given({"set a 1 EX 10"});
  t.select(5);
  t.given({"set b 2", "set c 3"});
  t.select(0);
  REQUIRE(t.run({"swapdb", "0", "5"}) == kOk);
  REQUIRE(t.propagated() == Lines{"0 swapdb 0 5"});
  REQUIRE(t.dirty() == 1);
  REQUIRE(t.run({"mget", "a", "b", "c"}) == "*3\r\n$-1\r\n$1\r\n2\r\n$1\r\n3\r\n");
  REQUIRE(t.db().volatile_count() == 0);
  t.select(5);
  REQUIRE(t.run({"get", "a"}) == bulk_reply("1"));
  REQUIRE(t.pttl("a") == 10'000);
}

TEST_CASE("SWAPDB of a database with itself counts as a change") {
  CommandFixture t;
  t.given({"set a 1"});
  REQUIRE(t.run({"swapdb", "0", "0"}) == kOk);
  REQUIRE(t.dirty() == 1);
  REQUIRE(t.run({"get", "a"}) == bulk_reply("1"));
}

TEST_CASE("SWAPDB tells which index is bad") {
  CommandFixture t;
  const std::string first = error_reply("ERR invalid first DB index");
  const std::string second = error_reply("ERR invalid second DB index");
  const std::string range = error_reply("ERR DB index is out of range");
  REQUIRE(t.run({"swapdb", "x", "y"}) == first);
  REQUIRE(t.run({"swapdb", "3000000000", "y"}) == first);
  REQUIRE(t.run({"swapdb", "99", "y"}) == second);
  REQUIRE(t.run({"swapdb", "0", "3000000000"}) == second);
  REQUIRE(t.run({"swapdb", "0", "16"}) == range);
  REQUIRE(t.run({"swapdb", "-1", "0"}) == range);
}

TEST_CASE("FLUSHDB empties one database, FLUSHALL all of them") {
  CommandFixture t;
  t.given({"set a 1", "set b 2 EX 10"});
  t.select(3);
  t.given({"set c 3"});
  REQUIRE(t.run({"flushdb"}) == kOk);
  REQUIRE(t.propagated() == Lines{"3 flushdb"});
  REQUIRE(t.dirty() == 1);
  REQUIRE(t.run({"dbsize"}) == ":0\r\n");
  t.given({"set c 3"});
  t.select(0);
  REQUIRE(t.run({"dbsize"}) == ":2\r\n");
  REQUIRE(t.run({"flushall", "sync"}) == kOk);
  REQUIRE(t.propagated() == Lines{"0 flushall sync"});
  REQUIRE(t.dirty() == 3);
  REQUIRE(t.events().empty());
  REQUIRE(t.db().size() == 0);
  REQUIRE(t.db().volatile_count() == 0);
  REQUIRE(t.keyspace.db(3).size() == 0);
  t.given({"set a 1"});
  REQUIRE(t.run({"get", "a"}) == bulk_reply("1"));
}

TEST_CASE("FLUSHDB and FLUSHALL propagate although there is nothing to remove") {
  CommandFixture t;
  for (const std::string command : {"flushdb", "flushall"}) {
    REQUIRE(t.run({command}) == kOk);
    REQUIRE(t.dirty() == 0);
    REQUIRE(t.propagated() == Lines{"0 " + command});
  }
  t.given({"get none"});
  REQUIRE(t.propagated().empty());
}

TEST_CASE("FLUSHDB and FLUSHALL hand the keys to the background if asked to") {
  CommandFixture t;
  t.given({"set a 1", "flushdb", "set a 1", "flushall SYNC"});
  REQUIRE(t.reclaimer.databases == 0);
  t.given({"set a 1", "flushdb async"});
  REQUIRE(t.reclaimer.databases == 1);
  t.given({"set a 1", "flushall ASYNC"});
  REQUIRE(t.reclaimer.databases == 2);
  t.limits.lazy_user_flush = true;
  t.given({"set a 1", "flushdb"});
  REQUIRE(t.reclaimer.databases == 3);
  t.given({"set a 1", "flushdb sync"});
  REQUIRE(t.reclaimer.databases == 3);
}

TEST_CASE("FLUSHDB and FLUSHALL refuse other options") {
  CommandFixture t;
  t.given({"set a 1"});
  for (const char* command : {"flushdb", "flushall"}) {
    REQUIRE(t.run({command, "foo"}) == kSyntaxError);
    REQUIRE(t.run({command, "sync", "async"}) == kSyntaxError);
    REQUIRE(t.propagated().empty());
  }
  REQUIRE(t.db().size() == 1);
}

}  // namespace redpoll::testing
