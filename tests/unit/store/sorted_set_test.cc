// Sorted sets as commands see them, in both encodings.
#include "store/sorted_set.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <map>
#include <string>
#include <vector>

namespace redpoll::store {
namespace {

using What = AddResult::What;
using Members = std::vector<std::pair<std::string, double>>;

constexpr double kInfinity = std::numeric_limits<double>::infinity();

// A keyspace with one sorted set, which is packed up to `packed` members.
class OneSet {
 public:
  explicit OneSet(size_t packed = 128) { keyspace.encoding.zset_max_listpack_entries = packed; }

  Slot slot() { return keyspace.db(0).probe("z"); }
  SortedSetView view() { return *keyspace.db(0).find<SortedSet>("z").value; }
  const Entry& entry() { return *keyspace.db(0).lookup("z"); }
  bool exists() { return keyspace.db(0).lookup("z") != nullptr; }
  AddResult add(std::string_view member, double score, const AddOptions& options = {}) {
    Slot here = slot();
    return SortedSetEditor(here).add(member, score, options);
  }
  bool remove(std::string_view member) {
    Slot here = slot();
    return SortedSetEditor(here).remove(member);
  }
  Members members(RankRange ranks, Direction direction = Direction::ascending) {
    Members found;
    view().each(ranks, direction, [&](const Element& member, double score) {
      Element::Digits digits;
      found.emplace_back(member.text(digits), score);
    });
    return found;
  }
  Members members() { return members({0, view().size()}); }

  Keyspace keyspace{1, SipKey{1, 2}};
};

AddOptions only(bool AddOptions::*option) {
  AddOptions options;
  options.*option = true;
  return options;
}

// Compares a set with a map of the same members after random operations.
class Comparison {
 public:
  Comparison(uint64_t seed, size_t packed, uint64_t members, uint64_t scores)
      : rng_(seed), set_(packed), members_(members), scores_(scores) {}

  void run(int operations) {
    for (int i = 0; i < operations; ++i) {
      operate();
      if (model_.empty()) {
        if (set_.exists()) set_.slot().erase();
      } else if (i % 16 == 0) {
        check_all();
      } else {
        check_one(random_member());
      }
    }
  }
  bool large() { return set_.entry().encoding() == Encoding::object; }

 private:
  std::string random_member() {
    const uint64_t n = rng_.below(members_);
    // Some are numbers, some are short, some long.
    return n % 3 == 0   ? std::to_string(n)
           : n % 3 == 1 ? "m" + std::to_string(n)
                        : std::string(20 + n % 40, 'x') + std::to_string(n);
  }
  double random_score() {
    const double score = static_cast<double>(rng_.below(scores_)) - static_cast<double>(scores_ / 2);
    switch (rng_.below(8)) {
      case 0: return score / 3;
      case 1: return rng_.below(20) == 0 ? kInfinity : score * 1e15;
      case 2: return rng_.below(20) == 0 ? -kInfinity : score;
      default: return score;
    }
  }

  void operate() {
    const std::string member = random_member();
    switch (rng_.below(12)) {
      case 0:
      case 1: return remove(member);
      case 2: return remove_ranks();
      case 3: return increment(member);
      case 4: return pop();
      default: return add(member, random_score());
    }
  }
  void add(const std::string& member, double score) {
    const auto known = model_.find(member);
    const What expected = known == model_.end()    ? What::added
                          : known->second == score ? What::unchanged
                                                   : What::updated;
    const AddResult result = set_.add(member, score);
    REQUIRE(result.what == expected);
    REQUIRE(result.score == score);
    model_[member] = score;
  }
  void increment(const std::string& member) {
    const auto known = model_.find(member);
    const AddResult result = set_.add(member, 2.5, only(&AddOptions::increment));
    const double expected = known == model_.end() ? 2.5 : known->second + 2.5;
    REQUIRE(result.score == expected);
    model_[member] = expected;
  }
  void remove(const std::string& member) { REQUIRE(set_.remove(member) == (model_.erase(member) == 1)); }
  void remove_ranks() {
    if (model_.empty() || rng_.below(4) != 0) return;
    const Members sorted = in_order();
    RankRange ranks;
    ranks.first = rng_.below(sorted.size());
    ranks.count = rng_.below(std::min<size_t>(sorted.size() - ranks.first, 20) + 1);
    Members removed;
    Slot slot = set_.slot();
    SortedSetEditor(slot).remove_ranks(ranks, [&](const Element& member, double score) {
      Element::Digits digits;
      removed.emplace_back(member.text(digits), score);
    });
    const auto first = sorted.begin() + static_cast<ptrdiff_t>(ranks.first);
    REQUIRE(removed == Members(first, first + static_cast<ptrdiff_t>(ranks.count)));
    for (const auto& [member, score] : removed) model_.erase(member);
  }
  void pop() {
    if (model_.empty()) return;
    const Members sorted = in_order();
    const auto direction = rng_.below(2) == 0 ? Direction::ascending : Direction::descending;
    Slot slot = set_.slot();
    SortedSetEditor(slot).pop(direction, 1, [&](const Element& member, double score) {
      Element::Digits digits;
      const auto& expected = direction == Direction::ascending ? sorted.front() : sorted.back();
      REQUIRE(expected == Members::value_type(member.text(digits), score));
      model_.erase(expected.first);
    });
  }

