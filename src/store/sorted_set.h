// Sorted sets: members that are distinct, ordered by their score and, where scores are equal, as bytes are
// compared.
//
// A small one is a listpack of member, score, member, score, ... in that order (sorted_set_packed.h). Beyond
// zset-max-listpack-entries, or with a member longer than zset-max-listpack-value, it is a SortedSetTable: an
// index of the members beside a tree that knows ranks. It never goes back.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "base/rng.h"
#include "base/sampling.h"
#include "store/draw.h"
#include "store/element.h"
#include "store/slot.h"
#include "store/sorted_set_packed.h"
#include "store/sorted_set_range.h"
#include "store/sorted_set_table.h"

namespace redpoll::store {

// A member as views hand it out; valid until the set changes.
struct ScoredElement {
  Element member;
  double score;
};

// A look at a sorted set. Valid until the entry or its database changes. Costs are those of a large set, n
// members; a packed one is walked through.
class SortedSetView {
 public:
  struct Ranked {
    size_t rank;  // seen from the direction asked for
    double score;
  };

  explicit SortedSetView(const Entry& entry, const HashHint& hint = kNoHint[0])
      : packed_(entry.encoding() == Encoding::object ? std::string_view{} : entry.packed()),
        table_(entry.encoding() == Encoding::object ? static_cast<const SortedSetTable*>(&entry.object())
                                                    : nullptr),
        hint_(&hint) {}

  // O(1).
  size_t size() const;
  // O(1).
  std::optional<double> score(std::string_view member) const;
  // How many members come before it in that direction. O(log n).
  std::optional<Ranked> rank(std::string_view member, Direction direction) const;
  // REQUIRES: rank < size(); counted from the lowest. O(log n).
  ScoredElement at(size_t rank) const;

  // The members within bounds; none if no member can be. O(log n).
  RankRange ranks_in(const ScoreRange& range) const;
  // The same by text, which makes sense where all scores are equal. Where they are not, a packed set answers
  // as Redis does: the run without a gap that is met first in that direction; and a large one with some run.
  // O(log n).
  RankRange ranks_in(const LexRange& range, Direction direction = Direction::ascending) const;

  // Calls `fn(Element, double)` for the members of those ranks, from the lowest or from the highest on; it
  // must not change the set. REQUIRES: ranks.first + ranks.count <= size(). O(log n + count).
  template <class F>
  void each(RankRange ranks, Direction direction, F&& fn) const {
    if (table_ != nullptr) {
      table_->each(ranks, direction, [&](ScoredMember m) { fn(Element(m.text()), m.score()); });
    } else {
      SortedSetPacked(packed_).each(ranks, direction, fn);
    }
  }
  // All of them in ascending order.
  template <class F>
  void each(F&& fn) const {
    each({0, size()}, Direction::ascending, fn);
  }
  // Calls `fn(Element, double)` for the members of one step of an iteration and returns the next cursor, 0 at
  // the end; all at once if they are packed. A member that is there from the first call to the last is
  // visited at least once.
  template <class F>
  uint64_t scan(uint64_t cursor, F&& fn) const {
    if (table_ != nullptr) {
      return table_->scan(cursor, [&](ScoredMember m) { fn(Element(m.text()), m.score()); });
    }
    each(fn);
    return 0;
  }
  // Any member, each as likely as another. O(log n).
  ScoredElement random(Rng& rng) const { return at(rng.below(size())); }
  // Calls `fn(ScoredElement)` for `count` such members, of which the same may come again, until it returns
  // false.
  template <class F>
  void draw(Rng& rng, uint64_t count, F&& fn) const {
    draw_from(*this, rng, count, packed() ? DrawCost::a_walk : DrawCost::little, fn);
  }
  // Calls `fn(ScoredElement)` for `count` different members, each choice as likely as another; their order is
  // not random. REQUIRES: count <= size(). O(n), and O(count log n) if that is less.
  template <class F>
  void sample(Rng& rng, size_t count, F&& fn) const;

  // Whether it is packed: small, and visited by `scan` all at once.
  bool packed() const { return table_ == nullptr; }

