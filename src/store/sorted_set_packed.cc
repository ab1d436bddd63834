#include "store/sorted_set_packed.h"

#include <charconv>

#include "base/numbers.h"

namespace redpoll::store {

using ds::Listpack;
using ds::ListpackView;

namespace {

// The integer that a score is stored as, where Redis would: minus zero loses its sign by it.
std::optional<int64_t> as_integer(double score) {
  constexpr double kLimit = 0x1p62;
  if (!(score >= -kLimit && score <= kLimit)) return std::nullopt;
  const auto integer = static_cast<int64_t>(score);
  return static_cast<double>(integer) == score ? std::optional<int64_t>(integer) : std::nullopt;
}

// Calls `put` with what is stored for a score: a number, or text.
template <class F>
void with_stored(double score, F&& put) {
  if (const auto integer = as_integer(score)) return put(*integer);
  char text[kDoubleChars];
  put(std::string_view{text, format_double(text, score)});
}

// What every member takes beside its own bytes: its score with head and back length.
constexpr size_t kScoreBytes = kDoubleChars + 8;

}  // namespace

double SortedSetPacked::score_in(const Element& element) {
  if (element.is_integer()) return static_cast<double>(element.integer());
  Element::Digits unused;
  const std::string_view text = element.text(unused);
  double score = 0;
  std::from_chars(text.data(), text.data() + text.size(), score);
  return score;
}

size_t SortedSetPacked::rank_of(Place member) const {
  size_t rank = 0;
  for (Place at = list_.first(); at != member; at = next(at)) ++rank;
  return rank;
}

SortedSetPacked::Place SortedSetPacked::place_for(std::string_view member, double score) const {
  for (Place at = list_.first(); at != ListpackView::kNone;) {
    const Place score_at = list_.next(at);
    const double other = score_in(list_.get(score_at));
    if (other > score) return at;
    Element::Digits digits;
    if (other == score && list_.get(at).text(digits) > member) return at;
    at = list_.next(score_at);
  }
  return ListpackView::kNone;
}

RankRange SortedSetPacked::ranks_in(const ScoreRange& range) const {
  RankRange ranks;
  for (Place at = list_.first(); at != ListpackView::kNone;) {
    const Place score_at = list_.next(at);
    const double score = score_in(list_.get(score_at));
    if (!range.below_max(score)) break;
    ++(range.above_min(score) ? ranks.count : ranks.first);
    at = list_.next(score_at);
  }
  return ranks;
}

RankRange SortedSetPacked::ranks_in(const LexRange& range, Direction direction) const {
  const auto at = [&](Place place, auto&& test) {
    Element::Digits digits;
    return test(list_.get(place).text(digits));
  };
  const auto above_min = [&](std::string_view text) { return range.above_min(text); };
  const auto below_max = [&](std::string_view text) { return range.below_max(text); };
  const auto up = [&](Place place) { return next(place); };
  const auto down = [&](Place place) { return prev(place); };
  // The run at which the walk arrives when it has left those behind that are before it, and its length.
  const auto run = [&](Place from, auto&& step, auto&& arrived, auto&& inside) {
    RankRange found;
    for (; from != ListpackView::kNone && !at(from, arrived); from = step(from)) ++found.first;
    for (; from != ListpackView::kNone && at(from, inside); from = step(from)) ++found.count;
    return found;
  };

  if (list_.empty()) return {};
  const Place lowest = list_.first(), highest = list_.prev(list_.last());
  if (!at(lowest, below_max) || !at(highest, above_min)) return {};
  if (direction == Direction::ascending) return run(lowest, up, above_min, below_max);
  const RankRange from_above = run(highest, down, below_max, above_min);
  return {size() - from_above.first - from_above.count, from_above.count};
}

void SortedSetPackedEditor::insert(ListpackView::Place before, std::string_view member, double score) {
  if (before == ListpackView::kNone) return append(member, score);
  const ListpackView::Place at = list_.insert(before, member);
  with_stored(score, [&](auto stored) { list_.insert(list_.next(at), stored); });
}

void SortedSetPackedEditor::append(std::string_view member, double score) {
  list_.append(member);
  with_stored(score, [&](auto stored) { list_.append(stored); });
}

void SortedSetPackedEditor::set_score(ListpackView::Place member, double score) {
  with_stored(score, [&](auto stored) { list_.replace(list_.next(member), stored); });
}

void SortedSetPackedEditor::erase(ListpackView::Place member, size_t count) {
  list_.erase(member, 2 * count);
}

bool SortedSetPackedEditor::has_room_for(size_t member_size) const {
  return list_.has_room_for(member_size + kScoreBytes);
}

}  // namespace redpoll::store
