#include "net/anet.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <vector>

#include "unit/net/net_test_support.h"

namespace redpoll::net {
namespace {

using testing::connected;
using testing::free_port;
using testing::has_ipv6;
using testing::TempDir;

int option(int fd, int level, int name) {
  int value = -1;
  socklen_t size = sizeof value;
  REQUIRE(::getsockopt(fd, level, name, &value, &size) == 0);
  return value;
}

bool is_open(int fd) { return ::fcntl(fd, F_GETFD) >= 0; }

mode_t mode_of(const std::string& path) {
  struct stat status;
  REQUIRE(::lstat(path.c_str(), &status) == 0);
  return status.st_mode;
}

// Waits for the connection that is on its way.
Fd accepted_by(int listening_fd, Address& peer) {
  pollfd wait{.fd = listening_fd, .events = POLLIN, .revents = 0};
  REQUIRE(::poll(&wait, 1, 2000) == 1);
  FdOrError accepted = accept_from(listening_fd, peer);
  REQUIRE(accepted.ok());
  return accepted.take();
}

TEST_CASE("Fd closes what it owns, once") {
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  {
    Fd first{ends[0]};
    Fd second = std::move(first);
    REQUIRE_FALSE(first);
    REQUIRE(second.get() == ends[0]);
    REQUIRE(is_open(ends[0]));
    second = Fd{ends[1]};
    REQUIRE_FALSE(is_open(ends[0]));
  }
  REQUIRE_FALSE(is_open(ends[1]));
}

TEST_CASE("Fd releases without closing") {
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  int raw;
  {
    Fd owner{ends[0]};
    raw = owner.release();
  }
  REQUIRE(is_open(raw));
  ::close(ends[0]);
  ::close(ends[1]);
}

TEST_CASE("sockets are non-blocking and closed on exec") {
  FdOrError listening = listen_tcp("127.0.0.1", 0, 16);
  REQUIRE(listening.ok());
  const auto client = connected("127.0.0.1", local_address(listening.fd()).port());
  REQUIRE(client.ok());
  Address peer;
  const Fd accepted = accepted_by(listening.fd(), peer);
  for (const int fd : {listening.fd(), client->get(), accepted.get()}) {
    REQUIRE((::fcntl(fd, F_GETFL) & O_NONBLOCK) != 0);
    REQUIRE((::fcntl(fd, F_GETFD) & FD_CLOEXEC) != 0);
  }
}

TEST_CASE("names tell both ends of an IPv4 connection") {
  FdOrError listening = listen_tcp("127.0.0.1", 0, 16);
  REQUIRE(listening.ok());
  const uint16_t port = local_address(listening.fd()).port();
  const auto client = connected("127.0.0.1", port);
  REQUIRE(client.ok());
  Address peer;
  const Fd accepted = accepted_by(listening.fd(), peer);
  REQUIRE(peer_name(client->get()) == "127.0.0.1:" + std::to_string(port));
  REQUIRE(local_name(accepted.get()) == peer_name(client->get()));
  REQUIRE(peer.text() == local_name(client->get()));
  REQUIRE(peer == peer_address(accepted.get()));
  REQUIRE(peer_name(listening.fd()) == "?:0");
  REQUIRE(peer_name(-1) == "?:0");
}

TEST_CASE("names tell both ends of an IPv6 connection") {
  if (!has_ipv6()) {
    WARN("no IPv6 on this machine: skipped");
    return;
  }
  FdOrError listening = listen_tcp("::1", 0, 16);
  REQUIRE(listening.ok());
  const uint16_t port = local_address(listening.fd()).port();
  const auto client = connected("::1", port);
  REQUIRE(client.ok());
  Address peer;
  const Fd accepted = accepted_by(listening.fd(), peer);
  REQUIRE(local_name(accepted.get()) == "[::1]:" + std::to_string(port));
  REQUIRE(peer.family() == Family::ipv6);
  REQUIRE(peer.is_loopback());
}

TEST_CASE("all IPv4 and all IPv6 addresses can be listened on at one port") {
  if (!has_ipv6()) {
    WARN("no IPv6 on this machine: skipped");
    return;
  }
  FdOrError four = listen_tcp("*", 0, 16);
  REQUIRE(four.ok());
  const uint16_t port = local_address(four.fd()).port();
  FdOrError six = listen_tcp("::*", port, 16);
  REQUIRE(six.ok());
  REQUIRE(option(six.fd(), IPPROTO_IPV6, IPV6_V6ONLY) == 1);
  REQUIRE(connected("127.0.0.1", port).ok());
  REQUIRE(connected("::1", port).ok());
}

// The texts were compared with what redis-server 7.0.15 logs.
TEST_CASE("listening errors say which call failed and why") {
  FdOrError first = listen_tcp("127.0.0.1", 0, 16);
  REQUIRE(first.ok());
  FdOrError second = listen_tcp("127.0.0.1", local_address(first.fd()).port(), 16);
  REQUIRE(second.error() == "bind: Address already in use");
  REQUIRE(second.error_number() == EADDRINUSE);
  REQUIRE(listen_tcp("203.0.113.7", free_port(), 16).error() == "bind: Cannot assign requested address");
  REQUIRE(listen_tcp("300.1.1.1", free_port(), 16).error() == "Name or service not known");
  REQUIRE(listen_tcp("::zz", free_port(), 16).error() == "Name or service not known");
}

TEST_CASE("accepting with nobody there is EAGAIN") {
  FdOrError listening = listen_tcp("127.0.0.1", 0, 16);
  Address peer;
  REQUIRE(accept_from(listening.fd(), peer).error_number() == EAGAIN);
  REQUIRE(accept_from(-1, peer).error() == "accept: Bad file descriptor");
}

TEST_CASE("a Unix socket gets the permissions asked for") {
  const TempDir dir;
  const std::string path = dir.file("redis.sock");
  {
    FdOrError socket = listen_unix(path, 0750, 16);
    REQUIRE(socket.ok());
    REQUIRE((mode_of(path) & 07777) == 0750);
    REQUIRE(S_ISSOCK(mode_of(path)));
    REQUIRE(local_name(socket.fd()) == path + ":0");
  }
  ::unlink(path.c_str());
  const mode_t before = ::umask(027);
  FdOrError socket = listen_unix(path, 0, 16);
  ::umask(before);
  REQUIRE(socket.ok());
  REQUIRE((mode_of(path) & 0777) == 0750);
}

TEST_CASE("both ends of a Unix connection are named by the path") {
  const TempDir dir;
  const std::string path = dir.file("redis.sock");
  FdOrError listening = listen_unix(path, 0, 16);
  REQUIRE(listening.ok());
  const auto client = connect_unix(path);
  REQUIRE(client.ok());
  Address peer;
  const Fd accepted = accepted_by(listening.fd(), peer);
  REQUIRE(peer.family() == Family::local);
  REQUIRE(local_name(accepted.get()) == path + ":0");
  REQUIRE(local_path(accepted.get()) == path);
}

TEST_CASE("a socket file that nobody serves is replaced") {
  const TempDir dir;
  const std::string path = dir.file("redis.sock");
  { REQUIRE(listen_unix(path, 0, 16).ok()); }
  REQUIRE(S_ISSOCK(mode_of(path)));
  FdOrError again = listen_unix(path, 0, 16);
  REQUIRE(again.ok());
  REQUIRE(connect_unix(path).ok());
}

TEST_CASE("a socket file that is served is refused and left alone") {
  const TempDir dir;
  const std::string path = dir.file("redis.sock");
  FdOrError first = listen_unix(path, 0, 16);
  REQUIRE(first.ok());
  REQUIRE(listen_unix(path, 0, 16).error() ==
          "bind: Address already in use (" + path + " is served by another process)");
  REQUIRE(connect_unix(path).ok());
}

TEST_CASE("a served socket whose backlog is full is not taken for stale") {
  const TempDir dir;
  const std::string path = dir.file("redis.sock");
  FdOrError first = listen_unix(path, 0, 0);
  std::vector<Fd> waiting;
  for (auto c = connect_unix(path); c.ok(); c = connect_unix(path)) waiting.push_back(*std::move(c));
  REQUIRE_FALSE(listen_unix(path, 0, 16).ok());
  REQUIRE(S_ISSOCK(mode_of(path)));
}

TEST_CASE("a file that is no socket is refused and left alone") {
  const TempDir dir;
  const std::string path = dir.file("dump.rdb");
  std::ofstream(path) << "precious";
  REQUIRE(listen_unix(path, 0, 16).error() == "bind: Address already in use (" + path + " is not a socket)");
  REQUIRE(testing::content_of(path) == "precious");
}

TEST_CASE("Unix socket errors say which call failed and why") {
  const TempDir dir;
  REQUIRE(listen_unix(dir.file("no/x.sock"), 0, 16).error() == "bind: No such file or directory");
  const std::string long_path(127, 'a');
  const std::string too_long = "unix socket path too long (127), must be under 108";
  REQUIRE(listen_unix(long_path, 0, 16).error() == too_long);
  REQUIRE(connect_unix(long_path).error() == too_long);
  REQUIRE(connect_unix(dir.file("none")).error() == "connect: No such file or directory");
}

TEST_CASE("a backlog above somaxconn is warned of") {
  const TempDir dir;
  const std::string path = dir.file("somaxconn");
  std::ofstream(path) << "128\n";
  REQUIRE(
      backlog_warning(511, path.c_str()) ==
      "WARNING: The TCP backlog setting of 511 cannot be enforced because /proc/sys/net/core/somaxconn is "
      "set to the lower value of 128.");
  REQUIRE(backlog_warning(128, path.c_str()).empty());
  REQUIRE(backlog_warning(511, dir.file("none").c_str()).empty());
}

TEST_CASE("a refused connect is reported with its reason") {
  REQUIRE(connected("127.0.0.1", free_port()).error() == "connect: Connection refused");
}

TEST_CASE("a connect that nobody answers times out") {
  FdOrError listening = listen_tcp("127.0.0.1", 0, 0);
  const uint16_t port = local_address(listening.fd()).port();
  // With the backlog full, Linux drops further requests to connect.
  std::vector<Fd> waiting;
  std::string error;
  for (int i = 0; i < 8 && error.empty(); ++i) {
    auto client = connected("127.0.0.1", port, 50);
    if (client.ok()) {
      waiting.push_back(*std::move(client));
    } else {
      error = client.error();
    }
  }
  REQUIRE(error == "connect: Connection timed out");
}

TEST_CASE("a connect comes from the source address asked for") {
  FdOrError listening = listen_tcp("127.0.0.1", 0, 16);
  const uint16_t port = local_address(listening.fd()).port();
  const auto client = connect_tcp("127.0.0.1", port, "127.0.0.5");
  REQUIRE(client.ok());
  Address peer;
  const Fd accepted = accepted_by(listening.fd(), peer);
  REQUIRE(peer.ip() == "127.0.0.5");
  REQUIRE(connect_tcp("127.0.0.1", port, "203.0.113.7").error() == "bind: Cannot assign requested address");
  REQUIRE(connect_tcp("127.0.0.1", port, "::1").error() == "Address family for hostname not supported");
}

TEST_CASE("sock_error tells the pending error once") {
  const auto client = connect_tcp("127.0.0.1", free_port());
  if (client.ok()) {
    pollfd wait{.fd = client->get(), .events = POLLOUT, .revents = 0};
    REQUIRE(::poll(&wait, 1, 2000) == 1);
    REQUIRE(sock_error(client->get()) == "Connection refused");
    REQUIRE(sock_error(client->get()).empty());
  } else {
    REQUIRE(client.error() == "connect: Connection refused");
  }
  REQUIRE(sock_error(-1) == "Bad file descriptor");
}

TEST_CASE("resolve gives an address for names and numbers") {
  REQUIRE(*resolve("127.0.0.1") == "127.0.0.1");
  REQUIRE(*resolve("::1", Lookup::numeric_only) == "::1");
  const auto local = resolve("localhost");
  REQUIRE(local.ok());
  REQUIRE((*local == "127.0.0.1" || *local == "::1"));
  REQUIRE(resolve("localhost", Lookup::numeric_only).error() == "Name or service not known");
}

TEST_CASE("options reach the socket") {
  FdOrError socket = listen_tcp("127.0.0.1", 0, 16);
  const int fd = socket.fd();
  REQUIRE(set_no_delay(fd, true).ok());
  REQUIRE(option(fd, IPPROTO_TCP, TCP_NODELAY) == 1);
  REQUIRE(set_no_delay(fd, false).ok());
  REQUIRE(option(fd, IPPROTO_TCP, TCP_NODELAY) == 0);

  REQUIRE(set_keep_alive(fd, 300).ok());
  REQUIRE(option(fd, SOL_SOCKET, SO_KEEPALIVE) == 1);
  REQUIRE(option(fd, IPPROTO_TCP, TCP_KEEPIDLE) == 300);
  REQUIRE(option(fd, IPPROTO_TCP, TCP_KEEPINTVL) == 100);
  REQUIRE(option(fd, IPPROTO_TCP, TCP_KEEPCNT) == 3);
  REQUIRE(set_keep_alive(fd, 1).ok());
  REQUIRE(option(fd, IPPROTO_TCP, TCP_KEEPINTVL) == 1);
  REQUIRE(set_keep_alive(fd, 0).ok());
  REQUIRE(option(fd, SOL_SOCKET, SO_KEEPALIVE) == 0);

  REQUIRE(set_keep_alive(-1, 300).error() == "setsockopt SO_KEEPALIVE: Bad file descriptor");
  REQUIRE(set_no_delay(-1, true).error() == "setsockopt TCP_NODELAY: Bad file descriptor");
  REQUIRE(set_non_blocking(-1).error() == "fcntl(F_GETFL): Bad file descriptor");
}

TEST_CASE("set_non_blocking makes any descriptor non-blocking") {
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  const Fd in{ends[0]};
  const Fd out{ends[1]};
  REQUIRE(set_non_blocking(in.get()).ok());
  char byte;
  REQUIRE(::read(in.get(), &byte, 1) == -1);
  REQUIRE(errno == EAGAIN);
}

}  // namespace
}  // namespace redpoll::net
