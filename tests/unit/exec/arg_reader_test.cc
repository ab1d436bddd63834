// ArgReader: options from left to right, the first error kept.
#include "exec/arg_reader.h"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

namespace redpoll::exec {

using namespace option_literals;
using resp::Arg;

TEST_CASE("Option words fold case and tell words apart") {
  STATIC_REQUIRE("NX"_opt == pack_option("nx"));
  STATIC_REQUIRE("KEEPTTL"_opt == pack_option("KeepTtl"));
  REQUIRE(pack_option("") == 0);
  REQUIRE(pack_option("EIGHTLET") == 0);
  REQUIRE(pack_option("N") != "NX"_opt);
  REQUIRE(pack_option(std::string_view("\0NX", 3)) != "NX"_opt);
  REQUIRE(pack_option(std::string_view("NX\0", 3)) != "NX"_opt);
  REQUIRE(pack_option(std::string_view("\0", 1)) != 0);
  REQUIRE(pack_option("\xd1x") != pack_option("Qx"));
  REQUIRE(pack_option("E[") != pack_option("E{"));
}

TEST_CASE("Arguments are read in order, and running out is a syntax error") {
  const std::vector<Arg> args{"cmd", "key", "a", "7"};
  ArgReader in(args, 2);
  REQUIRE(in.left() == 2);
  REQUIRE(in.next() == "a");
  REQUIRE(in.left() == 1);
  REQUIRE(in.integer() == 7);
  REQUIRE_FALSE(in.more());
  REQUIRE_FALSE(in.failed());
  REQUIRE(in.next().empty());
  REQUIRE(in.error().error() == "ERR syntax error");
  REQUIRE_FALSE(in.more());
}

TEST_CASE("A reader may begin behind the last argument") {
  const std::vector<Arg> args{"cmd"};
  const ArgReader in(args, 3);
  REQUIRE(in.left() == 0);
  REQUIRE_FALSE(in.more());
}

TEST_CASE("Keywords are consumed only if they match") {
  const std::vector<Arg> args{"WithScores", "limit"};
  ArgReader in(args, 0);
  REQUIRE_FALSE(in.keyword("LIMIT"));
  REQUIRE(in.keyword("WITHSCORES"));
  REQUIRE(in.keyword("LIMIT"));
  REQUIRE_FALSE(in.keyword("LIMIT"));
  REQUIRE_FALSE(in.failed());
}

TEST_CASE("The first error counts and ends the reading") {
  const std::vector<Arg> args{"x", "y", "LIMIT"};
  ArgReader in(args, 0);
  REQUIRE(in.integer(err::not_positive) == 0);
  in.reject(err::syntax);
  REQUIRE(in.error().error() == err::not_positive.error());
  REQUIRE_FALSE(in.more());
  REQUIRE_FALSE(in.keyword("y"));
}

TEST_CASE("A missing number is a syntax error, not a bad number") {
  const std::vector<Arg> args{"cmd"};
  ArgReader in(args, 1);
  in.integer();
  REQUIRE(in.error().error() == "ERR syntax error");
}

TEST_CASE("Picking excludes others of its kind and allows repetition") {
  enum class When { any, absent, present };
  const std::vector<Arg> args{"cmd"};
  ArgReader in(args, 1);
  When when{};
  in.pick(when, When::absent);
  in.pick(when, When::absent);
  REQUIRE_FALSE(in.failed());
  REQUIRE(when == When::absent);
  in.pick(when, When::present);
  REQUIRE(in.error().error() == "ERR syntax error");
}

}  // namespace redpoll::exec
