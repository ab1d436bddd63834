// The rank tree under any sequence of insertions, removals and moves: it stays valid, and it answers every
// question about ranks and bounds as a sorted vector does.
//
// The input is a sequence of operations: a byte that chooses, then the bytes that the operation takes.
//
// libFuzzer: -max_len=2048
#include <fuzzer/FuzzedDataProvider.h>

#include <algorithm>
#include <deque>

#include "base/assert.h"
#include "unit/ds/ranked_items.h"

namespace redpoll::ds {
namespace {

class Machine {
 public:
  explicit Machine(FuzzedDataProvider& input) : input_(input) {}

  void run() {
    while (input_.remaining_bytes() > 0 && work_ < kMostWork) step();
    check_equal(tree_, model_);
  }

 private:
  // Bounds the time of one input, as elements come by the hundred: enough for some inner nodes.
  static constexpr size_t kMostWork = 30'000;

  void step() {
    ++work_;
    switch (input_.ConsumeIntegral<uint8_t>() % 10) {
      case 0: return add(1);
      case 1:
      case 2: return add(amount());
      case 3: return erase_one();
      case 4: return erase_range();
      case 5: return move();
      case 6: return replace();
      case 7: return look();
      case 8: return walk();
      default: return rebuild();
    }
  }

  // Few orders, so that many are equal.
  int64_t order() { return input_.ConsumeIntegral<int16_t>(); }
  size_t amount() { return input_.ConsumeIntegral<uint16_t>() % 2000; }
  // REQUIRES: there are elements.
  size_t rank() { return input_.ConsumeIntegral<uint16_t>() % model_.items.size(); }

  RankedItem* make(int64_t order) {
    return &items_.emplace_back(RankedItem{order, static_cast<int>(items_.size())});
  }

  // Elements whose orders are equally far apart, and wrap around.
  void add(size_t count) {
    const auto first = static_cast<uint16_t>(order());
    const auto distance = input_.ConsumeIntegral<uint16_t>();
    work_ += count;
    for (size_t i = 0; i < count; ++i) {
      RankedItem* const item = make(static_cast<int16_t>(static_cast<uint16_t>(first + i * distance)));
      CHECK(!tree_.rank(item) && !tree_.erase(item));
      tree_.insert(item);
      model_.insert(item);
    }
  }

  void erase_one() {
    if (model_.items.empty()) return;
    const size_t at = rank();
    RankedItem* const item = model_.items[at];
    CHECK(tree_.erase(item) && !tree_.erase(item));
    model_.erase(at);
  }

  void erase_range() {
    if (model_.items.empty()) return;
    const size_t first = rank();
    const size_t count = std::min(amount(), model_.items.size() - first);
    size_t at = first;
    tree_.erase_ranks(first, count, [&](RankedItem* item) { CHECK(item == model_.items[at++]); });
    model_.erase(first, count);
  }

  void move() {
    if (model_.items.empty()) return;
    const size_t at = rank();
    RankedItem* const item = model_.items[at];
    const int64_t to = input_.ConsumeBool() ? order() : item->order + input_.ConsumeIntegral<int8_t>();
    model_.erase(at);
    tree_.reposition(item, [&] { item->order = to; });
    model_.insert(item);
  }

  void replace() {
    if (model_.items.empty()) return;
    RankedItem*& old = model_.items[rank()];
    RankedItem* const fresh = &items_.emplace_back(*old);
    tree_.replace(old, fresh);
    old = fresh;
  }

  void look() {
    const int64_t bound = order();
    const auto found = tree_.partition_point([&](int64_t other, auto&&) { return other < bound; });
    CHECK(found.rank() == model_.below(bound) && found.at_end() == (found.rank() == model_.items.size()));
    if (model_.items.empty()) return;
    const size_t at = rank();
    CHECK(tree_.at(at) == model_.items[at] && tree_.rank(model_.items[at]) == at);
  }

  void walk() {
    if (model_.items.empty()) return;
    size_t at = rank();
    work_ += at;
    auto position = tree_.position(at);
    tree_.each_backward(at, at + 1, [&](RankedItem* item) {
      CHECK(item == model_.items[at] && item == position.element() && position.rank() == at);
      if (at == 0) return;
      position.prev();
      --at;
    });
    CHECK(at == 0);
  }

  void rebuild() {
    if (input_.ConsumeIntegral<uint8_t>() < 200) return;
    work_ += model_.items.size();
    ItemTree fresh;
    fresh.build(model_.items.size(), [next = model_.items.begin()]() mutable { return *next++; });
    tree_ = std::move(fresh);
  }

  FuzzedDataProvider& input_;
  ItemTree tree_;
  RankedModel model_;
  std::deque<RankedItem> items_;
  size_t work_ = 0;
};

}  // namespace
}  // namespace redpoll::ds

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  FuzzedDataProvider input(data, size);
  redpoll::ds::Machine(input).run();
  return 0;
}
