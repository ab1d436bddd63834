// An ordered collection of words (pointers, usually) that knows positions: a B+ tree whose inner nodes count.
//
//     inner node:   a column each of   order of first | first element | number of elements | child
//                     /                     |                       \                                    .
//     leaf:    | e | e | e | ... |    | e | e | ... |          | e | e | e | ... |     words only
//
// Typed by a policy:
//
//   struct Policy {
//     using Element = Member*;                     // eight bytes, trivially copyable
//     using Order = double;                        // eight bytes: what elements are ordered by first of all
//     static Order order(Element);
//     static bool before(Element a, Element b);    // a total order, which has `order(a) < order(b)` in it
//     static void prefetch(Element);               // asks for the memory that `order` and `before` read
//   };
//
// A leaf takes the size class that its elements need, so that no more than a fifth of it is unused however
// they came; how many they are stands in the parent. Inner nodes repeat the order of the first element of
// each child, and the element itself for when orders are equal: so a search reads no element, mostly, before
// it comes to the leaf. There it asks for all elements that the next three comparisons may need before it
// makes them, and so waits for three cache misses instead of seven. An element that is known to be there is
// looked for by its word, and then no other of its leaf is read.
//
// The tree owns no elements. Every operation is O(log n) unless said otherwise. What an element is ordered by
// does not change while it is in the tree, but through `reposition`.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <type_traits>
#include <utility>

#include "base/assert.h"
#include "base/prefetch.h"
#include "ds/rank_tree_core.h"

namespace redpoll::ds {

template <class P>
class RankTree {
 public:
  using Element = typename P::Element;
  using Order = typename P::Order;
  static_assert(sizeof(Element) == 8 && sizeof(Order) == 8);
  static_assert(std::is_trivially_copyable_v<Element> && std::is_trivially_copyable_v<Order>);
  static constexpr size_t kLeafMax = RankTreeCore::kLeafMax;

  // A place in the order: an element and its rank, or the end. Valid until the tree changes.
  class Position {
   public:
    // How many elements there are before it.
    size_t rank() const { return rank_; }
    bool at_end() const { return rank_ == tree_->size(); }
    // REQUIRES: !at_end().
    Element element() const { return std::bit_cast<Element>(leaf_[offset_]); }
    // To the next element, or the end. Amortised O(1). REQUIRES: !at_end().
    void next() {
      ++rank_;
      if (++offset_ == count_) *this = tree_->position(rank_);
    }
    // REQUIRES: rank() > 0.
    void prev() {
      --rank_;
      if (offset_-- == 0) *this = tree_->position(rank_);
    }

   private:
    friend class RankTree;
    Position(const RankTree* tree, const RankTreeCore::Path& path, size_t rank)
        : tree_(tree), leaf_(path.leaf), offset_(path.offset), count_(path.count), rank_(rank) {}

    const RankTree* tree_;
    const uint64_t* leaf_;
    size_t offset_;
    size_t count_;
    size_t rank_;
  };

  RankTree() = default;
  RankTree(RankTree&& other) noexcept { swap(other); }
  RankTree& operator=(RankTree&& other) noexcept {
    RankTree(std::move(other)).swap(*this);
    return *this;
  }
  void swap(RankTree& other) noexcept { core_.swap(other.core_); }

  size_t size() const { return core_.size(); }
  bool empty() const { return size() == 0; }

  // --- change
  // REQUIRES: nothing is there that is neither before nor behind it.
  void insert(Element element) {
    Path path = path_to(element);
    DCHECK(!holds(path, element));
    core_.insert(path, word(element));
  }
  // False, and nothing done, if it is not there.
  bool erase(Element element) {
    Path path = path_by_word(element);
    if (!holds(path, element)) return false;
    core_.remove(path, 1);
    return true;
  }
  // Puts another word in the place of one which has the same place in the order. REQUIRES: `old` is there.
  void replace(Element old, Element fresh) { core_.replace(path_to_present(old), word(fresh)); }
  // Calls `change()`, which changes what `element` is ordered by, and puts it where it then belongs; if it
  // may stay, nothing moves. REQUIRES: it is there.
  template <class F>
  void reposition(Element element, F&& change);
  // Takes out `count` elements from that rank on, after `fn(element)` for each, in order; it may free the
  // element. REQUIRES: first + count <= size(). O(log n) for each leaf.
  template <class F>
  void erase_ranks(size_t first, size_t count, F&& fn);
  // Fills an empty tree with `count` elements, which `next()` hands out in order, as dense as can be.
  // O(count).
  template <class F>
  void build(size_t count, F&& next);
  // Forgets all elements. O(number of leaves): 8 ms for 10 million elements, so whoever has that many leaves
  // it to the worker thread.
  void clear() { core_.clear(); }

