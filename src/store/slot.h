// The gate: a key changes through its Slot, and in no other way that a command could take.
//
//   Slot slot = db.probe(key);       removes what has expired; the place is empty or occupied
//   slot.entry(), get<T>()           looks: const
//   slot.store, erase, expire_at, HashEditor(slot), ...
//        |
//        +-- edit() and its relatives: the only ones that hand out an entry to be written to
//              before the first change   ChangeObserver::before_change, if there is an entry and anybody
//              wants it
//   ~Slot                            ChangeObserver::key_changed, once, if anything changed: created,
//   modified,
//                                    deadline, removed; nothing if the key came and went again
//
// Who calls it: the handlers of commands (src/cmd), the editors of the types (HashEditor, ListEditor,
// SetEditor, SortedSetEditor, PackedValue), the expiry of fields. What else removes keys says so itself: the
// expiry of keys and Database::clear.
//
// Whether a slot counts as changed is for those to say who change it. `edit` does: it is for changes that are
// certain. Who only finds out by trying (is the member there already?) takes `begin_edit`, and calls
// `note_change` if it was one. So does a command that Redis lets touch a key without changing anything. A
// value that is merely stored in another way has not changed: `reencode`.
#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <utility>

#include "ds/packed_buffer.h"
#include "store/database.h"
#include "store/keyspace.h"
#include "store/string.h"

namespace redpoll::store {

// The place of one key in a database. Splitting and merging of buckets waits while a slot is alive. Keep it
// short. The bytes of the key outlive it.
class Slot {
 public:
  Slot(const Slot&) = delete;
  Slot& operator=(const Slot&) = delete;
  ~Slot() {
    db_.dict_.resume_rehash();
    if (changed_ != Changed::nothing && db_.keyspace_.listeners != 0) tell();
  }

  bool occupied() const { return place_.found(); }
  // True if the key came to be through this slot.
  bool created() const { return created_; }
  explicit operator bool() const { return occupied(); }
  std::string_view key() const { return key_; }
  Database& database() const { return db_; }
  // REQUIRES: occupied().
  const Entry& entry() const { return *place_.element(); }

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

  // --- the value, in place. REQUIRES: occupied().
  // The entry, to be changed.
  Entry& edit() {
    note_change();
    return *place_.element();
  }
  // The same for a change that may turn out to be none: note_change() says that it was one.
  Entry& begin_edit() {
    begin();
    return *place_.element();
  }
  // The value has changed, or counts as changed.
  void note_change() {
    begin();
    changed_ = Changed::value;
  }

  // --- the value as a whole
  // Puts a value here, replacing what there is.
  void store(Value&& value, Ttl ttl = Ttl::drop) {
    store(std::move(value), ttl == Ttl::keep ? deadline() : std::nullopt);
  }
  // The same with that deadline, or none.
  void store(Value&& value, std::optional<UnixMs> deadline);
  // Stores the same value in another way: no change, for whoever asks. REQUIRES: occupied().
  void reencode(Value&& value);
  // Makes the string value `size` bytes long and returns its bytes, to be changed while the slot lives; bytes
  // that come are zero, an empty slot counts as an empty string. REQUIRES: accepts<String>().
  char* resize(size_t size);
  // Puts an entry here that has this slot's key; replaces what there is.
  void adopt(EntryPtr entry);
  // Removes the key. A large value is freed as `how` says, one that would hold up the loop always by the
  // worker. REQUIRES: occupied().
  void erase(Reclaim how = Reclaim::now);
  // Removes the key and hands its entry to the caller. REQUIRES: occupied().
  [[nodiscard]] EntryPtr detach();

  // --- the deadline
  // Sets it. REQUIRES: occupied().
  void expire_at(UnixMs deadline);
  // Removes it; false if there was none. REQUIRES: occupied().
  bool persist();

  // --- for editors. REQUIRES: occupied().
  // Notes whether fields of the hash have deadlines.
  void set_field_deadlines(bool any);
  // Makes the packed value `size` bytes long; see Entry::with_packed_size.
  void resize_packed(size_t size);

 private:
  friend class Database;
  enum class Changed : uint8_t { nothing, deadline, value };

  Slot(Database& db, std::string_view key, EntryDict::Place place) : db_(db), key_(key), place_(place) {
    db_.dict_.pause_rehash();
  }
  // What was here is going to change, perhaps.
  void begin() {
    if (db_.keyspace_.watched()) [[unlikely]]
      remember();
  }
  void remember();
  // REQUIRES: begin() was called.
  template <class F>
  void replace(F&& make);
  void insert(Entry* entry);
  void put(Value&& value, std::optional<UnixMs> deadline);
  void tell() const;

  Database& db_;
  std::string_view key_;
  EntryDict::Place place_;
  bool created_ = false;
  Changed changed_ = Changed::nothing;
  // What was here, for those who want to know.
  bool remembered_ = false;
  bool existed_ = false;
  Type type_before_{};  // if it existed
};

// The packed value of a slot, to be edited in place; whoever changes it says so to the slot. The slot must be
// occupied and outlive it; nothing else changes the value meanwhile.
class PackedValue final : public ds::PackedBuffer {
 public:
  explicit PackedValue(Slot& slot) : slot_(slot) { follow(); }

 private:
  void reallocate(size_t size) override {
    slot_.resize_packed(size);
    follow();
  }
  void follow() {
    const std::span<char> bytes = slot_.begin_edit().packed_bytes();
    set(reinterpret_cast<uint8_t*>(bytes.data()), bytes.size());
  }

  Slot& slot_;
};

}  // namespace redpoll::store
