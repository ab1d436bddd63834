#include <catch2/catch.hpp>

#include "base/clock.h"
#include "build_info.h"
#include "support/admin_fixture.h"

namespace redpoll::testing {

TEST_CASE("TIME answers seconds and microseconds of the wall clock") {
  AdminFixture t;
  const int64_t before = unix_now_us();
  const std::string reply = t.run({"time"});
  const int64_t after = unix_now_us();
  const size_t at = reply.find("\r\n", 4) + 2;
  const size_t second = reply.find('$', at) + 3;
  const int64_t us = std::stoll(reply.substr(at)) * 1'000'000 + std::stoll(reply.substr(second));
  REQUIRE(reply.substr(0, 4) == "*2\r\n");
  REQUIRE(us >= before);
  REQUIRE(us <= after);
}

TEST_CASE("LOLWUT ends with the version, whichever art is asked for") {
  AdminFixture t;
  const std::string version = "\nRedpoll ver. " + std::string(build_info::kVersion) + "\n";
  for (const Words& words : {Words{"lolwut"}, Words{"lolwut", "version", "5", "40"}, Words{"lolwut", "x"}}) {
    const std::string art = t.text(words);
    REQUIRE(art.size() > version.size());
    REQUIRE(art.substr(art.size() - version.size()) == version);
  }
  REQUIRE(t.run({"lolwut", "VERSION", "x"}) == error_reply("ERR value is not an integer or out of range"));
}

TEST_CASE("SHUTDOWN hands its options on, answers nothing and lets the client go") {
  AdminFixture t;
  REQUIRE(t.run({"shutdown", "nosave", "NOW", "now", "force"}).empty());
  REQUIRE(t.host.shutdowns.size() == 1);
  REQUIRE(t.host.shutdowns[0].nosave);
  REQUIRE(t.host.shutdowns[0].now);
  REQUIRE(t.host.shutdowns[0].force);
  REQUIRE(!t.host.shutdowns[0].save);
  REQUIRE(SessionFixture::leaves(t.base.me));
}

TEST_CASE("SHUTDOWN refuses options that exclude each other") {
  AdminFixture t;
  for (const Words& words : {Words{"shutdown", "save", "nosave"}, Words{"shutdown", "abort", "now"},
                             Words{"shutdown", "force", "abort"}, Words{"shutdown", "later"}}) {
    REQUIRE(t.run(words) == kSyntaxError);
  }
  REQUIRE(t.host.shutdowns.empty());
}

TEST_CASE("SHUTDOWN that fails keeps the client, and ABORT needs something to abort") {
  AdminFixture t;
  t.host.refusal = "ERR Errors trying to SHUTDOWN. Check logs.";
  REQUIRE(t.run({"shutdown", "save"}) == error_reply("ERR Errors trying to SHUTDOWN. Check logs."));
  REQUIRE(!SessionFixture::leaves(t.base.me));
  REQUIRE(t.run({"shutdown", "abort"}) == error_reply("ERR No shutdown in progress."));
  t.host.shutting_down = true;
  REQUIRE(t.run({"shutdown", "abort", "abort"}) == kOk);
}

TEST_CASE("MEMORY USAGE tells what a key takes, in full for large values") {
  AdminFixture t;
  t.run({"set", "small", "x"});
  t.run({"set", "large", std::string(100'000, 'x')});
  REQUIRE(t.run({"memory", "usage", "missing"}) == kNull);
  const int64_t small = std::stoll(t.run({"memory", "usage", "small"}).substr(1));
  REQUIRE(small >= 16);
  REQUIRE(small < 64);
  REQUIRE(std::stoll(t.run({"memory", "usage", "large", "samples", "0"}).substr(1)) > 100'000);
}

TEST_CASE("MEMORY USAGE refuses bad options, MEMORY PURGE always succeeds") {
  AdminFixture t;
  for (const Words& words :
       {Words{"memory", "usage", "k", "samples"}, Words{"memory", "usage", "k", "samples", "-1"},
        Words{"memory", "usage", "k", "foo", "5"}}) {
    REQUIRE(t.run(words) == kSyntaxError);
  }
  REQUIRE(t.run({"memory", "usage", "k", "samples", "x"}) ==
          error_reply("ERR value is not an integer or out of range"));
  REQUIRE(t.run({"memory", "purge"}) == kOk);
}

}  // namespace redpoll::testing
