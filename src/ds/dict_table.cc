#include "ds/dict_table.h"

#include <algorithm>

#include "base/assert.h"
#include "mem/zmalloc.h"

namespace redpoll::ds {

static constexpr size_t kBucketBytes = sizeof(DictBucket);
static constexpr size_t kSmallBytes =
    offsetof(DictBucket, slots) + DictBucket::kSmallSlots * sizeof(uint64_t);

// A large block on a page boundary stays within its pages. Aligned to a cache line only, jemalloc begins it
// at a random line, and each segment then touches one page more.
static constexpr size_t alignment_for(size_t bytes) {
  constexpr size_t kLargeBytes = 16 * 1024;
  constexpr size_t kPageBytes = 4096;
  return bytes >= kLargeBytes ? kPageBytes : kBucketBytes;
}

static void free_segment(DictBucket* segment, size_t count) {
  mem::zfree_aligned(segment, count * kBucketBytes, alignment_for(count * kBucketBytes));
}

static uint64_t reversed(uint64_t v) {
  v = (v >> 1 & 0x5555555555555555) | (v & 0x5555555555555555) << 1;
  v = (v >> 2 & 0x3333333333333333) | (v & 0x3333333333333333) << 2;
  v = (v >> 4 & 0x0f0f0f0f0f0f0f0f) | (v & 0x0f0f0f0f0f0f0f0f) << 4;
  return __builtin_bswap64(v);
}

void DictTable::swap(DictTable& other) noexcept {
  std::swap(segments_, other.segments_);
  std::swap(buckets_, other.buckets_);
  std::swap(mask_, other.mask_);
  std::swap(first_capacity_, other.first_capacity_);
  std::swap(chained_buckets_, other.chained_buckets_);
  std::swap(chained_bytes_, other.chained_bytes_);
}

DictBucket* DictTable::allocate(size_t count) {
  return static_cast<DictBucket*>(
      mem::try_zmalloc_aligned(count * kBucketBytes, alignment_for(count * kBucketBytes)));
}

bool DictTable::resize_first_segment(size_t capacity) {
  DictBucket* const fresh = allocate(capacity);
  if (fresh == nullptr) return false;
  if (first_capacity_ == 0) {
    segments_.push_back(fresh);
  } else {
    std::memcpy(static_cast<void*>(fresh), segments_[0], buckets_ * kBucketBytes);
    free_segment(segments_[0], first_capacity_);
    segments_[0] = fresh;
  }
  first_capacity_ = capacity;
  return true;
}

bool DictTable::try_append() {
  if (buckets_ < kSegmentBuckets) {
    if (buckets_ == first_capacity_ && !resize_first_segment(std::max<size_t>(1, first_capacity_ * 2)))
      return false;
  } else if (buckets_ == segments_.size() * kSegmentBuckets) {
    DictBucket* const fresh = allocate(kSegmentBuckets);
    if (fresh == nullptr) return false;
    segments_.push_back(fresh);
  }
  std::memset(static_cast<void*>(&bucket(buckets_)), 0, kBucketBytes);
  ++buckets_;
  update_mask();
  return true;
}

void DictTable::append() { CHECK(try_append(), "out of memory for a bucket of a hash table"); }

bool DictTable::can_hold(size_t buckets) const {
  size_t bytes = 0;
  if (__builtin_mul_overflow(buckets, kBucketBytes, &bytes)) return false;
  // Asked for in one piece, the kernel refuses what it can never give; segment by segment it would agree
  // until it kills us.
  void* const probe = mem::try_zmalloc(bytes);
  mem::zfree(probe);
  return probe != nullptr;
}

void DictTable::remove_last() {
  --buckets_;
  update_mask();
  // One spare segment stays, so that a table at a boundary does not allocate and free in turns.
  const size_t used = (buckets_ + kSegmentBuckets - 1) / kSegmentBuckets;
  const size_t kept = buckets_ <= kSegmentBuckets / 2 ? 1 : used + 1;
  while (segments_.size() > kept) {
    free_segment(segments_.back(), kSegmentBuckets);
    segments_.pop_back();
  }
  // If there is no memory to save memory, it stays as it is.
  if (buckets_ > 0 && buckets_ <= first_capacity_ / 4) resize_first_segment(first_capacity_ / 2);
}

void DictTable::free_chain(DictBucket& first) {
  DictBucket* next = first.chained() ? first.next() : nullptr;
  while (next != nullptr) {
    DictBucket* after = next->chained() ? next->next() : nullptr;
    free_chained(next, chained_bytes(*next));
    next = after;
  }
}

size_t DictTable::chained_bytes(unsigned count) {
  return count > DictBucket::kSmallSlots ? kBucketBytes : kSmallBytes;
}

DictBucket* DictTable::new_chained(size_t bytes) {
  ++chained_buckets_;
  chained_bytes_ += bytes;
  // Aligned to its size, it lies within one cache line.
  return static_cast<DictBucket*>(mem::zmalloc_aligned(bytes, bytes));
}

void DictTable::free_chained(DictBucket* bucket, size_t bytes) {
  --chained_buckets_;
  chained_bytes_ -= bytes;
  mem::zfree_aligned(bucket, bytes, bytes);
}

DictBucket* DictTable::resize_last(DictBucket& before, size_t from_bytes, size_t to_bytes) {
  DictBucket* const old = before.next();
  DictBucket* const fresh = new_chained(to_bytes);
  std::memcpy(static_cast<void*>(fresh), old, std::min(from_bytes, to_bytes));
  before.slots[DictBucket::kSlots - 1] = reinterpret_cast<uint64_t>(fresh);
  free_chained(old, from_bytes);
  return fresh;
}

void DictTable::release() {
  for (size_t i = 0; i < buckets_; ++i) free_chain(bucket(i));
  for (size_t s = 0; s < segments_.size(); ++s) {
    free_segment(segments_[s], s == 0 ? first_capacity_ : kSegmentBuckets);
  }
  std::vector<DictBucket*>().swap(segments_);
  buckets_ = mask_ = first_capacity_ = 0;
}

DictTable::Spot DictTable::make_room(DictBucket& first) {
  DictBucket* before = nullptr;
  DictBucket* last = &first;
  while (last->chained()) before = std::exchange(last, last->next());
  if (last->count() < DictBucket::kSlots) {
    if (before != nullptr && last->count() == DictBucket::kSmallSlots) {
      last = resize_last(*before, kSmallBytes, kBucketBytes);
    }
    return {last, static_cast<unsigned>(std::countr_one(last->present()))};
  }
  DictBucket* const fresh = new_chained(kSmallBytes);
  std::memset(static_cast<void*>(fresh), 0, kSmallBytes);
  constexpr unsigned kLast = DictBucket::kSlots - 1;
  put({fresh, 0}, last->tags[kLast], last->slots[kLast]);
  last->slots[kLast] = reinterpret_cast<uint64_t>(fresh);
  last->meta = static_cast<uint8_t>((last->meta & ~(1u << kLast)) | DictBucket::kChained);
  return {fresh, 1};
}

void DictTable::take(DictBucket& first, Spot spot) {
  DictBucket* before = nullptr;
  DictBucket* last = &first;
  while (last->chained()) before = std::exchange(last, last->next());
  // The last element of the chain fills the gap.
  const unsigned from = static_cast<unsigned>(std::bit_width(last->present())) - 1;
  if (last != spot.bucket || from != spot.slot) put(spot, last->tags[from], last->slots[from]);
  last->meta = static_cast<uint8_t>(last->meta & ~(1u << from));
  if (before == nullptr) return;
  if (last->count() > 1) {
    if (last->count() == DictBucket::kSmallSlots) resize_last(*before, kBucketBytes, kSmallBytes);
    return;
  }
  const unsigned only = static_cast<unsigned>(std::countr_zero(last->present()));
  constexpr unsigned kLast = DictBucket::kSlots - 1;
  before->meta = static_cast<uint8_t>(before->meta & ~DictBucket::kChained);
  put({before, kLast}, last->tags[only], last->slots[only]);
  free_chained(last, kSmallBytes);
}

void DictTable::drain(DictBucket& first, std::vector<Tagged>& to) {
  to.clear();
  for (const DictBucket* bucket = &first;; bucket = bucket->next()) {
    for (unsigned bits = bucket->present(); bits != 0; bits &= bits - 1) {
      const auto slot = static_cast<unsigned>(std::countr_zero(bits));
      to.push_back({bucket->slots[slot], bucket->tags[slot]});
    }
    if (!bucket->chained()) break;
  }
  free_chain(first);
  first.meta = 0;
}

uint64_t DictTable::next_cursor(uint64_t cursor) const {
  if (buckets_ == 0) return 0;
  const size_t index = index_of(cursor);
  const bool split = index < split_index() || index >= level_size();
  // A split bucket stands for one more bit of the hash than the others.
  const uint64_t known = split ? mask_ : mask_ >> 1;
  return reversed(reversed(cursor | ~known) + 1);
}

unsigned DictTable::chain_count(const DictBucket& first) {
  unsigned count = 0;
  for (const DictBucket* bucket = &first;; bucket = bucket->next()) {
    count += bucket->count();
    if (!bucket->chained()) return count;
  }
}

const uint64_t* DictTable::nth_in_chain(const DictBucket& first, unsigned n) {
  const DictBucket* bucket = &first;
  for (; n >= bucket->count(); bucket = bucket->next()) {
    if (!bucket->chained()) return nullptr;
    n -= bucket->count();
  }
  unsigned bits = bucket->present();
  for (; n > 0; --n) bits &= bits - 1;
  return &bucket->slots[std::countr_zero(bits)];
}

size_t DictTable::memory_bytes() const {
  const size_t rest = segments_.empty() ? 0 : (segments_.size() - 1) * kSegmentBuckets;
  return (first_capacity_ + rest) * kBucketBytes + chained_bytes_ +
         segments_.capacity() * sizeof(DictBucket*);
}

DictStats DictTable::stats() const {
  DictStats s{.buckets = buckets_, .chained_buckets = chained_buckets_};
  if (buckets_ == 0) return s;
  s.level_size = level_size();
  s.split_index = split_index();
  for (size_t i = 0; i < buckets_; ++i) {
    const size_t length = chain_count(bucket(i));
    if (length >= s.chains_of_length.size()) s.chains_of_length.resize(length + 1);
    ++s.chains_of_length[length];
    s.used_buckets += length > 0;
    s.longest_chain = std::max(s.longest_chain, length);
  }
  return s;
}

DictTable::ChainCounts DictTable::validate_chain(size_t index) const {
  constexpr unsigned kLast = DictBucket::kSlots - 1;
  ChainCounts counts;
  const DictBucket* const first = &bucket(index);
  for (const DictBucket* b = first;; b = b->next()) {
    const unsigned count = b->count();
    CHECK(std::has_single_bit(b->present() + 1), "bucket {} has a gap", index);
    CHECK(!b->chained() || count == kLast, "a bucket of chain {} that is not the last is not full", index);
    CHECK(b == first || b->chained() || count >= 2, "the last bucket of chain {} could be folded away",
          index);
    counts.elements += count;
    counts.marked += static_cast<size_t>(std::popcount(b->marked()));
    if (!b->chained()) return counts;
    ++counts.chained_buckets;
  }
}

}  // namespace redpoll::ds
