#include "admin/latency_monitor.h"

#include <algorithm>

namespace redpoll::admin {

void LatencySeries::add(int64_t unix_s, int64_t ms) {
  worst_ms_ = std::max(worst_ms_, ms);
  if (!samples_.empty() && samples_.back().unix_s == unix_s) {
    samples_.back().ms = std::max(samples_.back().ms, ms);
    return;
  }
  if (samples_.size() == kSamples) samples_.pop_front();
  samples_.push_back({unix_s, ms});
}

void LatencyMonitor::add(std::string_view kind, int64_t ms, UnixMs now) {
  if (!notices(ms)) return;
  auto it = series_.find(kind);
  if (it == series_.end()) it = series_.emplace(kind, LatencySeries()).first;
  it->second.add(now.v / 1000, ms);
}

const LatencySeries* LatencyMonitor::find(std::string_view kind) const {
  const auto it = series_.find(kind);
  return it != series_.end() ? &it->second : nullptr;
}

bool LatencyMonitor::forget(std::string_view kind) {
  const auto it = series_.find(kind);
  if (it == series_.end()) return false;
  series_.erase(it);
  return true;
}

size_t LatencyMonitor::forget_all() {
  const size_t count = series_.size();
  series_.clear();
  return count;
}

}  // namespace redpoll::admin
