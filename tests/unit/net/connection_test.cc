#include "net/connection.h"

#include <poll.h>
#include <sys/socket.h>

#include <catch2/catch.hpp>
#include <cerrno>
#include <string>
#include <vector>

#include "unit/net/net_test_support.h"

namespace redpoll::net {
namespace {

using testing::connected;
using testing::TempDir;

struct Pair {
  Connection ours;
  Fd theirs;
};

Pair tcp_pair() {
  FdOrError listening = listen_tcp("127.0.0.1", 0, 16);
  REQUIRE(listening.ok());
  auto client = connected("127.0.0.1", local_address(listening.fd()).port());
  REQUIRE(client.ok());
  pollfd wait{.fd = listening.fd(), .events = POLLIN, .revents = 0};
  REQUIRE(::poll(&wait, 1, 2000) == 1);
  Address peer;
  FdOrError accepted = accept_from(listening.fd(), peer);
  REQUIRE(accepted.ok());
  return {Connection{accepted.take(), peer}, *std::move(client)};
}

void await_readable(int fd) {
  pollfd wait{.fd = fd, .events = POLLIN, .revents = 0};
  REQUIRE(::poll(&wait, 1, 2000) == 1);
}

void send_text(const Fd& from, std::string_view text) {
  REQUIRE(::send(from.get(), text.data(), text.size(), 0) == static_cast<ssize_t>(text.size()));
}

// Ends a connection so that the other side gets a reset.
void reset(Fd& fd) {
  const linger now{.l_onoff = 1, .l_linger = 0};
  REQUIRE(::setsockopt(fd.get(), SOL_SOCKET, SO_LINGER, &now, sizeof now) == 0);
  fd.reset();
}

iovec piece(std::string_view text) { return {const_cast<char*>(text.data()), text.size()}; }

TEST_CASE("a connection reads what is there, then would block") {
  Pair p = tcp_pair();
  char buffer[64];
  REQUIRE(p.ours.read(buffer).would_block());
  send_text(p.theirs, "PING\r\n");
  await_readable(p.ours.fd());
  const IoResult got = p.ours.read(buffer);
  REQUIRE(got.ok());
  REQUIRE(std::string(buffer, got.bytes) == "PING\r\n");
  REQUIRE(p.ours.read(buffer).would_block());
}

TEST_CASE("pieces are written in order") {
  Pair p = tcp_pair();
  const std::vector<iovec> pieces = {piece("+O"), piece(""), piece("K\r"), piece("\n")};
  REQUIRE(p.ours.write(pieces).bytes == 5);
  REQUIRE(p.ours.write(std::vector<iovec>{piece("$-1\r\n")}).bytes == 5);
  REQUIRE(p.ours.write(":1\r\n").bytes == 4);
  std::string got;
  char buffer[64];
  while (got.size() < 14) {
    await_readable(p.theirs.get());
    const ssize_t n = ::read(p.theirs.get(), buffer, sizeof buffer);
    REQUIRE(n > 0);
    got.append(buffer, static_cast<size_t>(n));
  }
  REQUIRE(got == "+OK\r\n$-1\r\n:1\r\n");
}

TEST_CASE("more pieces than IOV_MAX are taken in part") {
  Pair p = tcp_pair();
  const std::vector<iovec> pieces(3000, piece("x"));
  const IoResult wrote = p.ours.write(pieces);
  REQUIRE(wrote.ok());
  REQUIRE(wrote.bytes == 1024);
}

TEST_CASE("writing to a peer that does not read would block in the end") {
  Pair p = tcp_pair();
  const std::string block(1 << 20, 'x');
  IoResult wrote;
  size_t total = 0;
  for (int i = 0; i < 1000 && (wrote = p.ours.write(block)).ok(); ++i) total += wrote.bytes;
  REQUIRE(wrote.would_block());
  REQUIRE(total > 0);
}

TEST_CASE("a half-closed peer gives eof and still gets replies") {
  Pair p = tcp_pair();
  send_text(p.theirs, "last");
  REQUIRE(::shutdown(p.theirs.get(), SHUT_WR) == 0);
  await_readable(p.ours.fd());
  char buffer[64];
  REQUIRE(p.ours.read(buffer).bytes == 4);
  REQUIRE_FALSE(p.ours.read_closed());
  await_readable(p.ours.fd());
  REQUIRE(p.ours.read(buffer).eof());
  REQUIRE(p.ours.read_closed());
  REQUIRE(p.ours.write("+OK\r\n").bytes == 5);
  await_readable(p.theirs.get());
  REQUIRE(::read(p.theirs.get(), buffer, sizeof buffer) == 5);
}

TEST_CASE("a reset is an error with its reason, and the peer stays known") {
  Pair p = tcp_pair();
  const std::string name = local_name(p.theirs.get());
  reset(p.theirs);
  await_readable(p.ours.fd());
  char buffer[64];
  const IoResult got = p.ours.read(buffer);
  REQUIRE(got.failed());
  REQUIRE(got.text() == "Connection reset by peer");
  REQUIRE(p.ours.peer_name() == name);
}

TEST_CASE("writing to a closed socket fails without a signal") {
  Pair p = tcp_pair();
  REQUIRE(::shutdown(p.ours.fd(), SHUT_WR) == 0);
  const IoResult wrote = p.ours.write("x");
  REQUIRE(wrote.failed());
  REQUIRE(wrote.text() == "Broken pipe");
  REQUIRE(p.ours.write(std::vector<iovec>{piece("x"), piece("y")}).text() == "Broken pipe");
}

TEST_CASE("a connection knows its ends") {
  Pair p = tcp_pair();
  REQUIRE(p.ours.peer_name() == local_name(p.theirs.get()));
  REQUIRE(p.ours.local_name() == peer_name(p.theirs.get()));
  REQUIRE(p.ours.is_loopback());
  REQUIRE(p.ours.is_local());
  REQUIRE_FALSE(p.ours.is_unix());
  const std::string listener = peer_name(p.theirs.get());
  REQUIRE(Connection{std::move(p.theirs)}.peer_name() == listener);
}

TEST_CASE("a Unix connection is local and named by its path") {
  const TempDir dir;
  const std::string path = dir.file("redis.sock");
  FdOrError listening = listen_unix(path, 0, 16);
  REQUIRE(listening.ok());
  const auto client = connect_unix(path);
  REQUIRE(client.ok());
  Address peer;
  FdOrError accepted = accept_from(listening.fd(), peer);
  REQUIRE(accepted.ok());
  const Connection ours{accepted.take(), peer};
  REQUIRE(ours.is_unix());
  REQUIRE(ours.is_local());
  REQUIRE_FALSE(ours.is_loopback());
  REQUIRE(ours.peer_name() == path + ":0");
  REQUIRE(ours.local_name() == path + ":0");
}

TEST_CASE("closing gives the descriptor back") {
  Pair p = tcp_pair();
  p.ours.close();
  REQUIRE_FALSE(p.ours.open());
  await_readable(p.theirs.get());
  char byte;
  REQUIRE(::read(p.theirs.get(), &byte, 1) == 0);
}

}  // namespace
}  // namespace redpoll::net
