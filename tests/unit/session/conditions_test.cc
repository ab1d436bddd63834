// Conditions: the books about who waits for which keys, in what order, until when.
#include "session/conditions.h"

#include <catch2/catch.hpp>

#include "support/session_fixture.h"

namespace redpoll::testing {

using session::Awaited;
using session::Client;
using session::Conditions;
using session::Ending;
using session::Waiting;
using session::Waits;
using store::Type;

namespace {

using Ids = std::vector<session::ClientId>;

struct Fixture : SessionFixture {
  Client& block(const Words& keys, int64_t timeout_ms = 0, Type type = Type::list, int db = 0) {
    Client& client = connect();
    block(client, keys, timeout_ms, type, db);
    return client;
  }
  void block(Client& client, const Words& keys, int64_t timeout_ms = 0, Type type = Type::list, int db = 0) {
    const std::vector<resp::Arg> args(keys.begin(), keys.end());
    conditions.wait(client, keyspace.db(db), entry, {.keys = args, .type = type, .timeout_ms = timeout_ms},
                    args);
  }
  void put(std::string_view key, Type type = Type::list, int db = 0) {
    keyspace.db(db).probe(key).adopt(
        store::EntryPtr(store::Entry::create(key, store::Value::packed(type, "x"), std::nullopt)));
  }
  // The ready keys as "db name", each followed by those who wait for it.
  Lines ready() {
    Lines lines;
    while (Awaited* key = conditions.next_ready()) {
      std::string line = std::to_string(key->db.index()) + " " + key->name;
      for (auto* node = key->clients.head(); node != nullptr; node = node->next()) {
        line += " " + std::to_string(node->value->client.id);
      }
      lines.push_back(line);
    }
    return lines;
  }

