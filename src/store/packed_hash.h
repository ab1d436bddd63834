// The packed encodings of a hash, as runs of elements of one listpack:
//
//     listpack:    field, value, ...
//     listpackex:  field, value, deadline, ...     ordered by deadline in ms; those without one (0) come last
//
// So what is due lies in front. Of equal deadlines the one that was set last comes first.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/units.h"
#include "ds/listpack.h"
#include "store/element.h"
#include "store/hash_field.h"

namespace redpoll::store {

enum class PackedFields : uint8_t { pairs = 2, with_deadlines = 3 };

// A look at a packed hash. The place of a field is that of its name.
class PackedHashView {
 public:
  using Place = ds::ListpackView::Place;
  static constexpr Place kNone = ds::ListpackView::kNone;

  PackedHashView(std::string_view bytes, PackedFields kind)
      : list_(bytes), stride_(static_cast<uint8_t>(kind)) {}

  bool with_deadlines() const { return stride_ == 3; }
  // Fields, those whose time has come included.
  size_t size() const { return list_.size() / stride_; }
  Place first() const { return list_.first(); }
  Place next(Place at) const {
    return with_deadlines() ? list_.next(deadline_at(at)) : list_.next(value_at(at));
  }
  Place find(std::string_view field) const { return list_.find(list_.first(), field, stride_); }
  // The field at a position; 0 is the first.
  Place index(size_t position) const { return list_.index(static_cast<int64_t>(position * stride_)); }

  // REQUIRES (here and below): `at` is the place of a field.
  Element field(Place at) const { return list_.get(at); }
  Element value(Place at) const { return list_.get(value_at(at)); }
  // 0 without one.
  UnixMs deadline(Place at) const { return {with_deadlines() ? list_.get(deadline_at(at)).integer() : 0}; }
  bool due(Place at, UnixMs now) const { return is_due(deadline(at), now); }

  // Whether there are any deadlines, whether some or all fields are due. O(1).
  bool has_deadlines() const { return with_deadlines() && !list_.empty() && deadline(first()).v != 0; }
  bool some_due(UnixMs now) const { return has_deadlines() && due(first(), now); }
  bool all_due(UnixMs now) const {
    return has_deadlines() && is_due({list_.get(list_.last()).integer()}, now);
  }
  // The first field that is not due, and how many are before it; at most `limit` of them.
  struct Front {
    Place rest;
    size_t due;
  };
  Front front(UnixMs now, size_t limit = SIZE_MAX) const {
    Front front{first(), 0};
    if (!has_deadlines()) return front;
    for (; front.due < limit && front.rest != kNone && due(front.rest, now); ++front.due)
      front.rest = next(front.rest);
    return front;
  }

  // Calls `fn(field, value)` for each field that is not due.
  template <class F>
  void each(UnixMs now, F&& fn) const {
    for (Place at = front(now).rest; at != kNone; at = next(at)) fn(field(at), value(at));
  }

 protected:
  static bool is_due(UnixMs deadline, UnixMs now) { return deadline.v != 0 && deadline < now; }
  Place value_at(Place at) const { return list_.next(at); }
  Place deadline_at(Place at) const { return list_.next(value_at(at)); }

  ds::ListpackView list_;
  uint8_t stride_;
};

// Edits a packed hash. Whatever is added must have room in a listpack.
class PackedHash {
 public:
  using Place = PackedHashView::Place;

  PackedHash(ds::PackedBuffer& buffer, PackedFields kind) : list_(buffer), buffer_(buffer), kind_(kind) {}

  // Valid until the next change.
  PackedHashView view() const { return {buffer_.view(), kind_}; }

  // Adds a field without a deadline. REQUIRES: it is not there.
  template <class Text>
  void append(const Text& field, const Text& value) {
    list_.append(field);
    list_.append(value);
    if (kind_ == PackedFields::with_deadlines) list_.append(int64_t{0});
  }
  // Sets the value of a field; true if the field is new.
  bool set(std::string_view field, std::string_view value, FieldTtl ttl);
  // The deadline stays, and so does the place.
  void set_value(Place at, std::string_view value) { list_.replace(list_.next(at), value); }
  // Sets the deadline of a field, or removes it (0). REQUIRES: of the kind with deadlines.
  void set_deadline(Place at, UnixMs deadline);
  // Removes `count` fields.
  void erase(Place at, size_t count = 1) { list_.erase(at, count * static_cast<size_t>(kind_)); }

 private:
  ds::Listpack list_;
  ds::PackedBuffer& buffer_;
  PackedFields kind_;
};

}  // namespace redpoll::store
