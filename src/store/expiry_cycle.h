// Active expiry: removes keys, and fields of hashes, whose time has come although nobody looks at them.
//
//   begin ──► slice ──► slice ──► ... until the cycle is through, or its share of the processor is used up
//   (a tick)    of at most a millisecond each; in between the server serves whoever has sent something
//
// Each database is swept bucket by bucket, again and again; only keys with deadlines are visited. A cycle
// does its share of a sweep (one sweep takes at most about kSweepSeconds), and goes on as long as much of
// what it finds has expired. Since the hash function spreads keys at random, the buckets of a slice are a
// fair sample of the database.
#pragma once

#include <cstdint>

#include "base/clock.h"
#include "base/units.h"

namespace redpoll::store {

class Keyspace;

class ExpiryCycle {
 public:
  // Seconds that one sweep over a database takes at most while the processor's share allows.
  static constexpr int kSweepSeconds = 30;
  // Nobody should wait for longer.
  static constexpr int64_t kSliceUs = 1000;
  // Databases of a cycle, unless the one before was not through.
  static constexpr int kDatabases = 16;

  ExpiryCycle(Keyspace& keyspace, const Clocks& clocks) : keyspace_(keyspace), clocks_(clocks) {}

  // Begins a cycle, with its first slice. `hz`: how many cycles are begun per second. `effort`:
  // active-expire-effort, 1 to 10. A cycle takes at most its share of the processor: 25 % at effort 1, 43 %
  // at effort 10.
  void begin(int hz, int effort);
  // The next slice of a cycle that is not through, of at most about kSliceUs: one value is freed at once,
  // unless that is left to the worker. A cycle that has used up its share gets a slice every other
  // millisecond, if it is asked so often.
  void go_on();
  // True if `go_on` should be called without delay.
  bool in_haste() const { return left_us_ > 0 && may_run(); }

  bool enabled = true;

  // Estimated share of the keys with a deadline that have expired but are still there, in percent.
  double stale_percent() const { return stale_percent_; }
  // How many cycles had used up their share before they were through.
  uint64_t time_limit_reached() const { return time_limit_reached_; }
  // Total time spent here, in microseconds.
  int64_t total_us() const { return total_us_; }
  void reset_stats() {
    stale_percent_ = 0;
    time_limit_reached_ = 0;
    total_us_ = 0;
  }

 private:
  bool may_run() const;
  void run_slice(int64_t limit_us);
  bool sweep(int db, MonoUs end);
  void finish();

  Keyspace& keyspace_;
  const Clocks clocks_;
  int next_db_ = 0;
  // Of the cycle that was begun last.
  int databases_left_ = 0;  // 0: it is through
  int64_t left_us_ = 0;     // of its share; not positive: it has none left
  uint64_t cycles_per_sweep_ = 1;
  uint64_t stale_limit_percent_ = 10;  // it goes on while more than this has expired
  uint64_t visited_ = 0;
  uint64_t expired_ = 0;
  MonoUs last_slice_{};

  double stale_percent_ = 0;
  uint64_t time_limit_reached_ = 0;
  int64_t total_us_ = 0;
};

}  // namespace redpoll::store