  exec::CommandEntry entry;
};

}  // namespace

TEST_CASE("A key that comes is ready for those who wait for it, in the order in which they blocked") {
  Fixture t;
  t.block({"a", "b"});
  t.block({"b"});
  t.block({"b", "a"});
  t.put("b");
  REQUIRE(t.conditions.news());
  REQUIRE(t.ready() == Lines{"0 b 2 3 4"});
  REQUIRE_FALSE(t.conditions.news());
  t.put("a");
  t.put("c");
  REQUIRE(t.ready() == Lines{"0 a 2 4"});
}

TEST_CASE("Keys are ready in the order in which they came, each once") {
  Fixture t;
  t.block({"a", "b"});
  t.put("b");
  t.put("a");
  t.keyspace.db(0).probe("b").erase();
  t.put("b");
  REQUIRE(t.ready() == Lines{"0 b 2", "0 a 2"});
}

TEST_CASE("A key is awaited in one database and as one type") {
  Fixture t;
  t.block({"k"}, 0, Type::list, 0);
  t.block({"k"}, 0, Type::sorted_set, 0);
  t.block({"k"}, 0, Type::list, 1);
  REQUIRE(t.conditions.keys() == 3);
  t.put("k", Type::sorted_set, 0);
  REQUIRE(t.ready() == Lines{"0 k 3"});
  t.put("k", Type::list, 1);
  REQUIRE(t.ready() == Lines{"1 k 4"});
  t.put("j", Type::list, 2);
  REQUIRE(t.ready().empty());
}

TEST_CASE("A key that gets another type while it is there is ready") {
  Fixture t;
  t.block({"k"});
  t.put("k", Type::hash);
  REQUIRE(t.ready().empty());
  t.keyspace.db(0).probe("k").store(store::Value::packed(Type::list, "x"));
  REQUIRE(t.ready() == Lines{"0 k 2"});
}

TEST_CASE("Changes are read as long as somebody waits") {
  Fixture t;
  t.recorder.listen(false);
  Client& a = t.block({"a", "b"}, 0, Type::list, 3);
  Client& b = t.block({"b"}, 0, Type::list, 3);
  REQUIRE(t.journal.wants(exec::interest::kChanges));
  t.conditions.leave(a);
  REQUIRE(t.journal.wants(exec::interest::kChanges));
  t.conditions.leave(b);
  REQUIRE_FALSE(t.journal.wants(exec::interest::kChanges));
  REQUIRE(t.conditions.keys() == 0);
}

TEST_CASE("A client that leaves is forgotten everywhere, and the others keep their order") {
  Fixture t;
  t.block({"a"});
  Client& leaver = t.block({"b", "a"}, 5);
  t.block({"a"});
  t.put("b");
  t.put("a");
  REQUIRE(t.conditions.leave(leaver)->args.all()[1] == "a");
  REQUIRE(leaver.waits == Waits::no);
  REQUIRE(leaver.wait == nullptr);
  REQUIRE(t.conditions.with_timeout() == 0);
  // The only one who waited for b is gone, and so is the key, ready as it was.
  REQUIRE(t.ready() == Lines{"0 a 2 4"});
}

TEST_CASE("A key named twice counts once") {
  Fixture t;
  Client& client = t.block({"a", "b", "a", "a"});
  REQUIRE(client.wait->places.size() == 2);
  t.put("a");
  REQUIRE(t.ready() == Lines{"0 a 2"});
  t.conditions.leave(client);
  REQUIRE(t.conditions.keys() == 0);
}

TEST_CASE("Keys are ready when databases have exchanged what they hold") {
  Fixture t;
  t.block({"a", "b", "c"}, 0, Type::list, 0);
  t.block({"a", "d"}, 0, Type::list, 2);
  t.block({"a"}, 0, Type::list, 5);
  t.put("a", Type::list, 1);
  t.put("b", Type::hash, 1);
  t.keyspace.swap(1, 0);
  REQUIRE(t.ready() == Lines{"0 a 2"});
  t.keyspace.swap(2, 0);
  REQUIRE(t.ready() == Lines{"2 a 3"});
  t.keyspace.swap(3, 4);
  REQUIRE_FALSE(t.conditions.news());
}

TEST_CASE("A key is there for those who wait if it holds the type and has not expired") {
  Fixture t;
  t.keyspace.terms().now = UnixMs{1000};
  Client& client = t.block({"k"});
  const Awaited& key = *client.wait->places[0].key;
  REQUIRE_FALSE(key.is_there());
  t.put("k");
  REQUIRE(key.is_there());
  t.keyspace.db(0).probe("k").expire_at(UnixMs{1001});
  REQUIRE(key.is_there());
  t.keyspace.terms().now = UnixMs{1002};
  REQUIRE_FALSE(key.is_there());
  REQUIRE(t.keyspace.stats.hits + t.keyspace.stats.misses == 0);
  t.put("j", Type::list);
  t.keyspace.db(0).probe("k").store(store::Value::packed(Type::set, "x"));
  REQUIRE_FALSE(key.is_there());
}

TEST_CASE("Waits end when their time is over, each in its turn") {
  Fixture t;
  t.block({"k"}, 300'000);
  t.block({"k"}, 100'000);
  t.block({"k"});
  t.block({"k"}, 100'000);
  REQUIRE(t.conditions.with_timeout() == 3);
  t.pass(90'000);
  REQUIRE_FALSE(t.conditions.news());
  t.pass(10'000);
  REQUIRE(t.conditions.news());
  REQUIRE(t.conditions.take_ended() == Ids{3, 5});
  REQUIRE(t.conditions.with_timeout() == 1);
  t.pass(199'000);
  REQUIRE(t.conditions.take_ended().empty());
  t.pass(1'000);
  REQUIRE(t.conditions.take_ended() == Ids{2});
  REQUIRE(t.conditions.with_timeout() == 0);
  REQUIRE(t.loop->timers() == 0);
  t.put("k");
  REQUIRE(t.ready() == Lines{"0 k 4"});
}

TEST_CASE("A wait that was ended gets no key any more, and ends once") {
  Fixture t;
  Client& client = t.block({"k"}, 100);
  REQUIRE_FALSE(t.conditions.end(t.me, Ending::error));
  REQUIRE(t.conditions.end(client, Ending::error));
  REQUIRE_FALSE(t.conditions.end(client, Ending::timeout));
  t.pass(1000);
  t.put("k");
  REQUIRE(t.ready().empty());
  REQUIRE(t.conditions.news());
  REQUIRE(t.conditions.take_ended() == Ids{client.id});
  REQUIRE(t.conditions.with_timeout() == 0);
  REQUIRE(client.waits == Waits::keys);
  REQUIRE(t.conditions.leave(client)->ending == Ending::error);
}

TEST_CASE("The arguments are kept when the buffer they came in is not") {
  Fixture t;
  Client& client = t.connect();
  {
    const Words words{"", std::string(100'000, 'x'), std::string("a\0b", 3)};
    t.block(client, words);
  }
  const auto args = client.wait->args.all();
  REQUIRE(args.size() == 3);
  REQUIRE(args[0].empty());
  REQUIRE(args[1].size() == 100'000);
  REQUIRE(args[1].view().find_first_not_of('x') == std::string_view::npos);
  REQUIRE(args[2] == std::string_view("a\0b", 3));
  REQUIRE(client.memory_bytes() > 100'000);
}

TEST_CASE("The books stay right through many waits that come and go") {
  Fixture t;
  t.recorder.listen(false);
  Rng rng(7);
  std::vector<Client*> clients;
  for (int i = 0; i < 50; ++i) clients.push_back(&t.connect());
  for (int round = 0; round < 20'000; ++round) {
    Client& client = *clients[rng.below(clients.size())];
    if (client.waits == Waits::keys) {
      t.conditions.leave(client);
      continue;
    }
    Words keys;
    for (uint64_t n = 1 + rng.below(5); n > 0; --n) keys.push_back(std::to_string(rng.below(20)));
    const int64_t timeout_ms = rng.below(2) == 0 ? 1'000'000 + static_cast<int64_t>(rng.below(100)) : 0;
    t.block(client, keys, timeout_ms, rng.below(2) == 0 ? Type::list : Type::sorted_set,
            static_cast<int>(rng.below(2)));
  }
  size_t with_timeout = 0;
  for (Client* client : clients) with_timeout += client->wait && client->wait->ae::Timeout::waits() ? 1 : 0;
  REQUIRE(t.conditions.with_timeout() == with_timeout);
  for (Client* client : clients) {
    if (client->waits == Waits::keys) t.conditions.leave(*client);
  }
  REQUIRE(t.conditions.keys() == 0);
  REQUIRE(t.conditions.with_timeout() == 0);
  REQUIRE_FALSE(t.journal.wants(exec::interest::kChanges));
}

}  // namespace redpoll::testing
