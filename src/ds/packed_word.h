// Table elements that are one exact allocation without a header: what else must be known of them stands in
// the word that points to them.
//
//      63        48 47                        0
//     +------------+---------------------------+
//     | tag        | address, a multiple of 8  |
//     +------------+---------------------------+
//
// The lowest bit of a pointer's word is never set: an owner may give words with that bit a meaning of their
// own.
//
// TaggedPointer is the word, for whoever lays out the allocation himself: a tag of two 8-bit sizes, say, with
// an escape value for elements that carry their sizes themselves. PackedString is a byte string with
// `kPrefix` bytes in front of it that may change (a score):
//
//     tag = size              | prefix | bytes |
//     tag = kSizeInFront      | size, 8 bytes | prefix | bytes |
//
// Both are words that are copied freely; who holds them in his table destroys each once. Leak checkers cannot
// see them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "base/assert.h"
#include "base/prefetch.h"
#include "mem/relocator.h"
#include "mem/zmalloc.h"

namespace redpoll::ds {

class TaggedPointer {
 public:
  TaggedPointer() = default;
  // `block` comes from zmalloc.
  TaggedPointer(const void* block, uint16_t tag)
      : word_(reinterpret_cast<uintptr_t>(block) | uint64_t{tag} << kTagShift) {
    static_assert(sizeof(uintptr_t) == 8);
    CHECK((reinterpret_cast<uintptr_t>(block) & ~kAddress) == 0, "an address does not fit in 48 bits");
  }

  // Moves the block of `size` bytes if that is worth while: calls `use(fresh)` while both words are good, and
  // returns the one that is good from then on.
  template <class F>
  TaggedPointer relocated(mem::Relocator& relocator, size_t size, F&& use) const {
    const void* const fresh = relocator.copy(block(), size);
    if (fresh == nullptr) return *this;
    const TaggedPointer moved(fresh, tag());
    use(moved);
    mem::Relocator::release(block(), size);
    return moved;
  }

  char* block() const { return reinterpret_cast<char*>(word_ & kAddress); }
  uint16_t tag() const { return static_cast<uint16_t>(word_ >> kTagShift); }

  friend bool operator==(TaggedPointer a, TaggedPointer b) { return a.word_ == b.word_; }

 private:
  static constexpr unsigned kTagShift = 48;
  static constexpr uint64_t kAddress = (uint64_t{1} << kTagShift) - 1 - 7;

  uint64_t word_ = 0;
};
static_assert(sizeof(TaggedPointer) == 8);

template <size_t kPrefix = 0>
class PackedString {
 public:
  // A copy of the bytes; those of the prefix are undefined. O(size).
  static PackedString create(std::string_view bytes) {
    const size_t front = front_of(bytes.size());
    auto* const block = static_cast<char*>(mem::zmalloc(front + kPrefix + bytes.size()));
    if (front != 0) {
      const uint64_t size = bytes.size();
      std::memcpy(block, &size, sizeof size);
    }
    bytes.copy(block + front + kPrefix, bytes.size());
    return PackedString({block, front != 0 ? kSizeInFront : static_cast<uint16_t>(bytes.size())});
  }
  // Frees it; all copies of the word are invalid then.
  static void destroy(PackedString string) { mem::zfree(string.pointer_.block(), string.allocated()); }

  // See TaggedPointer.
  template <class F>
  PackedString relocated(mem::Relocator& relocator, F&& use) const {
    return PackedString(
        pointer_.relocated(relocator, allocated(), [&](TaggedPointer moved) { use(PackedString(moved)); }));
  }

  std::string_view bytes() const {
    if (const uint16_t size = pointer_.tag(); size != kSizeInFront) return {pointer_.block() + kPrefix, size};
    return {pointer_.block() + sizeof(uint64_t) + kPrefix, stored_size()};
  }
  // The first of the kPrefix bytes, aligned for eight.
  char* prefix() const { return pointer_.block() + (pointer_.tag() == kSizeInFront ? sizeof(uint64_t) : 0); }
  // Memory that it takes, as the allocator rounds it.
  size_t memory_bytes() const { return mem::good_size(allocated()); }
  // Asks for the memory that a comparison reads first.
  void prefetch() const { redpoll::prefetch(pointer_.block()); }

  friend bool operator==(PackedString a, PackedString b) { return a.pointer_ == b.pointer_; }

 private:
  static constexpr uint16_t kSizeInFront = 0xffff;

  explicit PackedString(TaggedPointer pointer) : pointer_(pointer) {}

  static size_t front_of(size_t size) { return size < kSizeInFront ? 0 : sizeof(uint64_t); }
  size_t allocated() const {
    const size_t size = bytes().size();
    return front_of(size) + kPrefix + size;
  }
  size_t stored_size() const {
    uint64_t size;
    std::memcpy(&size, pointer_.block(), sizeof size);
    return size;
  }

  TaggedPointer pointer_;
};
static_assert(sizeof(PackedString<>) == 8);

}  // namespace redpoll::ds
