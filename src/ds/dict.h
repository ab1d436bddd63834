// A hash table of words (pointers, usually) that grows and shrinks one bucket at a time. See dict_table.h for the
// layout.
//
// Typed by a policy:
//
//   struct Policy {
//     using Element = Entry*;                             // eight bytes, trivially copyable
//     using Key = std::string_view;
//     static Key key(Element);
//     static bool equal(Element, Key);
//     static uint64_t hash(Key, const SipKey&);
//     static void destroy(Element);                       // when the dict is cleared or an element removed
//     static void prefetch(Element);                      // asks for the memory that `equal` and `key` read
//   };
//
// Each element carries one bit for its owner's use, the mark; marked elements can be visited without looking at
// the others.
//
// A lookup that hits reads one bucket and the element. Growing and shrinking is spread over the writes that make it
// necessary: each does at most kStepsPerWrite steps, and what is put off (while paused, while the resize policy
// avoids it, after `expand`) is worked off by `rehash`.
#pragma once

#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "base/assert.h"
#include "base/clock.h"
#include "base/rng.h"
#include "base/siphash.h"
#include "ds/dict_table.h"

namespace redpoll::ds {

// Whether buckets may be split and merged. `avoid`: only when chains would become long; for the time that a child
// process shares our memory, when each page written to is copied.
enum class ResizePolicy : uint8_t { normal, avoid, forbid };

struct DictStats {
  size_t elements = 0;
  size_t marked = 0;
  size_t buckets = 0;
  size_t chained_buckets = 0;
  size_t level_size = 0;
  size_t split_index = 0;
  size_t used_buckets = 0;                 // buckets whose chain holds an element
  size_t longest_chain = 0;                // elements in the fullest chain
  std::vector<size_t> chains_of_length;    // [n]: buckets whose chain holds n elements
};

template <class P>
class Dict {
 public:
  using Element = typename P::Element;
  using Key = typename P::Key;
  static_assert(sizeof(Element) == 8);

  // Elements per bucket that growing aims at: 86 % of the slots of the first buckets of chains.
  static constexpr size_t kTargetLoad = 6;
  // Fewer elements per bucket than this and the table shrinks.
  static constexpr size_t kLowLoad = 2;
  // More than this and even the policy `avoid` lets it grow.
  static constexpr size_t kAvoidLoad = 4 * kTargetLoad;
  static constexpr int kStepsPerWrite = 2;

  // Where a key is, or would be. Valid until the dict changes by other means than this place.
  class Place {
   public:
    bool found() const { return slot_ != kNone; }
    // REQUIRES: found().
    Element element() const { return std::bit_cast<Element>(bucket_->slots[slot_]); }
    uint64_t hash() const { return hash_; }

   private:
    friend class Dict;
    static constexpr unsigned kNone = ~0u;
    Place(DictBucket* bucket, unsigned slot, uint64_t hash) : bucket_(bucket), slot_(slot), hash_(hash) {}

    DictBucket* bucket_;  // that holds the element; null if not found
    unsigned slot_;
    uint64_t hash_;
  };

  explicit Dict(const SipKey& seed) : seed_(seed) {}
  Dict(Dict&& other) noexcept : seed_(other.seed_) { swap(other); }
  Dict& operator=(Dict&& other) noexcept {
    Dict(std::move(other)).swap(*this);
    return *this;
  }
  ~Dict() { clear(); }
  void swap(Dict& other) noexcept;

  size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  size_t marked_count() const { return marked_; }
  // Slots of the buckets, chained ones included.
  size_t slots() const { return (table_.buckets() + table_.chained_buckets()) * DictBucket::kSlots; }
  uint64_t hash(Key key) const { return P::hash(key, seed_); }

  // --- lookup
  std::optional<Element> find(Key key) const { return find(key, hash(key)); }
  // REQUIRES (here and below): `hash` is hash(key).
  std::optional<Element> find(Key key, uint64_t hash) const {
    const Place place = locate(key, hash);
    return place.found() ? std::optional<Element>(place.element()) : std::nullopt;
  }
  Place locate(Key key, uint64_t hash) const;
  // The same, for a place that will be written to: first does the steps of growing or shrinking that are due.
  Place locate_for_write(Key key, uint64_t hash) {
    if (resize_due()) [[unlikely]] rehash(kStepsPerWrite);
    return locate(key, hash);
  }
  // Asks for the memory of a lookup, in two stages: the bucket, then (once that has arrived) its candidates.
  void prefetch_bucket(uint64_t hash) const {
    if (table_.buckets() != 0) __builtin_prefetch(&table_.bucket_for(hash));
  }
  void prefetch_element(uint64_t hash) const;

