// An input of ZUNION, ZINTER and ZDIFF: a sorted set, or a set, whose members all have the score 1.
#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>
#include <variant>

#include "store/set.h"
#include "store/sorted_set.h"

namespace redpoll::cmd {

// A look at one. Valid until the entry or its database changes.
class ScoredSource {
 public:
  // Whether an entry, or null for a key that is not there, can be one.
  static bool accepts(const store::Entry* entry) {
    return entry == nullptr || entry->type() == store::Type::set || entry->type() == store::Type::sorted_set;
  }
  // REQUIRES: accepts(entry). Without an entry there are no members.
  explicit ScoredSource(const store::Entry* entry) : entry_(entry) {
    if (entry == nullptr) return;
    if (entry->type() == store::Type::set) {
      view_ = store::SetView(*entry);
    } else {
      view_ = store::SortedSetView(*entry);
    }
  }

  // O(1).
  size_t size() const;
  // O(1) of a large one.
  std::optional<double> score(const store::Element& member) const;
  bool is_same_as(const ScoredSource& other) const { return entry_ == other.entry_; }

  // Calls `fn(const Element&, double)` for the members, in no order, until it returns false.
  template <class F>
  void each_while(F&& fn) const {
    if (const auto* set = std::get_if<store::SetView>(&view_)) {
      set->each_while([&fn](const store::Element& member) { return fn(member, 1.0); });
    } else if (const auto* sorted = std::get_if<store::SortedSetView>(&view_)) {
      walk(*sorted, fn);
    }
  }
  // The same for all of them.
  template <class F>
  void each(F&& fn) const {
    each_while([&fn](const store::Element& member, double score) {
      fn(member, score);
      return true;
    });
  }

 private:
  template <class F>
  static void walk(const store::SortedSetView& set, F&& fn) {
    constexpr size_t kAtOnce = 256;
    bool more = true;
    for (size_t first = 0; more && first < set.size(); first += kAtOnce) {
      const store::RankRange ranks{first, std::min(kAtOnce, set.size() - first)};
      set.each(ranks, store::Direction::ascending,
               [&](const store::Element& member, double score) { more = more && fn(member, score); });
    }
  }

  const store::Entry* entry_;
  std::variant<std::monostate, store::SetView, store::SortedSetView> view_;
};

}  // namespace redpoll::cmd
