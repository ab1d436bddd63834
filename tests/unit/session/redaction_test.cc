// What is not shown of a request.
#include "session/redaction.h"

#include <catch2/catch.hpp>

#include "session/tables.h"
#include "support/session_fixture.h"

namespace redpoll::testing {

static exec::Outcome nothing(exec::Call&) { return exec::done; }

constexpr exec::Command kConfigSubs[] = {
    {.name = "set", .run = nothing, .arity = exec::at_least(4), .docs = {"Sets", "1.0.0", "server"}}};
constexpr exec::Command kConfig[] = {{.name = "config",
                                      .arity = exec::at_least(2),
                                      .docs = {"Holds", "1.0.0", "server"},
                                      .subcommands = kConfigSubs}};

static Words shown(const exec::CommandTable& table, const Words& words) {
  const std::vector<resp::Arg> args(words.begin(), words.end());
  Words out;
  for (const resp::Arg arg : session::redact(*table.resolve(args), args)) out.emplace_back(arg.view());
  return out;
}

TEST_CASE("Passwords are not shown") {
  SessionFixture t;
  const Words redacted{"auth", "(redacted)", "(redacted)"};
  REQUIRE(shown(t.table, {"auth", "default", "sesame"}) == redacted);
  REQUIRE(shown(t.table, {"AUTH", "sesame"}) == Words{"AUTH", "(redacted)"});
  REQUIRE(shown(t.table, {"hello", "3", "setname", "a", "auth", "default", "sesame"}) ==
          Words{"hello", "3", "setname", "a", "auth", "(redacted)", "(redacted)"});
  REQUIRE(shown(t.table, {"hello", "3", "auth", "x"}) == Words{"hello", "3", "auth", "x"});
  REQUIRE(shown(t.table, {"ping", "auth"}) == Words{"ping", "auth"});
}

TEST_CASE("Passwords in CONFIG SET are not shown, other values are") {
  exec::CommandTable table;
  table.add(kConfig);
  table.seal();
  REQUIRE(shown(table, {"config", "set", "port", "1", "RequirePass", "sesame", "masterauth", "x", "hz"}) ==
          Words{"config", "set", "port", "1", "RequirePass", "(redacted)", "masterauth", "(redacted)", "hz"});
}

TEST_CASE("A renamed AUTH keeps its secrets") {
  exec::CommandTable table;
  for (const session::Table commands : session::tables()) table.add(commands);
  REQUIRE(table.rename("auth", "letmein").ok());
  table.seal();
  REQUIRE(shown(table, {"letmein", "sesame"}) == Words{"letmein", "(redacted)"});
}

}  // namespace redpoll::testing
