#include "session/client_eviction.h"

#include <catch2/catch.hpp>
#include <string>

#include "support/session_fixture.h"

namespace redpoll::testing {

using config::Settings;
using session::Client;
using session::ClientEviction;

namespace {

constexpr Bytes kKb = 1024;

Settings with_limit(int64_t limit, Bytes maxmemory = 0) {
  Settings settings;
  settings.maxmemory = maxmemory;
  settings.maxmemory_clients = limit;
  return settings;
}

struct EvictionFixture : SessionFixture {
  explicit EvictionFixture(Bytes limit) { eviction.follow(with_limit(static_cast<int64_t>(limit))); }

  Client& connect_with(size_t input) {
    Client& client = connect();
    client.pending.append(std::string(input, 'x'));
    eviction.recount(client);
    return client;
  }
};

}  // namespace

TEST_CASE("maxmemory-clients is a number of bytes or a share of maxmemory, and at least 128 KB") {
  REQUIRE(ClientEviction::limit_of(with_limit(0, 1000 * kKb)) == 0);
  REQUIRE(ClientEviction::limit_of(with_limit(500 * kKb)) == 500 * kKb);
  REQUIRE(ClientEviction::limit_of(with_limit(1)) == 128 * kKb);
  REQUIRE(ClientEviction::limit_of(with_limit(-5, 10'000 * kKb)) == 500 * kKb);
  REQUIRE(ClientEviction::limit_of(with_limit(-1, 100 * kKb)) == 128 * kKb);
  REQUIRE(ClientEviction::limit_of(with_limit(-5)) == 0);
}

TEST_CASE("The largest clients go until all together are below maxmemory-clients") {
  EvictionFixture t(1000 * kKb);
  Client& small = t.connect_with(60 * kKb);
  Client& large = t.connect_with(600 * kKb);
  Client& middle = t.connect_with(300 * kKb);
  t.eviction.settle(t.me);
  REQUIRE_FALSE(t.leaves(large));

  Client& last = t.connect_with(100 * kKb);
  t.eviction.settle(t.me);
  REQUIRE(t.leaves(large));
  REQUIRE_FALSE((t.leaves(small) || t.leaves(middle) || t.leaves(last)));
  REQUIRE(t.stats.clients_evicted == 1);
  REQUIRE(t.eviction.sum() < 500 * kKb);
}

TEST_CASE("A client that is too large goes by itself, and its unread replies at once") {
  EvictionFixture t(200 * kKb);
  Client& reader = t.connect();
  resp::ReplyWriter(reader.replies, reader.protocol).bulk(std::string(300 * kKb, 'x'));
  t.eviction.settle(reader);
  REQUIRE(t.leaves(reader));
  REQUIRE(reader.replies.empty());
  REQUIRE(t.pool.lent_bytes() == 0);
}

TEST_CASE("CLIENT NO-EVICT keeps a client, and it still counts") {
  EvictionFixture t(200 * kKb);
  Client& keeper = t.connect();
  REQUIRE(t.run_as(keeper, {"client", "no-evict", "on"}) == kOk);
  keeper.pending.append(std::string(500 * kKb, 'x'));
  t.eviction.settle(keeper);
  REQUIRE_FALSE(t.leaves(keeper));
  REQUIRE(t.eviction.sum() > 500 * kKb);
  // It is the others that go for it, as redis-server does.
  Client& other = t.connect_with(10);
  t.eviction.settle(t.me);
  REQUIRE(t.leaves(other));
  REQUIRE_FALSE(t.leaves(keeper));

  REQUIRE(t.run_as(keeper, {"client", "no-evict", "off"}) == kOk);
  t.eviction.settle(keeper);
  REQUIRE(t.leaves(keeper));
}

TEST_CASE("Replicas and masters do not count against maxmemory-clients") {
  EvictionFixture t(200 * kKb);
  Client& replica = t.connect();
  replica.kind = session::ClientKind::replica;
  replica.pending.append(std::string(500 * kKb, 'x'));
  t.eviction.settle(replica);
  REQUIRE_FALSE(t.leaves(replica));
  REQUIRE(t.eviction.sum() < 1 * kKb);
}

TEST_CASE("Those that leave do not count, and a limit that begins finds those that are there") {
  EvictionFixture t(0);
  Client& one = t.connect_with(300 * kKb);
  Client& other = t.connect_with(300 * kKb);
  REQUIRE(t.eviction.sum() == 0);
  t.eviction.follow(with_limit(500 * kKb));
  REQUIRE(t.eviction.sum() > 600 * kKb);
  t.clients.close(other);
  t.eviction.settle(other);
  REQUIRE(t.eviction.sum() < 400 * kKb);
  t.eviction.follow(with_limit(0));
  REQUIRE(t.eviction.sum() == 0);
  t.eviction.settle(one);
  REQUIRE((t.eviction.sum() == 0 && !t.leaves(one)));
}

TEST_CASE("A client that closes anyway is not evicted") {
  EvictionFixture t(500 * kKb);
  Client& closing = t.connect_with(400 * kKb);
  t.clients.close(closing);
  Client& other = t.connect_with(300 * kKb);
  t.eviction.settle(other);
  REQUIRE_FALSE(t.leaves(other));
  REQUIRE(t.stats.clients_evicted == 0);
}

}  // namespace redpoll::testing