 private:
  std::string_view packed_;
  const SortedSetTable* table_;  // null: packed
  const HashHint* hint_;
};

template <class F>
void SortedSetView::sample(Rng& rng, size_t count, F&& fn) const {
  // Finding a member by its rank takes about as long as visiting that many.
  constexpr size_t kVisitsPerRank = 8;
  const size_t all = size();
  if (!packed() && count <= all / kVisitsPerRank) {
    return draw_distinct(
        count, [&] { return rng.below(all); }, [&](size_t rank) { fn(at(rank)); });
  }
  Sampler sampler(rng, all, count);
  each([&](const Element& member, double score) {
    if (sampler.takes_next()) fn(ScoredElement{member, score});
  });
}

// When a member is given a score. `if_greater` and `if_less` may stand beside `if_present`, and let new
// members come.
struct AddOptions {
  bool if_absent = false;   // NX
  bool if_present = false;  // XX
  bool if_greater = false;  // GT
  bool if_less = false;     // LT
  bool increment = false;   // INCR: the score is added to the one there is
};

struct AddResult {
  // `refused`: an option did not allow it. `unchanged`: the member has that score already. `not_a_number`:
  // the sum would be NaN, and nothing was done.
  enum class What : uint8_t { refused, unchanged, updated, added, not_a_number };
  What what;
  double score;  // given, or the sum; 0 if it was refused or is not a number
};

// Changes a sorted set through its slot. The slot must accept<SortedSet>() and outlive it. An empty slot gets
// its key with the first member. When the last member has gone the key is still there, for the caller to
// erase: see cmd::erase_if_empty.
class SortedSetEditor {
 public:
  explicit SortedSetEditor(Slot& slot) : slot_(slot) {}

  size_t size() const { return slot_.occupied() ? SortedSetView(slot_.entry()).size() : 0; }
  // REQUIRES: `score` is not NaN. O(log n).
  AddResult add(std::string_view member, double score, const AddOptions& options = {});
  // False if it is not there. O(log n).
  bool remove(std::string_view member);
  // Removes the members of those ranks, after `fn(Element, double)` for each in ascending order. REQUIRES:
  // the slot is occupied, ranks.first + ranks.count <= size(). O(log n + count).
  template <class F>
  void remove_ranks(RankRange ranks, F&& fn) {
    if (ranks.empty()) return;
    slot_.note_change();
    if (table() != nullptr) {
      begin_edit().remove_ranks(ranks, [&](ScoredMember m) { fn(Element(m.text()), m.score()); });
    } else {
      SortedSetPacked(slot_.entry().packed()).each(ranks, Direction::ascending, fn);
      remove_packed(ranks);
    }
  }
  void remove_ranks(RankRange ranks) {
    remove_ranks(ranks, [](Element, double) {});
  }
  // Removes up to `count` members from the lowest or the highest on, after `fn(Element, double)` for each in
  // that order. REQUIRES: the slot is occupied. O(log n + count).
  template <class F>
  void pop(Direction direction, size_t count, F&& fn) {
    const SortedSetView view(slot_.entry());
    const RankRange ranks = RankRange{0, view.size()}.slice(0, count, direction);
    view.each(ranks, direction, fn);
    remove_ranks(ranks);
  }

  // Turns packed members into a table, which is no change. O(n) for those few. REQUIRES: the slot is
  // occupied.
  void unpack() {
    if (table() == nullptr) convert();
  }

 private:
  // Null if there is no key, or its value is packed.
  const SortedSetTable* table() const {
    const bool large = slot_.occupied() && slot_.entry().encoding() == Encoding::object;
    return large ? static_cast<const SortedSetTable*>(&slot_.entry().object()) : nullptr;
  }
  // The table; what is done to it may come to nothing, see Slot. REQUIRES: table() != nullptr.
  SortedSetTable& begin_edit() { return static_cast<SortedSetTable&>(slot_.begin_edit().object()); }
  AddResult add_to_packed(std::string_view member, double score, const AddOptions& options);
  void create(std::string_view member, double score);
  void insert_packed(std::string_view member, double score);
  void move_packed(SortedSetPacked::Place from, std::string_view member, double score);
  void remove_packed(RankRange ranks);
  SortedSetTable& convert();

  Slot& slot_;
};

// The type tag for Database::find and Slot.
struct SortedSet {
  using View = SortedSetView;
  static constexpr Type kType = Type::sorted_set;

  struct Member {
    std::string_view text;
    double score;
  };
  // Puts a whole set into a slot, in place of what is there, for a command that stores its result. REQUIRES:
  // members are distinct and in ascending order (see `before`), and at least one. O(n).
  static void store(Slot& slot, std::span<const Member> members);
  // The order of sorted sets.
  static bool before(const Member& a, const Member& b) {
    return a.score != b.score ? a.score < b.score : a.text < b.text;
  }
};

}  // namespace redpoll::store
