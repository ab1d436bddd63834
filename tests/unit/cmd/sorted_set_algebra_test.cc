// ZUNION, ZINTER, ZDIFF, their STORE forms, ZINTERCARD. Replies are those of Redis 7.0.15.
#include <catch2/catch.hpp>

#include "support/command_fixture.h"

namespace redpoll::testing {

namespace {

std::string array(const Words& words) {
  std::string reply = "*" + std::to_string(words.size()) + "\r\n";
  for (const std::string& word : words) reply += bulk_reply(word);
  return reply;
}

void given_three(CommandFixture& t) {
  t.given({"zadd a 1 x 2 y 3 z", "zadd b 10 y 20 z 30 w", "sadd s y 5"});
}

}  // namespace

TEST_CASE("ZUNION adds the scores that a member has") {
  CommandFixture t;
  given_three(t);
  REQUIRE(t.run({"zunion", "2", "a", "b", "withscores"}) ==
          array({"x", "1", "y", "12", "z", "23", "w", "30"}));
  REQUIRE(t.run({"zunion", "3", "a", "s", "none", "withscores"}) ==
          array({"5", "1", "x", "1", "y", "3", "z", "3"}));
  REQUIRE(t.run({"zunion", "1", "none"}) == "*0\r\n");
  t.protocol = resp::Protocol::resp3;
  REQUIRE(t.run({"zunion", "1", "s", "withscores"}) ==
          "*2\r\n*2\r\n$1\r\n5\r\n,1\r\n*2\r\n$1\r\ny\r\n,1\r\n");
}

TEST_CASE("WEIGHTS multiply and AGGREGATE chooses how scores combine") {
  CommandFixture t;
  given_three(t);
  REQUIRE(t.run({"zinter", "2", "a", "b", "weights", "2", "0.5", "withscores"}) ==
          array({"y", "9", "z", "16"}));
  REQUIRE(t.run({"zinter", "2", "a", "b", "aggregate", "MIN", "withscores"}) == array({"y", "2", "z", "3"}));
  REQUIRE(t.run({"zinter", "2", "a", "b", "aggregate", "max", "withscores"}) ==
          array({"y", "10", "z", "20"}));
}

TEST_CASE("What is no number counts as 0") {
  CommandFixture t;
  t.given({"zadd p inf m", "zadd n -inf m", "zadd zero 0 m"});
  REQUIRE(t.run({"zunion", "2", "p", "n", "withscores"}) == array({"m", "0"}));
  REQUIRE(t.run({"zinter", "2", "p", "n", "withscores"}) == array({"m", "0"}));
  REQUIRE(t.run({"zunion", "1", "zero", "weights", "inf", "withscores"}) == array({"m", "0"}));
}

TEST_CASE("ZDIFF keeps what no other key has, by either algorithm") {
  CommandFixture t;
  given_three(t);
  REQUIRE(t.run({"zdiff", "2", "a", "b", "withscores"}) == array({"x", "1"}));
  REQUIRE(t.run({"zdiff", "3", "a", "none", "s"}) == array({"x", "z"}));
  REQUIRE(t.run({"zdiff", "3", "b", "a", "b"}) == "*0\r\n");
  // A large first key and many small ones: members are taken out of a copy.
  Words add{"zadd", "large"};
  Words left;
  for (int i = 100; i < 400; ++i) add.insert(add.end(), {std::to_string(i), std::to_string(i)});
  t.run(add);
  t.given({"sadd s1 100 101", "sadd s2 102", "sadd s3 nothing", "sadd s4 399"});
  for (int i = 103; i < 399; ++i) left.push_back(std::to_string(i));
  REQUIRE(t.run({"zdiff", "5", "large", "s1", "s2", "s3", "s4"}) == array(left));
}

TEST_CASE("A key may be intersected with itself") {
  CommandFixture t;
  given_three(t);
  REQUIRE(t.run({"zinter", "2", "a", "a", "weights", "2", "3", "withscores"}) ==
          array({"x", "5", "y", "10", "z", "15"}));
  REQUIRE(t.run({"zinter", "3", "b", "a", "b", "aggregate", "max", "withscores"}) ==
          array({"y", "10", "z", "20"}));
  REQUIRE(t.run({"zintercard", "2", "a", "a"}) == ":3\r\n");
  REQUIRE(t.run({"zintercard", "2", "s", "s", "limit", "1"}) == ":1\r\n");
  REQUIRE(t.run({"zintercard", "3", "a", "b", "a"}) == ":2\r\n");
}

TEST_CASE("ZINTERCARD counts up to a limit") {
  CommandFixture t;
  given_three(t);
  REQUIRE(t.run({"zintercard", "2", "a", "b"}) == ":2\r\n");
  REQUIRE(t.run({"zintercard", "2", "a", "b", "limit", "1"}) == ":1\r\n");
  REQUIRE(t.run({"zintercard", "2", "a", "b", "limit", "0"}) == ":2\r\n");
  REQUIRE(t.run({"zintercard", "2", "a", "none"}) == ":0\r\n");
  const std::string negative = error_reply("ERR LIMIT can't be negative");
  REQUIRE(t.run({"zintercard", "2", "a", "b", "limit", "-1"}) == negative);
  REQUIRE(t.run({"zintercard", "2", "a", "b", "limit", "x"}) == negative);
  REQUIRE(t.run({"zintercard", "2", "a", "b", "limit"}) == kSyntaxError);
  REQUIRE(t.run({"zintercard", "2", "a", "b", "withscores"}) == kSyntaxError);
}

TEST_CASE("Errors come in the order of Redis") {
  CommandFixture t;
  given_three(t);
  t.given({"set str x"});
  REQUIRE(t.run({"zunion", "x", "a"}) == error_reply("ERR value is not an integer or out of range"));
  REQUIRE(t.run({"zunion", "0", "a"}) ==
          error_reply("ERR at least 1 input key is needed for 'zunion' command"));
  REQUIRE(t.run({"zinterstore", "d", "-1", "a"}) ==
          error_reply("ERR at least 1 input key is needed for 'zinterstore' command"));
  REQUIRE(t.run({"zunion", "3", "a", "b"}) == kSyntaxError);
  REQUIRE(t.run({"zunion", "9223372036854775807", "a"}) == kSyntaxError);
  REQUIRE(t.run({"zunion", "2", "a", "str", "nonsense"}) == kWrongType);
  REQUIRE(t.run({"zunion", "2", "a", "b", "weights", "1"}) == kSyntaxError);
  REQUIRE(t.run({"zunion", "2", "a", "b", "weights", "1", "x"}) ==
          error_reply("ERR weight value is not a float"));
  REQUIRE(t.run({"zunion", "1", "a", "aggregate", "avg"}) == kSyntaxError);
  REQUIRE(t.run({"zdiff", "1", "a", "weights", "1"}) == kSyntaxError);
  REQUIRE(t.run({"zunionstore", "d", "1", "a", "withscores"}) == kSyntaxError);
}

TEST_CASE("The STORE forms replace the destination and tell so") {
  CommandFixture t;
  given_three(t);
  t.given({"set d x EX 100"});
  REQUIRE(t.run({"zunionstore", "d", "2", "a", "s"}) == ":4\r\n");
  REQUIRE(t.events() == Lines{"0 z zunionstore d"});
  REQUIRE(t.propagated() == Lines{"0 zunionstore d 2 a s"});
  REQUIRE(t.pttl("d") == -1);
  REQUIRE(t.run({"zinterstore", "a", "2", "a", "b"}) == ":2\r\n");
  REQUIRE(t.events() == Lines{"0 z zinterstore a"});
  REQUIRE(t.run({"zrange", "a", "0", "-1"}) == array({"y", "z"}));
  REQUIRE(t.run({"zdiffstore", "s", "2", "a", "a"}) == ":0\r\n");
  REQUIRE(t.events() == Lines{"0 g del s"});
  REQUIRE(t.run({"zdiffstore", "fresh", "1", "b"}) == ":3\r\n");
  REQUIRE(t.events() == Lines{"0 n new fresh", "0 z zdiffstore fresh"});
}

}  // namespace redpoll::testing
