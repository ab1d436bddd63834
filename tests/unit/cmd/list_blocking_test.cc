// BLPOP, BRPOP, BLMPOP, BLMOVE, BRPOPLPUSH: what they do when there is a list, and what they wait for when
// not.
#include <catch2/catch.hpp>

#include "support/command_fixture.h"

namespace redpoll::testing {

static const std::string kNoNumber = error_reply("ERR timeout is not a float or out of range");
static const std::string kNegative = error_reply("ERR timeout is negative");

TEST_CASE("BLPOP and BRPOP take from the first list that is there") {
  CommandFixture t;
  t.given({"rpush b 1 2 3", "rpush c 4"});
  REQUIRE(t.run({"blpop", "a", "b", "c", "0"}) == "*2\r\n$1\r\nb\r\n$1\r\n1\r\n");
  REQUIRE(t.propagated() == Lines{"0 LPOP b"});
  REQUIRE(t.events() == Lines{"0 l lpop b"});
  REQUIRE(t.run({"brpop", "b", "c", "0.5"}) == "*2\r\n$1\r\nb\r\n$1\r\n3\r\n");
  REQUIRE(t.propagated() == Lines{"0 RPOP b"});
  REQUIRE(t.run({"brpop", "c", "0"}) == "*2\r\n$1\r\nc\r\n$1\r\n4\r\n");
  REQUIRE(t.events() == Lines{"0 l rpop c", "0 g del c"});
}

TEST_CASE("BLPOP waits for its keys when none of them is there") {
  CommandFixture t;
  REQUIRE(t.run({"blpop", "a", "b", "1.5"}).empty());
  REQUIRE(t.wish() == "list a b 1500");
  REQUIRE(t.dirty() == 0);
  REQUIRE(t.propagated().empty());
}

TEST_CASE("A client that waited takes from the key that is ready, whatever the others hold") {
  CommandFixture t;
  t.given({"set a v", "rpush b 1"});
  REQUIRE(t.run({"blpop", "a", "b", "0"}) == kWrongType);
  REQUIRE(t.run_ready({"blpop", "a", "b", "0"}, "b") == "*2\r\n$1\r\nb\r\n$1\r\n1\r\n");
  t.given({"rpush b 1 2"});
  REQUIRE(t.run_ready({"blmpop", "0", "2", "a", "b", "LEFT", "COUNT", "5"}, "b") ==
          "*2\r\n$1\r\nb\r\n*2\r\n$1\r\n1\r\n$1\r\n2\r\n");
  REQUIRE(t.propagated() == Lines{"0 LPOP b 2"});
}

TEST_CASE("Timeouts are seconds with a fraction, rounded up to milliseconds") {
  CommandFixture t;
  const auto wish = [&](const std::string& timeout) {
    REQUIRE(t.run({"blpop", "k", timeout}).empty());
    return t.wish();
  };
  REQUIRE(wish("0") == "list k 0");
  REQUIRE(wish("-0") == "list k 0");
  REQUIRE(wish("-0.0001") == "list k 0");
  REQUIRE(wish("0.0001") == "list k 1");
  REQUIRE(wish("1.0001") == "list k 1001");
  REQUIRE(wish("0x1") == "list k 1000");
  REQUIRE(wish("9223372036854775") == "list k 9223372036854775000");
}

TEST_CASE("Timeouts that are none are refused before the keys are looked at") {
  CommandFixture t;
  t.given({"set k v"});
  for (const char* timeout : {"abc", "", "nan", " 1", "1 "})
    REQUIRE(t.run({"blpop", "k", timeout}) == kNoNumber);
  for (const char* timeout : {"-1", "inf", "-inf", "1e300", "9223372036854776"})
    REQUIRE(t.run({"brpop", "k", timeout}) == kNegative);
  REQUIRE(t.run({"brpoplpush", "k", "j", "-1"}) == kNegative);
  REQUIRE(t.run({"blmove", "k", "j", "LEFT", "RIGHT", "x"}) == kNoNumber);
  REQUIRE(t.run({"blmpop", "-1", "1", "k", "LEFT"}) == kNegative);
}

TEST_CASE("What else is wrong is said before the timeout is looked at") {
  CommandFixture t;
  REQUIRE(t.run({"blmove", "a", "b", "LEFT", "x", "-1"}) == kSyntaxError);
  REQUIRE(t.run({"blmpop", "abc", "0", "k", "LEFT"}) == error_reply("ERR numkeys should be greater than 0"));
  REQUIRE(t.run({"blmpop", "-1", "1", "k", "FOO"}) == kSyntaxError);
  REQUIRE(t.run({"blmpop", "-1", "1", "k", "LEFT", "COUNT", "0"}) ==
          error_reply("ERR count should be greater than 0"));
}

TEST_CASE("BLMOVE and BRPOPLPUSH move, and propagate as what does not wait") {
  CommandFixture t;
  t.given({"rpush a 1 2"});
  REQUIRE(t.run({"blmove", "a", "b", "left", "right", "0"}) == bulk_reply("1"));
  REQUIRE(t.propagated() == Lines{"0 LMOVE a b left right"});
  REQUIRE(t.run({"brpoplpush", "a", "b", "0"}) == bulk_reply("2"));
  REQUIRE(t.propagated() == Lines{"0 RPOPLPUSH a b"});
  REQUIRE(t.run({"lrange", "b", "0", "-1"}) == "*2\r\n$1\r\n2\r\n$1\r\n1\r\n");
}

TEST_CASE("BLMOVE looks at its target only when there is something to move") {
  CommandFixture t;
  t.given({"set b v"});
  REQUIRE(t.run({"blmove", "a", "b", "LEFT", "LEFT", "0"}).empty());
  REQUIRE(t.wish() == "list a 0");
  t.given({"rpush a 1"});
  REQUIRE(t.run_ready({"blmove", "a", "b", "LEFT", "LEFT", "0"}, "a") == kWrongType);
  REQUIRE(t.propagated().empty());
}

}  // namespace redpoll::testing
