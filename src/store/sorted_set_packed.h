// A small sorted set as it lies in bytes: a listpack of member, score, member, score, ... in ascending order,
// a score being an integer if it is one, else text, as in RDB files of Redis.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "ds/listpack.h"
#include "store/element.h"
#include "store/sorted_set_range.h"

namespace redpoll::store {

// Reads one. Everything is O(n).
class SortedSetPacked {
 public:
  using Place = ds::ListpackView::Place;

  // REQUIRES: the bytes are a packed sorted set, and outlive this.
  explicit SortedSetPacked(std::string_view bytes) : list_(bytes) {}

  // O(1).
  size_t size() const { return list_.size() / 2; }
  // The place of the member; kNone if there is none.
  Place find(std::string_view member) const { return list_.find(list_.first(), member, 2); }
  // REQUIRES (here and below): `member` is the place of a member.
  double score_of(Place member) const { return score_in(list_.get(list_.next(member))); }
  Element member_at(Place member) const { return list_.get(member); }
  // The next member; kNone behind the last.
  Place next(Place member) const { return list_.next(list_.next(member)); }
  // The one before; kNone before the first.
  Place prev(Place member) const {
    const Place score = list_.prev(member);
    return score == ds::ListpackView::kNone ? score : list_.prev(score);
  }
  // How many members are before it.
  size_t rank_of(Place member) const;
  // REQUIRES: rank < size().
  Place at(size_t rank) const { return list_.index(static_cast<int64_t>(2 * rank)); }
  // The first member that is behind that one in the order of sorted sets; kNone if it belongs at the end.
  Place place_for(std::string_view member, double score) const;
  RankRange ranks_in(const ScoreRange& range) const;
  // See SortedSetView.
  RankRange ranks_in(const LexRange& range, Direction direction) const;

  // Calls `fn(Element, double)` for the members of those ranks in that order.
  template <class F>
  void each(RankRange ranks, Direction direction, F&& fn) const {
    if (ranks.empty()) return;
    const bool up = direction == Direction::ascending;
    Place at = this->at(up ? ranks.first : ranks.first + ranks.count - 1);
    for (size_t i = 0; i < ranks.count; ++i) {
      fn(list_.get(at), score_of(at));
      if (i + 1 < ranks.count) at = up ? next(at) : prev(at);
    }
  }

 private:
  static double score_in(const Element& element);

  ds::ListpackView list_;
};

// Changes one, in whatever buffer it lies.
class SortedSetPackedEditor {
 public:
  // REQUIRES: the buffer is empty or holds a packed sorted set. It outlives this.
  explicit SortedSetPackedEditor(ds::PackedBuffer& buffer) : list_(buffer) {}

  // Puts a member before the place that SortedSetPacked::place_for found. REQUIRES: it is not there yet.
  void insert(ds::ListpackView::Place before, std::string_view member, double score);
  // REQUIRES: the member is behind all others.
  void append(std::string_view member, double score);
  // Gives the member at a place a score with which it stays where it is.
  void set_score(ds::ListpackView::Place member, double score);
  // Removes `count` members from that place on.
  void erase(ds::ListpackView::Place member, size_t count = 1);
  // Whether another member of that size would still be a listpack.
  bool has_room_for(size_t member_size) const;

 private:
  ds::Listpack list_;
};

}  // namespace redpoll::store
