// A list of strings and integers in one run of bytes, in the format that RDB files of Redis carry:
// https://github.com/antirez/listpack/blob/master/listpack.md
//
//     +-------------+-----------+---------+---------+-----+------+
//     | total bytes | elements  | element | element | ... | 0xff |
//     | 4, little   | 2, little |         |         |     |      |
//     +-------------+-----------+---------+---------+-----+------+
//     element: | encoding, and size or number: 1 to 9 bytes | bytes of a string | back length: 1 to 5 bytes |
//
// The back length is that of the element without itself, seven bits a byte, to be read from its end: so the
// list is walked in both directions. An element that is an integer in canonical form is stored as one. With
// 65535 elements or more the count is not kept: size() walks.
//
// ListpackView reads; Listpack edits the bytes of a PackedBuffer. A place in a listpack is the offset of an
// element: it stays right when the bytes move, and no longer when something before it changes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/numbers.h"
#include "ds/packed_buffer.h"

namespace redpoll::ds {

// One element: a view into the bytes, or a number.
class PackedElement {
 public:
  using Digits = char[24];

  explicit PackedElement(std::string_view bytes) : bytes_(bytes) {}
  explicit PackedElement(int64_t integer) : integer_(integer), is_integer_(true) {}

  bool is_integer() const { return is_integer_; }
  // REQUIRES: is_integer().
  int64_t integer() const { return integer_; }
  // REQUIRES: !is_integer().
  std::string_view bytes() const { return bytes_; }
  // The number that it is, also if it is the canonical text of one.
  std::optional<int64_t> as_integer() const {
    return is_integer_ ? std::optional<int64_t>(integer_) : parse_int64(bytes_);
  }
  // The bytes; those of a number are printed into `digits`.
  std::string_view text(Digits& digits) const {
    return is_integer_ ? std::string_view{digits, format_int64(digits, integer_)} : bytes_;
  }
  // Whether it is `text`, to the byte.
  bool equals(std::string_view text) const;
  // Its length as text.
  size_t size() const;

 private:
  std::string_view bytes_;
  int64_t integer_ = 0;
  bool is_integer_ = false;
};

class ListpackView {
 public:
  // Offset of an element's first byte; 0: none, beyond either end.
  using Place = uint32_t;
  static constexpr Place kNone = 0;
  // Bytes of an empty listpack.
  static constexpr size_t kEmptyBytes = 7;
  static constexpr std::string_view kEmpty{"\7\0\0\0\0\0\xff", kEmptyBytes};
  // Sizes are 32 bits; lists are kept far below that by those who split them.
  static constexpr size_t kMaxBytes = size_t{1} << 30;

  // REQUIRES: the bytes were written by Listpack, or validated. They outlive the view.
  explicit ListpackView(std::string_view bytes) : bytes_(reinterpret_cast<const uint8_t*>(bytes.data())) {}

  size_t total_bytes() const;
  // The listpack itself.
  std::string_view bytes() const { return {reinterpret_cast<const char*>(bytes_), total_bytes()}; }
  // Number of elements. O(1); O(n) from 65535 elements on.
  size_t size() const;
  bool empty() const { return bytes_[6] == 0xff; }

  Place first() const;
  Place last() const;
  Place next(Place at) const;
  Place prev(Place at) const;
  // The element at a position: 0 is the first, -1 the last. O(distance from the nearer end).
  Place index(int64_t position) const;
  // REQUIRES (here and below): `at` is the place of an element.
  PackedElement get(Place at) const;
  // Bytes that the element takes, back length included.
  size_t element_bytes(Place at) const;
  // The first element from `from` on that is `text`; of each `stride` elements only the first is compared: 2
  // searches the fields of field, value, field, value. kNone if there is none, or `from` is kNone.
  Place find(Place from, std::string_view text, size_t stride = 1) const;
  Place find(Place from, const PackedElement& element, size_t stride = 1) const;

  // Whether any bytes at all are a listpack: every length within bounds, both directions agree, the count
  // right. O(n). The only function that may be given bytes that one does not know. Numbers need not be stored
  // in the shortest way, nor integers as numbers: all functions here take that as it comes.
  static bool valid(std::string_view bytes);

 protected:
  ListpackView() = default;
  const uint8_t* bytes_ = nullptr;
};

class Listpack : public ListpackView {
 public:
  // REQUIRES: the buffer is empty (it becomes an empty listpack) or holds a listpack. It outlives this.
  explicit Listpack(PackedBuffer& buffer);

  // Whether `bytes` more bytes of elements would still be a listpack.
  bool has_room_for(size_t bytes) const { return total_bytes() + bytes + 16 <= kMaxBytes; }

  // REQUIRES (all that add): has_room_for(text.size()). The text must not lie in this listpack. O(bytes
  // behind).
  void append(std::string_view text);
  void append(int64_t number);
  void append(const PackedElement& element);
  void prepend(std::string_view text);
  // Puts an element before the one at `at`, at the end if that is kNone; returns its place.
  Place insert(Place at, std::string_view text);
  Place insert(Place at, int64_t number);
  // Replaces an element; the place stays the same.
  void replace(Place at, std::string_view text);
  void replace(Place at, int64_t number);
  // Removes `count` elements from `at` on, or as many as there are; returns the place of what follows, kNone
  // at the end.
  Place erase(Place at, size_t count = 1);
  // Appends all elements of another listpack.
  void append_all(ListpackView other);
  // An upper bound of the bytes that an element of that text takes.
  static size_t bytes_for(std::string_view text);

 private:
  uint8_t* splice(size_t at, size_t out, size_t in);
  void set_count(size_t count);
  template <class T>
  Place put_new(Place at, T&& value);
  template <class T>
  void put_over(Place at, T&& value);

  PackedBuffer& buffer_;
};

}  // namespace redpoll::ds
