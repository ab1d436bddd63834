// What the tests of the rank tree put into it.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "base/assert.h"
#include "base/prefetch.h"
#include "ds/rank_tree.h"

namespace redpoll::ds {

// Ordered by `order`, then by `id`, which is what tells them apart.
struct RankedItem {
  int64_t order;
  int id;
};

struct RankedItemPolicy {
  using Element = RankedItem*;
  using Order = int64_t;
  static Order order(const RankedItem* item) { return item->order; }
  static bool before(const RankedItem* a, const RankedItem* b) {
    return a->order != b->order ? a->order < b->order : a->id < b->id;
  }
  static void prefetch(const RankedItem* item) { redpoll::prefetch(item); }
};
using ItemTree = RankTree<RankedItemPolicy>;

// The same in a sorted vector.
class RankedModel {
 public:
  using Items = std::vector<RankedItem*>;

  size_t rank(const RankedItem* item) const {
    const auto at = std::lower_bound(items.begin(), items.end(), item, RankedItemPolicy::before);
    return static_cast<size_t>(at - items.begin());
  }
  void insert(RankedItem* item) { items.insert(items.begin() + static_cast<ptrdiff_t>(rank(item)), item); }
  void erase(size_t rank, size_t count = 1) {
    const auto first = items.begin() + static_cast<ptrdiff_t>(rank);
    items.erase(first, first + static_cast<ptrdiff_t>(count));
  }
  // How many items have a lower order.
  size_t below(int64_t order) const {
    const auto end =
        std::partition_point(items.begin(), items.end(), [&](auto* item) { return item->order < order; });
    return static_cast<size_t>(end - items.begin());
  }

  Items items;
};

// Panics unless the tree holds the items of the model in their order.
inline void check_equal(const ItemTree& tree, const RankedModel& model) {
  tree.validate();
  CHECK(tree.size() == model.items.size(), "{} elements instead of {}", tree.size(), model.items.size());
  auto expected = model.items.begin();
  tree.each(0, tree.size(), [&](RankedItem* item) { CHECK(item == *expected++); });
}

}  // namespace redpoll::ds
