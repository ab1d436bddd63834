#include <catch2/catch.hpp>

#include "support/admin_fixture.h"

namespace redpoll::testing {

using admin::Slowlog;
using admin::SlowlogLimits;
using resp::Arg;

static void add(Slowlog& log, const Words& words, const SlowlogLimits& limits = {}) {
  const std::vector<Arg> args(words.begin(), words.end());
  log.add(args, 1500, UnixMs{1'700'000'000'999}, "127.0.0.1:5000", "me", limits);
}

TEST_CASE("The slow log keeps the newest entries first and drops the oldest") {
  Slowlog log;
  for (const char* key : {"a", "b", "c"}) add(log, {"get", key}, {.entries = 2});
  REQUIRE(log.entries().size() == 2);
  REQUIRE(log.entries()[0].args == Words{"get", "c"});
  REQUIRE(log.entries()[0].id == 2);
  REQUIRE(log.entries()[1].args == Words{"get", "b"});
  log.trim(0);
  REQUIRE(log.entries().empty());
}

TEST_CASE("The slow log keeps 128 bytes of an argument") {
  Slowlog log;
  add(log, {"set", std::string(128, 'x'), std::string(200, 'y')});
  REQUIRE(log.entries()[0].args[1] == std::string(128, 'x'));
  REQUIRE(log.entries()[0].args[2] == std::string(128, 'y') + "... (72 more bytes)");
}

TEST_CASE("The slow log keeps of a client's name as much as of an argument") {
  Slowlog log;
  log.add({}, 1500, UnixMs{0}, "127.0.0.1:5000", std::string(20'000, 'n'), {});
  REQUIRE(log.entries()[0].client_name == std::string(128, 'n') + "... (19872 more bytes)");
}

TEST_CASE("The slow log keeps 32 arguments, the last of which tells how many are missing") {
  Slowlog log;
  add(log, Words(32, "x"));
  REQUIRE(log.entries()[0].args == Words(32, "x"));
  add(log, Words(33, "x"));
  REQUIRE(log.entries()[0].args.size() == 32);
  REQUIRE(log.entries()[0].args[30] == "x");
  REQUIRE(log.entries()[0].args[31] == "... (2 more arguments)");
}

TEST_CASE("The slow log keeps as much of an entry as slowlog-entry-max-* say") {
  Slowlog log;
  add(log, {"set", "abcdef", "x", "y"}, {.args = 3, .arg_bytes = 4});
  REQUIRE(log.entries()[0].args == Words{"set", "abcd... (2 more bytes)", "... (2 more arguments)"});
}

TEST_CASE("SLOWLOG GET shows entries in full, ten unless a count is given") {
  AdminFixture t;
  REQUIRE(t.run({"slowlog", "get"}) == "*0\r\n");
  add(t.slowlog, {"get", "a"});
  REQUIRE(t.run({"slowlog", "get"}) ==
          "*1\r\n*6\r\n:0\r\n:1700000000\r\n:1500\r\n*2\r\n$3\r\nget\r\n$1\r\na\r\n$14\r\n127.0.0.1:5000\r\n"
          "$2\r\nme\r\n");
  for (int i = 0; i < 11; ++i) add(t.slowlog, {"get", "a"});
  REQUIRE(t.run({"slowlog", "get"}).substr(0, 5) == "*10\r\n");
  REQUIRE(t.run({"slowlog", "get", "-1"}).substr(0, 5) == "*12\r\n");
  REQUIRE(t.run({"slowlog", "get", "100"}).substr(0, 5) == "*12\r\n");
  REQUIRE(t.run({"slowlog", "get", "0"}) == "*0\r\n");
  REQUIRE(t.run({"slowlog", "len"}) == ":12\r\n");
  REQUIRE(t.run({"slowlog", "reset"}) == kOk);
  REQUIRE(t.run({"slowlog", "len"}) == ":0\r\n");
}

TEST_CASE("SLOWLOG GET refuses a bad count") {
  AdminFixture t;
  const std::string bad_count = error_reply("ERR count should be greater than or equal to -1");
  REQUIRE(t.run({"slowlog", "get", "-2"}) == bad_count);
  REQUIRE(t.run({"slowlog", "get", "x"}) == bad_count);
  REQUIRE(t.run({"slowlog", "GET", "1", "2"}) ==
          error_reply("ERR unknown subcommand or wrong number of arguments for 'GET'. Try SLOWLOG HELP."));
}

}  // namespace redpoll::testing
