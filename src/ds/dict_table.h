// The untyped half of Dict: buckets, the directory that finds them, and the arithmetic of linear hashing.
//
// A bucket is one cache line:
//
//      0 ... 6             7        8        16             56        64
//     +-------------------+--------+--------+---- ... -----+---------+
//     | 7 tags            | meta   | slot 0 | slot 1 ...   | slot 6  |
//     +-------------------+--------+--------+---- ... -----+---------+
//      tag:  bit 7 is the mark of the element, bits 6-0 are the top bits of its hash
//      meta: bits 6-0 say which slots hold an element, bit 7 says that slot 6 holds the next bucket of the
//      chain
//
// A chain is kept dense: every bucket but its last is full, and a last bucket that is not the first holds at
// least two elements. While these are no more than kSmallSlots, as they mostly are, it is cut off behind its
// third slot: half a cache line. What a chained bucket holds tells its size, so nothing has to note it.
//
// Linear hashing: there are n buckets, 2^L <= n < 2^(L+1). An element with hash h is in bucket h mod 2^(L+1),
// or in h mod 2^L if that one does not exist yet. To grow by one, bucket n - 2^L is split: its elements
// either stay or move to the new bucket n. To shrink by one, the last bucket is merged back. So the table
// grows and shrinks with its elements, one bucket at a time, and there is never a second table.
//
// Buckets lie in segments of kSegmentBuckets; only the first segment is ever smaller: it doubles until it is
// full, and halves when a quarter of it is in use.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <utility>
#include <vector>

namespace redpoll::ds {

struct DictBucket {
  static constexpr unsigned kSlots = 7;
  static constexpr unsigned kSmallSlots = 3;
  static constexpr uint8_t kChained = 0x80;
  static constexpr uint8_t kMark = 0x80;

  uint8_t tags[kSlots];
  uint8_t meta;
  uint64_t slots[kSlots];

  bool chained() const { return meta & kChained; }
  DictBucket* next() const { return reinterpret_cast<DictBucket*>(slots[kSlots - 1]); }
  bool has(unsigned i) const { return meta >> i & 1; }
  unsigned present() const { return meta & 0x7fu; }
  unsigned count() const { return static_cast<unsigned>(std::popcount(present())); }
  unsigned capacity() const { return chained() ? kSlots - 1 : kSlots; }

  // One bit (the top one of each byte) for each slot whose tag is `tag`, occupied or not.
  uint64_t candidates(uint8_t tag) const {
    constexpr uint64_t kOnes = 0x0001010101010101;
    uint64_t word;
    std::memcpy(&word, tags, sizeof word);
    const uint64_t differs = (word ^ kOnes * tag) & kOnes * 0x7f;
    return ~(differs + kOnes * 0x7f) & kOnes * 0x80;
  }
  // The slots that hold a marked element, as the low seven bits.
  unsigned marked() const {
    uint64_t word;
    std::memcpy(&word, tags, sizeof word);
    // The product gathers the top bit of each byte in the highest byte; no two partial products meet.
    return static_cast<unsigned>((word >> 7 & 0x0001010101010101) * 0x0102040810204080 >> 56) & present();
  }
};
static_assert(sizeof(DictBucket) == 64);

struct DictStats {
  size_t elements = 0;
  size_t marked = 0;
  size_t buckets = 0;
  size_t chained_buckets = 0;
  size_t level_size = 0;
  size_t split_index = 0;
  size_t used_buckets = 0;               // buckets whose chain holds an element
  size_t longest_chain = 0;              // elements in the fullest chain
  std::vector<size_t> chains_of_length;  // [n]: buckets whose chain holds n elements
};

class DictTable {
 public:
  static constexpr size_t kSegmentBuckets = 1024;

  DictTable() = default;
  DictTable(DictTable&& other) noexcept { swap(other); }
  DictTable& operator=(DictTable&& other) noexcept {
    DictTable(std::move(other)).swap(*this);
    return *this;
  }
  // Frees the buckets; what the elements own is the caller's affair.
  ~DictTable() { release(); }
  void swap(DictTable& other) noexcept;

  // Number of buckets, chained ones not counted.
  size_t buckets() const { return buckets_; }
  size_t chained_buckets() const { return chained_buckets_; }

