#include "cmd/sorted_set_range.h"

#include <limits>

#include "base/numbers.h"
#include "cmd/index_range.h"

namespace redpoll::cmd {

using exec::ArgReader;
using exec::Outcome;
using store::Direction;
using store::LexBound;
using store::RankRange;
using store::ScoreBound;

namespace {

constexpr Outcome kBadScore{"ERR min or max is not a float"};
constexpr Outcome kBadText{"ERR min or max not valid string range item"};

ScoreBound read_score_bound(ArgReader& in) {
  std::string_view text = in.next();
  const bool exclusive = !text.empty() && text[0] == '(';
  if (exclusive) text.remove_prefix(1);
  const auto score = parse_c_double(text);
  if (!score) in.reject(kBadScore);
  return {score.value_or(0), exclusive};
}

LexBound read_lex_bound(ArgReader& in) {
  const std::string_view text = in.next();
  const char sign = text.empty() ? '\0' : text[0];
  // Redis reads these two as C strings.
  const bool alone = text.size() == 1 || (text.size() > 1 && text[1] == '\0');
  if (sign == '-' && alone) return {LexBound::Kind::lowest, {}};
  if (sign == '+' && alone) return {LexBound::Kind::highest, {}};
  if (sign == '[') return {LexBound::Kind::inclusive, text.substr(1)};
  if (sign == '(') return {LexBound::Kind::exclusive, text.substr(1)};
  in.reject(kBadText);
  return {};
}

template <class Range, class ReadBound>
Range read_range(ArgReader& in, Direction direction, ReadBound read_bound) {
  const auto first = read_bound(in);
  const auto second = read_bound(in);
  return direction == Direction::ascending ? Range{first, second} : Range{second, first};
}

RankRange ranks_within(const RankBounds& bounds, size_t size, Direction direction) {
  const IndexRange range = IndexRange::within(size, bounds.start, bounds.stop);
  return RankRange{0, size}.slice(range.first, range.count, direction);
}

}  // namespace

RangeBounds read_bounds(ArgReader& in, By by, Direction direction) {
  switch (by) {
    case By::rank: {
      const int64_t start = in.integer();
      return RankBounds{start, in.integer()};
    }
    case By::score: return read_range<store::ScoreRange>(in, direction, read_score_bound);
    case By::lex: return read_range<store::LexRange>(in, direction, read_lex_bound);
  }
  return {};
}

RankRange RangeQuery::of(const store::SortedSetView& set) const {
  if (const auto* ranks = std::get_if<RankBounds>(&bounds))
    return ranks_within(*ranks, set.size(), direction);
  const auto* scores = std::get_if<store::ScoreRange>(&bounds);
  const RankRange within =
      scores != nullptr ? set.ranks_in(*scores) : set.ranks_in(*std::get_if<store::LexRange>(&bounds));
  if (offset < 0) return {within.first, 0};
  const size_t most = limit < 0 ? std::numeric_limits<size_t>::max() : static_cast<size_t>(limit);
  return within.slice(static_cast<size_t>(offset), most, direction);
}

}  // namespace redpoll::cmd
