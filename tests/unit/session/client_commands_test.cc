// CLIENT: the subcommands about the client's own connection.
#include <catch2/catch.hpp>

#include "support/session_fixture.h"

namespace redpoll::testing {

static const std::string kSpecial = " cannot contain spaces, newlines or special characters.";

static std::string wrong_client_arity(std::string_view command) {
  return error_reply("ERR wrong number of arguments for '" + std::string(command) + "' command");
}

TEST_CASE("CLIENT needs a subcommand that exists") {
  SessionFixture t;
  REQUIRE(t.run({"client"}) == wrong_client_arity("client"));
  // Those of features that are not there yet.
  for (const char* later : {"tracking", "caching", "getredir", "trackinginfo"})
    REQUIRE(t.run({"client", later}).starts_with("-ERR unknown subcommand"));
}

TEST_CASE("CLIENT ID and CLIENT INFO tell of the client that asks") {
  SessionFixture t;
  REQUIRE(t.run({"client", "id"}) == ":1\r\n");
  REQUIRE(t.run_as(t.connect(), {"client", "id"}) == ":2\r\n");
  const std::string info = t.run({"client", "info"});
  REQUIRE(info.find("\r\nid=1 addr=127.0.0.1:40000 ") != std::string::npos);
  REQUIRE(info.find(" cmd=client|info ") != std::string::npos);
  REQUIRE(info.ends_with("\n\r\n"));
  t.run({"hello", "3"});
  REQUIRE(t.run({"client", "info"}).find("\r\ntxt:id=1 ") != std::string::npos);
  REQUIRE(t.run({"client", "id", "x"}) == wrong_client_arity("client|id"));
  REQUIRE(t.run({"client", "info", "x"}) == wrong_client_arity("client|info"));
}

TEST_CASE("CLIENT SETNAME names the client, an empty name takes it away") {
  SessionFixture t;
  REQUIRE(t.run({"client", "getname"}) == kNull);
  REQUIRE(t.run({"client", "setname", ""}) == kOk);
  REQUIRE_FALSE(t.me.labels);
  REQUIRE(t.run({"client", "setname", "worker-1"}) == kOk);
  REQUIRE(t.run({"client", "getname"}) == "$8\r\nworker-1\r\n");
  for (const std::string& bad : {std::string("a b"), std::string("a\n"), std::string("caf\xe9"),
                                 std::string("a\0b", 3), std::string("\x7f")})
    REQUIRE(t.run({"client", "setname", bad}) == error_reply("ERR Client names" + kSpecial));
  REQUIRE(t.run({"client", "getname"}) == "$8\r\nworker-1\r\n");
  REQUIRE(t.run({"client", "setname", ""}) == kOk);
  REQUIRE(t.run({"client", "getname"}) == kNull);
  REQUIRE(t.run({"client", "setname"}) == wrong_client_arity("client|setname"));
  REQUIRE(t.run({"client", "getname", "x"}) == wrong_client_arity("client|getname"));
}

TEST_CASE("CLIENT SETINFO keeps the library's name and version") {
  SessionFixture t;
  REQUIRE(t.run({"client", "setinfo", "lib-name", "redis-py"}) == kOk);
  REQUIRE(t.run({"client", "setinfo", "LIB-VER", "5.0"}) == kOk);
  REQUIRE(t.run({"client", "setinfo", "lib-name", "redis py"}) == error_reply("ERR lib-name" + kSpecial));
  REQUIRE(t.run({"client", "setinfo", "LIB-VER", "5\n"}) == error_reply("ERR LIB-VER" + kSpecial));
  REQUIRE(t.run({"client", "setinfo", "badger", "x"}) == error_reply("ERR Unrecognized option 'badger'"));
  REQUIRE(t.run({"client", "setinfo", "lib-name"}) == wrong_client_arity("client|setinfo"));
  REQUIRE(t.run({"client", "info"}).find(" lib-name=redis-py lib-ver=5.0\n") != std::string::npos);
  REQUIRE(t.run({"client", "setinfo", "lib-ver", ""}) == kOk);
  REQUIRE(t.run({"client", "info"}).find(" lib-name=redis-py lib-ver=\n") != std::string::npos);
}

TEST_CASE("CLIENT REPLY SKIP skips the next reply only") {
  SessionFixture t;
  REQUIRE(t.run({"client", "reply", "skip"}).empty());
  REQUIRE(t.run({"ping"}).empty());
  REQUIRE(t.run({"ping"}) == "+PONG\r\n");
  REQUIRE(t.run({"client", "reply", "skip"}).empty());
  REQUIRE(t.run({"nonsense"}).empty());
  REQUIRE(t.run({"ping"}) == "+PONG\r\n");
  REQUIRE(t.run({"client", "reply", "skip"}).empty());
  REQUIRE(t.run({"client", "reply", "skip"}).empty());
  REQUIRE(t.run({"ping"}).empty());
  REQUIRE(t.run({"ping"}) == "+PONG\r\n");
  REQUIRE(t.run({"client", "reply", "skip"}).empty());
  REQUIRE(t.run({"client", "reply", "on"}) == kOk);
}

TEST_CASE("CLIENT REPLY OFF silences until ON, which is answered") {
  SessionFixture t;
  REQUIRE(t.run({"client", "reply", "OFF"}).empty());
  REQUIRE(t.run({"ping"}).empty());
  REQUIRE(t.run({"client", "reply", "skip"}).empty());
  REQUIRE(t.run({"ping"}).empty());
  REQUIRE(t.run({"ping"}).empty());
  REQUIRE(t.run({"client", "reply", "on"}) == kOk);
  REQUIRE(t.run({"ping"}) == "+PONG\r\n");
  REQUIRE(t.run({"client", "reply", "skip"}).empty());
  REQUIRE(t.run({"client", "reply", "off"}).empty());
  REQUIRE(t.run({"ping"}).empty());
  REQUIRE(t.run({"ping"}).empty());
}

TEST_CASE("RESET ends CLIENT REPLY OFF, and is silent after CLIENT REPLY SKIP") {
  SessionFixture t;
  REQUIRE(t.run({"client", "reply", "off"}).empty());
  REQUIRE(t.run({"reset"}) == "+RESET\r\n");
  REQUIRE(t.run({"client", "reply", "skip"}).empty());
  REQUIRE(t.run({"reset"}).empty());
  REQUIRE(t.run({"ping"}) == "+PONG\r\n");
}

TEST_CASE("CLIENT REPLY takes ON, OFF and SKIP") {
  SessionFixture t;
  REQUIRE(t.run({"client", "reply", "on"}) == kOk);
  REQUIRE(t.run({"client", "reply", "foo"}) == kSyntaxError);
  REQUIRE(t.run({"client", "reply"}) == wrong_client_arity("client|reply"));
  REQUIRE(t.run({"client", "reply", "on", "off"}) == wrong_client_arity("client|reply"));
}

TEST_CASE("CLIENT NO-EVICT and NO-TOUCH are switches") {
  SessionFixture t;
  REQUIRE(t.run({"client", "no-evict", "on"}) == kOk);
  REQUIRE(t.me.no_evict);
  REQUIRE(t.run({"client", "no-evict", "OFF"}) == kOk);
  REQUIRE_FALSE(t.me.no_evict);
  REQUIRE(t.run({"client", "no-touch", "ON"}) == kOk);
  REQUIRE(t.me.no_touch);
  REQUIRE(t.run({"client", "no-touch", "off"}) == kOk);
  REQUIRE_FALSE(t.me.no_touch);
  for (const char* which : {"no-evict", "no-touch"}) {
    REQUIRE(t.run({"client", which, "foo"}) == kSyntaxError);
    REQUIRE(t.run({"client", which}) == wrong_client_arity(std::string("client|") + which));
  }
}

TEST_CASE("CLIENT PAUSE pauses writes or everything for a while") {
  SessionFixture t;
  using Mode = session::Pause::Mode;
  REQUIRE(t.run({"client", "pause", "0"}) == kOk);
  REQUIRE(t.pause.mode() == Mode::none);
  REQUIRE(t.keyspace.terms().expired == store::Expired::remove);
  REQUIRE(t.run({"client", "pause", "1000", "write"}) == kOk);
  REQUIRE(t.pause.mode() == Mode::write);
  REQUIRE(t.pause.deadline() == t.loop->now() + 1'000'000);
  REQUIRE(t.keyspace.terms().expired == store::Expired::hide);
  REQUIRE(t.run({"client", "pause", "2000"}) == kOk);
  REQUIRE(t.pause.mode() == Mode::all);
  REQUIRE(t.pause.deadline() == t.loop->now() + 2'000'000);
  REQUIRE(t.run({"client", "unpause"}).empty());  // it waits, too
  t.pause.end();
  REQUIRE(t.run({"client", "pause", "1000", "write"}) == kOk);
  REQUIRE(t.run_as(t.connect(), {"client", "unpause"}) == kOk);
  REQUIRE(t.keyspace.terms().expired == store::Expired::remove);
  REQUIRE(t.pause.mode() == Mode::none);
}

TEST_CASE("CLIENT PAUSE refuses what is no time or mode") {
  SessionFixture t;
  for (const char* bad : {"x", "", "01", "99999999999999999999"})
    REQUIRE(t.run({"client", "pause", bad}) == error_reply("ERR timeout is not an integer or out of range"));
  REQUIRE(t.run({"client", "pause", "9223372036854775807"}) == error_reply("ERR timeout is out of range"));
  REQUIRE(t.run({"client", "pause", "-1"}) == error_reply("ERR timeout is negative"));
  REQUIRE(t.run({"client", "pause", "1", "foo"}) ==
          error_reply("ERR CLIENT PAUSE mode must be WRITE or ALL"));
  REQUIRE(t.run({"client", "PAUSE", "1", "all", "x"}) ==
          error_reply("ERR unknown subcommand or wrong number of arguments for 'PAUSE'. Try CLIENT HELP."));
  REQUIRE(t.run({"client", "pause"}) == wrong_client_arity("client|pause"));
  REQUIRE(t.run({"client", "unpause", "x"}) == wrong_client_arity("client|unpause"));
  REQUIRE(t.pause.mode() == session::Pause::Mode::none);
}

TEST_CASE("CLIENT HELP lists every subcommand as status lines") {
  SessionFixture t;
  const std::string help = t.run({"client", "help"});
  REQUIRE(help.find("\r\n+CLIENT <subcommand> [<arg> [value] [opt] ...]. Subcommands are:\r\n") == 3);
  REQUIRE(help.ends_with("+HELP\r\n+    Prints this help.\r\n"));
  for (const auto& sub : t.table.find("client")->subcommands) {
    std::string word = "\r\n+" + sub->name;
    for (char& ch : word) ch = static_cast<char>(std::toupper(ch));
    INFO(word);
    REQUIRE(help.find(word) != std::string::npos);
  }
  const auto lines = static_cast<int>(std::count(help.begin(), help.end(), '+'));
  REQUIRE(help.starts_with("*" + std::to_string(lines) + "\r\n"));
  REQUIRE(t.run({"client", "help", "x"}) == wrong_client_arity("client|help"));
}

}  // namespace redpoll::testing
