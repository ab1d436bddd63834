// The hash table under any sequence of insertions, removals, resizes and steps of SCAN: it stays valid, holds
// what it was given, and a scan returns each element that was there from its first step to its last.
//
// The input is a sequence of operations: a byte that chooses, then the bytes that the operation takes. Its
// first byte chooses the hash function.
//
// libFuzzer: -max_len=4096
#include <fuzzer/FuzzedDataProvider.h>

#include <algorithm>
#include <bitset>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/assert.h"
#include "ds/dict.h"
#include "ds/dict_iterator.h"
#include "unit/ds/dict_items.h"

namespace redpoll::ds {
namespace {

// A client cannot choose its hashes, but the fuzzer can: all in few buckets, with equal tags, or in order.
struct SteeredPolicy : ItemPolicy {
  static uint64_t hash(Key key, const SipKey& seed) {
    switch (seed.k0) {
      case 0: return siphash13(key, seed);
      case 1: return key.size() % 3;
      case 2: return std::stoull(std::string(key));
      case 3: return std::stoull(std::string(key)) << 57;
      default: return std::stoull(std::string(key)) * 0x0101010101010101 << seed.k0;
    }
  }
};
using SteeredDict = Dict<SteeredPolicy>;

class Machine {
 public:
  explicit Machine(FuzzedDataProvider& input)
      : input_(input), dict_(SipKey{input.ConsumeIntegralInRange<uint64_t>(0, 40), 0}), known_(kKeys) {}

  void run() {
    while (input_.remaining_bytes() > 0 && work_ < kMostWork) step();
    finish_scan(scan_);
    finish_scan(marked_scan_);
    check_all();
  }

 private:
  // Keys are numbers. Enough of them for some levels of the table.
  static constexpr unsigned kKeys = 800;
  // So that the table gets more than one segment of buckets, though it has few elements.
  static constexpr size_t kExpandBy = 30;
  // Bounds the time of one input, as elements come by the hundred.
  static constexpr size_t kMostWork = 5000;

  // What the table has to hold.
  struct Known {
    Item* item = nullptr;
    bool marked = false;
  };
  // A scan under way, and what it must return: what was there when it began, less what was removed since.
  struct Scan {
    uint64_t cursor = 0;
    bool running = false;
    bool marked_only = false;
    std::bitset<kKeys> owed;
  };

  unsigned number() { return input_.ConsumeIntegral<uint16_t>() % kKeys; }
  unsigned amount() { return 1u + input_.ConsumeIntegral<uint8_t>(); }
  auto locate(unsigned n) { return dict_.locate_for_write(std::to_string(n), dict_.hash(std::to_string(n))); }

  void step() {
    ++work_;
    switch (input_.ConsumeIntegralInRange<int>(0, 15)) {
      case 0: return add(number());
      case 1: return remove(number());
      case 2: return range(true);
      case 3: return range(false);
      case 4: return mark(number());
      case 5: static_cast<void>(dict_.rehash(amount())); return;
      case 6: return dict_.expand(amount() * kExpandBy);
      case 7: return dict_.shrink();
      case 8: return choose_policy();
      case 9: return dict_.paused() ? dict_.resume_rehash() : dict_.pause_rehash();
      case 10: return scan_step(scan_);
      case 11: return scan_step(marked_scan_);
      case 12: return replace(number());
      case 13: return walk();
      case 14: return draw();
      default: return clear_rarely();
    }
  }

  void add(unsigned n) {
    auto item = std::make_unique<Item>(Item{std::to_string(n), static_cast<int>(n)});
    const auto [there, added] = dict_.add_or_find(item.get());
    Known& known = known_[n];
    CHECK(added == (known.item == nullptr) && there == (added ? item.get() : known.item));
    if (!added) return;
    known.item = item.release();
    ++count_;
  }

  void remove(unsigned n) {
    const bool was_there = std::exchange(known_[n], {}).item != nullptr;
    CHECK(dict_.erase(std::to_string(n)) == was_there);
    if (was_there) --count_;
    scan_.owed[n] = marked_scan_.owed[n] = false;
  }

