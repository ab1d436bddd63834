// A collection that is too large to be packed: what an entry owns by pointer.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "base/units.h"
#include "ds/dict_table.h"
#include "mem/relocator.h"

namespace redpoll::store {

class Object {
 public:
  virtual ~Object() = default;
  Object(const Object&) = delete;
  Object& operator=(const Object&) = delete;

  // What OBJECT ENCODING answers.
  virtual std::string_view encoding_name() const = 0;
  // A copy that shares nothing with the original.
  virtual std::unique_ptr<Object> clone() const = 0;
  // Memory that it takes, as the allocator rounds it; that of its elements is estimated from the first
  // `samples` of them, 0: from all.
  virtual Bytes memory_bytes(size_t samples) const = 0;
  // Asks for the memory that a search for an element will touch, in two steps between which other work is
  // done: the bucket in which it lies, and then, with the hash that this returns, what is in that bucket.
  // Nothing where elements have no names. O(1).
  struct Sought {
    uint64_t hash = 0;
    bool by_bytes = false;  // it is that of the element's bytes, and may serve for the search
  };
  virtual Sought prefetch_bucket([[maybe_unused]] std::string_view element) const { return {}; }
  virtual void prefetch_element([[maybe_unused]] uint64_t hash) const {}
  // About how many allocations must be freed with it. O(1).
  virtual size_t free_effort() const = 0;
  // How its hash table is filled, if it has one. O(n).
  virtual std::optional<ds::DictStats> table_stats() const { return std::nullopt; }
  // Moves the elements of one step to where they lie better, and returns the next cursor, 0 at the end.
  // Nothing where elements lie in blocks of a page or so, which leave no holes worth it.
  virtual uint64_t relocate([[maybe_unused]] uint64_t cursor, [[maybe_unused]] mem::Relocator& relocator) {
    return 0;
  }
  // Checks every promise of the layout; panics if one is broken. O(n).
  virtual void validate() const = 0;

 protected:
  Object() = default;
};

}  // namespace redpoll::store
