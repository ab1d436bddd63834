// SISMEMBER, SMISMEMBER, SCARD, SMEMBERS, SSCAN. Replies are those of Redis 7.0.15, but for the order of
// members and the values of cursors.
#include <algorithm>
#include <catch2/catch.hpp>

#include "support/command_fixture.h"
#include "unit/cmd/bulks.h"

namespace redpoll::testing {

namespace {

const std::string kEmptyScan = "*2\r\n" + bulk_reply("0") + "*0\r\n";

}  // namespace

TEST_CASE("SISMEMBER, SMISMEMBER and SCARD answer in every encoding") {
  CommandFixture t;
  Words table{"sadd", "table"};
  for (int i = 0; i < 600; ++i) table.push_back(std::to_string(i));
  t.run(table);
  t.given({"sadd intset 1 2", "sadd listpack 1 2 a"});
  REQUIRE(t.run({"scard", "intset"}) == ":2\r\n");
  REQUIRE(t.run({"scard", "listpack"}) == ":3\r\n");
  REQUIRE(t.run({"scard", "table"}) == ":600\r\n");
  for (const char* key : {"intset", "listpack", "table"}) {
    REQUIRE(t.run({"sismember", key, "2"}) == ":1\r\n");
    REQUIRE(t.run({"sismember", key, "02"}) == ":0\r\n");
    REQUIRE(t.run({"smismember", key, "1", "x", "2"}) == "*3\r\n:1\r\n:0\r\n:1\r\n");
  }
}

TEST_CASE("A key that is not there is an empty set") {
  CommandFixture t;
  REQUIRE(t.run({"sismember", "none", "a"}) == ":0\r\n");
  REQUIRE(t.run({"smismember", "none", "a", "b"}) == "*2\r\n:0\r\n:0\r\n");
  REQUIRE(t.run({"scard", "none"}) == ":0\r\n");
  REQUIRE(t.run({"smembers", "none"}) == "*0\r\n");
  REQUIRE(t.run({"sscan", "none", "0"}) == kEmptyScan);
  t.protocol = resp::Protocol::resp3;
  REQUIRE(t.run({"smembers", "none"}) == "~0\r\n");
}

TEST_CASE("SMEMBERS returns every member, as a set in RESP3") {
  CommandFixture t;
  t.given({"sadd s 3 -1 2"});
  REQUIRE(t.run({"smembers", "s"}) == "*3\r\n$2\r\n-1\r\n$1\r\n2\r\n$1\r\n3\r\n");
  t.protocol = resp::Protocol::resp3;
  REQUIRE(t.run({"smembers", "s"}) == "~3\r\n$2\r\n-1\r\n$1\r\n2\r\n$1\r\n3\r\n");
}

TEST_CASE("SSCAN returns a packed set at once, whatever the cursor and COUNT") {
  CommandFixture t;
  t.given({"sadd s a b 1 2"});
  REQUIRE(t.run({"sscan", "s", "0", "count", "1"}) == t.run({"sscan", "s", "999"}));
  REQUIRE(sorted(bulks(t.run({"sscan", "s", "0"}))) == Lines{"0", "1", "2", "a", "b"});
  REQUIRE(sorted(bulks(t.run({"sscan", "s", "0", "MATCH", "[a-z]"}))) == Lines{"0", "a", "b"});
  REQUIRE(bulks(t.run({"sscan", "s", "0", "match", "1*"})) == Lines{"0", "1"});
}

TEST_CASE("SSCAN walks over a large set in steps") {
  CommandFixture t;
  Words add{"sadd", "s"};
  for (int i = 0; i < 3'000; ++i) add.push_back("member:" + std::to_string(i));
  t.run(add);
  Lines seen;
  size_t calls = 0;
  std::string cursor = "0";
  do {
    const Lines reply = bulks(t.run({"sscan", "s", cursor, "count", "100"}));
    cursor = reply.at(0);
    seen.insert(seen.end(), reply.begin() + 1, reply.end());
    ++calls;
  } while (cursor != "0");
  REQUIRE(calls > 10);
  REQUIRE(calls < 40);
  REQUIRE(sorted(seen) == sorted(Lines(add.begin() + 2, add.end())));
}

TEST_CASE("SSCAN finds errors in Redis's order") {
  CommandFixture t;
  t.given({"set str x", "sadd s a"});
  REQUIRE(t.run({"sscan", "str", "x"}) == error_reply("ERR invalid cursor"));
  REQUIRE(t.run({"sscan", "str", "0", "foo"}) == kWrongType);
  REQUIRE(t.run({"sscan", "none", "0", "foo", "bar"}) == kEmptyScan);
  REQUIRE(t.run({"sscan", "s", "0", "foo", "bar"}) == kSyntaxError);
  REQUIRE(t.run({"sscan", "s", "0", "count", "0"}) == kSyntaxError);
  REQUIRE(t.run({"sscan", "s", "0", "type", "set"}) == kSyntaxError);
  REQUIRE(t.run({"sscan", "s", "0", "match"}) == kSyntaxError);
  REQUIRE(t.run({"sscan", "s", "0", "count", "x"}) ==
          error_reply("ERR value is not an integer or out of range"));
}

TEST_CASE("Commands that read sets refuse other types") {
  CommandFixture t;
  t.given({"set str x"});
  REQUIRE(t.run({"sismember", "str", "a"}) == kWrongType);
  REQUIRE(t.run({"smismember", "str", "a"}) == kWrongType);
  REQUIRE(t.run({"scard", "str"}) == kWrongType);
  REQUIRE(t.run({"smembers", "str"}) == kWrongType);
}

}  // namespace redpoll::testing
