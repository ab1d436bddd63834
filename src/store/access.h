// Choices and the 24-bit access clock shared by everything in the store.
#pragma once

#include <cstdint>

#include "base/rng.h"
#include "base/units.h"

namespace redpoll::store {

// Where memory of a removed value is given back: by the caller, or on the worker thread if it is large.
enum class Reclaim : uint8_t { now, background };

// How uses of a key are recorded in its access clock: the time of the last one in seconds (LRU), or the minute of
// the last decay and a counter that grows with the logarithm of the number of uses (LFU).
enum class AccessPolicy : uint8_t { lru, lfu };

class AccessTracker {
 public:
  AccessPolicy policy = AccessPolicy::lru;
  // lfu-log-factor: how much harder each further increment of the counter becomes.
  int log_factor = 10;
  // lfu-decay-time: minutes after which an unused counter loses one.
  int decay_minutes = 1;

  // What a new key starts with.
  uint32_t initial(UnixMs now) const;
  // The clock after a use.
  uint32_t touched(uint32_t clock, UnixMs now, Rng& rng) const {
    return policy == AccessPolicy::lru ? lru_clock(now) : lfu_touched(clock, now, rng);
  }
  // Seconds since the last use. REQUIRES: policy is lru.
  int64_t idle_seconds(uint32_t clock, UnixMs now) const;
  // The counter after decay. REQUIRES: policy is lfu.
  uint8_t frequency(uint32_t clock, UnixMs now) const;

  static uint32_t lru_clock(UnixMs now) { return static_cast<uint32_t>(now.v / 1000) & 0xffffff; }

 private:
  uint32_t lfu_touched(uint32_t clock, UnixMs now, Rng& rng) const;
};

}  // namespace redpoll::store
