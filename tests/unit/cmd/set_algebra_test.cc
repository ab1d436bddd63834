// SINTER, SUNION, SDIFF, SINTERCARD, and what stores their results. Replies, events and propagation are those
// of Redis 7.0.15, but for the order of members; encodings are those of 7.2.
#include <catch2/catch.hpp>
#include <set>

#include "base/rng.h"
#include "support/command_fixture.h"
#include "unit/cmd/bulks.h"

namespace redpoll::testing {

namespace {

Lines members(CommandFixture& t, const Words& words) { return sorted(bulks(t.run(words))); }

using Model = std::set<std::string>;

Model intersection(const std::vector<Model>& sets) {
  Model result = sets[0];
  std::erase_if(result, [&](const std::string& member) {
    return std::any_of(sets.begin(), sets.end(), [&](const Model& set) { return !set.contains(member); });
  });
  return result;
}

Model sum(const std::vector<Model>& sets) {
  Model result;
  for (const Model& set : sets) result.insert(set.begin(), set.end());
  return result;
}

Model difference(const std::vector<Model>& sets) {
  Model result = sets[0];
  for (size_t i = 1; i < sets.size(); ++i) {
    for (const std::string& member : sets[i]) result.erase(member);
  }
  return result;
}

}  // namespace

TEST_CASE("SINTER, SUNION and SDIFF combine sets") {
  CommandFixture t;
  t.given({"sadd a 1 2 3 x", "sadd b 2 3 4", "sadd c 3 x y"});
  REQUIRE(members(t, {"sinter", "a", "b", "c"}) == Lines{"3"});
  REQUIRE(members(t, {"sinter", "a"}) == Lines{"1", "2", "3", "x"});
  REQUIRE(members(t, {"sinter", "a", "a", "b"}) == Lines{"2", "3"});
  REQUIRE(members(t, {"sunion", "a", "b", "c"}) == Lines{"1", "2", "3", "4", "x", "y"});
  REQUIRE(members(t, {"sunion", "a", "a"}) == Lines{"1", "2", "3", "x"});
  REQUIRE(members(t, {"sdiff", "a", "b", "c"}) == Lines{"1"});
  REQUIRE(members(t, {"sdiff", "a", "b", "b"}) == Lines{"1", "x"});
  REQUIRE(members(t, {"sdiff", "a", "b", "a"}) == Lines{});
  REQUIRE(t.dirty() == 0);
}

TEST_CASE("A missing key is an empty set to combine") {
  CommandFixture t;
  t.given({"sadd a 1 2"});
  REQUIRE(t.run({"sinter", "a", "none"}) == "*0\r\n");
  REQUIRE(t.run({"sinter", "none"}) == "*0\r\n");
  REQUIRE(members(t, {"sunion", "none", "a", "none"}) == Lines{"1", "2"});
  REQUIRE(t.run({"sunion", "none", "none"}) == "*0\r\n");
  REQUIRE(members(t, {"sdiff", "a", "none"}) == Lines{"1", "2"});
  REQUIRE(t.run({"sdiff", "none", "a"}) == "*0\r\n");
  t.protocol = resp::Protocol::resp3;
  REQUIRE(t.run({"sinter", "a", "none"}) == "~0\r\n");
  REQUIRE(t.run({"sunion", "none"}) == "~0\r\n");
  REQUIRE(t.run({"sdiff", "a", "a"}) == "~0\r\n");
  REQUIRE(t.run({"sinter", "a"}) == "~2\r\n$1\r\n1\r\n$1\r\n2\r\n");
}

TEST_CASE("Every key is looked at for its type, also behind a missing one") {
  CommandFixture t;
  t.given({"set str x", "sadd s a"});
  for (const char* command : {"sinter", "sunion", "sdiff"}) {
    REQUIRE(t.run({command, "s", "str"}) == kWrongType);
    REQUIRE(t.run({command, "none", "str"}) == kWrongType);
    REQUIRE(t.run({command + std::string("store"), "s", "none", "str"}) == kWrongType);
  }
  REQUIRE(t.run({"sintercard", "2", "none", "str"}) == kWrongType);
  REQUIRE(members(t, {"smembers", "s"}) == Lines{"a"});
}

TEST_CASE("Results are stored over whatever was there, and the TTL goes") {
  CommandFixture t;
  t.given({"sadd a 1 2 3", "sadd b 2 3 4", "set to x EX 100"});
  REQUIRE(t.run({"sinterstore", "to", "a", "b"}) == ":2\r\n");
  REQUIRE(t.events() == Lines{"0 s sinterstore to"});
  REQUIRE(t.propagated() == Lines{"0 sinterstore to a b"});
  REQUIRE(t.dirty() == 1);
  REQUIRE(members(t, {"smembers", "to"}) == Lines{"2", "3"});
  REQUIRE(t.pttl("to") == -1);
  REQUIRE(t.run({"sunionstore", "new", "a", "b"}) == ":4\r\n");
  REQUIRE(t.events() == Lines{"0 n new new", "0 s sunionstore new"});
  REQUIRE(t.run({"sdiffstore", "a", "a", "b"}) == ":1\r\n");
  REQUIRE(t.events() == Lines{"0 s sdiffstore a"});
  REQUIRE(members(t, {"smembers", "a"}) == Lines{"1"});
}

TEST_CASE("An empty result removes the key it would be stored at") {
  CommandFixture t;
  t.given({"sadd a 1", "sadd b 2", "set to x"});
  REQUIRE(t.run({"sinterstore", "to", "a", "b"}) == ":0\r\n");
  REQUIRE(t.events() == Lines{"0 g del to"});
  REQUIRE(t.propagated() == Lines{"0 sinterstore to a b"});
  REQUIRE(t.run({"sinterstore", "to", "a", "none"}) == ":0\r\n");
  REQUIRE(t.events() == Lines{"0 m keymiss none"});
  REQUIRE(t.propagated().empty());
  REQUIRE(t.run({"sdiffstore", "a", "a", "a"}) == ":0\r\n");
  REQUIRE(t.events() == Lines{"0 g del a"});
  REQUIRE(t.run({"sunionstore", "b", "none"}) == ":0\r\n");
  REQUIRE(t.run({"exists", "a", "b", "to"}) == ":0\r\n");
}

TEST_CASE("SINTERCARD counts, up to a limit") {
  CommandFixture t;
  t.given({"sadd a 1 2 3 4", "sadd b 2 3 4 5"});
  REQUIRE(t.run({"sintercard", "2", "a", "b"}) == ":3\r\n");
  REQUIRE(t.run({"sintercard", "2", "a", "b", "LIMIT", "2"}) == ":2\r\n");
  REQUIRE(t.run({"sintercard", "2", "a", "b", "limit", "0"}) == ":3\r\n");
  REQUIRE(t.run({"sintercard", "2", "a", "b", "limit", "9"}) == ":3\r\n");
  REQUIRE(t.run({"sintercard", "1", "a", "limit", "1", "limit", "2"}) == ":2\r\n");
  REQUIRE(t.run({"sintercard", "2", "a", "none"}) == ":0\r\n");
}

TEST_CASE("SINTERCARD refuses what is no number of keys or no limit") {
  CommandFixture t;
  const std::string no_keys = error_reply("ERR numkeys should be greater than 0");
  REQUIRE(t.run({"sintercard", "0", "a"}) == no_keys);
  REQUIRE(t.run({"sintercard", "-1", "a"}) == no_keys);
  REQUIRE(t.run({"sintercard", "x", "a"}) == no_keys);
  REQUIRE(t.run({"sintercard", "2", "a"}) ==
          error_reply("ERR Number of keys can't be greater than number of args"));
  REQUIRE(t.run({"sintercard", "9223372036854775807", "a"}) ==
          error_reply("ERR Number of keys can't be greater than number of args"));
  REQUIRE(t.run({"sintercard", "1", "a", "b"}) == kSyntaxError);
  REQUIRE(t.run({"sintercard", "1", "a", "limit"}) == kSyntaxError);
  REQUIRE(t.run({"sintercard", "1", "a", "limit", "-1"}) == error_reply("ERR LIMIT can't be negative"));
  REQUIRE(t.run({"sintercard", "1", "a", "limit", "x"}) == error_reply("ERR LIMIT can't be negative"));
}

TEST_CASE("Stored results have the encodings that Redis 7.2 gives them") {
  CommandFixture t;
  Words numbers{"sadd", "numbers"};
  for (int i = 0; i < 200; ++i) numbers.push_back(std::to_string(i));
  t.run(numbers);
  numbers[1] = "both";
  numbers.push_back("word");
  t.run(numbers);
  t.given({"sadd few 1 2 3", "sadd words a b 1", "sadd one word"});
  REQUIRE(t.encoding("numbers") == "intset");
  REQUIRE(t.encoding("both") == "hashtable");
  const auto stored = [&](const Words& words) {
    t.run(words);
    return t.encoding("to");
  };
  // An intersection of integers becomes an intset, whatever it is taken from.
  REQUIRE(stored({"sinterstore", "to", "numbers", "both"}) == "intset");
  REQUIRE(stored({"sinterstore", "to", "words", "few"}) == "intset");
  REQUIRE(stored({"sinterstore", "to", "both"}) == "hashtable");
  REQUIRE(stored({"sinterstore", "to", "words"}) == "listpack");
  REQUIRE(stored({"sinterstore", "to", "one", "both"}) == "listpack");
  REQUIRE(stored({"sunionstore", "to", "few", "numbers"}) == "intset");
  REQUIRE(stored({"sunionstore", "to", "few", "words"}) == "listpack");
  REQUIRE(stored({"sunionstore", "to", "numbers", "words"}) == "hashtable");
  REQUIRE(stored({"sdiffstore", "to", "both", "one"}) == "intset");
  REQUIRE(stored({"sdiffstore", "to", "words", "few"}) == "listpack");
}

TEST_CASE("Combined sets are what std::set makes of them, for any sizes and encodings") {
  Rng rng(7);
  for (int round = 0; round < 150; ++round) {
    CommandFixture t;
    std::vector<Model> sets(1 + rng.below(4));
    Words keys;
    for (size_t i = 0; i < sets.size(); ++i) {
      keys.push_back("set" + std::to_string(i));
      Words add{"sadd", keys.back()};
      const uint64_t wanted = rng.below(2) == 0 ? 1 + rng.below(20) : 1 + rng.below(800);
      const bool words = rng.below(2) == 0;
      for (uint64_t n = 0; n < wanted; ++n) {
        const std::string number = std::to_string(rng.below(wanted * 2));
        add.push_back(words && rng.below(2) == 0 ? "w" + number : number);
      }
      t.run(add);
      sets[i] = Model(add.begin() + 2, add.end());
    }
    const auto check = [&](const std::string& command, const Model& expected) {
      CAPTURE(command, round);
      Words words{command};
      words.insert(words.end(), keys.begin(), keys.end());
      const Lines lines(expected.begin(), expected.end());
      REQUIRE((members(t, words) == lines));
      words[0] = command + "store";
      words.insert(words.begin() + 1, "to");
      REQUIRE(t.run(words) == ":" + std::to_string(expected.size()) + "\r\n");
      REQUIRE((members(t, {"smembers", "to"}) == lines));
    };
    check("sinter", intersection(sets));
    check("sunion", sum(sets));
    check("sdiff", difference(sets));
  }
}

}  // namespace redpoll::testing
