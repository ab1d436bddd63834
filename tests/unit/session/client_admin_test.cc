// CLIENT LIST and CLIENT KILL.
#include <catch2/catch.hpp>

#include "base/numbers.h"
#include "support/session_fixture.h"

namespace redpoll::testing {

using session::Client;

static const std::string kNoSuchClient = error_reply("ERR No such client");
static const std::string kBadId = error_reply("ERR client-id should be greater than 0");

// The ids of the lines that CLIENT LIST answered, each followed by a space.
static std::string ids_in(const std::string& list) {
  std::string ids;
  for (size_t at = 0; (at = list.find("id=", at)) != std::string::npos; ++at) {
    const char before = list[at - 1];
    if (before == '\n' || before == ':') ids += list.substr(at + 3, list.find(' ', at) - at - 2);
  }
  return ids;
}

TEST_CASE("CLIENT LIST shows all clients in the order of their connecting") {
  SessionFixture t;
  t.connect();
  t.clients.close(t.connect());
  t.connect();
  REQUIRE(ids_in(t.run({"client", "list"})) == "1 2 4 ");
  REQUIRE(ids_in(t.run({"client", "list", "type", "normal"})) == "1 2 4 ");
  t.run({"hello", "3"});
  REQUIRE(ids_in(t.run({"client", "list"})) == "1 2 4 ");
  REQUIRE(t.run({"client", "list"})[0] == '=');
}

TEST_CASE("CLIENT LIST TYPE shows the clients of a type") {
  SessionFixture t;
  for (const char* type : {"master", "REPLICA", "slave", "pubsub"})
    REQUIRE(t.run({"client", "list", "TYPE", type}) == "$0\r\n\r\n");
  REQUIRE(t.run({"client", "list", "type", "foo"}) == error_reply("ERR Unknown client type 'foo'"));
  t.run({"hello", "3"});
  REQUIRE(t.run({"client", "list", "type", "master"}) == "=4\r\ntxt:\r\n");
}

TEST_CASE("CLIENT LIST ID shows the clients with these numbers, in that order") {
  SessionFixture t;
  t.connect();
  t.connect();
  REQUIRE(ids_in(t.run({"client", "list", "ID", "3", "1", "3"})) == "3 1 3 ");
  for (const char* nobody : {"0", "-1", "99"})
    REQUIRE(t.run({"client", "list", "id", nobody}) == "$0\r\n\r\n");
  const auto invalid = error_reply("ERR Invalid client ID");
  REQUIRE(t.run({"client", "list", "id", "x"}) == invalid);
  REQUIRE(t.run({"client", "list", "id", "1", "x"}) == invalid);
}

TEST_CASE("CLIENT LIST refuses other filters") {
  SessionFixture t;
  for (const Words& words : {Words{"foo"}, Words{"foo", "bar"}, Words{"type"}, Words{"type", "normal", "x"},
                             Words{"id"}, Words{"type", "normal", "id", "1"}}) {
    Words all{"client", "list"};
    all.insert(all.end(), words.begin(), words.end());
    REQUIRE(t.run(all) == kSyntaxError);
  }
}

TEST_CASE("CLIENT KILL with an address closes that client") {
  SessionFixture t;
  Client& other = t.connect("10.0.0.2", 77);
  REQUIRE(t.run({"client", "kill", "10.0.0.2:77"}) == kOk);
  REQUIRE(other.closing);
  REQUIRE(t.run({"client", "kill", "10.0.0.2:77"}) == kNoSuchClient);
  for (const char* nobody : {"x", "id", "skipme", "1.2.3.4:5"})
    REQUIRE(t.run({"client", "kill", nobody}) == kNoSuchClient);
  REQUIRE_FALSE(SessionFixture::leaves(t.me));
}

TEST_CASE("A client that kills itself still gets the reply") {
  SessionFixture t;
  REQUIRE(t.run({"client", "kill", "127.0.0.1:40000"}) == kOk);
  REQUIRE(t.me.close_after_reply);
  REQUIRE_FALSE(t.me.closing);
}

TEST_CASE("CLIENT KILL ID closes one client, by default never the one that asks") {
  SessionFixture t;
  Client& other = t.connect();
  REQUIRE(t.run({"client", "kill", "ID", "1"}) == ":0\r\n");
  REQUIRE(t.run({"client", "kill", "id", "1", "skipme", "yes"}) == ":0\r\n");
  REQUIRE(t.run({"client", "kill", "id", "99"}) == ":0\r\n");
  REQUIRE(t.run({"client", "kill", "id", "2"}) == ":1\r\n");
  REQUIRE(other.closing);
  REQUIRE(t.run({"client", "kill", "id", "2"}) == ":0\r\n");
  REQUIRE(t.run({"client", "kill", "id", "1", "skipme", "NO"}) == ":1\r\n");
  REQUIRE(t.me.close_after_reply);
  Client& third = t.connect();
  for (const char* bad : {"x", "0", "-1", "", "99999999999999999999"})
    REQUIRE(t.run_as(third, {"client", "kill", "id", bad}) == kBadId);
}

TEST_CASE("CLIENT KILL ADDR, USER, TYPE and SKIPME choose clients") {
  SessionFixture t;
  t.connect("10.0.0.2", 1);
  t.connect("10.0.0.2", 2);
  Client& third = t.connect("10.0.0.3", 1);
  REQUIRE(t.run({"client", "kill", "addr", "10.0.0.2:1", "user", "default"}) == ":1\r\n");
  REQUIRE(t.run({"client", "kill", "addr", "10.0.0.2:2", "id", "4"}) == ":0\r\n");
  REQUIRE(t.run({"client", "kill", "laddr", "1.2.3.4:1"}) == ":0\r\n");
  REQUIRE(t.run({"client", "kill", "type", "pubsub"}) == ":0\r\n");
  REQUIRE(t.run({"client", "kill", "TYPE", "slave", "SKIPME", "no"}) == ":0\r\n");
  REQUIRE_FALSE(third.closing);
  REQUIRE(t.run({"client", "kill", "type", "normal"}) == ":2\r\n");
  REQUIRE(third.closing);
  REQUIRE(t.run({"client", "kill", "skipme", "no"}) == ":1\r\n");
  REQUIRE(t.me.close_after_reply);
}

TEST_CASE("CLIENT KILL ADDR wants the address as CLIENT LIST shows it") {
  SessionFixture t;
  t.connect("10.0.0.2", 80);
  for (const char* nobody :
       {"10.0.0.2:080", "010.0.0.2:80", "10.0.0.2", "10.0.0.2:80 ", "[10.0.0.2]:80", "?:0"})
    REQUIRE(t.run({"client", "kill", "addr", nobody}) == ":0\r\n");
  REQUIRE(t.run({"client", "kill", "addr", "10.0.0.2:80"}) == ":1\r\n");
  t.clients.add(net::Connection(), mono_now());
  REQUIRE(t.run({"client", "kill", "addr", "?:0"}) == ":1\r\n");
}

TEST_CASE("CLIENT KILL LADDR chooses by the server's end") {
  SessionFixture t;
  Client& other = t.connect_tcp();
  const std::string local = other.connection.local_name();
  REQUIRE(t.run({"client", "kill", "laddr", local}) == ":1\r\n");
  REQUIRE(other.closing);
}

TEST_CASE("CLIENT KILL MAXAGE spares the young") {
  SessionFixture t;
  Client& old = t.connect("10.0.0.2", 1, mono_now() - 100'000'000);
  Client& young = t.connect("10.0.0.2", 2, mono_now() - 10'000'000);
  REQUIRE(t.run({"client", "kill", "maxage", "200"}) == ":0\r\n");
  REQUIRE(t.run({"client", "kill", "MAXAGE", "50"}) == ":1\r\n");
  REQUIRE(old.closing);
  REQUIRE_FALSE(young.closing);
  REQUIRE(t.run({"client", "kill", "maxage", "x"}) ==
          error_reply("ERR maxage is not an integer or out of range"));
  for (const char* bad : {"0", "-1"})
    REQUIRE(t.run({"client", "kill", "maxage", bad}) == error_reply("ERR maxage should be greater than 0"));
}

TEST_CASE("CLIENT KILL with a bad filter closes nobody") {
  SessionFixture t;
  Client& other = t.connect();
  const auto kill = [&](Words words) {
    words.insert(words.begin(), {"client", "kill"});
    return t.run(words);
  };
  REQUIRE(kill({"foo", "bar"}) == kSyntaxError);
  REQUIRE(kill({"foo", "bar", "baz"}) == kSyntaxError);
  REQUIRE(kill({"id", "2", "type"}) == kSyntaxError);
  REQUIRE(kill({"id", "2", "foo", "x"}) == kSyntaxError);
  REQUIRE(kill({"skipme", "maybe"}) == kSyntaxError);
  REQUIRE(kill({"type", "foo"}) == error_reply("ERR Unknown client type 'foo'"));
  REQUIRE(kill({"user", "foo"}) == error_reply("ERR No such user 'foo'"));
  REQUIRE(kill({"id", "2", "user", "foo", "type", "bar"}) == error_reply("ERR No such user 'foo'"));
  REQUIRE(t.run({"client", "kill"}) ==
          error_reply("ERR wrong number of arguments for 'client|kill' command"));
  REQUIRE_FALSE(SessionFixture::leaves(other));
  REQUIRE_FALSE(SessionFixture::leaves(t.me));
}

TEST_CASE("CLIENT UNBLOCK ends the wait of a client, once") {
  SessionFixture t;
  exec::CommandEntry entry;
  const std::vector<resp::Arg> args{"blpop", "k", "0"};
  const exec::Condition condition{.keys = std::span(args).subspan(1, 1), .type = store::Type::list};
  const auto ending_of = [&](const Words& words) {
    Client& client = t.connect();
    t.conditions.wait(client, t.keyspace.db(0), entry, condition, args);
    Words request{"client", "unblock", std::to_string(client.id)};
    request.insert(request.end(), words.begin(), words.end());
    REQUIRE(t.run(request) == ":1\r\n");
    REQUIRE(t.run(request) == ":0\r\n");
    REQUIRE(t.conditions.take_ended() == std::vector{client.id});
    return client.wait->ending;
  };
  REQUIRE(ending_of({}) == session::Ending::timeout);
  REQUIRE(ending_of({"TimeOut"}) == session::Ending::timeout);
  REQUIRE(ending_of({"error"}) == session::Ending::error);
}

TEST_CASE("CLIENT UNBLOCK finds nobody who does not wait for keys") {
  SessionFixture t;
  t.connect().waits = session::Waits::pause;
  Client& leaving = t.connect();
  exec::CommandEntry entry;
  const std::vector<resp::Arg> args{"k"};
  t.conditions.wait(leaving, t.keyspace.db(0), entry, {.keys = args}, args);
  t.clients.close(leaving);
  for (const char* nobody : {"1", "2", "3", "99", "0", "-1"})
    REQUIRE(t.run({"client", "unblock", nobody}) == ":0\r\n");
}

TEST_CASE("CLIENT UNBLOCK looks at its reason before the number") {
  SessionFixture t;
  REQUIRE(t.run({"client", "unblock", "x", "foo"}) ==
          error_reply("ERR CLIENT UNBLOCK reason should be TIMEOUT or ERROR"));
  REQUIRE(t.run({"client", "unblock", "x"}) == error_reply("ERR value is not an integer or out of range"));
  REQUIRE(t.run({"client", "UnBlock", "x", "error", "y"}) ==
          error_reply("ERR unknown subcommand or wrong number of arguments for 'UnBlock'. Try CLIENT HELP."));
}

}  // namespace redpoll::testing
