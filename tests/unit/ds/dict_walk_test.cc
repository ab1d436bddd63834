// Walks over a hash table and draws from it: iterators, SCAN, random elements.
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <csignal>
#include <set>
#include <string>
#include <vector>

#include "ds/dict.h"
#include "ds/dict_iterator.h"
#include "unit/ds/dict_items.h"

namespace redpoll::ds {
namespace {

// Whether `misuse` ends the process by a panic.
template <class F>
bool panics(F&& misuse) {
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    // Catch2 would report the signal as a failure of its own.
    std::signal(SIGABRT, SIG_DFL);
    set_panic_hook([](std::string_view) noexcept {});
    misuse();
    ::_exit(0);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  return WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT;
}

}  // namespace

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
        for (uint64_t i = 0; i < change && passing > 0; ++i)
          dict.erase("passing" + std::to_string(--passing));
        dict.rehash(rng.below(300));
      }
      if (rng.below(20) == 0) dict.expand(rng.below(40'000));
      if (rng.below(10) == 0) dict.shrink();
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

TEST_CASE("A walk visits each element exactly once, or stops when it is told to") {
  for (const uint64_t size : {0, 1, 7, 100, 5000}) {
    ItemDict dict(kSeed);
    for (uint64_t i = 0; i < size; ++i) add(dict, std::to_string(i));
    std::multiset<std::string> seen;
    REQUIRE(dict.each_while([&](const Item* item) {
      seen.insert(item->key);
      return true;
    }));
    REQUIRE(seen.size() == size);
    REQUIRE(std::set<std::string>(seen.begin(), seen.end()).size() == size);
    uint64_t calls = 0;
    const bool whole = dict.each_while([&](const Item*) { return ++calls < 3; });
    REQUIRE(whole == (size < 3));
    REQUIRE(calls == std::min<uint64_t>(size, 3));
  }
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
  do
    cursor = dict.scan_marked(cursor, [&](Item* item) {
      REQUIRE(item->value % 10 == 0);
      ++seen;
    });
  while (cursor != 0);
  REQUIRE(seen == 1000);
  REQUIRE(dict.marked_count() == 1000);
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

TEST_CASE("An element is found by what it is, where its hash says") {
  ItemDict dict(kSeed);
  std::vector<Item*> items;
  for (int i = 0; i < 500; ++i) items.push_back(add(dict, std::to_string(i), i));
  const uint64_t hash = dict.hash("123");
  const auto is = [&](const Item* item) { return [item](const Item* here) { return here == item; }; };
  REQUIRE(dict.locate_if(hash, is(items[123])).found());
  REQUIRE_FALSE(dict.locate_if(hash, is(nullptr)).found());
  dict.erase("123");
  REQUIRE_FALSE(dict.locate_if(hash, is(items[123])).found());
}

TEST_CASE("A strict iterator panics when the dict was changed, and only then") {
  ItemDict dict(kSeed);
  for (int i = 0; i < 100; ++i) add(dict, std::to_string(i), i);
  const auto walk = [&](auto&& meddle) {
    ItemDict::Iterator it(dict, IteratorKind::strict);
    it.next();
    meddle();
  };
  REQUIRE_FALSE(panics([&] { walk([&] { dict.find("1"); }); }));
  REQUIRE(panics([&] { walk([&] { add(dict, "new"); }); }));
  REQUIRE(panics([&] { walk([&] { dict.erase("1"); }); }));
  REQUIRE(panics([&] { walk([&] { dict.clear(); }); }));
  REQUIRE(panics([&] {
    ItemDict::Iterator it(dict, IteratorKind::strict);
    add(dict, "new");
    it.next();
    ::_exit(0);
  }));
}

TEST_CASE("A dict may grow under a safe iterator, which visits what was there") {
  ItemDict dict(kSeed);
  for (int i = 0; i < 500; ++i) add(dict, std::to_string(i), 1);
  int old = 0;
  {
    ItemDict::Iterator it(dict);
    for (int i = 0; const auto item = it.next(); ++i) {
      old += (*item)->value;
      if (i < 2000) add(dict, "new" + std::to_string(i));
    }
    REQUIRE(dict.paused());
  }
  REQUIRE(old == 500);
  REQUIRE(dict.rehash_pending());
  dict.validate();
}

TEST_CASE("Random draws reach every element, also in a table that is nearly empty") {
  ItemDict dict(kSeed);
  for (int i = 0; i < 50; ++i) add(dict, std::to_string(i));
  Rng rng(5);
  std::set<Item*> drawn;
  for (int i = 0; i < 5000; ++i) drawn.insert(dict.random(rng));
  REQUIRE(drawn.size() == 50);
  dict.clear();
  dict.expand(1'000'000);
  Item* only = add(dict, "only");
  REQUIRE(dict.random(rng) == only);
  REQUIRE(dict.fair_random(rng) == only);
}

TEST_CASE("Fair random ends, and reaches everything, where all hashes collide") {
  Dict<CollidingPolicy> dict(kSeed);
  for (int i = 0; i < 2000; ++i) add(dict, std::string(static_cast<size_t>(i), 'x'));
  Rng rng(6);
  std::set<Item*> drawn;
  for (int i = 0; i < 40'000; ++i) drawn.insert(dict.fair_random(rng));
  REQUIRE(drawn.size() == 2000);
}

}  // namespace redpoll::ds
