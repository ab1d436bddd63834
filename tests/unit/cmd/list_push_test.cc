// LPUSH, RPUSH, LPUSHX, RPUSHX, and how lists are encoded. Replies, events and propagation are those of
// Redis 7.0.15, encodings those of 7.2.
#include <catch2/catch.hpp>

#include "unit/cmd/list_replies.h"

namespace redpoll::testing {

// A command with `count` elements of `size` bytes.
static Words push_many(const char* command, size_t count, size_t size) {
  Words words{command, "l"};
  words.insert(words.end(), count, std::string(size, 'x'));
  return words;
}

TEST_CASE("LPUSH and RPUSH put elements at the ends, one after another") {
  CommandFixture t;
  REQUIRE(t.run({"rpush", "l", "a", "b"}) == ":2\r\n");
  REQUIRE(t.events() == Lines{"0 n new l", "0 l rpush l"});
  REQUIRE(t.propagated() == Lines{"0 rpush l a b"});
  REQUIRE(t.dirty() == 2);
  REQUIRE(t.run({"lpush", "l", "1", "", "-7"}) == ":5\r\n");
  REQUIRE(t.events() == Lines{"0 l lpush l"});
  REQUIRE(t.dirty() == 3);
  REQUIRE(all_of(t, "l") == array_reply({"-7", "", "1", "a", "b"}));
}

TEST_CASE("LPUSHX and RPUSHX create nothing") {
  CommandFixture t;
  for (const char* command : {"lpushx", "rpushx"}) {
    REQUIRE(t.run({command, "l", "a"}) == ":0\r\n");
    REQUIRE(t.dirty() == 0);
    REQUIRE(t.events().empty());
  }
  t.given({"rpush l m", "lpushx l a", "rpushx l x y"});
  REQUIRE(t.events() == Lines{"0 l rpush l"});
  REQUIRE(all_of(t, "l") == array_reply({"a", "m", "x", "y"}));
}

TEST_CASE("Nothing is pushed to another type") {
  CommandFixture t;
  t.given({"set s v"});
  for (const char* command : {"lpush", "rpush", "lpushx", "rpushx"})
    REQUIRE(t.run({command, "s", "a"}) == kWrongType);
}

TEST_CASE("A push keeps the deadline") {
  CommandFixture t;
  t.given({"rpush l a", "pexpire l 500"});
  t.run(push_many("rpush", 3, 5000));
  REQUIRE(t.encoding("l") == "quicklist");
  REQUIRE(t.pttl("l") == 500);
  t.given({"ltrim l 0 0"});
  REQUIRE(t.encoding("l") == "listpack");
  REQUIRE(t.pttl("l") == 500);
}

TEST_CASE("A list is a listpack up to list-max-listpack-size in bytes, the text of new elements counted") {
  CommandFixture t;
  // 7 bytes of an empty listpack and 8185 are 8192.
  t.run(push_many("rpush", 1, 8185));
  REQUIRE(t.encoding("l") == "listpack");
  t.given({"del l"});
  t.run(push_many("rpush", 1, 8186));
  REQUIRE(t.encoding("l") == "quicklist");
  t.given({"del l"});
  t.run(push_many("rpush", 2, 4090));
  t.run(push_many("lpush", 1, 1));
  REQUIRE(t.encoding("l") == "quicklist");

  t.keyspace.encoding.list_max_listpack_size = -1;
  t.given({"del l"});
  t.run(push_many("rpush", 1, 4089));
  REQUIRE(t.encoding("l") == "listpack");
  t.given({"del l"});
  t.run(push_many("rpush", 1, 4090));
  REQUIRE(t.encoding("l") == "quicklist");
}

TEST_CASE("A list is a listpack up to list-max-listpack-size in elements") {
  CommandFixture t;
  t.keyspace.encoding.list_max_listpack_size = 4;
  t.run(push_many("rpush", 4, 1));
  REQUIRE(t.encoding("l") == "listpack");
  t.run(push_many("rpush", 1, 1));
  REQUIRE(t.encoding("l") == "quicklist");
  t.given({"lpop l", "lpop l"});
  REQUIRE(t.encoding("l") == "quicklist");
  t.given({"rpop l"});
  REQUIRE(t.encoding("l") == "listpack");
  REQUIRE(all_of(t, "l") == array_reply({"x", "x"}));
  t.given({"del l"});
  t.run(push_many("rpush", 5, 1));
  REQUIRE(t.encoding("l") == "quicklist");
}

TEST_CASE("A quicklist becomes a listpack again when it has shrunk to half the limit") {
  CommandFixture t;
  const auto shrinks_at = [&](const char* push, const Words& command) {
    t.given({"del l"});
    t.run(push_many(push, 80, 100));
    REQUIRE(t.encoding("l") == "listpack");
    t.run(push_many(push, 1, 100));
    REQUIRE(t.encoding("l") == "quicklist");
    for (size_t left = 81; left > 0; --left) {
      if (t.encoding("l") == "listpack") return left;
      t.run(command);
    }
    return size_t{0};
  };
  // 39 elements of 103 bytes, and 7 bytes more, are the most that half of 8192 has room for.
  REQUIRE(shrinks_at("lpush", {"lpop", "l"}) == 39);
  REQUIRE(shrinks_at("rpush", {"rpop", "l", "1"}) == 39);
  REQUIRE(shrinks_at("lpush", {"ltrim", "l", "1", "-1"}) == 39);
  REQUIRE(shrinks_at("rpush", {"lrem", "l", "-1", std::string(100, 'x')}) == 39);
  REQUIRE(shrinks_at("lpush", {"lmove", "l", "other", "LEFT", "LEFT"}) == 39);
  REQUIRE(t.encoding("other") == "listpack");
}

TEST_CASE("LSET and LINSERT convert a list that grows by them") {
  CommandFixture t;
  t.keyspace.encoding.list_max_listpack_size = 3;
  t.given({"rpush l a b c", "lset l 1 x"});
  REQUIRE(t.encoding("l") == "quicklist");
  REQUIRE(all_of(t, "l") == array_reply({"a", "x", "c"}));
  t.given({"del l", "rpush l a b c", "linsert l after absent x"});
  REQUIRE(t.encoding("l") == "listpack");
  t.given({"linsert l after b x"});
  REQUIRE(t.encoding("l") == "quicklist");
  REQUIRE(all_of(t, "l") == array_reply({"a", "b", "x", "c"}));
}

TEST_CASE("A flood of empty elements in one command does not stay in one listpack") {
  CommandFixture t;
  t.run(push_many("lpush", 30'000, 0));
  REQUIRE(t.encoding("l") == "quicklist");
  REQUIRE(t.run({"llen", "l"}) == ":30000\r\n");
  t.given({"del l"});
  t.run(push_many("lpush", 8000, 1));
  REQUIRE(t.encoding("l") == "listpack");
  t.run(push_many("lpush", 1, 1));
  REQUIRE(t.encoding("l") == "quicklist");
  REQUIRE(t.run({"llen", "l"}) == ":8001\r\n");
}

TEST_CASE("A list whose limit was lowered stays as it is until it grows") {
  CommandFixture t;
  t.given({"rpush l a b c d e f g h"});
  t.keyspace.encoding.list_max_listpack_size = 2;
  t.given({"lpop l"});
  REQUIRE(t.encoding("l") == "listpack");
  t.given({"rpush l i"});
  REQUIRE(t.encoding("l") == "quicklist");
  REQUIRE(all_of(t, "l") == array_reply({"b", "c", "d", "e", "f", "g", "h", "i"}));
}

TEST_CASE("A copied list shares nothing with the original, packed or not") {
  CommandFixture t;
  for (const size_t size : {10, 5000, 20'000}) {
    t.given({"del l copy"});
    t.run(push_many("rpush", 4, size));
    t.given({"copy l copy", "lset l 0 changed", "rpop l 2"});
    REQUIRE(t.run({"llen", "copy"}) == ":4\r\n");
    REQUIRE(t.run({"lindex", "copy", "0"}) == bulk_reply(std::string(size, 'x')));
  }
}

}  // namespace redpoll::testing
