// The latency monitor: what took at least latency-monitor-threshold milliseconds, by kind of event, for the
// commands LATENCY LATEST, HISTORY, GRAPH and DOCTOR.
//
//   kind            what took that long
//   command         a command that is not marked as fast
//   fast-command    one that is
//   expire-cycle    a slice of active expiry
//   eviction-cycle  a slice of eviction
//   eviction-del    the removal of one key in it
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <string_view>

#include "base/units.h"

namespace redpoll::admin {

struct LatencySample {
  int64_t unix_s;
  int64_t ms;  // the longest of that second
};

// The latest samples of one kind of event, the oldest first: one for each second in which there was one.
class LatencySeries {
 public:
  static constexpr size_t kSamples = 160;  // as Redis keeps

  void add(int64_t unix_s, int64_t ms);

  const std::deque<LatencySample>& samples() const { return samples_; }
  // The longest of all, including those that are forgotten.
  int64_t worst_ms() const { return worst_ms_; }

 private:
  std::deque<LatencySample> samples_;
  int64_t worst_ms_ = 0;
};

class LatencyMonitor {
 public:
  // Shorter events are not remembered. 0: none is.
  int64_t threshold_ms = 0;

  bool notices(int64_t ms) const { return threshold_ms > 0 && ms >= threshold_ms; }
  // Something took so long. Kinds are named by the server, not by clients: there are few.
  void add(std::string_view kind, int64_t ms, UnixMs now);

  // By name; no series is empty.
  const std::map<std::string, LatencySeries, std::less<>>& all() const { return series_; }
  const LatencySeries* find(std::string_view kind) const;
  // False if nothing of that kind is remembered.
  bool forget(std::string_view kind);
  // Returns how many kinds there were.
  size_t forget_all();

 private:
  std::map<std::string, LatencySeries, std::less<>> series_;
};

}  // namespace redpoll::admin
