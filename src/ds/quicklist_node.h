// What a node of a quicklist holds: several elements as a listpack, or a single large one; either may be
// compressed.
//
//       0          8               12               14            plain, 1 bit
//      +----------+---------------+----------------+--------------+-|-+-------+
//      | pointer  | size, 4 bytes | elements, 2    | gap, 13 bits |   | state |
//      +-----|----+---------------+----------------+--------------+---+-------+
//            v
//      listpack:    | gap | the bytes of the listpack |
//      plain:       a mem::Blob that holds the element: taken over, and shared with replies
//      compressed:  | size of what follows, 4 bytes | LZF |
//
// `size` is that of the listpack, or of a compressed element, before compression. An element in its blob has
// it there.
//
// The gap is for who pushes at the head: free bytes, of which each element takes some. It comes with the
// first element that is pushed there, and grows by those that are popped there; close_gap() ends it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>

#include "base/assert.h"
#include "ds/adlist.h"
#include "ds/listpack.h"
#include "ds/packed_buffer.h"
#include "mem/blob.h"

namespace redpoll::ds {

// An end of a list, for who adds and removes there.
enum class ListEnd : uint8_t { head, tail };

// How large a node may become: what list-max-listpack-size stands for. A number of elements, or -1 to -5 for
// 4, 8, 16, 32, 64 KiB. Nodes of so many elements have a limit in bytes all the same.
// https://redis.io/docs/latest/operate/oss_and_stack/management/config/
struct NodeLimit {
  static constexpr size_t kBytesOfCounted = 8192;
  static constexpr size_t kAnyCount = SIZE_MAX;

  size_t bytes;
  size_t count;

  // Any number is a setting: 0 counts as 1, and what is below -5 as -5.
  static constexpr NodeLimit of(int setting) {
    if (setting >= 0) return {kBytesOfCounted, setting == 0 ? 1 : static_cast<size_t>(setting)};
    return {size_t{2048} << (setting < -5 ? 5 : -setting), kAnyCount};
  }
  constexpr bool counted() const { return count != kAnyCount; }
  constexpr bool allows(size_t node_bytes, size_t elements) const {
    return node_bytes <= bytes && elements <= count;
  }
  // An element of that size does not fit in a node, not even alone.
  bool excludes(std::string_view text) const {
    return Listpack::bytes_for(text) + ListpackView::kEmptyBytes > bytes;
  }
};

// Removes up to `most` elements that are `text`, beginning at the head or at the tail. Returns how many there
// were.
size_t erase_matches(Listpack& pack, std::string_view text, size_t most, ListWalk direction);

class QuicklistNode {
 public:
  // Shorter than that, or saving less, and it is not worth while; longer and it would take too long.
  static constexpr size_t kMinCompressed = 48;
  static constexpr size_t kMinSaved = 8;
  static constexpr size_t kMaxCompressed = size_t{1} << 20;

  static constexpr size_t kMaxCount = UINT16_MAX - 1;
  static constexpr size_t kMaxGap = (size_t{1} << 13) - 1;

  // A node of these elements. REQUIRES: the buffer holds a listpack of 1 to kMaxCount elements.
  static QuicklistNode packed(HeapBuffer listpack);
  // A node of one large element.
  static QuicklistNode plain(mem::BlobPtr element);

  QuicklistNode(QuicklistNode&& other) noexcept;
  QuicklistNode& operator=(QuicklistNode&& other) noexcept;
  ~QuicklistNode() { release(); }
  // A copy that shares nothing with this.
  QuicklistNode copy() const;

  size_t count() const { return count_; }
  // Bytes of the listpack or of the element, uncompressed.
  size_t size() const { return plain_ && !is_compressed() ? blob().size() : size_; }
  bool is_plain() const { return plain_; }
  bool is_compressed() const { return state_ == State::compressed; }

  // The bytes of the listpack or of the element. REQUIRES: !is_compressed().
  std::string_view bytes() const;
  // The same, decompressed to `scratch` if need be; valid as long as both.
  std::string_view bytes(HeapBuffer& scratch) const;
  // The blob of the element. REQUIRES: is_plain(), !is_compressed().
  mem::Blob& blob() const { return *static_cast<mem::Blob*>(data_); }

  // Compresses it unless that is not worth while, in which case it is not tried again until it changes.
  // O(bytes).
  void compress();
  // True if `compress` would have nothing to do.
  bool is_settled() const { return state_ != State::fresh; }
  void decompress();

  // Free bytes before the listpack.
  size_t gap() const { return gap_; }
  // O(bytes) if that gives memory back.
  void close_gap();

  // --- change. REQUIRES: neither plain nor compressed; of `text` what Listpack requires.
  // Amortised O(bytes of the text), at either end, while that is short for the gap.
  void push(ListEnd end, std::string_view text);
  // Puts an element before the one at `at`, at the end if that is kNone.
  void insert(ListpackView::Place at, std::string_view text);
  void replace(ListpackView::Place at, std::string_view text);
  // REQUIRES: that many are there.
  void erase(ListpackView::Place at, size_t count);
  // O(1), amortised.
  void pop(ListEnd end);
  size_t erase_matches(std::string_view text, size_t most, ListWalk direction);
  void append(const QuicklistNode& other);
  // Takes the elements from `at` on out into a node of their own.
  QuicklistNode split(ListpackView::Place at);

  // What it takes outside of this object, as the allocator rounds it.
  size_t memory_bytes() const;
  // Checks the layout, the listpack included; panics if something is wrong. O(bytes).
  void validate() const;
  // Gives the listpack away; the node is empty then and good for nothing. REQUIRES: as for changes.
  HeapBuffer take_listpack();

 private:
  enum class State : uint16_t {
    fresh,  // not compressed
    compressed,
    tried,  // not compressed: it was not worth while
  };

  QuicklistNode(void* data, size_t size, size_t count, bool plain)
      : data_(data),
        size_(static_cast<uint32_t>(size)),
        count_(static_cast<uint16_t>(count)),
        gap_(0),
        plain_(plain),
        state_(State::fresh) {}

  void release();
  // The compressed bytes behind their size.
  std::string_view lzf() const;
  void decompress_to(uint8_t* to) const;
  class Space;
  // The block in which the listpack lies.
  uint8_t* block() const { return static_cast<uint8_t*>(data_); }
  size_t block_bytes() const { return gap_ + size_t{size_}; }
  uint8_t* listpack() const { return block() + gap_; }
  // Moves the listpack to another block with that much room in front of it, and more. REQUIRES: room <=
  // kMaxGap.
  void widen_gap(size_t room);
  // The listpack begins there now, in the same block, and ends where it did. Closes a gap that is too large.
  void begin_at(const uint8_t* listpack);
  void push_first(std::string_view text);
  // Calls change(Listpack&) with the listpack.
  template <class Change>
  void edit(Change&& change);

  void* data_;
  uint32_t size_;
  uint16_t count_;
  uint16_t gap_ : 13;
  uint16_t plain_ : 1;
  State state_ : 2;
};
static_assert(sizeof(QuicklistNode) == 16);

}  // namespace redpoll::ds
