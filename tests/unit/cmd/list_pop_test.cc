// LPOP, RPOP, LMPOP. Replies, events and propagation are those of Redis 7.0.15.
#include <catch2/catch.hpp>

#include "unit/cmd/list_replies.h"

namespace redpoll::testing {

static const std::string kNotPositive = error_reply("ERR value is out of range, must be positive");

TEST_CASE("LPOP and RPOP return the element that goes, and the last takes the key with it") {
  CommandFixture t;
  t.given({"rpush l a b 3"});
  REQUIRE(t.run({"lpop", "l"}) == bulk_reply("a"));
  REQUIRE(t.events() == Lines{"0 l lpop l"});
  REQUIRE(t.propagated() == Lines{"0 lpop l"});
  REQUIRE(t.dirty() == 1);
  REQUIRE(t.run({"rpop", "l"}) == bulk_reply("3"));
  REQUIRE(t.run({"rpop", "l"}) == bulk_reply("b"));
  REQUIRE(t.events() == Lines{"0 l rpop l", "0 g del l"});
  REQUIRE(t.db().size() == 0);
  REQUIRE(t.run({"lpop", "l"}) == kNull);
  REQUIRE(t.dirty() == 0);
  REQUIRE(t.events().empty());
}

TEST_CASE("LPOP and RPOP with a count return an array, the outermost element first") {
  CommandFixture t;
  t.given({"rpush l a b c d e"});
  REQUIRE(t.run({"lpop", "l", "2"}) == array_reply({"a", "b"}));
  REQUIRE(t.dirty() == 2);
  REQUIRE(t.events() == Lines{"0 l lpop l"});
  REQUIRE(t.propagated() == Lines{"0 lpop l 2"});
  REQUIRE(t.run({"rpop", "l", "0"}) == "*0\r\n");
  REQUIRE(t.dirty() == 0);
  REQUIRE(t.run({"rpop", "l", "9223372036854775807"}) == array_reply({"e", "d", "c"}));
  REQUIRE(t.events() == Lines{"0 l rpop l", "0 g del l"});
}

TEST_CASE("LPOP of what is not there is null, of the kind that the count asks for") {
  CommandFixture t;
  REQUIRE(t.run({"lpop", "l"}) == kNull);
  REQUIRE(t.run({"lpop", "l", "0"}) == kNullArray);
  REQUIRE(t.run({"rpop", "l", "3"}) == kNullArray);
  t.protocol = resp::Protocol::resp3;
  REQUIRE(t.run({"lpop", "l"}) == "_\r\n");
  REQUIRE(t.run({"lpop", "l", "1"}) == "_\r\n");
}

TEST_CASE("LPOP checks the count before the key") {
  CommandFixture t;
  t.given({"set s v"});
  for (const char* count : {"x", "-1", "1.5", "9223372036854775808", ""}) {
    REQUIRE(t.run({"lpop", "s", count}) == kNotPositive);
    REQUIRE(t.run({"rpop", "absent", count}) == kNotPositive);
  }
  REQUIRE(t.run({"lpop", "s"}) == kWrongType);
  REQUIRE(t.run({"lpop", "s", "0"}) == kWrongType);
  REQUIRE(t.run({"lpop", "s", "x", "y"}) == error_reply("ERR wrong number of arguments for 'lpop' command"));
}

TEST_CASE("LMPOP pops from the first list that is there and is propagated as LPOP or RPOP") {
  CommandFixture t;
  t.given({"rpush l a b c d"});
  REQUIRE(t.run({"lmpop", "2", "absent", "l", "LEFT"}) == "*2\r\n" + bulk_reply("l") + array_reply({"a"}));
  REQUIRE(t.propagated() == Lines{"0 LPOP l 1"});
  REQUIRE(t.events() == Lines{"0 l lpop l"});
  REQUIRE(t.dirty() == 1);
  REQUIRE(t.run({"lmpop", "1", "l", "right", "count", "10"}) ==
          "*2\r\n" + bulk_reply("l") + array_reply({"d", "c", "b"}));
  REQUIRE(t.propagated() == Lines{"0 RPOP l 3"});
  REQUIRE(t.events() == Lines{"0 l rpop l", "0 g del l"});
  REQUIRE(t.run({"lmpop", "1", "l", "LEFT"}) == kNullArray);
  REQUIRE(t.dirty() == 0);
}

TEST_CASE("LMPOP stops at a key of another type") {
  CommandFixture t;
  t.given({"rpush l a", "set s v"});
  REQUIRE(t.run({"lmpop", "3", "absent", "s", "l", "LEFT"}) == kWrongType);
  REQUIRE(t.run({"lmpop", "3", "absent", "l", "s", "LEFT"}) ==
          "*2\r\n" + bulk_reply("l") + array_reply({"a"}));
}

TEST_CASE("LMPOP refuses bad arguments before it looks at the keys") {
  CommandFixture t;
  t.given({"set s v"});
  for (const char* count : {"0", "-1", "x", "9223372036854775808"}) {
    REQUIRE(t.run({"lmpop", count, "s", "LEFT"}) == error_reply("ERR numkeys should be greater than 0"));
    REQUIRE(t.run({"lmpop", "1", "s", "LEFT", "COUNT", count, "bogus"}) ==
            error_reply("ERR count should be greater than 0"));
  }
  for (const Words& tail : {Words{"2", "s", "LEFT"},
                            {"9223372036854775807", "s", "LEFT"},
                            {"3", "s", "s", "s"},
                            {"1", "s", "middle"},
                            {"1", "s", "LEFT", "COUNT"},
                            {"1", "s", "LEFT", "bogus"},
                            {"1", "s", "LEFT", "COUNT", "1", "COUNT", "1"},
                            {"1", "s", "LEFT", "COUNT", "1", "more"}}) {
    Words words{"lmpop"};
    words.insert(words.end(), tail.begin(), tail.end());
    REQUIRE(t.run(words) == kSyntaxError);
  }
}

}  // namespace redpoll::testing
