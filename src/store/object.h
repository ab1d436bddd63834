// A collection that is too large to be packed: what an entry owns by pointer.
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>

#include "base/units.h"

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
  // Memory that it takes, as the allocator rounds it; that of its elements is estimated from the first `samples` of
  // them, 0: from all.
  virtual Bytes memory_bytes(size_t samples) const = 0;
  // About how many allocations must be freed with it. O(1).
  virtual size_t free_effort() const = 0;
  // Checks every promise of the layout; panics if one is broken. O(n).
  virtual void validate() const = 0;

 protected:
  Object() = default;
};

}  // namespace redpoll::store
