#include "ds/dict.h"

#include <catch2/catch.hpp>
#include <set>
#include <string>
#include <thread>
#include <unordered_map>

#include "unit/ds/dict_items.h"

namespace redpoll::ds {
namespace {

// The policy is of the process: a test leaves it as it was.
struct PolicyGuard {
  explicit PolicyGuard(ResizePolicy policy) { set_resize_policy(policy); }
  ~PolicyGuard() { set_resize_policy(ResizePolicy::normal); }
};

// Compares with a model after random operations, with the table's size forced up and down.
template <class P>
void compare_with_model(uint64_t seed, int operations, uint64_t keys, uint64_t resize_every = 500) {
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
    if (rng.below(2 * resize_every) == 0) {
      dict.expand(rng.below(3 * keys));
    } else if (rng.below(resize_every) == 0) {
      dict.shrink();
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

TEST_CASE("A dict agrees with a model while it is resized between any two operations") {
  compare_with_model<ItemPolicy>(5, 400'000, 40, 2);
  compare_with_model<ItemPolicy>(6, 400'000, 3'000, 3);
}

TEST_CASE("A dict bears hashes that all collide") { compare_with_model<CollidingPolicy>(4, 60'000, 400); }

TEST_CASE("Growing to a million and shrinking to nothing keeps every promise") {
  ItemDict dict(kSeed);
  for (int i = 0; i < 1'000'000; ++i) add(dict, std::to_string(i), i);
  dict.validate();
  const DictStats grown = dict.stats();
  REQUIRE(grown.elements == 1'000'000);
  const double per_element = static_cast<double>(dict.memory_bytes()) / 1e6;
  REQUIRE(per_element < 13.8);
  for (int i = 0; i < 1'000'000; ++i) REQUIRE(dict.erase(std::to_string(i)));
  while (dict.rehash(1000)) {}
  REQUIRE(dict.size() == 0);
  dict.validate();
  REQUIRE(dict.stats().buckets == 1);
  REQUIRE(dict.memory_bytes() < 256 * 1024);
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
  while (dict.rehash(16)) {}
  REQUIRE(dict.stats().buckets == ItemDict::buckets_for(5000));
  dict.validate();
}

TEST_CASE("While resizing is avoided the table grows only under a heavy load") {
  ItemDict dict(kSeed);
  const PolicyGuard guard(ResizePolicy::avoid);
  for (int i = 0; i < 5000; ++i) add(dict, std::to_string(i));
  const size_t avoided = dict.stats().buckets;
  REQUIRE(avoided <= 5000 / ItemDict::kAvoidLoad + 2);
  set_resize_policy(ResizePolicy::normal);
  dict.rehash(100'000);
  REQUIRE(dict.stats().buckets > avoided * 3);
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

TEST_CASE("An element is found, replaced and removed with one hash and one search") {
  ItemDict dict(kSeed);
  const uint64_t hash = dict.hash("a");
  auto place = dict.locate_for_write("a", hash);
  REQUIRE_FALSE(place.found());
  auto* first = new Item{"a", 1};
  dict.insert(place, first);
  REQUIRE(place.found());
  REQUIRE(place.element() == first);
  dict.set_mark(place, true);
  auto* second = new Item{"a", 2};
  REQUIRE(dict.replace(place, second) == first);
  delete first;
  REQUIRE(dict.marked(place));
  REQUIRE(dict.find("a", hash) == second);
  REQUIRE(dict.remove(place) == second);
  REQUIRE_FALSE(place.found());
  REQUIRE(dict.marked_count() == 0);
  dict.insert(place, second);
  REQUIRE_FALSE(dict.marked(place));
  dict.validate();
}

TEST_CASE("Adding keeps what is there, putting destroys it, detaching hands it over") {
  g_destroyed = 0;
  ItemDict dict(kSeed);
  auto* one = new Item{"k", 1};
  REQUIRE(dict.add(one));
  auto* two = new Item{"k", 2};
  REQUIRE_FALSE(dict.add(two));
  REQUIRE(dict.add_or_find(two) == std::pair(one, false));
  REQUIRE_FALSE(dict.put(two));
  REQUIRE(g_destroyed == 1);
  REQUIRE(dict.put(new Item{"l"}));
  REQUIRE(dict.detach("k") == two);
  REQUIRE_FALSE(dict.detach("k"));
  REQUIRE_FALSE(dict.erase("k"));
  REQUIRE(g_destroyed == 1);
  delete two;
  REQUIRE(dict.erase("l"));
  REQUIRE(g_destroyed == 2);
  REQUIRE(dict.empty());
}

TEST_CASE("Looking for what is not there makes no empty dict grow") {
  ItemDict dict(kSeed);
  REQUIRE_FALSE(dict.erase("a"));
  REQUIRE_FALSE(dict.rehash_pending());
  REQUIRE(dict.memory_bytes() == 0);
}

TEST_CASE("An expanded dict has its buckets at once and keeps them while it is filled") {
  ItemDict dict(kSeed);
  dict.expand(60'000);
  const size_t buckets = dict.stats().buckets;
  REQUIRE(buckets == ItemDict::buckets_for(60'000));
  REQUIRE_FALSE(dict.rehash_pending());
  for (int i = 0; i < 60'000; ++i) {
    add(dict, std::to_string(i));
    if (i % 10'000 == 0) REQUIRE(dict.stats().buckets == buckets);
  }
  REQUIRE(dict.stats().buckets == buckets);
  // Once filled it shrinks like any other.
  for (int i = 100; i < 60'000; ++i) dict.erase(std::to_string(i));
  while (dict.rehash(100)) {}
  REQUIRE(dict.stats().buckets <= 100 / ItemDict::kLowLoad);
  dict.validate();
}

TEST_CASE("A dict that is not empty expands by steps, also one that is paused") {
  ItemDict dict(kSeed);
  add(dict, "a");
  dict.expand(6500);
  REQUIRE(dict.stats().buckets == 1);
  REQUIRE(dict.rehash(10));
  REQUIRE(dict.stats().buckets == 11);
  REQUIRE_FALSE(dict.rehash(5000));
  REQUIRE(dict.stats().buckets == 1000);
  ItemDict paused(kSeed);
  paused.pause_rehash();
  paused.expand(6000);
  REQUIRE(paused.memory_bytes() == 0);
  paused.resume_rehash();
  REQUIRE(paused.rehash_pending());
}

TEST_CASE("Shrinking gives up a reservation and fits the table to its elements") {
  ItemDict dict(kSeed);
  dict.expand(100'000);
  for (int i = 0; i < 600; ++i) add(dict, std::to_string(i));
  REQUIRE_FALSE(dict.rehash_pending());
  dict.shrink();
  while (dict.rehash(100)) {}
  REQUIRE(dict.stats().buckets == 600 / ItemDict::kFullLoad);
  dict.validate();
  // It does not stay that eager.
  for (int i = 0; i < 200; ++i) dict.erase(std::to_string(i));
  REQUIRE(dict.stats().buckets == 600 / ItemDict::kFullLoad);
}

TEST_CASE("Expanding beyond all memory fails and changes nothing") {
  ItemDict dict(kSeed);
  REQUIRE_FALSE(dict.try_expand(SIZE_MAX));
  REQUIRE_FALSE(dict.try_expand(SIZE_MAX / 16));
  REQUIRE(dict.memory_bytes() == 0);
  add(dict, "a");
  REQUIRE_FALSE(dict.try_expand(SIZE_MAX));
  REQUIRE_FALSE(dict.rehash_pending());
  dict.validate();
}

TEST_CASE("A dict at a boundary neither grows and shrinks in turns nor does a step per write") {
  ItemDict dict(kSeed);
  for (int i = 0; i < 6656; ++i) add(dict, std::to_string(i));
  const size_t buckets = dict.stats().buckets;
  for (int round = 0; round < 1000; ++round) {
    add(dict, "x");
    dict.erase("x");
  }
  REQUIRE(dict.stats().buckets <= buckets + 1);
  for (int i = 0; dict.stats().buckets >= buckets; ++i) dict.erase(std::to_string(i));
  REQUIRE(dict.size() <= buckets * ItemDict::kLowLoad);
}

TEST_CASE("A write does at most the steps it is allowed, however much is due") {
  ItemDict dict(kSeed);
  const PolicyGuard guard(ResizePolicy::forbid);
  for (int i = 0; i < 20'000; ++i) add(dict, std::to_string(i));
  REQUIRE(dict.stats().buckets == 1);
  REQUIRE_FALSE(dict.rehash_pending());
  set_resize_policy(ResizePolicy::normal);
  for (size_t write = 1; write <= 50; ++write) {
    add(dict, "w" + std::to_string(write));
    REQUIRE(dict.stats().buckets == 1 + write * ItemDict::kStepsPerWrite);
  }
  dict.validate();
}

TEST_CASE("Rehashing by time does what is due, and counts it") {
  ItemDict dict(kSeed);
  dict.pause_rehash();
  for (int i = 0; i < 20'000; ++i) add(dict, std::to_string(i));
  REQUIRE(dict.rehash_for(1'000'000, {}) == 0);
  dict.resume_rehash();
  // Without time it does one portion.
  const size_t portion = dict.rehash_for(0, {});
  REQUIRE(portion > 0);
  REQUIRE(dict.rehash_pending());
  size_t done = portion;
  while (dict.rehash_pending()) done += dict.rehash_for(1000, {});
  REQUIRE(dict.stats().buckets == 1 + done);
  dict.validate();
}

TEST_CASE("A small dict that was large gives its memory back") {
  ItemDict dict(kSeed);
  for (int i = 0; i < 10'000; ++i) add(dict, std::to_string(i));
  for (int i = 10; i < 10'000; ++i) dict.erase(std::to_string(i));
  dict.shrink();
  while (dict.rehash(1000)) {}
  REQUIRE(dict.memory_bytes() < 2048);
  dict.validate();
}

TEST_CASE("Clearing tells its progress, to which the dict is empty already") {
  ItemDict dict(kSeed);
  dict.expand(200'000 / 2 * ItemDict::kTargetPerTwo);
  add(dict, "a");
  std::vector<size_t> progress;
  dict.clear([&](size_t done) {
    progress.push_back(done);
    REQUIRE(dict.empty());
    REQUIRE_FALSE(dict.find("a"));
  });
  REQUIRE(progress == std::vector<size_t>{65536, 131072, 196608});
}

TEST_CASE("A dict is moved, swapped and destroyed in another thread") {
  g_destroyed = 0;
  ItemDict dict(kSeed);
  for (int i = 0; i < 3000; ++i) add(dict, std::to_string(i));
  auto place = dict.locate("7", dict.hash("7"));
  dict.set_mark(place, true);
  ItemDict other({3, 4});
  add(other, "other");
  dict.swap(other);
  dict.validate();
  other.validate();
  REQUIRE(other.size() == 3000);
  REQUIRE(other.marked_count() == 1);
  REQUIRE(dict.find("other"));
  ItemDict& self = other;
  other = std::move(self);
  REQUIRE(other.size() == 3000);
  std::thread([garbage = std::move(other)]() mutable { garbage.clear(); }).join();
  REQUIRE(g_destroyed == 3000);
  REQUIRE(other.empty());  // NOLINT(bugprone-use-after-move): what a move leaves is a promise
  add(other, "again");
  other.validate();
  other = ItemDict(kSeed);
  REQUIRE(g_destroyed == 3001);
}

TEST_CASE("Prefetching changes nothing, whatever the table looks like") {
  ItemDict dict(kSeed);
  const auto prefetch = [&](std::string_view key) {
    dict.prefetch_bucket(dict.hash(key));
    dict.prefetch_element(dict.hash(key));
  };
  prefetch("a");
  for (int i = 0; i < 1000; ++i) add(dict, std::to_string(i));
  for (int i = 0; i < 2000; ++i) prefetch(std::to_string(i));
  dict.validate();
}

TEST_CASE("Statistics add up") {
  ItemDict dict(kSeed);
  for (int i = 0; i < 5000; ++i) add(dict, std::to_string(i));
  auto place = dict.locate("1", dict.hash("1"));
  dict.set_mark(place, true);
  const DictStats s = dict.stats();
  size_t buckets = 0, elements = 0;
  for (size_t n = 0; n < s.chains_of_length.size(); ++n) {
    buckets += s.chains_of_length[n];
    elements += n * s.chains_of_length[n];
  }
  REQUIRE(elements == 5000);
  REQUIRE(s.elements == 5000);
  REQUIRE(s.marked == 1);
  REQUIRE(buckets == s.buckets);
  REQUIRE(s.level_size + s.split_index == s.buckets);
  REQUIRE(s.used_buckets == s.buckets - s.chains_of_length[0]);
  REQUIRE(s.longest_chain + 1 == s.chains_of_length.size());
  REQUIRE(dict.slots() == (s.buckets + s.chained_buckets) * DictBucket::kSlots);
  REQUIRE(dict.memory_bytes() >= (s.buckets + s.chained_buckets) * sizeof(DictBucket));
}

}  // namespace redpoll::ds
