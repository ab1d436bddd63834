// Where the server listens: addresses, ports that change while it runs, Unix sockets, backends, protected
// mode.
#include <arpa/inet.h>
#include <ifaddrs.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <catch2/catch.hpp>

#include "integration/support/sync_client.h"
#include "support/raw_client.h"
#include "support/server_process.h"

namespace redpoll::testing {

namespace {

// An IPv4 address of this machine that is not the loopback one; empty if there is none.
std::string outer_address() {
  ifaddrs* all = nullptr;
  if (getifaddrs(&all) != 0) return {};
  std::string found;
  for (const ifaddrs* each = all; each != nullptr; each = each->ifa_next) {
    if (each->ifa_addr == nullptr || each->ifa_addr->sa_family != AF_INET) continue;
    const auto& address = reinterpret_cast<const sockaddr_in*>(each->ifa_addr)->sin_addr;
    char text[INET_ADDRSTRLEN];
    if (ntohl(address.s_addr) >> 24 != 127 && inet_ntop(AF_INET, &address, text, sizeof text)) found = text;
  }
  freeifaddrs(all);
  return found;
}

// What a server that was killed leaves behind.
void leave_stale_socket(const std::string& path) {
  const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  REQUIRE(bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
  close(fd);
}

bool refuses(uint16_t port, const std::string& address) {
  try {
    RawClient client(port, address);
    return false;
  } catch (const std::exception&) { return true; }
}

}  // namespace

TEST_CASE("Every event backend serves") {
  const std::string backend = GENERATE("epoll", "poll", "select", "auto");
  if (!testing_redpoll()) return;
  ServerProcess server({"--event-backend", backend});
  SyncClient client(server.port());
  for (int i = 0; i < 1000; ++i) client.append({"INCR", "n"});
  for (int i = 1; i <= 1000; ++i) REQUIRE(client.next() == ":" + std::to_string(i));
  REQUIRE(client.info("multiplexing_api") == (backend == "auto" ? "epoll" : backend));
  REQUIRE(server.stop() == Exit{0});
}

TEST_CASE("A backend that this machine lacks is refused") {
  if (!testing_redpoll()) return;
  const std::string backend = GENERATE("evport", "kqueue");
  PortLease lease;
  const Finished run = run_program(
      {.argv = {server_binary(), "--port", std::to_string(lease.port()), "--event-backend", backend}});
  REQUIRE(run.exit == Exit{1});
  const std::string text = "Failed creating the event loop. Error message: 'the event backend '" + backend +
                           "' is not available on this system, which has epoll, poll, select'";
  REQUIRE(run.output.find(text) != std::string::npos);
}

TEST_CASE("Protected mode refuses clients of other machines") {
  const std::string address = outer_address();
  if (address.empty()) {
    WARN("skipped: there is no address but the loopback one");
    return;
  }
  ServerProcess server({"--bind", "*"});
  RawClient stranger(server.port(), address);
  const std::string answer = stranger.read_to_end();
  REQUIRE(answer.starts_with("-DENIED "));
  REQUIRE(answer.find("protected mode") != std::string::npos);
  SyncClient local(server.port());
  REQUIRE(local.run("CONFIG SET protected-mode no") == "+OK");
  RawClient welcome(server.port(), address);
  REQUIRE(welcome.run("PING") == "+PONG");
  REQUIRE(local.run("CONFIG SET protected-mode yes requirepass secret") == "+OK");
  RawClient known(server.port(), address);
  REQUIRE(known.run("AUTH secret") == "+OK");
}

TEST_CASE("CONFIG SET port moves the server and keeps its clients") {
  ServerProcess server;
  PortLease other;
  SyncClient client(server.port());
  REQUIRE(client.run("CONFIG SET port " + std::to_string(other.port())) == "+OK");
  REQUIRE(client.run("PING") == "+PONG");
  REQUIRE(SyncClient(other.port()).run("PING") == "+PONG");
  REQUIRE(refuses(server.port(), "127.0.0.1"));
}

TEST_CASE("CONFIG SET port to one in use changes nothing") {
  ServerProcess server;
  ServerProcess other;
  SyncClient client(server.port());
  REQUIRE(client.run("CONFIG SET port " + std::to_string(other.port())) ==
          "-ERR CONFIG SET failed (possibly related to argument 'port') - Unable to listen on this port. "
          "Check server logs.");
  REQUIRE(client.run("CONFIG GET port") == "[\"port\" \"" + std::to_string(server.port()) + "\"]");
  REQUIRE(SyncClient(server.port()).run("PING") == "+PONG");
}

TEST_CASE("CONFIG SET bind changes the addresses") {
  ServerProcess server({"--bind", "127.0.0.1 127.0.0.2"});
  REQUIRE(RawClient(server.port(), "127.0.0.2").run("PING") == "+PONG");
  SyncClient client(server.port());
  REQUIRE(client.run("CONFIG SET bind 127.0.0.1") == "+OK");
  REQUIRE(refuses(server.port(), "127.0.0.2"));
  REQUIRE(client.run(R"(CONFIG SET bind "127.0.0.1 192.0.2.77")") ==
          "-ERR CONFIG SET failed (possibly related to argument 'bind') - Failed to bind to specified "
          "addresses.");
  REQUIRE(SyncClient(server.port()).run("CONFIG GET bind") == R"(["bind" "127.0.0.1"])");
  REQUIRE(client.run(R"(CONFIG SET bind "127.0.0.1 -192.0.2.77")") == "+OK");
}

TEST_CASE("IPv6 clients are served") {
  ServerProcess server({"--bind", "127.0.0.1 -::1"});
  if (refuses(server.port(), "::1")) {
    WARN("skipped: there is no IPv6 here");
    return;
  }
  RawClient client(server.port(), "::1");
  REQUIRE(client.run("CLIENT INFO").find(" addr=[::1]:") != std::string::npos);
}

TEST_CASE("A Unix socket has its permissions and goes with the server") {
  TempDir dir;
  const std::string path = dir.file("redpoll.sock");
  leave_stale_socket(path);
  ServerProcess server({"--unixsocket", path, "--unixsocketperm", "750"});
  struct stat found {};
  REQUIRE(stat(path.c_str(), &found) == 0);
  REQUIRE(S_ISSOCK(found.st_mode));
  REQUIRE((found.st_mode & 0777) == 0750);
  SyncClient client(path);
  REQUIRE(client.run("SET k v") == "+OK");
  REQUIRE(client.run("CLIENT INFO").find(" addr=" + path + ":0 laddr=" + path + ":0 ") != std::string::npos);
  REQUIRE(SyncClient(server.port()).run("GET k") == R"("v")");
  REQUIRE(server.stop() == Exit{0});
  REQUIRE(stat(path.c_str(), &found) != 0);
}

TEST_CASE("Clients of the priority listener are served while others flood the server") {
  if (!testing_redpoll()) return;
  TempDir dir;
  const std::string path = dir.file("redpoll.sock");
  const std::string listener = GENERATE("unixsocket", "port", "none");
  ServerProcess server({"--unixsocket", path, "--priority-listener", listener});
  std::vector<RawClient> flood;
  for (int i = 0; i < 20; ++i) flood.emplace_back(server.port());
  SyncClient administrator(path);
  REQUIRE(administrator.run("CONFIG GET priority-listener") ==
          "[\"priority-listener\" \"" + listener + "\"]");
  std::string requests;
  for (int i = 0; i < 500; ++i) requests += "INCR n\r\n";
  for (int round = 0; round < 5; ++round) {
    for (RawClient& client : flood) client.send(requests);
    REQUIRE(administrator.run("PING") == "+PONG");
  }
  for (RawClient& client : flood) {
    for (int i = 0; i < 2500; ++i) REQUIRE(client.reply().starts_with(":"));
  }
  REQUIRE(administrator.run("GET n") == "\"50000\"");
  REQUIRE(administrator.run("CONFIG SET priority-listener port") == "+OK");
  REQUIRE(SyncClient(server.port()).run("PING") == "+PONG");
  REQUIRE(administrator.run("CONFIG SET priority-listener tls")
              .starts_with("-ERR CONFIG SET failed (possibly related to argument 'priority-listener') - "
                           "argument(s) must be one of"));
  REQUIRE(server.stop() == Exit{0});
}

TEST_CASE("A port in use stops the start") {
  ServerProcess server;
  const Finished run = run_program({.argv = {server_binary(), "--port", std::to_string(server.port())}});
  REQUIRE(run.exit == Exit{1});
  REQUIRE(run.output.find("Could not create server TCP listening socket *:" + std::to_string(server.port()) +
                          ": bind: Address already in use") != std::string::npos);
  REQUIRE(SyncClient(server.port()).run("PING") == "+PONG");
}

}  // namespace redpoll::testing
