// The untyped half of RankTree: nodes and leaves of words, and how they grow, split and merge. It knows
// places, not what elements are ordered by. See rank_tree.h for the layout.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "ds/rank_tree_node.h"

namespace redpoll::ds {

class RankTreeCore {
 public:
  // Elements of a leaf at most: 1 KiB.
  static constexpr size_t kLeafMax = 128;
  // Enough for more elements than there are addresses.
  static constexpr size_t kMaxHeight = 16;
  // The bits of what an element is ordered by.
  using OrderOf = uint64_t (*)(uint64_t element);

  // The way from the root to a place in a leaf.
  struct Step {
    RankNode* node;
    size_t row;
  };
  struct Path {
    std::array<Step, kMaxHeight> steps;  // the first `height` of them
    uint64_t* leaf;                      // null in an empty tree
    size_t count;                        // of elements in the leaf
    size_t offset;                       // in the leaf; `count`: behind its last element
  };

  explicit RankTreeCore(OrderOf order_of) : order_of_(order_of) {}
  RankTreeCore(const RankTreeCore&) = delete;
  RankTreeCore& operator=(const RankTreeCore&) = delete;
  ~RankTreeCore() { clear(); }
  void swap(RankTreeCore& other) noexcept;

  size_t size() const { return size_; }
  size_t height() const { return height_; }
  void* root() const { return root_; }
  size_t memory_bytes() const { return bytes_; }

  // The place of that rank. REQUIRES: rank < size().
  Path path_to_rank(size_t rank) const;
  // How many elements are before a place. A row of additions for each level.
  size_t rank_of(const Path& path) const {
    size_t rank = path.offset;
    for (size_t depth = 0; depth < height_; ++depth)
      rank += path.steps[depth].node->count_before(path.steps[depth].row);
    return rank;
  }

  // All that change the tree make the path invalid.
  void insert(Path& path, uint64_t element);
  // Takes out `count` elements of one leaf. REQUIRES: path.offset + count <= path.count.
  void remove(Path& path, size_t count);
  // Puts another element, or one with another order, into a place where it may be. The path stays valid.
  void replace(const Path& path, uint64_t element);
  void clear();

  // Fills an empty tree with `count` elements that come leaf by leaf: `fill` is given the elements to write,
  // in order.
  template <class F>
  void build(size_t count, F&& fill) {
    const size_t leaves = (count + kLeafMax - 1) / kLeafMax;
    std::vector<RankNode::Branch> level(leaves);
    for (size_t i = 0; i < leaves; ++i) {
      const size_t elements = count / leaves + (i < count % leaves ? 1 : 0);
      uint64_t* leaf = allocate_leaf(elements);
      fill(std::span<uint64_t>(leaf, elements));
      level[i] = leaf_branch(leaf, elements);
    }
    build_nodes(level, count);
  }

  // Checks counts, sizes and repeated orders; calls `each(element)` in order. Panics if something is wrong.
  template <class F>
  void validate(F&& each) const {
    size_t elements = 0, bytes = 0;
    if (root_ != nullptr) {
      const Branch top = height_ == 0 ? leaf_branch(static_cast<uint64_t*>(root_), size_)
                                      : static_cast<RankNode*>(root_)->summary();
      validate_below(top, height_, elements, bytes, each);
    }
    check_totals(elements, bytes);
  }

 private:
  using Branch = RankNode::Branch;
  // A leaf with fewer elements is merged with its neighbour if the two fit into so many, else evened out with
  // it. The same for rows of inner nodes.
  static constexpr size_t kLeafMin = kLeafMax / 4;
  static constexpr size_t kLeafMerged = kLeafMax / 4 * 3;
  static constexpr size_t kRowsMin = RankNode::kMaxRows / 4;
  static constexpr size_t kRowsMerged = RankNode::kMaxRows / 4 * 3;

  Branch leaf_branch(uint64_t* leaf, size_t count) const {
    return {order_of_(leaf[0]), leaf[0], count, leaf};
  }
  // Memory of a leaf, as the allocator rounds it.
  static size_t leaf_bytes(size_t count);
  uint64_t* allocate_leaf(size_t count);
  void free_leaf(uint64_t* leaf, size_t count);
  Branch make_leaf(const uint64_t* elements, size_t count);
  Branch make_node(const Branch* rows, size_t count);
  void free_node(RankNode* node);
  RankNode* insert_row(RankNode* node, size_t row, const Branch& branch);
  void put_child(const Path& path, size_t depth, void* child);
  void refresh_first(const Path& path, uint64_t first);

  void insert_into_leaf(const Path& path, uint64_t element);
  void split_leaf(const Path& path, uint64_t element);
  void replace_by_two(const Path& path, size_t depth, const Branch& left, const Branch& right);
  std::pair<Branch, Branch> split_node(RankNode* node, size_t row, const Branch& branch);
  void shrink_leaf(Path& path, size_t count);
  void repair(const Path& path);
  void repair_leaf(RankNode* parent, size_t row);
  void repair_node(RankNode* parent, size_t row);
  void lower_root();
  void build_nodes(std::vector<Branch>& level, size_t count);
  void free_below(void* child, size_t count, size_t height);

  static void check_row(const Branch& row, const RankNode& node);
  void check_leaf(const Branch& row) const;
  void check_totals(size_t elements, size_t bytes) const;
  template <class F>
  void validate_below(const Branch& row, size_t height, size_t& elements, size_t& bytes, F& each) const;

  OrderOf order_of_;
  void* root_ = nullptr;  // a RankNode, or a leaf if there are no inner nodes
  size_t size_ = 0;
  size_t height_ = 0;  // levels of inner nodes
  size_t bytes_ = 0;
};

template <class F>
void RankTreeCore::validate_below(const Branch& row, size_t height, size_t& elements, size_t& bytes,
                                  F& each) const {
  if (height == 0) {
    check_leaf(row);
    bytes += leaf_bytes(row.count);
    elements += row.count;
    for (const uint64_t element : std::span(static_cast<const uint64_t*>(row.child), row.count))
      each(element);
    return;
  }
  const auto* const node = static_cast<const RankNode*>(row.child);
  node->validate();
  check_row(row, *node);
  bytes += node->memory_bytes();
  for (size_t i = 0; i < node->size(); ++i)
    validate_below(node->branch(i), height - 1, elements, bytes, each);
}

}  // namespace redpoll::ds
