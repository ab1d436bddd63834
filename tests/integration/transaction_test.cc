// Transactions on a real server: what clients might do to it with them.
#include <catch2/catch.hpp>
#include <string>

#include "integration/support/sync_client.h"
#include "support/raw_client.h"
#include "support/server_process.h"

namespace redpoll::testing {

namespace {

constexpr int kMany = 1'000'000;

// Sends `request` so many times, some thousands at once, and reads as many replies `reply`.
void send_many(RawClient& client, std::string_view request, std::string_view reply, int times) {
  constexpr int kAtOnce = 5'000;
  std::string requests;
  for (int i = 0; i < kAtOnce; ++i) requests += request;
  for (int i = 0; i < times; i += kAtOnce) {
    client.send(requests);
    const std::string got = client.read_exactly(reply.size() * kAtOnce);
    REQUIRE(got.compare(got.size() - reply.size(), reply.size(), reply) == 0);
  }
}

int64_t used_memory(SyncClient& observer) { return std::stoll(observer.info("used_memory")); }

// Whether memory becomes again what it was, but for so much.
bool memory_returns(SyncClient& observer, int64_t before, int64_t slack = 2'000'000) {
  return wait_until([&] { return used_memory(observer) < before + slack; });
}

}  // namespace

TEST_CASE("A transaction of a million requests is run, and its memory comes back") {
  ServerProcess server;
  SyncClient observer(server.port());
  RawClient client(server.port());
  REQUIRE(client.run("PING") == "+PONG");
  const int64_t before = used_memory(observer);
  REQUIRE(client.run("MULTI") == "+OK");
  send_many(client, "INCR k\r\n", "+QUEUED\r\n", kMany);
  REQUIRE(used_memory(observer) > before + kMany * 8);
  client.send("EXEC\r\n");
  REQUIRE(client.read_until("\r\n") == "*1000000\r\n");
  REQUIRE(client.read_until(":1000000\r\n").ends_with("\r\n:999999\r\n:1000000\r\n"));
  REQUIRE(client.run("GET k") == "\"1000000\"");
  REQUIRE(memory_returns(observer, before));
}

TEST_CASE("A queue larger than a client's input may be closes the client, and its memory comes back") {
  ServerProcess server({"--client-query-buffer-limit", "8mb"});
  SyncClient observer(server.port());
  const int64_t before = used_memory(observer);
  RawClient client(server.port());
  REQUIRE(client.run("MULTI") == "+OK");
  std::string requests;
  for (int i = 0; i < 20'000; ++i) requests += "INCR some-key-of-a-certain-length\r\n";
  for (int i = 0; i < 50; ++i) client.send_or_notice(requests);
  const std::string replies = client.read_to_end();
  REQUIRE(replies.find("-ERR") == std::string::npos);
  REQUIRE(wait_until([&] { return observer.info("connected_clients") == "1"; }));
  REQUIRE(observer.run("EXISTS some-key-of-a-certain-length") == ":0");
  REQUIRE(memory_returns(observer, before));
}

TEST_CASE("A million keys can be watched, and their memory comes back when the client leaves") {
  ServerProcess server;
  SyncClient observer(server.port());
  const int64_t before = used_memory(observer);
  {
    RawClient client(server.port());
    for (int i = 0; i < kMany;) {
      std::vector<std::string> words{"WATCH"};
      for (int n = 0; n < 10'000; ++n) words.push_back("watched:" + std::to_string(i++));
      REQUIRE(client.call(words) == "+OK");
    }
    REQUIRE(used_memory(observer) > before + kMany * 16);
    REQUIRE(observer.run("SET watched:999999 v") == "+OK");
    REQUIRE(client.run("MULTI") == "+OK");
    REQUIRE(client.run("EXEC") == RawClient(server.port()).run("BLPOP nosuch 0.001"));
    for (int i = 0; i < 200; ++i) {
      std::vector<std::string> words{"WATCH"};
      for (int n = 0; n < 5'000; ++n) words.emplace_back("same");
      REQUIRE(client.call(words) == "+OK");
    }
    REQUIRE(memory_returns(observer, before, 20'000'000));
    REQUIRE(client.run("WATCH a b c") == "+OK");
  }
  for (int i = 0; i < 100; ++i) observer.run("PING");
  REQUIRE(memory_returns(observer, before, 20'000'000));
}

TEST_CASE("A client that goes in the middle of EXEC's large reply harms nobody") {
  ServerProcess server;
  SyncClient observer(server.port());
  observer.call({"SET", "big", std::string(1'000'000, 'v')});
  const int64_t before = used_memory(observer);
  for (int i = 0; i < 5; ++i) {
    RawClient client(server.port(), "127.0.0.1", 4096);
    std::string requests = "MULTI\r\n";
    for (int n = 0; n < 50; ++n) requests += "GET big\r\n";
    client.send(requests + "INCR done\r\nEXEC\r\n");
    client.read_until("*51\r\n");
    client.reset();
  }
  REQUIRE(observer.run("GET done") == "\"5\"");
  REQUIRE(wait_until([&] { return observer.info("connected_clients") == "1"; }));
  REQUIRE(memory_returns(observer, before));
}

TEST_CASE("RESET and QUIT end a transaction wherever they come") {
  ServerProcess server;
  for (const std::string begin : {"MULTI\r\n", "WATCH k\r\nMULTI\r\nSET k v\r\n", "MULTI\r\nnosuch\r\n"}) {
    RawClient client(server.port());
    client.send(begin + "RESET\r\nEXEC\r\nSET j v\r\nQUIT\r\nSET k v\r\n");
    REQUIRE(client.read_to_end().ends_with("+RESET\r\n-ERR EXEC without MULTI\r\n+OK\r\n+OK\r\n"));
    RawClient other(server.port());
    other.send(begin + "QUIT\r\nEXEC\r\n");
    REQUIRE(other.read_to_end().ends_with("+OK\r\n"));
  }
  REQUIRE(RawClient(server.port()).run("EXISTS k") == ":0");
}

TEST_CASE("Requests that fail in EXEC neither end it nor undo the others") {
  ServerProcess server;
  RawClient client(server.port());
  client.send(
      "MULTI\r\nMULTI\r\nSET s x\r\nINCR s\r\nLPUSH s 1\r\nBLPOP nolist 0\r\nBRPOPLPUSH nolist x 0\r\nGET "
      "s\r\n"
      "EXEC\r\nEXEC\r\n");
  const std::string expected =
      "+OK\r\n-ERR MULTI calls can not be "
      "nested\r\n+QUEUED\r\n+QUEUED\r\n+QUEUED\r\n+QUEUED\r\n+QUEUED\r\n+QUEUED\r\n"
      "*6\r\n+OK\r\n-ERR value is not an integer or out of range\r\n"
      "-WRONGTYPE Operation against a key holding the wrong kind of value\r\n*-1\r\n$-1\r\n$1\r\nx\r\n"
      "-ERR EXEC without MULTI\r\n";
  REQUIRE(client.read_exactly(expected.size()) == expected);
}

TEST_CASE("CLIENT REPLY within a transaction: the bytes that come") {
  ServerProcess server;
  RawClient(server.port()).run("SET a 1");
  const auto replies_to = [&](const std::string& modes) {
    RawClient client(server.port());
    client.send("MULTI\r\nGET a\r\n" + modes + "GET a\r\nEXEC\r\nPING\r\nPING x\r\nQUIT\r\n");
    if (modes.find("OFF") != std::string::npos && modes.find("ON") == std::string::npos) {
      client.finish_sending();
    }
    std::string all = client.read_to_end();
    const size_t at = all.rfind("+QUEUED\r\n");
    return all.substr(at + 9);
  };
  REQUIRE(replies_to("CLIENT REPLY OFF\r\n") == "*3\r\n$1\r\n1\r\n");
  REQUIRE(replies_to("CLIENT REPLY SKIP\r\n") == "*3\r\n$1\r\n1\r\n$1\r\n1\r\n$1\r\nx\r\n+OK\r\n");
}

TEST_CASE("A client without a password can queue nothing and watch nothing") {
  ServerProcess server({"--requirepass", "secret"});
  RawClient client(server.port());
  const std::string refused = "-NOAUTH Authentication required.";
  for (const char* line : {"MULTI", "WATCH k", "DISCARD", "UNWATCH", "SET k v"})
    REQUIRE(client.run(line) == refused);
  const std::string aborted = "-EXECABORT Transaction discarded because of: NOAUTH Authentication required.";
  REQUIRE(client.run("EXEC").starts_with(aborted));
  REQUIRE(client.run("AUTH secret") == "+OK");
  REQUIRE(client.run("MULTI") == "+OK");
  REQUIRE(client.run("RESET") == "+RESET");
  REQUIRE(client.run("EXEC").starts_with(aborted));
}

}  // namespace redpoll::testing
