// ZADD, ZINCRBY, ZREM.
#include <catch2/catch.hpp>

#include "support/command_fixture.h"

namespace redpoll::testing {

static const std::string kScoreNotFloat = error_reply("ERR value is not a valid float");

TEST_CASE("ZADD counts new members, and with CH those with another score, too") {
  CommandFixture t;
  REQUIRE(t.run({"zadd", "z", "1", "a", "2", "b"}) == ":2\r\n");
  REQUIRE(t.events() == Lines{"0 n new z", "0 z zadd z"});
  REQUIRE(t.propagated() == Lines{"0 zadd z 1 a 2 b"});
  REQUIRE(t.dirty() == 2);
  REQUIRE(t.run({"zadd", "z", "3", "a", "3", "c", "2", "b"}) == ":1\r\n");
  REQUIRE(t.events() == Lines{"0 z zadd z"});
  REQUIRE(t.dirty() == 2);
  REQUIRE(t.run({"zadd", "z", "CH", "4", "a", "4", "d", "2", "b"}) == ":2\r\n");
  REQUIRE(t.run({"zscore", "z", "a"}) == bulk_reply("4"));
}

TEST_CASE("ZADD that changes nothing tells nothing") {
  CommandFixture t;
  t.given({"zadd z 1 a"});
  for (const Words& words :
       {Words{"zadd", "z", "1", "a"}, Words{"zadd", "z", "nx", "2", "a"}, Words{"zadd", "z", "xx", "2", "b"},
        Words{"zadd", "none", "xx", "2", "b"}, Words{"zadd", "z", "xx", "gt", "0", "a"}}) {
    REQUIRE(t.run(words) == ":0\r\n");
    REQUIRE(t.events().empty());
    REQUIRE(t.propagated().empty());
    REQUIRE(t.dirty() == 0);
  }
  REQUIRE(t.encoding("none") == "none");
}

TEST_CASE("ZADD with GT or LT lets scores go one way, and new members come") {
  CommandFixture t;
  t.given({"zadd z 5 a"});
  REQUIRE(t.run({"zadd", "z", "GT", "CH", "4", "a", "1", "b"}) == ":1\r\n");
  REQUIRE(t.run({"zadd", "z", "GT", "CH", "6", "a"}) == ":1\r\n");
  REQUIRE(t.run({"zadd", "z", "LT", "CH", "7", "a"}) == ":0\r\n");
  REQUIRE(t.run({"zadd", "z", "LT", "XX", "CH", "2", "a", "2", "c"}) == ":1\r\n");
  REQUIRE(t.run({"zmscore", "z", "a", "b", "c"}) == "*3\r\n" + bulk_reply("2") + bulk_reply("1") + kNull);
}

TEST_CASE("ZADD INCR replies the sum, or null if an option forbids it") {
  CommandFixture t;
  REQUIRE(t.run({"zadd", "z", "INCR", "1.5", "a"}) == bulk_reply("1.5"));
  REQUIRE(t.events() == Lines{"0 n new z", "0 z zincr z"});
  REQUIRE(t.propagated() == Lines{"0 zadd z INCR 1.5 a"});
  REQUIRE(t.run({"zadd", "z", "incr", "0", "a"}) == bulk_reply("1.5"));
  REQUIRE(t.events().empty());
  REQUIRE(t.run({"zadd", "z", "incr", "nx", "1", "a"}) == kNull);
  REQUIRE(t.run({"zadd", "z", "incr", "gt", "-1", "a"}) == kNull);
  REQUIRE(t.run({"zadd", "z", "incr", "xx", "1", "b"}) == kNull);
  t.protocol = resp::Protocol::resp3;
  REQUIRE(t.run({"zadd", "z", "incr", "1", "a"}) == ",2.5\r\n");
  REQUIRE(t.run({"zadd", "z", "incr", "xx", "1", "b"}) == "_\r\n");
}

TEST_CASE("ZADD finds errors in the order of Redis") {
  CommandFixture t;
  t.put_list("list");
  REQUIRE(t.run({"zadd", "list", "1"}) == error_reply("ERR wrong number of arguments for 'zadd' command"));
  REQUIRE(t.run({"zadd", "list", "nx", "xx", "1", "a", "2"}) == kSyntaxError);
  REQUIRE(t.run({"zadd", "list", "nx", "ch"}) == kSyntaxError);
  REQUIRE(t.run({"zadd", "list", "nx", "xx", "gt", "1", "a"}) ==
          error_reply("ERR XX and NX options at the same time are not compatible"));
  for (const Words& pair : {Words{"nx", "gt"}, Words{"nx", "lt"}, Words{"gt", "lt"}}) {
    REQUIRE(t.run({"zadd", "list", pair[0], pair[1], "incr", "1", "a", "x", "b"}) ==
            error_reply("ERR GT, LT, and/or NX options at the same time are not compatible"));
  }
  REQUIRE(t.run({"zadd", "list", "incr", "x", "a", "2", "b"}) ==
          error_reply("ERR INCR option supports a single increment-element pair"));
  REQUIRE(t.run({"zadd", "list", "1", "a", "x", "b"}) == kScoreNotFloat);
  REQUIRE(t.run({"zadd", "list", "1", "a"}) == kWrongType);
}

TEST_CASE("ZADD takes the scores that Redis takes") {
  CommandFixture t;
  for (const char* text : {"", "x", " 1", "1 ", "nan", "1e400", "1e-400", "-"}) {
    REQUIRE(t.run({"zadd", "z", text, "a"}) == kScoreNotFloat);
  }
  REQUIRE(t.encoding("z") == "none");
  const Lines printed[] = {
      {"inf", "inf"}, {"-Infinity", "-inf"}, {"+5", "5"},          {".5", "0.5"},
      {"0x10", "16"}, {"1e17", "1e+17"},     {"3.0e-10", "3e-10"}, {"0.1", "0.10000000000000001"}};
  for (const Lines& pair : printed) {
    t.run({"zadd", "z", pair[0], "a"});
    REQUIRE(t.run({"zscore", "z", "a"}) == bulk_reply(pair[1]));
  }
}

TEST_CASE("A failing ZADD changes nothing, though its first pairs are right") {
  CommandFixture t;
  REQUIRE(t.run({"zadd", "z", "1", "a", "x", "b"}) == kScoreNotFloat);
  REQUIRE(t.encoding("z") == "none");
}

TEST_CASE("ZADD converts to the encoding of large sorted sets when Redis does") {
  CommandFixture t;
  t.keyspace.encoding.zset_max_listpack_entries = 2;
  t.given({"zadd z 1 a 2 b"});
  REQUIRE(t.encoding("z") == "listpack");
  t.given({"zadd z 3 a"});
  REQUIRE(t.encoding("z") == "listpack");
  t.given({"zadd z 3 c"});
  REQUIRE(t.encoding("z") == "skiplist");
  t.given({"zrem z a b"});
  REQUIRE(t.encoding("z") == "skiplist");
  t.run({"zadd", "long", "1", std::string(65, 'x')});
  REQUIRE(t.encoding("long") == "skiplist");
}

TEST_CASE("ZINCRBY counts up from 0, and never to NaN") {
  CommandFixture t;
  REQUIRE(t.run({"zincrby", "z", "2", "a"}) == bulk_reply("2"));
  REQUIRE(t.events() == Lines{"0 n new z", "0 z zincr z"});
  REQUIRE(t.propagated() == Lines{"0 zincrby z 2 a"});
  REQUIRE(t.run({"zincrby", "z", "-2.5", "a"}) == bulk_reply("-0.5"));
  REQUIRE(t.run({"zincrby", "z", "inf", "a"}) == bulk_reply("inf"));
  REQUIRE(t.run({"zincrby", "z", "-inf", "a"}) == error_reply("ERR resulting score is not a number (NaN)"));
  REQUIRE(t.run({"zscore", "z", "a"}) == bulk_reply("inf"));
}

TEST_CASE("ZINCRBY takes options of ZADD for what they are, and fails") {
  CommandFixture t;
  t.put_list("list");
  REQUIRE(t.run({"zincrby", "list", "nx", "1"}) == kSyntaxError);
  REQUIRE(t.run({"zincrby", "list", "ch", "incr"}) == kSyntaxError);
  REQUIRE(t.run({"zincrby", "list", "x", "a"}) == kScoreNotFloat);
  REQUIRE(t.run({"zincrby", "list", "1", "a"}) == kWrongType);
}

TEST_CASE("ZREM removes members, and the key with the last") {
  CommandFixture t;
  t.given({"zadd z 1 a 2 b 3 c"});
  REQUIRE(t.run({"zrem", "z", "a", "x", "a", "b"}) == ":2\r\n");
  REQUIRE(t.events() == Lines{"0 z zrem z"});
  REQUIRE(t.propagated() == Lines{"0 zrem z a x a b"});
  REQUIRE(t.dirty() == 2);
  REQUIRE(t.run({"zrem", "z", "x"}) == ":0\r\n");
  REQUIRE(t.events().empty());
  REQUIRE(t.run({"zrem", "z", "c", "d"}) == ":1\r\n");
  REQUIRE(t.events() == Lines{"0 z zrem z", "0 g del z"});
  REQUIRE(t.encoding("z") == "none");
  REQUIRE(t.run({"zrem", "z", "c"}) == ":0\r\n");
  t.put_list("list");
  REQUIRE(t.run({"zrem", "list", "a"}) == kWrongType);
}

TEST_CASE("ZADD keeps the TTL of its key, also when it converts") {
  CommandFixture t;
  t.keyspace.encoding.zset_max_listpack_entries = 1;
  t.given({"zadd z 1 a", "pexpire z 500", "zadd z 2 b"});
  REQUIRE(t.encoding("z") == "skiplist");
  REQUIRE(t.pttl("z") == 500);
}

}  // namespace redpoll::testing
