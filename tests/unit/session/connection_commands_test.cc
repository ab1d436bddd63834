// PING, ECHO, QUIT, RESET, SELECT, HELLO, AUTH.
#include <catch2/catch.hpp>

#include "session/auth.h"
#include "support/session_fixture.h"

namespace redpoll::testing {

static const std::string kWrongPass =
    error_reply("WRONGPASS invalid username-password pair or user is disabled.");
static const std::string kNoAuth = error_reply("NOAUTH Authentication required.");
static const std::string kHelloNeedsAuth = error_reply(
    "NOAUTH HELLO must be called with the client already authenticated, otherwise the HELLO AUTH <user> "
    "<pass> option can be used to authenticate the client and select the RESP protocol version at the same "
    "time");
static const std::string kBadName =
    error_reply("ERR Client names cannot contain spaces, newlines or special characters.");
static const std::string kHello2 =
    "*14\r\n$6\r\nserver\r\n$5\r\nredis\r\n$7\r\nversion\r\n$6\r\n7.0.15\r\n$5\r\nproto\r\n:2\r\n"
    "$2\r\nid\r\n:1\r\n$4\r\nmode\r\n$10\r\nstandalone\r\n$4\r\nrole\r\n$6\r\nmaster\r\n$7\r\nmodules\r\n*"
    "0\r\n";
static const std::string kHello3 =
    "%7\r\n$6\r\nserver\r\n$5\r\nredis\r\n$7\r\nversion\r\n$6\r\n7.0.15\r\n$5\r\nproto\r\n:3\r\n"
    "$2\r\nid\r\n:1\r\n$4\r\nmode\r\n$10\r\nstandalone\r\n$4\r\nrole\r\n$6\r\nmaster\r\n$7\r\nmodules\r\n*"
    "0\r\n";

static std::string wrong_arity(std::string_view command) {
  return error_reply("ERR wrong number of arguments for '" + std::string(command) + "' command");
}

static config::Settings with_password(const std::string& password) {
  config::Settings settings;
  settings.requirepass = password;
  return settings;
}

TEST_CASE("PING answers PONG, or the message as a bulk") {
  SessionFixture t;
  REQUIRE(t.run({"ping"}) == "+PONG\r\n");
  REQUIRE(t.run({"PING", "hello"}) == "$5\r\nhello\r\n");
  REQUIRE(t.run({"ping", ""}) == "$0\r\n\r\n");
  REQUIRE(t.run({"ping", "a", "b"}) == wrong_arity("ping"));
}

TEST_CASE("ECHO answers its message") {
  SessionFixture t;
  REQUIRE(t.run({"echo", std::string("a\0b", 3)}) == bulk_reply(std::string("a\0b", 3)));
  REQUIRE(t.run({"echo"}) == wrong_arity("echo"));
}

TEST_CASE("QUIT answers and lets the client go after its replies, whatever the arguments") {
  SessionFixture t;
  REQUIRE(t.run({"quit", "now", "please"}) == kOk);
  REQUIRE(t.me.close_after_reply);
  REQUIRE_FALSE(t.me.closing);
}

TEST_CASE("SELECT chooses a database that exists") {
  SessionFixture t;
  REQUIRE(t.run({"select", "15"}) == kOk);
  REQUIRE(t.me.database == 15);
  const auto out_of_range = error_reply("ERR DB index is out of range");
  REQUIRE(t.run({"select", "16"}) == out_of_range);
  REQUIRE(t.run({"select", "-1"}) == out_of_range);
  REQUIRE(t.run({"select", "2147483647"}) == out_of_range);
  const auto not_integer = error_reply("ERR value is not an integer or out of range");
  REQUIRE(t.run({"select", "x"}) == not_integer);
  REQUIRE(t.run({"select", ""}) == not_integer);
  REQUIRE(t.run({"select", "01"}) == not_integer);
  REQUIRE(t.run({"select", "99999999999999999999"}) == not_integer);
  REQUIRE(t.run({"select", "2147483648"}) ==
          error_reply("ERR value is out of range, value must between -2147483648 and 2147483647"));
  REQUIRE(t.run({"select", "1", "2"}) == wrong_arity("select"));
  REQUIRE(t.me.database == 15);
}

TEST_CASE("HELLO tells about the server in the protocol it switches to") {
  SessionFixture t;
  REQUIRE(t.run({"hello"}) == kHello2);
  REQUIRE(t.run({"hello", "2"}) == kHello2);
  REQUIRE(t.run({"hello", "3"}) == kHello3);
  REQUIRE(t.run({"hello"}) == kHello3);
  REQUIRE(t.run({"client", "getname"}) == "_\r\n");
  REQUIRE(t.run({"hello", "2"}) == kHello2);
}

TEST_CASE("HELLO refuses protocols it does not speak") {
  SessionFixture t;
  const auto no_proto = error_reply("NOPROTO unsupported protocol version");
  for (const char* version : {"1", "0", "-1", "4"}) REQUIRE(t.run({"hello", version}) == no_proto);
  REQUIRE(t.run({"hello", "4", "nonsense"}) == no_proto);
  const auto not_integer = error_reply("ERR Protocol version is not an integer or out of range");
  for (const char* version : {"x", "", "99999999999999999999"})
    REQUIRE(t.run({"hello", version}) == not_integer);
  REQUIRE(t.run({"hello", "setname", "x"}) == not_integer);
}

TEST_CASE("HELLO names the client") {
  SessionFixture t;
  REQUIRE(t.run({"hello", "2", "SETNAME", "first", "setname", "second"}) == kHello2);
  REQUIRE(t.me.name() == "second");
  REQUIRE(t.run({"hello", "2", "setname", ""}) == kHello2);
  REQUIRE(t.me.name().empty());
}

TEST_CASE("HELLO with a bad option changes nothing") {
  SessionFixture t;
  REQUIRE(t.run({"hello", "3", "setname"}) == error_reply("ERR Syntax error in HELLO option 'setname'"));
  REQUIRE(t.run({"hello", "3", "Auth", "a"}) == error_reply("ERR Syntax error in HELLO option 'Auth'"));
  REQUIRE(t.run({"hello", "3", "foo", "bar"}) == error_reply("ERR Syntax error in HELLO option 'foo'"));
  REQUIRE(t.run({"hello", "3", "setname", "a", "foo"}) ==
          error_reply("ERR Syntax error in HELLO option 'foo'"));
  REQUIRE(t.run({"hello", "3", "setname", "a b"}) == kBadName);
  REQUIRE(t.run({"hello", "3", "setname", "a\n"}) == kBadName);
  REQUIRE(t.me.name().empty());
  REQUIRE(t.me.protocol == resp::Protocol::resp2);
}

TEST_CASE("HELLO authenticates, and needs that where there is a password") {
  SessionFixture t(with_password("sesame"));
  REQUIRE(t.run({"hello"}) == kHelloNeedsAuth);
  REQUIRE(t.run({"hello", "3", "setname", "a"}) == kHelloNeedsAuth);
  REQUIRE(t.run({"hello", "3", "auth", "default", "wrong"}) == kWrongPass);
  REQUIRE(t.run({"hello", "3", "auth", "somebody", "sesame"}) == kWrongPass);
  REQUIRE(t.me.protocol == resp::Protocol::resp2);
  REQUIRE(t.me.name().empty());
  REQUIRE(t.run({"hello", "3", "auth", "default", "sesame", "setname", "a"}) == kHello3);
  REQUIRE(t.me.name() == "a");
  REQUIRE(t.me.authenticated());
}

TEST_CASE("AUTH without a password set tells that it is not needed") {
  SessionFixture t;
  REQUIRE(t.run({"auth", "x"}) ==
          error_reply(
              "ERR AUTH <password> called without any password configured for the default user. Are you sure "
              "your configuration is correct?"));
  REQUIRE(t.run({"auth", "default", "anything"}) == kOk);
  REQUIRE(t.run({"auth", "somebody", "x"}) == kWrongPass);
  REQUIRE(t.run({"auth", "a", "b", "c"}) == kSyntaxError);
  REQUIRE(t.run({"auth"}) == wrong_arity("auth"));
}

TEST_CASE("AUTH opens the door to those who know the password") {
  SessionFixture t(with_password("sesame"));
  REQUIRE(t.run({"ping"}) == kNoAuth);
  for (const char* wrong : {"", "s", "sesam", "sesame ", "Sesame", "sesamesesame"})
    REQUIRE(t.run({"auth", wrong}) == kWrongPass);
  REQUIRE(t.run({"auth", "somebody", "sesame"}) == kWrongPass);
  REQUIRE(t.run({"ping"}) == kNoAuth);
  REQUIRE(t.stats.auth_failures == 7);
  REQUIRE(t.run({"auth", "sesame"}) == kOk);
  REQUIRE(t.run({"ping"}) == "+PONG\r\n");
  REQUIRE(t.run({"auth", "wrong"}) == kWrongPass);
  REQUIRE(t.run({"ping"}) == "+PONG\r\n");
  REQUIRE(t.run({"auth", "default", "sesame"}) == kOk);
}

TEST_CASE("Secrets are equal only as a whole") {
  REQUIRE(session::same_secret("", ""));
  REQUIRE(session::same_secret("a", "a"));
  REQUIRE_FALSE(session::same_secret("", "a"));
  REQUIRE_FALSE(session::same_secret("a", ""));
  REQUIRE_FALSE(session::same_secret(std::string_view("\0", 1), ""));
  REQUIRE_FALSE(session::same_secret("aa", "a"));
  REQUIRE_FALSE(session::same_secret("a", "aa"));
}

TEST_CASE("RESET brings back the state of a new connection but for NO-EVICT and the library") {
  SessionFixture t;
  for (const Words& words :
       {Words{"hello", "3", "setname", "a"}, Words{"select", "3"}, Words{"client", "no-evict", "on"},
        Words{"client", "no-touch", "on"}, Words{"client", "setinfo", "lib-name", "redpoll-py"}}) {
    REQUIRE(t.run(words)[0] != '-');
  }
  REQUIRE(t.run({"reset"}) == "+RESET\r\n");
  REQUIRE(t.me.protocol == resp::Protocol::resp2);
  REQUIRE(t.me.database == 0);
  REQUIRE(t.me.name().empty());
  REQUIRE_FALSE(t.me.no_touch);
  REQUIRE(t.me.no_evict);
  REQUIRE(t.me.labels->library == "redpoll-py");
  REQUIRE(t.run({"reset", "now"}) == wrong_arity("reset"));
}

TEST_CASE("RESET answers a client that had turned replies off") {
  SessionFixture t;
  t.run({"client", "reply", "off"});
  REQUIRE(t.run({"reset"}) == "+RESET\r\n");
  REQUIRE(t.run({"ping"}) == "+PONG\r\n");
}

TEST_CASE("RESET takes authentication away where there is a password") {
  SessionFixture t(with_password("sesame"));
  REQUIRE(t.run({"auth", "sesame"}) == kOk);
  REQUIRE(t.run({"reset"}) == "+RESET\r\n");
  REQUIRE(t.run({"ping"}) == kNoAuth);
  t.me.set_authenticated(false);
  REQUIRE(t.run({"quit"}) == kOk);
}

}  // namespace redpoll::testing
