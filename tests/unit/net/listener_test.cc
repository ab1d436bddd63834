#include "net/listener.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "ae/event_loop.h"
#include "base/log.h"
#include "mem/zmalloc.h"
#include "unit/net/net_test_support.h"

namespace redpoll::net {
namespace {

using testing::connected;
using testing::content_of;
using testing::DescriptorLimit;
using testing::free_port;
using testing::has_ipv6;
using testing::occurrences;
using testing::TempDir;

MonoUs manual_time{1'000'000};
MonoUs manual_now() { return manual_time; }
void advance_ms(int64_t ms) { manual_time = manual_time + ms * 1000; }

class Guests : public Acceptor {
 public:
  void accepted(Connection connection) override {
    connections.push_back(std::move(connection));
    if (on_accepted) on_accepted();
  }
  std::vector<Connection> connections;
  std::function<void()> on_accepted;
};

// Listeners on a loop whose time stands still until a test moves it.
struct Site {
  TempDir dir;
  Logger log;
  Clocks clocks{.mono = manual_now};
  std::unique_ptr<ae::EventLoop> loop = *ae::EventLoop::create(4096, EventBackend::automatic, clocks);
  Guests guests;
  Listeners listeners{*loop, guests, log};

  Site() { REQUIRE(log.set_file(dir.file("log")).ok()); }

