// LSET, LINSERT, LREM, LTRIM. Replies, events and propagation are those of Redis 7.0.15.
#include <catch2/catch.hpp>
#include <cstdint>

#include "unit/cmd/list_replies.h"

namespace redpoll::testing {

static const std::string kNotInteger = error_reply("ERR value is not an integer or out of range");

// Runs `test` with lists that are packed, and with lists of nodes of two elements, the inner ones compressed.
template <class Test>
static void with_both_encodings(Test&& test) {
  for (const int fill : {-2, 2}) {
    CommandFixture t;
    t.keyspace.encoding.list_max_listpack_size = fill;
    t.keyspace.encoding.list_compress_depth = 1;
    test(t);
  }
}

TEST_CASE("LSET replaces an element at a position counted from either end") {
  with_both_encodings([](CommandFixture& t) {
    t.given({"rpush l a b c d e"});
    REQUIRE(t.run({"lset", "l", "0", "1"}) == kOk);
    REQUIRE(t.events() == Lines{"0 l lset l"});
    REQUIRE(t.propagated() == Lines{"0 lset l 0 1"});
    REQUIRE(t.dirty() == 1);
    t.given({"lset l -1 last", "lset l -5 first", "lset l 2 middle"});
    REQUIRE(all_of(t, "l") == array_reply({"first", "b", "middle", "d", "last"}));
  });
}

TEST_CASE("LSET looks for the key, then at the index") {
  CommandFixture t;
  t.given({"set s v", "rpush l a b"});
  REQUIRE(t.run({"lset", "absent", "x", "v"}) == error_reply("ERR no such key"));
  REQUIRE(t.run({"lset", "s", "x", "v"}) == kWrongType);
  REQUIRE(t.run({"lset", "l", "x", "v"}) == kNotInteger);
  for (const int64_t index : {int64_t{2}, int64_t{-3}, INT64_MAX, INT64_MIN})
    REQUIRE(t.run({"lset", "l", std::to_string(index), "v"}) == error_reply("ERR index out of range"));
  REQUIRE(t.dirty() == 0);
}

TEST_CASE("LINSERT puts an element beside the first that matches") {
  with_both_encodings([](CommandFixture& t) {
    t.given({"rpush l a b c b 5"});
    REQUIRE(t.run({"linsert", "l", "BEFORE", "b", "x"}) == ":6\r\n");
    REQUIRE(t.events() == Lines{"0 l linsert l"});
    REQUIRE(t.propagated() == Lines{"0 linsert l BEFORE b x"});
    REQUIRE(t.dirty() == 1);
    REQUIRE(t.run({"linsert", "l", "after", "5", "y"}) == ":7\r\n");
    REQUIRE(t.run({"linsert", "l", "Before", "a", "0"}) == ":8\r\n");
    REQUIRE(all_of(t, "l") == array_reply({"0", "a", "x", "b", "c", "b", "5", "y"}));
    REQUIRE(t.run({"linsert", "l", "BEFORE", "absent", "x"}) == ":-1\r\n");
    REQUIRE(t.dirty() == 0);
    REQUIRE(t.events().empty());
  });
}

TEST_CASE("LINSERT checks the side before the key") {
  CommandFixture t;
  t.given({"set s v"});
  REQUIRE(t.run({"linsert", "s", "beside", "a", "b"}) == kSyntaxError);
  REQUIRE(t.run({"linsert", "s", "before", "a", "b"}) == kWrongType);
  REQUIRE(t.run({"linsert", "absent", "before", "a", "b"}) == ":0\r\n");
}

TEST_CASE("LREM removes as many matches as it is told, from the end that it is told") {
  with_both_encodings([](CommandFixture& t) {
    const auto after = [&](const std::string& count) {
      t.given({"del l", "rpush l x a x b x x c x"});
      t.run({"lrem", "l", count, "x"});
      return all_of(t, "l");
    };
    REQUIRE(after("2") == array_reply({"a", "b", "x", "x", "c", "x"}));
    REQUIRE(after("-2") == array_reply({"x", "a", "x", "b", "x", "c"}));
    for (const char* all :
         {"0", "5", "-5", "9223372036854775807", "-9223372036854775807", "-9223372036854775808"})
      REQUIRE(after(all) == array_reply({"a", "b", "c"}));
  });
}

TEST_CASE("LREM counts each removal as a change and tells once") {
  CommandFixture t;
  t.given({"rpush l a a b a"});
  REQUIRE(t.run({"lrem", "l", "2", "a"}) == ":2\r\n");
  REQUIRE(t.dirty() == 2);
  REQUIRE(t.events() == Lines{"0 l lrem l"});
  REQUIRE(t.propagated() == Lines{"0 lrem l 2 a"});
  REQUIRE(t.run({"lrem", "l", "0", "absent"}) == ":0\r\n");
  REQUIRE(t.dirty() == 0);
  REQUIRE(t.events().empty());
  t.given({"lrem l 0 b", "lrem l 0 a"});
  REQUIRE(t.events() == Lines{"0 l lrem l", "0 g del l"});
  REQUIRE(t.db().size() == 0);
}

TEST_CASE("LREM checks the count before the key") {
  CommandFixture t;
  t.given({"set s v"});
  REQUIRE(t.run({"lrem", "s", "x", "a"}) == kNotInteger);
  REQUIRE(t.run({"lrem", "s", "1", "a"}) == kWrongType);
  REQUIRE(t.run({"lrem", "absent", "1", "a"}) == ":0\r\n");
}

TEST_CASE("LTRIM keeps a range") {
  with_both_encodings([](CommandFixture& t) {
    const auto after = [&](const char* start, const char* stop) {
      t.given({"del l", "rpush l a b c d e f"});
      REQUIRE(t.run({"ltrim", "l", start, stop}) == kOk);
      return all_of(t, "l");
    };
    REQUIRE(after("1", "3") == array_reply({"b", "c", "d"}));
    REQUIRE(after("-2", "-1") == array_reply({"e", "f"}));
    REQUIRE(after("0", "-2") == array_reply({"a", "b", "c", "d", "e"}));
    REQUIRE(after("-100", "100") == array_reply({"a", "b", "c", "d", "e", "f"}));
    for (const auto& [start, stop] :
         {std::pair{"6", "10"}, {"3", "2"}, {"0", "-7"}, {"9223372036854775807", "-1"}})
      REQUIRE(after(start, stop) == "*0\r\n");
  });
}

TEST_CASE("LTRIM counts what it removes, tells even if that is nothing, and removes an empty list") {
  CommandFixture t;
  t.given({"rpush l a b c d"});
  t.given({"ltrim l 1 2"});
  REQUIRE(t.dirty() == 2);
  REQUIRE(t.events() == Lines{"0 l ltrim l"});
  t.given({"ltrim l 0 -1"});
  REQUIRE(t.dirty() == 0);
  REQUIRE(t.events() == Lines{"0 l ltrim l"});
  REQUIRE(t.propagated().empty());
  t.given({"ltrim l 5 6"});
  REQUIRE(t.dirty() == 2);
  REQUIRE(t.events() == Lines{"0 l ltrim l", "0 g del l"});
  REQUIRE(t.propagated() == Lines{"0 ltrim l 5 6"});
  REQUIRE(t.db().size() == 0);
  REQUIRE(t.run({"ltrim", "l", "0", "1"}) == kOk);
  REQUIRE(t.dirty() == 0);
}

TEST_CASE("LTRIM checks the positions before the key") {
  CommandFixture t;
  t.given({"set s v"});
  REQUIRE(t.run({"ltrim", "s", "x", "1"}) == kNotInteger);
  REQUIRE(t.run({"ltrim", "s", "1", "x"}) == kNotInteger);
  REQUIRE(t.run({"ltrim", "s", "1", "2"}) == kWrongType);
}

}  // namespace redpoll::testing
