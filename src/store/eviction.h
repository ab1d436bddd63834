// Eviction: removes keys because memory is needed, first the one that is likely to be missed least.
//
//   database 0 ══►═══   each database is swept bucket by bucket, without end; samples are what the sweep
//   database 1 ═►════   meets next, from each database in proportion to its keys
//        │
//        ▼ worth to be removed (the longer unused, the more; by policy)
//   candidates: the best of the samples so far, best last ──► evict_one: still there, and not used since?
//
// With N samples for each key that is removed, one in N of those that the sweep meets goes. Since it comes to
// every key once in a round, none of the old ones is overlooked, as it may be by drawing: what is removed is
// as old as with about three times as many draws.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "store/keyspace.h"

namespace redpoll::store {

// Which keys go first. "Used": as the AccessTracker of the keyspace records it.
enum class Victims : uint8_t { none, any, least_recently_used, least_frequently_used, first_to_expire };

struct EvictionPolicy {
  Victims victims = Victims::none;
  bool only_volatile = false;  // only keys that have a deadline
  int samples = 5;             // keys that are looked at for each one that goes
  friend bool operator==(const EvictionPolicy&, const EvictionPolicy&) = default;
};

class Evictor {
 public:
  // Enough that a run of better keys does not push out what is next best; few enough to be kept in order.
  static constexpr size_t kCandidates = 32;

  explicit Evictor(Keyspace& keyspace) : keyspace_(keyspace) {}

  void set_policy(const EvictionPolicy& policy);
  const EvictionPolicy& policy() const { return policy_; }

  enum class Step : uint8_t {
    removed,    // one key less; one that had expired counts as expired
    searching,  // nothing found yet among many keys that may not go: ask again
    nothing,    // there is no key that may go
  };
  // REQUIRES: no slot is alive.
  Step evict_one();

 private:
  struct Candidate {
    uint64_t worth;
    uint64_t hash;
    const Entry* entry;  // not to be looked into before `holds` says that it is there
    int db;
  };

  // Buckets, or databases, that one step looks into at most.
  static constexpr int kBucketsPerStep = 512;
  static constexpr int kDatabasesPerStep = 1024;
  // A database with so many keys is left after two samples, one with twice as many after three.
  static constexpr size_t kKeysPerTurn = 1024;

  Step evict_any();
  void search();
  Database* database();
  void offer(const Database& db, const Entry& entry);
  void insert(const Candidate& candidate);
  uint64_t worth(const Entry& entry) const;
  Step found_nothing() const;

  Keyspace& keyspace_;
  EvictionPolicy policy_;
  std::array<Candidate, kCandidates> candidates_;  // in ascending order of worth
  size_t count_ = 0;
  int64_t samples_due_ = 0;
  int db_ = 0;        // where the sweep is
  int64_t turn_ = 0;  // samples left for that database
};

}  // namespace redpoll::store
