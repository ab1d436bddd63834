// Moves blocks of memory from slabs in which few are left to fuller ones, so that the allocator can give the
// pages of the former back.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "mem/zmalloc.h"

namespace redpoll::mem {

class Relocator {
 public:
  // What is worth to be moved. `everything`: wherever it lies, for tests.
  enum class Choice : uint8_t { what_is_sparse, everything };
  explicit Relocator(Choice choice = Choice::what_is_sparse) : choice_(choice) {}

  // Whether moving helps at all with the allocator that there is.
  static bool possible() noexcept { return zmalloc_knows_slabs(); }

  // A copy of the block's bytes in another place, or null if it may stay where it is. The caller puts the
  // copy in the place of the block and then releases that. `size`: as for zfree.
  [[nodiscard]] void* copy(const void* block, size_t size) {
    const bool wanted = choice_ == Choice::everything || zmalloc_in_sparse_slab(block);
    void* const fresh = wanted ? try_zmalloc_densely(size) : nullptr;
    ++(fresh != nullptr ? hits_ : misses_);
    return fresh == nullptr ? nullptr : std::memcpy(fresh, block, size);
  }
  static void release(void* block, size_t size) noexcept { zfree_densely(block, size); }

  // The same in one step, where nobody but the caller knows the place: the one that is good from now on.
  template <class T>
  T* move(T* block, size_t size) {
    void* const fresh = copy(block, size);
    if (fresh == nullptr) return block;
    release(block, size);
    return static_cast<T*>(fresh);
  }

  // Blocks that were moved, and that were looked at and stayed.
  uint64_t hits() const { return hits_; }
  uint64_t misses() const { return misses_; }
  void reset() { hits_ = misses_ = 0; }

 private:
  uint64_t hits_ = 0;
  uint64_t misses_ = 0;
  Choice choice_;
};

}  // namespace redpoll::mem
