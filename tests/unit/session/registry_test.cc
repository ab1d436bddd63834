// The registry of clients.
#include "session/registry.h"

#include <catch2/catch.hpp>

namespace redpoll::session {

static std::vector<ClientId> seen(const Registry& registry) {
  std::vector<ClientId> ids;
  registry.each([&](Client& client) { ids.push_back(client.id); });
  return ids;
}

TEST_CASE("Clients are numbered from 1, and numbers are never used twice") {
  resp::ChunkPool pool;
  Registry registry(pool);
  REQUIRE(registry.next_id() == 1);
  Client& first = registry.add({}, {});
  REQUIRE(first.id == 1);
  registry.remove(1);
  REQUIRE(registry.add({}, {}).id == 2);
  REQUIRE(registry.size() == 1);
  REQUIRE(registry.find(1) == nullptr);
  REQUIRE(registry.next_id() == 3);
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

}  // namespace redpoll::session