  // --- positions
  // How many elements are before it; nothing if it is not there.
  std::optional<size_t> rank(Element element) const {
    const Path path = path_by_word(element);
    return holds(path, element) ? std::optional<size_t>(core_.rank_of(path)) : std::nullopt;
  }
  // REQUIRES: rank < size().
  Element at(size_t rank) const {
    const Path path = core_.path_to_rank(rank);
    return typed(path.leaf[path.offset]);
  }
  // REQUIRES: !empty().
  Element front() const { return at(0); }
  Element back() const { return at(size() - 1); }
  // The position of that rank, or the end. REQUIRES: rank <= size().
  Position position(size_t rank) const {
    return Position(this, rank < size() ? core_.path_to_rank(rank) : Path{}, rank);
  }
  // The first element for which `pred(order, element)` is false, or the end. It should call `element()`,
  // which returns one that may be far away in memory, only if the order does not tell. REQUIRES: no element
  // for which it is true stands behind one for which it is false.
  template <class F>
  Position partition_point(F&& pred) const;

  // Calls `fn(element)` for `count` elements in order, the first of which has the rank `first`. REQUIRES:
  // first + count <= size(). O(log n) for each leaf.
  template <class F>
  void each(size_t first, size_t count, F&& fn) const;
  // The same backwards: ranks `first`, `first` - 1, ... REQUIRES: first < size(), count <= first + 1.
  template <class F>
  void each_backward(size_t first, size_t count, F&& fn) const;

  // --- diagnosis
  // As the allocator rounds it, without the elements. O(1).
  size_t memory_bytes() const { return core_.memory_bytes(); }
  // Checks every promise of the layout; panics if one is broken. O(n).
  void validate() const;

 private:
  using Path = RankTreeCore::Path;
  // How far ahead elements are asked for while they are visited in order.
  static constexpr size_t kAhead = 8;

  static uint64_t word(Element element) { return std::bit_cast<uint64_t>(element); }
  static Element typed(uint64_t word) { return std::bit_cast<Element>(word); }
  static Order order_in(const RankNode& node, size_t row) { return std::bit_cast<Order>(node.order(row)); }
  static uint64_t order_bits(uint64_t element) { return std::bit_cast<uint64_t>(P::order(typed(element))); }
  static bool holds(const Path& path, Element element) {
    return path.offset < path.count && path.leaf[path.offset] == word(element);
  }
  // Both find the end of the run for which `pred` is true: among the first elements of a node's rows, of
  // which that of row 0 counts as true and is left out, and among the elements of a leaf.
  template <class F>
  static size_t last_row(const RankNode& node, F&& pred);
  template <class F>
  static size_t partition_leaf(const uint64_t* leaf, size_t count, F&& pred);
  // The leaf where the run ends; its offset is left to be found.
  template <class F>
  Path descend(F&& pred) const;
  Path descend_to(Element element) const;
  // Where an element is or would be.
  Path path_to(Element element) const;
  // Where it is; the end of a leaf if it is not there.
  Path path_by_word(Element element) const;
  Path path_to_present(Element element) const {
    const Path path = path_by_word(element);
    DCHECK(holds(path, element));
    return path;
  }
  // Calls `fn` for `count` elements of a leaf, the first being that at `from`, upwards or downwards.
  template <class F>
  static void visit(const uint64_t* from, size_t count, ptrdiff_t step, F&& fn);
  // An element next to that of a path, nothing at the ends. O(1) within the leaf.
  std::optional<Element> neighbour(const Path& path, int side) const;
  // Whether the element of the path belongs there still. What moves far shows by the orders that the parent
  // knows, without a look at its neighbours.
  bool in_place(const Path& path, Element element) const;

