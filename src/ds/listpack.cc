#include "ds/listpack.h"

#include <bit>
#include <cstring>

#include "base/assert.h"
#include "ds/listpack_front.h"
#include "ds/packed_needle.h"

namespace redpoll::ds {
namespace {

static_assert(std::endian::native == std::endian::little, "numbers are read from memory as they lie");

using Place = ListpackView::Place;

constexpr size_t kHeader = 6;
constexpr size_t kCountOffset = 4;
constexpr uint16_t kUncounted = 0xffff;

// First bytes of elements. Below kShortString the byte is the number itself; of the three that follow the low
// bits belong to the size or number; numbers of 24 and 32 bits stand between those of 16 and 64.
constexpr uint8_t kShortString = 0x80;
constexpr uint8_t kNumber13 = 0xc0;
constexpr uint8_t kMediumString = 0xe0;
constexpr uint8_t kLongString = 0xf0;
constexpr uint8_t kNumber16 = 0xf1;
constexpr uint8_t kNumber64 = 0xf4;
constexpr uint8_t kEnd = 0xff;

constexpr size_t kMaxHead = 9;
constexpr size_t kMaxBack = 5;

template <class T>
T load(const uint8_t* from) {
  T value;
  std::memcpy(&value, from, sizeof value);
  return value;
}

// Bytes of a number that stands behind its first byte. REQUIRES: kNumber16 <= first <= kNumber64.
constexpr unsigned number_bytes(uint8_t first) { return first == kNumber64 ? 8 : first - kNumber16 + 2u; }

// What lies where in an element, its back length not counted.
struct Shape {
  uint32_t head;  // bytes in front of the string or number
  uint32_t body;
  bool is_string;

  size_t size() const { return size_t{head} + body; }
};

inline Shape shape_of(const uint8_t* p) {
  const uint8_t first = *p;
  if (first < kShortString) return {0, 1, false};
  if (first < kNumber13) return {1, first & 0x3fu, true};
  if (first < kMediumString) return {0, 2, false};
  if (first < kLongString) return {2, (first & 0x0fu) << 8 | p[1], true};
  if (first == kLongString) return {5, load<uint32_t>(p + 1), true};
  return {1, number_bytes(first), false};
}

// Bytes that must be there for shape_of; 0 if no element begins with that byte.
constexpr size_t head_bytes(uint8_t first) {
  if (first < kMediumString) return 1;
  if (first < kLongString) return 2;
  if (first == kLongString) return 5;
  return first <= kNumber64 ? 1 : 0;
}

// Bytes that the back length of an element of that size takes. The published code leaves the last value of
// two, three and four bytes unused.
constexpr size_t back_bytes(size_t size) {
  return size < 128              ? 1
         : size < (1u << 14) - 1 ? 2
         : size < (1u << 21) - 1 ? 3
         : size < (1u << 28) - 1 ? 4
                                 : 5;
}

// Seven bits a byte, the highest first; all bytes but that have their top bit set.
size_t put_back_length(uint8_t* to, size_t size) {
  const size_t bytes = back_bytes(size);
  for (size_t i = bytes; i-- > 0; size >>= 7)
    to[i] = static_cast<uint8_t>((size & 0x7f) | (i > 0 ? 0x80 : 0));
  return bytes;
}

// The element that ends before `end`. REQUIRES: there is one.
const uint8_t* before(const uint8_t* end) {
  const uint8_t* p = end - 1;
  size_t size = *p & 0x7fu;
  for (unsigned shift = 7; *p & 0x80; shift += 7) size |= size_t{*--p & 0x7fu} << shift;
  return p - size;
}

inline size_t element_size(const uint8_t* p) {
  const size_t size = shape_of(p).size();
  return size + back_bytes(size);
}

inline std::string_view string_at(const uint8_t* p, const Shape& shape) {
  return {reinterpret_cast<const char*>(p + shape.head), shape.body};
}

// REQUIRES: the element is a number.
int64_t number_at(const uint8_t* p) {
  const uint8_t first = *p;
  if (first < kShortString) return first;
  // Shifting up and down again extends the sign.
  if (first < kMediumString) return static_cast<int16_t>((first << 8 | p[1]) << 3) >> 3;
  const unsigned bytes = number_bytes(first);
  uint64_t bits = 0;
  std::memcpy(&bits, p + 1, bytes);
  const unsigned unused = 64 - 8 * bytes;
  return static_cast<int64_t>(bits << unused) >> unused;
}

bool is_at(const uint8_t* p, const Shape& shape, const PackedNeedle& needle) {
  return shape.is_string ? needle.equals(string_at(p, shape)) : needle.equals(number_at(p));
}

Place find_needle(const uint8_t* bytes, Place from, const PackedNeedle& needle, size_t stride) {
  if (from == ListpackView::kNone) return ListpackView::kNone;
  const uint8_t* p = bytes + from;
  for (size_t skip = 0; *p != kEnd; skip = skip == 0 ? stride - 1 : skip - 1) {
    const Shape shape = shape_of(p);
    if (skip == 0 && is_at(p, shape, needle)) return static_cast<Place>(p - bytes);
    const size_t size = shape.size();
    p += size + back_bytes(size);
  }
  return ListpackView::kNone;
}

// An element on its way in.
class Encoded {
 public:
  explicit Encoded(std::string_view text) {
    if (const auto number = parse_int64(text)) {
      encode(*number);
    } else {
      encode_bytes(text);
    }
  }
  explicit Encoded(int64_t number) { encode(number); }

