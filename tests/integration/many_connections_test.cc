// Ten thousand connections, and what happens when there are no descriptors left.
#include <sys/resource.h>

#include <catch2/catch.hpp>
#include <iostream>
#include <memory>

#include "integration/support/sync_client.h"
#include "support/raw_client.h"
#include "support/server_process.h"

namespace redpoll::testing {

namespace {

using Clients = std::vector<std::unique_ptr<RawClient>>;

// Raises the limit of this process, which its children inherit.
bool can_open_files(rlim_t count) {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  if (limit.rlim_cur >= count) return true;
  limit.rlim_cur = count;
  limit.rlim_max = std::max(limit.rlim_max, count);
  return setrlimit(RLIMIT_NOFILE, &limit) == 0;
}

Clients connect_many(uint16_t port, size_t count) {
  Clients clients;
  for (size_t i = 0; i < count; ++i) clients.push_back(std::make_unique<RawClient>(port));
  return clients;
}

// Without TIME_WAIT, which would use up the ports of other tests.
void reset_all(Clients& clients) {
  for (auto& client : clients) client->reset();
  clients.clear();
}

}  // namespace

TEST_CASE("Ten thousand idle connections are held and served") {
  constexpr size_t kClients = 10'000;
  if (!can_open_files(kClients + 200)) {
    WARN("skipped: this process may not open " << kClients << " files");
    return;
  }
  ServerProcess server({"--maxclients", std::to_string(kClients + 100)});
  SyncClient observer(server.port());
  const auto used_before = std::stoull(observer.info("used_memory"));
  const size_t resident_before = server.resident_bytes();
  Clients clients = connect_many(server.port(), kClients);
  const std::string all = std::to_string(kClients + 1);
  REQUIRE(wait_until([&] { return observer.info("connected_clients") == all; }));
  const size_t resident = (server.resident_bytes() - resident_before) / kClients;
  const auto used = (std::stoull(observer.info("used_memory")) - used_before) / kClients;
  std::cout << kClients << " idle connections: " << server.resident_bytes() / 1024 << " KiB resident in all, "
            << resident << " bytes resident and " << used << " bytes allocated per connection\n";
  if (testing_redpoll() && !sanitized()) {
    REQUIRE(used <= 768);
    REQUIRE(resident <= 2048);
  }
  for (auto& client : clients) client->send("PING\r\n");
  size_t answered = 0;
  for (auto& client : clients) answered += client->reply() == "+PONG";
  REQUIRE(answered == kClients);
  reset_all(clients);
  REQUIRE(wait_until([&] { return observer.info("connected_clients") == "1"; }));
  // Pools and tables keep what they grew to, for the next time.
  REQUIRE(std::stoull(observer.info("used_memory")) < used_before + 4'000'000);
  REQUIRE(server.stop() == Exit{0});
}

TEST_CASE("maxclients is lowered to what the descriptor limit allows") {
  ServerProcess server(ServerProcess::Options{.max_files = 100});
  SyncClient client(server.port());
  REQUIRE(client.run("CONFIG GET maxclients") == R"(["maxclients" "68"])");
  REQUIRE(server.logs("You requested maxclients of 10000 requiring at least 10032 max file descriptors."));
  REQUIRE(server.logs("maxclients has been reduced to 68 to compensate for low ulimit."));
  REQUIRE(client.run("CONFIG SET maxclients 1000") ==
          "-ERR CONFIG SET failed (possibly related to argument 'maxclients') - The operating system is not "
          "able to handle the specified number of clients, try with 68");
}

TEST_CASE("Clients are served while descriptors are exhausted") {
  // The limit is lowered behind the server's back: otherwise maxclients keeps it from ever getting there.
  ServerProcess server({"--maxclients", "200"});
  RawClient first(server.port());
  REQUIRE(first.run("PING") == "+PONG");
  // The undefined-behaviour sanitizer takes descriptors to look at a type that it does not know yet.
  first.run("INFO clients");
  const rlimit low{40, 40};
  REQUIRE(prlimit(server.pid(), RLIMIT_NOFILE, &low, nullptr) == 0);
  Clients clients = connect_many(server.port(), 60);
  REQUIRE(server.logs_within("Too many open files"));
  for (int i = 0; i < 1000; ++i) REQUIRE(first.run("PING") == "+PONG");
  reset_all(clients);
  // Once descriptors are free again, so is the way in.
  REQUIRE(wait_until(
      [&] { return first.run("INFO clients").find("connected_clients:1\\r") != std::string::npos; }));
  RawClient late(server.port());
  REQUIRE(late.run("PING") == "+PONG");
  const std::string log = server.log();
  size_t lines = 0;
  for (size_t at = 0; (at = log.find("Too many open files", at)) != std::string::npos; ++at) ++lines;
  if (testing_redpoll()) REQUIRE(lines < 10);
}

}  // namespace redpoll::testing
