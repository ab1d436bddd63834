// The bodies of Dict's templates.
#pragma once

#include <algorithm>

#include "ds/dict.h"

namespace redpoll::ds {

template <class P>
void Dict<P>::swap(Dict& other) noexcept {
  table_.swap(other.table_);
  std::swap(size_, other.size_);
  std::swap(marked_, other.marked_);
  std::swap(reserved_, other.reserved_);
  std::swap(seed_, other.seed_);
  std::swap(widest_, other.widest_);
  std::swap(resize_policy, other.resize_policy);
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
inline void Dict<P>::prefetch_element(uint64_t hash) const {
  if (table_.buckets() == 0) return;
  const DictBucket& bucket = table_.bucket_for(hash);
  for (uint64_t hits = bucket.candidates(tag_of(hash)); hits != 0; hits &= hits - 1) {
    const unsigned i = static_cast<unsigned>(std::countr_zero(hits)) / 8;
    if (bucket.has(i)) P::prefetch(std::bit_cast<Element>(bucket.slots[i]));
  }
  if (bucket.chained()) __builtin_prefetch(bucket.next());
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
  if (&first != spot.bucket) [[unlikely]] widest_ = std::max(widest_, chain_count(first));
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
  constexpr size_t kBucketsPerCall = 64 * 1024;
  for (size_t i = 0; i < table_.buckets(); ++i) {
    if (i > 0 && i % kBucketsPerCall == 0) progress(i);
    each_in_chain(table_.bucket(i), [](Element e) { P::prefetch(e); });
    each_in_chain(table_.bucket(i), [](Element e) { P::destroy(e); });
  }
  table_.release();
  size_ = marked_ = reserved_ = 0;
  widest_ = DictBucket::kSlots;
}

// --- size of the table

template <class P>
bool Dict<P>::must_grow() const {
  const size_t load = resize_policy == ResizePolicy::avoid ? kAvoidLoad : kTargetLoad;
  return size_ >= table_.buckets() * load || table_.buckets() < reserved_;
}

template <class P>
bool Dict<P>::resize_due() const {
  if (paused_ != 0 || resize_policy == ResizePolicy::forbid) return false;
  if (must_grow()) return true;
  return resize_policy == ResizePolicy::normal && table_.buckets() > 1 && size_ < table_.buckets() * kLowLoad;
}

template <class P>
bool Dict<P>::rehash(size_t steps) {
  for (; steps > 0; --steps) {
    if (!resize_due()) return false;
    must_grow() ? split() : merge();
  }
  return resize_due();
}

template <class P>
size_t Dict<P>::rehash_for(int64_t budget_us) {
  constexpr size_t kStepsPerClockRead = 64;
  const MonoUs end = mono_now() + budget_us;
  size_t done = 0;
  while (rehash(kStepsPerClockRead)) {
    done += kStepsPerClockRead;
    if (mono_now() >= end) break;
  }
  return done;
}

template <class P>
void Dict<P>::split() {
  if (table_.buckets() == 0) return table_.append();
  const size_t from = table_.split_index();
  each_in_chain(table_.bucket(from), [](Element e) { P::prefetch(e); });
  table_.append();
  if (table_.buckets() >= reserved_) reserved_ = 0;
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
  for (const DictTable::Tagged& element : moving_) DictTable::put(table_.make_room(into), element.tag, element.word);
  widest_ = std::max(widest_, chain_count(into));
  table_.remove_last();
}

template <class P>
bool Dict<P>::try_expand(size_t count) {
  const size_t wanted = (count + kTargetLoad - 1) / kTargetLoad;
  if (wanted <= table_.buckets()) return true;
  if (size_ > 0) {
    reserved_ = wanted;
    return true;
  }
  while (table_.buckets() < wanted) {
    if (!table_.try_append()) {
      table_.release();
      return false;
    }
  }
  return true;
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
  if (next != 0) __builtin_prefetch(&table_.bucket_for(next));
  return next;
}

template <class P>
unsigned Dict<P>::chain_count(const DictBucket& first) const {
  unsigned count = 0;
  for (const DictBucket* bucket = &first;; bucket = bucket->next()) {
    count += bucket->count();
    if (!bucket->chained()) return count;
  }
}

// --- chance

template <class P>
auto Dict<P>::fair_random(Rng& rng) const -> Element {
  DCHECK(size_ > 0);
  // Draw a bucket and a position that the fullest chain would have; draw again if this one is not that full.
  for (;;) {
    const DictBucket* bucket = &table_.bucket(rng.below(table_.buckets()));
    unsigned position = static_cast<unsigned>(rng.below(widest_));
    while (position >= bucket->count() && bucket->chained()) {
      position -= bucket->count();
      bucket = bucket->next();
    }
    if (position >= bucket->count()) continue;
    unsigned bits = bucket->present();
    for (; position > 0; --position) bits &= bits - 1;
    return std::bit_cast<Element>(bucket->slots[std::countr_zero(bits)]);
  }
}

template <class P>
auto Dict<P>::random(Rng& rng) const -> Element {
  DCHECK(size_ > 0);
  for (;;) {
    const DictBucket& first = table_.bucket(rng.below(table_.buckets()));
    const unsigned count = chain_count(first);
    if (count == 0) continue;
    uint64_t skip = rng.below(count);
    std::optional<Element> drawn;
    each_in_chain(first, [&](Element e) {
      if (skip-- == 0) drawn = e;
    });
    return *drawn;
  }
}

template <class P>
void Dict<P>::sample(Rng& rng, size_t count, std::vector<Element>& to) const {
  if (size_ == 0) return;
  const size_t wanted = to.size() + std::min(count, size_);
  size_t index = rng.below(table_.buckets());
  for (size_t visited = 0; visited < table_.buckets() && to.size() < wanted; ++visited) {
    each_in_chain(table_.bucket(index), [&](Element e) {
      if (to.size() < wanted) to.push_back(e);
    });
    index = index + 1 == table_.buckets() ? 0 : index + 1;
  }
}

// --- diagnosis

template <class P>
DictStats Dict<P>::stats() const {
  DictStats s{.elements = size_, .marked = marked_, .buckets = table_.buckets(),
              .chained_buckets = table_.chained_buckets()};
  if (s.buckets == 0) return s;
  s.level_size = table_.level_size();
  s.split_index = table_.split_index();
  for (size_t i = 0; i < s.buckets; ++i) {
    const size_t length = chain_count(table_.bucket(i));
    if (length >= s.chains_of_length.size()) s.chains_of_length.resize(length + 1);
    ++s.chains_of_length[length];
    s.used_buckets += length > 0;
    s.longest_chain = std::max(s.longest_chain, length);
  }
  return s;
}

template <class P>
void Dict<P>::validate() const {
  size_t elements = 0, marks = 0, chained = 0;
  for (size_t i = 0; i < table_.buckets(); ++i) {
    const DictBucket* first = &table_.bucket(i);
    for (const DictBucket* bucket = first;; bucket = bucket->next()) {
      const unsigned count = bucket->count();
      CHECK(!bucket->chained() || count == DictBucket::kSlots - 1, "a bucket before the last is not full");
      CHECK(!bucket->chained() || !bucket->has(DictBucket::kSlots - 1), "the link of a chain counts as an element");
      CHECK(bucket == first || bucket->chained() || count >= 2, "the last bucket of a chain could be folded away");
      elements += count;
      marks += static_cast<size_t>(std::popcount(bucket->marked()));
      for (unsigned bits = bucket->present(); bits != 0; bits &= bits - 1) {
        const unsigned slot = static_cast<unsigned>(std::countr_zero(bits));
        const uint64_t h = hash(P::key(std::bit_cast<Element>(bucket->slots[slot])));
        CHECK(table_.index_of(h) == i, "an element is in bucket {} instead of {}", i, table_.index_of(h));
        CHECK((bucket->tags[slot] & 0x7f) == tag_of(h), "an element has another element's tag");
      }
      if (!bucket->chained()) break;
      ++chained;
    }
    CHECK(chain_count(*first) <= widest_, "a chain is longer than the longest");
  }
  CHECK(elements == size_, "{} elements are counted as {}", elements, size_);
  CHECK(marks == marked_, "{} marks are counted as {}", marks, marked_);
  CHECK(chained == table_.chained_buckets(), "{} chained buckets are counted as {}", chained, table_.chained_buckets());
}

}  // namespace redpoll::ds
