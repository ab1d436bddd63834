// The image's health check, by the process that it looks at.
#include <catch2/catch.hpp>

#include "integration/support/sync_client.h"
#include "support/raw_client.h"
#include "support/server_process.h"

namespace redpoll::testing {

namespace {

Finished health_of(pid_t pid) {
  return run_program({.argv = {server_binary(), "--check-health", std::to_string(pid)}});
}

// A server that is not reached at 127.0.0.1:port, so that ServerProcess could not wait for it.
class HiddenServer {
 public:
  explicit HiddenServer(std::vector<std::string> args) {
    std::vector<std::string> argv = {server_binary(), "--port", std::to_string(lease.port()), "--dir",
                                     dir.path().string()};
    argv.insert(argv.end(), args.begin(), args.end());
    child = std::make_unique<Child>(Launch{.argv = argv});
    REQUIRE(wait_until([&] { return child->output().find("eady to accept") != std::string::npos; }));
  }

  TempDir dir;
  PortLease lease;
  std::unique_ptr<Child> child;
};

}  // namespace

TEST_CASE("A server is healthy wherever it listens") {
  for (const std::vector<std::string>& args :
       std::vector<std::vector<std::string>>{{},
                                             {"--bind", "127.9.8.7"},
                                             {"--bind", "::1"},
                                             {"--port", "0", "--unixsocket", "relative.sock"}}) {
    HiddenServer server(args);
    const Finished health = health_of(server.child->pid());
    CAPTURE(args, health.output);
    REQUIRE(health.exit == Exit{0});
  }
}

TEST_CASE("A server that wants a password or has too many clients is healthy") {
  ServerProcess closed({"--requirepass", "secret", "--maxclients", "1"});
  REQUIRE(health_of(closed.pid()).exit == Exit{0});
  RawClient only(closed.port());
  REQUIRE(only.run("AUTH secret") == "+OK");
  REQUIRE(health_of(closed.pid()).exit == Exit{0});
}

TEST_CASE("A server that does not answer or is not there is not healthy whoever has its port") {
  ServerProcess server;
  server.signal(SIGSTOP);
  const Finished stuck = health_of(server.pid());
  server.signal(SIGCONT);
  REQUIRE(stuck.exit == Exit{1});
  REQUIRE_FALSE(stuck.output.empty());
  REQUIRE(health_of(getpid()).output == "the server listens nowhere\n");
}

}  // namespace redpoll::testing