  // Many at a time, so that the table grows and shrinks through its levels.
  void range(bool insert) {
    const unsigned from = number();
    const unsigned end = std::min(from + amount(), kKeys);
    work_ += end - from;
    for (unsigned n = from; n < end; ++n) insert ? add(n) : remove(n);
  }

  void mark(unsigned n) {
    const bool on = input_.ConsumeBool();
    auto place = locate(n);
    CHECK(place.found() == (known_[n].item != nullptr));
    if (!place.found()) return;
    dict_.set_mark(place, on);
    known_[n].marked = on;
    marked_scan_.owed[n] = false;  // it was not marked throughout, or will not be
  }

  void replace(unsigned n) {
    auto place = locate(n);
    if (!place.found()) return;
    const std::unique_ptr<Item> old(std::exchange(known_[n].item, new Item(*known_[n].item)));
    CHECK(dict_.replace(place, known_[n].item) == old.get());
  }

  void choose_policy() {
    constexpr ResizePolicy kPolicies[] = {ResizePolicy::normal, ResizePolicy::avoid, ResizePolicy::forbid};
    set_resize_policy(kPolicies[input_.ConsumeIntegralInRange<size_t>(0, 2)]);
  }

  void check_known(Item* item) const { CHECK(known_[static_cast<size_t>(item->value)].item == item); }

  void scan_step(Scan& scan) {
    if (!scan.running) {
      scan.marked_only = &scan == &marked_scan_;
      for (unsigned n = 0; n < kKeys; ++n) {
        scan.owed[n] = known_[n].item != nullptr && (known_[n].marked || !scan.marked_only);
      }
    }
    const auto visit = [&](Item* item) {
      check_known(item);
      const auto n = static_cast<size_t>(item->value);
      CHECK(known_[n].marked || !scan.marked_only);
      scan.owed[n] = false;
    };
    scan.cursor = scan.marked_only ? dict_.scan_marked(scan.cursor, visit) : dict_.scan(scan.cursor, visit);
    scan.running = scan.cursor != 0;
    if (!scan.running) CHECK(scan.owed.none(), "{} elements were missed", scan.owed.count());
  }

  void finish_scan(Scan& scan) {
    // A scan ends, and visits no bucket twice while nothing changes.
    for (size_t left = dict_.stats().buckets + 1; scan.running; --left) {
      CHECK(left > 0, "a scan of {} elements does not end", dict_.size());
      scan_step(scan);
    }
  }

  void walk() {
    work_ += count_;
    SteeredDict::Iterator iterator(dict_);
    size_t visited = 0;
    for (; const auto item = iterator.next(); ++visited) check_known(*item);
    CHECK(visited == count_);
  }

  void draw() {
    if (dict_.empty()) return;
    Rng rng(input_.ConsumeIntegral<uint16_t>());
    check_known(dict_.random(rng));
    check_known(dict_.fair_random(rng));
  }

  void clear_rarely() {
    if (input_.ConsumeIntegral<uint8_t>() < 250) return;
    dict_.clear();
    known_.assign(kKeys, {});
    count_ = 0;
    scan_.owed.reset();
    marked_scan_.owed.reset();
  }

  void check_all() {
    dict_.validate();
    CHECK(dict_.size() == count_);
    size_t marks = 0;
    for (unsigned n = 0; n < kKeys; ++n) {
      const auto place = dict_.locate(std::to_string(n), dict_.hash(std::to_string(n)));
      const Known& known = known_[n];
      CHECK(place.found() == (known.item != nullptr));
      if (!place.found()) continue;
      CHECK(place.element() == known.item && dict_.marked(place) == known.marked);
      marks += known.marked;
    }
    CHECK(dict_.marked_count() == marks);
  }

  FuzzedDataProvider& input_;
  SteeredDict dict_;
  std::vector<Known> known_;
  size_t count_ = 0;
  Scan scan_, marked_scan_;
  size_t work_ = 0;
};

}  // namespace
}  // namespace redpoll::ds

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  FuzzedDataProvider input(data, size);
  redpoll::ds::Machine(input).run();
  redpoll::ds::set_resize_policy(redpoll::ds::ResizePolicy::normal);
  return 0;
}
