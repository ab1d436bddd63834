// The hash table under any sequence of insertions, removals, resizes and steps of SCAN: it stays valid, holds
// what a std::map holds, and a scan returns each element that was there from its first step to its last.
//
// The input is a sequence of operations: a byte that chooses, then the bytes that the operation takes. Its
// first byte chooses the hash function.
//
// libFuzzer: -max_len=4096
#include <fuzzer/FuzzedDataProvider.h>

#include <map>
#include <optional>
#include <set>
#include <string>

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
      : input_(input), dict_(SipKey{input.ConsumeIntegralInRange<uint64_t>(0, 40), 0}) {}

  void run() {
    // Bounds the time of one input, as steps may come in thousands.
    constexpr size_t kMostWork = 2000;
    while (input_.remaining_bytes() > 0 && work_ < kMostWork) step();
    finish_scan(scan_), finish_scan(marked_scan_);
    check_all();
  }

 private:
  static constexpr unsigned kKeys = 800;
  // So that the table gets more than one segment of buckets, though it has few elements.
  static constexpr size_t kExpandBy = 30;

  // A scan under way, and what it must return: what was there when it began, less what was removed since.
  struct Scan {
    uint64_t cursor = 0;
    bool running = false;
    bool marked_only = false;
    std::set<std::string> owed;
  };

  std::string key() { return std::to_string(input_.ConsumeIntegral<uint16_t>() % kKeys); }
  size_t amount() { return 1 + input_.ConsumeIntegral<uint8_t>(); }

  void step() {
    ++work_;
    switch (input_.ConsumeIntegralInRange<int>(0, 15)) {
      case 0: return add(key());
      case 1: return remove(key());
      case 2: return range(true);
      case 3: return range(false);
      case 4: return mark(key());
      case 5: static_cast<void>(dict_.rehash(amount())); return;
      case 6: dict_.expand(amount() * kExpandBy); return;
      case 7: return dict_.shrink();
      case 8: return choose_policy();
      case 9: return toggle_pause();
      case 10: return scan_step(scan_);
      case 11: return scan_step(marked_scan_);
      case 12: return replace(key());
      case 13: return walk();
      case 14: return draw();
      default: return clear_rarely();
    }
  }

  void add(const std::string& name) {
    const bool is_new = !model_.contains(name);
    Item* item = ds::add(dict_, name, ++values_);
    CHECK((item->value == values_) == is_new);
    if (is_new) model_.emplace(name, Known{item, false});
  }

  void remove(const std::string& name) {
    CHECK(dict_.erase(name) == (model_.erase(name) == 1));
    scan_.owed.erase(name);
    marked_scan_.owed.erase(name);
  }

  // Many at a time, so that the table grows and shrinks through its levels.
  void range(bool insert) {
    const unsigned from = input_.ConsumeIntegral<uint16_t>() % kKeys;
    const size_t count = amount();
    work_ += count;
    for (size_t i = from; i < from + count; ++i) insert ? add(std::to_string(i)) : remove(std::to_string(i));
  }

  void mark(const std::string& name) {
    const bool on = input_.ConsumeBool();
    auto place = dict_.locate_for_write(name, dict_.hash(name));
    const auto known = model_.find(name);
    CHECK(place.found() == (known != model_.end()));
    if (!place.found()) return;
    dict_.set_mark(place, on);
    known->second.marked = on;
    marked_scan_.owed.erase(name);  // it was not marked throughout, or will not be
  }

  void replace(const std::string& name) {
    auto place = dict_.locate(name, dict_.hash(name));
    if (!place.found()) return;
    Item* item = new Item{name, ++values_};
    Item* old = dict_.replace(place, item);
    CHECK(old == model_.at(name).item);
    delete old;
    model_.at(name).item = item;
  }

  void choose_policy() {
    constexpr ResizePolicy kPolicies[] = {ResizePolicy::normal, ResizePolicy::avoid, ResizePolicy::forbid};
    dict_.resize_policy = kPolicies[input_.ConsumeIntegralInRange<size_t>(0, 2)];
  }

  void toggle_pause() { dict_.paused() ? dict_.resume_rehash() : dict_.pause_rehash(); }

  void scan_step(Scan& scan) {
    scan.marked_only = &scan == &marked_scan_;
    if (!scan.running) {
      scan.owed.clear();
      for (const auto& [name, known] : model_) {
        if (known.marked || !scan.marked_only) scan.owed.insert(name);
      }
      work_ += model_.size() / 8;
    }
    const auto visit = [&](Item* item) {
      const auto known = model_.find(item->key);
      CHECK(known != model_.end() && known->second.item == item &&
            (known->second.marked || !scan.marked_only));
      scan.owed.erase(item->key);
    };
    scan.cursor = scan.marked_only ? dict_.scan_marked(scan.cursor, visit) : dict_.scan(scan.cursor, visit);
    scan.running = scan.cursor != 0;
    if (!scan.running)
      CHECK(scan.owed.empty(), "{} elements were missed, '{}' first", scan.owed.size(), *scan.owed.begin());
  }

  void finish_scan(Scan& scan) {
    // A scan ends, and visits no bucket twice while nothing changes.
    size_t left = dict_.stats().buckets + 1;
    while (scan.running) {
      CHECK(left-- > 0, "a scan of {} elements does not end", dict_.size());
      scan_step(scan);
    }
  }

  void walk() {
    work_ += model_.size() / 2;
    SteeredDict::Iterator iterator(dict_);
    size_t visited = 0;
    while (const auto item = iterator.next()) {
      CHECK(model_.at((*item)->key).item == *item);
      ++visited;
    }
    CHECK(visited == model_.size());
  }

  void draw() {
    if (dict_.empty()) return;
    Rng rng(input_.ConsumeIntegral<uint16_t>());
    for (Item* item : {dict_.random(rng), dict_.fair_random(rng)}) CHECK(model_.at(item->key).item == item);
    std::vector<Item*> some;
    dict_.sample(rng, amount(), some);
    CHECK(std::set<Item*>(some.begin(), some.end()).size() == some.size());
  }

  void clear_rarely() {
    if (input_.ConsumeIntegral<uint8_t>() < 250) return;
    dict_.clear();
    model_.clear();
    scan_.owed.clear(), marked_scan_.owed.clear();
  }

  void check_all() {
    dict_.validate();
    CHECK(dict_.size() == model_.size());
    size_t marks = 0;
    for (const auto& [name, known] : model_) {
      const auto place = dict_.locate(name, dict_.hash(name));
      CHECK(place.found() && place.element() == known.item && dict_.marked(place) == known.marked);
      marks += known.marked;
    }
    CHECK(dict_.marked_count() == marks);
  }

  struct Known {
    Item* item;
    bool marked;
  };

  FuzzedDataProvider& input_;
  SteeredDict dict_;
  std::map<std::string, Known> model_;
  Scan scan_, marked_scan_;
  int values_ = 0;
  size_t work_ = 0;
};

}  // namespace
}  // namespace redpoll::ds

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  FuzzedDataProvider input(data, size);
  redpoll::ds::Machine(input).run();
  return 0;
}
