// Dispatcher: requests of several clients in one batch, and what becomes of the rest of a client's input.
#include "server/dispatcher.h"

#include <catch2/catch.hpp>
#include <string>

#include "dispatcher_fixture.h"

namespace redpoll::server {

using session::Client;
using session::Waits;

namespace {

std::string repeated(std::string_view text, int times) {
  std::string all;
  for (int i = 0; i < times; ++i) all += text;
  return all;
}

// What several clients send in one turn: fed one after the other, and run together.
void send_together(DispatcherFixture& t, std::initializer_list<std::pair<Client*, std::string_view>> inputs) {
  t.host.begin_turn();
  for (const auto& [client, input] : inputs) t.dispatcher.feed(*client, input);
  REQUIRE_FALSE(t.dispatcher.idle());
  t.dispatcher.run();
  REQUIRE(t.dispatcher.idle());
}

}  // namespace

TEST_CASE("Requests of several clients in a batch are run client by client, each in its order") {
  DispatcherFixture t;
  Client &a = t.connect(), &b = t.connect(), &c = t.connect();
  t.run(a, "SET k -");
  send_together(t, {{&a, "APPEND k a\r\nAPPEND k A\r\nGET k\r\n"},
                    {&b, "GET k\r\nAPPEND k b\r\n"},
                    {&c, "APPEND k c\r\nGET k\r\nAPP"}});
  REQUIRE(t.replies(a) == ":2\r\n:3\r\n$3\r\n-aA\r\n");
  REQUIRE(t.replies(b) == "$3\r\n-aA\r\n:4\r\n");
  REQUIRE(t.replies(c) == ":5\r\n$5\r\n-aAbc\r\n");
  REQUIRE(c.pending.view() == "APP");
  t.send(c, "END k d\r\n");
  REQUIRE(t.replies(c) == ":6\r\n");
}

TEST_CASE("Clients of a batch keep their databases, one that it changes as well") {
  DispatcherFixture t;
  Client &a = t.connect(), &b = t.connect();
  t.run(b, "SELECT 1");
  send_together(t, {{&a, "SET k zero\r\nGET k\r\nSELECT 2\r\nSET k two\r\nGET k\r\nSELECT 0\r\nGET k\r\n"},
                    {&b, "SET k one\r\nGET k\r\nSELECT 2\r\nGET k\r\n"}});
  REQUIRE(t.replies(a) == "+OK\r\n$4\r\nzero\r\n+OK\r\n+OK\r\n$3\r\ntwo\r\n+OK\r\n$4\r\nzero\r\n");
  REQUIRE(t.replies(b) == "+OK\r\n$3\r\none\r\n+OK\r\n$3\r\ntwo\r\n");
}

TEST_CASE("A client that another one closes in the same batch runs nothing more") {
  DispatcherFixture t;
  Client &a = t.connect(), &b = t.connect();
  const std::string kill = "CLIENT KILL ID " + std::to_string(b.id) + "\r\nGET k\r\n";
  send_together(t, {{&a, kill}, {&b, "SET k v\r\nSET j v\r\n"}});
  REQUIRE(t.replies(a) == ":1\r\n$-1\r\n");
  REQUIRE(b.closing);
  REQUIRE(t.replies(b).empty());
  REQUIRE(t.run(a, "EXISTS k j") == ":0\r\n");
}

TEST_CASE("CLIENT PAUSE in a batch holds up the requests behind it, of other clients too") {
  DispatcherFixture t;
  Client &a = t.connect(), &b = t.connect();
  send_together(t, {{&a, "SET k 1\r\nCLIENT PAUSE 100000 WRITE\r\nGET k\r\nINCR k\r\nGET k\r\n"},
                    {&b, "GET k\r\nINCR k\r\nGET k\r\n"}});
  REQUIRE(t.replies(a) == "+OK\r\n+OK\r\n$1\r\n1\r\n");
  REQUIRE(t.replies(b) == "$1\r\n1\r\n");
  REQUIRE(a.waits == Waits::pause);
  REQUIRE(b.waits == Waits::pause);
  t.parts.base.pause.end();
  t.end_turn();
  REQUIRE(t.replies(a) == ":2\r\n$1\r\n3\r\n");
  REQUIRE(t.replies(b) == ":3\r\n$1\r\n3\r\n");
}

TEST_CASE("Requests that were held up are admitted in the order in which they came, and anew") {
  DispatcherFixture t;
  Client &a = t.connect(), &b = t.connect(), &c = t.connect(), &d = t.connect();
  t.run(a, "CLIENT PAUSE 100000 WRITE");
  t.send_line(c, "APPEND k c");
  t.send_line(b, "APPEND k b");
  t.send_line(d, "APPEND k d");
  t.parts.base.pause.end();
  t.parts.base.clients.close(b);
  t.end_turn();
  REQUIRE(t.replies(c) == ":1\r\n");
  REQUIRE(t.replies(d) == ":2\r\n");
  REQUIRE(t.replies(b).empty());
  REQUIRE(t.run(a, "GET k") == "$2\r\ncd\r\n");
  // One of them may pause the others again.
  t.run(a, "CLIENT PAUSE 100000");
  t.send_line(c, "CLIENT PAUSE 100000 WRITE");
  t.send_line(d, "APPEND k d");
  t.parts.base.pause.end();
  t.end_turn();
  REQUIRE(t.replies(c) == "+OK\r\n");
  REQUIRE(d.waits == Waits::pause);
  REQUIRE(t.stats("append").calls == 2);
}

TEST_CASE("EXEC waits for the end of a pause of writers if its queue writes, and is run then") {
  DispatcherFixture t;
  Client &a = t.connect(), &b = t.connect();
  t.run(a, "MULTI\r\nGET k");
  t.run(b, "MULTI\r\nSET k v");
  t.run(a, "CLIENT SETNAME x");
  Client& c = t.connect();
  t.run(c, "CLIENT PAUSE 100000 WRITE");
  REQUIRE(t.run(a, "EXEC") == "*2\r\n$-1\r\n+OK\r\n");
  REQUIRE(t.run(b, "EXEC").empty());
  REQUIRE(b.waits == Waits::pause);
  t.parts.base.pause.end();
  t.end_turn();
  REQUIRE(t.replies(b) == "*1\r\n+OK\r\n");
}

TEST_CASE("Whoever waits is served after a transaction, never in the middle of one") {
  DispatcherFixture t;
  Client &a = t.connect(), &b = t.connect();
  t.run(b, "BLPOP k 0");
  t.run(a, "MULTI\r\nRPUSH k x y\r\nLLEN k\r\nLPOP k\r\nLLEN k");
  REQUIRE(t.run(a, "EXEC\r\nLLEN k") == "*4\r\n:2\r\n:2\r\n$1\r\nx\r\n:1\r\n:0\r\n");
  REQUIRE(t.replies(b) == "*2\r\n$1\r\nk\r\n$1\r\ny\r\n");
}

TEST_CASE("A command that would wait is over at once within a transaction") {
  DispatcherFixture t;
  Client& a = t.connect();
  t.run(a, "MULTI\r\nBLPOP k 0\r\nBRPOPLPUSH k j 0\r\nPING");
  REQUIRE(t.run(a, "EXEC") == "*3\r\n*-1\r\n$-1\r\n+PONG\r\n");
  REQUIRE(a.waits == Waits::no);
  REQUIRE(t.parts.base.conditions.keys() == 0);
}

TEST_CASE("A subcommand that there is not is refused when it is to be queued") {
  DispatcherFixture t;
  Client& a = t.connect();
  t.run(a, "MULTI");
  REQUIRE(t.run(a, "COMMAND nosuch") == "-ERR unknown subcommand 'nosuch'. Try COMMAND HELP.\r\n");
  REQUIRE(t.run(a, "CONFIG nosuch") == "-ERR unknown subcommand 'nosuch'. Try CONFIG HELP.\r\n");
  // No command was named that could count it.
  REQUIRE(t.stats("config").rejected == 0);
  REQUIRE(t.run(a, "CONFIG").starts_with("-ERR wrong number"));
  REQUIRE(t.stats("config").rejected == 1);
  REQUIRE(t.run(a, "EXEC").starts_with("-EXECABORT"));
  REQUIRE(t.run(a, "MULTI\r\nCOMMAND COUNT\r\nCOMMAND\r\nDISCARD") == "+OK\r\n+QUEUED\r\n+QUEUED\r\n+OK\r\n");
  REQUIRE(t.run(a, "COMMAND nosuch") == "-ERR unknown subcommand 'nosuch'. Try COMMAND HELP.\r\n");
}

TEST_CASE("After a pause so many requests are admitted in a turn, and the others in the next") {
  DispatcherFixture t;
  Client& a = t.connect();
  t.run(a, "CLIENT PAUSE 100000 WRITE");
  constexpr uint64_t kWaiting = 1100;
  for (uint64_t i = 0; i < kWaiting; ++i) t.send_line(t.connect(), "INCR k");
  t.parts.base.pause.end();
  t.host.begin_turn();
  t.resumer.admit_postponed();
  REQUIRE(t.stats("incr").calls < kWaiting);
  REQUIRE(t.stats("incr").calls > 1000);
  REQUIRE(t.resumer.any_postponed());
  t.resumer.admit_postponed();
  REQUIRE(t.stats("incr").calls == kWaiting);
  REQUIRE_FALSE(t.resumer.any_postponed());
}

TEST_CASE("A list that a transaction makes and removes serves nobody") {
  DispatcherFixture t;
  Client &a = t.connect(), &b = t.connect();
  t.run(b, "BLPOP k 0");
  REQUIRE(t.run(a, "MULTI\r\nRPUSH k x\r\nDEL k\r\nEXEC") ==
          "+OK\r\n+QUEUED\r\n+QUEUED\r\n*2\r\n:1\r\n:1\r\n");
  REQUIRE(b.waits == Waits::keys);
  REQUIRE(t.replies(b).empty());
}

TEST_CASE("A client that has had its share of a turn goes on in the next, and others come first") {
  DispatcherFixture t;
  // Each batch takes longer than the share of a turn.
  Dispatcher hurried({t.commands, t.parts.base.executor, t.parts.base.session, t.resumer, TickRate(1)});
  Client &a = t.connect(), &b = t.connect();
  constexpr int kRequests = 100;
  const std::string many = repeated("INCR k\r\n", kRequests);
  t.host.begin_turn();
  hurried.feed(a, many);
  hurried.feed(b, "GET k\r\n");
  hurried.run();
  REQUIRE(a.unfinished);
  REQUIRE(t.replies(b) == "$2\r\n32\r\n");
  REQUIRE(a.pending.size() == (kRequests - Dispatcher::kBatch) * 8);
  int turns = 1;
  while (hurried.has_unfinished()) {
    REQUIRE(hurried.take_unfinished() == std::vector{a.id});
    a.unfinished = false;
    hurried.feed(a, a.pending.view());
    hurried.run();
    ++turns;
  }
  REQUIRE(turns == 4);
  REQUIRE(a.pending.empty());
  REQUIRE(t.run(b, "GET k") == "$3\r\n100\r\n");
}

TEST_CASE("With time enough, a long pipeline is run in one turn") {
  DispatcherFixture t;
  Client& a = t.connect();
  t.send(a, repeated("INCR k\r\n", 1000));
  REQUIRE_FALSE(a.unfinished);
  REQUIRE(t.run(a, "GET k").ends_with("$4\r\n1000\r\n"));
}

TEST_CASE("Commands behind QUIT, or behind a protocol error, are not run") {
  DispatcherFixture t;
  Client &a = t.connect(), &b = t.connect(), &c = t.connect();
  send_together(t, {{&a, "MULTI\r\nSET k v\r\nQUIT\r\nEXEC\r\nSET k v\r\n"}, {&b, "SET j v\r\n"}});
  t.send(c, "SET i v\r\n*x\r\nSET k v\r\n");
  REQUIRE(t.replies(a) == "+OK\r\n+QUEUED\r\n+OK\r\n");
  REQUIRE(t.replies(c).starts_with("+OK\r\n-ERR Protocol error"));
  REQUIRE(a.close_after_reply);
  REQUIRE(c.close_after_reply);
  REQUIRE(t.run(b, "EXISTS k j i") == "+OK\r\n:2\r\n");
}

TEST_CASE("A client that asks for its line is told of the request by which it asks") {
  DispatcherFixture t;
  Client& a = t.connect();
  t.send(a, "CLIENT INFO\r\nPING\r\n");
  const std::string info = t.replies(a);
  REQUIRE(info.find(" qbuf=19 qbuf-free=0 argv-mem=10 ") != std::string::npos);
  t.send(a, "*2\r\n$6\r\nclient\r\n$4\r\nlist\r\n");
  REQUIRE(t.replies(a).find(" qbuf=26 qbuf-free=0 argv-mem=10 ") != std::string::npos);
  REQUIRE(a.running_input == 0);
  Client& b = t.connect();
  REQUIRE(t.run(b, "CLIENT LIST").find("qbuf=0 qbuf-free=0 argv-mem=0 ") != std::string::npos);
}

}  // namespace redpoll::server
