#include <catch2/catch.hpp>

#include "support/admin_fixture.h"

namespace redpoll::testing {

using config::Apply;

TEST_CASE("CONFIG GET answers directives that match any pattern, as a map in RESP3") {
  AdminFixture t;
  REQUIRE(t.run({"config", "get", "hz"}) == "*2\r\n$2\r\nhz\r\n$2\r\n10\r\n");
  REQUIRE(t.run({"config", "get", "hz", "h?", "nothing*"}) == "*2\r\n$2\r\nhz\r\n$2\r\n10\r\n");
  REQUIRE(t.run({"config", "get", "nothing"}) == "*0\r\n");
  t.base.me.protocol = resp::Protocol::resp3;
  REQUIRE(t.run({"config", "get", "hz"}) == "%1\r\n$2\r\nhz\r\n$2\r\n10\r\n");
  REQUIRE(t.run({"config", "get", "nothing"}) == "%0\r\n");
}

TEST_CASE("CONFIG SET changes settings and tells the server") {
  AdminFixture t;
  REQUIRE(t.run({"config", "set", "hz", "20", "timeout", "5"}) == kOk);
  REQUIRE(t.base.config.settings().hz == 20);
  REQUIRE(t.base.config.settings().timeout == 5);
  REQUIRE(t.host.applied == std::vector{Apply::hz});
}

TEST_CASE("CONFIG SET changes nothing if one directive is refused") {
  AdminFixture t;
  REQUIRE(t.run({"config", "set", "timeout", "5", "nothing", "1"}) ==
          error_reply("ERR Unknown option or number of arguments for CONFIG SET - 'nothing'"));
  REQUIRE(t.base.config.settings().timeout == 0);
  t.host.refusal = "no room";
  REQUIRE(t.run({"config", "set", "timeout", "5", "maxclients", "100"}) ==
          error_reply("ERR CONFIG SET failed (possibly related to argument 'maxclients') - no room"));
  REQUIRE(t.base.config.settings().timeout == 0);
  REQUIRE(t.run({"config", "set", "timeout", "5", "hz"}) == kSyntaxError);
}

TEST_CASE("CONFIG SET keeps protected directives from clients of other machines") {
  AdminFixture t(config::Settings{.enable_protected_configs = config::Allowed::no});
  REQUIRE(
      t.run({"config", "set", "dir", "/"}) ==
      error_reply("ERR CONFIG SET failed (possibly related to argument 'dir') - can't set protected config"));
}

TEST_CASE("CONFIG REWRITE needs a file") {
  AdminFixture t;
  REQUIRE(t.run({"config", "rewrite"}) == error_reply("ERR The server is running without a config file"));
}

TEST_CASE("CONFIG RESETSTAT forgets what INFO counted") {
  AdminFixture t;
  t.run({"get", "missing"});
  t.base.stats.commands_processed = 9;
  t.base.stats.errors.count("ERR x");
  t.commands.find("get")->stats.calls = 5;
  REQUIRE(t.run({"config", "resetstat"}) == kOk);
  REQUIRE(t.info("stats", "total_commands_processed") == "1");  // that one, which ended behind it
  REQUIRE(t.info("stats", "keyspace_misses") == "0");
  REQUIRE(t.info("memory", "lazyfreed_objects") == "0");
  REQUIRE(t.info("commandstats", "cmdstat_get") == "(none)");
  REQUIRE(t.text({"info", "errorstats"}) == "# Errorstats\r\n");
}

}  // namespace redpoll::testing
