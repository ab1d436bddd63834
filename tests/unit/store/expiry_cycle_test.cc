// Active expiry: slices remove what has expired, in every database, and report how far behind they are.
#include "store/expiry_cycle.h"

#include <catch2/catch.hpp>
#include <string>

#include "store/keyspace.h"
#include "store/set.h"
#include "store/slot.h"

namespace redpoll::store {

namespace {

constexpr UnixMs kNow{1'000'000};
constexpr int kEffort = 1;

struct Fixture {
  Fixture() { keys.terms().now = kNow; }

  void fill(int db, int count, UnixMs deadline) {
    for (int i = 0; i < count; ++i) {
      const std::string key = std::to_string(deadline.v) + "-" + std::to_string(i);
      keys.db(db).probe(key).store(String::encode("v"), deadline);
    }
  }
  size_t size() {
    size_t total = 0;
    for (int i = 0; i < keys.size(); ++i) total += keys.db(i).size();
    return total;
  }
  // Slices of a tenth of a second each until nothing expired is left; fails if it takes too many.
  int slices_until(size_t left) {
    int slices = 0;
    for (; size() > left && slices < 1000; ++slices) cycle.begin(10, kEffort);
    return slices;
  }

  Keyspace keys{3, SipKey{1, 2}};
  ExpiryCycle cycle{keys, {}};
};

}  // namespace

TEST_CASE("Slices remove expired keys of every database and leave the others") {
  Fixture t;
  t.fill(0, 5000, kNow + 1);
  t.fill(1, 5000, kNow + 60'000);
  t.fill(2, 5000, kNow + 2);
  t.keys.terms().now = kNow + 1000;
  REQUIRE(t.slices_until(5000) < 1000);
  REQUIRE(t.size() == 5000);
  REQUIRE(t.keys.db(1).size() == 5000);
  REQUIRE(t.keys.stats.expired == 10'000);
  REQUIRE(t.keys.db(1).average_ttl_ms == 59'000);
  REQUIRE(t.keys.db(0).average_ttl_ms == 0);
}

TEST_CASE("The average of deadlines at the end of time overflows nothing") {
  Fixture t;
  t.fill(0, 100, UnixMs{INT64_MAX});
  for (int i = 0; i < 5; ++i) t.cycle.begin(10, kEffort);
  REQUIRE(t.keys.db(0).average_ttl_ms == Approx(9.223372e18));
}

TEST_CASE("A database where much has expired is swept on within one slice") {
  Fixture t;
  t.fill(0, 1000, kNow + 1);
  t.keys.terms().now = kNow + 1000;
  t.cycle.begin(10, kEffort);
  REQUIRE(t.size() == 0);
  REQUIRE(t.cycle.stale_percent() == Approx(5.0));
}

TEST_CASE("The estimate of stale keys sinks when there are none") {
  Fixture t;
  t.fill(0, 100, kNow + 1);
  t.keys.terms().now = kNow + 1000;
  t.cycle.begin(10, kEffort);
  const double before = t.cycle.stale_percent();
  t.fill(0, 100, kNow + 1'000'000);
  t.cycle.begin(10, kEffort);
  REQUIRE(t.cycle.stale_percent() < before);
  REQUIRE(t.cycle.stale_percent() > 0);
}

TEST_CASE("Nothing is removed while the cycle is off or expired keys are hidden") {
  Fixture t;
  t.fill(0, 100, kNow + 1);
  t.keys.terms().now = kNow + 1000;
  t.cycle.enabled = false;
  t.cycle.begin(10, kEffort);
  REQUIRE(t.size() == 100);
  t.cycle.enabled = true;
  t.keys.terms().expired = Expired::hide;
  t.cycle.begin(10, kEffort);
  REQUIRE(t.size() == 100);
  t.keys.terms().expired = Expired::remove;
  t.cycle.begin(10, kEffort);
  REQUIRE(t.size() == 0);
}

TEST_CASE("A cycle that is through goes on with nothing") {
  Fixture t;
  t.cycle.begin(10, kEffort);
  t.fill(0, 1000, kNow + 1);
  t.keys.terms().now = kNow + 1000;
  t.cycle.go_on();
  REQUIRE_FALSE(t.cycle.in_haste());
  REQUIRE(t.size() == 1000);
}

TEST_CASE("A cycle without time stops, is counted, and later ones go on") {
  Fixture t;
  t.fill(0, 20'000, kNow + 1);
  t.keys.terms().now = kNow + 1000;
  // At this rate a cycle has a microsecond.
  t.cycle.begin(250'000, kEffort);
  REQUIRE(t.size() > 0);
  REQUIRE(t.cycle.time_limit_reached() == 1);
  REQUIRE(t.slices_until(0) < 1000);
  REQUIRE(t.size() == 0);
}

// A clock by which each look at it takes a tenth of a millisecond.
struct SlowClock {
  static inline int64_t us = 0;
  static MonoUs read() { return {us += 100}; }
  static constexpr int64_t kLooksPerSlice = ExpiryCycle::kSliceUs / 100;
};

TEST_CASE("A cycle is cut into slices, and takes no more than its share of the time") {
  Fixture t;
  ExpiryCycle cycle(t.keys, {.mono = SlowClock::read});
  t.fill(0, 100'000, kNow + 1);
  t.keys.terms().now = kNow + 1000;
  const int64_t before_us = SlowClock::us;
  cycle.begin(10, kEffort);
  int slices = 1;
  while (cycle.in_haste()) {
    const int64_t begin_us = SlowClock::us;
    cycle.go_on();
    REQUIRE(SlowClock::us - begin_us <= ExpiryCycle::kSliceUs + 300);
    ++slices;
  }
  REQUIRE(slices > 15);
  REQUIRE(SlowClock::us - before_us >= 25'000);
  REQUIRE(SlowClock::us - before_us <= 28'000);
  REQUIRE(t.size() > 0);
  REQUIRE(cycle.time_limit_reached() == 1);
  // It has had its share. With time in between there is more for whoever asks.
  size_t left = t.size();
  cycle.go_on();
  REQUIRE(t.size() == left);
  SlowClock::us += 5'000;
  cycle.go_on();
  REQUIRE(t.size() < left);
}

TEST_CASE("A cycle that may not go on is in no haste") {
  Fixture t;
  ExpiryCycle cycle(t.keys, {.mono = SlowClock::read});
  t.fill(0, 100'000, kNow + 1);
  t.keys.terms().now = kNow + 1000;
  cycle.begin(10, kEffort);
  REQUIRE(cycle.in_haste());
  t.keys.terms().expired = Expired::hide;
  REQUIRE_FALSE(cycle.in_haste());
  t.keys.terms().expired = Expired::remove;
  REQUIRE(cycle.in_haste());
}

TEST_CASE("Freeing what is large is work, after which the clock is read") {
  Fixture t;
  ExpiryCycle cycle(t.keys, {.mono = SlowClock::read});
  constexpr size_t kSets = 1000;
  for (size_t i = 0; i < kSets; ++i) {
    const std::string key = "set " + std::to_string(i);
    Slot slot = t.keys.db(0).probe(key);
    for (int n = 0; n < 600; ++n) SetEditor(slot).add(Element("member " + std::to_string(n)));
    slot.expire_at(kNow + 1);
  }
  t.keys.terms().now = kNow + 1000;
  cycle.begin(10, kEffort);
  REQUIRE(t.size() > 0);
  // The clock was read after each bucket.
  REQUIRE(kSets - t.size() <= 8 * static_cast<size_t>(SlowClock::kLooksPerSlice));
}

TEST_CASE("With very many databases a cycle looks at some of them, and in the end at all") {
  Keyspace keys(1000, SipKey{1, 2});
  ExpiryCycle cycle(keys, {});
  keys.terms().now = kNow;
  for (int db : {0, 500, 999}) keys.db(db).probe("k").store(String::encode("v"), kNow + 1);
  keys.terms().now = kNow + 1000;
  const auto left = [&keys] { return keys.db(0).size() + keys.db(500).size() + keys.db(999).size(); };
  cycle.begin(10, kEffort);
  REQUIRE(left() == 2);
  for (int i = 0; i < 1000 / ExpiryCycle::kDatabases; ++i) cycle.begin(10, kEffort);
  REQUIRE(left() == 0);
}

}  // namespace redpoll::store
