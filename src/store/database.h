// One numbered database: its keys, and the gate through which they change.
//
// Reads go through `find` (typed) or `lookup`. Every change goes through the Slot that `probe` returns: it
// hashes the key once and serves lookup, write, expiry and removal. An expired key is gone for whoever looks:
// the first look removes it. So is a field of a hash; but a look takes out only so many of them, and views
// hide the others.
#pragma once

#include <functional>
#include <optional>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "ds/dict.h"
#include "ds/packed_buffer.h"
#include "store/access.h"
#include "store/entry.h"
#include "store/string.h"

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
  Entry* lookup(std::string_view key, Touch how = Touch::yes);
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
    if constexpr (std::is_constructible_v<typename T::View, const Entry&, UnixMs>) {
      return typename T::View(entry, now());
    } else {
      return typename T::View(entry);
    }
  }
  // The place of `key`, occupied or not. At most one slot of a database is alive at a time, and nothing else
  // changes the database meanwhile.
  Slot probe(std::string_view key, Count count = Count::nothing);

  // Removes an entry of this database if its time has come; true if it has. While expired keys are only
  // hidden, it stays.
  bool drop_if_expired(Entry& entry) { return expire_if_due(&entry, dict_.hash(entry.key())); }
  // Removes every key, there and then or on the worker thread. Returns how many there were.
  size_t clear(Reclaim how);

  size_t size() const { return dict_.size(); }
  // Keys with a deadline.
  size_t volatile_count() const { return dict_.marked_count() - field_ttl_only_; }
  // Those, and hashes with fields that have one.
  size_t expiring_count() const { return dict_.marked_count(); }
  // A random key that has not expired, or null if there is none.
  Entry* random();
  // Calls `visit` for the keys of one step of an iteration and returns the next cursor, 0 at the end. A key
  // that is there from the first call to the last is visited at least once. `visit` must not change the
  // database.
  uint64_t scan(uint64_t cursor, const std::function<void(Entry&)>& visit);
  // Calls `visit` for every key, expired ones included; `visit` must not change the database.
  void each(const std::function<void(Entry&)>& visit);

  // Removes the expired keys of one bucket, and some expired fields of its hashes, and moves on to the next
  // once no more are left; buckets without deadlines cost next to nothing. The cron calls it in slices of
  // bounded time.
  struct SweepStep {
    size_t visited = 0;     // keys, and fields that were due
    size_t expired = 0;     // of these
    size_t lasting = 0;     // keys with a deadline that lies ahead
    double ttl_sum_ms = 0;  // of the lasting keys; far deadlines add up to more than an integer holds
    bool wrapped = false;   // the sweep came to its end in this step
  };
  SweepStep sweep_step(UnixMs now);

  // For the dispatcher: asks for the memory that a lookup of `key` will touch, in two stages.
  uint64_t hash_of(std::string_view key) const { return dict_.hash(key); }
  void prefetch_bucket(uint64_t hash) const { dict_.prefetch_bucket(hash); }
  void prefetch_entry(uint64_t hash) const { dict_.prefetch_element(hash); }
  // The collection at `key` if it is too large to be packed, else null. It may have expired: this is for
  // prefetching.
  const Object* large_collection(std::string_view key, uint64_t hash) const;

  // Somebody waits for keys of this database: the observer is told of each collection that comes.
  bool awaited = false;

  int index() const { return index_; }
  Keyspace& keyspace() const { return keyspace_; }
  EntryDict& dict() { return dict_; }
  const EntryDict& dict() const { return dict_; }

  // Running average of the time to live, for INFO; 0 if unknown.
  double average_ttl_ms = 0;

  // Exchanges the contents of two databases; their numbers stay.
  static void swap_contents(Database& a, Database& b);

 private:
  friend class Slot;

  // How many fields a look at a hash, and a visit of the sweep, removes at most.
  static constexpr size_t kFieldsPerLook = 16;
  static constexpr size_t kFieldsPerVisit = 64;

  UnixMs now() const;
  uint64_t hash_hinted(std::string_view key) const;
  void touch(Entry& entry);
  void missed(std::string_view key);
  bool expire_if_due(Entry* entry, uint64_t hash);
  Entry* what_lives_of(Entry* entry, uint64_t hash);
  size_t expire_fields(const EntryDict::Place& place, size_t limit);
  void remove_expired(EntryDict::Place& place);
  Entry* take(EntryDict::Place& place);
  void follow_deadlines(EntryDict::Place& place);
  void dispose(Entry* entry, Reclaim how);
  bool goes_to_worker(const Entry& entry, Reclaim how) const;
  Reclaim reclaim_replaced() const;
  void announce(const Entry& entry);

  Keyspace& keyspace_;
  EntryDict dict_;
  uint64_t sweep_cursor_ = 0;
  std::vector<Entry*> due_;    // of one sweep step; kept for its memory
  size_t field_ttl_only_ = 0;  // marked entries that have no deadline of their own
  int index_;
};

