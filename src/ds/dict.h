// A hash table of words (pointers, usually) that grows and shrinks one bucket at a time. See dict_table.h for
// the layout.
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
// Each element carries one bit for its owner's use, the mark; marked elements can be visited without looking
// at the others.
//
// A lookup that hits reads one bucket and the element. Growing and shrinking is spread over the writes that
// make it necessary: each does at most kStepsPerWrite steps, and what is put off (while paused, while the
// resize policy avoids it, after `expand`) is worked off by `rehash`.
#pragma once

#include <algorithm>
#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "base/assert.h"
#include "base/clock.h"
#include "base/prefetch.h"
#include "base/rng.h"
#include "base/siphash.h"
#include "ds/dict_table.h"

namespace redpoll::ds {

// Whether buckets may be split and merged. `avoid`: only when chains would become long; for the time that a
// child process shares our memory, when each page written to is copied. `forbid`: not even then.
enum class ResizePolicy : uint8_t { normal, avoid, forbid };

namespace detail {
inline ResizePolicy resize_policy_in_force = ResizePolicy::normal;
}  // namespace detail

// In force for all tables of the process, those inside values included. Only the thread that owns the tables
// may set it; tables that others only free do not ask.
inline ResizePolicy resize_policy() { return detail::resize_policy_in_force; }
inline void set_resize_policy(ResizePolicy policy) { detail::resize_policy_in_force = policy; }

template <class P>
class Dict {
 public:
  using Element = typename P::Element;
  using Key = typename P::Key;
  static_assert(sizeof(Element) == 8);

  // More elements per two buckets than this and the table grows. Why 13: docs/performance-notes.md, "The hash
  // table".
  static constexpr size_t kTargetPerTwo = 13;
  // Fewer elements per bucket than this and the table shrinks.
  static constexpr size_t kLowLoad = 2;
  // More than this and even the policy `avoid` lets it grow.
  static constexpr size_t kAvoidLoad = 2 * kTargetPerTwo;
  // The elements per bucket that `shrink` aims at: below the load at which the table grows again.
  static constexpr size_t kFullLoad = 6;
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
  // Buckets that a table of that many elements has.
  static constexpr size_t buckets_for(size_t elements) {
    return elements / kTargetPerTwo * 2 + (elements % kTargetPerTwo * 2 + kTargetPerTwo - 1) / kTargetPerTwo;
  }
  size_t marked_count() const { return marked_; }
  // Slots of the buckets, chained ones included.
  size_t slots() const { return (table_.buckets() + table_.chained_buckets()) * DictBucket::kSlots; }
  uint64_t hash(Key key) const { return P::hash(key, seed_); }
  const SipKey& seed() const { return seed_; }

  // --- lookup
  std::optional<Element> find(Key key) const { return find(key, hash(key)); }
  // REQUIRES (here and below): `hash` is hash(key).
  std::optional<Element> find(Key key, uint64_t hash) const {
    const Place place = locate(key, hash);
    return place.found() ? std::optional<Element>(place.element()) : std::nullopt;
  }
  Place locate(Key key, uint64_t hash) const;
  // Where the element is for which `is(element)`: for who knows it by something else than its key.
  template <class F>
  Place locate_if(uint64_t hash, F&& is) const;
  // As `locate`, for a place that will be written to: first does the steps of growing or shrinking that are
  // due.
  Place locate_for_write(Key key, uint64_t hash) {
    if (resize_due()) [[unlikely]]
      rehash(kStepsPerWrite);
    return locate(key, hash);
  }
  // Asks for the memory of a lookup, in two stages: the bucket, then (once that has arrived) its candidates.
  void prefetch_bucket(uint64_t hash) const {
    if (table_.buckets() != 0) prefetch(&table_.bucket_for(hash));
  }
  void prefetch_element(uint64_t hash) const;

