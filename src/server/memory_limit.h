// Keeps the memory in use within maxmemory, by evicting keys or by refusing commands.
//
//   used ────────────────╮ lowered at run time: the ceiling is where memory stands
//                        │
//   ceiling ─ ─ ─ ─ ─ ─ ─┴──╮        a command may use memory up to the ceiling, and first evicts what is
//                           ╰──╮     above it: so it pays for what was used since the last one
//   maxmemory ─────────────────╰───  before each sleep a slice lowers the ceiling, until it is here
//
// Nobody waits for longer than a slice, which maxmemory-eviction-tenacity limits; if the time was not enough,
// the ceiling stays higher. What the worker is about to free counts as freed.
#pragma once

#include <cstdint>

#include "admin/latency_monitor.h"
#include "base/clock.h"
#include "base/units.h"
#include "config/settings.h"
#include "exec/executor.h"
#include "server/reclaim_worker.h"
#include "store/eviction.h"

namespace redpoll::server {

class MemoryLimit {
 public:
  MemoryLimit(store::Keyspace& keyspace, exec::Executor& executor, const ReclaimWorker& worker,
              admin::LatencyMonitor& latency, const Clocks& clocks)
      : executor_(executor),
        worker_(worker),
        latency_(latency),
        clocks_(clocks),
        keyspace_(keyspace),
        evictor_(keyspace) {}

  // Goes by these settings from now on. With a limit, the Executor is denied exec::needs::kMemory: who needs
  // it asks `make_room`.
  void follow(const config::Settings& settings);
  // Before a command that may use memory: evicts what is above the ceiling. False if the command must be
  // refused. What runs within another command is told what that was. REQUIRES: no slot is alive.
  bool make_room();
  // A slice of what is to be done whoever asks. REQUIRES: terms are in force; no command runs.
  void go_on();
  // True if `go_on` should be called without delay.
  bool in_haste() const { return ceiling_ > limit_ && may_evict(); }

  // Microseconds: since memory came to be above the limit, 0 if it is not; and the times before this one.
  int64_t exceeded_us() const { return exceeded_since_.v == 0 ? 0 : clocks_.mono() - exceeded_since_; }
  int64_t past_exceeded_us() const { return past_exceeded_us_; }
  void reset_stats();

  // How long a slice may take.
  static int64_t slice_us(int tenacity);

 private:
  Bytes used() const;
  bool may_evict() const { return keyspace_.terms().expired == store::Expired::remove; }
  bool work_off(Bytes target);
  bool evict_down_to(Bytes target);
  store::Evictor::Step evict_one();
  void note_time(std::string_view what, MonoUs since);
  void note_exceeded(bool exceeded);

  exec::Executor& executor_;
  const ReclaimWorker& worker_;
  admin::LatencyMonitor& latency_;
  const Clocks clocks_;
  store::Keyspace& keyspace_;
  store::Evictor evictor_;
  Bytes limit_ = 0;  // 0: none
  Bytes ceiling_ = 0;
  int64_t slice_us_ = 0;
  bool slice_due_ = false;  // the next command must not go by the ceiling: the limit is new
  bool has_room_ = true;    // as the last command was told
  MonoUs exceeded_since_{};
  int64_t past_exceeded_us_ = 0;
};

}  // namespace redpoll::server
