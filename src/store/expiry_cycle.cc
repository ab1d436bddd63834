#include "store/expiry_cycle.h"

#include <algorithm>

#include "store/keyspace.h"

namespace redpoll::store {

// Reading the clock costs about as much as one step; so it is read once in this many.
static constexpr uint64_t kStepsPerClockRead = 16;
static constexpr int64_t kFastSliceUs = 1000;
// About as many keys as a bucket holds in a table that grows; one that has shrunk may be down to dict's
// kLowLoad, and its sweep takes up to half as long again.
static constexpr uint64_t kKeysPerStep = 3;

// Sweeps a part of one database; false if time ran out.
bool ExpiryCycle::sweep(int index, const Budget& budget) {
  Database& db = keyspace_.db(index);
  const uint64_t due_steps = db.size() / kKeysPerStep / budget.slices_per_sweep + kStepsPerClockRead;
  uint64_t steps = 0, visited = 0, expired = 0, live = 0;
  double ttl_sum_ms = 0;
  bool in_time = true;
  while (db.expiring_count() > 0) {
    const Database::SweepStep step = db.sweep_step(keyspace_.terms().now);
    visited += step.visited;
    expired += step.expired;
    live += step.lasting;
    ttl_sum_ms += step.ttl_sum_ms;
    ++steps;
    if (step.wrapped && steps > 1) break;
    if (steps % kStepsPerClockRead != 0) continue;
    if (clocks_.mono() >= budget.end) {
      in_time = false;
      break;
    }
    const bool many_expired = expired * 100 > visited * static_cast<uint64_t>(budget.stale_limit_percent);
    if (steps >= due_steps && !many_expired) break;
  }
  visited_ += visited;
  expired_ += expired;
  if (live > 0) {
    const double average = ttl_sum_ms / static_cast<double>(live);
    db.average_ttl_ms = db.average_ttl_ms == 0 ? average : (db.average_ttl_ms * 49 + average) / 50;
  }
  if (db.volatile_count() == 0) db.average_ttl_ms = 0;
  return in_time;
}

void ExpiryCycle::run(const Budget& budget) {
  const MonoUs begin = clocks_.mono();
  visited_ = expired_ = 0;
  out_of_time_ = false;
  for (int i = 0; i < keyspace_.size() && !out_of_time_; ++i) {
    out_of_time_ = !sweep(next_db_, budget);
    // A database that was cut short goes on in the next slice.
    if (!out_of_time_) next_db_ = (next_db_ + 1) % keyspace_.size();
  }
  if (out_of_time_) ++time_limit_reached_;
  if (visited_ > 0) {
    const double now_percent = 100.0 * static_cast<double>(expired_) / static_cast<double>(visited_);
    stale_percent_ = 0.05 * now_percent + 0.95 * stale_percent_;
  }
  total_us_ += clocks_.mono() - begin;
}

void ExpiryCycle::run_slice(int hz, int effort) {
  if (!enabled || keyspace_.terms().expired != Expired::remove) return;
  const int64_t share_percent = 25 + 2 * (effort - 1);
  const int64_t limit_us = std::max<int64_t>(1, share_percent * 10000 / hz);
  const uint64_t slices_per_sweep = static_cast<uint64_t>(hz) * kSweepSeconds;
  run({clocks_.mono() + limit_us, slices_per_sweep, 10 - (effort - 1)});
}

void ExpiryCycle::run_fast_slice(int effort) {
  if (!enabled || keyspace_.terms().expired != Expired::remove || !out_of_time_) return;
  const MonoUs now = clocks_.mono();
  if (now - last_fast_slice_ < 2 * kFastSliceUs) return;
  last_fast_slice_ = now;
  run({now + kFastSliceUs, 1000u * kSweepSeconds, 10 - (effort - 1)});
}

}  // namespace redpoll::store
