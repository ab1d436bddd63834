// Active defragmentation: moves entries, and the elements of large collections, from memory that is mostly
// holes to where they lie close together. Nobody notices: no key changes, nothing is used or told.
//
// One sweep comes to every key of every database once, bucket by bucket, in slices of bounded time. A
// collection of up to `whole` elements is done with its key; a larger one is remembered by name and done in
// slices of its own when the bucket is through.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "base/clock.h"
#include "mem/relocator.h"
#include "store/keyspace.h"

namespace redpoll::store {

class Defragmenter {
 public:
  struct Stats {
    uint64_t hits = 0;  // allocations that were moved
    uint64_t misses = 0;
    uint64_t key_hits = 0;  // keys of which something was moved
    uint64_t key_misses = 0;
  };

  Defragmenter(Keyspace& keyspace, const Clocks& clocks, mem::Relocator relocator = mem::Relocator())
      : keyspace_(keyspace), clocks_(clocks), relocator_(relocator) {}

  // Goes on with the sweep for about that long. True if it has come to its end: the next call begins another.
  // REQUIRES: no slot is alive, no command runs.
  bool sweep_for(int64_t budget_us, size_t whole);

  Stats stats() const { return {relocator_.hits(), relocator_.misses(), key_hits_, key_misses_}; }
  void reset_stats() {
    relocator_.reset();
    key_hits_ = key_misses_ = 0;
  }

 private:
  void step(size_t whole);
  void visit_bucket(Database& db, size_t whole);
  void visit_large(Database& db);
  void count_key(uint64_t hits_before);
  void next_database();

  Keyspace& keyspace_;
  const Clocks clocks_;
  mem::Relocator relocator_;
  uint64_t key_hits_ = 0;
  uint64_t key_misses_ = 0;
  int db_ = 0;
  uint64_t cursor_ = 0;             // of the database
  bool through_ = false;            // it has no more buckets
  std::vector<std::string> large_;  // keys of its last bucket that are still to be done, the last first
  uint64_t large_cursor_ = 0;       // in the last of them
};

}  // namespace redpoll::store
