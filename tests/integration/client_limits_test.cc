// Limits that keep one client from hurting the others: how many, how much they send, how much waits for them.
#include <catch2/catch.hpp>

#include "integration/support/sync_client.h"
#include "support/raw_client.h"
#include "support/server_process.h"

namespace redpoll::testing {

TEST_CASE("A client beyond maxclients is refused and others are served on") {
  ServerProcess server({"--maxclients", "3"});
  RawClient first(server.port());
  REQUIRE(first.run("PING") == "+PONG");
  // The harness asked whether the server is up, by a connection that may still be counted.
  const auto clients = [&](int count) {
    const std::string field = "connected_clients:" + std::to_string(count) + "\\r";
    return wait_until([&] { return first.run("INFO clients").find(field) != std::string::npos; });
  };
  REQUIRE(clients(1));
  {
    RawClient second(server.port());
    RawClient third(server.port());
    REQUIRE(second.run("PING") == "+PONG");
    REQUIRE(third.run("PING") == "+PONG");
    RawClient fourth(server.port());
    REQUIRE(fourth.read_to_end() == "-ERR max number of clients reached\r\n");
    REQUIRE(first.run("PING") == "+PONG");
    REQUIRE(first.run("INFO stats").find("rejected_connections:1") != std::string::npos);
    REQUIRE(first.run("CONFIG SET maxclients 4") == "+OK");
    RawClient fifth(server.port());
    REQUIRE(fifth.run("PING") == "+PONG");
  }
  REQUIRE(clients(1));
}

TEST_CASE("A client that never reads is disconnected at the output buffer limit") {
  ServerProcess server({"--client-output-buffer-limit", "normal 1mb 0 0"});
  SyncClient observer(server.port());
  observer.call({"SET", "big", std::string(100'000, 'v')});
  RawClient deaf(server.port(), "127.0.0.1", 4096);
  std::string requests;
  for (int i = 0; i < 200; ++i) requests += encode({"GET", "big"});
  deaf.send(requests);
  REQUIRE(server.logs_within("scheduled to be closed ASAP for overcoming of output buffer limits."));
  REQUIRE(wait_until([&] { return observer.info("connected_clients") == "1"; }));
  REQUIRE(observer.run("PING") == "+PONG");
  if (testing_redpoll()) REQUIRE(observer.info("client_output_buffer_limit_disconnections") == "1");
}

TEST_CASE("The soft output buffer limit closes a client that stays above it") {
  ServerProcess server({"--client-output-buffer-limit", "normal 0 1mb 1"});
  SyncClient observer(server.port());
  observer.call({"SET", "big", std::string(100'000, 'v')});
  RawClient deaf(server.port(), "127.0.0.1", 4096);
  std::string requests;
  for (int i = 0; i < 200; ++i) requests += encode({"GET", "big"});
  deaf.send(requests);
  REQUIRE(server.logs_within("closed for overcoming of output buffer limits."));
  REQUIRE(wait_until([&] { return observer.info("connected_clients") == "1"; }));
}

TEST_CASE("Without an output limit a slow reader gets everything") {
  ServerProcess server;
  SyncClient other(server.port());
  other.call({"SET", "big", std::string(1'000'000, 'v')});
  RawClient slow(server.port(), "127.0.0.1", 4096);
  std::string requests;
  for (int i = 0; i < 50; ++i) requests += encode({"GET", "big"});
  slow.send(requests + "PING\r\n");
  for (int i = 0; i < 100; ++i) REQUIRE(other.run("PING") == "+PONG");
  for (int i = 0; i < 50; ++i) REQUIRE(slow.read_exactly(1'000'012).substr(0, 11) == "$1000000\r\nv");
  REQUIRE(slow.reply() == "+PONG");
}

TEST_CASE("A client beyond the query buffer limit is disconnected") {
  ServerProcess server({"--client-query-buffer-limit", "1mb"});
  SyncClient observer(server.port());
  // Requests that are never complete: one big argument, and many small ones (which Redis does not count).
  std::vector<std::string> parts = {"*2\r\n$4\r\nECHO\r\n$4000000\r\n" + std::string(3'000'000, 'x')};
  if (testing_redpoll()) {
    parts.push_back("*1000000\r\n");
    while (parts[1].size() < 3'000'000) parts[1] += "$5\r\nhello\r\n";
  }
  for (const std::string& part : parts) {
    RawClient greedy(server.port());
    try {
      greedy.send(part);
    } catch (const std::exception&) {
      // The server may close it before all is sent.
    }
    REQUIRE(greedy.is_closed());
    REQUIRE(observer.run("PING") == "+PONG");
  }
  REQUIRE(server.logs("Closing client that reached max query buffer length"));
  REQUIRE(wait_until([&] { return observer.info("connected_clients") == "1"; }));
}

TEST_CASE("A client that waits for more keys than its input may hold is disconnected") {
  if (!testing_redpoll()) return;
  ServerProcess server({"--client-query-buffer-limit", "1mb"});
  SyncClient observer(server.port());
  std::vector<std::string> words{"BLPOP"};
  for (int i = 0; i < 20'000; ++i) words.push_back("nokey:" + std::to_string(i));
  words.push_back("0");
  RawClient greedy(server.port());
  greedy.send(encode(words));
  REQUIRE(greedy.is_closed());
  REQUIRE(server.logs("Closing client that reached max query buffer length"));
  REQUIRE(observer.info("blocked_clients") == "0");
}

TEST_CASE("CLIENT LIST takes no more memory than the client may be sent") {
  if (!testing_redpoll()) return;
  ServerProcess server({"--client-output-buffer-limit", "normal 8mb 0 0"});
  RawClient client(server.port());
  constexpr size_t kName = 1'000'000;
  REQUIRE(client.call({"CLIENT", "SETNAME", std::string(kName, 'n')}) == "+OK");
  const std::string id = client.run("CLIENT ID").substr(1);
  const size_t before = server.peak_resident_bytes();
  std::vector<std::string> words{"CLIENT", "LIST", "ID"};
  words.insert(words.end(), 200, id);
  client.send(encode(words));
  REQUIRE(client.is_closed());
  if (sanitized()) return;  // the sanitizers keep freed memory
  REQUIRE(server.peak_resident_bytes() - before < 60 * kName);
}

TEST_CASE("proto-max-bulk-len bounds one argument") {
  ServerProcess server({"--proto-max-bulk-len", "1mb"});
  RawClient client(server.port());
  REQUIRE(client.call({"SET", "k", std::string(1'048'576, 'v')}) == "+OK");
  REQUIRE(client.run("SETRANGE k 1048576 x") ==
          "-ERR string exceeds maximum allowed size (proto-max-bulk-len)");
  REQUIRE(client.run("APPEND k x") == "-ERR string exceeds maximum allowed size (proto-max-bulk-len)");
  client.send("*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$1048577\r\n");
  REQUIRE(client.read_to_end() == "-ERR Protocol error: invalid bulk length\r\n");
}

TEST_CASE("Idle clients are closed after the timeout") {
  ServerProcess server({"--timeout", "1", "--loglevel", "verbose"});
  RawClient idle(server.port());
  REQUIRE(idle.run("PING") == "+PONG");
  REQUIRE(idle.is_closed());
  REQUIRE(server.logs("Closing idle client"));
  RawClient other(server.port());
  REQUIRE(other.run("CONFIG SET timeout 0") == "+OK");
  REQUIRE(other.is_silent_for(milliseconds(1500)));
}

TEST_CASE("Clients killed in mid-reply leave nothing behind") {
  ServerProcess server;
  SyncClient observer(server.port());
  observer.call({"SET", "big", std::string(1'000'000, 'v')});
  const auto used = [&] { return std::stoull(observer.info("used_memory")); };
  const auto before = used();
  std::string requests;
  for (int i = 0; i < 20; ++i) requests += encode({"GET", "big"});
  for (int i = 0; i < 30; ++i) {
    RawClient victim(server.port(), "127.0.0.1", 4096);
    victim.send(requests);
    victim.read_exactly(100);
    victim.reset();
  }
  REQUIRE(wait_until([&] { return observer.info("connected_clients") == "1"; }));
  // What stays may be pools and buffers, not the 600 MB of replies.
  REQUIRE(wait_until([&] { return used() < before + 4'000'000; }));
}

}  // namespace redpoll::testing
