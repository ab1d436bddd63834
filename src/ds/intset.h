// A sorted set of integers in one run of bytes, in the format that RDB files of Redis carry:
//
//     +---------------+---------+--------+--------+-----+
//     | bytes of each | count   | number | number | ... |
//     | 4, little     | 4, l.   | least  |        |     |
//     +---------------+---------+--------+--------+-----+
//     numbers: 2, 4 or 8 bytes each, little-endian, ascending, none twice
//
// The width is what the largest number ever added needed; it never shrinks. IntsetView reads; Intset edits
// the bytes of a PackedBuffer.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "ds/packed_buffer.h"

namespace redpoll::ds {

class IntsetView {
 public:
  // Bytes of an empty set.
  static constexpr size_t kEmptyBytes = 8;
  // Far below what the 32-bit count could express, as in Redis.
  static constexpr size_t kMaxSize = size_t{1} << 30;

  // REQUIRES: the bytes were written by Intset, or validated. They outlive the view.
  explicit IntsetView(std::string_view bytes) : bytes_(reinterpret_cast<const uint8_t*>(bytes.data())) {}

  size_t size() const { return load<uint32_t>(kCountOffset); }
  bool empty() const { return size() == 0; }
  // The number at that position of the order. REQUIRES: position < size(). O(1).
  int64_t at(size_t position) const {
    switch (width()) {
      case 2: return load<int16_t>(kHeader + 2 * position);
      case 4: return load<int32_t>(kHeader + 4 * position);
      default: return load<int64_t>(kHeader + 8 * position);
    }
  }
  // O(log n).
  bool contains(int64_t number) const;

  // Whether any bytes at all are an intset: a known width, as many numbers as there is room for, in ascending
  // order. An empty one is valid. O(n). The only function that may be given bytes that one does not know.
  static bool valid(std::string_view bytes);

 protected:
  static constexpr size_t kCountOffset = 4;
  static constexpr size_t kHeader = 8;

  // Where the number is, or where it would have to be inserted.
  struct Position {
    size_t index;
    bool found;
  };

  IntsetView() = default;
  // Bytes of each number.
  size_t width() const { return load<uint32_t>(0); }
  Position search(int64_t number) const;
  template <class T>
  T load(size_t offset) const {
    T value;
    std::memcpy(&value, bytes_ + offset, sizeof value);
    return value;
  }

  const uint8_t* bytes_ = nullptr;
};

class Intset : public IntsetView {
 public:
  // REQUIRES: the buffer is empty (it becomes an empty set) or holds an intset. It outlives this.
  explicit Intset(PackedBuffer& buffer);

  // False, and nothing done, if it is there. REQUIRES: size() < kMaxSize. O(n); O(log n) at the end.
  bool add(int64_t number);
  // False if it is not there. O(n).
  bool remove(int64_t number);
  // Removes the number at that position. REQUIRES: position < size(). O(n).
  void remove_at(size_t position);

 private:
  void insert(size_t position, int64_t number);
  void widen(size_t to_width, size_t gap);
  void set(size_t position, size_t width, int64_t number);
  void set_size(size_t count);

  PackedBuffer& buffer_;
};

}  // namespace redpoll::ds
