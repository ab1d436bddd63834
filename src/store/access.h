// On what terms keys are looked at, and the 24-bit access clock.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "base/rng.h"
#include "base/siphash.h"
#include "base/units.h"

namespace redpoll::store {

// Where memory of a removed value is given back: by the caller, or on the worker thread if it is large. What
// would hold up the loop goes to the worker either way.
enum class Reclaim : uint8_t { now, background };

// What becomes of keys and fields whose time has come, when somebody looks.
enum class Expired : uint8_t {
  remove,  // they go
  // Nobody sees them, but they stay: the data set must not change. Only a slot removes them: who asks for a
  // place to write to is about to change the data set anyway.
  hide,
  ignore,  // they are as good as any: what says when they go is elsewhere (a file, a master)
};

// Says in advance what the hash of a key is, or of an element of a collection. Only a look through the same
// bytes in memory uses it. All tables of a keyspace hash bytes alike, so that it is right wherever it is
// used.
struct HashHint {
  // A place where no key lies. Null will not do, since the view of an empty key may be null.
  static constexpr char kNowhere = 0;
  const char* data = &kNowhere;
  size_t size = 0;
  uint64_t hash = 0;

  uint64_t hash_of(std::string_view bytes, const SipKey& seed) const {
    return data == bytes.data() && size == bytes.size() ? hash : siphash13(bytes, seed);
  }
};
inline constexpr HashHint kNoHint[1] = {};

// On what terms keys are looked at while something is executed; see AccessScope.
struct AccessTerms {
  UnixMs now{};
  // False if looks are no use of the key: its access clock is left alone.
  bool touch = true;
  Expired expired = Expired::remove;
  // For the keys that are looked at next, in this order, and then for the element that is looked for in the
  // last of them; the last one stays for the next look as well. What is not the next one is hashed. REQUIRES:
  // not empty; they live as long as the terms, and end before the bytes do that they are of.
  std::span<const HashHint> hints = kNoHint;

  // Deadlines before this have passed.
  UnixMs horizon() const { return expired == Expired::ignore ? UnixMs{INT64_MIN} : now; }
};

// How uses of a key are recorded in its access clock: the time of the last one in seconds (LRU; LRM: only if
// it changed the key), or the minute of the last one and a counter that grows with the logarithm of the
// number of uses (LFU).
enum class AccessPolicy : uint8_t { lru, lrm, lfu };

//      0                                   24     25        28
//     +-----------------------------------+------+---------+
//     | seconds                           | 0    | eighths |   LRU, LRM
//     | counter (8), minutes (16)         | kLfu | 0       |   LFU
//     +-----------------------------------+------+---------+
//
// Other policies left clocks of the other kind behind: they are read for what they tell. Eighths of a second
// tell apart what a busy cache turns over within seconds.
class AccessTracker {
 public:
  // In a clock: it has been set by LFU.
  static constexpr uint32_t kLfu = 1u << 24;

  AccessPolicy policy = AccessPolicy::lru;
  // lfu-log-factor: how much harder each further increment of the counter becomes.
  int log_factor = 10;
  // lfu-decay-time: minutes after which an unused counter loses one.
  int decay_minutes = 1;

  // What a new key starts with.
  uint32_t initial(UnixMs now) const;
  // The clock after a use.
  uint32_t touched(uint32_t clock, UnixMs now, Rng& rng) const {
    return policy == AccessPolicy::lru ? lru_clock(now) : touched_otherwise(clock, now, rng);
  }
  // Seconds since the last use that counts; of a clock that LFU has set, by whole minutes.
  int64_t idle_seconds(uint32_t clock, UnixMs now) const;
  // The same in eighths of a second.
  int64_t idle_eighths(uint32_t clock, UnixMs now) const;
  // The counter after decay; of a clock that LFU has not set, that of a key used once.
  uint8_t frequency(uint32_t clock, UnixMs now) const;
  // The clock after the key was changed, for LRM.
  uint32_t modified(UnixMs now) const { return lru_clock(now); }

  static uint32_t lru_clock(UnixMs now) {
    const auto eighths = static_cast<uint64_t>(now.v) / kEighthMs;
    return static_cast<uint32_t>((eighths / 8 & 0xffffff) | (eighths & 7) << kEighthsShift);
  }
  static constexpr int kEighthMs = 125;

 private:
  static constexpr int kEighthsShift = 25;

  static uint32_t eighths(uint32_t lru_clock) {
    return (lru_clock & 0xffffff) << 3 | lru_clock >> kEighthsShift;
  }
  uint32_t touched_otherwise(uint32_t clock, UnixMs now, Rng& rng) const;
};

}  // namespace redpoll::store
