#include "store/database.h"

#include <utility>

#include "ds/dict_iterator.h"
#include "store/hash.h"
#include "store/keyspace.h"
#include "store/slot.h"

namespace redpoll::store {

Database::Database(Keyspace& keyspace, int index)
    : keyspace_(keyspace), dict_(keyspace.seed()), index_(index) {}

const HashHint& Database::element_hint() const { return keyspace_.terms().hints.front(); }

UnixMs Database::horizon() const { return keyspace_.terms().horizon(); }

uint64_t Database::hash_hinted(std::string_view key) const {
  std::span<const HashHint>& hints = keyspace_.terms().hints;
  const HashHint& next = hints.front();
  if (next.data != key.data() || next.size != key.size()) return dict_.hash(key);
  if (hints.size() > 1) hints = hints.subspan(1);
  return next.hash;
}

const Object* Database::large_collection(std::string_view key, uint64_t hash) const {
  const Entry* entry = dict_.find(key, hash).value_or(nullptr);
  return entry != nullptr && entry->encoding() == Encoding::object ? &entry->object() : nullptr;
}

const Entry* Database::lookup(std::string_view key, Touch how) {
  const uint64_t hash = hash_hinted(key);
  Entry* entry = dict_.find(key, hash).value_or(nullptr);
  if (entry != nullptr && entry->expires()) entry = what_lives_of(entry, hash);
  if (entry == nullptr) {
    if (how == Touch::hidden) {
      ++keyspace_.stats.misses;
    } else {
      missed(key);
    }
    return nullptr;
  }
  ++keyspace_.stats.hits;
  if (how == Touch::yes ? keyspace_.terms().touch : how == Touch::always) touch(*entry);
  return entry;
}

void Database::touch(Entry& entry) {
  const uint32_t clock = entry.access_clock();
  const uint32_t touched = keyspace_.access.touched(clock, keyspace_.terms().now, keyspace_.rng);
  // The line is only dirtied when there is news.
  if (touched != clock) entry.set_access_clock(touched);
}

void Database::missed(std::string_view key) {
  ++keyspace_.stats.misses;
  if (keyspace_.listeners & kEvents) keyspace_.observer()->key_missed(*this, key);
}

// True if the entry's time has come. It is gone then, unless expired keys are only hidden for now.
bool Database::expire_if_due(const Entry& entry, uint64_t hash) {
  if (!entry.expired(horizon())) return false;
  if (keyspace_.terms().expired == Expired::remove) {
    // Looks alone can empty a table: it shrinks with what they remove.
    EntryDict::Place place = dict_.locate_for_write(entry.key(), hash);
    remove_expired(place);
  }
  return true;
}

// What is there of an entry that expires: the same, or another one if fields had to go, or null if nothing is
// left.
Entry* Database::what_lives_of(Entry* entry, uint64_t hash) {
  if (expire_if_due(*entry, hash)) return nullptr;
  if (!entry->has_field_deadlines() || keyspace_.terms().expired != Expired::remove) return entry;
  const EntryDict::Place place = dict_.locate(entry->key(), hash);
  expire_fields(place, kFieldsPerLook);
  return place.element();
}

// Removes up to `limit` fields of a hash whose time has come; returns how many. REQUIRES: not that of all
// has.
size_t Database::expire_fields(const EntryDict::Place& place, size_t limit) {
  if (!some_field_due(*place.element(), horizon())) return 0;
  Slot slot(*this, place.element()->key(), place);
  return HashEditor(slot).expire(limit);
}

void Database::remove_expired(EntryDict::Place& place) {
  const Entry& entry = *place.element();
  const bool by_fields =
      entry.has_field_deadlines() && !(entry.has_deadline() && entry.deadline() < horizon());
  if (by_fields) {
    keyspace_.stats.expired_fields += field_count(entry);
  } else {
    ++keyspace_.stats.expired;
  }
  remove_by_itself(place, by_fields ? Change::hash_expired : Change::expired,
                   keyspace_.lazy_expire ? Reclaim::background : Reclaim::now);
}

// Removes an entry that no command asked to remove.
void Database::remove_by_itself(EntryDict::Place& place, Change why, Reclaim how) {
  ChangeObserver* const observer = keyspace_.observer();
  if (keyspace_.wants_pre_images) observer->before_change(*this, *place.element());
  Entry* entry = take(place);
  if (keyspace_.heard()) {
    observer->key_changed(*this, entry->key(), {.what = why, .type = entry->type(), .came_to_type = false});
  }
  dispose(entry, how);
}

// Takes an entry out without freeing it.
Entry* Database::take(EntryDict::Place& place) {
  Entry* entry = dict_.remove(place);
  if (entry->has_only_field_deadlines()) --field_ttl_only_;
  return entry;
}

// An entry has come to this place: it is marked and counted by its deadlines.
void Database::follow_deadlines(EntryDict::Place& place) {
  dict_.set_mark(place, place.element()->expires());
  if (place.element()->has_only_field_deadlines()) ++field_ttl_only_;
}

// More blocks than these are never freed while others wait: they take some 0.1 ms, which is still far more
// than to hand them over.
static constexpr size_t kTooMuch = 1024;

// Small things are freed faster than handed over.
bool Database::goes_to_worker(const Entry& entry, Reclaim how) const {
  constexpr size_t kWorthIt = 64;  // as in Redis: the answer shows in lazyfreed_objects
  if (keyspace_.reclaimer() == nullptr) return false;
  return entry.free_effort() > (how == Reclaim::background ? kWorthIt : kTooMuch);
}

void Database::dispose(Entry* entry, Reclaim how) {
  if (goes_to_worker(*entry, how)) {
    keyspace_.reclaimer()->reclaim(EntryPtr(entry));
  } else {
    Entry::destroy(entry);
  }
}

// How a value is freed that another takes the place of.
Reclaim Database::reclaim_replaced() const {
  return keyspace_.lazy_server_delete ? Reclaim::background : Reclaim::now;
}

Slot Database::probe(std::string_view key, Count count) {
  const uint64_t hash = hash_hinted(key);
  EntryDict::Place place = dict_.locate_for_write(key, hash);
  if (place.found() && place.element()->expires()) {
    if (place.element()->expired(horizon())) {
      remove_expired(place);
      place = dict_.locate_for_write(key, hash);
    } else if (place.element()->has_field_deadlines()) {
      expire_fields(place, kFieldsPerLook);
    }
  }
  if (count == Count::lookup) {
    if (place.found()) {
      ++keyspace_.stats.hits;
    } else {
      missed(key);
    }
  }
  if (place.found() && keyspace_.terms().touch) touch(*place.element());
  return Slot(*this, key, place);
}

size_t Database::clear(Reclaim how) {
  if (keyspace_.heard() || keyspace_.wants_pre_images) keyspace_.observer()->before_clear(*this);
  const size_t removed = dict_.size();
  if (removed == 0) return 0;
  sweep_cursor_ = eviction_cursor_ = 0;
  field_ttl_only_ = 0;
  average_ttl_ms = 0;
  EntryDict old = std::exchange(dict_, EntryDict(keyspace_.seed()));
  const bool hand_over = how == Reclaim::background || removed > kTooMuch;
  if (hand_over && keyspace_.reclaimer() != nullptr) keyspace_.reclaimer()->reclaim(std::move(old));
  return removed;
}

const Entry* Database::random() {
  // If nearly every key has expired, drawing until one lives would hold the loop for as long as there are
  // such; after so many draws another way has to do.
  constexpr int kDraws = 500;
  for (int draws = 0; draws < kDraws && dict_.size() > 0; ++draws) {
    const Entry* entry = dict_.fair_random(keyspace_.rng);
    if (!entry->expired(horizon())) return entry;
    if (keyspace_.terms().expired == Expired::remove) expire_if_due(*entry, dict_.hash(entry->key()));
  }
  return dict_.size() > 0 ? walk_to_living() : nullptr;
}

// Calls `scan(cursor, found)`, which returns the next cursor, for buckets from any one on, until it has found
// an entry or they are enough.
template <class F>
const Entry* Database::find_somewhere(F&& scan) {
  constexpr int kBuckets = 512;
  const Entry* found = nullptr;
  uint64_t cursor = keyspace_.rng.next();
  for (int i = 0; i < kBuckets && found == nullptr; ++i) cursor = scan(cursor, found);
  return found;
}

// A key that lives, if there is one in a part of the table that begins anywhere; else one that has expired:
// its name is better than a blocked loop, and better than to say that nothing is there. REQUIRES: not empty.
const Entry* Database::walk_to_living() {
  const Entry* const living = find_somewhere([this](uint64_t cursor, const Entry*& found) {
    return dict_.scan(cursor, [&](const Entry* entry) {
      if (!entry->expired(horizon())) found = entry;
    });
  });
  return living != nullptr ? living : dict_.fair_random(keyspace_.rng);
}

uint64_t Database::scan(uint64_t cursor, const std::function<void(const Entry&)>& visit) {
  return dict_.scan(cursor, [&](Entry* entry) { visit(*entry); });
}

void Database::each(const std::function<void(const Entry&)>& visit) {
  dict_.each_while([&](const Entry* entry) {
    visit(*entry);
    return true;
  });
}

Database::SweepStep Database::sweep_step(UnixMs now) {
  SweepStep step;
  // Removing while a bucket is being visited is not for the visitor; so the due ones are noted first.
  due_.clear();
  uint64_t next = dict_.scan_marked(sweep_cursor_, [&](Entry* entry) {
    ++step.visited;
    const bool over = entry->expired(now);
    if (over || (entry->has_field_deadlines() && some_field_due(*entry, now))) due_.push_back(entry);
    if (over || !entry->has_deadline()) return;
    ++step.lasting;
    step.ttl_sum_ms += static_cast<double>(entry->deadline() - now);
  });
  step.wrapped = next == 0;
  for (Entry* entry : due_) {
    EntryDict::Place place = dict_.locate_for_write(entry->key(), dict_.hash(entry->key()));
    if (entry->expired(now)) {
      step.freed += entry->free_effort();
      remove_expired(place);
      ++step.expired;
      continue;
    }
    const size_t fields = expire_fields(place, kFieldsPerVisit);
    step.visited += fields;
    step.expired += fields;
    if (fields < kFieldsPerVisit) continue;
    // There may be more: the next step comes here again.
    next = sweep_cursor_;
    step.wrapped = false;
  }
  sweep_cursor_ = next;
  return step;
}

// --- eviction

const Entry* Database::random_evictable(bool only_volatile) {
  if (dict_.empty()) return nullptr;
  if (!only_volatile) return dict_.fair_random(keyspace_.rng);
  uint64_t seen = 0;
  return find_somewhere([&](uint64_t cursor, const Entry*& found) {
    return dict_.scan_marked(cursor, [&](const Entry* entry) {
      if (entry->has_deadline() && keyspace_.rng.below(++seen) == 0) found = entry;
    });
  });
}

bool Database::holds(const Entry* entry, uint64_t hash) const {
  if (!dict_.locate_if(hash, [entry](const Entry* here) { return here == entry; }).found()) return false;
  // Another one may have been given the memory of the one that was meant.
  return dict_.hash(entry->key()) == hash;
}

void Database::evict(const Entry* entry, uint64_t hash) {
  EntryDict::Place place = dict_.locate_for_write(entry->key(), hash);
  DCHECK(place.found() && place.element() == entry);
  if (entry->expired(horizon())) return remove_expired(place);
  ++keyspace_.stats.evicted;
  remove_by_itself(place, Change::evicted, keyspace_.lazy_eviction ? Reclaim::background : Reclaim::now);
}

void Database::swap_contents(Database& a, Database& b) {
  std::swap(a.dict_, b.dict_);
  std::swap(a.sweep_cursor_, b.sweep_cursor_);
  std::swap(a.eviction_cursor_, b.eviction_cursor_);
  std::swap(a.field_ttl_only_, b.field_ttl_only_);
  std::swap(a.average_ttl_ms, b.average_ttl_ms);
}

}  // namespace redpoll::store
