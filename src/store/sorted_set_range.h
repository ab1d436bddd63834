// Which part of a sorted set is meant: by rank, by score, by text.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace redpoll::store {

// From the lowest score to the highest, or back.
enum class Direction : uint8_t { ascending, descending };

// `count` elements from the one that has `first` elements below it. Counted from the lowest, always.
struct RankRange {
  size_t first = 0;
  size_t count = 0;

  bool empty() const { return count == 0; }
  bool operator==(const RankRange&) const = default;
  // What is left when, seen in that direction, the first `offset` elements are skipped and at most `limit`
  // are taken. ZREVRANGE key 2 5 is `RankRange{0, size}.slice(2, 4, Direction::descending)`.
  RankRange slice(size_t offset, size_t limit, Direction direction) const {
    if (offset >= count) return {first, 0};
    const size_t kept = std::min(limit, count - offset);
    return {direction == Direction::ascending ? first + offset : first + count - offset - kept, kept};
  }
};

struct ScoreBound {
  double score = 0;
  bool exclusive = false;
};
// REQUIRES: no bound is NaN.
struct ScoreRange {
  ScoreBound min;
  ScoreBound max;

  bool above_min(double score) const { return min.exclusive ? score > min.score : score >= min.score; }
  bool below_max(double score) const { return max.exclusive ? score < max.score : score <= max.score; }
  bool contains(double score) const { return above_min(score) && below_max(score); }
};

// A bound for elements in a set where all scores are equal. `lowest` and `highest`: "-" and "+".
struct LexBound {
  enum class Kind : uint8_t { lowest, inclusive, exclusive, highest };
  Kind kind = Kind::lowest;
  std::string_view text;
};
struct LexRange {
  LexBound min;
  LexBound max;

  bool above_min(std::string_view member) const;
  bool below_max(std::string_view member) const;
  bool contains(std::string_view member) const { return above_min(member) && below_max(member); }
};

}  // namespace redpoll::store