  // --- change through a place
  // REQUIRES: !place.found(); `element` has the key that was located. The place is found afterwards.
  void insert(Place& place, Element element);
  // Takes the element out without destroying it. REQUIRES: place.found(). The place is empty afterwards.
  Element remove(Place& place);
  // Puts another element with the same key there and returns the old one; the mark stays. REQUIRES:
  // place.found().
  Element replace(Place& place, Element element) {
    return std::bit_cast<Element>(
        std::exchange(place.bucket_->slots[place.slot_], std::bit_cast<uint64_t>(element)));
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
  static constexpr size_t kBucketsPerProgress = 64 * 1024;
  // Destroys everything; `progress(done)` is called after each so many buckets, and sees an empty dict.
  template <class F>
  void clear(F&& progress);
  void clear() {
    clear([](size_t) {});
  }

  // --- size of the table
  // No bucket is split or merged between these; they nest.
  void pause_rehash() { ++paused_; }
  void resume_rehash() {
    DCHECK(paused_ > 0);
    --paused_;
  }
  bool paused() const { return paused_ > 0; }
  // Prepares for `count` elements: at once if the dict is empty, else by steps. The table does not shrink
  // below that until it has once held a third of them, or `shrink` is called. False, and nothing changed, if
  // there is not so much memory.
  bool try_expand(size_t count);
  void expand(size_t count) {
    CHECK(try_expand(count), "out of memory for a hash table of {} elements", count);
  }
  // Gives up what `expand` reserved and lets the table come down, by steps, to the size its elements need.
  void shrink();
  // True if the table is not as large as it ought to be, and may change.
  bool rehash_pending() const { return resize_due(); }
  // Splits or merges up to `steps` buckets. False if nothing is left to do.
  bool rehash(size_t steps);
  // The same for about that long by that clock. Returns the steps done.
  size_t rehash_for(int64_t budget_us, const Clocks& clocks);

  // --- iteration
  // Calls `fn(element)` for the elements of one bucket and returns the cursor of the next, 0 at the end;
  // begins with 0. Elements that are there from the first call to the last are visited at least once,
  // whatever is added and removed in between. `fn` must not change the dict.
  template <class F>
  uint64_t scan(uint64_t cursor, F&& fn) const {
    return scan_chain(cursor, std::forward<F>(fn), [](const DictBucket& b) { return b.present(); });
  }
  // The same for marked elements only; the others are not touched.
  template <class F>
  uint64_t scan_marked(uint64_t cursor, F&& fn) const {
    return scan_chain(cursor, std::forward<F>(fn), [](const DictBucket& b) { return b.marked(); });
  }

  // Calls `fn(element)` for all, until it returns false, in the order in which the buckets lie in memory:
  // faster than a scan. Returns whether none did. `fn` must not change the dict. In dict_iterator.h.
  template <class F>
  bool each_while(F&& fn) const;

  // Calls `fn(element)` for those of one bucket and puts what it returns in the place of each: the same,
  // moved in memory. Cursors are as in `scan`.
  template <class F>
  uint64_t relocate(uint64_t cursor, F&& fn) {
    return table_.replace_words(
        cursor, [&](uint64_t word) { return std::bit_cast<uint64_t>(fn(std::bit_cast<Element>(word))); });
  }

  class Iterator;  // in dict_iterator.h

  // --- chance
  // Any element, quickly: those in sparse buckets are likelier. REQUIRES: !empty() (here and below). O(1),
  // but O(buckets) at worst in a table that was kept from shrinking.
  Element random(Rng& rng) const;
  // Any element, each as likely as another. O(1); should chains be of very unequal length, which takes
  // someone who knows the seed, it gives up after kFairDraws draws and takes a `random` one.
  Element fair_random(Rng& rng) const;

  // --- diagnosis
  DictStats stats() const;
  size_t memory_bytes() const {
    return table_.memory_bytes() + moving_.capacity() * sizeof(DictTable::Tagged);
  }
  // Checks every promise of the layout; panics if one is broken. O(n).
  void validate() const;

 private:
  static constexpr int kFairDraws = 500;

  static uint8_t tag_of(uint64_t hash) { return static_cast<uint8_t>(hash >> 57); }
  bool resize_due() const;
  bool must_grow() const;
  bool must_shrink() const;
  void step();
  void split();
  void merge();
  template <class F>
  static void each_in_chain(const DictBucket& first, F&& fn);
  template <class F, class Select>
  uint64_t scan_chain(uint64_t cursor, F&& fn, Select select) const;

  DictTable table_;
  size_t size_ = 0;
  size_t marked_ = 0;
  size_t reserved_ = 0;                    // buckets that `expand` asked for, until their elements have come
  size_t low_load_ = kLowLoad;             // more while `shrink` is at work
  std::vector<DictTable::Tagged> moving_;  // of the bucket being split; kept for its memory
  SipKey seed_;
  uint64_t changes_ = 0;  // insertions, removals and more, for iterators that must not see any
  uint32_t paused_ = 0;
  uint32_t widest_ = DictBucket::kSlots;  // no chain holds more elements
};

template <class P>
void Dict<P>::swap(Dict& other) noexcept {
  table_.swap(other.table_);
  std::swap(size_, other.size_);
  std::swap(marked_, other.marked_);
  std::swap(reserved_, other.reserved_);
  std::swap(low_load_, other.low_load_);
  std::swap(seed_, other.seed_);
  std::swap(widest_, other.widest_);
  // Whoever iterates or has paused holds the object, not what is in it.
  ++changes_;
  ++other.changes_;
}

template <class P>
inline auto Dict<P>::locate(Key key, uint64_t hash) const -> Place {
  if (table_.buckets() == 0) return {nullptr, Place::kNone, hash};
  DictBucket* bucket = &table_.bucket_for(hash);
  for (;;) {
    for (uint64_t hits = bucket->candidates(tag_of(hash)); hits != 0; hits &= hits - 1) {
      const unsigned i = static_cast<unsigned>(std::countr_zero(hits)) / 8;
      if (bucket->has(i) && P::equal(std::bit_cast<Element>(bucket->slots[i]), key)) return {bucket, i, hash};
    }
    if (!bucket->chained()) return {nullptr, Place::kNone, hash};
    bucket = bucket->next();
  }
}

template <class P>
template <class F>
inline auto Dict<P>::locate_if(uint64_t hash, F&& is) const -> Place {
  if (table_.buckets() == 0) return {nullptr, Place::kNone, hash};
  for (DictBucket* bucket = &table_.bucket_for(hash);; bucket = bucket->next()) {
    for (unsigned bits = bucket->present(); bits != 0; bits &= bits - 1) {
      const auto i = static_cast<unsigned>(std::countr_zero(bits));
      if (is(std::bit_cast<Element>(bucket->slots[i]))) return {bucket, i, hash};
    }
    if (!bucket->chained()) return {nullptr, Place::kNone, hash};
  }
}

template <class P>
inline void Dict<P>::prefetch_element(uint64_t hash) const {
  if (table_.buckets() == 0) return;
  const DictBucket& bucket = table_.bucket_for(hash);
  for (uint64_t hits = bucket.candidates(tag_of(hash)); hits != 0; hits &= hits - 1) {
    const unsigned i = static_cast<unsigned>(std::countr_zero(hits)) / 8;
    if (bucket.has(i)) P::prefetch(std::bit_cast<Element>(bucket.slots[i]));
  }
  if (bucket.chained()) prefetch(bucket.next());
}

template <class P>
void Dict<P>::insert(Place& place, Element element) {
  DCHECK(!place.found());
  if (table_.buckets() == 0) table_.append();
  DictBucket& first = table_.bucket_for(place.hash_);
  const DictTable::Spot spot = table_.make_room(first);
  DictTable::put(spot, tag_of(place.hash_), std::bit_cast<uint64_t>(element));
  ++size_;
  ++changes_;
  if (reserved_ != 0 && table_.buckets() >= reserved_ && size_ >= reserved_ * kLowLoad) [[unlikely]]
    reserved_ = 0;
  if (&first != spot.bucket) [[unlikely]]
    widest_ = std::max(widest_, DictTable::chain_count(first));
  place.bucket_ = spot.bucket;
  place.slot_ = spot.slot;
}

template <class P>
auto Dict<P>::remove(Place& place) -> Element {
  const Element element = place.element();
  if (marked(place)) --marked_;
  table_.take(table_.bucket_for(place.hash_), {place.bucket_, place.slot_});
  --size_;
  ++changes_;
  place.bucket_ = nullptr;
  place.slot_ = Place::kNone;
  return element;
}

template <class P>
inline void Dict<P>::set_mark(Place& place, bool mark) {
  uint8_t& tag = place.bucket_->tags[place.slot_];
  const bool before = tag & DictBucket::kMark;
  if (before == mark) return;
  tag ^= DictBucket::kMark;
  mark ? ++marked_ : --marked_;
}

template <class P>
std::pair<typename P::Element, bool> Dict<P>::add_or_find(Element element) {
  const Key key = P::key(element);
  Place place = locate_for_write(key, hash(key));
  if (place.found()) return {place.element(), false};
  insert(place, element);
  return {element, true};
}

template <class P>
bool Dict<P>::add(Element element) {
  return add_or_find(element).second;
}

template <class P>
bool Dict<P>::put(Element element) {
  const Key key = P::key(element);
  Place place = locate_for_write(key, hash(key));
  if (place.found()) {
    P::destroy(replace(place, element));
    return false;
  }
  insert(place, element);
  return true;
}

template <class P>
std::optional<typename P::Element> Dict<P>::detach(Key key) {
  Place place = locate_for_write(key, hash(key));
  if (!place.found()) return std::nullopt;
  return remove(place);
}

template <class P>
bool Dict<P>::erase(Key key) {
  const auto element = detach(key);
  if (element) P::destroy(*element);
  return element.has_value();
}

template <class P>
template <class F>
void Dict<P>::clear(F&& progress) {
  const DictTable old = std::exchange(table_, DictTable());
  moving_ = std::vector<DictTable::Tagged>();
  size_ = marked_ = reserved_ = 0;
  low_load_ = kLowLoad;
  widest_ = DictBucket::kSlots;
  ++changes_;
  for (size_t i = 0; i < old.buckets(); ++i) {
    if (i > 0 && i % kBucketsPerProgress == 0) progress(i);
    each_in_chain(old.bucket(i), [](Element e) { P::prefetch(e); });
    each_in_chain(old.bucket(i), [](Element e) { P::destroy(e); });
  }
}

// --- size of the table

template <class P>
inline bool Dict<P>::must_grow() const {
  if (resize_policy() == ResizePolicy::avoid) return size_ > table_.buckets() * kAvoidLoad;
  return 2 * size_ > table_.buckets() * kTargetPerTwo || table_.buckets() < reserved_;
}

template <class P>
inline bool Dict<P>::must_shrink() const {
  return size_ < table_.buckets() * low_load_ && table_.buckets() > std::max<size_t>(1, reserved_) &&
         resize_policy() == ResizePolicy::normal;
}

template <class P>
inline bool Dict<P>::resize_due() const {
  return paused_ == 0 && resize_policy() != ResizePolicy::forbid && (must_grow() || must_shrink());
}

template <class P>
void Dict<P>::step() {
  must_grow() ? split() : merge();
  if (low_load_ != kLowLoad && !must_shrink()) low_load_ = kLowLoad;
}

template <class P>
bool Dict<P>::rehash(size_t steps) {
  for (; steps > 0 && resize_due(); --steps) step();
  return resize_due();
}

template <class P>
size_t Dict<P>::rehash_for(int64_t budget_us, const Clocks& clocks) {
  constexpr size_t kStepsPerClockRead = 64;
  const MonoUs end = clocks.mono() + budget_us;
  size_t done = 0;
  for (; resize_due(); ++done) {
    if (done > 0 && done % kStepsPerClockRead == 0 && clocks.mono() >= end) break;
    step();
  }
  return done;
}

template <class P>
void Dict<P>::split() {
  if (table_.buckets() == 0) return table_.append();
  const size_t from = table_.split_index();
  each_in_chain(table_.bucket(from), [](Element e) { P::prefetch(e); });
  table_.append();
  // Each element is either still at home or belongs to the new bucket.
  table_.drain(table_.bucket(from), moving_);
  for (const DictTable::Tagged& element : moving_) {
    const uint64_t h = hash(P::key(std::bit_cast<Element>(element.word)));
    DictTable::put(table_.make_room(table_.bucket_for(h)), element.tag, element.word);
  }
}

template <class P>
void Dict<P>::merge() {
  const size_t last = table_.buckets() - 1;
  DictBucket& into = table_.bucket(last - std::bit_floor(last));
  table_.drain(table_.bucket(last), moving_);
  for (const DictTable::Tagged& element : moving_)
    DictTable::put(table_.make_room(into), element.tag, element.word);
  widest_ = std::max(widest_, DictTable::chain_count(into));
  table_.remove_last();
}

template <class P>
bool Dict<P>::try_expand(size_t count) {
  const size_t wanted = buckets_for(count);
  if (wanted <= table_.buckets()) return true;
  if (!table_.can_hold(wanted)) return false;
  if (empty() && !paused()) {
    while (table_.buckets() < wanted) {
      if (table_.try_append()) continue;
      table_.release();
      return false;
    }
  }
  reserved_ = wanted;
  low_load_ = kLowLoad;
  return true;
}

template <class P>
void Dict<P>::shrink() {
  reserved_ = 0;
  if (size_ < table_.buckets() * kFullLoad) low_load_ = kFullLoad;
}

// --- iteration

template <class P>
template <class F>
void Dict<P>::each_in_chain(const DictBucket& first, F&& fn) {
  for (const DictBucket* bucket = &first;; bucket = bucket->next()) {
    for (unsigned bits = bucket->present(); bits != 0; bits &= bits - 1) {
      fn(std::bit_cast<Element>(bucket->slots[std::countr_zero(bits)]));
    }
    if (!bucket->chained()) return;
  }
}

template <class P>
template <class F, class Select>
uint64_t Dict<P>::scan_chain(uint64_t cursor, F&& fn, Select select) const {
  if (table_.buckets() == 0) return 0;
  const DictBucket& first = table_.bucket_for(cursor);
  const auto each = [&](auto&& use) {
    for (const DictBucket* bucket = &first;; bucket = bucket->next()) {
      for (unsigned bits = select(*bucket); bits != 0; bits &= bits - 1) {
        use(std::bit_cast<Element>(bucket->slots[std::countr_zero(bits)]));
      }
      if (!bucket->chained()) return;
    }
  };
  each([](Element e) { P::prefetch(e); });
  each(fn);
  const uint64_t next = table_.next_cursor(cursor);
  if (next != 0) prefetch(&table_.bucket_for(next));
  return next;
}

// --- chance

template <class P>
auto Dict<P>::fair_random(Rng& rng) const -> Element {
  DCHECK(size_ > 0);
  // Draw a bucket and a position that the fullest chain would have; draw again if this one is not that full.
  for (int draw = 0; draw < kFairDraws; ++draw) {
    const DictBucket& first = table_.bucket(rng.below(table_.buckets()));
    const auto position = static_cast<unsigned>(rng.below(widest_));
    if (const uint64_t* word = DictTable::nth_in_chain(first, position)) return std::bit_cast<Element>(*word);
  }
  return random(rng);
}

template <class P>
auto Dict<P>::random(Rng& rng) const -> Element {
  DCHECK(size_ > 0);
  constexpr int kDraws = 100;
  size_t index = rng.below(table_.buckets());
  for (int draw = 1;; ++draw) {
    const DictBucket& first = table_.bucket(index);
    if (const unsigned count = DictTable::chain_count(first)) {
      const auto position = static_cast<unsigned>(rng.below(count));
      return std::bit_cast<Element>(*DictTable::nth_in_chain(first, position));
    }
    // A nearly empty table is faster walked through than drawn from.
    index = draw < kDraws ? rng.below(table_.buckets()) : (index + 1) % table_.buckets();
  }
}

// --- diagnosis

template <class P>
DictStats Dict<P>::stats() const {
  DictStats s = table_.stats();
  s.elements = size_;
  s.marked = marked_;
  return s;
}

template <class P>
void Dict<P>::validate() const {
  size_t elements = 0, marks = 0, chained = 0;
  for (size_t i = 0; i < table_.buckets(); ++i) {
    const DictTable::ChainCounts counts = table_.validate_chain(i);
    elements += counts.elements;
    marks += counts.marked;
    chained += counts.chained_buckets;
    CHECK(counts.elements <= widest_, "a chain of {} elements is longer than the longest", counts.elements);
    each_in_chain(table_.bucket(i), [&](Element e) {
      const Key key = P::key(e);
      const uint64_t h = hash(key);
      CHECK(table_.index_of(h) == i, "an element is in bucket {} instead of {}", i, table_.index_of(h));
      const Place place = locate(key, h);
      CHECK(place.found() && std::bit_cast<uint64_t>(place.element()) == std::bit_cast<uint64_t>(e),
            "an element is not found by its key, or another one is");
    });
  }
  CHECK(elements == size_, "{} elements are counted as {}", elements, size_);
  CHECK(marks == marked_, "{} marks are counted as {}", marks, marked_);
  CHECK(chained == table_.chained_buckets(), "{} chained buckets are counted as {}", chained,
        table_.chained_buckets());
}

}  // namespace redpoll::ds
