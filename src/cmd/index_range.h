// A range of positions as LRANGE, LTRIM, and their like for other types take it.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace redpoll::cmd {

struct IndexRange {
  size_t first = 0;
  size_t count = 0;

  // What there is from `start` to `stop`, both included, of `size` elements: 0 is the first, -1 the last;
  // whatever lies beyond either end is left out.
  static constexpr IndexRange within(size_t size, int64_t start, int64_t stop) {
    const auto end = static_cast<int64_t>(size);
    if (start < 0) start = std::max<int64_t>(start + end, 0);
    if (stop < 0) stop += end;
    stop = std::min(stop, end - 1);
    if (start > stop) return {};
    return {static_cast<size_t>(start), static_cast<size_t>(stop - start + 1)};
  }
};

}  // namespace redpoll::cmd
