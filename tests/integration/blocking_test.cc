// Commands that wait: order, several keys, timeouts, chains, types, and clients that go while they wait.
#include <catch2/catch.hpp>
#include <chrono>
#include <memory>
#include <vector>

#include "integration/support/sync_client.h"
#include "support/raw_client.h"
#include "support/server_process.h"

namespace redpoll::testing {

namespace {

struct Waiters {
  Waiters() : admin(server.port()) {}

  // A client that has sent the line and waits, behind all who wait already.
  RawClient wait(const std::string& line) {
    RawClient client(server.port());
    client.send(line + "\r\n");
    ++count;
    REQUIRE(wait_until([&] { return waiting() == count; }));
    return client;
  }
  int waiting() { return std::stoi(admin.info("blocked_clients")); }

  ServerProcess server;
  SyncClient admin;
  int count = 0;
};

}  // namespace

TEST_CASE("Clients that wait for a list are served in the order in which they blocked") {
  Waiters t;
  RawClient a = t.wait("BLPOP k 0");
  RawClient b = t.wait("BRPOP k 0");
  RawClient c = t.wait("BLPOP k 0");
  REQUIRE(t.admin.run("RPUSH k 1 2") == ":2");
  REQUIRE(a.reply() == R"(["k" "1"])");
  REQUIRE(b.reply() == R"(["k" "2"])");
  REQUIRE(t.admin.run("EXISTS k") == ":0");
  REQUIRE(t.admin.run("RPUSH k 3 4") == ":2");
  REQUIRE(c.reply() == R"(["k" "3"])");
  REQUIRE(t.admin.run("LRANGE k 0 -1") == R"(["4"])");
}

TEST_CASE("A client that waits for several keys gets the one that comes, as another type comes elsewhere") {
  Waiters t;
  RawClient a = t.wait("BLPOP x y z 0");
  REQUIRE(t.admin.run("SET x v") == "+OK");
  REQUIRE(t.admin.run("ZADD y 1 m") == ":1");
  REQUIRE(t.admin.run("RPUSH z 1") == ":1");
  REQUIRE(a.reply() == R"(["z" "1"])");
  REQUIRE(t.waiting() == 0);
}

TEST_CASE("A list and a sorted set under one name find each who waits for it") {
  Waiters t;
  RawClient list = t.wait("BLPOP k 0");
  RawClient set = t.wait("BZPOPMIN k 0");
  REQUIRE(t.admin.run("ZADD k 2 b 1 a") == ":2");
  REQUIRE(set.reply() == R"(["k" "a" "1"])");
  REQUIRE(t.admin.run("DEL k") == ":1");
  REQUIRE(t.admin.run("RPUSH k v") == ":1");
  REQUIRE(list.reply() == R"(["k" "v"])");
}

TEST_CASE("One client's BLMOVE feeds another's BLPOP") {
  Waiters t;
  RawClient last = t.wait("BLPOP c 0");
  RawClient middle = t.wait("BRPOPLPUSH b c 0");
  RawClient first = t.wait("BLMOVE a b LEFT RIGHT 0");
  REQUIRE(t.admin.run("RPUSH a v") == ":1");
  REQUIRE(first.reply() == R"("v")");
  REQUIRE(middle.reply() == R"("v")");
  REQUIRE(last.reply() == R"(["c" "v"])");
  REQUIRE(t.admin.run("DBSIZE") == ":0");
}

TEST_CASE("BLMOVE into what is no list fails, and leaves the element to the next client") {
  Waiters t;
  RawClient a = t.wait("BLMOVE k target LEFT LEFT 0");
  RawClient b = t.wait("BLPOP k 0");
  REQUIRE(t.admin.run("SET target v") == "+OK");
  REQUIRE(t.admin.run("RPUSH k 1") == ":1");
  REQUIRE(a.reply().starts_with("-WRONGTYPE"));
  REQUIRE(b.reply() == R"(["k" "1"])");
}

TEST_CASE("BLMPOP and BZMPOP take as many as they asked for") {
  Waiters t;
  RawClient list = t.wait("BLMPOP 0 2 j k RIGHT COUNT 2");
  RawClient set = t.wait("BZMPOP 0 1 z MAX COUNT 2");
  REQUIRE(t.admin.run("RPUSH k 1 2 3") == ":3");
  REQUIRE(list.reply() == R"(["k" ["3" "2"]])");
  REQUIRE(t.admin.run("ZADD z 1 a 2 b 3 c") == ":3");
  REQUIRE(set.reply() == R"(["z" [["c" "3"] ["b" "2"]]])");
}

TEST_CASE("Whatever puts a list there makes it ready") {
  Waiters t;
  const auto served_by = [&](const std::string& line) {
    t.count = 0;
    RawClient a = t.wait("BLPOP k 0");
    t.admin.run(line);
    return a.reply();
  };
  t.admin.run("RPUSH j v");
  REQUIRE(served_by("RENAME j k") == R"(["k" "v"])");
  t.admin.run("RPUSH j v");
  REQUIRE(served_by("COPY j k") == R"(["k" "v"])");
  REQUIRE(served_by("LMOVE j k LEFT LEFT") == R"(["k" "v"])");
  t.admin.run("SADD s 2 1");
  REQUIRE(served_by("SORT s STORE k") == R"(["k" "1"])");
  t.admin.run("DEL k");
  t.admin.run("SELECT 1");
  t.admin.run("RPUSH k v");
  REQUIRE(served_by("MOVE k 0") == R"(["k" "v"])");
  t.admin.run("RPUSH k v");
  REQUIRE(served_by("SWAPDB 0 1") == R"(["k" "v"])");
}

TEST_CASE("Timeouts are right to a few milliseconds") {
  Waiters t;
  RawClient client(t.server.port());
  RawClient later = t.wait("BLPOP k 100");
  for (const char* line : {"BLPOP k 0.05", "BLMOVE k j LEFT LEFT 0.05", "BZMPOP 0.05 1 k MIN"}) {
    const auto begin = std::chrono::steady_clock::now();
    REQUIRE(client.run(line) == "nil");
    const auto took = std::chrono::steady_clock::now() - begin;
    REQUIRE(took >= milliseconds(50));
    REQUIRE(took < milliseconds(sanitized() ? 1000 : 150));
  }
  REQUIRE(client.run("HELLO 3").front() == '{');
  REQUIRE(client.run("BLPOP k 0.001") == "null");
}

TEST_CASE("Requests behind one that waits are answered in order, right behind it") {
  Waiters t;
  RawClient a = t.wait("PING\r\nBLPOP k 0\r\nSET s 1\r\nBLPOP j 0\r\nGET s");
  REQUIRE(a.reply() == "+PONG");
  REQUIRE(a.is_silent_for(milliseconds(20)));
  a.send("ECHO x\r\n");
  t.admin.run("RPUSH k v");
  REQUIRE(a.reply() == R"(["k" "v"])");
  REQUIRE(a.reply() == "+OK");
  t.admin.run("RPUSH j v");
  REQUIRE(a.reply() == R"(["j" "v"])");
  REQUIRE(a.reply() == R"("1")");
  REQUIRE(a.reply() == R"("x")");
}

TEST_CASE("A client that goes or is killed while it waits gets nothing") {
  Waiters t;
  RawClient gone = t.wait("BLPOP k 0");
  RawClient killed = t.wait("BLPOP k 0");
  RawClient half = t.wait("BLPOP k 0");
  RawClient a = t.wait("BLPOP k 0");
  gone.reset();
  half.finish_sending();
  REQUIRE(wait_until([&] { return t.waiting() == 2; }));
  const std::string list = t.admin.run("CLIENT LIST");
  const size_t waiter = list.rfind("id=", list.find("cmd=blpop"));
  REQUIRE(t.admin.run("CLIENT KILL ID " + list.substr(waiter + 3, list.find(' ', waiter) - waiter - 3)) ==
          ":1");
  REQUIRE(killed.is_closed());
  REQUIRE(t.admin.run("RPUSH k 1 2") == ":2");
  REQUIRE(a.reply() == R"(["k" "1"])");
  REQUIRE(t.admin.run("LLEN k") == ":1");
}

TEST_CASE("CLIENT UNBLOCK ends a wait") {
  Waiters t;
  RawClient a(t.server.port());
  const std::string id = a.run("CLIENT ID").substr(1);
  for (const auto& [how, reply] : {std::pair("", "nil"), std::pair(" TIMEOUT", "nil"),
                                   std::pair(" ERROR", "-UNBLOCKED client unblocked via CLIENT UNBLOCK")}) {
    a.send("BLPOP k 0\r\n");
    REQUIRE(wait_until([&] { return t.waiting() == 1; }));
    REQUIRE(t.admin.run("CLIENT UNBLOCK " + id + how) == ":1");
    REQUIRE(a.reply() == reply);
  }
  REQUIRE(t.admin.run("CLIENT UNBLOCK " + id) == ":0");
}

TEST_CASE("A client that waits is not closed for being idle") {
  Waiters t;
  RawClient a = t.wait("BLPOP k 0");
  RawClient idle(t.server.port());
  REQUIRE(idle.run("PING") == "+PONG");
  REQUIRE(t.admin.run("CONFIG SET timeout 1") == "+OK");
  REQUIRE(wait_until([&] {
    t.admin.run("PING");
    return t.admin.info("connected_clients") == "2";
  }));
  REQUIRE(t.admin.run("RPUSH k v") == ":1");
  REQUIRE(a.reply() == R"(["k" "v"])");
}

TEST_CASE("Thousands of clients wait until some time, and the nearest timeout is right all the same") {
  ServerProcess server({"--maxclients", "12000"});
  SyncClient admin(server.port());
  constexpr size_t kClients = 2'000;
  std::vector<RawClient> clients;
  for (size_t i = 0; i < kClients; ++i) {
    clients.emplace_back(server.port());
    clients.back().send("BLPOP many 1000\r\n");
  }
  REQUIRE(wait_until([&] { return admin.info("clients_in_timeout_table") == std::to_string(kClients); }));
  RawClient soon(server.port());
  const auto begin = std::chrono::steady_clock::now();
  REQUIRE(soon.run("BLPOP many 0.02") == "nil");
  REQUIRE(std::chrono::steady_clock::now() - begin >= milliseconds(20));
  for (size_t i = 0; i < kClients; ++i) { REQUIRE(admin.run("RPUSH many " + std::to_string(i)) == ":1"); }
  // Each got one element, though not in the order of connecting: their requests may have arrived in another.
  for (RawClient& client : clients) REQUIRE(client.reply().starts_with(R"(["many" )"));
  REQUIRE(admin.info("clients_in_timeout_table") == "0");
  REQUIRE(admin.run("EXISTS many") == ":0");
}

}  // namespace redpoll::testing
