#include "ds/dict.h"

#include <catch2/catch.hpp>
#include <set>
#include <string>
#include <unordered_map>

#include "ds/dict_iterator.h"

namespace redpoll::ds {
namespace {

struct Item {
  std::string key;
  int value = 0;
};

int g_destroyed = 0;

struct ItemPolicy {
  using Element = Item*;
  using Key = std::string_view;
  static Key key(const Item* item) { return item->key; }
  static bool equal(const Item* item, Key key) { return item->key == key; }
  static uint64_t hash(Key key, const SipKey& seed) { return siphash13(key, seed); }
  static void destroy(Item* item) {
    ++g_destroyed;
    delete item;
  }
  static void prefetch(const Item* item) { __builtin_prefetch(item); }
};

// Clients cannot choose collisions, but the table must bear them.
struct CollidingPolicy : ItemPolicy {
  static uint64_t hash(Key key, const SipKey&) { return key.size() % 3; }
};

const SipKey kSeed{1, 2};
using ItemDict = Dict<ItemPolicy>;

template <class P>
Item* add(Dict<P>& dict, const std::string& key, int value = 0) {
  auto* item = new Item{key, value};
  const auto [there, added] = dict.add_or_find(item);
  if (!added) delete item;
  return there;
}

// Compares with a model after random operations, with the table's size forced up and down.
template <class P>
void compare_with_model(uint64_t seed, int operations, uint64_t keys) {
  Dict<P> dict(kSeed);
  std::unordered_map<std::string, int> model;
  std::set<std::string> marked;
  Rng rng(seed);
  for (int i = 0; i < operations; ++i) {
    const std::string key = "k" + std::to_string(rng.below(keys));
    auto place = dict.locate_for_write(key, dict.hash(key));
    REQUIRE(place.found() == (model.count(key) == 1));
    switch (rng.below(6)) {
      case 0:
      case 1:
      case 2:
        if (!place.found()) {
          dict.insert(place, new Item{key, i});
          model[key] = i;
        }
        REQUIRE(place.element()->key == key);
        break;
      case 3:
        if (place.found()) {
          delete dict.remove(place);
          model.erase(key);
          marked.erase(key);
        }
        break;
      case 4:
        if (place.found()) {
          const bool mark = rng.below(2) == 0;
          dict.set_mark(place, mark);
          mark ? static_cast<void>(marked.insert(key)) : static_cast<void>(marked.erase(key));
          REQUIRE(dict.marked(place) == mark);
        }
        break;
      default:
        if (place.found()) {
          delete dict.replace(place, new Item{key, -i});
          model[key] = -i;
        }
    }
    if (rng.below(1000) == 0) {
      dict.expand(rng.below(3 * keys));
    } else if (rng.below(50) == 0) {
      dict.rehash(rng.below(20));
    }
    if (rng.below(5000) == 0) dict.validate();
    REQUIRE(dict.size() == model.size());
    REQUIRE(dict.marked_count() == marked.size());
  }
  dict.validate();
  for (const auto& [key, value] : model) {
    const auto found = dict.find(key);
    REQUIRE(found);
    REQUIRE((*found)->value == value);
  }
}

}  // namespace

TEST_CASE("An empty dict finds nothing and owns no memory") {
  ItemDict dict(kSeed);
  REQUIRE_FALSE(dict.find("a"));
  REQUIRE(dict.memory_bytes() == 0);
  REQUIRE(dict.scan(0, [](Item*) {}) == 0);
  dict.validate();
}

TEST_CASE("A dict agrees with a model under random operations") {
  compare_with_model<ItemPolicy>(1, 400'000, 50);
  compare_with_model<ItemPolicy>(2, 400'000, 2'000);
  compare_with_model<ItemPolicy>(3, 400'000, 100'000);
}

TEST_CASE("A dict bears hashes that all collide") { compare_with_model<CollidingPolicy>(4, 60'000, 400); }

TEST_CASE("Growing to a million and shrinking to nothing keeps every promise") {
  ItemDict dict(kSeed);
  for (int i = 0; i < 1'000'000; ++i) add(dict, std::to_string(i), i);
  dict.validate();
  const DictStats grown = dict.stats();
  REQUIRE(grown.elements == 1'000'000);
  const double per_element = static_cast<double>(dict.memory_bytes()) / 1e6;
  REQUIRE(per_element < 14.5);
  for (int i = 0; i < 1'000'000; ++i) REQUIRE(dict.erase(std::to_string(i)));
  while (dict.rehash(1000)) {
  }
  REQUIRE(dict.size() == 0);
  dict.validate();
  REQUIRE(dict.stats().buckets == 1);
  REQUIRE(dict.memory_bytes() < 256 * 1024);
}

TEST_CASE("SCAN visits what is there throughout, however the table grows and shrinks meanwhile") {
  for (uint64_t seed = 1; seed <= 40; ++seed) {
    Rng rng(seed);
    ItemDict dict(kSeed);
    const uint64_t stable = 1 + rng.below(3000);
    for (uint64_t i = 0; i < stable; ++i) add(dict, "stable" + std::to_string(i));
    std::set<std::string> seen;
    uint64_t cursor = 0;
    int64_t passing = 0;
    do {
      cursor = dict.scan(cursor, [&](Item* item) { seen.insert(item->key); });
      const uint64_t change = rng.below(200);
      if (rng.below(2) == 0) {
        for (uint64_t i = 0; i < change; ++i) add(dict, "passing" + std::to_string(passing++));
      } else {
        for (uint64_t i = 0; i < change && passing > 0; ++i) dict.erase("passing" + std::to_string(--passing));
        dict.rehash(rng.below(300));
      }
      if (rng.below(20) == 0) dict.expand(rng.below(40'000));
    } while (cursor != 0);
    for (uint64_t i = 0; i < stable; ++i) REQUIRE(seen.count("stable" + std::to_string(i)) == 1);
  }
}

TEST_CASE("SCAN of an unchanged table visits each element exactly once") {
  ItemDict dict(kSeed);
  for (int i = 0; i < 10'000; ++i) add(dict, std::to_string(i));
  std::multiset<std::string> seen;
  uint64_t cursor = 0;
  do cursor = dict.scan(cursor, [&](Item* item) { seen.insert(item->key); });
  while (cursor != 0);
  REQUIRE(seen.size() == 10'000);
}

TEST_CASE("A scan of marked elements skips the others") {
  ItemDict dict(kSeed);
  for (int i = 0; i < 10'000; ++i) {
    const std::string key = std::to_string(i);
    add(dict, key, i);
    auto place = dict.locate(key, dict.hash(key));
    if (i % 10 == 0) dict.set_mark(place, true);
  }
  size_t seen = 0;
  uint64_t cursor = 0;
  do cursor = dict.scan_marked(cursor, [&](Item* item) {
      REQUIRE(item->value % 10 == 0);
      ++seen;
    });
  while (cursor != 0);
  REQUIRE(seen == 1000);
  REQUIRE(dict.marked_count() == 1000);
}

TEST_CASE("A paused dict neither splits nor merges, and catches up afterwards") {
  ItemDict dict(kSeed);
  add(dict, "first");
  dict.pause_rehash();
  for (int i = 0; i < 5000; ++i) add(dict, std::to_string(i));
  REQUIRE(dict.stats().buckets == 1);
  dict.validate();
  dict.resume_rehash();
  REQUIRE(dict.rehash_pending());
  while (dict.rehash(16)) {
  }
  REQUIRE(dict.stats().buckets > 5000 / ItemDict::kTargetLoad);
  dict.validate();
}

TEST_CASE("While resizing is avoided the table grows only under a heavy load") {
  ItemDict dict(kSeed);
  dict.resize_policy = ResizePolicy::avoid;
  for (int i = 0; i < 5000; ++i) add(dict, std::to_string(i));
  const size_t avoided = dict.stats().buckets;
  REQUIRE(avoided <= 5000 / ItemDict::kAvoidLoad + 2);
  dict.resize_policy = ResizePolicy::normal;
  dict.rehash(100'000);
  REQUIRE(dict.stats().buckets > avoided * 3);
}

TEST_CASE("A safe iterator survives the removal of what it returned") {
  ItemDict dict(kSeed);
  for (int i = 0; i < 3000; ++i) add(dict, std::to_string(i), i);
  size_t seen = 0;
  {
    ItemDict::Iterator it(dict);
    while (const auto item = it.next()) {
      ++seen;
      if ((*item)->value % 2 == 0) dict.erase(std::string((*item)->key));
    }
  }
  REQUIRE(seen == 3000);
  REQUIRE(dict.size() == 1500);
  dict.validate();
}

TEST_CASE("Fair random draws every element about as often") {
  ItemDict dict(kSeed);
  constexpr int kItems = 1000, kDraws = 400'000;
  for (int i = 0; i < kItems; ++i) add(dict, std::to_string(i), i);
  Rng rng(7);
  std::vector<int> counts(kItems);
  for (int i = 0; i < kDraws; ++i) ++counts[static_cast<size_t>(dict.fair_random(rng)->value)];
  double chi = 0;
  constexpr double kExpected = double{kDraws} / kItems;
  for (const int count : counts) chi += (count - kExpected) * (count - kExpected) / kExpected;
  // 999 degrees of freedom: beyond 1143 with probability 0.001.
  REQUIRE(chi < 1143);
}

TEST_CASE("Clearing destroys every element once") {
  g_destroyed = 0;
  ItemDict dict(kSeed);
  for (int i = 0; i < 1234; ++i) add(dict, std::to_string(i));
  dict.clear();
  REQUIRE(g_destroyed == 1234);
  REQUIRE(dict.memory_bytes() == 0);
  add(dict, "again");
  dict.validate();
}

TEST_CASE("A sample has as many elements as asked for, none twice") {
  ItemDict dict(kSeed);
  for (int i = 0; i < 500; ++i) add(dict, std::to_string(i), i);
  Rng rng(3);
  std::vector<Item*> drawn;
  dict.sample(rng, 50, drawn);
  REQUIRE(std::set<Item*>(drawn.begin(), drawn.end()).size() == 50);
  drawn.clear();
  dict.sample(rng, 5000, drawn);
  REQUIRE(std::set<Item*>(drawn.begin(), drawn.end()).size() == 500);
}

}  // namespace redpoll::ds