// The place of one key in a database: the gate for every change. Splitting and merging of buckets waits while
// a slot is alive. Keep it short.
class Slot {
 public:
  Slot(const Slot&) = delete;
  Slot& operator=(const Slot&) = delete;
  ~Slot() { db_.dict_.resume_rehash(); }

  bool occupied() const { return place_.found(); }
  // True if the key came to be through this slot.
  bool created() const { return created_; }
  explicit operator bool() const { return occupied(); }
  std::string_view key() const { return key_; }
  Database& database() const { return db_; }
  // REQUIRES: occupied().
  Entry& entry() const { return *place_.element(); }

  // True if the slot is empty or holds that type.
  template <class T>
  bool accepts() const {
    return !occupied() || entry().type() == T::kType;
  }
  // The value, or nothing if the slot is empty. REQUIRES: accepts<T>().
  template <class T>
  std::optional<typename T::View> get() const {
    return occupied() ? std::optional<typename T::View>(db_.view<T>(entry())) : std::nullopt;
  }
  std::optional<UnixMs> deadline() const { return occupied() ? entry().maybe_deadline() : std::nullopt; }

  // Puts a value here, replacing what there is.
  void store(Value&& value, Ttl ttl = Ttl::drop) {
    store(std::move(value), ttl == Ttl::keep ? deadline() : std::nullopt);
  }
  // The same with that deadline, or none.
  void store(Value&& value, std::optional<UnixMs> deadline);
  // Makes the string value `size` bytes long and returns its bytes, to be changed while the slot lives; bytes
  // that come are zero, an empty slot counts as an empty string. REQUIRES: accepts<String>().
  char* resize(size_t size);
  // Puts an entry here that belongs to no database yet and has this slot's key; replaces what there is.
  void adopt(Entry* entry);
  // Sets the deadline. REQUIRES: occupied().
  void expire_at(UnixMs deadline);
  // Removes the deadline; false if there was none. REQUIRES: occupied().
  bool persist();
  // Notes whether fields of the hash have deadlines. For HashEditor. REQUIRES: occupied().
  void set_field_deadlines(bool any);
  // Makes the packed value `size` bytes long; see Entry::with_packed_size. For PackedValue. REQUIRES:
  // occupied().
  void resize_packed(size_t size);
  // Removes the key. A large value is freed as `how` says, one that would hold up the loop always by the
  // worker. REQUIRES: occupied().
  void erase(Reclaim how = Reclaim::now);
  // Removes the key and hands its entry to the caller. REQUIRES: occupied().
  [[nodiscard]] Entry* detach();

 private:
  friend class Database;
  Slot(Database& db, std::string_view key, EntryDict::Place place) : db_(db), key_(key), place_(place) {
    db_.dict_.pause_rehash();
  }
  template <class F>
  void replace(F&& make);
  void insert(Entry* entry);

  Database& db_;
  std::string_view key_;
  EntryDict::Place place_;
  bool created_ = false;
};

// The packed value of a slot, to be edited in place. The slot must be occupied and outlive it; nothing else
// changes the value meanwhile.
class PackedValue final : public ds::PackedBuffer {
 public:
  explicit PackedValue(Slot& slot) : slot_(slot) { follow(); }

 private:
  void reallocate(size_t size) override {
    slot_.resize_packed(size);
    follow();
  }
  void follow() {
    const std::string_view bytes = slot_.entry().packed();
    set(reinterpret_cast<uint8_t*>(const_cast<char*>(bytes.data())), bytes.size());
  }

  Slot& slot_;
};

}  // namespace redpoll::store
