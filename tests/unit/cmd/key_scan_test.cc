// KEYS, SCAN. Replies are those of Redis 7.0.15, but for the order of keys and the values of cursors.
#include <fmt/format.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <set>

#include "support/command_fixture.h"
#include "unit/cmd/bulks.h"

namespace redpoll::testing {

namespace {

Lines keys_matching(CommandFixture& t, const std::string& pattern) {
  return sorted(bulks(t.run({"keys", pattern})));
}

struct Walk {
  Lines keys;
  size_t calls = 0;
  size_t most_per_call = 0;
};

// All of a SCAN with the given options, from cursor 0 back to it.
Walk walk(
    CommandFixture& t, const Words& options, const std::function<void()>& between = [] {}) {
  Walk all;
  std::string cursor = "0";
  do {
    Words words{"scan", cursor};
    words.insert(words.end(), options.begin(), options.end());
    Lines reply = bulks(t.run(words));
    cursor = reply.at(0);
    all.keys.insert(all.keys.end(), reply.begin() + 1, reply.end());
    all.most_per_call = std::max(all.most_per_call, reply.size() - 1);
    ++all.calls;
    between();
  } while (cursor != "0");
  return all;
}

}  // namespace

TEST_CASE("KEYS matches patterns as Redis does") {
  CommandFixture t;
  t.given({"set hello 1", "set hallo 1", "set h[llo 1", "set other 1"});
  REQUIRE(keys_matching(t, "h?llo") == Lines{"h[llo", "hallo", "hello"});
  REQUIRE(keys_matching(t, "h[ae]llo") == Lines{"hallo", "hello"});
  REQUIRE(keys_matching(t, "h\\[llo") == Lines{"h[llo"});
  REQUIRE(keys_matching(t, "*") == Lines{"h[llo", "hallo", "hello", "other"});
  REQUIRE(t.run({"keys", "x*"}) == "*0\r\n");
}

TEST_CASE("KEYS without a wildcard looks that one key up") {
  CommandFixture t;
  t.given({"set ^a] 1"});
  REQUIRE(t.run({"keys", "^a]"}) == "*1\r\n$3\r\n^a]\r\n");
  REQUIRE(t.run({"keys", "none"}) == "*0\r\n");
  REQUIRE(t.run({"keys", ""}) == "*0\r\n");
  REQUIRE(t.events().empty());
  REQUIRE(t.keyspace.stats.misses == 0);
}

TEST_CASE("KEYS finds the empty key by * and by its name") {
  CommandFixture t;
  REQUIRE(t.run({"set", "", "v"}) == kOk);
  REQUIRE(t.run({"keys", "*"}) == "*1\r\n$0\r\n\r\n");
  REQUIRE(t.run({"keys", ""}) == "*1\r\n$0\r\n\r\n");
  REQUIRE(t.run({"keys", "**"}) == "*0\r\n");
}

TEST_CASE("KEYS passes over expired keys and leaves them") {
  CommandFixture t;
  t.given({"set a 1 PX 1", "set b 1"});
  t.advance_ms(2);
  REQUIRE(keys_matching(t, "*") == Lines{"b"});
  REQUIRE(t.run({"keys", "a"}) == "*0\r\n");
  REQUIRE(t.db().size() == 2);
  REQUIRE(t.events().empty());
}

TEST_CASE("SCAN of an empty database ends at once") {
  CommandFixture t;
  REQUIRE(t.run({"scan", "0"}) == "*2\r\n$1\r\n0\r\n*0\r\n");
  REQUIRE(t.run({"scan"}) == error_reply("ERR wrong number of arguments for 'scan' command"));
}

TEST_CASE("SCAN returns every key") {
  CommandFixture t;
  std::set<std::string> expected;
  for (int i = 0; i < 1000; ++i) {
    expected.insert(fmt::format("key:{}", i));
    t.given({fmt::format("set key:{} v", i)});
  }
  for (const char* count : {"1", "10", "1000000", "9223372036854775807"}) {
    const Walk all = walk(t, {"COUNT", count});
    REQUIRE(all.keys.size() == expected.size());
    REQUIRE(std::set(all.keys.begin(), all.keys.end()) == expected);
  }
  REQUIRE(walk(t, {"COUNT", "1000000"}).calls == 1);
  REQUIRE(walk(t, {}).calls > 50);
}

TEST_CASE("SCAN returns every key that stays while others come and go") {
  CommandFixture t;
  for (int i = 0; i < 300; ++i) t.given({fmt::format("set stays:{} v", i)});
  int calls = 0;
  const Walk all = walk(t, {"MATCH", "stays:*"}, [&] {
    // The table grows for a while, then shrinks again.
    const int first = calls < 40 ? calls * 100 : (calls - 40) * 100;
    for (int i = first; i < first + 100 && i < 4000; ++i) {
      t.given({fmt::format("{} passes:{}{}", calls < 40 ? "set" : "del", i, calls < 40 ? " v" : "")});
    }
    ++calls;
  });
  const std::set<std::string> seen(all.keys.begin(), all.keys.end());
  REQUIRE(seen.size() == 300);
}

TEST_CASE("SCAN looks at about COUNT keys a call, whether they match or not") {
  CommandFixture t;
  for (int i = 0; i < 1000; ++i) t.given({fmt::format("set key:{} v", i)});
  // A bucket is never split between calls, so that a call may go over by what one holds.
  REQUIRE(walk(t, {"COUNT", "100"}).most_per_call < 130);
  const Walk none = walk(t, {"COUNT", "100", "MATCH", "none*"});
  REQUIRE(none.keys.empty());
  REQUIRE(none.calls >= 8);
  REQUIRE(none.calls <= 10);
}

TEST_CASE("SCAN gives up after ten buckets for each key of COUNT") {
  CommandFixture t;
  t.db().expand(6000);
  t.given({"set k v"});
  const size_t buckets = t.db().table_stats().buckets;
  REQUIRE(buckets > 500);
  const Walk all = walk(t, {"COUNT", "5"});
  REQUIRE(all.keys == Lines{"k"});
  REQUIRE(all.calls == (buckets + 49) / 50);
}

TEST_CASE("SCAN filters by MATCH and TYPE") {
  CommandFixture t;
  t.given({"set a1 v", "set a2 v", "set b1 v"});
  t.put_list("a3");
  REQUIRE(sorted(walk(t, {"match", "a*"}).keys) == Lines{"a1", "a2", "a3"});
  REQUIRE(sorted(walk(t, {"TYPE", "String", "MATCH", "a*"}).keys) == Lines{"a1", "a2"});
  REQUIRE(walk(t, {"type", "list"}).keys == Lines{"a3"});
  REQUIRE(walk(t, {"type", "nonsense"}).keys.empty());
  // The last of several options of a kind counts.
  REQUIRE(walk(t, {"MATCH", "a*", "MATCH", "b*"}).keys == Lines{"b1"});
}

TEST_CASE("SCAN removes the expired keys that match and leaves the others") {
  CommandFixture t;
  t.given({"set a 1 PX 1", "set b 1 PX 1", "set c 1"});
  t.advance_ms(2);
  REQUIRE(t.run({"scan", "0", "MATCH", "a"}) == "*2\r\n$1\r\n0\r\n*0\r\n");
  REQUIRE(t.events() == Lines{"0 x expired a"});
  REQUIRE(t.propagated() == Lines{"0 DEL a"});
  REQUIRE(t.db().size() == 2);
  REQUIRE(walk(t, {}).keys == Lines{"c"});
  REQUIRE(t.db().size() == 1);
}

TEST_CASE("SCAN leaves expired keys where they are while they are only hidden") {
  CommandFixture t;
  t.given({"set a 1 PX 1", "set b 1"});
  t.advance_ms(2);
  t.keyspace.terms().expired = store::Expired::hide;
  REQUIRE(walk(t, {}).keys == Lines{"b"});
  REQUIRE(t.db().size() == 2);
}

TEST_CASE("SCAN reads cursors as strtoul does") {
  CommandFixture t;
  t.given({"set k v"});
  for (const char* start : {"0", "00", "+0", "-0", ""})
    REQUIRE(bulks(t.run({"scan", start})) == Lines{"0", "k"});
  REQUIRE(bulks(t.run({"scan", std::string("0\0x", 3)})) == Lines{"0", "k"});
  for (const char* any : {"-1", "18446744073709551615", "-18446744073709551615", "123456789"}) {
    REQUIRE(t.run({"scan", any})[0] == '*');
  }
  const std::string invalid = error_reply("ERR invalid cursor");
  for (const char* bad :
       {"x", "0x", " 0", "0 ", "-", "+", "- 1", "+-1", "18446744073709551616", "-18446744073709551616"}) {
    REQUIRE(t.run({"scan", bad}) == invalid);
  }
  REQUIRE(t.run({"scan", "x", "COUNT", "x"}) == invalid);
}

TEST_CASE("SCAN refuses bad options") {
  CommandFixture t;
  REQUIRE(t.run({"scan", "0", "COUNT", "0"}) == kSyntaxError);
  REQUIRE(t.run({"scan", "0", "COUNT", "-1"}) == kSyntaxError);
  REQUIRE(t.run({"scan", "0", "COUNT", "x"}) == error_reply("ERR value is not an integer or out of range"));
  for (const char* option : {"COUNT", "MATCH", "TYPE", "foo", "10"})
    REQUIRE(t.run({"scan", "0", option}) == kSyntaxError);
}

}  // namespace redpoll::testing
