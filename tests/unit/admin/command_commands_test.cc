#include <catch2/catch.hpp>

#include "admin/tables.h"
#include "exec/missing_commands.h"
#include "support/admin_fixture.h"

namespace redpoll::testing {

TEST_CASE("No command that is there is taken for missing") {
  for (const admin::Table table : admin::all_tables()) {
    for (const exec::Command& command : table) {
      CAPTURE(command.name);
      REQUIRE_FALSE(exec::is_missing_command(command.name));
    }
  }
}

TEST_CASE("COMMAND INFO describes a command element for element as Redis does") {
  AdminFixture t;
  REQUIRE(
      t.run({"command", "info", "get", "nope"}) ==
      "*2\r\n*10\r\n$3\r\nget\r\n:2\r\n*2\r\n+readonly\r\n+fast\r\n:1\r\n:1\r\n:1\r\n"
      "*3\r\n+@read\r\n+@string\r\n+@fast\r\n*0\r\n"
      "*1\r\n*6\r\n$5\r\nflags\r\n*2\r\n+RO\r\n+access\r\n"
      "$12\r\nbegin_search\r\n*4\r\n$4\r\ntype\r\n$5\r\nindex\r\n$4\r\nspec\r\n*2\r\n$5\r\nindex\r\n:1\r\n"
      "$9\r\nfind_keys\r\n*4\r\n$4\r\ntype\r\n$5\r\nrange\r\n$4\r\nspec\r\n"
      "*6\r\n$7\r\nlastkey\r\n:0\r\n$7\r\nkeystep\r\n:1\r\n$5\r\nlimit\r\n:0\r\n"
      "*0\r\n$-1\r\n");
}

TEST_CASE("COMMAND INFO uses sets and maps in RESP3") {
  AdminFixture t;
  t.base.me.protocol = resp::Protocol::resp3;
  REQUIRE(t.run({"command", "info", "CONFIG|SET"}) ==
          "*1\r\n*10\r\n$10\r\nconfig|set\r\n:-4\r\n~4\r\n+admin\r\n+noscript\r\n+loading\r\n+stale\r\n:"
          "0\r\n:0\r\n:0\r\n"
          "~3\r\n+@admin\r\n+@slow\r\n+@dangerous\r\n"
          "~2\r\n$24\r\nrequest_policy:all_nodes\r\n$29\r\nresponse_policy:all_succeeded\r\n~0\r\n~0\r\n");
}

TEST_CASE("COMMAND INFO tells the range of keys to clients that know no specifications") {
  AdminFixture t;
  REQUIRE(t.run({"command", "info", "mset"}).find("+denyoom\r\n:1\r\n:-1\r\n:2\r\n") != std::string::npos);
  REQUIRE(t.run({"command", "info", "lcs"}).find("+readonly\r\n:1\r\n:2\r\n:1\r\n") != std::string::npos);
}

TEST_CASE("COMMAND describes all commands, COUNT counts them") {
  AdminFixture t;
  const std::string count = std::to_string(t.commands.all().size());
  const std::string all = t.run({"command"});
  REQUIRE(all.substr(0, count.size() + 3) == "*" + count + "\r\n");
  REQUIRE(t.run({"command", "info"}) == all);
  REQUIRE(t.run({"command", "count"}) == ":" + count + "\r\n");
  REQUIRE(t.run({"command", "nope"}) == error_reply("ERR unknown subcommand 'nope'. Try COMMAND HELP."));
}

TEST_CASE("COMMAND and COMMAND DOCS tell the same each time, in each protocol") {
  AdminFixture t;
  for (const auto protocol : {resp::Protocol::resp2, resp::Protocol::resp3, resp::Protocol::resp2}) {
    t.base.me.protocol = protocol;
    for (const char* about : {"info", "docs"}) {
      const bool map = protocol == resp::Protocol::resp3 && about == std::string_view("docs");
      const bool pairs = !map && about == std::string_view("docs");
      const size_t count = t.commands.all().size();
      std::string expected = (map ? "%" : "*") + std::to_string(pairs ? 2 * count : count) + "\r\n";
      for (const auto& entry : t.commands.all()) {
        const std::string one = t.run({"command", about, entry->full_name});
        expected += one.substr(one.find('\n') + 1);
      }
      REQUIRE(t.run({"command", about}) == expected);
      REQUIRE(t.run({"command", about}) == expected);
    }
  }
}

TEST_CASE("COMMAND INFO and DOCS look at no more commands when the reply is over its limit") {
  using About = admin::CommandTexts::About;
  AdminFixture t;
  REQUIRE(t.run({"config", "set", "client-output-buffer-limit", "normal 100000 0 0"}) == kOk);
  for (const auto about : {About::info, About::docs}) {
    std::vector<std::string> request{"command", about == About::info ? "info" : "docs"};
    request.resize(10'000, "get");
    request.emplace_back("set");
    t.run(request);
    CHECK(t.admin.command_texts.kept(about, resp::Protocol::resp2) == 1);
  }
}

TEST_CASE("COMMAND DOCS nests arguments and subcommands") {
  AdminFixture t;
  t.base.me.protocol = resp::Protocol::resp3;
  REQUIRE(t.run({"command", "docs", "nope"}) == "%0\r\n");
  const std::string list = t.run({"command", "docs", "command|list", "nope"});
  REQUIRE(list.find("%1\r\n$12\r\ncommand|list\r\n%5\r\n") == 0);
  REQUIRE(
      list.substr(list.find("$9\r\narguments")) ==
      "$9\r\narguments\r\n*1\r\n%5\r\n$4\r\nname\r\n$8\r\nfilterby\r\n$4\r\ntype\r\n$5\r\noneof\r\n"
      "$5\r\ntoken\r\n$8\r\nFILTERBY\r\n$5\r\nflags\r\n~1\r\n+optional\r\n$9\r\narguments\r\n*3\r\n"
      "%3\r\n$4\r\nname\r\n$11\r\nmodule-name\r\n$4\r\ntype\r\n$6\r\nstring\r\n$5\r\ntoken\r\n$"
      "6\r\nMODULE\r\n"
      "%3\r\n$4\r\nname\r\n$8\r\ncategory\r\n$4\r\ntype\r\n$6\r\nstring\r\n$5\r\ntoken\r\n$6\r\nACLCAT\r\n"
      "%3\r\n$4\r\nname\r\n$7\r\npattern\r\n$4\r\ntype\r\n$7\r\npattern\r\n$5\r\ntoken\r\n$7\r\nPATTERN\r\n");
  REQUIRE(
      t.run({"command", "docs", "config"}).find("$11\r\nsubcommands\r\n%5\r\n$10\r\nconfig|get\r\n%6\r\n") !=
      std::string::npos);
}

TEST_CASE("COMMAND DOCS says what is deprecated and what replaces it") {
  AdminFixture t;
  REQUIRE(t.run({"command", "docs", "substr"})
              .find("$9\r\ndoc_flags\r\n*1\r\n+deprecated\r\n$16\r\ndeprecated_since\r\n$5\r\n2.0.0\r\n"
                    "$11\r\nreplaced_by\r\n$10\r\n`GETRANGE`\r\n") != std::string::npos);
}

TEST_CASE("COMMAND LIST filters by pattern, category and module") {
  AdminFixture t;
  REQUIRE(t.run({"command", "list", "filterby", "pattern", "CONFIG|re*"}) ==
          "*2\r\n$16\r\nconfig|resetstat\r\n$14\r\nconfig|rewrite\r\n");
  REQUIRE(t.run({"command", "list", "filterby", "aclcat", "dangerous"}).find("$5\r\ndebug\r\n") !=
          std::string::npos);
  REQUIRE(t.run({"command", "list", "filterby", "aclcat", "dangerous"}).find("$3\r\nget\r\n") ==
          std::string::npos);
  REQUIRE(t.run({"command", "list", "filterby", "aclcat", "nope"}) == "*0\r\n");
  REQUIRE(t.run({"command", "list", "filterby", "module", "nope"}) == "*0\r\n");
  const std::string all = t.run({"command", "list"});
  REQUIRE(all.find("$3\r\nget\r\n") != std::string::npos);
  REQUIRE(all.find("$10\r\nconfig|get\r\n") != std::string::npos);
}

TEST_CASE("COMMAND LIST refuses what is no filter") {
  AdminFixture t;
  for (const Words& words :
       {Words{"command", "list", "x"}, Words{"command", "list", "filterby"},
        Words{"command", "list", "filterby", "module"}, Words{"command", "list", "filterby", "foo", "bar"},
        Words{"command", "list", "filterby", "module", "a", "b"}}) {
    REQUIRE(t.run(words) == kSyntaxError);
  }
}

TEST_CASE("COMMAND GETKEYS finds keys, and GETKEYSANDFLAGS what is done to them") {
  AdminFixture t;
  REQUIRE(t.run({"command", "getkeys", "mset", "a", "1", "b", "2"}) == "*2\r\n$1\r\na\r\n$1\r\nb\r\n");
  REQUIRE(t.run({"command", "getkeys", "memory", "usage", "k"}) == "*1\r\n$1\r\nk\r\n");
  REQUIRE(t.run({"command", "getkeysandflags", "mset", "a", "1"}) ==
          "*1\r\n*2\r\n$1\r\na\r\n*2\r\n+OW\r\n+update\r\n");
}

TEST_CASE("COMMAND GETKEYS says why it finds none") {
  AdminFixture t;
  REQUIRE(t.run({"command", "getkeys", "nope", "a"}) == error_reply("ERR Invalid command specified"));
  REQUIRE(t.run({"command", "getkeys", "config", "nope", "a"}) ==
          error_reply("ERR Invalid command specified"));
  REQUIRE(t.run({"command", "getkeys", "config", "get", "a"}) ==
          error_reply("ERR The command has no key arguments"));
  REQUIRE(t.run({"command", "getkeys", "set", "a"}) ==
          error_reply("ERR Invalid number of arguments specified for command"));
}

TEST_CASE("HELP of each command with subcommands begins and ends alike") {
  AdminFixture t;
  for (const char* name : {"config", "command", "slowlog", "memory"}) {
    const std::string help = t.run({name, "help"});
    REQUIRE(help.find("<subcommand> [<arg> [value] [opt] ...]. Subcommands are:\r\n") != std::string::npos);
    REQUIRE(help.find("+HELP\r\n+    Prints this help.\r\n") != std::string::npos);
  }
}

TEST_CASE("COMMAND DOCS tells what releases have changed") {
  AdminFixture t;
  t.base.me.protocol = resp::Protocol::resp3;
  REQUIRE(t.run({"command", "docs", "scan"})
              .find("$7\r\nhistory\r\n~1\r\n*2\r\n$5\r\n6.0.0\r\n$13\r\nTakes `TYPE`.\r\n$9\r\narguments") !=
          std::string::npos);
  REQUIRE(t.run({"command", "docs", "zadd"}).find("history\r\n~3\r\n") != std::string::npos);
  REQUIRE(t.run({"command", "docs", "get"}).find("history") == std::string::npos);
}

TEST_CASE("COMMAND INFO of client|setinfo has the tips of Redis 7.2") {
  AdminFixture t;
  t.base.me.protocol = resp::Protocol::resp3;
  const std::string info = t.run({"command", "info", "client|setinfo"});
  REQUIRE(info.find("request_policy:all_nodes") != std::string::npos);
  REQUIRE(info.find("response_policy:all_succeeded") != std::string::npos);
}

}  // namespace redpoll::testing
