// Which part of a sorted set a command asks for: the bounds as clients write them, the direction, and LIMIT.
//
//   ranks    "0" "-1"             negative counts from the end, -1 being the last
//   scores   "5" "(5" "-inf"      "(" leaves the bound itself out
//   text     "[a" "(a" "-" "+"    "-" and "+" are before and behind everything
#pragma once

#include <cstdint>
#include <variant>

#include "exec/arg_reader.h"
#include "store/sorted_set.h"

namespace redpoll::cmd {

// What the bounds of a range are.
enum class By : uint8_t { rank, score, lex };

struct RankBounds {
  int64_t start = 0;
  int64_t stop = -1;
};
using RangeBounds = std::variant<RankBounds, store::ScoreRange, store::LexRange>;

// Reads two bounds: the lower one first, but for scores and texts in descending direction. Latches the error
// of Redis if they are malformed. Bounds that are text refer to the arguments.
RangeBounds read_bounds(exec::ArgReader& in, By by, store::Direction direction);

struct RangeQuery {
  RangeBounds bounds;
  store::Direction direction = store::Direction::ascending;
  int64_t offset = 0;  // negative: behind everything
  int64_t limit = -1;  // negative: none

  // The ranks that are asked for of this set. LIMIT has no say about ranks. O(log n).
  store::RankRange of(const store::SortedSetView& set) const;
};

}  // namespace redpoll::cmd