  size_t total() const { return size() + back_bytes(size()); }
  // REQUIRES: room for total() bytes.
  void write(uint8_t* to) const {
    std::memcpy(to, head_, head_size_);
    bytes_.copy(reinterpret_cast<char*>(to + head_size_), bytes_.size());
    put_back_length(to + size(), size());
  }

 private:
  size_t size() const { return head_size_ + bytes_.size(); }

  void encode_bytes(std::string_view text) {
    bytes_ = text;
    const size_t size = text.size();
    if (size < 64) {
      put_head(static_cast<uint8_t>(kShortString | size), 1);
    } else if (size < 4096) {
      put_head(static_cast<uint8_t>(kMediumString | size >> 8), 2);
      head_[1] = static_cast<uint8_t>(size);
    } else {
      put_head(kLongString, 5);
      const auto size32 = static_cast<uint32_t>(size);
      std::memcpy(head_ + 1, &size32, sizeof size32);
    }
  }

  void encode(int64_t number) {
    if (number >= 0 && number < 128) return put_head(static_cast<uint8_t>(number), 1);
    if (number >= -4096 && number < 4096) {
      put_head(static_cast<uint8_t>(kNumber13 | (number >> 8 & 0x1f)), 2);
      head_[1] = static_cast<uint8_t>(number);
      return;
    }
    // The least of 16, 24, 32 and 64 bits that the number and its sign fit.
    const auto magnitude = static_cast<uint64_t>(number < 0 ? ~number : number);
    unsigned bytes = (static_cast<unsigned>(std::bit_width(magnitude)) + 8) / 8;
    if (bytes > 4) bytes = 8;
    put_head(bytes == 8 ? kNumber64 : static_cast<uint8_t>(kNumber16 + bytes - 2), 1 + bytes);
    std::memcpy(head_ + 1, &number, bytes);
  }

  void put_head(uint8_t first, unsigned size) {
    head_[0] = first;
    head_size_ = size;
  }

