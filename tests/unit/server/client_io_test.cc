// What is read from sockets, and when: clients at one end of a pair of sockets, turns of the loop one by one.
#include "server/client_io.h"

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <string>
#include <utility>

#include "dispatcher_fixture.h"

namespace redpoll::server {

namespace {

struct ClientIoFixture {
  session::Client& connect() {
    int ends[2];
    REQUIRE(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends) == 0);
    peer = net::Fd(ends[0]);
    io.accepted(net::Connection(net::Fd(ends[1])));
    session::Client* last = nullptr;
    base.parts.base.clients.each([&last](session::Client& client) { last = &client; });
    return *last;
  }
  void turn() {
    base.host.begin_turn();
    base.parts.base.loop->run_once(ae::Turn::files | ae::Turn::dont_wait | ae::Turn::no_hooks);
    io.run_collected();
    io.resume();
    io.end_turn();
  }

  DispatcherFixture base;
  // Each batch takes longer than a client's share of a turn.
  Dispatcher hurried{
      {base.commands, base.parts.base.executor, base.parts.base.session, base.resumer, TickRate(1)}};
  ClientIo io{base.parts.base.session, base.resumer, hurried};
  net::Fd peer;
};

}  // namespace

TEST_CASE("What a client sends faster than it is served waits in its socket") {
  ClientIoFixture t;
  session::Client& client = t.connect();
  constexpr size_t kRequests = 20'000;
  std::string input;
  for (size_t i = 0; i < kRequests; ++i) input += "INCR k\r\n";
  size_t sent = 0, held = 0, turns = 0;
  while (t.base.stats("incr").calls < kRequests && turns++ < kRequests) {
    const ssize_t n = write(t.peer.get(), input.data() + sent, input.size() - sent);
    if (n > 0) sent += static_cast<size_t>(n);
    t.turn();
    held = std::max(held, client.pending.size());
    char replies[4096];
    while (read(t.peer.get(), replies, sizeof replies) > 0) {}
  }
  REQUIRE(t.base.stats("incr").calls == kRequests);
  REQUIRE(held > 0);
  REQUIRE(held <= 2 * ClientIo::kReadBytes);
}

TEST_CASE("Much that was sent behind a wait is run as it was sent, with large values across its pieces") {
  ClientIoFixture t;
  session::Client& client = t.connect();
  const auto bulk = [](const std::string& text) {
    return "$" + std::to_string(text.size()) + "\r\n" + text + "\r\n";
  };
  std::string requests = "BLPOP nokey 0\r\n", expected = "*2\r\n$5\r\nnokey\r\n$1\r\nx\r\n";
  for (size_t i = 1; i <= 60; ++i) {
    const std::string value(i * 1777, static_cast<char>('a' + i % 26));
    requests += "*3\r\n" + bulk("APPEND") + bulk("k") + bulk(value) + "*2\r\n" + bulk("ECHO") + bulk(value);
    requests += "*4\r\n" + bulk("RPUSH") + bulk("l") + bulk("1") + bulk("2");
    expected += ":" + std::to_string(1777 * i * (i + 1) / 2) + "\r\n" + bulk(value);
    expected += ":" + std::to_string(2 * i) + "\r\n";
  }
  size_t sent = 0;
  std::string replies;
  const auto exchange = [&] {
    const ssize_t n = write(t.peer.get(), requests.data() + sent, requests.size() - sent);
    if (n > 0) sent += static_cast<size_t>(n);
    t.turn();
    char some[16384];
    for (ssize_t got; (got = read(t.peer.get(), some, sizeof some)) > 0;) {
      replies.append(some, static_cast<size_t>(got));
    }
  };
  while (sent < requests.size()) exchange();
  for (int i = 0; i < 100; ++i) exchange();
  REQUIRE(replies.empty());
  REQUIRE(client.pending.size() > 10 * session::InputBuffer::kPiece);
  REQUIRE(client.pending.goes_on());
  net::Fd waiting = std::move(t.peer);
  t.connect();
  const net::Fd other = std::exchange(t.peer, std::move(waiting));
  REQUIRE(write(other.get(), "RPUSH nokey x\r\n", 15) == 15);
  for (int i = 0; i < 10'000 && replies.size() < expected.size(); ++i) exchange();
  REQUIRE((replies == expected));
  REQUIRE(client.pending.empty());
}

TEST_CASE("A client that ends its side is served to the end first") {
  ClientIoFixture t;
  t.connect();
  const std::string requests = "INCR k\r\nINCR k\r\nINCR k\r\nINCR k\r\n";
  for (int i = 0; i < 50; ++i) REQUIRE(write(t.peer.get(), requests.data(), requests.size()) == 32);
  REQUIRE(shutdown(t.peer.get(), SHUT_WR) == 0);
  for (int i = 0; i < 20; ++i) t.turn();
  REQUIRE(t.base.stats("incr").calls == 200);
  REQUIRE(t.base.parts.base.clients.size() == 1);  // the fixture's own
  std::string replies(8192, '\0');
  const ssize_t n = read(t.peer.get(), replies.data(), replies.size());
  REQUIRE(n > 0);
  replies.resize(static_cast<size_t>(n));
  REQUIRE(replies.ends_with(":200\r\n"));
}

}  // namespace redpoll::server
