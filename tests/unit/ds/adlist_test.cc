#include "ds/adlist.h"

#include <catch2/catch.hpp>
#include <list>
#include <memory>
#include <string>
#include <vector>

#include "base/rng.h"
#include "mem/zmalloc.h"

namespace redpoll::ds {
namespace {

using IntList = List<int>;

IntList list_of(std::initializer_list<int> values) {
  IntList list;
  for (const int value : values) list.add_tail(value);
  return list;
}

std::vector<int> values_of(IntList& list, ListWalk direction = ListWalk::from_head) {
  list.validate();
  std::vector<int> values;
  IntList::Iterator it(list, direction);
  while (auto* node = it.next()) values.push_back(node->value);
  return values;
}

using Values = std::vector<int>;

// Counts the instances that are alive.
struct Counted {
  static inline int alive = 0;
  int value;

  explicit Counted(int v) : value(v) { ++alive; }
  Counted(Counted&& other) noexcept : value(other.value) { ++alive; }
  ~Counted() { --alive; }
};

}  // namespace

TEST_CASE("An empty list has no ends and nothing to find") {
  IntList list;
  REQUIRE(list.empty());
  REQUIRE(list.head() == nullptr);
  REQUIRE(list.tail() == nullptr);
  REQUIRE(list.index(0) == nullptr);
  REQUIRE(list.index(-1) == nullptr);
  REQUIRE(list.find([](int) { return true; }) == nullptr);
  list.rotate_head_to_tail();
  list.rotate_tail_to_head();
  list.clear();
  REQUIRE(values_of(list).empty());
}

TEST_CASE("A list grows at both ends and at both sides of a node") {
  IntList list;
  auto* three = list.add_head(3);
  list.add_head(1);
  list.add_tail(5);
  REQUIRE(list.insert_before(three, 2)->value == 2);
  REQUIRE(list.insert_after(three, 4)->value == 4);
  list.insert_before(list.head(), 0);
  list.insert_after(list.tail(), 6);
  REQUIRE(values_of(list) == Values{0, 1, 2, 3, 4, 5, 6});
  REQUIRE(values_of(list, ListWalk::from_tail) == Values{6, 5, 4, 3, 2, 1, 0});
  REQUIRE(list.size() == 7);
  REQUIRE(three->prev()->value == 2);
  REQUIRE(three->next()->value == 4);
}

TEST_CASE("Nodes are deleted from the ends, the middle, and as the last one") {
  IntList list = list_of({1, 2, 3, 4});
  list.erase(list.head());
  REQUIRE(values_of(list) == Values{2, 3, 4});
  list.erase(list.index(1));
  REQUIRE(values_of(list) == Values{2, 4});
  REQUIRE(list.take(list.tail()) == 4);
  REQUIRE(values_of(list) == Values{2});
  list.erase(list.head());
  REQUIRE(values_of(list).empty());
  REQUIRE(list.tail() == nullptr);
}

TEST_CASE("Values that can only be moved go in and come out") {
  List<std::unique_ptr<std::string>> list;
  list.add_tail(std::make_unique<std::string>("a"));
  auto* node = list.add_tail(std::make_unique<std::string>("b"));
  REQUIRE(*list.take(node) == "b");
  REQUIRE(*list.head()->value == "a");
}

TEST_CASE("An index counts from either end and is empty beyond them") {
  const IntList list = list_of({10, 11, 12, 13, 14});
  for (int i = 0; i < 5; ++i) {
    REQUIRE(list.index(i)->value == 10 + i);
    REQUIRE(list.index(i - 5)->value == 10 + i);
  }
  REQUIRE(list.index(5) == nullptr);
  REQUIRE(list.index(-6) == nullptr);
  REQUIRE(list.index(INT64_MIN) == nullptr);
  REQUIRE(list.index(INT64_MAX) == nullptr);
}

TEST_CASE("A search returns the first match from the head on") {
  IntList list = list_of({1, 2, 3, 2});
  REQUIRE(list.find([](int v) { return v == 2; }) == list.index(1));
  REQUIRE(list.find([](int v) { return v == 7; }) == nullptr);
  REQUIRE(std::as_const(list).find([](int v) { return v > 2; })->value == 3);
}

TEST_CASE("A duplicate has copies of its own") {
  IntList list = list_of({1, 2, 3});
  auto copy = list.duplicate([](int v) { return std::optional<int>(v * 10); });
  REQUIRE(copy);
  list.head()->value = 7;
  list.erase(list.tail());
  REQUIRE(values_of(*copy) == Values{10, 20, 30});
}

TEST_CASE("A duplicate whose copier fails leaves nothing behind") {
  const Bytes used = mem::zmalloc_used_memory();
  {
    List<Counted> list;
    for (int i = 0; i < 5; ++i) list.add_tail(Counted(i));
    const auto copy = list.duplicate([](const Counted& c) {
      return c.value < 3 ? std::optional<Counted>(Counted(c.value)) : std::nullopt;
    });
    REQUIRE_FALSE(copy);
    REQUIRE(Counted::alive == 5);
    REQUIRE(list.size() == 5);
    list.validate();
  }
  REQUIRE(Counted::alive == 0);
  REQUIRE(mem::zmalloc_used_memory() == used);
}

TEST_CASE("Rotation moves one node from end to end, and back") {
  IntList list = list_of({1, 2, 3});
  const auto* last = list.tail();
  list.rotate_tail_to_head();
  REQUIRE(values_of(list) == Values{3, 1, 2});
  REQUIRE(list.head() == last);
  list.rotate_head_to_tail();
  REQUIRE(values_of(list) == Values{1, 2, 3});
  IntList one = list_of({1});
  one.rotate_tail_to_head();
  one.rotate_head_to_tail();
  REQUIRE(values_of(one) == Values{1});
}

TEST_CASE("Joining empties the other list, whichever of them has nodes") {
  IntList left = list_of({1, 2}), right = list_of({3}), none;
  left.join(right);
  REQUIRE(values_of(left) == Values{1, 2, 3});
  REQUIRE(values_of(right).empty());
  left.join(none);
  REQUIRE(values_of(left) == Values{1, 2, 3});
  none.join(left);
  REQUIRE(values_of(none) == Values{1, 2, 3});
  REQUIRE(values_of(none, ListWalk::from_tail) == Values{3, 2, 1});
  REQUIRE(left.empty());
  right.add_tail(9);
  REQUIRE(values_of(right) == Values{9});
}

TEST_CASE("A list is moved with its nodes, also onto itself") {
  IntList list = list_of({1, 2});
  const auto* first = list.head();
  IntList moved = std::move(list);
  REQUIRE(moved.head() == first);
  IntList target = list_of({8, 9});
  target = std::move(moved);
  REQUIRE(values_of(target) == Values{1, 2});
  IntList& self = target;
  target = std::move(self);
  REQUIRE(values_of(target) == Values{1, 2});
  static_assert(!std::is_copy_constructible_v<IntList> && !std::is_copy_assignable_v<IntList>);
}

TEST_CASE("An iterator survives the deletion of the node it returned, in both directions") {
  for (const ListWalk direction : {ListWalk::from_head, ListWalk::from_tail}) {
    IntList list = list_of({1, 2, 3, 4, 5});
    IntList::Iterator it(list, direction);
    int visited = 0;
    while (auto* node = it.next()) {
      ++visited;
      if (node->value != 3) list.erase(node);
    }
    REQUIRE(visited == 5);
    REQUIRE(values_of(list) == Values{3});
    REQUIRE(it.next() == nullptr);
  }
}

TEST_CASE("An iterator is rewound to either end") {
  IntList list = list_of({1, 2, 3});
  IntList::Iterator it(list);
  it.next();
  it.rewind(list);
  REQUIRE(it.next()->value == 1);
  it.rewind_tail(list);
  REQUIRE(it.next()->value == 3);
  REQUIRE(it.next()->value == 2);
  REQUIRE(it.next()->value == 1);
  REQUIRE(it.next() == nullptr);
}

namespace {

// The same random operation on a list and on its model, at one random position of both.
class Pair {
 public:
  explicit Pair(uint64_t seed) : rng_(seed) {}