  std::string logged() const { return content_of(dir.file("log")); }
  int turn() { return loop->run_once(ae::Turn::all | ae::Turn::dont_wait); }
  // Runs turns until `n` connections were accepted, or long enough.
  size_t accept(size_t n) {
    for (int i = 0; i < 1000 && guests.connections.size() < n; ++i) turn();
    return guests.connections.size();
  }
};

ListenConfig on(std::vector<std::string> bind, uint16_t port) {
  ListenConfig config;
  config.bind = std::move(bind);
  config.port = port;
  return config;
}

int listener_option(int fd, int level, int name) {
  int value = -1;
  socklen_t size = sizeof value;
  REQUIRE(::getsockopt(fd, level, name, &value, &size) == 0);
  return value;
}

bool exists(const std::string& path) {
  return std::filesystem::exists(std::filesystem::symlink_status(path));
}

TEST_CASE("the default addresses take IPv4 and IPv6 connections") {
  Site site;
  const uint16_t port = free_port();
  ListenConfig config;
  config.port = port;
  REQUIRE(site.listeners.open(config).ok());
  const auto four = connected("127.0.0.1", port);
  REQUIRE(four.ok());
  REQUIRE(site.accept(1) == 1);
  REQUIRE(site.guests.connections[0].peer_name() == local_name(four->get()));
  if (!has_ipv6()) {
    WARN("no IPv6 on this machine: half skipped");
    REQUIRE(site.listeners.tcp_count() == 1);
    return;
  }
  REQUIRE(site.listeners.tcp_count() == 2);
  const auto six = connected("::1", port);
  REQUIRE(six.ok());
  REQUIRE(site.accept(2) == 2);
  REQUIRE(site.guests.connections[1].peer_name() == local_name(six->get()));
}

TEST_CASE("accepted TCP connections have no-delay and keep-alive") {
  Site site;
  const uint16_t port = free_port();
  ListenConfig config = on({"127.0.0.1"}, port);
  config.keep_alive_s = 120;
  REQUIRE(site.listeners.open(config).ok());
  const auto first = connected("127.0.0.1", port);
  REQUIRE(site.accept(1) == 1);
  const int fd = site.guests.connections[0].fd();
  REQUIRE(listener_option(fd, IPPROTO_TCP, TCP_NODELAY) == 1);
  REQUIRE(listener_option(fd, SOL_SOCKET, SO_KEEPALIVE) == 1);
  REQUIRE(listener_option(fd, IPPROTO_TCP, TCP_KEEPIDLE) == 120);
  REQUIRE(listener_option(fd, IPPROTO_TCP, TCP_KEEPINTVL) == 40);
  REQUIRE(listener_option(fd, IPPROTO_TCP, TCP_KEEPCNT) == 3);
  REQUIRE((::fcntl(fd, F_GETFL) & O_NONBLOCK) != 0);

  site.listeners.set_keep_alive(0);
  const auto second = connected("127.0.0.1", port);
  REQUIRE(site.accept(2) == 2);
  REQUIRE(listener_option(site.guests.connections[1].fd(), SOL_SOCKET, SO_KEEPALIVE) == 0);
  REQUIRE(listener_option(fd, SOL_SOCKET, SO_KEEPALIVE) == 1);
}

// The kernel does not know our end of what it has reset.
TEST_CASE("accepted connections know their own end without asking, and share its name") {
  Site site;
  const uint16_t port = free_port();
  ListenConfig config = on({"127.0.0.1"}, port);
  config.unix_socket = site.dir.file("sock");
  REQUIRE(site.listeners.open(config).ok());
  std::vector<Fd> clients;
  for (int i = 0; i < 3; ++i) clients.push_back(*connected("127.0.0.1", port));
  clients.push_back(*connect_unix(config.unix_socket));
  REQUIRE(site.accept(4) == 4);
  int tcp = 0, local = 0;
  for (Connection& each : site.guests.connections) {
    const std::string name = local_name(each.fd());
    each.is_unix() ? ++local : ++tcp;
    each.close();
    REQUIRE(each.local_name() == name);
    REQUIRE(each.has_local_name(name));
    REQUIRE_FALSE(each.has_local_name("?:0"));
  }
  REQUIRE(tcp == 3);
  REQUIRE(local == 1);
}

TEST_CASE("names of local ends exist once, and few are kept that nobody uses") {
  LocalNames names;
  std::vector<mem::BlobPtr> used;
  const auto name_at = [&](int host) {
    FdOrError fd = listen_tcp("127.0.1." + std::to_string(host), 0, 1);
    REQUIRE(fd.ok());
    mem::BlobPtr name = names.of(fd.fd());
    REQUIRE(name->view() == local_name(fd.fd()));
    REQUIRE(names.of(fd.fd()).get() == name.get());
    return name;
  };
  for (int i = 1; i <= 10; ++i) used.push_back(name_at(i));
  for (int i = 11; i < 250; ++i) name_at(i);
  REQUIRE(names.kept() <= LocalNames::kKept);
  for (const auto& each : used) REQUIRE(each->refs() == 2);
}

TEST_CASE("a Unix socket is served and its file removed at the end") {
  Site site;
  const std::string path = site.dir.file("redis.sock");
  ListenConfig config = on({}, 0);
  config.unix_socket = path;
  config.unix_permissions = 0700;
  REQUIRE(site.listeners.open(config).ok());
  REQUIRE(site.listeners.count() == 1);
  REQUIRE(site.listeners.tcp_count() == 0);
  REQUIRE(site.listeners.has_unix());
  const auto client = connect_unix(path);
  REQUIRE(client.ok());
  REQUIRE(site.accept(1) == 1);
  REQUIRE(site.guests.connections[0].is_unix());
  site.listeners.close();
  REQUIRE_FALSE(exists(path));
  REQUIRE(occurrences(site.logged(), "Removing the unix socket file.") == 1);
}

TEST_CASE("connections have the priority of the listener they came by, which can change") {
  using ae::Priority;
  Site site;
  const uint16_t port = free_port();
  ListenConfig config = on({"127.0.0.1"}, port);
  config.unix_socket = site.dir.file("redis.sock");
  config.unix_priority = Priority::high;
  REQUIRE(site.listeners.open(config).ok());
  std::vector<Result<Fd>> clients;
  const auto accept_both = [&] {
    site.guests.connections.clear();
    clients.push_back(connected("127.0.0.1", port));
    clients.push_back(connect_unix(config.unix_socket));
    REQUIRE(site.accept(2) == 2);
    auto& found = site.guests.connections;
    // Accepted in the same turn, if both had arrived.
    return std::pair(found[found[0].is_unix() ? 1 : 0].priority(),
                     found[found[0].is_unix() ? 0 : 1].priority());
  };
  REQUIRE(accept_both() == std::pair(Priority::normal, Priority::high));
  site.listeners.pause();
  site.listeners.resume();
  REQUIRE(accept_both() == std::pair(Priority::normal, Priority::high));
  std::swap(config.tcp_priority, config.unix_priority);
  REQUIRE(site.listeners.open(config).ok());
  REQUIRE(accept_both() == std::pair(Priority::high, Priority::normal));
  // A change while nothing is accepted counts as well.
  site.listeners.pause();
  config.tcp_priority = Priority::normal;
  REQUIRE(site.listeners.open(config).ok());
  site.listeners.resume();
  REQUIRE(accept_both() == std::pair(Priority::normal, Priority::normal));
}

TEST_CASE("a Unix socket file that another server has taken over is left alone") {
  Site site;
  const std::string path = site.dir.file("redis.sock");
  ListenConfig config = on({}, 0);
  config.unix_socket = path;
  REQUIRE(site.listeners.open(config).ok());
  std::filesystem::rename(path, site.dir.file("moved"));
  FdOrError other = listen_unix(path, 0, 16);
  REQUIRE(other.ok());
  site.listeners.close();
  REQUIRE(connect_unix(path).ok());
}

TEST_CASE("a Unix socket that cannot be opened is told in the words of Redis") {
  Site site;
  ListenConfig config = on({"127.0.0.1"}, free_port());
  config.unix_socket = site.dir.file("no/redis.sock");
  REQUIRE(site.listeners.open(config).error() ==
          "Failed opening Unix socket: bind: No such file or directory");
  REQUIRE(site.listeners.count() == 0);
  REQUIRE_FALSE(connected("127.0.0.1", config.port).ok());
}

TEST_CASE("a port in use is told in the words of Redis") {
  Site site;
  FdOrError other = listen_tcp("*", 0, 16);
  const uint16_t port = local_address(other.fd()).port();
  const std::string number = std::to_string(port);
  REQUIRE(site.listeners.open(on({"*", "-::*"}, port)).error() ==
          "Failed listening on port " + number + " (TCP), aborting.");
  REQUIRE(occurrences(site.logged(), "# Warning: Could not create server TCP listening socket *:" + number +
                                         ": bind: Address already in use\n") == 1);
  REQUIRE(site.listeners.count() == 0);
}

TEST_CASE("an optional address may be missing on the machine, another one not") {
  Site site;
  const uint16_t port = free_port();
  const std::string missing =
      "# Warning: Could not create server TCP listening socket 203.0.113.7:" + std::to_string(port) +
      ": bind: Cannot assign requested address\n";
  REQUIRE(site.listeners.open(on({"-203.0.113.7", "127.0.0.1"}, port)).ok());
  REQUIRE(site.listeners.tcp_count() == 1);
  REQUIRE(occurrences(site.logged(), missing) == 1);
  site.listeners.close();
  REQUIRE_FALSE(site.listeners.open(on({"127.0.0.1", "203.0.113.7"}, port)).ok());
  REQUIRE(site.listeners.count() == 0);
  REQUIRE(occurrences(site.logged(), missing) == 2);
}

TEST_CASE("an optional address that is in use is an error") {
  Site site;
  FdOrError other = listen_tcp("127.0.0.1", 0, 16);
  REQUIRE_FALSE(site.listeners.open(on({"-127.0.0.1"}, local_address(other.fd()).port())).ok());
}

TEST_CASE("sixteen addresses can be listened on, seventeen not") {
  Site site;
  std::vector<std::string> bind;
  for (int i = 1; i <= 16; ++i) bind.push_back("127.0.0." + std::to_string(i));
  const uint16_t port = free_port();
  REQUIRE(site.listeners.open(on(bind, port)).ok());
  REQUIRE(site.listeners.tcp_count() == 16);
  REQUIRE(connected("127.0.0.16", port).ok());
  bind.push_back("127.0.0.17");
  REQUIRE(site.listeners.open(on(bind, port)).error() == "Too many bind addresses specified.");
  REQUIRE(site.listeners.tcp_count() == 16);
}

TEST_CASE("an address listed twice is an error") {
  Site site;
  const uint16_t port = free_port();
  REQUIRE_FALSE(site.listeners.open(on({"127.0.0.1", "127.0.0.1"}, port)).ok());
  REQUIRE(site.listeners.open(on({"127.0.0.1"}, port)).ok());
  REQUIRE_FALSE(site.listeners.open(on({"127.0.0.1", "127.0.0.1"}, port)).ok());
  REQUIRE(connected("127.0.0.1", port).ok());
}

TEST_CASE("port 0 and an empty bind listen nowhere") {
  Site site;
  REQUIRE(site.listeners.open(on({"*", "-::*"}, 0)).ok());
  REQUIRE(site.listeners.count() == 0);
  REQUIRE(site.listeners.open(on({""}, free_port())).ok());
  REQUIRE(site.listeners.count() == 0);
}

TEST_CASE("a burst of accepts is bounded per turn, and the bound can change") {
  Site site;
  const std::string path = site.dir.file("redis.sock");
  ListenConfig config = on({}, 0);
  config.unix_socket = path;
  config.accepts_per_turn = 5;
  REQUIRE(site.listeners.open(config).ok());
  std::vector<Fd> clients;
  while (clients.size() < 20) {
    auto client = connect_unix(path);
    REQUIRE(client.ok());
    clients.push_back(*std::move(client));
  }
  REQUIRE(site.turn() == 1);
  REQUIRE(site.guests.connections.size() == 5);
  site.listeners.set_accepts_per_turn(100);
  REQUIRE(site.turn() == 1);
  REQUIRE(site.guests.connections.size() == clients.size());
}

TEST_CASE("out of descriptors, accepting rests, clients are served on, and accepting comes back") {
  // The check of a virtual call asks the system for descriptors, and takes their lack for a fault.
  if (mem::kSanitized) return;
  Site site;
  const uint16_t port = free_port();
  REQUIRE(site.listeners.open(on({"127.0.0.1"}, port)).ok());
  std::vector<Fd> clients;
  for (int i = 0; i < 5; ++i) clients.push_back(*connected("127.0.0.1", port));
  // Room for two of them.
  const Fd probe{::dup(0)};
  REQUIRE(probe);
  {
    DescriptorLimit limit;
    limit.set(static_cast<rlim_t>(probe.get()) + 3);
    for (int i = 0; i < 500; ++i) site.turn();
    REQUIRE(site.guests.connections.size() == 2);
    REQUIRE(site.listeners.refusals() == 1);

    // One more attempt per rest, one log line per interval.
    for (int i = 0; i < 9; ++i) {
      advance_ms(Listeners::kRestMs);
      for (int j = 0; j < 50; ++j) site.turn();
    }
    REQUIRE(site.listeners.refusals() == 10);
    REQUIRE(site.guests.connections[0].write("+OK\r\n").bytes == 5);
    advance_ms(Listeners::kRestMs);
    for (int j = 0; j < 50; ++j) site.turn();
    REQUIRE(site.listeners.refusals() == 11);
  }
  REQUIRE(occurrences(site.logged(), "# Accepting client connection: accept: Too many open files\n") == 2);
  advance_ms(Listeners::kRestMs);
  REQUIRE(site.accept(5) == 5);
}

TEST_CASE("changes and close are fine while accepting rests") {
  // The check of a virtual call asks the system for descriptors, and takes their lack for a fault.
  if (mem::kSanitized) return;
  Site site;
  const uint16_t port = free_port();
  const uint16_t other = free_port();
  REQUIRE(site.listeners.open(on({"127.0.0.1"}, port)).ok());
  const auto waiting = connected("127.0.0.1", port);
  const Fd probe{::dup(0)};
  {
    DescriptorLimit limit;
    limit.set(static_cast<rlim_t>(probe.get()) + 1);
    site.turn();
    REQUIRE(site.listeners.refusals() == 1);
  }
  REQUIRE(site.listeners.open(on({"127.0.0.1"}, other)).ok());
  const auto client = connected("127.0.0.1", other);
  REQUIRE(client.ok());
  for (int i = 0; i < 50; ++i) site.turn();
  REQUIRE(site.guests.connections.empty());
  advance_ms(Listeners::kRestMs);
  REQUIRE(site.accept(1) == 1);
  REQUIRE(site.loop->timers() == 0);

  const auto last = connected("127.0.0.1", other);
  {
    DescriptorLimit limit;
    limit.set(static_cast<rlim_t>(probe.get()) + 1);
    site.turn();
  }
  REQUIRE(site.loop->timers() == 1);
  site.listeners.close();
  REQUIRE(site.loop->timers() == 0);
}

TEST_CASE("a change keeps the sockets that stay, with their backlog") {
  Site site;
  const uint16_t port = free_port();
  REQUIRE(site.listeners.open(on({"127.0.0.1", "127.0.0.2"}, port)).ok());
  const auto waiting = connected("127.0.0.2", port);
  REQUIRE(waiting.ok());
  REQUIRE(site.listeners.open(on({"127.0.0.3", "127.0.0.2"}, port)).ok());
  REQUIRE(site.listeners.tcp_count() == 2);
  REQUIRE(site.accept(1) == 1);
  REQUIRE(site.guests.connections[0].peer_name() == local_name(waiting->get()));
  REQUIRE(connected("127.0.0.3", port).ok());
  REQUIRE(connected("127.0.0.1", port).error() == "connect: Connection refused");
}

TEST_CASE("a change of port opens the new one and closes the old one") {
  Site site;
  const uint16_t before = free_port();
  REQUIRE(site.listeners.open(on({"127.0.0.1"}, before)).ok());
  const uint16_t after = free_port();
  REQUIRE(site.listeners.open(on({"127.0.0.1"}, after)).ok());
  const auto client = connected("127.0.0.1", after);
  REQUIRE(client.ok());
  REQUIRE(site.accept(1) == 1);
  REQUIRE_FALSE(connected("127.0.0.1", before).ok());
  REQUIRE(site.listeners.open(on({"127.0.0.1"}, 0)).ok());
  REQUIRE(site.listeners.count() == 0);
}

TEST_CASE("a change that fails leaves everything as it was") {
  Site site;
  const uint16_t port = free_port();
  const std::string path = site.dir.file("redis.sock");
  ListenConfig config = on({"127.0.0.1"}, port);
  config.unix_socket = path;
  REQUIRE(site.listeners.open(config).ok());
  FdOrError other = listen_tcp("127.0.0.1", 0, 16);

  ListenConfig changed = config;
  changed.port = local_address(other.fd()).port();
  REQUIRE_FALSE(site.listeners.open(changed).ok());
  REQUIRE(site.listeners.count() == 2);
  const auto tcp = connected("127.0.0.1", port);
  REQUIRE(tcp.ok());
  const auto local = connect_unix(path);
  REQUIRE(local.ok());
  REQUIRE(site.accept(2) == 2);
}

TEST_CASE("one address of a port takes over from all of them, and back") {
  Site site;
  const uint16_t port = free_port();
  REQUIRE(site.listeners.open(on({"*"}, port)).ok());
  REQUIRE(site.listeners.open(on({"127.0.0.1"}, port)).ok());
  REQUIRE(connected("127.0.0.1", port).ok());
  REQUIRE_FALSE(connected("127.0.0.2", port).ok());
  REQUIRE(site.listeners.open(on({"*"}, port)).ok());
  REQUIRE(site.listeners.tcp_count() == 1);
  const auto client = connected("127.0.0.2", port);
  REQUIRE(client.ok());
  REQUIRE(site.accept(1) == 1);
}

TEST_CASE("a takeover that fails gives the port back") {
  Site site;
  const uint16_t port = free_port();
  REQUIRE(site.listeners.open(on({"*"}, port)).ok());
  REQUIRE_FALSE(site.listeners.open(on({"127.0.0.1", "203.0.113.7"}, port)).ok());
  REQUIRE(site.listeners.tcp_count() == 1);
  const auto client = connected("127.0.0.2", port);
  REQUIRE(client.ok());
  REQUIRE(site.accept(1) == 1);
}

TEST_CASE("paused listeners let connections wait") {
  Site site;
  const uint16_t port = free_port();
  REQUIRE(site.listeners.open(on({"127.0.0.1"}, port)).ok());
  site.listeners.pause();
  REQUIRE(site.listeners.paused());
  const auto client = connected("127.0.0.1", port);
  REQUIRE(client.ok());
  REQUIRE(site.turn() == 0);
  site.listeners.resume();
  REQUIRE_FALSE(site.listeners.paused());
  REQUIRE(site.accept(1) == 1);
}

TEST_CASE("an acceptor may close the listeners in mid-burst") {
  Site site;
  const uint16_t port = free_port();
  REQUIRE(site.listeners.open(on({"127.0.0.1"}, port)).ok());
  const auto first = connected("127.0.0.1", port);
  const auto second = connected("127.0.0.1", port);
  REQUIRE(second.ok());
  site.guests.on_accepted = [&] { site.listeners.close(); };
  for (int i = 0; i < 10; ++i) site.turn();
  REQUIRE(site.guests.connections.size() == 1);
  REQUIRE(site.listeners.count() == 0);
}

TEST_CASE("an acceptor may pause the listeners in mid-burst") {
  Site site;
  const uint16_t port = free_port();
  REQUIRE(site.listeners.open(on({"127.0.0.1"}, port)).ok());
  const auto first = connected("127.0.0.1", port);
  const auto second = connected("127.0.0.1", port);
  site.guests.on_accepted = [&] { site.listeners.pause(); };
  for (int i = 0; i < 10; ++i) site.turn();
  REQUIRE(site.guests.connections.size() == 1);
  site.listeners.resume();
  REQUIRE(site.accept(2) == 2);
}

TEST_CASE("closing in a child leaves the parent listening") {
  Site site;
  const std::string path = site.dir.file("redis.sock");
  const uint16_t port = free_port();
  ListenConfig config = on({"127.0.0.1"}, port);
  config.unix_socket = path;
  REQUIRE(site.listeners.open(config).ok());
  const pid_t child = ::fork();
  if (child == 0) {
    site.listeners.close_in_child();
    ::_exit(site.listeners.count() == 0 ? 0 : 1);
  }
  int status = -1;
  REQUIRE(::waitpid(child, &status, 0) == child);
  REQUIRE(status == 0);
  const auto tcp = connected("127.0.0.1", port);
  const auto local = connect_unix(path);
  REQUIRE(local.ok());
  REQUIRE(site.accept(2) == 2);
}

TEST_CASE("a descriptor beyond the set of the loop fails the opening") {
  TempDir dir;
  Logger log;
  REQUIRE(log.set_file(dir.file("log")).ok());
  const auto loop = *ae::EventLoop::create(4096);
  REQUIRE(loop->resize_set_size(1).ok());
  Guests guests;
  Listeners listeners{*loop, guests, log};
  const uint16_t port = free_port();
  REQUIRE(listeners.open(on({"127.0.0.1"}, port)).error() ==
          "Unrecoverable error creating TCP socket accept handler.");
  REQUIRE(listeners.count() == 0);
  REQUIRE_FALSE(connected("127.0.0.1", port).ok());
}

}  // namespace
}  // namespace redpoll::net
