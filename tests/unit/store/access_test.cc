// The access clock: idle time (LRU) and frequency of use (LFU).
#include "store/access.h"

#include <catch2/catch.hpp>

namespace redpoll::store {

static constexpr int64_t kMinute = 60'000;

TEST_CASE("Idle time survives the wrap of the 24-bit clock") {
  const AccessTracker lru;
  const UnixMs wrap{int64_t{0x1000000} * 1000};
  const uint32_t clock = lru.initial(wrap - 3000);
  REQUIRE(lru.idle_seconds(clock, wrap + 4000) == 7);
}

TEST_CASE("Uses within a second are told apart by eighths") {
  const AccessTracker lru;
  const UnixMs now{1'700'000'000'900};
  REQUIRE(lru.idle_eighths(lru.initial(now), now) == 0);
  REQUIRE(lru.idle_eighths(lru.initial(now - 500), now) == 4);
  REQUIRE(lru.idle_seconds(lru.initial(now - 500), now) == 0);
  REQUIRE(lru.idle_eighths(lru.initial(now - 10'000), now) == 80);
  const UnixMs wrap{int64_t{0x1000000} * 1000};
  REQUIRE(lru.idle_eighths(lru.initial(wrap - 250), wrap + 250) == 4);
}

TEST_CASE("A new key starts with a small frequency, which use raises and time lowers") {
  AccessTracker lfu;
  lfu.policy = AccessPolicy::lfu;
  Rng rng(1);
  const UnixMs now{1'700'000'000'000};
  uint32_t clock = lfu.initial(now);
  const uint8_t fresh = lfu.frequency(clock, now);
  REQUIRE(fresh == 5);
  for (int i = 0; i < 10'000; ++i) clock = lfu.touched(clock, now, rng);
  const uint8_t used = lfu.frequency(clock, now);
  REQUIRE(used > 20);
  REQUIRE(used < 200);
  REQUIRE(lfu.frequency(clock, now + 10 * kMinute) == used - 10);
  REQUIRE(lfu.frequency(clock, now + 1000 * kMinute) == 0);
}

TEST_CASE("Without decay the frequency stays") {
  AccessTracker lfu;
  lfu.policy = AccessPolicy::lfu;
  lfu.decay_minutes = 0;
  const UnixMs now{1'700'000'000'000};
  REQUIRE(lfu.frequency(lfu.initial(now), now + 1000 * kMinute) == 5);
}

TEST_CASE("Without a logarithm every use counts, up to 255") {
  AccessTracker lfu;
  lfu.policy = AccessPolicy::lfu;
  lfu.log_factor = 0;
  Rng rng(1);
  const UnixMs now{1'700'000'000'000};
  uint32_t clock = lfu.initial(now);
  for (int i = 0; i < 300; ++i) clock = lfu.touched(clock, now, rng);
  REQUIRE(lfu.frequency(clock, now) == 255);
}

}  // namespace redpoll::store
