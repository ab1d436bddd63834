// One numbered database: its keys.
//
// Reads go through `find` (typed) or `lookup`, and see entries that are const. Every change goes through the
// Slot that `probe` returns (slot.h): it hashes the key once and serves lookup, write, expiry and removal. An
// expired key is gone for whoever looks: the first look removes it. So is a field of a hash; but a look takes
// out only so many of them, and views hide the others.
#pragma once

#include <functional>
#include <optional>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "ds/dict.h"
#include "store/access.h"
#include "store/change.h"
#include "store/entry.h"

namespace redpoll::store {

class Keyspace;
class Slot;

struct EntryPolicy {
  using Element = Entry*;
  using Key = std::string_view;
  static Key key(const Entry* entry) { return entry->key(); }
  static bool equal(const Entry* entry, Key key) { return entry->key() == key; }
  static uint64_t hash(Key key, const SipKey& seed) { return siphash13(key, seed); }
  static void destroy(Entry* entry) { Entry::destroy(entry); }
  static void prefetch(const Entry* entry) { entry->prefetch(); }
};
// Its mark says that the entry has a deadline, or is a hash with fields that have.
using EntryDict = ds::Dict<EntryPolicy>;

// What `find` answers: the value, nothing (no such key), or that the key holds another type.
template <class T>
struct Found {
  std::optional<typename T::View> value;
  bool mismatch = false;
};

// Whether a lookup counts as a use of the key, which delays its eviction. `hidden`: it does not, and nobody
// is told of a miss; for looks at the key itself instead of its value. `always`: even if the client asked
// that its commands are no use.
enum class Touch : uint8_t { yes, no, hidden, always };
// Whether a probe also counts as a read in the statistics of hits and misses.
enum class Count : uint8_t { nothing, lookup };
// What becomes of the deadline of a key that gets another value.
enum class Ttl : uint8_t { drop, keep };

class Database {
 public:
  Database(Keyspace& keyspace, int index);

  // The entry of `key`, or null; counts a hit or a miss. O(1).
  const Entry* lookup(std::string_view key, Touch how = Touch::yes);
  template <class T>
  Found<T> find(std::string_view key, Touch how = Touch::yes) {
    const Entry* entry = lookup(key, how);
    if (entry == nullptr) return {};
    if (entry->type() != T::kType) return {.mismatch = true};
    return {.value = view<T>(*entry)};
  }
  // The value of an entry, of which only what lives shows. REQUIRES: it is of that type.
  template <class T>
  typename T::View view(const Entry& entry) const {
    if constexpr (std::is_constructible_v<typename T::View, const Entry&, UnixMs, const HashHint&>) {
      return typename T::View(entry, horizon(), element_hint());
    } else if constexpr (std::is_constructible_v<typename T::View, const Entry&, const HashHint&>) {
      return typename T::View(entry, element_hint());
    } else {
      return typename T::View(entry);
    }
  }
  // The entry of `key`, or null, as it lies there: expired or not. Leaves no trace. O(1).
  const Entry* peek(std::string_view key) const { return dict_.find(key).value_or(nullptr); }
  // The same, but null if its time has come.
  const Entry* peek_live(std::string_view key) const {
    const Entry* entry = peek(key);
    return entry != nullptr && !entry->expired(horizon()) ? entry : nullptr;
  }
  // The place of `key`, occupied or not. At most one slot of a database is alive at a time, and nothing else
  // changes the database meanwhile.
  Slot probe(std::string_view key, Count count = Count::nothing);

  // For the element that is looked for in the key that was looked at last; see AccessTerms::hints.
  const HashHint& element_hint() const;

  // Removes an entry of this database if its time has come; true if it has. While expired keys are only
  // hidden, it stays.
  bool drop_if_expired(const Entry& entry) { return expire_if_due(entry, dict_.hash(entry.key())); }
  // Removes every key, there and then or on the worker thread; many of them always there. Returns how many
  // there were.
  size_t clear(Reclaim how);

  size_t size() const { return dict_.size(); }
  // Keys with a deadline.
  size_t volatile_count() const { return dict_.marked_count() - field_ttl_only_; }
  // Those, and hashes with fields that have one.
  size_t expiring_count() const { return dict_.marked_count(); }
  // A random key that has not expired, or null if there is none. Where nearly all have, it may be one that
  // has: it removes only so many of them. O(1).
  const Entry* random();
  // Calls `visit` for the keys of one step of an iteration and returns the next cursor, 0 at the end. A key
  // that is there from the first call to the last is visited at least once. `visit` must not change the
  // database.
  uint64_t scan(uint64_t cursor, const std::function<void(const Entry&)>& visit);
  // Calls `visit` for every key, expired ones included; `visit` must not change the database.
  void each(const std::function<void(const Entry&)>& visit);

  // Removes the expired keys of one bucket, and some expired fields of its hashes, and moves on to the next
  // once no more are left; buckets without deadlines cost next to nothing. The cron calls it in slices of
  // bounded time.
  struct SweepStep {
    size_t visited = 0;     // keys, and fields that were due
    size_t expired = 0;     // of these
    size_t freed = 0;       // elements of collections that expired
    size_t lasting = 0;     // keys with a deadline that lies ahead
    double ttl_sum_ms = 0;  // of the lasting keys; far deadlines add up to more than an integer holds
    bool wrapped = false;   // the sweep came to its end in this step
  };
  SweepStep sweep_step(UnixMs now);

