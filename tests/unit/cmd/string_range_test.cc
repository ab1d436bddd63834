// APPEND, SETRANGE, GETRANGE, SUBSTR.
#include <catch2/catch.hpp>

#include "support/command_fixture.h"

namespace redpoll::testing {

static const std::string kTooLong =
    error_reply("ERR string exceeds maximum allowed size (proto-max-bulk-len)");

TEST_CASE("APPEND creates the key or adds to it") {
  CommandFixture t;
  REQUIRE(t.run({"append", "k", "12"}) == ":2\r\n");
  REQUIRE(t.events() == Lines{"0 n new k", "0 $ append k"});
  REQUIRE(t.encoding("k") == "int");
  REQUIRE(t.run({"append", "k", "34"}) == ":4\r\n");
  REQUIRE(t.events() == Lines{"0 $ append k"});
  REQUIRE(t.run({"get", "k"}) == bulk_reply("1234"));
  REQUIRE(t.run({"append", "k", ""}) == ":4\r\n");
  REQUIRE(t.dirty() == 1);
  t.put_list("list");
  REQUIRE(t.run({"append", "list", "x"}) == kWrongType);
}

TEST_CASE("APPEND keeps the TTL and grows through every encoding") {
  CommandFixture t;
  t.given({"set k 1 PX 500"});
  std::string expected = "1";
  for (size_t step = 1; expected.size() < 20'000; step += step / 2 + 1) {
    const std::string more(step, static_cast<char>('a' + step % 26));
    expected += more;
    REQUIRE(t.run({"append", "k", more}) == ":" + std::to_string(expected.size()) + "\r\n");
    REQUIRE(t.run({"get", "k"}) == bulk_reply(expected));
  }
  REQUIRE(t.pttl("k") == 500);
}

TEST_CASE("SETRANGE overwrites and pads with zero bytes") {
  CommandFixture t;
  t.given({"set k Hello-World"});
  REQUIRE(t.run({"setrange", "k", "6", "Redis"}) == ":11\r\n");
  REQUIRE(t.events() == Lines{"0 $ setrange k"});
  REQUIRE(t.run({"get", "k"}) == bulk_reply("Hello-Redis"));
  REQUIRE(t.encoding("k") == "raw");
  REQUIRE(t.run({"setrange", "fresh", "2", "x"}) == ":3\r\n");
  REQUIRE(t.run({"get", "fresh"}) == bulk_reply(std::string("\0\0x", 3)));
  t.given({"set n 12345"});
  REQUIRE(t.run({"setrange", "n", "7", "8"}) == ":8\r\n");
  REQUIRE(t.run({"get", "n"}) == bulk_reply(std::string("12345\0\0"
                                                        "8",
                                                        8)));
}

TEST_CASE("SETRANGE with nothing to write changes nothing") {
  CommandFixture t;
  REQUIRE(t.run({"setrange", "k", "600000000000", ""}) == ":0\r\n");
  REQUIRE(t.dirty() == 0);
  REQUIRE(t.db().size() == 0);
  t.given({"set k 12345"});
  REQUIRE(t.run({"setrange", "k", "10", ""}) == ":5\r\n");
  REQUIRE(t.encoding("k") == "int");
}

TEST_CASE("SETRANGE checks the offset, then the type, then the length") {
  CommandFixture t;
  t.put_list("list");
  REQUIRE(t.run({"setrange", "list", "-1", "x"}) == error_reply("ERR offset is out of range"));
  REQUIRE(t.run({"setrange", "list", "x", "x"}) ==
          error_reply("ERR value is not an integer or out of range"));
  REQUIRE(t.run({"setrange", "list", "9223372036854775807", "x"}) == kWrongType);
  REQUIRE(t.run({"setrange", "k", "9223372036854775807", "x"}) == kTooLong);
}

TEST_CASE("No string grows beyond proto-max-bulk-len") {
  CommandFixture t;
  t.limits.max_bulk_bytes = 10;
  t.given({"set k 12345"});
  REQUIRE(t.run({"append", "k", "678901"}) == kTooLong);
  REQUIRE(t.run({"append", "k", "67890"}) == ":10\r\n");
  REQUIRE(t.run({"setrange", "k", "10", "x"}) == kTooLong);
  REQUIRE(t.run({"setrange", "k", "9", "x"}) == ":10\r\n");
}

TEST_CASE("GETRANGE counts negative offsets from the end and clips") {
  CommandFixture t;
  t.given({"set k This-is-a-string"});
  struct Row {
    const char *first, *last, *part;
  };
  for (const Row& row : {Row{"0", "3", "This"},
                         {"-3", "-1", "ing"},
                         {"0", "-1", "This-is-a-string"},
                         {"10", "100", "string"},
                         {"5", "3", ""},
                         {"100", "200", ""},
                         {"-100", "3", "This"},
                         {"-1", "-3", ""},
                         {"0", "-100", "T"},
                         {"-9223372036854775808", "9223372036854775807", "This-is-a-string"}}) {
    REQUIRE(t.run({"getrange", "k", row.first, row.last}) == bulk_reply(row.part));
    REQUIRE(t.run({"substr", "k", row.first, row.last}) == bulk_reply(row.part));
  }
  t.given({"set n 12345"});
  REQUIRE(t.run({"getrange", "n", "1", "2"}) == bulk_reply("23"));
  REQUIRE(t.run({"getrange", "absent", "0", "-1"}) == bulk_reply(""));
}

TEST_CASE("GETRANGE checks the offsets before the key") {
  CommandFixture t;
  t.put_list("list");
  REQUIRE(t.run({"getrange", "list", "0", "x"}) ==
          error_reply("ERR value is not an integer or out of range"));
  REQUIRE(t.run({"getrange", "list", "0", "1"}) == kWrongType);
}

}  // namespace redpoll::testing
