// Active expiry: slices remove what has expired, in every database, and report how far behind they are.
#include "store/expiry_cycle.h"

#include <catch2/catch.hpp>
#include <string>

#include "store/keyspace.h"
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
    for (; size() > left && slices < 1000; ++slices) cycle.run_slice(10, kEffort);
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
  for (int i = 0; i < 5; ++i) t.cycle.run_slice(10, kEffort);
  REQUIRE(t.keys.db(0).average_ttl_ms == Approx(9.223372e18));
}

TEST_CASE("A database where much has expired is swept on within one slice") {
  Fixture t;
  t.fill(0, 1000, kNow + 1);
  t.keys.terms().now = kNow + 1000;
  t.cycle.run_slice(10, kEffort);
  REQUIRE(t.size() == 0);
  REQUIRE(t.cycle.stale_percent() == Approx(5.0));
}

TEST_CASE("The estimate of stale keys sinks when there are none") {
  Fixture t;
  t.fill(0, 100, kNow + 1);
  t.keys.terms().now = kNow + 1000;
  t.cycle.run_slice(10, kEffort);
  const double before = t.cycle.stale_percent();
  t.fill(0, 100, kNow + 1'000'000);
  t.cycle.run_slice(10, kEffort);
  REQUIRE(t.cycle.stale_percent() < before);
  REQUIRE(t.cycle.stale_percent() > 0);
}

TEST_CASE("Nothing is removed while the cycle is off or expired keys are hidden") {
  Fixture t;
  t.fill(0, 100, kNow + 1);
  t.keys.terms().now = kNow + 1000;
  t.cycle.enabled = false;
  t.cycle.run_slice(10, kEffort);
  REQUIRE(t.size() == 100);
  t.cycle.enabled = true;
  t.keys.terms().expired = Expired::hide;
  t.cycle.run_slice(10, kEffort);
  REQUIRE(t.size() == 100);
  t.keys.terms().expired = Expired::remove;
  t.cycle.run_slice(10, kEffort);
  REQUIRE(t.size() == 0);
}

TEST_CASE("A fast slice runs only after one that ran out of time") {
  Fixture t;
  t.fill(0, 1000, kNow + 1);
  t.keys.terms().now = kNow + 1000;
  t.cycle.run_fast_slice(kEffort);
  REQUIRE(t.size() == 1000);
}

TEST_CASE("A slice without time stops, is counted, and later ones go on") {
  Fixture t;
  t.fill(0, 20'000, kNow + 1);
  t.keys.terms().now = kNow + 1000;
  // At this rate a slice has a microsecond.
  t.cycle.run_slice(250'000, kEffort);
  REQUIRE(t.size() > 0);
  REQUIRE(t.cycle.time_limit_reached() == 1);
  REQUIRE(t.slices_until(0) < 1000);
  REQUIRE(t.size() == 0);
}

}  // namespace redpoll::store
