// A field of a hash table with its value: one word for the table, and one allocation without a header.
//
//     tag of the word:  |15      |14       8|7        0|      (ds/packed_word.h has the word)
//                       | expires| size of  | size of  |
//                       |        | field    | value    |
//
//     the bytes:        | deadline | field size | value size | field | value |
//                       | 8        | 6          | 6          |       |       |
//                        if expires  if the field size of the tag is kElsewhere
//
// So a field of 16 bytes with a value of 16 bytes takes 32 bytes of memory.
#pragma once

#include <cstdint>
#include <cstring>
#include <optional>
#include <string_view>

#include "base/prefetch.h"
#include "base/units.h"
#include "ds/packed_word.h"
#include "mem/relocator.h"

namespace redpoll::store {

// What becomes of the deadline of a field that gets another value.
enum class FieldTtl : uint8_t { drop, keep };

class HashField {
 public:
  // Names no field; to be assigned to.
  HashField() = default;
  // REQUIRES: both are smaller than 2^48 bytes.
  static HashField create(std::string_view field, std::string_view value, std::optional<UnixMs> deadline);
  static void destroy(HashField field);

  std::string_view field() const { return {bytes() + layout().field_at(), layout().field_size}; }
  std::string_view value() const {
    const Layout l = layout();
    return {bytes() + l.field_at() + l.field_size, l.value_size};
  }

  bool has_deadline() const { return pointer_.tag() & kExpires; }
  // REQUIRES: has_deadline().
  UnixMs deadline() const {
    int64_t ms;
    std::memcpy(&ms, bytes(), sizeof ms);
    return {ms};
  }
  std::optional<UnixMs> maybe_deadline() const {
    return has_deadline() ? std::optional<UnixMs>(deadline()) : std::nullopt;
  }
  // Its time has come.
  bool due(UnixMs now) const { return has_deadline() && deadline() < now; }

  // The same field with another value, or another deadline: in place if the allocation fits. `*this` must not
  // be used any more, unless it equals the result. The value must not be this one's own.
  [[nodiscard]] HashField with_value(std::string_view value) const;
  [[nodiscard]] HashField with_deadline(std::optional<UnixMs> deadline) const;

  // See ds::TaggedPointer.
  template <class F>
  HashField relocated(mem::Relocator& relocator, F&& use) const {
    return HashField(pointer_.relocated(relocator, layout().total(),
                                        [&](ds::TaggedPointer moved) { use(HashField(moved)); }));
  }

  // As the allocator rounds it.
  size_t memory_bytes() const;
  void prefetch() const { redpoll::prefetch(bytes()); }

  // The same word, and so the same field in the same place.
  friend bool operator==(HashField a, HashField b) { return a.pointer_ == b.pointer_; }

 private:
  static constexpr unsigned kExpires = 0x8000;
  static constexpr unsigned kFieldShift = 8;
  static constexpr size_t kMaxField = 0x7e;
  static constexpr size_t kMaxValue = 0xff;
  // In place of the size of the field.
  static constexpr unsigned kElsewhere = 0x7f;
  static constexpr size_t kDeadlineBytes = 8;
  static constexpr size_t kSizeBytes = 6;

  struct Layout {
    bool expires;
    size_t field_size;
    size_t value_size;

    bool sizes_in_word() const { return field_size <= kMaxField && value_size <= kMaxValue; }
    size_t sizes_at() const { return expires ? kDeadlineBytes : 0; }
    size_t field_at() const { return sizes_at() + (sizes_in_word() ? 0 : 2 * kSizeBytes); }
    size_t total() const { return field_at() + field_size + value_size; }
  };

  explicit HashField(ds::TaggedPointer pointer) : pointer_(pointer) {}
  static HashField make(char* bytes, const Layout& layout);
  Layout layout() const;
  char* bytes() const { return pointer_.block(); }

  ds::TaggedPointer pointer_;
};
static_assert(sizeof(HashField) == 8);

inline HashField::Layout HashField::layout() const {
  const unsigned field_size = pointer_.tag() >> kFieldShift & kElsewhere;
  if (field_size != kElsewhere) [[likely]]
    return {has_deadline(), field_size, pointer_.tag() & kMaxValue};
  Layout layout{has_deadline(), 0, 0};
  const char* at = bytes() + layout.sizes_at();
  std::memcpy(&layout.field_size, at, kSizeBytes);
  std::memcpy(&layout.value_size, at + kSizeBytes, kSizeBytes);
  return layout;
}

}  // namespace redpoll::store
