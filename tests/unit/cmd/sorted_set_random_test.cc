// ZRANDMEMBER and ZSCAN.
#include <catch2/catch.hpp>
#include <set>

#include "support/command_fixture.h"

namespace redpoll::testing {

// The bulks of a reply that is an array of them, or a cursor and such an array.
static Words bulks(std::string_view reply) {
  Words found;
  while (!reply.empty()) {
    const size_t end = reply.find("\r\n");
    const std::string_view line = reply.substr(0, end);
    reply.remove_prefix(end + 2);
    if (line[0] != '$') continue;
    const size_t length = std::stoul(std::string(line.substr(1)));
    found.emplace_back(reply.substr(0, length));
    reply.remove_prefix(length + 2);
  }
  return found;
}

static void fill(CommandFixture& t, int members) {
  for (int i = 0; i < members; ++i) t.run({"zadd", "z", std::to_string(i), "m" + std::to_string(i)});
}

TEST_CASE("ZRANDMEMBER without a count replies one member") {
  CommandFixture t;
  fill(t, 3);
  std::set<std::string> seen;
  for (int i = 0; i < 200; ++i) seen.insert(t.run({"zrandmember", "z"}));
  REQUIRE(seen == std::set<std::string>{bulk_reply("m0"), bulk_reply("m1"), bulk_reply("m2")});
  REQUIRE(t.run({"zrandmember", "none"}) == kNull);
}

TEST_CASE("ZRANDMEMBER with a positive count replies distinct members, however many there are") {
  for (const size_t packed : {size_t{0}, size_t{128}}) {
    CommandFixture t;
    t.keyspace.encoding.zset_max_listpack_entries = packed;
    fill(t, 100);
    std::set<std::string> seen;
    for (const int count : {1, 5, 11, 30, 99, 100, 1000}) {
      for (int i = 0; i < 20; ++i) {
        const Words members = bulks(t.run({"zrandmember", "z", std::to_string(count)}));
        REQUIRE(members.size() == static_cast<size_t>(std::min(count, 100)));
        REQUIRE(std::set<std::string>(members.begin(), members.end()).size() == members.size());
        if (count <= 11) seen.insert(members.begin(), members.end());
      }
    }
    // Of 340 draws from a hundred members, nearly all have come.
    REQUIRE(seen.size() > 80);
  }
}

TEST_CASE("ZRANDMEMBER with a negative count draws so often") {
  CommandFixture t;
  fill(t, 2);
  REQUIRE(bulks(t.run({"zrandmember", "z", "-50"})).size() == 50);
  REQUIRE(t.run({"zrandmember", "z", "0"}) == "*0\r\n");
  REQUIRE(t.run({"zrandmember", "none", "-5"}) == "*0\r\n");
}

TEST_CASE("ZRANDMEMBER WITHSCORES replies pairs in RESP3 and a flat array in RESP2") {
  CommandFixture t;
  t.given({"zadd z 1.5 a"});
  REQUIRE(t.run({"zrandmember", "z", "1", "WITHSCORES"}) == "*2\r\n" + bulk_reply("a") + bulk_reply("1.5"));
  REQUIRE(t.run({"zrandmember", "z", "-2", "withscores"}) ==
          "*4\r\n" + bulk_reply("a") + bulk_reply("1.5") + bulk_reply("a") + bulk_reply("1.5"));
  t.protocol = resp::Protocol::resp3;
  REQUIRE(t.run({"zrandmember", "z", "9", "WITHSCORES"}) == "*1\r\n*2\r\n" + bulk_reply("a") + ",1.5\r\n");
}

TEST_CASE("ZRANDMEMBER replies all members from the highest score down, as Redis does") {
  CommandFixture t;
  t.given({"zadd z 1 a 2 b 3 c"});
  REQUIRE(bulks(t.run({"zrandmember", "z", "3"})) == Words{"c", "b", "a"});
}

TEST_CASE("ZRANDMEMBER finds errors in the order of Redis") {
  CommandFixture t;
  t.put_list("list");
  const std::string not_integer = error_reply("ERR value is not an integer or out of range");
  const std::string out_of_range = error_reply("ERR value is out of range");
  REQUIRE(t.run({"zrandmember", "list", "x", "foo"}) == not_integer);
  REQUIRE(t.run({"zrandmember", "list", "-9223372036854775808", "foo"}) ==
          error_reply(
              "ERR value is out of range, value must between -9223372036854775807 and 9223372036854775807"));
  REQUIRE(t.run({"zrandmember", "list", "1", "foo"}) == kSyntaxError);
  REQUIRE(t.run({"zrandmember", "list", "1", "withscores", "foo"}) == kSyntaxError);
  REQUIRE(t.run({"zrandmember", "list", "4611686018427387904", "withscores"}) == out_of_range);
  REQUIRE(t.run({"zrandmember", "list", "-4611686018427387904", "withscores"}) == out_of_range);
  REQUIRE(t.run({"zrandmember", "list", "1"}) == kWrongType);
  REQUIRE(t.run({"zrandmember", "list"}) == kWrongType);
}

TEST_CASE("ZSCAN of a small sorted set replies all at once, in order") {
  CommandFixture t;
  t.given({"zadd z 2 b 1 a 1.5 c"});
  const std::string all = "*2\r\n" + bulk_reply("0") + "*6\r\n" + bulk_reply("a") + bulk_reply("1") +
                          bulk_reply("c") + bulk_reply("1.5") + bulk_reply("b") + bulk_reply("2");
  REQUIRE(t.run({"zscan", "z", "0"}) == all);
  REQUIRE(t.run({"zscan", "z", "7", "COUNT", "1"}) == all);
  t.protocol = resp::Protocol::resp3;
  REQUIRE(t.run({"zscan", "z", "0"}) == all);
  REQUIRE(t.run({"zscan", "z", "0", "MATCH", "[ab]", "NOSCORES"}) ==
          "*2\r\n" + bulk_reply("0") + "*2\r\n" + bulk_reply("a") + bulk_reply("b"));
  REQUIRE(t.run({"zscan", "none", "0", "nonsense"}) == "*2\r\n" + bulk_reply("0") + "*0\r\n");
}

TEST_CASE("ZSCAN shows a large integer score in full where it is packed") {
  CommandFixture t;
  t.given({"zadd z 1e18 a"});
  REQUIRE(bulks(t.run({"zscan", "z", "0"})) == Words{"0", "a", "1000000000000000000"});
  t.keyspace.encoding.zset_max_listpack_entries = 0;
  t.given({"zadd large 1e18 a"});
  REQUIRE(bulks(t.run({"zscan", "large", "0"})) == Words{"0", "a", "1e+18"});
}

TEST_CASE("ZSCAN of a large sorted set comes to every member") {
  CommandFixture t;
  t.keyspace.encoding.zset_max_listpack_entries = 0;
  fill(t, 500);
  std::set<std::string> seen;
  std::string cursor = "0";
  int calls = 0;
  do {
    const Words reply = bulks(t.run({"zscan", "z", cursor, "COUNT", "20", "NOSCORES"}));
    cursor = reply.front();
    seen.insert(reply.begin() + 1, reply.end());
    REQUIRE(++calls < 100);
  } while (cursor != "0");
  REQUIRE(calls > 5);
  REQUIRE(seen.size() == 500);
}

TEST_CASE("ZSCAN finds errors in the order of Redis") {
  CommandFixture t;
  t.put_list("list");
  t.given({"zadd z 1 a"});
  REQUIRE(t.run({"zscan", "list", "x", "foo"}) == error_reply("ERR invalid cursor"));
  REQUIRE(t.run({"zscan", "list", "0", "foo"}) == kWrongType);
  REQUIRE(t.run({"zscan", "z", "0", "count"}) == kSyntaxError);
  REQUIRE(t.run({"zscan", "z", "0", "count", "0"}) == kSyntaxError);
  REQUIRE(t.run({"zscan", "z", "0", "type", "zset"}) == kSyntaxError);
}

}  // namespace redpoll::testing