  RankTreeCore core_{order_bits};
};

template <class P>
template <class F>
inline size_t RankTree<P>::last_row(const RankNode& node, F&& pred) {
  size_t row = 0;
  for (size_t rest = node.size(); rest > 1;) {
    const size_t half = rest / 2;
    if (pred(order_in(node, row + half), [&] { return typed(node.first(row + half)); })) row += half;
    rest -= half;
  }
  return row;
}

template <class P>
template <class F>
inline size_t RankTree<P>::partition_leaf(const uint64_t* leaf, size_t count, F&& pred) {
  // Seven probes cut the rest into eight parts; they are asked for together, and three of them are compared.
  constexpr size_t kProbes = 7;
  size_t begin = 0;
  while (count > 0) {
    const size_t part = (count + kProbes) / (kProbes + 1);
    const size_t probes = std::min(kProbes, count / part);
    const uint64_t* const last_of_part = leaf + begin + part - 1;
    for (size_t i = 0; i < probes; ++i) P::prefetch(typed(last_of_part[i * part]));
    size_t before = 0;
    for (size_t rest = probes; rest > 0;) {
      const size_t half = rest / 2;
      const Element element = typed(last_of_part[(before + half) * part]);
      const bool behind = pred(P::order(element), [&] { return element; });
      before = behind ? before + half + 1 : before;
      rest = behind ? rest - half - 1 : half;
    }
    begin += before * part;
    count = before < probes ? part - 1 : count - probes * part;
  }
  return begin;
}

template <class P>
template <class F>
inline auto RankTree<P>::descend(F&& pred) const -> Path {
  Path path;
  void* child = core_.root();
  path.count = size();
  for (size_t depth = 0; depth < core_.height(); ++depth) {
    auto* const node = static_cast<RankNode*>(child);
    const size_t row = last_row(*node, pred);
    path.steps[depth] = {node, row};
    path.count = node->count(row);
    child = node->child(row);
  }
  path.leaf = static_cast<uint64_t*>(child);
  return path;
}

template <class P>
auto RankTree<P>::descend_to(Element element) const -> Path {
  const Order order = P::order(element);
  return descend([&](Order other, auto&& first) {
    return other == order ? !P::before(element, first()) : other < order;
  });
}

template <class P>
auto RankTree<P>::path_by_word(Element element) const -> Path {
  constexpr size_t kWordsPerLine = 8;
  Path path = descend_to(element);
  for (size_t i = 0; i < path.count; i += kWordsPerLine) prefetch(path.leaf + i);
  const auto words = std::span(path.leaf, path.count);
  path.offset = static_cast<size_t>(std::ranges::find(words, word(element)) - words.begin());
  return path;
}

template <class P>
auto RankTree<P>::path_to(Element element) const -> Path {
  const Order order = P::order(element);
  Path path = descend_to(element);
  path.offset = partition_leaf(path.leaf, path.count, [&](Order other, auto&& found) {
    return other == order ? P::before(found(), element) : other < order;
  });
  return path;
}

template <class P>
template <class F>
auto RankTree<P>::partition_point(F&& pred) const -> Position {
  Path path = descend(pred);
  path.offset = partition_leaf(path.leaf, path.count, pred);
  const size_t rank = core_.rank_of(path);
  return path.offset < path.count ? Position(this, path, rank) : position(rank);
}

template <class P>
std::optional<typename P::Element> RankTree<P>::neighbour(const Path& path, int side) const {
  const size_t there = path.offset + static_cast<size_t>(side);
  if (there < path.count) return typed(path.leaf[there]);
  const size_t rank = core_.rank_of(path) + static_cast<size_t>(side);
  return rank < size() ? std::optional<Element>(at(rank)) : std::nullopt;
}

template <class P>
bool RankTree<P>::in_place(const Path& path, Element element) const {
  if (core_.height() > 0) {
    const auto [node, row] = path.steps[core_.height() - 1];
    const Order order = P::order(element);
    // Of the first element of a leaf the parent knows the order that it had.
    if (path.offset > 0 && order < order_in(*node, row)) return false;
    if (row + 1 < node->size() && order_in(*node, row + 1) < order) return false;
  }
  const std::optional<Element> prev = neighbour(path, -1);
  const std::optional<Element> next = neighbour(path, 1);
  return (!prev || P::before(*prev, element)) && (!next || P::before(element, *next));
}

template <class P>
template <class F>
void RankTree<P>::reposition(Element element, F&& change) {
  Path path = path_to_present(element);
  change();
  if (in_place(path, element)) return core_.replace(path, word(element));
  core_.remove(path, 1);
  insert(element);
}

template <class P>
template <class F>
void RankTree<P>::visit(const uint64_t* from, size_t count, ptrdiff_t step, F&& fn) {
  const uint64_t* ahead = from;
  for (size_t i = 0; i < std::min(count, kAhead); ++i, ahead += step) P::prefetch(typed(*ahead));
  for (; count > 0; --count, from += step) {
    if (count > kAhead) {
      P::prefetch(typed(*ahead));
      ahead += step;
    }
    fn(typed(*from));
  }
}

template <class P>
template <class F>
void RankTree<P>::erase_ranks(size_t first, size_t count, F&& fn) {
  DCHECK(first + count <= size());
  while (count > 0) {
    Path path = core_.path_to_rank(first);
    const size_t here = std::min(count, path.count - path.offset);
    visit(path.leaf + path.offset, here, 1, fn);
    core_.remove(path, here);
    count -= here;
  }
}

template <class P>
template <class F>
void RankTree<P>::build(size_t count, F&& next) {
  DCHECK(empty());
  if (count == 0) return;
  core_.build(count, [&](std::span<uint64_t> leaf) {
    for (uint64_t& element : leaf) element = word(next());
  });
}

template <class P>
template <class F>
void RankTree<P>::each(size_t first, size_t count, F&& fn) const {
  DCHECK(first + count <= size());
  while (count > 0) {
    const Path path = core_.path_to_rank(first);
    const size_t here = std::min(count, path.count - path.offset);
    visit(path.leaf + path.offset, here, 1, fn);
    first += here;
    count -= here;
  }
}

template <class P>
template <class F>
void RankTree<P>::each_backward(size_t first, size_t count, F&& fn) const {
  while (count > 0) {
    const Path path = core_.path_to_rank(first);
    const size_t here = std::min(count, path.offset + 1);
    visit(path.leaf + path.offset, here, -1, fn);
    first -= here;
    count -= here;
  }
}

template <class P>
void RankTree<P>::validate() const {
  std::optional<Element> last;
  core_.validate([&](uint64_t each) {
    const Element element = typed(each);
    CHECK(!last || P::before(*last, element), "two elements are not in order");
    CHECK(!last || !P::before(element, *last), "the order contradicts itself");
    last = element;
  });
}

}  // namespace redpoll::ds
