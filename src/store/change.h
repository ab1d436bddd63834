// What the store tells of changes, and to whom: the one way in which the world outside the data set learns
// that a key was changed, by whomever.
//
//                   before_change (only if pre-images are wanted)
//                         |
//   Slot ... edit() -- change -- ~Slot --> key_changed      once per slot, if something changed
//   lookup, sweep:    expiry ------------> key_changed      expired, hash_expired
//   clear: before_clear -- all keys go     swap: contents change places --> swapped
//
// "Changed" is what WATCH and client tracking must see, as Redis decides it (signalModifiedKey). That is not
// what is worth saving (Call::dirty): APPEND of nothing to a string touches its key, SADD of a member that is
// there does not, and neither counts as dirty in every case.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "store/entry.h"

namespace redpoll::store {

class Database;

enum class Change : uint8_t {
  created,       // the key was not there
  modified,      // the value changed or was replaced, and perhaps the deadline with it
  deadline,      // the deadline changed, and nothing else
  removed,       // by a command
  expired,       // removed, because its time had come
  hash_expired,  // removed, because the time of each field of the hash had come
  evicted,       // removed, because memory was needed
};

struct KeyChange {
  Change what;
  Type type;          // that the key holds now, or held until it went
  bool came_to_type;  // it holds a value of that type, and did not before
};

// What somebody may listen to. The keyspace has a mask of it; where nobody listens, a change costs one test.
enum Listener : uint8_t {
  kChanges = 1,  // clients that wait for a key, WATCH, client-side caches
  kEvents = 2,   // keyspace events, misses among them
  kLog = 4,      // the append-only file, replicas
  kAccess = 8,   // the store itself: LRM notes when a key was changed; no observer is told for that
};

// Hears of changes, and of what lookups find out. It may look at the database, but neither change it nor open
// a slot. Keys and entries are valid for the call only.
class ChangeObserver {
 public:
  virtual ~ChangeObserver() = default;

  // --- if Keyspace::wants_pre_images
  // This entry may be changed next, or removed: the last moment to see it as it is. Once per slot; now and
  // then no change follows.
  virtual void before_change([[maybe_unused]] const Database& db, [[maybe_unused]] const Entry& entry) {}

  // --- if anybody listens
  // What happened to a key, as a whole: once per slot, when it ends.
  virtual void key_changed(Database& db, std::string_view key, const KeyChange& change) = 0;
  // These fields of the hash under that key were removed because their time had come; others are left. A
  // key_changed follows, which tells of other changes as well.
  virtual void fields_expired(Database& db, std::string_view key, std::span<const std::string> fields) = 0;
  // Two databases have exchanged their contents.
  virtual void swapped(Database& a, Database& b) = 0;
  // --- the same, or if pre-images are wanted
  // All keys of the database go next, if there are any.
  virtual void before_clear(Database& db) = 0;

  // --- if kEvents listens
  // A read looked for a key that is not there.
  virtual void key_missed(Database& db, std::string_view key) = 0;
};

}  // namespace redpoll::store
