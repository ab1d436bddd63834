// Eviction: which keys go, by policy, and that nothing goes that may not.
#include "store/eviction.h"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "store/hash.h"
#include "store/slot.h"

namespace redpoll::store {

namespace {

constexpr UnixMs kNow{1'700'000'000'000};
using Step = Evictor::Step;

struct Fixture {
  explicit Fixture(const EvictionPolicy& policy, AccessPolicy access = AccessPolicy::lru) {
    keys.set_access({.policy = access});
    evictor.set_policy(policy);
    at(0);
  }
  // The time from now on, in seconds.
  void at(int64_t s) { keys.terms().now = kNow + s * 1000; }

  void put(const std::string& key, std::optional<UnixMs> deadline = {}, int db = 0) {
    keys.db(db).probe(key).store(String::encode("v"), deadline);
  }
  void put_many(const std::string& prefix, int count, std::optional<UnixMs> deadline = {}, int db = 0) {
    for (int i = 0; i < count; ++i) put(prefix + std::to_string(i), deadline, db);
  }
  int left(const std::string& prefix, int count, int db = 0) {
    int there = 0;
    for (int i = 0; i < count; ++i) there += keys.db(db).peek(prefix + std::to_string(i)) != nullptr;
    return there;
  }
  // Evicts that many; fails if there are not so many.
  void evict(int count) {
    for (int searches = 0; count > 0;) {
      const Step step = evictor.evict_one();
      REQUIRE(step != Step::nothing);
      if (step == Step::removed) {
        --count;
      } else {
        REQUIRE(++searches < 10'000);
      }
    }
  }

  Keyspace keys{4, SipKey{1, 2}};
  Evictor evictor{keys};
};

}  // namespace

TEST_CASE("Without victims, and without keys, nothing is evicted") {
  Fixture none({.victims = Victims::none});
  none.put("k");
  REQUIRE(none.evictor.evict_one() == Step::nothing);
  REQUIRE(none.keys.db(0).size() == 1);
  for (const Victims victims : {Victims::any, Victims::least_recently_used, Victims::least_frequently_used}) {
    Fixture empty({.victims = victims});
    REQUIRE(empty.evictor.evict_one() == Step::nothing);
  }
}

TEST_CASE("Every policy evicts every key that may go, of all databases, and counts them") {
  for (const Victims victims : {Victims::any, Victims::least_recently_used, Victims::least_frequently_used,
                                Victims::first_to_expire}) {
    for (const bool only_volatile : {true, false}) {
      if (victims == Victims::first_to_expire && !only_volatile) continue;
      Fixture t({.victims = victims, .only_volatile = only_volatile});
      t.put_many("volatile", 300, kNow + 60'000, 0);
      t.put_many("volatile", 50, kNow + 60'000, 3);
      t.put_many("kept", 3000, {}, 1);
      t.put_many("kept", 3000, {}, 3);
      t.evict(only_volatile ? 350 : 6350);
      REQUIRE(t.evictor.evict_one() == Step::nothing);
      REQUIRE(t.left("volatile", 300, 0) == 0);
      REQUIRE(t.left("volatile", 50, 3) == 0);
      REQUIRE(t.left("kept", 3000, 1) == (only_volatile ? 3000 : 0));
      REQUIRE(t.keys.stats.evicted == (only_volatile ? 350 : 6350));
      t.keys.db(3).validate();
    }
  }
}

TEST_CASE("LRU evicts keys that were used long ago, and nearly none that was used lately") {
  Fixture t({.victims = Victims::least_recently_used});
  t.put_many("cold", 1000, {}, 0);
  t.put_many("hot", 1000, {}, 0);
  t.put_many("cold", 1000, {}, 2);
  t.at(100);
  for (int i = 0; i < 1000; ++i) REQUIRE(t.keys.db(0).lookup("hot" + std::to_string(i)) != nullptr);
  t.evict(1600);
  REQUIRE(t.left("hot", 1000) >= 995);
}

TEST_CASE("LRU evicts the oldest of many ages first") {
  Fixture t({.victims = Victims::least_recently_used, .samples = 10});
  for (int age = 0; age < 1000; ++age) {
    t.at(age);
    t.put_many("age" + std::to_string(age) + "-", 10);
  }
  t.evict(2000);
  int young_gone = 0;
  for (int age = 400; age < 1000; ++age) young_gone += 10 - t.left("age" + std::to_string(age) + "-", 10);
  REQUIRE(young_gone <= 20);
}

TEST_CASE("A candidate that is used before its turn comes stays") {
  Fixture t({.victims = Victims::least_recently_used, .samples = 64});
  t.put_many("old", 20);
  t.at(10);
  t.put_many("new", 10);
  t.evict(1);
  t.at(20);
  for (int i = 0; i < 20; ++i) t.keys.db(0).lookup("old" + std::to_string(i));
  t.evict(10);
  REQUIRE(t.left("new", 10) == 0);
  REQUIRE(t.left("old", 20) == 19);
}

TEST_CASE("Candidates that are gone, moved to another database or replaced are passed over") {
  Fixture t({.victims = Victims::least_recently_used, .samples = 64});
  t.put_many("a", 20);
  t.evict(1);
  SECTION("deleted") {
    for (int i = 0; i < 20; ++i) {
      Slot slot = t.keys.db(0).probe("a" + std::to_string(i));
      if (slot) slot.erase();
    }
  }
  SECTION("cleared") { t.keys.db(0).clear(Reclaim::now); }
  t.at(5);
  t.put_many("b", 5);
  t.evict(5);
  REQUIRE(t.evictor.evict_one() == Step::nothing);
}

TEST_CASE("After SWAPDB keys are evicted where they are") {
  Fixture t({.victims = Victims::least_recently_used, .samples = 64});
  t.put_many("a", 20);
  t.evict(1);
  t.keys.swap(0, 1);
  t.evict(19);
  REQUIRE(t.evictor.evict_one() == Step::nothing);
}

TEST_CASE("A key that lost its deadline is no candidate of a volatile policy any more") {
  Fixture t({.victims = Victims::first_to_expire, .only_volatile = true, .samples = 64});
  t.put_many("k", 10, kNow + 60'000);
  t.evict(1);
  for (int i = 0; i < 10; ++i) {
    Slot slot = t.keys.db(0).probe("k" + std::to_string(i));
    if (slot) slot.persist();
  }
  REQUIRE(t.evictor.evict_one() == Step::nothing);
  REQUIRE(t.left("k", 10) == 9);
}

TEST_CASE("The nearest deadline goes first, however far it is") {
  Fixture t({.victims = Victims::first_to_expire, .only_volatile = true, .samples = 64});
  t.put("never", UnixMs{INT64_MAX});
  t.put("late", kNow + 1'000'000'000);
  t.put_many("soon", 10, kNow + 1000);
  t.evict(10);
  REQUIRE(t.left("soon", 10) == 0);
  t.evict(1);
  REQUIRE(t.keys.db(0).peek("late") == nullptr);
  REQUIRE(t.keys.db(0).peek("never") != nullptr);
}

TEST_CASE("LFU evicts what is used least, and of these what was unused for longest") {
  Fixture t({.victims = Victims::least_frequently_used, .samples = 64}, AccessPolicy::lfu);
  t.put_many("often", 10);
  for (int use = 0; use < 200; ++use) {
    for (int i = 0; i < 10; ++i) t.keys.db(0).lookup("often" + std::to_string(i));
  }
  t.put_many("older", 5);
  t.keys.access.decay_minutes = 0;
  t.at(180);
  t.put_many("once", 5);
  t.evict(5);
  REQUIRE(t.left("older", 5) == 0);
  t.evict(5);
  REQUIRE(t.left("once", 5) == 0);
  REQUIRE(t.left("often", 10) == 10);
}

TEST_CASE("What has expired goes first, and counts as expired") {
  Fixture t({.victims = Victims::least_recently_used, .samples = 64});
  t.put("old");
  t.at(5);
  t.put("expired", kNow + 6'000);
  t.at(7);
  t.evict(1);
  REQUIRE(t.keys.stats.expired == 1);
  REQUIRE(t.keys.stats.evicted == 0);
  REQUIRE(t.keys.db(0).peek("expired") == nullptr);
}

TEST_CASE("A hash whose fields expire is not volatile by that") {
  Fixture t({.victims = Victims::least_recently_used, .only_volatile = true});
  {
    Slot slot = t.keys.db(0).probe("h");
    HashEditor hash(slot);
    hash.set("f", "v");
    hash.set_deadline("f", kNow + 60'000);
  }
  REQUIRE(t.keys.db(0).expiring_count() == 1);
  REQUIRE(t.evictor.evict_one() == Step::nothing);
}

TEST_CASE("Few volatile keys among very many others are found in bounded steps") {
  Fixture t({.victims = Victims::least_recently_used, .only_volatile = true});
  t.put_many("kept", 100'000);
  t.put_many("volatile", 3, kNow + 60'000);
  t.evict(3);
  REQUIRE(t.evictor.evict_one() == Step::nothing);
}

TEST_CASE("Databases lose keys in proportion to what they hold") {
  Fixture t({.victims = Victims::any});
  t.put_many("large", 8000, {}, 0);
  t.put_many("small", 2000, {}, 3);
  t.evict(5000);
  REQUIRE(t.left("large", 8000, 0) > 2500);
  REQUIRE(t.left("large", 8000, 0) < 5500);
}

}  // namespace redpoll::store
