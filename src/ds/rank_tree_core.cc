#include "ds/rank_tree_core.h"

#include <cstring>

#include "base/assert.h"
#include "mem/zmalloc.h"

namespace redpoll::ds {

void RankTreeCore::swap(RankTreeCore& other) noexcept {
  std::swap(order_of_, other.order_of_);
  std::swap(root_, other.root_);
  std::swap(size_, other.size_);
  std::swap(height_, other.height_);
  std::swap(bytes_, other.bytes_);
}

RankTreeCore::Path RankTreeCore::path_to_rank(size_t rank) const {
  DCHECK(rank < size_);
  Path path;
  path.count = size_;
  void* child = root_;
  for (size_t depth = 0; depth < height_; ++depth) {
    auto* const node = static_cast<RankNode*>(child);
    size_t row = 0;
    for (; rank >= node->count(row); ++row) rank -= node->count(row);
    path.steps[depth] = {node, row};
    path.count = node->count(row);
    child = node->child(row);
  }
  path.leaf = static_cast<uint64_t*>(child);
  path.offset = rank;
  return path;
}

size_t RankTreeCore::leaf_bytes(size_t count) {
  return mem::good_size(rank_leaf_capacity(count) * sizeof(uint64_t));
}

uint64_t* RankTreeCore::allocate_leaf(size_t count) {
  bytes_ += leaf_bytes(count);
  return static_cast<uint64_t*>(mem::zmalloc(rank_leaf_capacity(count) * sizeof(uint64_t)));
}

void RankTreeCore::free_leaf(uint64_t* leaf, size_t count) {
  bytes_ -= leaf_bytes(count);
  mem::zfree(leaf, rank_leaf_capacity(count) * sizeof(uint64_t));
}

RankTreeCore::Branch RankTreeCore::make_leaf(const uint64_t* elements, size_t count) {
  uint64_t* leaf = allocate_leaf(count);
  std::memcpy(leaf, elements, count * sizeof *leaf);
  return leaf_branch(leaf, count);
}

RankTreeCore::Branch RankTreeCore::make_node(const Branch* rows, size_t count) {
  RankNode* node = RankNode::create(rows, count);
  bytes_ += node->memory_bytes();
  return node->summary();
}

void RankTreeCore::free_node(RankNode* node) {
  bytes_ -= node->memory_bytes();
  RankNode::destroy(node);
}

RankNode* RankTreeCore::insert_row(RankNode* node, size_t row, const Branch& branch) {
  bytes_ -= node->memory_bytes();
  node = node->insert(row, branch);
  bytes_ += node->memory_bytes();
  return node;
}

// Makes `child` what the path's step before `depth` leads to.
void RankTreeCore::put_child(const Path& path, size_t depth, void* child) {
  if (depth == 0) {
    root_ = child;
  } else {
    path.steps[depth - 1].node->set_child(path.steps[depth - 1].row, child);
  }
}

// The leaf of the path has another first element: so have all nodes of whose first row it is a part.
void RankTreeCore::refresh_first(const Path& path, uint64_t first) {
  const uint64_t order = order_of_(first);
  for (size_t depth = height_; depth-- > 0;) {
    path.steps[depth].node->set_first(path.steps[depth].row, order, first);
    if (path.steps[depth].row != 0) return;
  }
}

void RankTreeCore::insert(Path& path, uint64_t element) {
  if (root_ == nullptr) {
    root_ = make_leaf(&element, 1).child;
  } else if (path.count < kLeafMax) {
    insert_into_leaf(path, element);
  } else {
    split_leaf(path, element);
  }
  ++size_;
}

void RankTreeCore::insert_into_leaf(const Path& path, uint64_t element) {
  uint64_t* leaf = path.leaf;
  const size_t behind = path.count - path.offset;
  if (path.count < rank_leaf_capacity(path.count)) {
    std::memmove(leaf + path.offset + 1, leaf + path.offset, behind * sizeof *leaf);
  } else {
    leaf = allocate_leaf(path.count + 1);
    std::memcpy(leaf, path.leaf, path.offset * sizeof *leaf);
    std::memcpy(leaf + path.offset + 1, path.leaf + path.offset, behind * sizeof *leaf);
    free_leaf(path.leaf, path.count);
    put_child(path, height_, leaf);
  }
  leaf[path.offset] = element;
  for (size_t depth = 0; depth < height_; ++depth)
    path.steps[depth].node->add_to_count(path.steps[depth].row, 1);
  if (path.offset == 0) refresh_first(path, element);
}

// In the middle; but elements that come in order, either way, leave full leaves behind.
void RankTreeCore::split_leaf(const Path& path, uint64_t element) {
  uint64_t all[kLeafMax + 1];
  std::memcpy(all, path.leaf, path.offset * sizeof *all);
  all[path.offset] = element;
  std::memcpy(all + path.offset + 1, path.leaf + path.offset, (path.count - path.offset) * sizeof *all);
  const size_t total = path.count + 1;
  const size_t left = path.offset == path.count ? path.count : path.offset == 0 ? 1 : total / 2;
  free_leaf(path.leaf, path.count);
  const Branch first = make_leaf(all, left);
  replace_by_two(path, height_, first, make_leaf(all + left, total - left));
}

// What the path's step before `depth` leads to has become two.
void RankTreeCore::replace_by_two(const Path& path, size_t depth, const Branch& left, const Branch& right) {
  if (depth == 0) {
    const Branch both[] = {left, right};
    root_ = make_node(both, 2).child;
    ++height_;
    return;
  }
  auto [node, row] = path.steps[depth - 1];
  node->set_branch(row, left);
  if (node->size() == RankNode::kMaxRows) {
    const auto [first, second] = split_node(node, row + 1, right);
    return replace_by_two(path, depth - 1, first, second);
  }
  node = insert_row(node, row + 1, right);
  put_child(path, depth - 1, node);
  // Further up there is one element more, and perhaps another first one.
  Branch below = node->summary();
  for (size_t above = depth - 1; above-- > 0;) {
    path.steps[above].node->set_branch(path.steps[above].row, below);
    below = path.steps[above].node->summary();
  }
}

// Two nodes of a full one and a row that is to be put before `row`.
std::pair<RankTreeCore::Branch, RankTreeCore::Branch> RankTreeCore::split_node(RankNode* node, size_t row,
                                                                               const Branch& branch) {
  Branch all[RankNode::kMaxRows + 1];
  const size_t total = node->size() + 1;
  for (size_t i = 0; i < total; ++i)
    all[i] = i < row ? node->branch(i) : i == row ? branch : node->branch(i - 1);
  const size_t left = row + 1 == total ? total - 1 : total / 2;
  free_node(node);
  const Branch first = make_node(all, left);
  return {first, make_node(all + left, total - left)};
}

void RankTreeCore::remove(Path& path, size_t count) {
  DCHECK(path.offset + count <= path.count);
  if (count == 0) return;
  size_ -= count;
  for (size_t depth = 0; depth < height_; ++depth) {
    path.steps[depth].node->add_to_count(path.steps[depth].row, uint64_t{0} - count);
  }
  shrink_leaf(path, count);
  if (path.count < kLeafMin) {
    repair(path);
  } else if (path.offset == 0) {
    refresh_first(path, path.leaf[0]);
  }
}

// Takes `count` elements out of the leaf, which is gone if none is left.
void RankTreeCore::shrink_leaf(Path& path, size_t count) {
  const size_t left = path.count - count;
  const size_t behind = left - path.offset;
  uint64_t* leaf = path.leaf;
  if (left > 0 && rank_leaf_capacity(left) == rank_leaf_capacity(path.count)) {
    std::memmove(leaf + path.offset, leaf + path.offset + count, behind * sizeof *leaf);
  } else {
    if (left > 0) {
      leaf = allocate_leaf(left);
      std::memcpy(leaf, path.leaf, path.offset * sizeof *leaf);
      std::memcpy(leaf + path.offset, path.leaf + path.offset + count, behind * sizeof *leaf);
    }
    free_leaf(path.leaf, path.count);
    if (left == 0) leaf = nullptr;
    put_child(path, height_, leaf);
  }
  path.leaf = leaf;
  path.count = left;
}

// Leaf and nodes of a path that has lost elements: drops what is empty, merges or evens out what has become
// small, and brings the rows above up to date. Slow, but seldom.
void RankTreeCore::repair(const Path& path) {
  for (size_t depth = height_; depth-- > 0;) {
    const auto [node, row] = path.steps[depth];
    if (depth + 1 == height_) {
      repair_leaf(node, row);
    } else {
      repair_node(node, row);
    }
  }
  lower_root();
}

void RankTreeCore::repair_leaf(RankNode* parent, size_t row) {
  const size_t count = parent->count(row);
  if (count == 0) return parent->erase(row);
  auto* const leaf = static_cast<uint64_t*>(parent->child(row));
  parent->set_branch(row, leaf_branch(leaf, count));
  if (count >= kLeafMin || parent->size() == 1) return;

  const size_t left = row > 0 ? row - 1 : 0;
  const Branch a = parent->branch(left), b = parent->branch(left + 1);
  const size_t total = a.count + b.count;
  uint64_t all[2 * kLeafMax];
  std::memcpy(all, a.child, a.count * sizeof *all);
  std::memcpy(all + a.count, b.child, b.count * sizeof *all);
  free_leaf(static_cast<uint64_t*>(a.child), a.count);
  free_leaf(static_cast<uint64_t*>(b.child), b.count);
  const size_t kept = total <= kLeafMerged ? total : total / 2;
  parent->set_branch(left, make_leaf(all, kept));
  if (kept == total) {
    parent->erase(left + 1);
  } else {
    parent->set_branch(left + 1, make_leaf(all + kept, total - kept));
  }
}

void RankTreeCore::repair_node(RankNode* parent, size_t row) {
  auto* const node = static_cast<RankNode*>(parent->child(row));
  if (node->size() == 0) {
    free_node(node);
    return parent->erase(row);
  }
  parent->set_branch(row, node->summary());
  if (node->size() >= kRowsMin || parent->size() == 1) return;

  const size_t left = row > 0 ? row - 1 : 0;
  Branch all[2 * RankNode::kMaxRows];
  size_t total = 0;
  for (const size_t i : {left, left + 1}) {
    auto* const old = static_cast<RankNode*>(parent->child(i));
    for (size_t j = 0; j < old->size(); ++j) all[total++] = old->branch(j);
    free_node(old);
  }
  const size_t kept = total <= kRowsMerged ? total : total / 2;
  parent->set_branch(left, make_node(all, kept));
  if (kept == total) {
    parent->erase(left + 1);
  } else {
    parent->set_branch(left + 1, make_node(all + kept, total - kept));
  }
}

// A root with one child is none; one without any is the end of the tree.
void RankTreeCore::lower_root() {
  while (height_ > 0 && static_cast<RankNode*>(root_)->size() <= 1) {
    auto* const node = static_cast<RankNode*>(root_);
    root_ = node->size() == 1 ? node->child(0) : nullptr;
    height_ = root_ == nullptr ? 0 : height_ - 1;
    free_node(node);
  }
}

void RankTreeCore::replace(const Path& path, uint64_t element) {
  path.leaf[path.offset] = element;
  if (path.offset == 0) refresh_first(path, element);
}

void RankTreeCore::free_below(void* child, size_t count, size_t height) {
  if (height == 0) return free_leaf(static_cast<uint64_t*>(child), count);
  auto* const node = static_cast<RankNode*>(child);
  for (size_t i = 0; i < node->size(); ++i) free_below(node->child(i), node->count(i), height - 1);
  free_node(node);
}

void RankTreeCore::clear() {
  if (root_ != nullptr) free_below(root_, size_, height_);
  root_ = nullptr;
  size_ = height_ = 0;
}

// Puts nodes above the leaves until there is a root.
void RankTreeCore::build_nodes(std::vector<Branch>& level, size_t count) {
  while (level.size() > 1) {
    const size_t nodes = (level.size() + RankNode::kMaxRows - 1) / RankNode::kMaxRows;
    std::vector<Branch> above(nodes);
    const Branch* next = level.data();
    for (size_t i = 0; i < nodes; ++i) {
      const size_t rows = level.size() / nodes + (i < level.size() % nodes ? 1 : 0);
      above[i] = make_node(next, rows);
      next += rows;
    }
    level.swap(above);
    ++height_;
  }
  root_ = level.front().child;
  size_ = count;
}

void RankTreeCore::check_row(const Branch& row, const RankNode& node) {
  CHECK(row.count == node.count_before(node.size()), "{} elements are counted as {}",
        node.count_before(node.size()), row.count);
  CHECK(row.order == node.order(0) && row.first == node.first(0),
        "a row does not tell the first element below it");
}

void RankTreeCore::check_leaf(const Branch& row) const {
  CHECK(row.count > 0 && row.count <= kLeafMax, "a leaf of {} elements", row.count);
  const auto* const leaf = static_cast<const uint64_t*>(row.child);
  CHECK(row.first == leaf[0] && row.order == order_of_(leaf[0]),
        "a row does not tell the first element of a leaf");
}

void RankTreeCore::check_totals(size_t elements, size_t bytes) const {
  CHECK(elements == size_, "{} elements are counted as {}", elements, size_);
  CHECK(bytes == bytes_, "{} bytes are counted as {}", bytes, bytes_);
  CHECK(height_ <= kMaxHeight, "a tree of height {}", height_);
  CHECK((root_ == nullptr) == (size_ == 0), "a root without elements, or elements without a root");
  CHECK(height_ == 0 || static_cast<const RankNode*>(root_)->size() > 1, "a root with one child");
}

}  // namespace redpoll::ds
