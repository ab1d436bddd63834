// The inner nodes of RankTree, and the sizes of its leaves. See rank_tree.h for the whole.
//
// An inner node has four columns of eight-byte words, one row for each child, so that a search reads the
// orders only and a rank is the sum of a run of counts:
//
//     +------+----------+----------------+----------------+----------------+------------------+
//     | rows | capacity | order of first | first element  | elements below | child            |
//     | 4    | 4        | 8 x capacity   | 8 x capacity   | 8 x capacity   | 8 x capacity     |
//     +------+----------+----------------+----------------+----------------+------------------+
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>

namespace redpoll::ds {

// The words that a leaf of `count` elements has room for: as many as fill the allocator's size class, of
// which there are four to each doubling (see mem::good_size), so that at most a fifth is unused. REQUIRES:
// count > 0.
constexpr size_t rank_leaf_capacity(size_t count) {
  const size_t step = count <= 16 ? 2 : size_t{1} << (std::bit_width(count - 1) - 3);
  return (count + step - 1) & ~(step - 1);
}

class RankNode {
 public:
  // Children that a node has at most; with its head that is 2 KiB.
  static constexpr size_t kMaxRows = 63;

  // What a node knows of a child: a row.
  struct Branch {
    uint64_t order;  // bits of the order of `first`
    uint64_t first;  // the first element below
    uint64_t count;  // of elements below
    void* child;
  };

  // A node with these rows, and room for one more at least if there are less than kMaxRows.
  [[nodiscard]] static RankNode* create(const Branch* rows, size_t count);
  static void destroy(RankNode* node);

  size_t size() const { return rows_; }
  uint64_t order(size_t row) const { return column(0)[row]; }
  uint64_t first(size_t row) const { return column(1)[row]; }
  uint64_t count(size_t row) const { return column(2)[row]; }
  void* child(size_t row) const { return std::bit_cast<void*>(column(3)[row]); }
  Branch branch(size_t row) const { return {order(row), first(row), count(row), child(row)}; }

  void set_first(size_t row, uint64_t order, uint64_t first) {
    column(0)[row] = order;
    column(1)[row] = first;
  }
  void add_to_count(size_t row, uint64_t difference) { column(2)[row] += difference; }
  void set_child(size_t row, void* child) { column(3)[row] = std::bit_cast<uint64_t>(child); }
  void set_branch(size_t row, const Branch& branch);

  // Puts a row before `row` and returns the node to be used from now on; `this` is freed if that is another
  // one. REQUIRES: size() < kMaxRows.
  [[nodiscard]] RankNode* insert(size_t row, const Branch& branch);
  void erase(size_t row);
  // Drops the rows from `count` on.
  void truncate(size_t count) { rows_ = static_cast<uint32_t>(count); }

  // Elements below the rows before `row`.
  uint64_t count_before(size_t row) const {
    const uint64_t* counts = column(2);
    uint64_t sum = 0;
    for (size_t i = 0; i < row; ++i) sum += counts[i];
    return sum;
  }
  // The node as its parent sees it. REQUIRES: size() > 0.
  Branch summary() { return {order(0), first(0), count_before(rows_), this}; }

  // As the allocator rounds it.
  size_t memory_bytes() const;
  // Panics if the numbers of rows and of places for them contradict each other.
  void validate() const;

 private:
  static constexpr size_t kColumns = 4;

  explicit RankNode(size_t capacity) : rows_(0), capacity_(static_cast<uint32_t>(capacity)) {}
  static size_t capacity_for(size_t rows);
  static size_t bytes_for(size_t capacity) {
    return sizeof(RankNode) + kColumns * capacity * sizeof(uint64_t);
  }
  static RankNode* allocate(size_t capacity);

  uint64_t* column(size_t index) { return reinterpret_cast<uint64_t*>(this + 1) + index * capacity_; }
  const uint64_t* column(size_t index) const {
    return reinterpret_cast<const uint64_t*>(this + 1) + index * capacity_;
  }

  uint32_t rows_;
  uint32_t capacity_;
};
static_assert(sizeof(RankNode) == 8);

}  // namespace redpoll::ds