  // Where an element with this hash belongs. REQUIRES: buckets() > 0.
  size_t index_of(uint64_t hash) const {
    const size_t wide = hash & mask_;
    return wide < buckets_ ? wide : wide & (mask_ >> 1);
  }
  DictBucket& bucket(size_t index) const {
    return segments_[index / kSegmentBuckets][index % kSegmentBuckets];
  }
  DictBucket& bucket_for(uint64_t hash) const { return bucket(index_of(hash)); }
  // 2^L: splitting goes through buckets 0 to 2^L - 1, one after the other.
  size_t level_size() const { return (mask_ + 1) / 2; }
  // The bucket that is split next. REQUIRES: buckets() > 0.
  size_t split_index() const { return buckets_ - level_size(); }

  // Adds an empty bucket at the end. `try_append` returns false when memory is exhausted.
  void append();
  bool try_append();
  // Whether there is, in all likelihood, memory for that many buckets. Allocates nothing.
  bool can_hold(size_t buckets) const;
  // Removes the last bucket. REQUIRES: it is empty and not chained.
  void remove_last();
  void release();

  // A place for one more element in the chain that begins at `first`, made if need be.
  struct Spot {
    DictBucket* bucket;
    unsigned slot;
  };
  Spot make_room(DictBucket& first);
  // Puts a word with its tag into a spot that make_room gave.
  static void put(Spot spot, uint8_t tag, uint64_t word) {
    spot.bucket->slots[spot.slot] = word;
    spot.bucket->tags[spot.slot] = tag;
    spot.bucket->meta = static_cast<uint8_t>(spot.bucket->meta | 1u << spot.slot);
  }
  // Empties a spot in the chain that begins at `first`, and keeps the chain dense.
  void take(DictBucket& first, Spot spot);

  // Moves all elements of a chain to `to` (what was in it is forgotten) and leaves an empty bucket.
  struct Tagged {
    uint64_t word;
    uint8_t tag;
  };
  void drain(DictBucket& first, std::vector<Tagged>& to);

  // The cursor behind the bucket that holds `cursor`: the next point of the hash space in the order of its
  // bits read backwards, in which the elements of one bucket stay together however often it is split or
  // merged.
  uint64_t next_cursor(uint64_t cursor) const;

  // Puts `fn(word)` in the place of each word in the bucket that holds `cursor`, with its tag and its mark,
  // and returns the next cursor, 0 at the end.
  template <class F>
  uint64_t replace_words(uint64_t cursor, F&& fn) {
    if (buckets_ == 0) return 0;
    for (DictBucket* bucket = &bucket_for(cursor);; bucket = bucket->next()) {
      for (unsigned bits = bucket->present(); bits != 0; bits &= bits - 1) {
        uint64_t& word = bucket->slots[std::countr_zero(bits)];
        word = fn(word);
      }
      if (!bucket->chained()) return next_cursor(cursor);
    }
  }

  // Elements in the chain that begins at `first`.
  static unsigned chain_count(const DictBucket& first);
  // The slot of the n-th of them; nullptr if there are not that many.
  static const uint64_t* nth_in_chain(const DictBucket& first, unsigned n);

  size_t memory_bytes() const;
  // All but the counts of elements and marks. O(n).
  DictStats stats() const;
  // Panics if the chain of that bucket is not dense, and counts what is in it.
  struct ChainCounts {
    size_t elements = 0;
    size_t marked = 0;
    size_t chained_buckets = 0;
  };
  ChainCounts validate_chain(size_t index) const;

 private:
  static DictBucket* allocate(size_t count);
  bool resize_first_segment(size_t capacity);
  // The bytes of a chained bucket that holds so many elements, or a full one with the link to the next.
  static size_t chained_bytes(unsigned count);
  static size_t chained_bytes(const DictBucket& bucket) {
    return chained_bytes(bucket.chained() ? DictBucket::kSlots : bucket.count());
  }
  DictBucket* new_chained(size_t bytes);
  void free_chained(DictBucket* bucket, size_t bytes);
  // Copies the last bucket of a chain into one of the other size.
  DictBucket* resize_last(DictBucket& before, size_t from_bytes, size_t to_bytes);
  void free_chain(DictBucket& first);
  void update_mask() { mask_ = buckets_ == 0 ? 0 : std::bit_ceil(buckets_ + 1) - 1; }

  std::vector<DictBucket*> segments_;
  size_t buckets_ = 0;
  size_t mask_ = 0;  // 2^(L+1) - 1
  size_t first_capacity_ = 0;
  size_t chained_buckets_ = 0;
  size_t chained_bytes_ = 0;
};

}  // namespace redpoll::ds