  Members in_order() const {
    Members sorted(model_.begin(), model_.end());
    std::sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) {
      return SortedSet::before({a.first, a.second}, {b.first, b.second});
    });
    return sorted;
  }
  void check_one(const std::string& member) {
    const auto known = model_.find(member);
    const auto score = set_.view().score(member);
    REQUIRE(score.has_value() == (known != model_.end()));
    if (score) REQUIRE(*score == known->second);
  }
  void check_all() {
    const Members sorted = in_order();
    const SortedSetView view = set_.view();
    REQUIRE(view.size() == sorted.size());
    REQUIRE(set_.members() == sorted);
    Members backwards = set_.members({0, sorted.size()}, Direction::descending);
    std::reverse(backwards.begin(), backwards.end());
    REQUIRE(backwards == sorted);
    const size_t rank = rng_.below(sorted.size());
    const auto low = view.rank(sorted[rank].first, Direction::ascending);
    const auto high = view.rank(sorted[rank].first, Direction::descending);
    REQUIRE((low && low->rank == rank && low->score == sorted[rank].second));
    REQUIRE((high && high->rank == sorted.size() - 1 - rank));
    REQUIRE(view.at(rank).score == sorted[rank].second);
    check_range(sorted);
    if (set_.entry().encoding() == Encoding::object) set_.entry().object().validate();
  }
  void check_range(const Members& sorted) {
    ScoreRange range{{random_score(), rng_.below(2) == 0}, {random_score(), rng_.below(2) == 0}};
    Members expected;
    for (const auto& each : sorted) {
      if (range.contains(each.second)) expected.push_back(each);
    }
    const RankRange ranks = set_.view().ranks_in(range);
    REQUIRE(ranks.count == expected.size());
    if (!ranks.empty()) REQUIRE(set_.members(ranks) == expected);
  }

  Rng rng_;
  OneSet set_;
  uint64_t members_;
  uint64_t scores_;
  std::map<std::string, double> model_;
};

}  // namespace

TEST_CASE("A packed sorted set behaves like a map in order of score") {
  Comparison comparison(1, 1'000'000, 120, 50);
  comparison.run(6000);
  REQUIRE(!comparison.large());
}

TEST_CASE("A large sorted set behaves like a map in order of score") {
  Comparison few_scores(2, 0, 900, 12);
  few_scores.run(6000);
  REQUIRE(few_scores.large());
  Comparison(3, 0, 3000, 1'000'000).run(6000);
}

TEST_CASE("A sorted set behaves like a map in order of score while it is converted") {
  for (uint64_t seed = 10; seed < 30; ++seed) Comparison(seed, 40, 200, 30).run(200);
}

