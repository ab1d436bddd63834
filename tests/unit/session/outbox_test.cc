#include "session/outbox.h"

#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <catch2/catch.hpp>
#include <string>

#include "session/client_reply.h"
#include "support/session_fixture.h"

namespace redpoll::testing {

using session::Client;
using session::ClientReply;
using session::Outbox;

namespace {

// Clients whose other ends the test holds.
struct OutboxFixture : SessionFixture {
  explicit OutboxFixture(config::Settings settings = {}) : SessionFixture(std::move(settings)) {
    outbox.on_ready = ae::FileHandler::to<&OutboxFixture::ready>(this);
  }
  void ready(int, ae::Interest) {}

  struct Peer {
    Client& client;
    net::Fd end;

    // What has come since the last call.
    std::string received() const {
      std::string all;
      std::array<char, 65536> bytes;
      for (ssize_t n; (n = ::recv(end.get(), bytes.data(), bytes.size(), MSG_DONTWAIT)) > 0;) {
        all.append(bytes.data(), static_cast<size_t>(n));
      }
      return all;
    }
  };
  Peer connect_peer() {
    int ends[2];
    REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends) == 0);
    Client& client = clients.add(net::Connection(net::Fd(ends[0]), net::Address{}), mono_now());
    client.set_authenticated(true);
    return {client, net::Fd(ends[1])};
  }
  void say(Client& client, std::string_view text) {
    ClientReply out(outbox, client);
    out.bulk(text);
    out.request_done();
  }
};

}  // namespace

TEST_CASE("What is written to a client leaves when the turn ends, in order") {
  OutboxFixture t;
  auto a = t.connect_peer(), b = t.connect_peer();
  t.say(a.client, "1");
  t.say(b.client, "2");
  t.say(a.client, "3");
  REQUIRE(a.received().empty());
  t.outbox.flush();
  REQUIRE(a.received() == bulk_reply("1") + bulk_reply("3"));
  REQUIRE(b.received() == bulk_reply("2"));
  REQUIRE_FALSE(a.client.in_write_queue);
  REQUIRE(a.client.output_bytes == 14);
  REQUIRE(t.stats.writes_processed == 2);
}

TEST_CASE("As soon as a group of clients has something, it is sent") {
  OutboxFixture t;
  std::vector<OutboxFixture::Peer> peers;
  for (size_t i = 0; i < Outbox::kGroup; ++i) peers.push_back(t.connect_peer());
  for (size_t i = 0; i + 1 < Outbox::kGroup; ++i) t.say(peers[i].client, "x");
  t.outbox.send_group();
  REQUIRE(peers[0].received().empty());
  t.say(peers.back().client, "x");
  t.outbox.send_group();
  for (const auto& peer : peers) REQUIRE(peer.received() == bulk_reply("x"));
}

TEST_CASE("Replies that are held leave when their offset is reached, and those of others meanwhile") {
  OutboxFixture t;
  auto a = t.connect_peer(), b = t.connect_peer(), c = t.connect_peer();
  t.say(a.client, "a");
  t.outbox.hold(a.client, 10);
  t.say(b.client, "b");
  t.outbox.hold(b.client, 20);
  t.say(c.client, "c");
  t.outbox.flush();
  REQUIRE(c.received() == bulk_reply("c"));
  REQUIRE(a.received() + b.received() == "");
  t.say(a.client, "behind");
  t.outbox.flush();
  REQUIRE(a.received().empty());
  t.outbox.reached(9);
  t.outbox.flush();
  REQUIRE(a.received().empty());
  t.outbox.reached(10);
  t.outbox.flush();
  REQUIRE(a.received() == bulk_reply("a") + bulk_reply("behind"));
  REQUIRE(b.received().empty());
  t.outbox.reached(25);
  t.outbox.flush();
  REQUIRE(b.received() == bulk_reply("b"));
}

