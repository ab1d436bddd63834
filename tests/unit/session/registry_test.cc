// The registry of clients.
#include "session/registry.h"

#include <algorithm>
#include <catch2/catch.hpp>

#include "mem/zmalloc.h"

namespace redpoll::session {

static std::vector<ClientId> seen(const Registry& registry) {
  std::vector<ClientId> ids;
  registry.each([&](Client& client) { ids.push_back(client.id); });
  return ids;
}

TEST_CASE("Clients are numbered from 1, and numbers are never used twice") {
  resp::ChunkPool pool;
  Registry registry(pool);
  Client& first = registry.add({}, {});
  REQUIRE(first.id == 1);
  registry.remove(1);
  REQUIRE(registry.add({}, {}).id == 2);
  REQUIRE(registry.size() == 1);
  REQUIRE(registry.find(1) == nullptr);
}

TEST_CASE("A client that is to be closed is hidden but stays until it is removed") {
  resp::ChunkPool pool;
  Registry registry(pool);
  Client& first = registry.add({}, {});
  Client& second = registry.add({}, {});
  registry.close(first);
  registry.close(first);
  REQUIRE(first.closing);
  REQUIRE(registry.find(1) == nullptr);
  REQUIRE(registry.find_any(1) == &first);
  REQUIRE(registry.find(2) == &second);
  REQUIRE(seen(registry) == std::vector<ClientId>{2});
  REQUIRE(registry.size() == 2);
  REQUIRE(registry.take_closing() == std::vector<ClientId>{1});
  REQUIRE(registry.take_closing().empty());
  registry.remove(1);
  REQUIRE(registry.find_any(1) == nullptr);
}

TEST_CASE("Clients may be closed while going through them") {
  resp::ChunkPool pool;
  Registry registry(pool);
  for (int i = 0; i < 3; ++i) registry.add({}, {});
  registry.each([&](Client& client) { registry.close(client); });
  REQUIRE(registry.take_closing() == std::vector<ClientId>{1, 2, 3});
}

TEST_CASE("Slices of clients go on where the last one ended") {
  resp::ChunkPool pool;
  Registry registry(pool);
  for (int i = 0; i < 3; ++i) registry.add({}, {});
  registry.remove(2);
  REQUIRE(registry.at_or_after(0)->id == 1);
  REQUIRE(registry.at_or_after(2)->id == 3);
  REQUIRE(registry.at_or_after(4) == nullptr);
}

TEST_CASE("Clients are gone through in the order of connecting, whoever has left") {
  resp::ChunkPool pool;
  Registry registry(pool);
  for (int i = 0; i < 100; ++i) registry.add({}, {});
  std::vector<ClientId> expected;
  for (ClientId id = 1; id <= 100; ++id) {
    if (id % 7 == 3) {
      expected.push_back(id);
    } else {
      registry.remove(id);
    }
  }
  registry.remove(1);  // is not there any more
  expected.push_back(registry.add({}, {}).id);
  REQUIRE(seen(registry) == expected);
  REQUIRE(registry.size() == expected.size());
  for (ClientId id = 0; id <= 102; ++id) {
    const bool there = std::find(expected.begin(), expected.end(), id) != expected.end();
    REQUIRE((registry.find(id) != nullptr) == there);
    const auto next = std::lower_bound(expected.begin(), expected.end(), id);
    const Client* client = registry.at_or_after(id);
    REQUIRE((client != nullptr) == (next != expected.end()));
    if (client != nullptr) REQUIRE(client->id == *next);
  }
}

TEST_CASE("A million clients that come and go leave nothing behind") {
  resp::ChunkPool pool;
  Registry registry(pool);
  constexpr size_t kStaying = 100;
  for (size_t i = 0; i < kStaying; ++i) registry.add({}, {});
  const auto come_and_go = [&](int clients) {
    for (int i = 0; i < clients; ++i) registry.remove(registry.add({}, {}).id);
  };
  come_and_go(1000);
  const Bytes before = mem::zmalloc_used_memory();
  come_and_go(1'000'000);
  REQUIRE(mem::zmalloc_used_memory() <= before + 4096);
  REQUIRE(registry.size() == kStaying);
  REQUIRE(registry.find(1)->id == 1);
  REQUIRE(registry.at_or_after(2)->id == 2);
  REQUIRE(registry.at_or_after(kStaying + 1) == nullptr);
  REQUIRE(registry.add({}, {}).id == kStaying + 1'001'000 + 1);
}

TEST_CASE("What a crowd of clients needed is given back when it has left") {
  resp::ChunkPool pool;
  Registry registry(pool);
  const Bytes before = mem::zmalloc_used_memory();
  std::vector<ClientId> crowd;
  crowd.reserve(100'000);
  const Bytes own = mem::zmalloc_used_memory() - before;
  for (int i = 0; i < 100'000; ++i) crowd.push_back(registry.add({}, {}).id);
  const Bytes per_client = (mem::zmalloc_used_memory() - before - own) / crowd.size();
  REQUIRE(per_client <= mem::good_size(sizeof(Client)) + 48);
  for (const ClientId id : crowd) registry.remove(id);
  REQUIRE(mem::zmalloc_used_memory() - before - own <= 100'000);
}

}  // namespace redpoll::session
