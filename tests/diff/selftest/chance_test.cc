#include "diff/chance.h"

#include <catch2/catch.hpp>

using namespace redpoll::diff;

namespace {

Reply drawn_reply(std::string_view bytes) {
  const auto parsed = redpoll::testing::parse_reply(bytes);
  REQUIRE(parsed.state == redpoll::testing::ParsedReply::State::complete);
  return parsed.reply;
}

bool likely(const Words& request, std::string_view drawn, std::string_view answer) {
  return !unlikely(request, drawn_reply(drawn), drawn_reply(answer));
}

}  // namespace

TEST_CASE("A server is asked about the elements that it drew") {
  const Reply two = drawn_reply("*2\r\n$1\r\na\r\n$1\r\nb\r\n");
  REQUIRE(question_about({"SRANDMEMBER", "s", "2"}, two) == Words{"SMISMEMBER", "s", "a", "b"});
  REQUIRE(question_about({"srandmember", "s"}, drawn_reply("$1\r\na\r\n")) == Words{"SMISMEMBER", "s", "a"});
  REQUIRE(question_about({"HRANDFIELD", "h", "1", "withvalues"}, two) == Words{"HMGET", "h", "a"});
  REQUIRE(question_about({"ZRANDMEMBER", "z", "1", "WITHSCORES"},
                         drawn_reply("*1\r\n*2\r\n$1\r\na\r\n,1.5\r\n")) == Words{"ZMSCORE", "z", "a"});
  REQUIRE(question_about({"RANDOMKEY"}, drawn_reply("$1\r\na\r\n")) == Words{"EXISTS", "a"});
}

TEST_CASE("Where nothing was drawn there is nothing to ask") {
  for (const char* nothing : {"$-1\r\n", "_\r\n", "*0\r\n", "-ERR x\r\n"})
    REQUIRE_FALSE(question_about({"SRANDMEMBER", "s", "2"}, drawn_reply(nothing)));
}

TEST_CASE("What was drawn has to be there") {
  const Words request{"SRANDMEMBER", "s", "2"};
  const char* drawn = "*2\r\n$1\r\na\r\n$1\r\nb\r\n";
  REQUIRE(likely(request, drawn, "*2\r\n:1\r\n:1\r\n"));
  REQUIRE_FALSE(likely(request, drawn, "*2\r\n:1\r\n:0\r\n"));
  REQUIRE_FALSE(likely(request, drawn, "*1\r\n:1\r\n"));
  REQUIRE_FALSE(likely(request, drawn, "-WRONGTYPE x\r\n"));
}

TEST_CASE("An element is drawn twice only below zero") {
  const char* twice = "*2\r\n$1\r\na\r\n$1\r\na\r\n";
  REQUIRE_FALSE(likely({"SRANDMEMBER", "s", "2"}, twice, "*2\r\n:1\r\n:1\r\n"));
  REQUIRE(likely({"SRANDMEMBER", "s", "-2"}, twice, "*2\r\n:1\r\n:1\r\n"));
}

TEST_CASE("What was removed must not be there") {
  REQUIRE(draws_apart({"spop", "s"}));
  REQUIRE_FALSE(draws_apart({"SRANDMEMBER", "s"}));
  REQUIRE(likely({"SPOP", "s"}, "$1\r\na\r\n", "*1\r\n:0\r\n"));
  REQUIRE_FALSE(likely({"SPOP", "s"}, "$1\r\na\r\n", "*1\r\n:1\r\n"));
}

TEST_CASE("Values that were drawn along are those of their elements") {
  const Words request{"HRANDFIELD", "h", "1", "WITHVALUES"};
  REQUIRE(likely(request, "*2\r\n$1\r\na\r\n$1\r\n1\r\n", "*1\r\n$1\r\n1\r\n"));
  REQUIRE_FALSE(likely(request, "*2\r\n$1\r\na\r\n$1\r\n1\r\n", "*1\r\n$1\r\n2\r\n"));
  REQUIRE_FALSE(likely(request, "*2\r\n$1\r\na\r\n$1\r\n1\r\n", "*1\r\n$-1\r\n"));
}
