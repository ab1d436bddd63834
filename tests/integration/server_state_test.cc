// What the server tells about itself, and what happens over time: INFO, statistics, expiry, the slow log.
#include <catch2/catch.hpp>

#include "integration/support/contains.h"
#include "integration/support/sync_client.h"
#include "support/raw_client.h"
#include "support/server_process.h"

namespace redpoll::testing {

namespace {}  // namespace

TEST_CASE("INFO has its sections and answers several at once") {
  ServerProcess server;
  SyncClient client(server.port());
  const std::string standard = client.run("INFO");
  for (const char* section :
       {"# Server", "# Clients", "# Memory", "# Stats", "# CPU", "# Errorstats", "# Keyspace"}) {
    REQUIRE(contains(standard, section));
  }
  REQUIRE(!contains(standard, "# Commandstats"));
  REQUIRE(contains(client.run("INFO everything"), "# Commandstats"));
  const std::string two = client.run("INFO server clients");
  REQUIRE(contains(two, "# Server"));
  REQUIRE(contains(two, "# Clients"));
  REQUIRE(!contains(two, "# Memory"));
  REQUIRE(client.info("tcp_port") == std::to_string(server.port()));
  REQUIRE(client.info("process_id") == std::to_string(server.pid()));
  REQUIRE(std::stoull(client.info("total_system_memory")) > std::stoull(client.info("used_memory_rss")));
}

TEST_CASE("Commands errors and keys are counted") {
  ServerProcess server;
  SyncClient client(server.port());
  client.run("SET k v EX 100");
  client.run("GET k");
  client.run("GET missing");
  client.run("INCR k");
  client.run("GET");
  client.run("NOSUCH");
  REQUIRE(client.info("keyspace_hits") == "1");
  REQUIRE(client.info("keyspace_misses") == "1");
  REQUIRE(client.info("errorstat_ERR") == "count=3");
  const std::string get = client.info("cmdstat_get");
  REQUIRE(get.starts_with("calls=2,usec="));
  REQUIRE(contains(get, ",rejected_calls=1,failed_calls=0"));
  REQUIRE(contains(client.info("cmdstat_incr"), ",rejected_calls=0,failed_calls=1"));
  REQUIRE(client.info("db0").starts_with("keys=1,expires=1,avg_ttl="));
  REQUIRE(client.run("CONFIG RESETSTAT") == "+OK");
  REQUIRE(client.info("keyspace_hits") == "0");
  REQUIRE(client.info("cmdstat_get").empty());
  REQUIRE(client.info("errorstat_ERR").empty());
}

TEST_CASE("Expired keys go on access and by themselves") {
  ServerProcess server({"--enable-debug-command", "yes"});
  SyncClient client(server.port());
  REQUIRE(client.run("DEBUG SET-ACTIVE-EXPIRE 0") == "+OK");
  REQUIRE(client.run("SET lazy v PX 1") == "+OK");
  REQUIRE(wait_until([&] { return client.run("GET lazy") == "nil"; }));
  for (int i = 0; i < 1000; ++i) client.run("SET key:" + std::to_string(i) + " v PX 1");
  REQUIRE(client.run("SET stays v") == "+OK");
  REQUIRE(client.run("DBSIZE") == ":1001");
  REQUIRE(client.run("DEBUG SET-ACTIVE-EXPIRE 1") == "+OK");
  REQUIRE(wait_until([&] { return client.run("DBSIZE") == ":1"; }));
  REQUIRE(client.info("expired_keys") == "1001");
  REQUIRE(client.run("GET stays") == R"("v")");
}

TEST_CASE("Slow commands are in the slow log with their client") {
  ServerProcess server({"--enable-debug-command", "yes", "--slowlog-log-slower-than", "20000"});
  SyncClient client(server.port());
  REQUIRE(client.run("CLIENT SETNAME slowpoke") == "+OK");
  REQUIRE(client.run("SLOWLOG RESET") == "+OK");
  REQUIRE(client.run("DEBUG SLEEP 0.03") == "+OK");
  const std::string entry = client.run("SLOWLOG GET 1");
  REQUIRE(contains(entry, R"(["DEBUG" "SLEEP" "0.03"] "127.0.0.1:)"));
  REQUIRE(contains(entry, R"("slowpoke"])"));
}

TEST_CASE("SCAN returns every key while the keyspace grows and shrinks") {
  ServerProcess server;
  SyncClient client(server.port());
  for (int i = 0; i < 2000; ++i) client.run("SET stays:" + std::to_string(i) + " v");
  std::string cursor = "0";
  size_t seen = 0;
  int round = 0;
  do {
    const std::string reply = client.run("SCAN " + cursor + " MATCH stays:* COUNT 50");
    cursor = reply.substr(2, reply.find('"', 2) - 2);
    for (size_t at = 0; (at = reply.find("\"stays:", at)) != std::string::npos; ++at) ++seen;
    for (int i = 0; i < 100; ++i) {
      client.run((round % 40 < 20 ? "SET " : "DEL ") + ("comes:" + std::to_string(round % 20 * 100 + i)) +
                 (round % 40 < 20 ? " v" : ""));
    }
    ++round;
  } while (cursor != "0");
  REQUIRE(seen >= 2000);
}

TEST_CASE("FLUSHALL ASYNC gives the memory of many keys back") {
  ServerProcess server;
  SyncClient client(server.port());
  const auto before = std::stoull(client.info("used_memory"));
  for (int i = 0; i < 100; ++i) client.append({"SET", "k" + std::to_string(i), std::string(200'000, 'v')});
  for (int i = 0; i < 100; ++i) client.next();
  REQUIRE(std::stoull(client.info("used_memory")) > before + 19'000'000);
  REQUIRE(client.run("FLUSHALL ASYNC") == "+OK");
  REQUIRE(wait_until([&] { return std::stoull(client.info("used_memory")) < before + 2'000'000; }));
}

TEST_CASE("Freed memory goes back to the system while the server is idle") {
  // jemalloc would take ten seconds for it.
  ServerProcess server(ServerProcess::Options{.environment = {{"MALLOC_CONF", "dirty_decay_ms:500"}}});
  SyncClient client(server.port());
  // Less than what the allocator's threads are started for.
  constexpr size_t kKeys = 40'000, kValueBytes = 1000;
  for (size_t i = 0; i < kKeys; ++i) client.append({"SET", std::to_string(i), std::string(kValueBytes, 'v')});
  for (size_t i = 0; i < kKeys; ++i) client.next();
  const size_t full = server.resident_bytes();
  REQUIRE(client.run("FLUSHALL SYNC") == "+OK");
  if (sanitized()) return;  // the sanitizers keep freed memory
  REQUIRE(wait_until([&] { return server.resident_bytes() < full - kKeys * kValueBytes / 2; }));
}

}  // namespace redpoll::testing