  // --- change through a place
  // REQUIRES: !place.found(); `element` has the key that was located. The place is found afterwards.
  void insert(Place& place, Element element);
  // Takes the element out without destroying it. REQUIRES: place.found(). The place is empty afterwards.
  Element remove(Place& place);
  // Puts another element with the same key there and returns the old one; the mark stays. REQUIRES: place.found().
  Element replace(Place& place, Element element) {
    return std::bit_cast<Element>(std::exchange(place.bucket_->slots[place.slot_], std::bit_cast<uint64_t>(element)));
  }
  // REQUIRES: place.found().
  bool marked(const Place& place) const { return place.bucket_->tags[place.slot_] & DictBucket::kMark; }
  void set_mark(Place& place, bool mark);

  // --- change by key
  // False, and nothing done, if the key is there.
  bool add(Element element);
  // The element with that key, and whether it is the one given.
  std::pair<Element, bool> add_or_find(Element element);
  // Adds, or replaces and destroys what was there. True if it was added.
  bool put(Element element);
  // Removes and destroys. False if there is none.
  bool erase(Key key);
  // Removes without destroying.
  std::optional<Element> detach(Key key);
  // Destroys everything; `progress(done)` is called every 64 Ki buckets.
  template <class F>
  void clear(F&& progress);
  void clear() {
    clear([](size_t) {});
  }

  // --- size of the table
  ResizePolicy resize_policy = ResizePolicy::normal;
  // No bucket is split or merged between these; they nest.
  void pause_rehash() { ++paused_; }
  void resume_rehash() {
    DCHECK(paused_ > 0);
    --paused_;
  }
  bool paused() const { return paused_ > 0; }
  // Prepares for `count` elements: at once if the dict is empty, else by steps. False if memory does not suffice.
  bool try_expand(size_t count);
  void expand(size_t count) { CHECK(try_expand(count), "out of memory for a hash table of {} elements", count); }
  // True if the table is not as large as it ought to be, and may change.
  bool rehash_pending() const { return resize_due(); }
  // Splits or merges up to `steps` buckets. False if nothing is left to do.
  bool rehash(size_t steps);
  // The same for about that long. Returns the steps done.
  size_t rehash_for(int64_t budget_us);

  // --- iteration
  // Calls `fn(element)` for the elements of one bucket and returns the cursor of the next, 0 at the end; begins
  // with 0. Elements that are there from the first call to the last are visited at least once, whatever is added
  // and removed in between. `fn` must not change the dict.
  template <class F>
  uint64_t scan(uint64_t cursor, F&& fn) const {
    return scan_chain(cursor, std::forward<F>(fn), [](const DictBucket& b) { return b.present(); });
  }
  // The same for marked elements only; the others are not touched.
  template <class F>
  uint64_t scan_marked(uint64_t cursor, F&& fn) const {
    return scan_chain(cursor, std::forward<F>(fn), [](const DictBucket& b) { return b.marked(); });
  }

  class Iterator;

  // --- chance
  // Any element, quickly: those in sparse buckets are likelier. REQUIRES: !empty() (here and below).
  Element random(Rng& rng) const;
  // Any element, each as likely as another. O(1) expected.
  Element fair_random(Rng& rng) const;
  // Up to `count` elements that lie together, from a random bucket on: cheap, for estimates. Appends to `to`.
  void sample(Rng& rng, size_t count, std::vector<Element>& to) const;

  // --- diagnosis
  DictStats stats() const;
  size_t memory_bytes() const { return table_.memory_bytes(); }
  // Checks every promise of the layout; panics if one is broken. O(n).
  void validate() const;

 private:
  static uint8_t tag_of(uint64_t hash) { return static_cast<uint8_t>(hash >> 57); }
  bool resize_due() const;
  bool must_grow() const;
  void split();
  void merge();
  template <class F>
  static void each_in_chain(const DictBucket& first, F&& fn);
  template <class F, class Select>
  uint64_t scan_chain(uint64_t cursor, F&& fn, Select select) const;
  unsigned chain_count(const DictBucket& first) const;

  DictTable table_;
  size_t size_ = 0;
  size_t marked_ = 0;
  size_t reserved_ = 0;  // buckets that `expand` asked for and that are not there yet
  std::vector<DictTable::Tagged> moving_;  // of the bucket being split; kept for its memory
  SipKey seed_;
  uint64_t changes_ = 0;  // insertions and removals, for iterators that must not see any
  uint32_t paused_ = 0;
  uint32_t widest_ = DictBucket::kSlots;  // no chain holds more elements
};

}  // namespace redpoll::ds

#include "ds/dict_impl.h"
#include "ds/dict_iterator.h"
