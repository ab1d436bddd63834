#include "ds/rank_tree.h"

#include <catch2/catch.hpp>
#include <deque>

#include "base/rng.h"
#include "unit/ds/ranked_items.h"

namespace redpoll::ds {
namespace {

constexpr size_t kLeaf = ItemTree::kLeafMax;

std::vector<RankedItem> in_order(size_t count) {
  std::vector<RankedItem> items;
  for (size_t i = 0; i < count; ++i) items.push_back({static_cast<int64_t>(i), static_cast<int>(i)});
  return items;
}

std::vector<RankedItem*> shuffled(std::vector<RankedItem>& items, uint64_t seed) {
  std::vector<RankedItem*> order;
  for (RankedItem& item : items) order.push_back(&item);
  Rng rng(seed);
  for (size_t i = order.size(); i > 1; --i) std::swap(order[i - 1], order[rng.below(i)]);
  return order;
}

double bytes_per_element(const ItemTree& tree) {
  return static_cast<double>(tree.memory_bytes()) / static_cast<double>(tree.size());
}

// Random operations on a tree and on the model. Batches make the tree grow to about `size` elements and
// shrink again.
class Comparison {
 public:
  Comparison(uint64_t seed, size_t size, uint64_t orders) : rng_(seed), size_(size), orders_(orders) {}

  void run(int operations) {
    for (int i = 0; i < operations; ++i) {
      operate();
      look();
      if (i % 64 == 0) check_equal(tree_, model_);
      if (model_.items.size() > size_) growing_ = false;
      if (model_.items.empty()) growing_ = true;
    }
    check_equal(tree_, model_);
  }

 private:
  void operate() {
    switch (rng_.below(8)) {
      case 0:
      case 1:
      case 2:
      case 3: return growing_ ? add(some()) : take(some());
      case 4: return add(1);
      case 5: return take(1);
      case 6: return move();
      default: return growing_ ? replace() : erase_range();
    }
  }

  size_t some() { return 1 + rng_.below(size_ / 16); }
  size_t random_rank() { return rng_.below(model_.items.size()); }

  // One by one in random order, upwards or downwards.
  void add(size_t count) {
    const auto how = rng_.below(3);
    int64_t order = static_cast<int64_t>(rng_.below(orders_));
    for (; count > 0; --count) {
      if (how == 0) order = static_cast<int64_t>(rng_.below(orders_));
      if (how == 1) ++order;
      if (how == 2) --order;
      RankedItem& item = items_.emplace_back(RankedItem{order, next_id_++});
      tree_.insert(&item);
      model_.insert(&item);
    }
  }
  void take(size_t count) {
    const auto how = rng_.below(3);
    for (; count > 0 && !model_.items.empty(); --count) {
      const size_t rank = how == 0 ? random_rank() : how == 1 ? 0 : model_.items.size() - 1;
      REQUIRE(tree_.erase(model_.items[rank]));
      REQUIRE(!tree_.erase(model_.items[rank]));
      model_.erase(rank);
    }
  }
  void erase_range() {
    if (model_.items.empty()) return;
    const size_t first = random_rank();
    const size_t count = rng_.below(std::min(model_.items.size() - first, size_ / 4) + 1);
    size_t at = first;
    tree_.erase_ranks(first, count, [&](RankedItem* item) { REQUIRE(item == model_.items[at++]); });
    REQUIRE(at == first + count);
    model_.erase(first, count);
  }
  void move() {
    if (model_.items.empty()) return;
    const size_t rank = random_rank();
    RankedItem* const item = model_.items[rank];
    const bool far = rng_.below(2) == 0;
    const int64_t order = far ? static_cast<int64_t>(rng_.below(orders_))
                              : item->order + static_cast<int64_t>(rng_.below(5)) - 2;
    model_.erase(rank);
    tree_.reposition(item, [&] { item->order = order; });
    model_.insert(item);
  }
  void replace() {
    if (model_.items.empty()) return;
    RankedItem*& old = model_.items[random_rank()];
    RankedItem& fresh = items_.emplace_back(*old);
    tree_.replace(old, &fresh);
    old = &fresh;
  }

  void look() {
    const auto order = static_cast<int64_t>(rng_.below(orders_));
    const auto found = tree_.partition_point([&](int64_t other, auto&&) { return other < order; });
    REQUIRE(found.rank() == model_.below(order));
    REQUIRE(found.at_end() == (found.rank() == model_.items.size()));
    if (!found.at_end()) REQUIRE(found.element() == model_.items[found.rank()]);
    if (model_.items.empty()) return;
    const size_t rank = random_rank();
    REQUIRE(tree_.at(rank) == model_.items[rank]);
    REQUIRE(tree_.rank(model_.items[rank]) == rank);
  }

