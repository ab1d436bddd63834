// Clients that wait for keys: who is served when, what becomes of their other requests, and how waits end.
#include <catch2/catch.hpp>

#include "dispatcher_fixture.h"

namespace redpoll::server {

using session::Client;
using session::Waits;
using testing::bulk_reply;
using testing::kOk;
using testing::kWrongType;
using testing::Lines;

static const std::string kNullArray = "*-1\r\n";

TEST_CASE("A command that finds what it takes does not wait") {
  DispatcherFixture t;
  Client& a = t.connect();
  t.run(a, "GIVE k");
  REQUIRE(t.run(a, "TAKE j k 0") == bulk_reply("k"));
  REQUIRE(a.waits == Waits::no);
}

TEST_CASE("Clients are served in the order in which they blocked") {
  DispatcherFixture t;
  Client& giver = t.connect();
  Client& a = t.connect();
  Client& b = t.connect();
  Client& c = t.connect();
  for (Client* client : {&b, &a, &c}) REQUIRE(t.run(*client, "TAKE k 0").empty());
  REQUIRE(b.waits == Waits::keys);
  for (Client* client : {&b, &a, &c}) {
    REQUIRE(t.run(giver, "GIVE k") == kOk);
    REQUIRE(client->waits == Waits::no);
    REQUIRE(t.replies(*client) == bulk_reply("k"));
  }
  REQUIRE(t.run(giver, "EXISTS k") == ":0\r\n");
  t.run(giver, "GIVE k");
  REQUIRE(t.run(giver, "EXISTS k") == ":1\r\n");
}

TEST_CASE("A client that waits for several keys gets the one that comes, once") {
  DispatcherFixture t;
  t.parts.base.recorder.listen(false);
  Client& giver = t.connect();
  Client& a = t.connect();
  t.run(a, "TAKE x y z 0");
  t.send(giver, "GIVE y\r\nGIVE x\r\n");
  t.end_turn();
  REQUIRE(t.replies(a) == bulk_reply("y"));
  REQUIRE(t.replies(giver) == kOk + kOk);
  REQUIRE(t.run(giver, "EXISTS x y") == ":1\r\n");
  REQUIRE_FALSE(t.parts.base.keyspace.listeners & store::kChanges);
}

TEST_CASE("Whoever waits is served before the next command of anyone") {
  DispatcherFixture t;
  Client& giver = t.connect();
  Client& a = t.connect();
  t.run(a, "TAKE k 0");
  t.send(giver, "GIVE k\r\nEXISTS k\r\nGIVE k\r\nEXISTS k\r\n");
  REQUIRE(t.replies(giver) == kOk + ":0\r\n" + kOk + ":1\r\n");
}

TEST_CASE("Other keys of a client that is served may hold anything") {
  DispatcherFixture t;
  Client& giver = t.connect();
  Client& a = t.connect();
  t.run(a, "TAKE x y 0");
  t.run(giver, "GIVESET x");
  REQUIRE(a.waits == Waits::keys);
  t.run(giver, "GIVE y");
  REQUIRE(t.replies(a) == bulk_reply("y"));
}

TEST_CASE("A key that comes as another type leaves those who wait") {
  DispatcherFixture t;
  Client& giver = t.connect();
  Client& a = t.connect();
  t.run(a, "TAKE k 0");
  t.run(giver, "GIVESET k");
  t.run(giver, "SET k v");
  REQUIRE(t.replies(a).empty());
  REQUIRE(t.run(giver, "TAKE k 0") == kWrongType);
  t.run(giver, "GIVE k");
  REQUIRE(t.replies(a) == bulk_reply("k"));
}

TEST_CASE("A client that cannot be served yet keeps its place") {
  DispatcherFixture t;
  Client& giver = t.connect();
  Client& picky = t.connect();
  Client& b = t.connect();
  t.run(picky, "TAKEIF k big 0");
  t.run(b, "TAKE k 0");
  t.run(giver, "GIVE k small");
  REQUIRE(t.replies(picky).empty());
  REQUIRE(picky.waits == Waits::keys);
  REQUIRE(t.replies(b) == bulk_reply("k"));
  t.run(b, "TAKE k 0");
  t.run(giver, "GIVE k big");
  REQUIRE(t.replies(picky) == kOk);
  REQUIRE(b.waits == Waits::keys);
}

TEST_CASE("Serving may make further keys ready") {
  DispatcherFixture t;
  Client& giver = t.connect();
  Client& last = t.connect();
  Client& first = t.connect();
  Client& middle = t.connect();
  t.run(last, "TAKE c 0");
  t.run(middle, "PASS b c 0");
  t.run(first, "PASS a b 0");
  REQUIRE(t.run(giver, "GIVE a") == kOk);
  REQUIRE(t.replies(first) == kOk);
  REQUIRE(t.replies(middle) == kOk);
  REQUIRE(t.replies(last) == bulk_reply("c"));
  REQUIRE(t.run(giver, "DBSIZE") == ":0\r\n");
}

TEST_CASE("A circle of clients ends with the last of them") {
  DispatcherFixture t;
  Client& giver = t.connect();
  Client& a = t.connect();
  Client& b = t.connect();
  Client& same = t.connect();
  t.run(a, "PASS x y 0");
  t.run(b, "PASS y x 0");
  t.run(same, "PASS x x 0");
  t.run(giver, "GIVE x");
  for (Client* client : {&a, &b, &same}) REQUIRE(t.replies(*client) == kOk);
  REQUIRE(t.run(giver, "EXISTS x y") == ":1\r\n");
}

TEST_CASE("An error of a command that is served goes to the client that waited") {
  DispatcherFixture t;
  Client& giver = t.connect();
  Client& a = t.connect();
  Client& b = t.connect();
  t.run(a, "PASS x y 0");
  t.run(b, "TAKE x 0");
  t.run(giver, "GIVESET y");
  REQUIRE(t.run(giver, "GIVE x") == kOk);
  REQUIRE(t.replies(a) == kWrongType);
  REQUIRE(t.replies(b) == bulk_reply("x"));
  REQUIRE(t.stats("pass").failed == 1);
}

TEST_CASE("What was done is made known in the order in which it was done") {
  DispatcherFixture t;
  Client& giver = t.connect();
  Client& a = t.connect();
  t.run(giver, "SELECT 3");
  t.run(a, "SELECT 3");
  t.run(a, "TAKE k 0");
  t.parts.base.recorder.events.clear();
  t.run(giver, "GIVE k");
  REQUIRE(t.parts.base.recorder.propagated == Lines{"3 GIVE k", "3 TAKEN k"});
  REQUIRE(t.parts.base.recorder.events == Lines{"3 n new k", "3 l give k", "3 l take k"});
}

TEST_CASE("Commands that move keys make them ready") {
  DispatcherFixture t;
  Client& giver = t.connect();
  Client& a = t.connect();
  const auto served_by = [&](std::string_view line) {
    t.run(a, "TAKE k 0");
    t.run(giver, line);
    return t.replies(a) == bulk_reply("k");
  };
  t.run(giver, "GIVE j");
  REQUIRE(served_by("RENAME j k"));
  t.run(giver, "GIVE j");
  REQUIRE(served_by("RENAMENX j k"));
  t.run(giver, "GIVE j");
  REQUIRE(served_by("COPY j k"));
  t.run(giver, "SELECT 1");
  t.run(giver, "GIVE k");
  REQUIRE(served_by("MOVE k 0"));
  t.run(giver, "GIVE k");
  REQUIRE(served_by("SWAPDB 0 1"));
}

TEST_CASE("Requests behind one that waits are run when it has been answered") {
  DispatcherFixture t;
  Client& giver = t.connect();
  Client& a = t.connect();
  t.send(a, "PING\r\nTAKE k 0\r\nECHO 1\r\nTAKE j 0\r\nECHO");
  REQUIRE(t.replies(a) == "+PONG\r\n");
  t.send(a, " 2\r\nECHO 3\r\n");
  t.run(giver, "GIVE k");
  REQUIRE(t.replies(a) == bulk_reply("k") + bulk_reply("1"));
  REQUIRE(a.waits == Waits::keys);
  t.run(giver, "GIVE j");
  REQUIRE(t.replies(a) == bulk_reply("j") + bulk_reply("2") + bulk_reply("3"));
  REQUIRE(a.pending.empty());
}

TEST_CASE("Requests that waited behind others may serve in their turn") {
  DispatcherFixture t;
  Client& giver = t.connect();
  Client& a = t.connect();
  Client& b = t.connect();
  t.send(a, "TAKE k 0\r\nGIVE j\r\nTAKE l 0\r\n");
  t.send(b, "TAKE j 0\r\nGIVE l\r\n");
  t.run(giver, "GIVE k");
  REQUIRE(t.replies(a) == bulk_reply("k") + kOk + bulk_reply("l"));
  REQUIRE(t.replies(b) == bulk_reply("j") + kOk);
}

TEST_CASE("A large argument that is arriving behind a command that waits is not lost") {
  DispatcherFixture t;
  Client& giver = t.connect();
  Client& a = t.connect();
  const std::string value(100'000, 'x');
  const std::string set = "*3\r\n$3\r\nSET\r\n$1\r\nv\r\n$100000\r\n" + value + "\r\n";
  t.send(a, "*3\r\n$4\r\nTAKE\r\n$1\r\nk\r\n$1\r\n0\r\n" + set.substr(0, 50'000));
  REQUIRE(a.parser.bulk_space().empty());
  t.send(a, set.substr(50'000));
  t.run(giver, "GIVE k");
  REQUIRE(t.replies(a) == bulk_reply("k") + kOk);
  REQUIRE(t.run(giver, "STRLEN v") == ":100000\r\n");
}

TEST_CASE("A command that waits keeps arguments that arrived by themselves") {
  DispatcherFixture t;
  Client& giver = t.connect();
  Client& a = t.connect();
  const std::string key(100'000, 'k');
  const std::string take = "*3\r\n$4\r\nTAKE\r\n$100000\r\n" + key + "\r\n$1\r\n0\r\n";
  t.send(a, take.substr(0, 60'000));
  REQUIRE_FALSE(a.parser.bulk_space().empty());
  t.send(a, take.substr(60'000));
  REQUIRE(a.waits == Waits::keys);
  REQUIRE(a.parser.idle());
  t.send_line(giver, "GIVE " + key.substr(0, 10));
  t.send(giver, "*2\r\n$4\r\nGIVE\r\n$100000\r\n" + key + "\r\n");
  REQUIRE(t.replies(a) == bulk_reply(key));
}

TEST_CASE("A wait that is over answers a null array") {
  DispatcherFixture t;
  Client& a = t.connect();
  Client& b = t.connect();
  t.run(b, "HELLO 3");
  t.send(a, "TAKE k 60000\r\nPING\r\n");
  t.run(b, "TAKE k 60000");
  t.pass(60'000);
  t.end_turn();
  REQUIRE(t.replies(a) == kNullArray + "+PONG\r\n");
  REQUIRE(t.replies(b) == "_\r\n");
  REQUIRE(t.parts.base.conditions.keys() == 0);
}

TEST_CASE("A client that has been answered has not been idle since it began to wait") {
  DispatcherFixture t;
  ae::EventLoop& loop = *t.parts.base.loop;
  Client& served = t.connect();
  Client& timed_out = t.connect();
  Client& giver = t.connect();
  t.run(served, "TAKE k 0");
  t.run(timed_out, "TAKE j 60000");
  served.last_interaction = timed_out.last_interaction = {0};
  loop.refresh_time();
  const MonoUs before = loop.now();
  t.run(giver, "GIVE k");
  t.pass(60'000);
  REQUIRE(served.waits == Waits::no);
  REQUIRE(served.last_interaction >= before);
  REQUIRE(timed_out.waits == Waits::no);
  REQUIRE(timed_out.last_interaction >= before);
}

TEST_CASE("A wait ends by the clock, within a turn of the loop that its timer wakes") {
  DispatcherFixture t;
  ae::EventLoop& loop = *t.parts.base.loop;
  Client& late = t.connect();
  Client& soon = t.connect();
  Client& never = t.connect();
  loop.refresh_time();
  t.run(late, "TAKE k 3600000");
  t.run(soon, "TAKE k 20");
  t.run(never, "TAKE k 0");
  const MonoUs begin = loop.now();
  // Nothing but the timer ends the poll.
  while (!t.resumer.due()) {
    REQUIRE(loop.timers() == 2);
    loop.run_once();
    REQUIRE(loop.now() - begin < 10'000'000);
  }
  t.resumer.settle();
  REQUIRE(loop.now() - begin >= 20'000);
  REQUIRE(t.replies(soon) == kNullArray);
  REQUIRE(late.waits == Waits::keys);
  REQUIRE(never.waits == Waits::keys);
}

TEST_CASE("A client that waits on keeps its first deadline") {
  DispatcherFixture t;
  Client& giver = t.connect();
  Client& picky = t.connect();
  t.run(picky, "TAKEIF k big 60000");
  t.pass(50'000);
  t.run(giver, "GIVE k small");
  REQUIRE(picky.waits == Waits::keys);
  t.pass(10'000);
  REQUIRE(picky.waits == Waits::no);
}

TEST_CASE("CLIENT UNBLOCK answers as a timeout or with an error, and the client goes on") {
  DispatcherFixture t;
  Client& admin = t.connect();
  Client& a = t.connect();
  const std::string unblock = "CLIENT UNBLOCK " + std::to_string(a.id);
  t.send(a, "TAKE k 0\r\nPING\r\n");
  REQUIRE(t.run(admin, unblock) == ":1\r\n");
  REQUIRE(t.replies(a) == kNullArray + "+PONG\r\n");
  REQUIRE(t.stats("take").failed == 0);
  t.send(a, "TAKE k 0\r\nPING\r\n");
  REQUIRE(t.run(admin, unblock + " error") == ":1\r\n");
  REQUIRE(t.replies(a) == "-UNBLOCKED client unblocked via CLIENT UNBLOCK\r\n+PONG\r\n");
  REQUIRE(t.parts.base.stats.errors.all().at("UNBLOCKED") == 1);
  REQUIRE(t.stats("take").failed == 1);
  REQUIRE(t.run(admin, unblock) == ":0\r\n");
}

TEST_CASE("A client that is about to be closed gets no key") {
  DispatcherFixture t;
  Client& giver = t.connect();
  Client& killed = t.connect();
  Client& a = t.connect();
  t.run(killed, "TAKE k 0");
  t.run(a, "TAKE k 0");
  t.send(giver, "CLIENT KILL ID " + std::to_string(killed.id) + "\r\nGIVE k\r\n");
  REQUIRE(t.replies(giver) == ":1\r\n" + kOk);
  REQUIRE(t.replies(killed).empty());
  REQUIRE(t.replies(a) == bulk_reply("k"));
  session::forget_client(t.parts.base.session, killed);
  t.parts.base.clients.remove(killed.id);
  REQUIRE(t.run(giver, "GIVE k") == kOk);
  REQUIRE(t.parts.base.conditions.keys() == 0);
}

TEST_CASE("A command that waits counts once, when it begins to wait") {
  DispatcherFixture t;
  Client& giver = t.connect();
  Client& a = t.connect();
  t.run(a, "TAKE k 0");
  REQUIRE(t.stats("take").calls == 1);
  REQUIRE(t.parts.base.stats.commands_processed == 1);
  const uint64_t ticks = t.stats("take").ticks;
  t.run(giver, "GIVE k");
  REQUIRE(t.stats("take").calls == 1);
  REQUIRE(t.stats("take").ticks > ticks);
  REQUIRE(t.stats("take").failed == 0);
  REQUIRE(t.parts.base.stats.commands_processed == 2);
  REQUIRE(t.parts.base.stats.dirty == 2);
  REQUIRE(a.commands == 1);
}

TEST_CASE("CLIENT REPLY SKIP is about the reply that comes late") {
  DispatcherFixture t;
  Client& giver = t.connect();
  Client& a = t.connect();
  t.send(a, "CLIENT REPLY SKIP\r\nTAKE k 0\r\nPING\r\n");
  t.run(giver, "GIVE k");
  REQUIRE(t.replies(a) == "+PONG\r\n");
  REQUIRE(t.run(giver, "EXISTS k") == ":0\r\n");
}

TEST_CASE("Requests behind a wait are held by a pause that has begun meanwhile") {
  DispatcherFixture t;
  Client& admin = t.connect();
  Client& a = t.connect();
  t.send(a, "TAKE k 0\r\nGET s\r\nSET s v\r\n");
  t.run(admin, "CLIENT PAUSE 100000 WRITE");
  t.run(admin, "CLIENT UNBLOCK " + std::to_string(a.id));
  REQUIRE(t.replies(a) == kNullArray + "$-1\r\n");
  REQUIRE(a.waits == Waits::pause);
  t.run(admin, "CLIENT UNPAUSE");
  REQUIRE(t.replies(a) == kOk);
}

TEST_CASE("A command that would wait is held by a pause before it looks") {
  DispatcherFixture t;
  Client& admin = t.connect();
  Client& a = t.connect();
  t.run(admin, "GIVE k");
  t.run(admin, "CLIENT PAUSE 100000 WRITE");
  REQUIRE(t.run(a, "TAKE k 0").empty());
  REQUIRE(a.waits == Waits::pause);
  REQUIRE(t.run(admin, "CLIENT UNBLOCK " + std::to_string(a.id)) == ":0\r\n");
}

TEST_CASE("A client that serves another keeps its own ways") {
  DispatcherFixture t;
  Client& giver = t.connect();
  Client& a = t.connect();
  t.run(giver, "CLIENT NO-TOUCH ON");
  t.run(a, "TAKE k 0");
  t.send(giver, "GIVE k\r\nTOUCHES\r\n");
  t.end_turn();
  REQUIRE(t.replies(a) == bulk_reply("k"));
  REQUIRE(t.replies(giver) == kOk + ":0\r\n");
  REQUIRE(t.run(a, "TOUCHES") == ":1\r\n");
}

TEST_CASE("CLIENT LIST shows who waits and in which command") {
  DispatcherFixture t;
  Client& admin = t.connect();
  Client& a = t.connect();
  t.run(a, "TAKE k 0");
  const std::string line = t.run(admin, "CLIENT LIST ID " + std::to_string(a.id));
  REQUIRE(line.find(" flags=b ") != std::string::npos);
  REQUIRE(line.find(" cmd=take ") != std::string::npos);
  REQUIRE(line.find(" argv-mem=0 ") == std::string::npos);
}

TEST_CASE("RESET and QUIT behind a wait are run after it") {
  DispatcherFixture t;
  Client& giver = t.connect();
  Client& a = t.connect();
  t.send(a, "HELLO 3\r\nCLIENT REPLY OFF\r\nCLIENT REPLY ON\r\n");
  t.replies(a);
  t.send(a, "TAKE k 0\r\nRESET\r\nQUIT\r\nPING\r\n");
  REQUIRE(t.replies(a).empty());
  REQUIRE_FALSE(a.close_after_reply);
  t.run(giver, "GIVE k");
  REQUIRE(t.replies(a) == bulk_reply("k") + "+RESET\r\n" + kOk);
  REQUIRE(a.close_after_reply);
}

TEST_CASE("Thousands that wait are served one by one and all at the end") {
  DispatcherFixture t;
  constexpr int kClients = 10'000;
  Client& giver = t.connect();
  std::vector<Client*> clients;
  for (int i = 0; i < kClients; ++i) {
    clients.push_back(&t.connect());
    t.send_line(*clients.back(), "TAKE a" + std::to_string(i % 7) + " all 3600000");
  }
  REQUIRE(t.parts.base.conditions.with_timeout() == kClients);
  for (int i = 0; i < kClients; ++i) {
    t.run(giver, "GIVE all");
    REQUIRE(t.replies(*clients[static_cast<size_t>(i)]) == bulk_reply("all"));
  }
  REQUIRE(t.parts.base.conditions.with_timeout() == 0);
  REQUIRE(t.parts.base.conditions.keys() == 0);
}

}  // namespace redpoll::server
