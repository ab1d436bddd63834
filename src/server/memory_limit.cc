#include "server/memory_limit.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "mem/zmalloc.h"

namespace redpoll::server {

using config::MaxmemoryPolicy;
using store::AccessPolicy;
using store::Victims;

namespace {

struct Meaning {
  Victims victims;
  bool only_volatile;
  AccessPolicy access;
};

// What later releases of Redis allow.
constexpr int kMostSamples = 64;

Meaning meaning(MaxmemoryPolicy policy) {
  switch (policy) {
    case MaxmemoryPolicy::volatile_lru: return {Victims::least_recently_used, true, AccessPolicy::lru};
    case MaxmemoryPolicy::volatile_lfu: return {Victims::least_frequently_used, true, AccessPolicy::lfu};
    case MaxmemoryPolicy::volatile_random: return {Victims::any, true, AccessPolicy::lru};
    case MaxmemoryPolicy::volatile_ttl: return {Victims::first_to_expire, true, AccessPolicy::lru};
    case MaxmemoryPolicy::volatile_lrm: return {Victims::least_recently_used, true, AccessPolicy::lrm};
    case MaxmemoryPolicy::allkeys_lru: return {Victims::least_recently_used, false, AccessPolicy::lru};
    case MaxmemoryPolicy::allkeys_lfu: return {Victims::least_frequently_used, false, AccessPolicy::lfu};
    case MaxmemoryPolicy::allkeys_random: return {Victims::any, false, AccessPolicy::lru};
    case MaxmemoryPolicy::allkeys_lrm: return {Victims::least_recently_used, false, AccessPolicy::lrm};
    case MaxmemoryPolicy::noeviction: break;
  }
  return {Victims::none, false, AccessPolicy::lru};
}

}  // namespace

// As evictionTimeLimitUs() of Redis 7.0 has it.
int64_t MemoryLimit::slice_us(int tenacity) {
  constexpr int kLinearUpTo = 10;
  constexpr int64_t kStepUs = 50;
  constexpr double kGrowth = 1.15;
  if (tenacity <= kLinearUpTo) return kStepUs * tenacity;
  if (tenacity >= 100) return std::numeric_limits<int64_t>::max() / 2;
  return static_cast<int64_t>(kStepUs * kLinearUpTo * std::pow(kGrowth, tenacity - kLinearUpTo));
}

void MemoryLimit::follow(const config::Settings& settings) {
  const Meaning now = meaning(settings.maxmemory_policy);
  keyspace_.set_access({.policy = now.access,
                        .log_factor = settings.lfu_log_factor,
                        .decay_minutes = settings.lfu_decay_time});
  const bool by_clock =
      now.victims == Victims::least_recently_used || now.victims == Victims::least_frequently_used;
  keyspace_.shares_integers = settings.maxmemory == 0 || !by_clock;
  evictor_.set_policy({.victims = now.victims,
                       .only_volatile = now.only_volatile,
                       .samples = std::min(settings.maxmemory_samples, kMostSamples)});
  slice_us_ = slice_us(settings.maxmemory_eviction_tenacity);
  limit_ = settings.maxmemory;
  ceiling_ = limit_ == 0 || now.victims == Victims::none ? limit_ : std::max(limit_, used());
  slice_due_ = true;
  if (limit_ > 0) return executor_.deny(exec::needs::kMemory);
  executor_.allow(exec::needs::kMemory);
  note_exceeded(false);
}

Bytes MemoryLimit::used() const {
  const Bytes used = mem::zmalloc_used_memory();
  return used - std::min(used, worker_.pending_bytes());
}

bool MemoryLimit::make_room() {
  if (executor_.running() != nullptr) return has_room_;
  if (used() <= ceiling_ && !slice_due_) [[likely]]
    return has_room_ = true;
  // While clients are paused the data set does not change, and what would make it grow waits.
  if (!may_evict()) return true;
  return has_room_ = work_off(std::exchange(slice_due_, false) ? limit_ : ceiling_);
}

void MemoryLimit::go_on() {
  if (limit_ == 0 || !may_evict()) return;
  slice_due_ = false;
  work_off(limit_);
}

// False if memory is above the limit, and nothing can be done about it.
bool MemoryLimit::work_off(Bytes target) {
  const bool possible = used() <= target || evict_down_to(target);
  ceiling_ = possible ? std::max(limit_, used()) : limit_;
  note_exceeded(!possible || ceiling_ > limit_);
  return possible;
}

// Evicts for the time of a slice. False if there is nothing to be evicted any more.
bool MemoryLimit::evict_down_to(Bytes target) {
  using Step = store::Evictor::Step;
  constexpr int kStepsPerClockRead = 16;
  const MonoUs begin = clocks_.mono();
  const MonoUs end = begin + slice_us_;
  bool possible = true;
  for (int step = 1; used() > target; ++step) {
    possible = evict_one() != Step::nothing;
    if (!possible || (step % kStepsPerClockRead == 0 && clocks_.mono() >= end)) break;
  }
  note_time("eviction-cycle", begin);
  return possible;
}

store::Evictor::Step MemoryLimit::evict_one() {
  if (latency_.threshold_ms == 0) [[likely]]
    return evictor_.evict_one();
  const MonoUs begin = clocks_.mono();
  const store::Evictor::Step step = evictor_.evict_one();
  if (step == store::Evictor::Step::removed) note_time("eviction-del", begin);
  return step;
}

void MemoryLimit::note_time(std::string_view what, MonoUs since) {
  if (latency_.threshold_ms == 0) return;
  latency_.add(what, (clocks_.mono() - since) / 1000, UnixMs{clocks_.wall_us() / 1000});
}

void MemoryLimit::note_exceeded(bool exceeded) {
  if (exceeded == (exceeded_since_.v != 0)) return;
  past_exceeded_us_ += exceeded_us();
  exceeded_since_ = exceeded ? clocks_.mono() : MonoUs{};
}

void MemoryLimit::reset_stats() {
  exceeded_since_ = {};
  past_exceeded_us_ = 0;
}

}  // namespace redpoll::server