  uint8_t head_[kMaxHead];
  unsigned head_size_ = 0;
  std::string_view bytes_;
};

}  // namespace

bool PackedElement::equals(std::string_view text) const {
  return is_integer_ ? parse_int64(text) == integer_ : bytes_ == text;
}

size_t PackedElement::size() const {
  if (!is_integer_) return bytes_.size();
  const bool negative = integer_ < 0;
  const auto bits = static_cast<uint64_t>(integer_);
  return digits10(negative ? uint64_t{0} - bits : bits) + (negative ? 1 : 0);
}

size_t ListpackView::total_bytes() const { return load<uint32_t>(bytes_); }

size_t ListpackView::size() const {
  const uint16_t count = load<uint16_t>(bytes_ + kCountOffset);
  if (count != kUncounted) return count;
  size_t walked = 0;
  for (const uint8_t* p = bytes_ + kHeader; *p != kEnd; p += element_size(p)) ++walked;
  return walked;
}

Place ListpackView::first() const { return empty() ? kNone : kHeader; }

Place ListpackView::last() const {
  return empty() ? kNone : static_cast<Place>(before(bytes_ + total_bytes() - 1) - bytes_);
}

Place ListpackView::next(Place at) const {
  const uint8_t* p = bytes_ + at;
  p += element_size(p);
  return *p == kEnd ? kNone : static_cast<Place>(p - bytes_);
}

Place ListpackView::prev(Place at) const {
  return at == kHeader ? kNone : static_cast<Place>(before(bytes_ + at) - bytes_);
}

Place ListpackView::index(int64_t position) const {
  if (const uint16_t count = load<uint16_t>(bytes_ + kCountOffset); count != kUncounted) {
    if (position < 0) position += count;
    if (position < 0 || position >= count) return kNone;
    if (position > count / 2) position -= count;
  }
  const bool forward = position >= 0;
  Place at = forward ? first() : last();
  for (int64_t left = forward ? position : -1 - position; left > 0 && at != kNone; --left) {
    at = forward ? next(at) : prev(at);
  }
  return at;
}

PackedElement ListpackView::get(Place at) const {
  const uint8_t* p = bytes_ + at;
  const Shape shape = shape_of(p);
  return shape.is_string ? PackedElement(string_at(p, shape)) : PackedElement(number_at(p));
}

size_t ListpackView::element_bytes(Place at) const { return element_size(bytes_ + at); }

Place ListpackView::find(Place from, std::string_view text, size_t stride) const {
  return find_needle(bytes_, from, PackedNeedle(text), stride);
}

Place ListpackView::find(Place from, const PackedElement& element, size_t stride) const {
  PackedElement::Digits digits;
  return find_needle(bytes_, from, {element.text(digits), element.as_integer()}, stride);
}

bool ListpackView::valid(std::string_view view) {
  const auto* bytes = reinterpret_cast<const uint8_t*>(view.data());
  if (view.size() < kEmptyBytes || load<uint32_t>(bytes) != view.size()) return false;
  const size_t end = view.size() - 1;
  if (bytes[end] != kEnd) return false;
  size_t count = 0;
  for (size_t at = kHeader; at != end; ++count) {
    const uint8_t* p = bytes + at;
    const size_t left = end - at;
    const size_t head = head_bytes(*p);
    if (head == 0 || head > left) return false;
    const size_t size = shape_of(p).size();
    if (size >= left || back_bytes(size) > left - size) return false;
    uint8_t back[kMaxBack];
    const size_t back_size = put_back_length(back, size);
    if (std::memcmp(back, p + size, back_size) != 0) return false;
    at += size + back_size;
  }
  // Where it is not counted there may be any number: removals leave it so.
  const uint16_t counted = load<uint16_t>(bytes + kCountOffset);
  return counted == kUncounted || counted == count;
}

Listpack::Listpack(PackedBuffer& buffer) : buffer_(buffer) {
  if (buffer.size() == 0) {
    buffer.resize(kEmptyBytes);
    std::memcpy(buffer.data(), kEmpty.data(), kEmptyBytes);
  }
  bytes_ = buffer.data();
}

// Puts a gap of `in` bytes where `out` bytes are, and returns it, to be filled.
uint8_t* Listpack::splice(size_t at, size_t out, size_t in) {
  const size_t before = buffer_.size();
  const size_t after = before - out + in;
  CHECK(after <= UINT32_MAX, "a listpack would grow to {} bytes", after);
  if (after > before) buffer_.resize(after);
  if (in != out) std::memmove(buffer_.data() + at + in, buffer_.data() + at + out, before - at - out);
  if (after < before) buffer_.resize(after);
  bytes_ = buffer_.data();
  const auto total = static_cast<uint32_t>(after);
  std::memcpy(buffer_.data(), &total, sizeof total);
  return buffer_.data() + at;
}

// REQUIRES: the count was not given up already, or the list has become empty.
void Listpack::set_count(size_t count) {
  const uint16_t kept = count < kUncounted ? static_cast<uint16_t>(count) : kUncounted;
  std::memcpy(buffer_.data() + kCountOffset, &kept, sizeof kept);
}

template <class T>
Place Listpack::put_new(Place at, T&& value) {
  const Encoded element(value);
  const Place to = at == kNone ? static_cast<Place>(buffer_.size() - 1) : at;
  element.write(splice(to, 0, element.total()));
  if (const uint16_t count = load<uint16_t>(bytes_ + kCountOffset); count != kUncounted)
    set_count(count + 1u);
  return to;
}

template <class T>
void Listpack::put_over(Place at, T&& value) {
  const Encoded element(value);
  element.write(splice(at, element_bytes(at), element.total()));
}

void Listpack::append(std::string_view text) { put_new(kNone, text); }
void Listpack::append(int64_t number) { put_new(kNone, number); }
void Listpack::append(const PackedElement& element) {
  element.is_integer() ? put_new(kNone, element.integer()) : put_new(kNone, element.bytes());
}
void Listpack::prepend(std::string_view text) { put_new(first(), text); }

Place Listpack::insert(Place at, std::string_view text) { return put_new(at, text); }
Place Listpack::insert(Place at, int64_t number) { return put_new(at, number); }

void Listpack::replace(Place at, std::string_view text) { put_over(at, text); }
void Listpack::replace(Place at, int64_t number) { put_over(at, number); }

Place Listpack::erase(Place at, size_t count) {
  const uint8_t* p = bytes_ + at;
  size_t erased = 0;
  for (; erased < count && *p != kEnd; ++erased) p += element_size(p);
  splice(at, static_cast<size_t>(p - bytes_) - at, 0);
  const uint16_t counted = load<uint16_t>(bytes_ + kCountOffset);
  if (empty()) {
    set_count(0);
  } else if (counted != kUncounted) {
    set_count(counted - erased);
  }
  return bytes_[at] == kEnd ? kNone : at;
}

void Listpack::append_all(ListpackView other) {
  const size_t count = size() + other.size();
  const std::string_view elements = other.bytes().substr(kHeader, other.total_bytes() - kEmptyBytes);
  uint8_t* const to = splice(buffer_.size() - 1, 0, elements.size());
  elements.copy(reinterpret_cast<char*>(to), elements.size());
  set_count(count);
}

size_t Listpack::bytes_for(std::string_view text) {
  const size_t size = text.size() + (text.size() < 64 ? 1 : text.size() < 4096 ? 2 : 5);
  return size + back_bytes(size);
}

// The header comes to lie before what is the first element now. `delta`: elements more or less.
static uint8_t* move_header(const uint8_t* from, uint8_t* to, size_t total, int delta) {
  const auto count = load<uint16_t>(from + kCountOffset);
  const auto total32 = static_cast<uint32_t>(total);
  const uint16_t kept = count == kUncounted ? kUncounted : static_cast<uint16_t>(count + delta);
  std::memcpy(to, &total32, sizeof total32);
  std::memcpy(to + kCountOffset, &kept, sizeof kept);
  return to;
}

uint8_t* put_first(uint8_t* listpack, std::string_view text) {
  const Encoded element(text);
  const size_t bytes = element.total();
  uint8_t* const to = move_header(listpack, listpack - bytes, load<uint32_t>(listpack) + bytes, 1);
  element.write(to + kHeader);
  return to;
}

uint8_t* drop_first(uint8_t* listpack) {
  const size_t bytes = element_size(listpack + kHeader);
  return move_header(listpack, listpack + bytes, load<uint32_t>(listpack) - bytes, -1);
}

}  // namespace redpoll::ds
