// LCS. The expected ranges were taken from Redis 7.0.15.
#include <catch2/catch.hpp>

#include "support/command_fixture.h"

namespace redpoll::testing {

TEST_CASE("LCS finds the subsequence and its length") {
  CommandFixture t;
  t.given({"mset a ohmytext b mynewtext n 12345 m 1545"});
  REQUIRE(t.run({"lcs", "a", "b"}) == bulk_reply("mytext"));
  REQUIRE(t.run({"lcs", "a", "b", "len"}) == ":6\r\n");
  REQUIRE(t.run({"lcs", "n", "m"}) == bulk_reply("145"));
  REQUIRE(t.run({"lcs", "a", "absent"}) == bulk_reply(""));
  REQUIRE(t.run({"lcs", "absent", "absent", "LEN"}) == ":0\r\n");
}

TEST_CASE("LCS IDX tells the ranges from the end on") {
  CommandFixture t;
  t.given({"mset a ohmytext b mynewtext"});
  const std::string text = "*2\r\n*2\r\n:4\r\n:7\r\n*2\r\n:5\r\n:8\r\n";
  const std::string my = "*2\r\n*2\r\n:2\r\n:3\r\n*2\r\n:0\r\n:1\r\n";
  const std::string head = "$7\r\nmatches\r\n", tail = "$3\r\nlen\r\n:6\r\n";
  REQUIRE(t.run({"lcs", "a", "b", "IDX"}) == "*4\r\n" + head + "*2\r\n" + text + my + tail);
  REQUIRE(t.run({"lcs", "a", "b", "IDX", "MINMATCHLEN", "4"}) == "*4\r\n" + head + "*1\r\n" + text + tail);
  REQUIRE(t.run({"lcs", "a", "b", "IDX", "MINMATCHLEN", "-4", "minmatchlen", "4", "WITHMATCHLEN"}) ==
          "*4\r\n" + head + "*1\r\n*3" + text.substr(2) + ":4\r\n" + tail);
  t.protocol = resp::Protocol::resp3;
  REQUIRE(t.run({"lcs", "a", "absent", "IDX"}) == "%2\r\n" + head + "*0\r\n$3\r\nlen\r\n:0\r\n");
}

TEST_CASE("LCS checks types, then options, then sizes") {
  CommandFixture t;
  t.put_list("list");
  REQUIRE(t.run({"lcs", "list", "b", "bogus"}) ==
          error_reply("ERR The specified keys must contain string values"));
  REQUIRE(t.run({"lcs", "a", "b", "bogus"}) == kSyntaxError);
  REQUIRE(t.run({"lcs", "a", "b", "MINMATCHLEN"}) == kSyntaxError);
  REQUIRE(t.run({"lcs", "a", "b", "MINMATCHLEN", "x"}) ==
          error_reply("ERR value is not an integer or out of range"));
  REQUIRE(t.run({"lcs", "a", "b", "IDX", "LEN"}) ==
          error_reply("ERR If you want both the length and indexes, please just use IDX."));
}

TEST_CASE("LCS refuses a table larger than proto-max-bulk-len") {
  CommandFixture t;
  t.limits.max_bulk_bytes = 11 * 11 * 4;
  t.given({"mset a 0123456789 b 1234567890 c 01234567890"});
  REQUIRE(t.run({"lcs", "a", "b", "LEN"}) == ":9\r\n");
  REQUIRE(t.run({"lcs", "a", "c", "LEN"}) ==
          error_reply("ERR Insufficient memory, transient memory for LCS exceeds proto-max-bulk-len"));
}

}  // namespace redpoll::testing
