#include "diff/compare.h"

#include <catch2/catch.hpp>

#include "diff/grammar.h"

using namespace redpoll::diff;

namespace {

Reply reply(std::string_view bytes) {
  const auto parsed = redpoll::testing::parse_reply(bytes);
  REQUIRE(parsed.state == redpoll::testing::ParsedReply::State::complete);
  REQUIRE(parsed.used == bytes.size());
  return parsed.reply;
}

bool equal(Match match, std::string_view ours, std::string_view theirs) {
  return !difference(match, reply(ours), reply(theirs));
}

}  // namespace

TEST_CASE("Exact replies differ in kind, text and order") {
  REQUIRE(equal(Match::exact, "$1\r\na\r\n", "$1\r\na\r\n"));
  REQUIRE_FALSE(equal(Match::exact, "$1\r\na\r\n", "+a\r\n"));
  REQUIRE_FALSE(equal(Match::exact, "$-1\r\n", "*-1\r\n"));
  REQUIRE_FALSE(equal(Match::exact, "*2\r\n:1\r\n:2\r\n", "*2\r\n:2\r\n:1\r\n"));
}

TEST_CASE("Errors have to be equal whatever else may differ") {
  for (const Match match :
       {Match::unordered, Match::pairs, Match::near_s, Match::kind, Match::count, Match::shape})
    REQUIRE_FALSE(equal(match, "-ERR a\r\n", "-ERR b\r\n"));
  REQUIRE_FALSE(equal(Match::kind, "-ERR a\r\n", ":1\r\n"));
}

TEST_CASE("Elements in any order still have to be the same ones, as often") {
  REQUIRE(equal(Match::unordered, "*3\r\n:1\r\n:2\r\n:2\r\n", "*3\r\n:2\r\n:1\r\n:2\r\n"));
  REQUIRE_FALSE(equal(Match::unordered, "*3\r\n:1\r\n:1\r\n:2\r\n", "*3\r\n:2\r\n:1\r\n:2\r\n"));
  REQUIRE_FALSE(equal(Match::unordered, "*1\r\n:1\r\n", "~1\r\n:1\r\n"));
  REQUIRE(equal(Match::pairs, "%2\r\n+a\r\n:1\r\n+b\r\n:2\r\n", "%2\r\n+b\r\n:2\r\n+a\r\n:1\r\n"));
  REQUIRE_FALSE(equal(Match::pairs, "%2\r\n+a\r\n:2\r\n+b\r\n:1\r\n", "%2\r\n+b\r\n:2\r\n+a\r\n:1\r\n"));
}

TEST_CASE("Near numbers may be apart as far as a clock goes, negative ones not") {
  REQUIRE(equal(Match::near_s, ":100\r\n", ":99\r\n"));
  REQUIRE_FALSE(equal(Match::near_s, ":100\r\n", ":90\r\n"));
  REQUIRE_FALSE(equal(Match::near_s, ":-1\r\n", ":-2\r\n"));
  REQUIRE(equal(Match::near_ms, ":9223372036854775807\r\n", ":9223372036854775000\r\n"));
  REQUIRE_FALSE(equal(Match::near_ms, ":9223372036854775807\r\n", ":-9223372036854775807\r\n"));
}

TEST_CASE("Scans end together and find the same") {
  REQUIRE(equal(Match::scan, "*2\r\n$1\r\n0\r\n*2\r\n+a\r\n+b\r\n", "*2\r\n$1\r\n0\r\n*2\r\n+b\r\n+a\r\n"));
  REQUIRE_FALSE(equal(Match::scan, "*2\r\n$1\r\n7\r\n*0\r\n", "*2\r\n$1\r\n0\r\n*0\r\n"));
  REQUIRE_FALSE(equal(Match::scan, "*2\r\n$1\r\n0\r\n*1\r\n+a\r\n", "*2\r\n$1\r\n0\r\n*0\r\n"));
  const std::string_view pairs = "*2\r\n$1\r\n0\r\n*4\r\n+a\r\n:1\r\n+b\r\n:2\r\n";
  REQUIRE(equal(Match::scan_pairs, pairs, "*2\r\n$1\r\n0\r\n*4\r\n+b\r\n:2\r\n+a\r\n:1\r\n"));
  REQUIRE_FALSE(equal(Match::scan_pairs, pairs, "*2\r\n$1\r\n0\r\n*4\r\n+a\r\n:2\r\n+b\r\n:1\r\n"));
}

TEST_CASE("Shapes have the same kinds and map keys all the way down") {
  REQUIRE(equal(Match::shape, "%1\r\n+id\r\n*1\r\n:7\r\n", "%1\r\n+id\r\n*1\r\n:9\r\n"));
  REQUIRE_FALSE(equal(Match::shape, "%1\r\n+id\r\n:7\r\n", "%1\r\n+ip\r\n:7\r\n"));
  REQUIRE_FALSE(equal(Match::shape, "%1\r\n+id\r\n:7\r\n", "%1\r\n+id\r\n+7\r\n"));
  REQUIRE_FALSE(equal(Match::shape, "$1\r\na\r\n", "$-1\r\n"));
  REQUIRE_FALSE(equal(Match::shape, "*1\r\n+a\r\n", "*2\r\n+a\r\n+b\r\n"));
  REQUIRE(equal(Match::count, "*2\r\n+a\r\n$-1\r\n", "*2\r\n:1\r\n:2\r\n"));
  REQUIRE_FALSE(equal(Match::count, "*1\r\n+a\r\n", "*2\r\n:1\r\n:2\r\n"));
}

TEST_CASE("Field names are compared, their values are not") {
  REQUIRE(equal(Match::field_names, "$14\r\nid=7 name=a b\n\r\n", "$12\r\nid=8 name= b\r\n"));
  REQUIRE_FALSE(equal(Match::field_names, "$4\r\nid=7\r\n", "$4\r\nip=7\r\n"));
}
