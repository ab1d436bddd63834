// Counters of the whole server since it started or since CONFIG RESETSTAT.
#pragma once

#include <array>
#include <cstdint>

#include "base/units.h"
#include "exec/statistics.h"

namespace redpoll::session {

// A rate per second, averaged over the last sixteen samples.
class InstantRate {
 public:
  // `total` is a counter that grows; called about ten times a second.
  void sample(uint64_t total, MonoUs now);
  // Events per second; 0 before there are samples.
  uint64_t per_second() const;
  void reset() { *this = {}; }

 private:
  static constexpr size_t kSamples = 16;
  std::array<uint64_t, kSamples> rates_{};
  size_t next_ = 0;
  uint64_t last_total_ = 0;
  MonoUs last_time_{};
};

// The most that was noted in the last eight seconds, as redis-server remembers what clients took.
class RecentPeak {
 public:
  void note(Bytes value, MonoUs now);
  Bytes most(MonoUs now) const;

 private:
  static constexpr int64_t kSlots = 8;  // one for each second
  struct Slot {
    int64_t second = -1;
    Bytes most = 0;
  };
  std::array<Slot, kSlots> slots_{};
};

// Those of the Executor, and what else the server counts.
struct Stats : exec::Statistics {
  uint64_t connections_received = 0;
  uint64_t connections_rejected = 0;  // over maxclients
  uint64_t input_bytes = 0;
  uint64_t output_bytes = 0;
  uint64_t reads_processed = 0;
  uint64_t writes_processed = 0;
  uint64_t query_buffer_limit_disconnections = 0;
  uint64_t output_buffer_limit_disconnections = 0;
  uint64_t auth_failures = 0;
  uint64_t clients_evicted = 0;
  uint64_t event_loop_turns = 0;
  uint64_t event_loop_us = 0;  // that turns took, their wait left out
  Bytes peak_memory = 0;
  InstantRate ops;
  InstantRate input;
  InstantRate output;
  InstantRate turns;
  InstantRate turn_us;
  RecentPeak client_input;   // the most that one client held
  RecentPeak client_output;  // the most that one counted against client-output-buffer-limit

  // For CONFIG RESETSTAT: everything but the peak and the changes to the data set.
  void reset();
};

}  // namespace redpoll::session
