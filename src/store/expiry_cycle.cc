#include "store/expiry_cycle.h"

#include <algorithm>

#include "store/keyspace.h"

namespace redpoll::store {

// Reading the clock costs about as much as one step; so it is read once in so many, or after as much work:
// keys visited and elements freed.
static constexpr uint64_t kWorkPerClockRead = 64;
// About as many keys as a bucket holds in a table that grows; one that has shrunk may be down to dict's
// kLowLoad, and its sweep takes up to half as long again.
static constexpr uint64_t kKeysPerStep = 3;

bool ExpiryCycle::may_run() const { return enabled && keyspace_.terms().expired == Expired::remove; }

void ExpiryCycle::begin(int hz, int effort) {
  const bool was_through = databases_left_ == 0;
  databases_left_ = 0;
  left_us_ = 0;
  if (!may_run()) return;
  const int64_t share_percent = 25 + 2 * (effort - 1);
  left_us_ = std::max<int64_t>(1, share_percent * 10000 / hz);
  cycles_per_sweep_ = static_cast<uint64_t>(hz) * kSweepSeconds;
  stale_limit_percent_ = static_cast<uint64_t>(10 - (effort - 1));
  databases_left_ = was_through ? std::min(kDatabases, keyspace_.size()) : keyspace_.size();
  visited_ = expired_ = 0;
  run_slice(std::min(left_us_, kSliceUs));
}

void ExpiryCycle::go_on() {
  if (databases_left_ == 0 || !may_run()) return;
  if (left_us_ > 0) return run_slice(std::min(left_us_, kSliceUs));
  if (clocks_.mono() - last_slice_ >= 2 * kSliceUs) run_slice(kSliceUs);
}

void ExpiryCycle::run_slice(int64_t limit_us) {
  const MonoUs begin = clocks_.mono();
  last_slice_ = begin;
  while (databases_left_ > 0 && sweep(next_db_, begin + limit_us)) {
    next_db_ = (next_db_ + 1) % keyspace_.size();
    --databases_left_;
  }
  const int64_t spent = clocks_.mono() - begin;
  total_us_ += spent;
  const bool had_share = left_us_ > 0;
  left_us_ = databases_left_ == 0 ? 0 : left_us_ - spent;
  if (databases_left_ == 0) finish();
  if (had_share && left_us_ <= 0 && databases_left_ > 0) {
    ++time_limit_reached_;
    finish();
  }
}

void ExpiryCycle::finish() {
  if (visited_ == 0) return;
  const double now_percent = 100.0 * static_cast<double>(expired_) / static_cast<double>(visited_);
  stale_percent_ = 0.05 * now_percent + 0.95 * stale_percent_;
  visited_ = expired_ = 0;
}

// Sweeps a part of one database; false if time ran out.
bool ExpiryCycle::sweep(int index, MonoUs end) {
  Database& db = keyspace_.db(index);
  const uint64_t due_steps = db.size() / kKeysPerStep / cycles_per_sweep_ + kWorkPerClockRead / kKeysPerStep;
  uint64_t steps = 0, work = 0, visited = 0, expired = 0, live = 0;
  double ttl_sum_ms = 0;
  bool in_time = true;
  while (db.expiring_count() > 0) {
    const Database::SweepStep step = db.sweep_step(keyspace_.terms().now);
    visited += step.visited;
    expired += step.expired;
    live += step.lasting;
    ttl_sum_ms += step.ttl_sum_ms;
    work += 1 + step.visited + step.freed;
    ++steps;
    if (step.wrapped && steps > 1) break;
    if (work < kWorkPerClockRead) continue;
    work = 0;
    if (clocks_.mono() >= end) {
      in_time = false;
      break;
    }
    const bool many_expired = expired * 100 > visited * stale_limit_percent_;
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

}  // namespace redpoll::store