TEST_CASE("A sorted set becomes large with one member more than allowed, and stays it") {
  OneSet set(3);
  for (const char* member : {"a", "b", "c"}) set.add(member, 1);
  REQUIRE(encoding_name(set.entry()) == "listpack");
  set.add("c", 2);
  REQUIRE(encoding_name(set.entry()) == "listpack");
  set.slot().expire_at(UnixMs{1000});
  set.add("d", 1);
  REQUIRE(encoding_name(set.entry()) == "skiplist");
  REQUIRE(set.entry().deadline() == UnixMs{1000});
  REQUIRE(set.members() == Members{{"a", 1}, {"b", 1}, {"d", 1}, {"c", 2}});
  set.remove("d");
  set.remove("c");
  REQUIRE(encoding_name(set.entry()) == "skiplist");
}

TEST_CASE("A sorted set becomes large with a member longer than allowed") {
  OneSet set;
  set.add(std::string(64, 'a'), 1);
  REQUIRE(encoding_name(set.entry()) == "listpack");
  set.add(std::string(65, 'b'), 1);
  REQUIRE(encoding_name(set.entry()) == "skiplist");
  OneSet begins_large;
  begins_large.add(std::string(65, 'b'), 1);
  REQUIRE(encoding_name(begins_large.entry()) == "skiplist");
}