TEST_CASE("An offset that is reached holds nothing, and the last of several counts") {
  OutboxFixture t;
  auto a = t.connect_peer();
  t.outbox.reached(10);
  t.say(a.client, "1");
  t.outbox.hold(a.client, 10);
  t.outbox.flush();
  REQUIRE(a.received() == bulk_reply("1"));
  t.say(a.client, "2");
  t.outbox.hold(a.client, 12);
  t.outbox.hold(a.client, 11);
  t.outbox.hold(a.client, 15);
  t.outbox.reached(14);
  t.outbox.flush();
  REQUIRE(a.received().empty());
  t.outbox.reached(5);
  t.outbox.reached(15);
  t.outbox.flush();
  REQUIRE(a.received() == bulk_reply("2"));
}

TEST_CASE("A client that went while it was held is not sent to") {
  OutboxFixture t;
  auto a = t.connect_peer();
  t.say(a.client, "1");
  t.outbox.hold(a.client, 5);
  t.outbox.forget(a.client);
  t.clients.close(a.client);
  for (const session::ClientId id : t.clients.take_closing()) t.clients.remove(id);
  t.outbox.reached(5);
  t.outbox.flush();
  REQUIRE(a.received().empty());
}

TEST_CASE("What a socket does not take waits until it does") {
  OutboxFixture t;
  auto a = t.connect_peer();
  const std::string large(400'000, 'x');
  t.say(a.client, large);
  t.outbox.flush();
  REQUIRE(a.client.waits_for_writable);
  std::string got = a.received();
  REQUIRE(got.size() < large.size());
  t.say(a.client, "behind");
  t.outbox.flush();
  for (int i = 0; i < 100 && a.client.waits_for_writable; ++i) {
    t.outbox.writable(a.client);
    got += a.received();
  }
  REQUIRE(got == bulk_reply(large) + bulk_reply("behind"));
  REQUIRE_FALSE(a.client.waits_for_writable);
}

TEST_CASE("A socket is not watched while its client is held, although it takes bytes again") {
  OutboxFixture t;
  auto a = t.connect_peer();
  const std::string large(400'000, 'x');
  t.say(a.client, large);
  t.outbox.flush();
  t.outbox.hold(a.client, 7);
  std::string got = a.received();
  t.outbox.writable(a.client);
  REQUIRE_FALSE(a.client.waits_for_writable);
  REQUIRE(a.received().empty());
  t.outbox.reached(7);
  t.outbox.flush();
  for (int i = 0; i < 100 && a.client.waits_for_writable; ++i) {
    got += a.received();
    t.outbox.writable(a.client);
  }
  REQUIRE(got + a.received() == bulk_reply(large));
}

TEST_CASE("A client that is to go after its replies goes when they are out") {
  OutboxFixture t;
  auto a = t.connect_peer();
  t.say(a.client, "bye");
  a.client.end_after_replies();
  t.outbox.post(a.client);
  REQUIRE_FALSE(a.client.closing);
  t.outbox.flush();
  REQUIRE(a.received() == bulk_reply("bye"));
  REQUIRE(a.client.closing);
}

TEST_CASE("What a client may leave unread is said for its class, and is little without a password") {
  using config::ClientClass;
  config::Settings settings;
  settings.output_limits[static_cast<size_t>(ClientClass::normal)] = {.hard = 1'000'000};
  settings.output_limits[static_cast<size_t>(ClientClass::pubsub)] = {.hard = 2'000'000};
  settings.output_limits[static_cast<size_t>(ClientClass::replica)] = {.hard = 3'000'000};
  OutboxFixture t(settings);
  using Kind = session::ClientKind;
  const auto limit_of = [&](Kind kind) {
    t.me.kind = kind;
    return t.outbox.hard_limit(t.me);
  };
  REQUIRE(limit_of(Kind::normal) == 1'000'000);
  REQUIRE(limit_of(Kind::pubsub) == 2'000'000);
  REQUIRE(limit_of(Kind::replica) == 3'000'000);
  REQUIRE(limit_of(Kind::master) == 1'000'000);
  t.me.set_authenticated(false);
  REQUIRE(limit_of(Kind::normal) == 64 * 1024);
}

TEST_CASE("Where no limit is set, an eighth of the memory is one, and no more than a gigabyte") {
  OutboxFixture t;
  REQUIRE(t.outbox.hard_limit(t.me) == SIZE_MAX);
  t.outbox.set_memory(0);
  REQUIRE(t.outbox.hard_limit(t.me) == SIZE_MAX);
  t.outbox.set_memory(800'000);
  REQUIRE(t.outbox.hard_limit(t.me) == 100'000);
  t.outbox.set_memory(Bytes{1} << 40);
  REQUIRE(t.outbox.hard_limit(t.me) == 1 << 30);
}

TEST_CASE("When all clients together hold too much, those go that hold the most") {
  OutboxFixture t;
  t.outbox.set_memory(8'000'000);
  std::vector<OutboxFixture::Peer> peers;
  for (size_t i = 0; i < 10; ++i) {
    peers.push_back(t.connect_peer());
    t.say(peers[i].client, std::string(50'000 + 5'000 * i, 'x'));
    t.outbox.relieve();
  }
  // Another million may come, and two are all.
  REQUIRE(t.stats.output_buffer_limit_disconnections == 0);
  REQUIRE(t.pool.lent_bytes() < 1'000'000);
  for (size_t i = 10; i < 15; ++i) {
    peers.push_back(t.connect_peer());
    t.say(peers[i].client, std::string(60'000, 'x'));
    t.outbox.relieve();
    REQUIRE(t.pool.lent_bytes() + t.pool.referred_bytes() <= 1'000'000);
  }
  REQUIRE(t.stats.output_buffer_limit_disconnections > 0);
  REQUIRE(peers[9].client.closing);
  REQUIRE(peers[9].client.replies.empty());
  REQUIRE_FALSE(peers[0].client.closing);
  REQUIRE_FALSE(peers[14].client.closing);
  // What is allowed to one by name is allowed to all.
  t.config.adjust([](config::Settings& s) { s.output_limits[0].hard = 5'000'000; });
  const auto closed = t.stats.output_buffer_limit_disconnections;
  for (size_t i = 0; i < 10; ++i) t.say(t.connect_peer().client, std::string(60'000, 'x'));
  t.outbox.relieve();
  REQUIRE(t.stats.output_buffer_limit_disconnections == closed);
}

TEST_CASE("A client beyond its limit is dropped, with what it had before counted in") {
  config::Settings settings;
  settings.output_limits[static_cast<size_t>(config::ClientClass::normal)] = {.hard = 100'000};
  OutboxFixture t(settings);
  auto a = t.connect_peer();
  t.say(a.client, std::string(60'000, 'x'));
  REQUIRE_FALSE(a.client.closing);
  t.say(a.client, std::string(60'000, 'x'));
  REQUIRE(a.client.closing);
  REQUIRE(t.pool.lent_bytes() == 0);
  REQUIRE(t.stats.output_buffer_limit_disconnections == 1);
  t.outbox.flush();
  REQUIRE(a.received().empty());
}

TEST_CASE("The soft limit is about time: going below it begins anew") {
  config::Settings settings;
  settings.output_limits[static_cast<size_t>(config::ClientClass::normal)] = {.soft = 20'000,
                                                                              .soft_seconds = 3600};
  OutboxFixture t(settings);
  auto a = t.connect_peer();
  REQUIRE(t.outbox.within_soft_limit(a.client));
  t.say(a.client, std::string(40'000, 'x'));
  REQUIRE(t.outbox.within_soft_limit(a.client));
  REQUIRE(a.client.soft_limit_since.v != 0);
  a.client.soft_limit_since = a.client.soft_limit_since - 3'601 * int64_t{1'000'000};
  REQUIRE_FALSE(t.outbox.within_soft_limit(a.client));
  t.outbox.flush();
  REQUIRE(t.outbox.within_soft_limit(a.client));
  REQUIRE(a.client.soft_limit_since.v == 0);
}

}  // namespace redpoll::testing
