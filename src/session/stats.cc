#include "session/stats.h"

#include <algorithm>
#include <numeric>

namespace redpoll::session {

void InstantRate::sample(uint64_t total, MonoUs now) {
  const int64_t elapsed_us = now - last_time_;
  if (last_time_.v != 0 && elapsed_us > 0 && total >= last_total_) {
    rates_[next_] = (total - last_total_) * 1'000'000 / static_cast<uint64_t>(elapsed_us);
    next_ = (next_ + 1) % kSamples;
  }
  last_total_ = total;
  last_time_ = now;
}

uint64_t InstantRate::per_second() const {
  return std::accumulate(rates_.begin(), rates_.end(), uint64_t{0}) / kSamples;
}

static int64_t second_of(MonoUs now) { return now.v / 1'000'000; }

void RecentPeak::note(Bytes value, MonoUs now) {
  const int64_t second = second_of(now);
  Slot& slot = slots_[static_cast<size_t>(second % kSlots)];
  if (slot.second != second) slot = {.second = second};
  slot.most = std::max(slot.most, value);
}

Bytes RecentPeak::most(MonoUs now) const {
  Bytes most = 0;
  for (const Slot& slot : slots_) {
    if (slot.second > second_of(now) - kSlots) most = std::max(most, slot.most);
  }
  return most;
}

void Stats::reset() {
  const Bytes peak = peak_memory;
  const uint64_t changes = dirty;
  *this = {};
  peak_memory = peak;
  dirty = changes;
}

}  // namespace redpoll::session
