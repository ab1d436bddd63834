// WATCH: has a key been touched since a client began to watch it?
//
//   (database, name) --> WatchedKey { version, watchers }      one for each key that anybody watches
//                            ^
//   Client::watched: { key, version then, did it exist }       one for each key that the client watches
//
// A change of a watched key adds one to its version, however many watch it; nobody is told. EXEC compares. So
// a change costs one look-up, and nothing at all while nobody watches. What needs no version: a key that was
// there and is not (it expired, its database was flushed) shows when EXEC looks.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/prefetch.h"
#include "base/siphash.h"
#include "base/units.h"
#include "ds/dict.h"
#include "exec/journal.h"
#include "resp/arg.h"
#include "session/client.h"
#include "store/keyspace.h"

namespace redpoll::session {

// A key that at least one client watches.
struct WatchedKey {
  const int db;
  const std::string name;
  uint64_t version = 0;  // how often it was touched
  size_t watchers = 0;
};

struct WatchedKeyPolicy {
  using Element = WatchedKey*;
  struct Key {
    int db;
    std::string_view name;
  };
  static Key key(const WatchedKey* watched) { return {watched->db, watched->name}; }
  static bool equal(const WatchedKey* watched, const Key& key) {
    return watched->name == key.name && watched->db == key.db;
  }
  static uint64_t hash(const Key& key, const SipKey& seed) {
    constexpr uint64_t kSpread = 0x9e3779b97f4a7c15;
    return siphash13(key.name, seed) ^ static_cast<uint64_t>(key.db) * kSpread;
  }
  static void destroy(WatchedKey* watched);
  static void prefetch(const WatchedKey* watched) { redpoll::prefetch(watched); }
};

// What one client watches.
class WatchedKeys {
 public:
  // O(1). A key that several watch counts for each of them.
  Bytes memory_bytes() const;
  size_t size() const { return keys_.size(); }

 private:
  friend class Watches;
  struct Watch {
    WatchedKey* key;
    uint64_t version;  // of the key, when the client began
    bool existed;
  };
  static Bytes cost_of(const WatchedKey& key);

  std::vector<Watch> keys_;
  Bytes names_ = 0;         // memory of the keys that are watched
  uint64_t looked_at_ = 0;  // Watches' touches when Watches::touched_already last looked
  bool touched_ = false;    // what it found
};

class Watches final : public exec::JournalReader {
 public:
  Watches(store::Keyspace& keyspace, exec::Journal& journal, const SipKey& seed)
      : keyspace_(keyspace), journal_(journal), keys_(seed) {}
  Watches(const Watches&) = delete;
  Watches& operator=(const Watches&) = delete;
  ~Watches();

  // The client watches these keys, too. A key that has expired counts as not there. O(keys), amortised.
  void watch(Client& client, int db, std::span<const resp::Arg> names);
  // True if a key that the client watches was touched since. O(keys of the client).
  bool touched(const Client& client) const;
  // The same for a queue that grows: true only if `touched` is. O(1) while no watched key was touched since
  // the last call, and otherwise no more than a glance: where a client watches many keys, it may be missed
  // until EXEC.
  bool touched_already(const Client& client) const;
  // The client watches nothing any more. O(keys of the client).
  void forget(Client& client);

  // Different keys that are watched.
  size_t keys() const { return keys_.size(); }

 private:
  void committed(const exec::JournalUnit& unit) override;
  void databases_swapped(store::Database& a, store::Database& b) override;
  bool exists(int db, std::string_view name) const;
  void touch(WatchedKey& key);
  static void drop_repeated(WatchedKeys& watched);

  store::Keyspace& keyspace_;
  exec::Journal& journal_;
  ds::Dict<WatchedKeyPolicy> keys_;
  uint64_t touches_ = 0;  // of all watched keys
};

}  // namespace redpoll::session