  Rng rng_;
  size_t size_;
  uint64_t orders_;
  ItemTree tree_;
  RankedModel model_;
  std::deque<RankedItem> items_;
  int next_id_ = 0;
  bool growing_ = true;
};

}  // namespace

TEST_CASE("The rank tree behaves like a sorted vector") {
  Comparison(1, 200, 1000).run(3000);
  Comparison(2, 3000, 1'000'000).run(3000);
}

TEST_CASE("The rank tree behaves like a sorted vector where orders are equal") {
  Comparison(3, 1000, 1).run(1500);
  Comparison(4, 3000, 7).run(1500);
}

TEST_CASE("The rank tree behaves like a sorted vector with inner nodes over inner nodes") {
  Comparison(5, 40'000, 1'000'000).run(400);
}

TEST_CASE("An empty rank tree has no elements, and positions at its end") {
  ItemTree tree;
  RankedItem item{1, 1};
  REQUIRE(tree.empty());
  REQUIRE(tree.position(0).at_end());
  REQUIRE(tree.partition_point([](int64_t, auto&&) { return true; }).at_end());
  REQUIRE(!tree.rank(&item));
  REQUIRE(!tree.erase(&item));
  tree.each(0, 0, [](RankedItem*) { FAIL(); });
  tree.validate();
  REQUIRE(tree.memory_bytes() == 0);
}

TEST_CASE("Positions of a rank tree walk over leaves in both directions") {
  std::vector<RankedItem> items = in_order(10 * kLeaf);
  ItemTree tree;
  for (RankedItem* item : shuffled(items, 1)) tree.insert(item);
  auto position = tree.position(0);
  for (RankedItem& item : items) {
    REQUIRE(position.element() == &item);
    position.next();
  }
  REQUIRE(position.at_end());
  for (size_t i = items.size(); i-- > 0;) {
    position.prev();
    REQUIRE(position.rank() == i);
    REQUIRE(position.element() == &items[i]);
  }
}

TEST_CASE("A rank tree visits any run of ranks, forward and backward") {
  std::vector<RankedItem> items = in_order(5 * kLeaf);
  ItemTree tree;
  for (RankedItem* item : shuffled(items, 2)) tree.insert(item);
  Rng rng(3);
  for (int i = 0; i < 200; ++i) {
    const size_t first = rng.below(items.size());
    size_t at = first;
    tree.each(first, rng.below(items.size() - first + 1),
              [&](RankedItem* item) { REQUIRE(item == &items[at++]); });
    at = first + 1;
    const size_t down = rng.below(first + 2);
    tree.each_backward(first, down, [&](RankedItem* item) { REQUIRE(item == &items[--at]); });
    REQUIRE(at == first + 1 - down);
  }
}

TEST_CASE("A rank tree is built from elements in order, of any number") {
  for (const size_t count :
       {size_t{0}, size_t{1}, kLeaf - 1, kLeaf, kLeaf + 1, 63 * kLeaf, 63 * kLeaf + 1, size_t{50'000}}) {
    std::vector<RankedItem> items = in_order(count);
    ItemTree tree;
    tree.build(count, [next = items.data()]() mutable { return next++; });
    tree.validate();
    REQUIRE(tree.size() == count);
    for (size_t rank = 0; rank < count; rank += 1 + count / 50) REQUIRE(tree.at(rank) == &items[rank]);
    if (count >= kLeaf) REQUIRE(bytes_per_element(tree) < (count > 1000 ? 8.8 : 10));
    tree.clear();
    REQUIRE(tree.memory_bytes() == 0);
  }
}

TEST_CASE("A rank tree wastes little memory, however its elements come") {
  std::vector<RankedItem> items = in_order(100'000);
  ItemTree upwards, downwards, random;
  for (RankedItem& item : items) upwards.insert(&item);
  for (size_t i = items.size(); i-- > 0;) downwards.insert(&items[i]);
  for (RankedItem* item : shuffled(items, 4)) random.insert(item);
  REQUIRE(bytes_per_element(upwards) < 8.6);
  REQUIRE(bytes_per_element(downwards) < 8.8);
  REQUIRE(bytes_per_element(random) < 9.5);
  // Nine in ten go, and memory with them.
  for (RankedItem* item : shuffled(items, 5)) {
    if (item->id % 10 != 0) random.erase(item);
  }
  random.validate();
  REQUIRE(bytes_per_element(random) < 11);
}

TEST_CASE("Repositioning in a rank tree moves nothing if the element may stay") {
  std::vector<RankedItem> items = in_order(3 * kLeaf);
  for (RankedItem& item : items) item.order *= 10;
  ItemTree tree;
  for (RankedItem& item : items) tree.insert(&item);
  const auto stays = tree.position(kLeaf);
  const size_t bytes = tree.memory_bytes();
  for (const int by : {5, -9, 4}) {
    for (RankedItem& item : items) {
      tree.reposition(&item, [&] { item.order += by; });
      REQUIRE(tree.rank(&item) == static_cast<size_t>(item.id));
    }
    tree.validate();
    REQUIRE(stays.element() == &items[kLeaf]);
    REQUIRE(tree.memory_bytes() == bytes);
  }
}

TEST_CASE("Elements may be freed while their ranks are erased from a rank tree") {
  ItemTree tree;
  for (int i = 0; i < 1000; ++i) tree.insert(new RankedItem{i, i});
  tree.erase_ranks(0, 300, [](RankedItem* item) { delete item; });
  tree.erase_ranks(100, 600, [](RankedItem* item) { delete item; });
  tree.validate();
  REQUIRE(tree.size() == 100);
  REQUIRE(tree.front()->id == 300);
  REQUIRE(tree.back()->id == 399);
  tree.erase_ranks(0, 100, [](RankedItem* item) { delete item; });
  tree.validate();
}

TEST_CASE("Rank trees change hands") {
  std::vector<RankedItem> items = in_order(1000);
  ItemTree a;
  for (RankedItem& item : items) a.insert(&item);
  ItemTree b(std::move(a));
  REQUIRE(b.size() == 1000);
  b.validate();
  ItemTree c;
  c.insert(&items[0]);
  c = std::move(b);
  c.validate();
  REQUIRE(c.back() == &items[999]);
}

}  // namespace redpoll::ds