  void step(int i) {
    switch (rng_.below(12)) {
      case 0: list_.add_head(i), model_.push_front(i); break;
      case 1: list_.add_tail(i), model_.push_back(i); break;
      case 2:
      case 3: insert(i); break;
      case 4:
      case 5:
      case 6: erase(); break;
      case 7: rotate(); break;
      case 8: join(i); break;
      case 9: search(i); break;
      default: move_position(); break;
    }
    REQUIRE(list_.size() == model_.size());
  }

  void compare() {
    list_.validate();
    REQUIRE(values_of(list_) == Values(model_.begin(), model_.end()));
    REQUIRE(values_of(list_, ListWalk::from_tail) == Values(model_.rbegin(), model_.rend()));
  }

 private:
  // Keeps the walks short while positions wander over the list.
  void move_position() {
    if (model_.empty()) return;
    const size_t steps = rng_.below(20);
    restart_if_at_end();
    for (size_t s = 0; s < steps; ++s) {
      ++at_;
      node_ = node_->next();
      restart_if_at_end();
    }
    REQUIRE(node_->value == *at_);
  }
  void restart_if_at_end() {
    if (node_ != nullptr) return;
    at_ = model_.begin();
    node_ = list_.head();
  }
  void insert(int i) {
    if (model_.empty()) return;
    restart_if_at_end();
    if (rng_.below(2) == 0) {
      REQUIRE(list_.insert_before(node_, i)->next() == node_);
      model_.insert(at_, i);
    } else {
      REQUIRE(list_.insert_after(node_, i)->prev() == node_);
      model_.insert(std::next(at_), i);
    }
  }
  void erase() {
    if (model_.empty()) return;
    restart_if_at_end();
    auto* next = node_->next();
    REQUIRE(list_.take(node_) == *at_);
    node_ = next;
    at_ = model_.erase(at_);
  }
  void rotate() {
    if (model_.empty()) return;
    if (rng_.below(2) == 0) {
      list_.rotate_tail_to_head();
      model_.splice(model_.begin(), model_, std::prev(model_.end()));
    } else {
      list_.rotate_head_to_tail();
      model_.splice(model_.end(), model_, model_.begin());
    }
  }
  void join(int i) {
    IntList more;
    for (uint64_t n = rng_.below(4); n > 0; --n) {
      more.add_tail(i);
      model_.push_back(i);
    }
    list_.join(more);
    REQUIRE(more.empty());
  }
  void search(int i) {
    if (model_.empty()) return;
    const auto back = static_cast<int64_t>(rng_.below(8)) + 1;
    const auto* node = list_.index(-back);
    if (back > static_cast<int64_t>(model_.size())) {
      REQUIRE(node == nullptr);
    } else {
      REQUIRE(node->value == *std::prev(model_.end(), back));
    }
    REQUIRE(list_.index(0)->value == model_.front());
    REQUIRE(list_.find([&](int v) { return v == model_.front() || v == i; }) == list_.head());
  }

  Rng rng_;
  IntList list_;
  std::list<int> model_;
  IntList::Node* node_ = nullptr;
  std::list<int>::iterator at_ = model_.end();
};

}  // namespace

TEST_CASE("A list agrees with std::list under a million random operations") {
  const Bytes used = mem::zmalloc_used_memory();
  for (uint64_t seed = 1; seed <= 10; ++seed) {
    Pair pair(seed);
    for (int i = 0; i < 100'000; ++i) {
      pair.step(i);
      if (i % 5000 == 0) pair.compare();
    }
    pair.compare();
  }
  REQUIRE(mem::zmalloc_used_memory() == used);
}

}  // namespace redpoll::ds
