// SPOP, SRANDMEMBER. Replies, events and propagation are those of Redis 7.0.15, but that members which are
// popped together are propagated together, as 7.2 does.
#include <catch2/catch.hpp>
#include <cstdlib>
#include <map>
#include <set>

#include "support/command_fixture.h"
#include "unit/cmd/bulks.h"

namespace redpoll::testing {

namespace {

const std::string kNotPositive = error_reply("ERR value is out of range, must be positive");

// A set of `count` words, in an encoding as its size has it.
void add_words(CommandFixture& t, int count) {
  Words add{"sadd", "s"};
  for (int i = 0; i < count; ++i) add.push_back("word" + std::to_string(i));
  t.run(add);
}

bool all_different(const Lines& lines) {
  return std::set<std::string>(lines.begin(), lines.end()).size() == lines.size();
}

}  // namespace

TEST_CASE("SPOP removes a member and propagates its removal") {
  CommandFixture t;
  t.given({"sadd s a b"});
  const Lines first = bulks(t.run({"spop", "s"}));
  REQUIRE(first.size() == 1);
  REQUIRE(t.events() == Lines{"0 s spop s"});
  REQUIRE(t.propagated() == Lines{"0 SREM s " + first[0]});
  REQUIRE(t.dirty() == 1);
  const Lines second = bulks(t.run({"spop", "s"}));
  REQUIRE(sorted({first[0], second.at(0)}) == Lines{"a", "b"});
  REQUIRE(t.events() == Lines{"0 s spop s", "0 g del s"});
  REQUIRE(t.propagated() == Lines{"0 SREM s " + second[0]});
  REQUIRE(t.run({"spop", "s"}) == kNull);
}

TEST_CASE("SPOP with a count removes that many different members, in every encoding") {
  for (const int size : {100, 1'000}) {
    CommandFixture t;
    add_words(t, size);
    const Lines popped = bulks(t.run({"spop", "s", "60"}));
    REQUIRE(popped.size() == 60);
    REQUIRE(all_different(popped));
    REQUIRE(t.dirty() == 60);
    REQUIRE(t.events() == Lines{"0 s spop s"});
    std::string removal = "0 SREM s";
    for (const std::string& member : popped) removal += " " + member;
    REQUIRE(t.propagated() == Lines{removal});
    REQUIRE(t.run({"scard", "s"}) == ":" + std::to_string(size - 60) + "\r\n");
    for (const std::string& member : popped) REQUIRE(t.run({"sismember", "s", member}) == ":0\r\n");
  }
}

TEST_CASE("SPOP with a count takes every member of a packed set as likely, and leaves a valid one") {
  for (const bool integers : {true, false}) {
    CommandFixture t;
    std::map<std::string, int> popped;
    for (int round = 0; round < 400; ++round) {
      Words add{"sadd", "s"};
      for (int i = 0; i < 10; ++i) add.push_back((integers ? "" : "word") + std::to_string(i));
      t.run(add);
      const std::string before = t.encoding("s");
      for (const std::string& member : bulks(t.run({"spop", "s", "4"}))) ++popped[member];
      REQUIRE(t.encoding("s") == before);
      REQUIRE(t.run({"scard", "s"}) == ":6\r\n");
    }
    REQUIRE(popped.size() == 10);
    // 160 are expected, with a deviation of 10.
    for (const auto& [member, times] : popped) REQUIRE(std::abs(times - 160) < 60);
  }
}

TEST_CASE("SPOP that leaves few members of a table packs them again, as Redis does") {
  CommandFixture t;
  add_words(t, 1'000);
  t.run({"expire", "s", "100"});
  // 167 are more than a fifth of 833, 166 are not, but do not fit into a listpack.
  REQUIRE(bulks(t.run({"spop", "s", "833"})).size() == 833);
  REQUIRE(t.encoding("s") == "hashtable");
  t.given({"del s"});
  add_words(t, 1'000);
  t.run({"expire", "s", "100"});
  const Lines popped = bulks(t.run({"spop", "s", "900"}));
  REQUIRE(popped.size() == 900);
  REQUIRE(all_different(popped));
  REQUIRE(t.dirty() == 900);
  REQUIRE(t.events() == Lines{"0 s spop s"});
  REQUIRE(t.encoding("s") == "listpack");
  REQUIRE(t.pttl("s") == 100'000);
  Lines all = bulks(t.run({"smembers", "s"}));
  REQUIRE(all.size() == 100);
  all.insert(all.end(), popped.begin(), popped.end());
  REQUIRE(all_different(all));
}

TEST_CASE("What SPOP removes is propagated in portions") {
  CommandFixture t;
  add_words(t, 3'000);
  const Lines popped = bulks(t.run({"spop", "s", "2500"}));
  REQUIRE(popped.size() == 2'500);
  REQUIRE(all_different(popped));
  REQUIRE(t.propagated().size() == 3);
  size_t words = 0;
  for (const auto& command : t.recorder.commands) words += command.words.size() - 2;
  REQUIRE(words == 2'500);
  REQUIRE(t.run({"scard", "s"}) == ":500\r\n");
}

TEST_CASE("SPOP of all members or more removes the key, and propagates just that") {
  for (const char* count : {"2", "3", "9223372036854775807"}) {
    CommandFixture t;
    t.given({"sadd s a b"});
    REQUIRE(sorted(bulks(t.run({"spop", "s", count}))) == Lines{"a", "b"});
    REQUIRE(t.events() == Lines{"0 s spop s", "0 g del s"});
    REQUIRE(t.propagated() == Lines{"0 DEL s"});
    REQUIRE(t.dirty() == 2);
    REQUIRE(t.run({"exists", "s"}) == ":0\r\n");
  }
  CommandFixture t;
  t.keyspace.lazy_server_delete = true;
  add_words(t, 1'000);
  t.run({"spop", "s", "1000"});
  REQUIRE(t.propagated() == Lines{"0 UNLINK s"});
  REQUIRE(t.reclaimer.values == 1);
}

TEST_CASE("SPOP of nothing is an empty set") {
  CommandFixture t;
  t.given({"sadd s a"});
  REQUIRE(t.run({"spop", "none", "3"}) == "*0\r\n");
  REQUIRE(t.run({"spop", "s", "0"}) == "*0\r\n");
  REQUIRE(t.propagated().empty());
  t.protocol = resp::Protocol::resp3;
  REQUIRE(t.run({"spop", "none", "3"}) == "~0\r\n");
  REQUIRE(t.run({"spop", "none"}) == "_\r\n");
  REQUIRE(t.run({"spop", "s", "1"}) == "~1\r\n" + bulk_reply("a"));
}

TEST_CASE("SPOP refuses counts that are none, then keys of another type") {
  CommandFixture t;
  t.given({"set str x"});
  REQUIRE(t.run({"spop", "str", "-1"}) == kNotPositive);
  REQUIRE(t.run({"spop", "str", "x"}) == kNotPositive);
  REQUIRE(t.run({"spop", "str", "1", "2"}) == kSyntaxError);
  REQUIRE(t.run({"spop", "str", "1"}) == kWrongType);
  REQUIRE(t.run({"spop", "str"}) == kWrongType);
}

TEST_CASE("SRANDMEMBER returns a member and leaves it where it is") {
  CommandFixture t;
  t.given({"sadd s a"});
  REQUIRE(t.run({"srandmember", "s"}) == bulk_reply("a"));
  REQUIRE(t.dirty() == 0);
  REQUIRE(t.run({"scard", "s"}) == ":1\r\n");
  REQUIRE(t.run({"srandmember", "none"}) == kNull);
}

TEST_CASE("SRANDMEMBER with a count returns so many different members, or all") {
  for (const int size : {10, 100, 1'000}) {
    CommandFixture t;
    add_words(t, size);
    for (const int count : {0, 1, 2, 9, 50, 500, 5'000}) {
      const Lines some = bulks(t.run({"srandmember", "s", std::to_string(count)}));
      REQUIRE(some.size() == static_cast<size_t>(std::min(size, count)));
      REQUIRE(all_different(some));
      for (const std::string& member : some) REQUIRE(t.run({"sismember", "s", member}) == ":1\r\n");
    }
    REQUIRE(bulks(t.run({"srandmember", "s", "9223372036854775807"})).size() == static_cast<size_t>(size));
  }
}

TEST_CASE("SRANDMEMBER with a negative count returns so many, with repetition") {
  CommandFixture t;
  t.given({"sadd s a b"});
  const Lines some = bulks(t.run({"srandmember", "s", "-50"}));
  REQUIRE(some.size() == 50);
  REQUIRE(std::set<std::string>(some.begin(), some.end()).size() == 2);
}

TEST_CASE("A count without end costs nothing where the reply is not wanted") {
  CommandFixture t;
  t.given({"sadd s a b", "hset h f v"});
  t.mute = true;
  REQUIRE(t.run({"srandmember", "s", "-9223372036854775807"}).empty());
  REQUIRE(t.run({"hrandfield", "h", "-9223372036854775807"}).empty());
}

TEST_CASE("SRANDMEMBER with a count replies an array in RESP3, too") {
  CommandFixture t;
  t.given({"sadd s a"});
  t.protocol = resp::Protocol::resp3;
  REQUIRE(t.run({"srandmember", "s", "2"}) == "*1\r\n" + bulk_reply("a"));
  REQUIRE(t.run({"srandmember", "s", "-1"}) == "*1\r\n" + bulk_reply("a"));
  REQUIRE(t.run({"srandmember", "none", "2"}) == "*0\r\n");
}

TEST_CASE("SRANDMEMBER refuses counts that are none, then keys of another type") {
  CommandFixture t;
  t.given({"set str x"});
  REQUIRE(t.run({"srandmember", "str", "x"}) == error_reply("ERR value is not an integer or out of range"));
  REQUIRE(t.run({"srandmember", "str", "-9223372036854775808"}) ==
          error_reply(
              "ERR value is out of range, value must between -9223372036854775807 and 9223372036854775807"));
  REQUIRE(t.run({"srandmember", "str", "-9223372036854775807"}) == kWrongType);
  REQUIRE(t.run({"srandmember", "str", "1", "2"}) == kSyntaxError);
  REQUIRE(t.run({"srandmember", "str"}) == kWrongType);
}

}  // namespace redpoll::testing
