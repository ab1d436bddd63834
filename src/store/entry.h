// A key with its value: one allocation.
//
//      0       1       2         4             7         8
//     +-------+-------+---------+-------------+---------+----------+----------+----------+---------+---------+
//     | kind  | flags | value   | access      | key     | deadline | word     | key size | key     | value |
//     |       |       | size    | clock (24b) | size    | 8 bytes  | 8 bytes  | 4 bytes  | bytes   | bytes |
//     +-------+-------+---------+-------------+---------+----------+----------+----------+---------+---------+
//                                                        if kTtl    if not     if         always   if
//                                                        encoding
//                                                                   embedded   kLongKey            is
//                                                                   embedded
//
// `word` is an integer, or the owning pointer of a value that lives in an allocation of its own. Embedded
// bytes are a string, or a packed collection (listpack, intset). A key of up to 255 bytes has its size in the
// header. An entry never moves by itself: whoever makes it larger gets a new one and must put it where the
// old one was (Slot does).
#pragma once

#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "base/assert.h"
#include "base/prefetch.h"
#include "base/units.h"
#include "mem/blob.h"
#include "mem/relocator.h"
#include "mem/zmalloc.h"
#include "store/access.h"
#include "store/object.h"

namespace redpoll::store {

// What a value is for its user. The numbers are those of the RDB type families.
enum class Type : uint8_t { string = 0, list = 1, set = 2, sorted_set = 3, hash = 4, stream = 5 };
// The name that TYPE answers.
std::string_view type_name(Type type);

// How a value is stored.
enum class Encoding : uint8_t {
  embedded,  // bytes behind the key
  integer,   // `word` is the number
  blob,      // `word` is a mem::Blob; that of a packed collection is never shared
  object,    // `word` is an Object
};

// A value on its way into an entry: a number, bytes to be copied, or a blob or an object to be taken over.
struct Value {
  Type type = Type::string;
  Encoding encoding = Encoding::embedded;
  // The second way in which values of the type are stored in bytes. A string: shown as encoding "raw" even if
  // it is short, being the result of APPEND or SETRANGE. A set: an intset instead of a listpack. A hash: a
  // listpack of fields, values and deadlines.
  bool variant = false;
  // A hash: some of its fields have a deadline.
  bool field_deadlines = false;
  int64_t integer = 0;
  std::string_view bytes = {};
  mem::BlobPtr blob = {};
  std::unique_ptr<Object> object = {};

  // Bytes behind the key if there is room for them, else in a blob.
  static Value packed(Type type, std::string_view bytes, bool variant = false);
  static Value collection(Type type, std::unique_ptr<Object> object) {
    return {.type = type, .encoding = Encoding::object, .object = std::move(object)};
  }
};

class Entry;
struct EntryDeleter {
  void operator()(Entry* entry) const;
};
// An entry that belongs to no database.
using EntryPtr = std::unique_ptr<Entry, EntryDeleter>;

class Entry {
 public:
  // Bytes up to this many are stored behind the key; longer values get a blob.
  static constexpr size_t kMaxEmbedded = 4096;

  // A new entry that holds a copy of the key and the value. `deadline` empty: no expiry.
  static Entry* create(std::string_view key, Value&& value, std::optional<UnixMs> deadline);
  // Frees the entry and what it owns.
  static void destroy(Entry* entry);
  // A copy under another key; shares nothing with the original.
  EntryPtr clone(std::string_view key, std::optional<UnixMs> deadline) const;
  // The same value under another key; `entry` is used up.
  static EntryPtr renamed(EntryPtr entry, std::string_view key);

  // Replaces the value, in place if the allocation fits, and sets the deadline. Returns the entry to be used
  // from now on; `this` is freed if that is another one.
  [[nodiscard]] Entry* assign(Value&& value, std::optional<UnixMs> deadline);
  // The same entry with another deadline; `this` is freed if the result is another one.
  [[nodiscard]] Entry* with_deadline(std::optional<UnixMs> deadline);
  // The same entry with a packed value of `size` bytes: those that stay are kept, those that come are
  // undefined. `this` is freed if the result is another one. REQUIRES: the value is bytes (embedded or blob).
  [[nodiscard]] Entry* with_packed_size(size_t size);

  // The same entry where it may lie better, and the same for a value that lies in bytes; `this` is freed if
  // the result is another one.
  [[nodiscard]] Entry* relocated(mem::Relocator& relocator);

  Type type() const { return static_cast<Type>(kind_ & 0x0f); }
  Encoding encoding() const { return static_cast<Encoding>(kind_ >> 4); }
  // See Value::variant.
  bool variant() const { return flags_ & kVariant; }
  void set_variant(bool variant) {
    flags_ = static_cast<uint8_t>(variant ? flags_ | kVariant : flags_ & ~kVariant);
  }

  std::string_view key() const {
    const char* at = bytes() + key_offset();
    if (flags_ & kLongKey) {
      uint32_t size;
      std::memcpy(&size, at - sizeof size, sizeof size);
      return {at, size};
    }
    return {at, key_size_};
  }

