#include "store/eviction.h"

#include <algorithm>

namespace redpoll::store {

void Evictor::set_policy(const EvictionPolicy& policy) {
  if (policy == policy_) return;
  policy_ = policy;
  count_ = 0;
  samples_due_ = 0;
}

// The database that is to be looked into next; null if none was found in a bounded time.
Database* Evictor::database() {
  const auto keys = [this] { return keyspace_.db(db_).evictable_count(policy_.only_volatile); };
  if (turn_ > 0 && keys() > 0) return &keyspace_.db(db_);
  for (int i = std::min(keyspace_.size(), kDatabasesPerStep); i > 0; --i) {
    db_ = (db_ + 1) % keyspace_.size();
    if (keys() == 0) continue;
    turn_ = static_cast<int64_t>(1 + keys() / kKeysPerTurn);
    return &keyspace_.db(db_);
  }
  return nullptr;
}

Evictor::Step Evictor::found_nothing() const {
  for (int i = 0; i < keyspace_.size(); ++i) {
    if (keyspace_.db(i).evictable_count(policy_.only_volatile) > 0) return Step::searching;
  }
  return Step::nothing;
}

Evictor::Step Evictor::evict_one() {
  if (policy_.victims == Victims::none) return Step::nothing;
  if (policy_.victims == Victims::any) return evict_any();
  search();
  while (count_ > 0) {
    const Candidate best = candidates_[--count_];
    Database& db = keyspace_.db(best.db);
    if (!db.holds(best.entry, best.hash)) continue;
    if (policy_.only_volatile && !best.entry->has_deadline()) continue;
    const uint64_t worth_now = worth(*best.entry);
    if (worth_now < best.worth) {  // it was used, or got another deadline
      insert({.worth = worth_now, .hash = best.hash, .entry = best.entry, .db = best.db});
      continue;
    }
    db.evict(best.entry, best.hash);
    return Step::removed;
  }
  return found_nothing();
}

Evictor::Step Evictor::evict_any() {
  Database* const db = database();
  const Entry* const entry = db != nullptr ? db->random_evictable(policy_.only_volatile) : nullptr;
  turn_ -= 1;
  if (entry == nullptr) return found_nothing();
  db->evict(entry, db->hash_of(entry->key()));
  return Step::removed;
}

// Looks at as many keys as are due. Where few may go, many buckets have none of them: then at fewer.
void Evictor::search() {
  samples_due_ = std::min<int64_t>(samples_due_, 0) + policy_.samples;
  for (int buckets = 0; buckets < kBucketsPerStep && (samples_due_ > 0 || count_ == 0); ++buckets) {
    Database* const db = database();
    if (db == nullptr) return;
    const auto visited = static_cast<int64_t>(
        db->visit_evictable(policy_.only_volatile, [&](const Entry& entry) { offer(*db, entry); }));
    samples_due_ -= visited;
    turn_ -= visited;
  }
}

void Evictor::offer(const Database& db, const Entry& entry) {
  const uint64_t value = worth(entry);
  if (count_ == kCandidates && value <= candidates_[0].worth) return;
  const auto end = candidates_.begin() + count_;
  const bool known =
      std::any_of(candidates_.begin(), end, [&](const Candidate& each) { return each.entry == &entry; });
  if (!known) {
    insert({.worth = value, .hash = db.hash_of(entry.key()), .entry = &entry, .db = db.index()});
  }
}

// Puts a candidate in its place; of too many the least worth one goes.
void Evictor::insert(const Candidate& candidate) {
  const auto begin = candidates_.begin();
  const auto end = begin + count_;
  const auto at = std::upper_bound(begin, end, candidate.worth,
                                   [](uint64_t value, const Candidate& each) { return value < each.worth; });
  if (count_ < kCandidates) {
    std::move_backward(at, end, end + 1);
    *at = candidate;
    ++count_;
  } else if (at != begin) {
    std::move(begin + 1, at, begin);
    *(at - 1) = candidate;
  }
}

// The higher, the sooner it goes. It stays the same while the key is not used: for comparison with what is
// found later.
uint64_t Evictor::worth(const Entry& entry) const {
  constexpr int kMinuteBits = 40;
  const AccessTerms& terms = keyspace_.terms();
  const UnixMs now = terms.now;
  if (entry.expires() && entry.expired(terms.horizon())) return UINT64_MAX;
  constexpr uint64_t kSign = uint64_t{1} << 63;
  const auto before = [](int64_t moment) { return ~(static_cast<uint64_t>(moment) ^ kSign); };
  const uint32_t clock = entry.access_clock();
  switch (policy_.victims) {
    case Victims::first_to_expire: return before(entry.deadline().v);
    case Victims::least_recently_used:
      return before(now.v / AccessTracker::kEighthMs - keyspace_.access.idle_eighths(clock, now));
    case Victims::least_frequently_used: {
      const uint64_t unused = 255u - keyspace_.access.frequency(clock, now);
      const int64_t minute = now.v / 60'000 - keyspace_.access.idle_seconds(clock, now) / 60;
      constexpr uint64_t kMask = (uint64_t{1} << kMinuteBits) - 1;
      return unused << kMinuteBits | (kMask - (static_cast<uint64_t>(minute) & kMask));
    }
    case Victims::none:
    case Victims::any: break;
  }
  return 0;
}

}  // namespace redpoll::store