  // --- for eviction (eviction.h)
  // Keys that may go: with `only_volatile` those that have a deadline.
  size_t evictable_count(bool only_volatile) const { return only_volatile ? volatile_count() : size(); }
  // Calls `visit(entry)` for each of these in one bucket, and moves on to the next. Returns how many they
  // were. `visit` must not change the database.
  template <class F>
  size_t visit_evictable(bool only_volatile, F&& visit);
  // One of them at random, or null if none was found: then there are few among many others, if any.
  const Entry* random_evictable(bool only_volatile);
  // Whether that entry, which may be long freed, is here, and its key has this hash.
  bool holds(const Entry* entry, uint64_t hash) const;
  // Removes it because memory is needed; or as expired, if it has. REQUIRES: holds(entry, hash).
  void evict(const Entry* entry, uint64_t hash);

  // For defragmentation (defragmenter.h): calls `fn(Entry*)` for the entries of one bucket and puts what it
  // returns in their place; see ds::Dict::relocate. REQUIRES: no slot is alive.
  template <class F>
  uint64_t relocate(uint64_t cursor, F&& fn) {
    return dict_.relocate(cursor, std::forward<F>(fn));
  }
  // The collection at `key` if it is too large to be packed, else null.
  Object* collection_to_relocate(std::string_view key) {
    const auto found = dict_.find(key);
    return found && (*found)->encoding() == Encoding::object ? &(*found)->object() : nullptr;
  }

  // For the dispatcher: asks for the memory that a lookup of `key` will touch, in two stages.
  uint64_t hash_of(std::string_view key) const { return dict_.hash(key); }
  void prefetch_bucket(uint64_t hash) const { dict_.prefetch_bucket(hash); }
  void prefetch_entry(uint64_t hash) const { dict_.prefetch_element(hash); }
  // The collection at `key` if it is too large to be packed, else null. It may have expired: this is for
  // prefetching.
  const Object* large_collection(std::string_view key, uint64_t hash) const;

  // --- the hash table
  // Prepares it for so many keys.
  void expand(size_t keys) { dict_.expand(keys); }
  // Works off growing and shrinking that was put off, for about that long; false if there is nothing to do.
  bool rehash_for(int64_t budget_us, const Clocks& clocks) {
    return dict_.rehash_pending() && dict_.rehash_for(budget_us, clocks) > 0;
  }
  ds::DictStats table_stats() const { return dict_.stats(); }
  size_t table_slots() const { return dict_.slots(); }
  Bytes table_bytes() const { return dict_.memory_bytes(); }
  // Checks every promise of its layout; panics if one is broken. O(n).
  void validate() const { dict_.validate(); }

  int index() const { return index_; }
  Keyspace& keyspace() const { return keyspace_; }

  // Running average of the time to live, for INFO; 0 if unknown.
  double average_ttl_ms = 0;

  // Exchanges the contents of two databases; their numbers stay.
  static void swap_contents(Database& a, Database& b);

 private:
  friend class Slot;

  // How many fields a look at a hash, and a visit of the sweep, removes at most.
  static constexpr size_t kFieldsPerLook = 16;
  static constexpr size_t kFieldsPerVisit = 64;

  UnixMs horizon() const;
  uint64_t hash_hinted(std::string_view key) const;
  void touch(Entry& entry);
  void missed(std::string_view key);
  bool expire_if_due(const Entry& entry, uint64_t hash);
  template <class F>
  const Entry* find_somewhere(F&& scan);
  const Entry* walk_to_living();
  Entry* what_lives_of(Entry* entry, uint64_t hash);
  size_t expire_fields(const EntryDict::Place& place, size_t limit);
  void remove_expired(EntryDict::Place& place);
  void remove_by_itself(EntryDict::Place& place, Change why, Reclaim how);
  Entry* take(EntryDict::Place& place);
  void follow_deadlines(EntryDict::Place& place);
  void dispose(Entry* entry, Reclaim how);
  bool goes_to_worker(const Entry& entry, Reclaim how) const;
  Reclaim reclaim_replaced() const;

  Keyspace& keyspace_;
  EntryDict dict_;
  uint64_t sweep_cursor_ = 0;
  uint64_t eviction_cursor_ = 0;
  std::vector<Entry*> due_;    // of one sweep step; kept for its memory
  size_t field_ttl_only_ = 0;  // marked entries that have no deadline of their own
  int index_;
};

template <class F>
size_t Database::visit_evictable(bool only_volatile, F&& visit) {
  size_t visited = 0;
  const auto each = [&](const Entry* entry) {
    if (only_volatile && !entry->has_deadline()) return;
    ++visited;
    visit(*entry);
  };
  eviction_cursor_ =
      only_volatile ? dict_.scan_marked(eviction_cursor_, each) : dict_.scan(eviction_cursor_, each);
  return visited;
}

}  // namespace redpoll::store