TEST_CASE("Members of any length and with any bytes are kept in a sorted set") {
  for (const size_t packed : {size_t{0}, size_t{128}}) {
    OneSet set(packed);
    set.keyspace.encoding.zset_max_listpack_value = 1 << 20;
    const std::string zeros(3, '\0');
    const std::string long_one(100'000, 'l');
    for (const std::string& member :
         {std::string(), zeros, std::string("-12"), std::string(65'535, 'x'), long_one}) {
      REQUIRE(set.add(member, 0).what == What::added);
      REQUIRE(set.add(member, 0).what == What::unchanged);
    }
    REQUIRE(set.members() ==
            Members{{"", 0}, {zeros, 0}, {"-12", 0}, {long_one, 0}, {std::string(65'535, 'x'), 0}});
    if (packed == 0) set.entry().object().validate();
    REQUIRE(set.remove(long_one));
    REQUIRE(set.remove(""));
    REQUIRE(set.view().size() == 3);
  }
}

TEST_CASE("Members with equal scores are ordered as bytes, not as characters") {
  for (const size_t packed : {size_t{0}, size_t{128}}) {
    OneSet set(packed);
    for (const char* member : {"b", "\xff", "B", "10", "9", "ab", "a"}) set.add(member, 7);
    REQUIRE(set.members() ==
            Members{{"10", 7}, {"9", 7}, {"B", 7}, {"a", 7}, {"ab", 7}, {"b", 7}, {"\xff", 7}});
  }
}

TEST_CASE("Options decide whether a member is given a score") {
  for (const size_t packed : {size_t{0}, size_t{128}}) {
    OneSet set(packed);
    REQUIRE(set.add("a", 5, only(&AddOptions::if_present)).what == What::refused);
    REQUIRE(!set.exists());
    REQUIRE(set.add("a", 5, only(&AddOptions::if_absent)).what == What::added);
    REQUIRE(set.add("a", 6, only(&AddOptions::if_absent)).what == What::refused);
    REQUIRE(set.add("a", 6, only(&AddOptions::if_present)).what == What::updated);
    REQUIRE(set.add("a", 6, only(&AddOptions::if_greater)).what == What::refused);
    REQUIRE(set.add("a", 7, only(&AddOptions::if_greater)).what == What::updated);
    REQUIRE(set.add("a", 7, only(&AddOptions::if_less)).what == What::refused);
    REQUIRE(set.add("a", 3, only(&AddOptions::if_less)).what == What::updated);
    REQUIRE(set.add("b", 3, only(&AddOptions::if_less)).what == What::added);
    const AddResult added = set.add("a", 4, only(&AddOptions::increment));
    REQUIRE(added.what == What::updated);
    REQUIRE(added.score == 7);
    REQUIRE(set.add("a", 0, only(&AddOptions::increment)).what == What::unchanged);
  }
}

TEST_CASE("A score never becomes NaN") {
  for (const size_t packed : {size_t{0}, size_t{128}}) {
    OneSet set(packed);
    set.add("a", kInfinity);
    REQUIRE(set.add("a", -kInfinity, only(&AddOptions::increment)).what == What::not_a_number);
    REQUIRE(set.view().score("a") == kInfinity);
    REQUIRE(set.add("a", -5, only(&AddOptions::increment)).what == What::unchanged);
  }
}

TEST_CASE("Scores of a packed sorted set are integers where Redis stores them so, and exact elsewhere") {
  OneSet set;
  const double scores[] = {-kInfinity, -1e300, -0x1p63,    -0x1p62, -1.5,   0.1,
                           1e-300,     3,      0x1p53 + 2, 0x1p62,  0x1p63, kInfinity};
  for (const double score : scores) set.add(std::to_string(score), score);
  for (const double score : scores) REQUIRE(set.view().score(std::to_string(score)) == score);
  set.slot().erase();
  set.add("m", 0x1p62);
  REQUIRE(set.entry().packed().find("4611686018427387904") == std::string_view::npos);
  set.add("m", 0.1);
  REQUIRE(set.entry().packed().find("0.10000000000000001") != std::string_view::npos);
}

TEST_CASE("Minus zero keeps its sign in a large sorted set only") {
  OneSet packed(128), large(0);
  packed.add("a", -0.0);
  large.add("a", -0.0);
  REQUIRE(!std::signbit(*packed.view().score("a")));
  REQUIRE(std::signbit(*large.view().score("a")));
  REQUIRE(large.add("a", 0.0).what == What::unchanged);
  const AddResult sum = large.add("a", 0.0, only(&AddOptions::increment));
  REQUIRE(sum.what == What::unchanged);
  REQUIRE(!std::signbit(sum.score));
  REQUIRE(std::signbit(*large.view().score("a")));
}

TEST_CASE("Members with equal scores are found by bounds of text") {
  using Kind = LexBound::Kind;
  for (const size_t packed : {size_t{0}, size_t{128}}) {
    OneSet set(packed);
    for (const char* member : {"a", "b", "c", "d", "e"}) set.add(member, 0);
    const auto ranks = [&](LexBound min, LexBound max) { return set.view().ranks_in(LexRange{min, max}); };
    REQUIRE(ranks({Kind::lowest, {}}, {Kind::highest, {}}) == RankRange{0, 5});
    REQUIRE(ranks({Kind::inclusive, "b"}, {Kind::exclusive, "d"}) == RankRange{1, 2});
    REQUIRE(ranks({Kind::exclusive, "b"}, {Kind::inclusive, "d"}) == RankRange{2, 2});
    REQUIRE(ranks({Kind::inclusive, "aa"}, {Kind::inclusive, "zz"}) == RankRange{1, 4});
    REQUIRE(ranks({Kind::inclusive, "d"}, {Kind::inclusive, "b"}).empty());
    REQUIRE(ranks({Kind::highest, {}}, {Kind::lowest, {}}).empty());
    REQUIRE(ranks({Kind::lowest, {}}, {Kind::lowest, {}}).empty());
    REQUIRE(ranks({Kind::highest, {}}, {Kind::highest, {}}).empty());
    REQUIRE(ranks({Kind::exclusive, "e"}, {Kind::highest, {}}).empty());
    REQUIRE(ranks({Kind::lowest, {}}, {Kind::exclusive, "a"}).empty());
  }
}

TEST_CASE("Bounds of text find the first run from either end of a packed sorted set with several scores") {
  using Kind = LexBound::Kind;
  OneSet set;
  for (const auto& [member, score] : Members{{"b", 1}, {"x", 2}, {"c", 3}, {"d", 4}, {"a", 5}, {"f", 6}})
    set.add(member, score);
  const LexRange range{{Kind::inclusive, "b"}, {Kind::inclusive, "g"}};
  REQUIRE(set.view().ranks_in(range) == RankRange{0, 1});
  REQUIRE(set.view().ranks_in(range, Direction::descending) == RankRange{5, 1});
  const LexRange ends_outside{{Kind::inclusive, "g"}, {Kind::inclusive, "y"}};
  REQUIRE(set.view().ranks_in(ends_outside).empty());
}

TEST_CASE("A slice of ranks is taken in either direction") {
  const RankRange all{10, 5};
  REQUIRE(all.slice(0, 2, Direction::ascending) == RankRange{10, 2});
  REQUIRE(all.slice(1, 100, Direction::ascending) == RankRange{11, 4});
  REQUIRE(all.slice(0, 2, Direction::descending) == RankRange{13, 2});
  REQUIRE(all.slice(4, 2, Direction::descending) == RankRange{10, 1});
  REQUIRE(all.slice(5, 2, Direction::descending).empty());
  REQUIRE(all.slice(SIZE_MAX, SIZE_MAX, Direction::ascending).empty());
}

TEST_CASE("A whole sorted set is stored in the encoding that its members want") {
  const SortedSet::Member members[] = {{"a", 1}, {"7", 2.5}, {"c", 2.5}};
  for (const size_t packed : {size_t{2}, size_t{3}}) {
    OneSet set(packed);
    Slot slot = set.slot();
    slot.store(String::encode("before"));
    slot.expire_at(UnixMs{1000});
    SortedSet::store(slot, members);
    REQUIRE(!slot.deadline());
    REQUIRE(encoding_name(slot.entry()) == (packed == 3 ? "listpack" : "skiplist"));
  }
  OneSet set(2);
  {
    Slot slot = set.slot();
    SortedSet::store(slot, members);
  }
  REQUIRE(set.members() == Members{{"a", 1}, {"7", 2.5}, {"c", 2.5}});
  set.entry().object().validate();
}

TEST_CASE("A copy of a sorted set shares nothing with the original") {
  for (const size_t packed : {size_t{0}, size_t{5000}}) {
    OneSet set(packed);
    for (int i = 0; i < 1000; ++i) set.add("member" + std::to_string(i), i % 10);
    const EntryPtr copy(set.entry().clone("copy", std::nullopt));
    for (int i = 0; i < 1000; i += 2) set.add("member" + std::to_string(i), 100);
    const SortedSetView view(*copy);
    REQUIRE(view.size() == 1000);
    REQUIRE(view.score("member998") == 8);
    if (packed == 0) copy->object().validate();
  }
}

TEST_CASE("A scan of a large sorted set visits every member that stays") {
  OneSet set(0);
  for (int i = 0; i < 2000; ++i) set.add(std::to_string(i), i);
  std::map<std::string, double> seen;
  uint64_t cursor = 0;
  int removed = 1999;
  do {
    cursor = set.view().scan(cursor, [&](const Element& member, double score) {
      Element::Digits digits;
      seen.emplace(member.text(digits), score);
    });
    for (int i = 0; i < 3 && removed >= 1000; ++i) set.remove(std::to_string(removed--));
  } while (cursor != 0);
  for (int i = 0; i < 1000; ++i) REQUIRE(seen.at(std::to_string(i)) == i);
}

TEST_CASE("A random member of a sorted set may be any") {
  for (const size_t packed : {size_t{0}, size_t{128}}) {
    OneSet set(packed);
    for (int i = 0; i < 10; ++i) set.add(std::to_string(i), i);
    std::map<double, int> drawn;
    Rng rng(1);
    for (int i = 0; i < 1000; ++i) ++drawn[set.view().random(rng).score];
    REQUIRE(drawn.size() == 10);
    for (const auto& [score, times] : drawn) REQUIRE((times > 50 && times < 200));
  }
}

TEST_CASE("A large sorted set takes about fifty bytes for each member of twenty bytes") {
  OneSet set(0);
  const Bytes empty = mem::zmalloc_used_memory();
  constexpr size_t kMembers = 50'000;
  Rng rng(1);
  for (size_t i = 0; i < kMembers; ++i) set.add("element:" + std::to_string(100'000'000'000 + i), rng.unit());
  const Bytes bytes = set.entry().memory_bytes();
  const auto each = static_cast<double>(bytes) / kMembers;
  REQUIRE(each < (mem::kAllocator == mem::Allocator::jemalloc ? 55 : 75));
  REQUIRE(each > 36);
  const double measured = static_cast<double>(mem::zmalloc_used_memory() - empty) / kMembers;
  REQUIRE(std::fabs(measured - each) < 1);
  const Bytes estimate = set.entry().memory_bytes(5);
  REQUIRE(std::fabs(static_cast<double>(estimate) / static_cast<double>(bytes) - 1) < 0.01);
  REQUIRE(set.entry().free_effort() > kMembers);
}

}  // namespace redpoll::store
