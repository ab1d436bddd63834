// Active expiry: removes keys, and fields of hashes, whose time has come although nobody looks at them.
//
// Each database is swept bucket by bucket, again and again; only keys with deadlines are visited. A slice
// does its share of a sweep (one sweep takes at most about kSweepSeconds), goes on as long as much of what it
// finds has expired, and never takes longer than it may. Since the hash function spreads keys at random, the
// buckets of a slice are a fair sample of the database.
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

  ExpiryCycle(Keyspace& keyspace, const Clocks& clocks) : keyspace_(keyspace), clocks_(clocks) {}

  // One slice. `hz`: how many slices are run per second. `effort`: active-expire-effort, 1 to 10.
  // Takes at most its share of the processor: 25 % at effort 1, 43 % at effort 10.
  void run_slice(int hz, int effort);
  // A short slice of at most a millisecond, for the time between the regular ones; does nothing unless the
  // last regular slice ran out of time.
  void run_fast_slice(int effort);

  bool enabled = true;

  // Estimated share of the keys with a deadline that have expired but are still there, in percent.
  double stale_percent() const { return stale_percent_; }
  // How many slices had to stop before they were through.
  uint64_t time_limit_reached() const { return time_limit_reached_; }
  // Total time spent here, in microseconds.
  int64_t total_us() const { return total_us_; }
  void reset_stats() {
    stale_percent_ = 0;
    time_limit_reached_ = 0;
    total_us_ = 0;
  }

 private:
  struct Budget {
    MonoUs end;
    uint64_t slices_per_sweep;
    int stale_limit_percent;  // go on while more than this has expired
  };
  bool sweep(int db, const Budget& budget);
  void run(const Budget& budget);

  Keyspace& keyspace_;
  const Clocks clocks_;
  int next_db_ = 0;
  bool out_of_time_ = false;
  double stale_percent_ = 0;
  uint64_t time_limit_reached_ = 0;
  uint64_t visited_ = 0;
  uint64_t expired_ = 0;
  int64_t total_us_ = 0;
  MonoUs last_fast_slice_{};
};

}  // namespace redpoll::store
