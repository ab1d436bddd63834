#include "store/sorted_set_table.h"

#include <algorithm>
#include <cmath>

#include "store/extrapolate.h"

namespace redpoll::store {

SortedSetTable::~SortedSetTable() = default;

RankRange SortedSetTable::ranks_in(const ScoreRange& range) const {
  const size_t first =
      order_.partition_point([&](double score, auto&&) { return !range.above_min(score); }).rank();
  const size_t end =
      order_.partition_point([&](double score, auto&&) { return range.below_max(score); }).rank();
  return {first, end - std::min(first, end)};
}

RankRange SortedSetTable::ranks_in(const LexRange& range) const {
  const size_t first =
      order_.partition_point([&](double, auto&& member) { return !range.above_min(member().text()); }).rank();
  const size_t end =
      order_.partition_point([&](double, auto&& member) { return range.below_max(member().text()); }).rank();
  return {first, end - std::min(first, end)};
}

void SortedSetTable::insert(Place& place, std::string_view member, double score) {
  const ScoredMember fresh = ScoredMember::create(member, score);
  index_.insert(place, fresh);
  order_.insert(fresh);
}

void SortedSetTable::set_score(const Place& place, double score) {
  const ScoredMember member = place.element();
  order_.reposition(member, [&] { member.set_score(score); });
}

void SortedSetTable::remove(Place& place) {
  order_.erase(place.element());
  ScoredMember::destroy(index_.remove(place));
}

std::unique_ptr<Object> SortedSetTable::clone() const {
  auto copy = std::make_unique<SortedSetTable>(index_.seed());
  size_t rank = 0;
  // In order of rank, of which the tree hands out a leaf at a time.
  auto position = order_.position(rank);
  copy->build(size(), [&] {
    const ScoredMember member = position.element();
    position.next();
    return ScoredMember::create(member.text(), member.score());
  });
  return copy;
}

Bytes SortedSetTable::memory_bytes(size_t samples) const {
  const size_t counted = samples == 0 ? size() : std::min(samples, size());
  Bytes members = 0;
  order_.each(0, counted, [&](ScoredMember m) { members += m.memory_bytes(); });
  return mem::good_size(sizeof *this) + index_.memory_bytes() + order_.memory_bytes() +
         extrapolate(members, counted, size());
}

uint64_t SortedSetTable::relocate(uint64_t cursor, mem::Relocator& relocator) {
  return index_.relocate(cursor, [&](ScoredMember member) {
    return member.relocated(relocator, [&](ScoredMember moved) { order_.replace(member, moved); });
  });
}

void SortedSetTable::validate() const {
  index_.validate();
  order_.validate();
  CHECK(index_.size() == order_.size(), "{} members are indexed, {} are in order", index_.size(),
        order_.size());
  order_.each(0, size(), [&](ScoredMember m) {
    CHECK(!std::isnan(m.score()), "the score of a member is NaN");
    const auto found = index_.find(m.text());
    CHECK(found && *found == m, "a member is not the one that the index has");
  });
}

}  // namespace redpoll::store
