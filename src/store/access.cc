#include "store/access.h"

namespace redpoll::store {

// A new key starts above zero, so that it is not the first to be evicted.
static constexpr uint8_t kInitialFrequency = 5;

static uint32_t lfu_minutes(UnixMs now) { return static_cast<uint32_t>(now.v / 60000) & 0xffff; }
static uint32_t lfu_clock(uint32_t minutes, uint8_t counter) {
  return AccessTracker::kLfu | minutes << 8 | counter;
}
static uint32_t lfu_elapsed(uint32_t clock, UnixMs now) { return (lfu_minutes(now) - (clock >> 8)) & 0xffff; }

uint32_t AccessTracker::initial(UnixMs now) const {
  return policy == AccessPolicy::lfu ? lfu_clock(lfu_minutes(now), kInitialFrequency) : lru_clock(now);
}

int64_t AccessTracker::idle_seconds(uint32_t clock, UnixMs now) const {
  if (clock & kLfu) return int64_t{lfu_elapsed(clock, now)} * 60;
  return (lru_clock(now) - clock) & 0xffffff;
}

int64_t AccessTracker::idle_eighths(uint32_t clock, UnixMs now) const {
  if (clock & kLfu) return idle_seconds(clock, now) * 8;
  return (eighths(lru_clock(now)) - eighths(clock)) & 0x7ffffff;
}

uint8_t AccessTracker::frequency(uint32_t clock, UnixMs now) const {
  const bool counted = clock & kLfu;
  const uint32_t counter = counted ? clock & 0xff : kInitialFrequency;
  if (decay_minutes <= 0) return static_cast<uint8_t>(counter);
  const uint32_t elapsed =
      counted ? lfu_elapsed(clock, now) : static_cast<uint32_t>(idle_seconds(clock, now)) / 60;
  const uint32_t lost = elapsed / static_cast<uint32_t>(decay_minutes);
  return static_cast<uint8_t>(lost >= counter ? 0 : counter - lost);
}

uint32_t AccessTracker::touched_otherwise(uint32_t clock, UnixMs now, Rng& rng) const {
  if (policy == AccessPolicy::lrm) return clock;
  uint8_t counter = frequency(clock, now);
  if (counter < 255) {
    const int above = counter > kInitialFrequency ? counter - kInitialFrequency : 0;
    const double chance = 1.0 / (above * log_factor + 1);
    if (rng.unit() < chance) ++counter;
  }
  return lfu_clock(lfu_minutes(now), counter);
}

}  // namespace redpoll::store