  bool has_deadline() const { return flags_ & kTtl; }
  // REQUIRES: has_deadline().
  UnixMs deadline() const { return {load<int64_t>(kHeader)}; }
  std::optional<UnixMs> maybe_deadline() const {
    return has_deadline() ? std::optional<UnixMs>(deadline()) : std::nullopt;
  }
  // REQUIRES: has_deadline().
  void set_deadline(UnixMs deadline) { save(kHeader, deadline.v); }
  // A hash: some of its fields have a deadline of their own.
  bool has_field_deadlines() const { return flags_ & kFieldTtl; }
  void set_field_deadlines(bool any) {
    flags_ = static_cast<uint8_t>(any ? flags_ | kFieldTtl : flags_ & ~kFieldTtl);
  }
  // Whether it can come to an end by itself, as a whole or in part.
  bool expires() const { return flags_ & (kTtl | kFieldTtl); }
  bool has_only_field_deadlines() const { return (flags_ & (kTtl | kFieldTtl)) == kFieldTtl; }
  // Its time has come, or that of each of its fields.
  bool expired(UnixMs now) const {
    if (!expires()) return false;
    return (has_deadline() && deadline() < now) || (has_field_deadlines() && fields_expired(now));
  }

  // The bytes of a value that lies in bytes. REQUIRES: the encoding is embedded or blob.
  std::string_view packed() const { return encoding() == Encoding::blob ? blob()->view() : embedded(); }
  // The same, to be written to. REQUIRES: also that a blob is not shared.
  std::span<char> packed_bytes() {
    const std::string_view bytes = packed();
    return {const_cast<char*>(bytes.data()), bytes.size()};
  }

  // The value. REQUIRES: the encoding is the one asked for.
  std::string_view embedded() const {
    const std::string_view k = key();
    return {k.data() + k.size(), value_size_};
  }
  int64_t integer() const { return load<int64_t>(word_offset()); }
  void set_integer(int64_t value) { save(word_offset(), value); }
  mem::Blob* blob() const { return load<mem::Blob*>(word_offset()); }
  const Object& object() const { return *load<Object*>(word_offset()); }
  Object& object() { return *load<Object*>(word_offset()); }

  // Makes the string `size` bytes long, in place, to be written by the caller; bytes that come are zero. It
  // shows as "raw" from now on. Null, and nothing changed, if the value does not lie in bytes or there is no
  // room.
  char* resize(size_t size);

  // When and how often it was used, as AccessTracker has it: 28 bits, four of them in the flags.
  uint32_t access_clock() const {
    return access_[0] | access_[1] << 8 | static_cast<uint32_t>(access_[2]) << 16 |
           static_cast<uint32_t>(flags_ & kClockBits) << kClockShift;
  }
  void set_access_clock(uint32_t clock) {
    access_[0] = static_cast<uint8_t>(clock);
    access_[1] = static_cast<uint8_t>(clock >> 8);
    access_[2] = static_cast<uint8_t>(clock >> 16);
    flags_ = static_cast<uint8_t>((flags_ & ~kClockBits) | (clock >> kClockShift & kClockBits));
  }

  // Memory that the entry and its value take, as the allocator rounds it. `samples`: see
  // Object::memory_bytes.
  Bytes memory_bytes(size_t samples = 0) const;
  // About how many small allocations it takes as long to free as this entry: 1 for most, more for collections
  // and for blobs so large that they are unmapped. A blob that a reply refers to is not freed with the entry.
  // O(1).
  size_t free_effort() const;

  // Asks the processor for the lines that a lookup and a small reply will read.
  void prefetch() const {
    redpoll::prefetch(this);
    redpoll::prefetch(bytes() + 64);
  }

 private:
  enum Flag : uint8_t { kTtl = 1, kLongKey = 2, kVariant = 4, kFieldTtl = 8, kClockBits = 0xf0 };
  static constexpr int kClockShift = 20;
  static_assert((uint32_t{kClockBits} << kClockShift & AccessTracker::kLfu) != 0);
  static constexpr size_t kHeader = 8;
  static constexpr size_t kLongKeySize = 4;

  // What decides the size of an entry.
  struct Layout {
    size_t key_size;
    size_t embedded_size;
    bool ttl;
    bool word;

    size_t total() const {
      return kHeader + (ttl ? 8 : 0) + (word ? 8 : 0) + (key_size > 255 ? kLongKeySize : 0) + key_size +
             embedded_size;
    }
  };

  Entry() = default;
  static Entry* allocate(std::string_view key, const Layout& layout, Type type);
  Layout layout() const;
  static Layout layout_for(std::string_view key, const Value& value, bool ttl);
  char* resize_embedded(size_t size);
  void put_value(Value&& value);
  void release_value();
  bool fields_expired(UnixMs now) const;

  const char* bytes() const { return reinterpret_cast<const char*>(this); }
  char* bytes() { return reinterpret_cast<char*>(this); }
  size_t word_offset() const { return kHeader + (flags_ & kTtl ? 8u : 0u); }
  size_t key_offset() const {
    return word_offset() + (encoding() == Encoding::embedded ? 0u : 8u) +
           (flags_ & kLongKey ? kLongKeySize : 0u);
  }
  template <class T>
  T load(size_t offset) const {
    T value;
    std::memcpy(&value, bytes() + offset, sizeof value);
    return value;
  }
  template <class T>
  void save(size_t offset, T value) {
    std::memcpy(bytes() + offset, &value, sizeof value);
  }

  uint8_t kind_;
  uint8_t flags_;
  uint16_t value_size_;
  uint8_t access_[3];
  uint8_t key_size_;
};
static_assert(sizeof(Entry) == 8);

inline void EntryDeleter::operator()(Entry* entry) const { Entry::destroy(entry); }

// What OBJECT ENCODING answers.
std::string_view encoding_name(const Entry& entry);

}  // namespace redpoll::store
