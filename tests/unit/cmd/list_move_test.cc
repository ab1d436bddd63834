// LMOVE and RPOPLPUSH. Replies, events and propagation are those of Redis 7.0.15.
#include <catch2/catch.hpp>

#include "unit/cmd/list_replies.h"

namespace redpoll::testing {

TEST_CASE("LMOVE moves an element from end to end") {
  CommandFixture t;
  struct Row {
    const char *from, *to;
    Words source, target;
    const char* moved;
  };
  for (const Row& row : {Row{"LEFT", "LEFT", {"b", "c"}, {"a", "x", "y"}, "a"},
                         {"left", "right", {"b", "c"}, {"x", "y", "a"}, "a"},
                         {"RIGHT", "LEFT", {"a", "b"}, {"c", "x", "y"}, "c"},
                         {"Right", "Right", {"a", "b"}, {"x", "y", "c"}, "c"}}) {
    t.given({"del s t", "rpush s a b c", "rpush t x y"});
    REQUIRE(t.run({"lmove", "s", "t", row.from, row.to}) == bulk_reply(row.moved));
    REQUIRE(t.dirty() == 1);
    REQUIRE(all_of(t, "s") == array_reply(row.source));
    REQUIRE(all_of(t, "t") == array_reply(row.target));
  }
}

TEST_CASE("LMOVE tells of the target before the source") {
  CommandFixture t;
  t.given({"rpush s 1 2"});
  t.given({"lmove s t LEFT RIGHT"});
  REQUIRE(t.events() == Lines{"0 n new t", "0 l rpush t", "0 l lpop s"});
  REQUIRE(t.propagated() == Lines{"0 lmove s t LEFT RIGHT"});
  t.given({"rpoplpush s t"});
  REQUIRE(t.events() == Lines{"0 l lpush t", "0 l rpop s", "0 g del s"});
  REQUIRE(t.propagated() == Lines{"0 rpoplpush s t"});
  REQUIRE(all_of(t, "t") == array_reply({"2", "1"}));
}

TEST_CASE("LMOVE within one list rotates it") {
  CommandFixture t;
  for (const int fill : {-2, 2}) {
    t.keyspace.encoding.list_max_listpack_size = fill;
    t.given({"del l", "rpush l a b c 4"});
    REQUIRE(t.run({"lmove", "l", "l", "RIGHT", "LEFT"}) == bulk_reply("4"));
    REQUIRE(t.events() == Lines{"0 l lpush l", "0 l rpop l"});
    REQUIRE(t.dirty() == 1);
    REQUIRE(all_of(t, "l") == array_reply({"4", "a", "b", "c"}));
    REQUIRE(t.run({"lmove", "l", "l", "LEFT", "LEFT"}) == bulk_reply("4"));
    REQUIRE(all_of(t, "l") == array_reply({"4", "a", "b", "c"}));
    t.given({"lmove l l LEFT RIGHT", "rpoplpush l l", "rpoplpush l l"});
    REQUIRE(all_of(t, "l") == array_reply({"c", "4", "a", "b"}));
  }
}

TEST_CASE("A list of one element that is rotated stays") {
  CommandFixture t;
  t.given({"rpush l a", "pexpire l 1000"});
  REQUIRE(t.run({"rpoplpush", "l", "l"}) == bulk_reply("a"));
  REQUIRE(t.events() == Lines{"0 l lpush l", "0 l rpop l"});
  REQUIRE(t.pttl("l") == 1000);
  REQUIRE(all_of(t, "l") == array_reply({"a"}));
}

TEST_CASE("LMOVE of nothing is null, whatever the target is") {
  CommandFixture t;
  t.given({"set s v"});
  REQUIRE(t.run({"lmove", "absent", "s", "LEFT", "LEFT"}) == kNull);
  REQUIRE(t.run({"rpoplpush", "absent", "absent"}) == kNull);
  REQUIRE(t.dirty() == 0);
  REQUIRE(t.events().empty());
}

TEST_CASE("LMOVE checks the words, then the source, then the target") {
  CommandFixture t;
  t.given({"set s v", "rpush l a"});
  REQUIRE(t.run({"lmove", "s", "s", "up", "LEFT"}) == kSyntaxError);
  REQUIRE(t.run({"lmove", "s", "s", "LEFT", ""}) == kSyntaxError);
  REQUIRE(t.run({"lmove", "s", "l", "LEFT", "LEFT"}) == kWrongType);
  REQUIRE(t.run({"lmove", "l", "s", "LEFT", "LEFT"}) == kWrongType);
  REQUIRE(t.run({"rpoplpush", "l", "s"}) == kWrongType);
  REQUIRE(all_of(t, "l") == array_reply({"a"}));
}

TEST_CASE("A large element moves without a copy, also within its list") {
  CommandFixture t;
  const std::string large(100'000, 'x');
  t.run({"rpush", "s", "a", large});
  t.given({"lmove s s LEFT RIGHT", "lmove s s LEFT RIGHT"});
  REQUIRE(t.run({"rpoplpush", "s", "t"}) == bulk_reply(large));
  REQUIRE(t.encoding("s") == "listpack");
  REQUIRE(all_of(t, "s") == array_reply({"a"}));
  REQUIRE(all_of(t, "t") == array_reply({large}));
  REQUIRE(t.encoding("t") == "quicklist");
}

}  // namespace redpoll::testing
