// What ds::RankTree costs in time and memory, beside a skiplist with spans as Redis has it, and beside itself
// without asking for elements before they are compared. The figures are in docs/performance-notes.md.
//
// Elements are pointers to records of a score and 20 bytes that lie apart, in the order in which they were
// made, which is not that of their scores: at a million elements each look at one misses the cache.
#include <benchmark/benchmark.h>

#include <array>
#include <cstdio>
#include <cstring>
#include <map>
#include <memory>
#include <string_view>
#include <vector>

#include "base/prefetch.h"
#include "base/rng.h"
#include "ds/rank_tree.h"
#include "mem/zmalloc.h"

namespace redpoll::ds {
namespace {

struct Record {
  double score;
  char bytes[20];

  std::string_view text() const { return {bytes, sizeof bytes}; }
};

bool before(const Record* a, const Record* b) {
  return a->score != b->score ? a->score < b->score : a->text() < b->text();
}

struct EagerPolicy {
  using Element = Record*;
  using Order = double;
  static Order order(const Record* r) { return r->score; }
  static bool before(const Record* a, const Record* b) { return ds::before(a, b); }
  static void prefetch(const Record* r) { redpoll::prefetch(r); }
};
struct PatientPolicy : EagerPolicy {
  static void prefetch(const Record*) {}
};

// A million scores among so many that few are equal.
std::vector<std::unique_ptr<Record>>& records(size_t count) {
  static std::vector<std::unique_ptr<Record>> all;
  static Rng rng(1);
  while (all.size() < count) {
    auto record = std::make_unique<Record>();
    record->score = static_cast<double>(rng.below(uint64_t{1} << 40));
    char text[21];
    std::snprintf(text, sizeof text, "element:%012zu", all.size());
    std::memcpy(record->bytes, text, sizeof record->bytes);
    all.push_back(std::move(record));
  }
  return all;
}

template <class Policy>
class Tree {
 public:
  void insert(Record* r) { tree_.insert(r); }
  void erase(Record* r) { tree_.erase(r); }
  size_t rank(Record* r) const { return *tree_.rank(r); }
  Record* at(size_t rank) const { return tree_.at(rank); }
  template <class F>
  void each(size_t first, size_t count, F&& fn) const {
    tree_.each(first, count, fn);
  }

 private:
  RankTree<Policy> tree_;
};
using Eager = Tree<EagerPolicy>;
using Patient = Tree<PatientPolicy>;

// Levels with probability 1/4; each link knows how many elements it passes.
class Skiplist {
 public:
  Skiplist() : head_(make(kLevels, nullptr)) {}
  Skiplist(const Skiplist&) = delete;
  Skiplist& operator=(const Skiplist&) = delete;
  ~Skiplist() {
    for (Node* node = head_; node != nullptr;) {
      Node* const next = node->links[0].next;
      mem::zfree(node);
      node = next;
    }
  }

  void insert(Record* r) {
    const Trace trace = search(r);
    int level = 1;
    while (level < kLevels && rng_.below(4) == 0) ++level;
    for (; levels_ < level; ++levels_) head_->links[levels_].span = size_ + 1;
    Node* const node = make(level, r);
    for (int i = 0; i < level; ++i) {
      Link& link = trace.before[i]->links[i];
      const size_t passed = trace.rank[0] - trace.rank[i];
      node->links[i] = {link.next, link.span - passed};
      link = {node, passed + 1};
    }
    for (int i = level; i < levels_; ++i) ++trace.before[i]->links[i].span;
    ++size_;
  }
  void erase(Record* r) {
    const Trace trace = search(r);
    Node* const node = trace.before[0]->links[0].next;
    for (int i = 0; i < levels_; ++i) {
      Link& link = trace.before[i]->links[i];
      link = link.next == node ? Link{node->links[i].next, link.span + node->links[i].span - 1}
                               : Link{link.next, link.span - 1};
    }
    mem::zfree(node);
    --size_;
  }
  size_t rank(Record* r) const { return search(r).rank[0]; }
  Record* at(size_t rank) const { return node_at(rank)->record; }
  template <class F>
  void each(size_t first, size_t count, F&& fn) const {
    for (const Node* node = node_at(first); count > 0; --count, node = node->links[0].next) fn(node->record);
  }

 private:
  static constexpr int kLevels = 32;
  struct Node;
  struct Link {
    Node* next = nullptr;
    size_t span = 0;
  };
  struct Node {
    Record* record;
    double score;
    Node* back;  // that Redis has, too
    Link links[1];
  };
  struct Trace {
    std::array<Node*, kLevels> before;
    std::array<size_t, kLevels> rank{};
  };

