#include "ds/intset.h"

#include <algorithm>
#include <bit>
#include <limits>

#include "base/assert.h"

namespace redpoll::ds {

static_assert(std::endian::native == std::endian::little, "numbers are read from memory as they lie");

namespace {

template <class T>
bool fits(int64_t number) {
  return number >= std::numeric_limits<T>::min() && number <= std::numeric_limits<T>::max();
}

size_t width_of(int64_t number) { return fits<int16_t>(number) ? 2 : fits<int32_t>(number) ? 4 : 8; }

template <class T>
T number_at(const uint8_t* numbers, size_t position) {
  T number;
  std::memcpy(&number, numbers + position * sizeof number, sizeof number);
  return number;
}

// How many numbers are less than `number`.
template <class T>
size_t count_below(const uint8_t* numbers, size_t count, int64_t number) {
  const T wanted = static_cast<T>(number);
  size_t below = 0;
  // No branch depends on what is found, so none is mispredicted.
  for (size_t left = count; left > 0;) {
    const size_t half = (left + 1) / 2;
    below += number_at<T>(numbers, below + half - 1) < wanted ? half : 0;
    left -= half;
  }
  return below;
}

template <class T>
bool ascending(const uint8_t* numbers, size_t count) {
  for (size_t i = 1; i < count; ++i) {
    if (number_at<T>(numbers, i - 1) >= number_at<T>(numbers, i)) return false;
  }
  return true;
}

}  // namespace

IntsetView::Position IntsetView::search(int64_t number) const {
  const size_t count = size();
  const size_t bytes = width();
  if (width_of(number) > bytes) return {number < 0 ? 0 : count, false};
  if (count == 0 || number > at(count - 1)) return {count, false};
  const uint8_t* const numbers = bytes_ + kHeader;
  const size_t index = bytes == 2   ? count_below<int16_t>(numbers, count, number)
                       : bytes == 4 ? count_below<int32_t>(numbers, count, number)
                                    : count_below<int64_t>(numbers, count, number);
  return {index, at(index) == number};
}

bool IntsetView::contains(int64_t number) const { return search(number).found; }

bool IntsetView::valid(std::string_view bytes) {
  if (bytes.size() < kEmptyBytes) return false;
  const IntsetView set(bytes);
  const uint64_t count = set.size();
  const uint64_t width = set.width();
  if (width != 2 && width != 4 && width != 8) return false;
  if (count > kMaxSize || kHeader + count * width != bytes.size()) return false;
  const uint8_t* const numbers = set.bytes_ + kHeader;
  switch (width) {
    case 2: return ascending<int16_t>(numbers, count);
    case 4: return ascending<int32_t>(numbers, count);
    default: return ascending<int64_t>(numbers, count);
  }
}

Intset::Intset(PackedBuffer& buffer) : buffer_(buffer) {
  if (buffer.size() == 0) {
    buffer.resize(kEmptyBytes);
    constexpr uint8_t kEmpty[kEmptyBytes] = {2};
    std::memcpy(buffer.data(), kEmpty, kEmptyBytes);
  }
  bytes_ = buffer.data();
}

void Intset::set(size_t position, size_t width, int64_t number) {
  std::memcpy(buffer_.data() + kHeader + position * width, &number, width);
}

void Intset::set_size(size_t count) {
  const auto stored = static_cast<uint32_t>(count);
  std::memcpy(buffer_.data() + kCountOffset, &stored, sizeof stored);
}

bool Intset::add(int64_t number) {
  const Position place = search(number);
  if (place.found) return false;
  insert(place.index, number);
  return true;
}

void Intset::insert(size_t position, int64_t number) {
  const size_t count = size();
  CHECK(count < kMaxSize, "an intset of {} numbers would grow", count);
  const size_t before = width();
  const size_t bytes = std::max(before, width_of(number));
  buffer_.resize(kHeader + (count + 1) * bytes);
  bytes_ = buffer_.data();
  if (bytes != before) {
    widen(bytes, position);
  } else if (position < count) {
    uint8_t* const gap = buffer_.data() + kHeader + position * bytes;
    std::memmove(gap + bytes, gap, (count - position) * bytes);
  }
  set(position, bytes, number);
  set_size(count + 1);
}

// Rewrites the numbers with another width, from the last to the first, and leaves a gap for one at `gap`.
// REQUIRES: there is room.
void Intset::widen(size_t to_width, size_t gap) {
  for (size_t i = size(); i-- > 0;) set(i < gap ? i : i + 1, to_width, at(i));
  const auto stored = static_cast<uint32_t>(to_width);
  std::memcpy(buffer_.data(), &stored, sizeof stored);
}

bool Intset::remove(int64_t number) {
  const Position place = search(number);
  if (!place.found) return false;
  remove_at(place.index);
  return true;
}

void Intset::remove_at(size_t position) {
  const size_t count = size();
  const size_t bytes = width();
  uint8_t* const gone = buffer_.data() + kHeader + position * bytes;
  std::memmove(gone, gone + bytes, (count - position - 1) * bytes);
  set_size(count - 1);
  buffer_.resize(kHeader + (count - 1) * bytes);
  bytes_ = buffer_.data();
}

}  // namespace redpoll::ds
