// All numbered databases, and what they share: the clock that lookups go by, the seed of the hash function, the
// statistics, and the interfaces to whoever frees large values and hears of expired keys.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/encoding_limits.h"
#include "base/rng.h"
#include "base/units.h"
#include "store/access.h"
#include "store/database.h"

namespace redpoll::store {

// Frees what would hold up the event loop. The keyspace hands over ownership and never looks back.
class Reclaimer {
 public:
  virtual ~Reclaimer() = default;
  virtual void reclaim(EntryDict dict) = 0;
  virtual void reclaim(EntryPtr entry) = 0;
};

// Hears of what lookups find out. `key` is valid for the call only.
class KeyspaceObserver {
 public:
  virtual ~KeyspaceObserver() = default;
  // The key was removed because its time had come.
  virtual void key_expired(Database& db, std::string_view key) = 0;
  // These fields of the hash under that key were removed because their time had come; others are left.
  virtual void fields_expired(Database& db, std::string_view key, std::span<const std::string> fields) = 0;
  // The hash was removed, key and all, because the time of each of its fields had come.
  virtual void hash_expired(Database& db, std::string_view key) = 0;
  // A read looked for a key that is not there.
  virtual void key_missed(Database& db, std::string_view key) = 0;
  // A collection of that type came to be under that key, in a database that is awaited. It is being put
  // there: the observer takes note and looks later.
  virtual void key_ready(Database& db, std::string_view key, Type type) = 0;
  // Two databases, one of them awaited, have exchanged their contents.
  virtual void swapped(Database& a, Database& b) = 0;
};

struct LookupStats {
  uint64_t hits = 0;
  uint64_t misses = 0;
  uint64_t expired = 0;
  uint64_t expired_fields = 0;
};

class Keyspace {
 public:
  // `reclaimer` and `observer` may be null and must outlive the keyspace otherwise.
  Keyspace(int databases, const SipKey& seed, Reclaimer* reclaimer = nullptr, KeyspaceObserver* observer = nullptr);
  Keyspace(const Keyspace&) = delete;
  Keyspace& operator=(const Keyspace&) = delete;

  int size() const { return static_cast<int>(databases_.size()); }
  // REQUIRES: 0 <= index < size().
  Database& db(int index) { return *databases_[static_cast<size_t>(index)]; }
  bool valid(int64_t index) const { return index >= 0 && index < size(); }

  // Exchanges the contents of two databases.
  void swap(int a, int b);
  // Removes everything. Returns how many keys there were.
  size_t clear(Reclaim how);

  // The time lookups go by; frozen by the dispatcher while a command runs.
  UnixMs now;
  // False while a client asked that its commands leave the access clocks alone.
  bool touch = true;
  // While set, expired keys are hidden but not removed: the data set must not change. It does not stop Database::probe
  // from removing one: who asks for a place to write to is about to change the data set anyway, and the clients that
  // would wait.
  bool hide_expired = false;
  // lazyfree-lazy-expire: large values of expired keys are freed in the background.
  bool lazy_expire = false;
  // lazyfree-lazy-server-del: so are large values that another takes the place of.
  bool lazy_server_delete = false;
  EncodingLimits encoding;
  AccessTracker access;
  LookupStats stats;
  Rng rng{seed_from_os()};

  // Tells the hash of the key that the next command looks up first, so that it is not computed again. Only a
  // lookup through the same bytes in memory uses it. REQUIRES: forgotten before those bytes change.
  struct HashHint {
    // Without a hint: a place where no key lies. Null will not do, since the view of an empty key may be null.
    static constexpr char kNowhere = 0;
    const char* data = &kNowhere;
    size_t size = 0;
    uint64_t hash = 0;
  };
  HashHint hint;

  const SipKey& seed() const { return seed_; }
  Reclaimer* reclaimer() const { return reclaimer_; }
  KeyspaceObserver* observer() const { return observer_; }

 private:
  SipKey seed_;
  Reclaimer* reclaimer_;
  KeyspaceObserver* observer_;
  std::vector<std::unique_ptr<Database>> databases_;
};

}  // namespace redpoll::store