  static Node* make(int levels, Record* r) {
    const size_t bytes = sizeof(Node) + static_cast<size_t>(levels - 1) * sizeof(Link);
    auto* const node = static_cast<Node*>(mem::zcalloc(bytes));
    node->record = r;
    if (r != nullptr) node->score = r->score;
    return node;
  }
  bool is_before(const Node* node, const Record* r) const {
    return node->score != r->score ? node->score < r->score : node->record->text() < r->text();
  }
  Trace search(const Record* r) const {
    Trace trace;
    trace.before.fill(head_);
    Node* node = head_;
    size_t rank = 0;
    for (int i = levels_; i-- > 0;) {
      while (node->links[i].next != nullptr && is_before(node->links[i].next, r)) {
        rank += node->links[i].span;
        node = node->links[i].next;
      }
      trace.before[i] = node;
      trace.rank[i] = rank;
    }
    return trace;
  }
  const Node* node_at(size_t rank) const {
    const Node* node = head_;
    size_t left = rank + 1;
    for (int i = levels_; i-- > 0;) {
      while (node->links[i].next != nullptr && node->links[i].span <= left) {
        left -= node->links[i].span;
        node = node->links[i].next;
      }
    }
    return node;
  }

  Rng rng_{3};
  int levels_ = 1;
  size_t size_ = 0;
  Node* head_;
};

template <class Order>
Order& filled(size_t count) {
  static std::map<size_t, std::unique_ptr<Order>> all;
  auto& order = all[count];
  if (!order) {
    order = std::make_unique<Order>();
    for (size_t i = 0; i < count; ++i) order->insert(records(count)[i].get());
  }
  return *order;
}

template <class Order>
void BM_rank(benchmark::State& state) {
  const auto count = static_cast<size_t>(state.range(0));
  const Order& order = filled<Order>(count);
  Rng rng(2);
  for (auto _ : state) benchmark::DoNotOptimize(order.rank(records(count)[rng.below(count)].get()));
}

template <class Order>
void BM_at(benchmark::State& state) {
  const auto count = static_cast<size_t>(state.range(0));
  const Order& order = filled<Order>(count);
  Rng rng(2);
  for (auto _ : state) benchmark::DoNotOptimize(order.at(rng.below(count)));
}

// Takes a random element out and puts it in again.
template <class Order>
void BM_erase_and_insert(benchmark::State& state) {
  const auto count = static_cast<size_t>(state.range(0));
  Order& order = filled<Order>(count);
  Rng rng(2);
  for (auto _ : state) {
    Record* const r = records(count)[rng.below(count)].get();
    order.erase(r);
    order.insert(r);
  }
}

template <class Order>
void BM_each_100(benchmark::State& state) {
  const auto count = static_cast<size_t>(state.range(0));
  const Order& order = filled<Order>(count);
  Rng rng(2);
  for (auto _ : state) {
    double sum = 0;
    order.each(rng.below(count - 100), 100, [&](const Record* r) { sum += r->score; });
    benchmark::DoNotOptimize(sum);
  }
}

// From nothing to `count` elements; and the bytes that each takes then.
template <class Order>
void BM_insert_all(benchmark::State& state) {
  const auto count = static_cast<size_t>(state.range(0));
  const auto& all = records(count);
  for (auto _ : state) {
    state.PauseTiming();
    const Bytes before = mem::zmalloc_used_memory();
    auto order = std::make_unique<Order>();
    state.ResumeTiming();
    for (size_t i = 0; i < count; ++i) order->insert(all[i].get());
    state.PauseTiming();
    state.counters["bytes"] =
        static_cast<double>(mem::zmalloc_used_memory() - before) / static_cast<double>(count);
    order.reset();
    state.ResumeTiming();
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}

void sizes(benchmark::internal::Benchmark* b) {
  for (const int64_t n : {1'000, 100'000, 1'000'000, 10'000'000}) b->Arg(n);
}
void fill_sizes(benchmark::internal::Benchmark* b) {
  sizes(b);
  b->Unit(benchmark::kMillisecond)->MinTime(0.2);
}

BENCHMARK_TEMPLATE(BM_rank, Eager)->Apply(sizes);
BENCHMARK_TEMPLATE(BM_rank, Patient)->Apply(sizes);
BENCHMARK_TEMPLATE(BM_rank, Skiplist)->Apply(sizes);
BENCHMARK_TEMPLATE(BM_at, Eager)->Apply(sizes);
BENCHMARK_TEMPLATE(BM_at, Skiplist)->Apply(sizes);
BENCHMARK_TEMPLATE(BM_erase_and_insert, Eager)->Apply(sizes);
BENCHMARK_TEMPLATE(BM_erase_and_insert, Patient)->Apply(sizes);
BENCHMARK_TEMPLATE(BM_erase_and_insert, Skiplist)->Apply(sizes);
BENCHMARK_TEMPLATE(BM_each_100, Eager)->Apply(sizes);
BENCHMARK_TEMPLATE(BM_each_100, Patient)->Apply(sizes);
BENCHMARK_TEMPLATE(BM_each_100, Skiplist)->Apply(sizes);
BENCHMARK_TEMPLATE(BM_insert_all, Eager)->Apply(fill_sizes);
BENCHMARK_TEMPLATE(BM_insert_all, Patient)->Apply(fill_sizes);
BENCHMARK_TEMPLATE(BM_insert_all, Skiplist)->Apply(fill_sizes);

}  // namespace
}  // namespace redpoll::ds
