// DEL, UNLINK, RENAME, RENAMENX, MOVE, COPY. Replies, events and propagation are those of Redis 7.0.15.
#include <catch2/catch.hpp>

#include "support/command_fixture.h"

namespace redpoll::testing {

static const std::string kZero = ":0\r\n";
static const std::string kOne = ":1\r\n";
static const std::string kNoSuchKey = error_reply("ERR no such key");
static const std::string kNotInteger = error_reply("ERR value is not an integer or out of range");
static const std::string kNotInt32 =
    error_reply("ERR value is out of range, value must between -2147483648 and 2147483647");
static const std::string kNoSuchDatabase = error_reply("ERR DB index is out of range");
static const std::string kSameObject = error_reply("ERR source and destination objects are the same");

static const std::string kLarge(2 << 20, 'x');

TEST_CASE("DEL and UNLINK remove keys of any type and count them") {
  for (const std::string command : {"del", "unlink"}) {
    CommandFixture t;
    t.given({"set a 1", "set b 2"});
    t.put_list("l");
    REQUIRE(t.run({command, "a", "none", "l", "a"}) == ":2\r\n");
    REQUIRE(t.events() == Lines{"0 g del a", "0 g del l"});
    REQUIRE(t.propagated() == Lines{"0 " + command + " a none l a"});
    REQUIRE(t.dirty() == 2);
    REQUIRE(t.run({command, "a"}) == kZero);
    REQUIRE(t.propagated().empty());
    REQUIRE(t.db().size() == 1);
    REQUIRE(t.run({command}) == error_reply("ERR wrong number of arguments for '" + command + "' command"));
  }
}

TEST_CASE("DEL does not count a key that has expired") {
  CommandFixture t;
  t.given({"set k v PX 1"});
  t.advance_ms(2);
  REQUIRE(t.run({"del", "k"}) == kZero);
  REQUIRE(t.events() == Lines{"0 x expired k"});
  REQUIRE(t.propagated() == Lines{"0 DEL k"});
  REQUIRE(t.dirty() == 0);
}

TEST_CASE("UNLINK frees large values in the background, DEL if it is told to") {
  CommandFixture t;
  REQUIRE(t.run({"set", "k", kLarge}) == kOk);
  REQUIRE(t.run({"del", "k"}) == kOne);
  REQUIRE(t.reclaimer.values == 0);
  REQUIRE(t.run({"set", "k", kLarge}) == kOk);
  REQUIRE(t.run({"unlink", "k"}) == kOne);
  REQUIRE(t.reclaimer.values == 1);
  t.limits.lazy_user_delete = true;
  REQUIRE(t.run({"set", "k", kLarge}) == kOk);
  REQUIRE(t.run({"del", "k"}) == kOne);
  REQUIRE(t.reclaimer.values == 2);
  t.given({"set small v", "unlink small"});
  REQUIRE(t.reclaimer.values == 2);
}

TEST_CASE("RENAME gives a key another name") {
  CommandFixture t;
  t.given({"set a 1"});
  REQUIRE(t.run({"rename", "a", "b"}) == kOk);
  REQUIRE(t.events() == Lines{"0 n new b", "0 g rename_from a", "0 g rename_to b"});
  REQUIRE(t.propagated() == Lines{"0 rename a b"});
  REQUIRE(t.dirty() == 1);
  REQUIRE(t.run({"get", "b"}) == bulk_reply("1"));
  REQUIRE(t.run({"exists", "a"}) == kZero);
}

TEST_CASE("RENAME replaces what it finds, without telling that it went") {
  CommandFixture t;
  t.given({"set a 1", "set b 2 EX 100"});
  REQUIRE(t.run({"rename", "a", "b"}) == kOk);
  REQUIRE(t.events() == Lines{"0 n new b", "0 g rename_from a", "0 g rename_to b"});
  REQUIRE(t.run({"get", "b"}) == bulk_reply("1"));
  REQUIRE(t.pttl("b") == -1);
  REQUIRE(t.db().size() == 1);
  REQUIRE(t.db().volatile_count() == 0);
}

TEST_CASE("RENAME frees a large value it replaces as the server's own deletions do") {
  CommandFixture t;
  REQUIRE(t.run({"set", "b", kLarge}) == kOk);
  t.given({"set a 1", "rename a b"});
  REQUIRE(t.reclaimer.values == 0);
  t.keyspace.lazy_server_delete = true;
  REQUIRE(t.run({"set", "b", kLarge}) == kOk);
  t.given({"set a 1", "rename a b"});
  REQUIRE(t.reclaimer.values == 1);
}

TEST_CASE("RENAME keeps the TTL, the encoding and the access time of the source") {
  CommandFixture t;
  const std::string long_name(300, 'n');
  t.given({"set a short EX 100", "append a er"});
  t.advance_ms(5000);
  REQUIRE(t.run({"rename", "a", long_name}) == kOk);
  REQUIRE(t.pttl(long_name) == 95'000);
  REQUIRE(t.encoding(long_name) == "raw");
  REQUIRE(t.db().volatile_count() == 1);
  REQUIRE(t.run({"rename", long_name, "i"}) == kOk);
  REQUIRE(t.run({"get", "i"}) == bulk_reply("shorter"));
  t.put_list("l");
  t.given({"rename l i"});
  REQUIRE(t.run({"type", "i"}) == "+list\r\n");
  t.given({"set n 42", "rename n m"});
  REQUIRE(t.encoding("m") == "int");
  REQUIRE(t.run({"set", "big", kLarge}) == kOk);
  t.given({"rename big bigger"});
  REQUIRE(t.run({"strlen", "bigger"}) == ":2097152\r\n");
}

TEST_CASE("RENAME to the same name changes nothing") {
  CommandFixture t;
  t.given({"set a 1"});
  REQUIRE(t.run({"rename", "a", "a"}) == kOk);
  REQUIRE(t.dirty() == 0);
  REQUIRE(t.events().empty());
  REQUIRE(t.propagated().empty());
  REQUIRE(t.run({"renamenx", "a", "a"}) == kZero);
  REQUIRE(t.run({"get", "a"}) == bulk_reply("1"));
}

TEST_CASE("RENAME of a missing or expired key fails, whatever the other name") {
  CommandFixture t;
  t.given({"set b 1", "set gone v PX 1"});
  t.advance_ms(2);
  for (const char* command : {"rename", "renamenx"}) {
    REQUIRE(t.run({command, "none", "b"}) == kNoSuchKey);
    REQUIRE(t.run({command, "none", "none"}) == kNoSuchKey);
    REQUIRE(t.run({command, "gone", "b"}) == kNoSuchKey);
  }
  REQUIRE(t.run({"get", "b"}) == bulk_reply("1"));
}

TEST_CASE("RENAMENX does nothing if the other name is taken") {
  CommandFixture t;
  t.given({"set a 1", "set b 2", "set gone v PX 1"});
  REQUIRE(t.run({"renamenx", "a", "b"}) == kZero);
  REQUIRE(t.dirty() == 0);
  REQUIRE(t.events().empty());
  REQUIRE(t.run({"renamenx", "a", "c"}) == kOne);
  REQUIRE(t.events() == Lines{"0 n new c", "0 g rename_from a", "0 g rename_to c"});
  REQUIRE(t.propagated() == Lines{"0 renamenx a c"});
  t.advance_ms(2);
  REQUIRE(t.run({"renamenx", "c", "gone"}) == kOne);
  REQUIRE(t.events() == Lines{"0 x expired gone", "0 n new gone", "0 g rename_from c", "0 g rename_to gone"});
  REQUIRE(t.propagated() == Lines{"0 DEL gone", "0 renamenx c gone"});
}

TEST_CASE("MOVE takes a key with its TTL to another database") {
  CommandFixture t;
  t.given({"set k v EX 100"});
  REQUIRE(t.run({"move", "k", "3"}) == kOne);
  REQUIRE(t.events() == Lines{"3 n new k", "0 g move_from k", "3 g move_to k"});
  REQUIRE(t.propagated() == Lines{"0 move k 3"});
  REQUIRE(t.dirty() == 1);
  REQUIRE(t.db().size() == 0);
  t.select(3);
  REQUIRE(t.run({"get", "k"}) == bulk_reply("v"));
  REQUIRE(t.pttl("k") == 100'000);
}

TEST_CASE("MOVE does nothing without the key or with one of its name there") {
  CommandFixture t;
  t.given({"set k v"});
  t.select(3);
  t.given({"set k w", "set gone w PX 1"});
  t.select(0);
  REQUIRE(t.run({"move", "k", "3"}) == kZero);
  REQUIRE(t.run({"move", "none", "3"}) == kZero);
  REQUIRE(t.dirty() == 0);
  REQUIRE(t.propagated().empty());
  t.given({"set gone v"});
  t.advance_ms(2);
  REQUIRE(t.run({"move", "gone", "3"}) == kOne);
}

TEST_CASE("MOVE refuses a bad database before it looks for the key") {
  CommandFixture t;
  REQUIRE(t.run({"move", "none", "x"}) == kNotInteger);
  REQUIRE(t.run({"move", "none", "99999999999999999999"}) == kNotInteger);
  REQUIRE(t.run({"move", "none", "3000000000"}) == kNotInt32);
  REQUIRE(t.run({"move", "none", "-3000000000"}) == kNotInt32);
  REQUIRE(t.run({"move", "none", "16"}) == kNoSuchDatabase);
  REQUIRE(t.run({"move", "none", "-1"}) == kNoSuchDatabase);
  REQUIRE(t.run({"move", "none", "0"}) == kSameObject);
}

TEST_CASE("COPY copies value, type, encoding and TTL") {
  CommandFixture t;
  t.given({"set a 1", "append a 2", "expire a 100"});
  REQUIRE(t.run({"copy", "a", "b"}) == kOne);
  REQUIRE(t.events() == Lines{"0 n new b", "0 g copy_to b"});
  REQUIRE(t.propagated() == Lines{"0 copy a b"});
  REQUIRE(t.dirty() == 1);
  REQUIRE(t.run({"get", "b"}) == bulk_reply("12"));
  REQUIRE(t.encoding("b") == "raw");
  REQUIRE(t.pttl("b") == 100'000);
  REQUIRE(t.db().volatile_count() == 2);
  t.put_list("l");
  t.given({"copy l m"});
  REQUIRE(t.run({"type", "m"}) == "+list\r\n");
}

TEST_CASE("COPY shares nothing with the original") {
  CommandFixture t;
  REQUIRE(t.run({"set", "a", kLarge}) == kOk);
  t.given({"copy a b", "append a y", "setrange b 0 z"});
  REQUIRE(t.run({"getrange", "a", "0", "0"}) == bulk_reply("x"));
  REQUIRE(t.run({"strlen", "b"}) == ":2097152\r\n");
}

TEST_CASE("COPY starts a new access time") {
  CommandFixture t;
  t.given({"set a 1"});
  t.advance_ms(9000);
  t.given({"copy a b"});
  REQUIRE(t.run({"object", "idletime", "b"}) == kZero);
}

TEST_CASE("COPY leaves a key that is there unless told to replace it") {
  CommandFixture t;
  t.given({"set a 1", "set b 2 EX 10"});
  REQUIRE(t.run({"copy", "a", "b"}) == kZero);
  REQUIRE(t.dirty() == 0);
  REQUIRE(t.propagated().empty());
  REQUIRE(t.run({"copy", "a", "b", "replace", "REPLACE"}) == kOne);
  REQUIRE(t.events() == Lines{"0 n new b", "0 g copy_to b"});
  REQUIRE(t.run({"get", "b"}) == bulk_reply("1"));
  REQUIRE(t.pttl("b") == -1);
}

TEST_CASE("COPY into another database") {
  CommandFixture t;
  t.given({"set a 1"});
  REQUIRE(t.run({"copy", "a", "a", "DB", "5"}) == kOne);
  REQUIRE(t.events() == Lines{"5 n new a", "5 g copy_to a"});
  REQUIRE(t.propagated() == Lines{"0 copy a a DB 5"});
  REQUIRE(t.run({"copy", "a", "b", "DB", "5", "db", "0", "REPLACE"}) == kOne);
  REQUIRE(t.run({"get", "b"}) == bulk_reply("1"));
  t.select(5);
  REQUIRE(t.run({"get", "a"}) == bulk_reply("1"));
  REQUIRE(t.run({"exists", "b"}) == kZero);
}

TEST_CASE("COPY of a missing key is a miss and changes nothing") {
  CommandFixture t;
  REQUIRE(t.run({"copy", "none", "b"}) == kZero);
  REQUIRE(t.events() == Lines{"0 m keymiss none"});
  REQUIRE(t.keyspace.stats.misses == 1);
}

TEST_CASE("COPY checks its options first") {
  CommandFixture t;
  REQUIRE(t.run({"copy", "a", "b", "DB", "x"}) == kNotInteger);
  REQUIRE(t.run({"copy", "a", "b", "DB", "3000000000"}) == kNotInt32);
  REQUIRE(t.run({"copy", "a", "b", "DB", "16"}) == kNoSuchDatabase);
  REQUIRE(t.run({"copy", "a", "b", "DB"}) == kSyntaxError);
  REQUIRE(t.run({"copy", "a", "b", "foo"}) == kSyntaxError);
  REQUIRE(t.run({"copy", "a", "a"}) == kSameObject);
  REQUIRE(t.run({"copy", "a", "a", "REPLACE", "DB", "0"}) == kSameObject);
  REQUIRE(t.run({"copy", "a", "a", "DB", "0", "DB", "x"}) == kNotInteger);
}

}  // namespace redpoll::testing
