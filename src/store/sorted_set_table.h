// A large sorted set: its members in a hash table, for their scores, and the same words in a tree, for their
// order. A member is one allocation of score and bytes.
#pragma once

#include <memory>
#include <optional>
#include <string_view>

#include "ds/dict.h"
#include "ds/rank_tree.h"
#include "store/access.h"
#include "store/object.h"
#include "store/scored_member.h"
#include "store/sorted_set_range.h"

namespace redpoll::store {

struct ScoredMemberIndexPolicy {
  using Element = ScoredMember;
  using Key = std::string_view;
  static Key key(ScoredMember m) { return m.text(); }
  static bool equal(ScoredMember m, Key key) { return m.text() == key; }
  static uint64_t hash(Key key, const SipKey& seed) { return siphash13(key, seed); }
  static void destroy(ScoredMember m) { ScoredMember::destroy(m); }
  static void prefetch(ScoredMember m) { m.prefetch(); }
};

struct ScoredMemberOrderPolicy {
  using Element = ScoredMember;
  using Order = double;
  static double order(ScoredMember m) { return m.score(); }
  static bool before(ScoredMember a, ScoredMember b) {
    const double x = a.score(), y = b.score();
    return x != y ? x < y : a.text() < b.text();
  }
  static void prefetch(ScoredMember m) { m.prefetch(); }
};

class SortedSetTable final : public Object {
 public:
  explicit SortedSetTable(const SipKey& seed) : index_(seed) {}
  ~SortedSetTable() override;

  size_t size() const { return index_.size(); }
  // O(1). The hint is for the member (here and below).
  std::optional<ScoredMember> find(std::string_view member, const HashHint& hint = kNoHint[0]) const {
    return index_.find(member, hint.hash_of(member, index_.seed()));
  }
  // How many members are before it. REQUIRES: it is one of the set. O(log n).
  size_t rank(ScoredMember member) const { return *order_.rank(member); }
  // REQUIRES: rank < size(). O(log n).
  ScoredMember at(size_t rank) const { return order_.at(rank); }
  // O(log n).
  RankRange ranks_in(const ScoreRange& range) const;
  RankRange ranks_in(const LexRange& range) const;

  // Where a member is or would be, for `insert`, `remove` and the like without a second search.
  using Place = ds::Dict<ScoredMemberIndexPolicy>::Place;
  Place locate(std::string_view member, const HashHint& hint = kNoHint[0]) {
    return index_.locate_for_write(member, hint.hash_of(member, index_.seed()));
  }
  // REQUIRES: !place.found(), and it is that of `member`. O(log n).
  void insert(Place& place, std::string_view member, double score);
  // REQUIRES: place.found(). O(log n), O(1) if the order stays the same.
  void set_score(const Place& place, double score);
  void remove(Place& place);
  // Calls `fn(ScoredMember)` for the members of those ranks in ascending order, and removes each after its
  // call.
  template <class F>
  void remove_ranks(RankRange ranks, F&& fn) {
    order_.erase_ranks(ranks.first, ranks.count, [&](ScoredMember m) {
      fn(m);
      index_.erase(m.text());
    });
  }
  // Fills an empty table with `count` members that `next()` hands out in order. The members become its own.
  // O(count).
  template <class F>
  void build(size_t count, F&& next) {
    index_.expand(count);
    order_.build(count, [&] {
      const ScoredMember member = next();
      index_.add(member);
      return member;
    });
  }

  // Calls `fn(ScoredMember)` for the members of those ranks, in that order.
  template <class F>
  void each(RankRange ranks, Direction direction, F&& fn) const {
    if (ranks.empty()) return;
    if (direction == Direction::ascending) return order_.each(ranks.first, ranks.count, fn);
    order_.each_backward(ranks.first + ranks.count - 1, ranks.count, fn);
  }
  // See Dict::scan.
  template <class F>
  uint64_t scan(uint64_t cursor, F&& fn) const {
    return index_.scan(cursor, fn);
  }

  std::string_view encoding_name() const override { return "skiplist"; }
  Sought prefetch_bucket(std::string_view element) const override {
    const uint64_t hash = index_.hash(element);
    index_.prefetch_bucket(hash);
    return {hash, true};
  }
  void prefetch_element(uint64_t hash) const override { index_.prefetch_element(hash); }
  std::unique_ptr<Object> clone() const override;
  Bytes memory_bytes(size_t samples) const override;
  size_t free_effort() const override { return size() + 1; }
  std::optional<ds::DictStats> table_stats() const override { return index_.stats(); }
  uint64_t relocate(uint64_t cursor, mem::Relocator& relocator) override;
  void validate() const override;

 private:
  ds::Dict<ScoredMemberIndexPolicy> index_;  // owns the members
  ds::RankTree<ScoredMemberOrderPolicy> order_;
};

}  // namespace redpoll::store
