#include "ds/rank_tree_node.h"

#include <algorithm>
#include <cstring>
#include <new>

#include "base/assert.h"
#include "mem/zmalloc.h"

namespace redpoll::ds {

// 3, 7, 15, 31 and 63 rows make nodes of about 100 bytes to 2 KiB that fill their size classes.
size_t RankNode::capacity_for(size_t rows) {
  return std::min(kMaxRows, std::max<size_t>(3, std::bit_ceil(rows + 2) - 1));
}

RankNode* RankNode::allocate(size_t capacity) {
  return new (mem::zmalloc(bytes_for(capacity))) RankNode(capacity);
}

RankNode* RankNode::create(const Branch* rows, size_t count) {
  RankNode* node = allocate(capacity_for(count));
  node->rows_ = static_cast<uint32_t>(count);
  for (size_t i = 0; i < count; ++i) node->set_branch(i, rows[i]);
  return node;
}

void RankNode::destroy(RankNode* node) { mem::zfree(node, bytes_for(node->capacity_)); }

void RankNode::set_branch(size_t row, const Branch& branch) {
  column(0)[row] = branch.order;
  column(1)[row] = branch.first;
  column(2)[row] = branch.count;
  column(3)[row] = std::bit_cast<uint64_t>(branch.child);
}

RankNode* RankNode::insert(size_t row, const Branch& branch) {
  DCHECK(rows_ < kMaxRows && row <= rows_);
  RankNode* node = rows_ < capacity_ ? this : allocate(capacity_for(rows_));
  for (size_t i = 0; i < kColumns; ++i) {
    const uint64_t* from = column(i);
    uint64_t* to = node->column(i);
    std::memmove(to + row + 1, from + row, (rows_ - row) * sizeof *to);
    if (node != this) std::memcpy(to, from, row * sizeof *to);
  }
  node->rows_ = rows_ + 1;
  node->set_branch(row, branch);
  if (node != this) destroy(this);
  return node;
}

void RankNode::erase(size_t row) {
  DCHECK(row < rows_);
  --rows_;
  for (size_t i = 0; i < kColumns; ++i) {
    uint64_t* at = column(i) + row;
    std::memmove(at, at + 1, (rows_ - row) * sizeof *at);
  }
}

size_t RankNode::memory_bytes() const { return mem::good_size(bytes_for(capacity_)); }

void RankNode::validate() const {
  CHECK(rows_ > 0 && rows_ <= capacity_ && capacity_ <= kMaxRows, "{} rows in a node for {}", rows_,
        capacity_);
}

}  // namespace redpoll::ds
