#include "diff/grammar.h"

#include <catch2/catch.hpp>

#include "diff/redis_commands.h"

using namespace redpoll::diff;

namespace {

Words comparable(Words words) {
  make_comparable(words);
  return words;
}

}  // namespace

TEST_CASE("Every command has a grammar") { REQUIRE(gaps() == std::vector<std::string>{}); }

TEST_CASE("Every command of Redis for the types that are there is in the table") {
  REQUIRE(missing_commands() == std::vector<std::string>{});
}

TEST_CASE("All requests can be made") {
  const Grammar grammar({.alone = true});
  Vocabulary vocabulary(7);
  for (int i = 0; i < 20'000; ++i) REQUIRE_FALSE(grammar.request(vocabulary).words.empty());
}

TEST_CASE("A timeout that would end in the middle of a schedule is made short") {
  REQUIRE(comparable({"BLPOP", "k", "5"}) == Words{"BLPOP", "k", std::string(kShortTimeout)});
  REQUIRE(comparable({"blmpop", "0x1p3", "1", "k", "LEFT"})[1] == kShortTimeout);
  for (const char* timeout : {"0", "-1", "nan", "abc", "", "1000000", "1e400"})
    REQUIRE(comparable({"BLPOP", "k", timeout}).back() == timeout);
  REQUIRE(waits_shortly({"BLPOP", "k", std::string(kShortTimeout)}));
  REQUIRE_FALSE(waits_shortly({"BLPOP", std::string(kShortTimeout), "0"}));
  REQUIRE_FALSE(waits_shortly({"LPOP", std::string(kShortTimeout)}));
}

TEST_CASE("A client that must not wait for long waits shortly, or not at all") {
  Words words{"BRPOP", "k", "1000000"};
  wait_shortly(words);
  REQUIRE(words.back() == kShortTimeout);
  words = {"BRPOP", "k", "abc"};
  wait_shortly(words);
  REQUIRE(words.back() == "abc");
}

TEST_CASE("A scan is compared from its beginning to its end, however often it is made comparable") {
  const Words whole{"SSCAN", "k", "0", "COUNT", "2", "COUNT", "1000"};
  REQUIRE(comparable({"SSCAN", "k", "17", "COUNT", "2"}) == whole);
  REQUIRE(comparable(whole) == whole);
  REQUIRE(comparable({"SSCAN", "k", "abc"})[2] == "abc");
}

TEST_CASE("So many random elements that there is no end are not asked for") {
  REQUIRE(comparable({"SRANDMEMBER", "k", "-2147483649"}) == Words{"SRANDMEMBER", "k", "-1000"});
  REQUIRE(comparable({"SRANDMEMBER", "k", "-9223372036854775808"}).back() == "-9223372036854775808");
  REQUIRE(comparable({"SRANDMEMBER", "k", "2147483649"}).back() == "2147483649");
}

TEST_CASE("A list whose order is open is not stored, nor compared by its order") {
  REQUIRE(comparable({"SORT", "k", "BY", "w*", "ALPHA", "STORE", "d"}) ==
          Words{"SORT", "k", "BY", "w*", "ALPHA", "d"});
  REQUIRE(match_of({"SORT", "k", "BY", "w*", "ALPHA"}) == Match::unordered);
  REQUIRE(match_of({"SORT", "k", "BY", "nosort"}) == Match::unordered);
  REQUIRE(match_of({"SORT", "k", "BY", "nosort", "LIMIT", "0", "2"}) == Match::count);
  REQUIRE(match_of({"SORT", "k", "BY", "nosort", "STORE", "d"}) == Match::exact);
  REQUIRE(match_of({"SORT", "k", "BY", "w*"}) == Match::exact);
  REQUIRE(match_of({"SORT", "k", "ALPHA"}) == Match::exact);
}
