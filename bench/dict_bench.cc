// What ds::Dict costs in time and memory, beside std::unordered_set and a table of the same buckets that
// grows by doubling. The figures are in docs/performance-notes.md.
//
// Elements are pointers to records of 16 bytes that lie apart from the table, as entries do; all tables hash
// with SipHash-1-3. Lookups go to random records, so that at a million elements nearly each misses the cache.
#include <benchmark/benchmark.h>
#include <time.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstring>
#include <map>
#include <memory>
#include <unordered_set>
#include <vector>

#include "base/rng.h"
#include "base/siphash.h"
#include "ds/dict.h"
#include "mem/zmalloc.h"

namespace redpoll::ds {
namespace {

struct Record {
  char bytes[16];

  std::string_view key() const { return {bytes, sizeof bytes}; }
};

constexpr SipKey kSeed{17, 42};

struct RecordPolicy {
  using Element = Record*;
  using Key = std::string_view;
  static Key key(const Record* r) { return r->key(); }
  static bool equal(const Record* r, Key key) { return r->key() == key; }
  static uint64_t hash(Key key, const SipKey& seed) { return siphash13(key, seed); }
  static void destroy(Record*) {}
  static void prefetch(const Record* r) { __builtin_prefetch(r); }
};

// The records 0 to n - 1; more are made when asked for, and those that are there keep their address.
class Records {
 public:
  Record* operator[](size_t i) {
    while (i >= blocks_.size() * kBlock) add_block();
    return &blocks_[i / kBlock][i % kBlock];
  }

 private:
  static constexpr size_t kBlock = 1 << 16;

  void add_block() {
    auto block = std::make_unique<Record[]>(kBlock);
    for (size_t i = 0; i < kBlock; ++i) {
      // "key:" and twelve digits, as redis-benchmark names them.
      char text[17];
      std::snprintf(text, sizeof text, "key:%012zu", blocks_.size() * kBlock + i);
      std::memcpy(block[i].bytes, text, sizeof block[i].bytes);
    }
    blocks_.push_back(std::move(block));
  }

  std::vector<std::unique_ptr<Record[]>> blocks_;
};

Records& records() {
  static Records all;
  return all;
}

// --- the tables under test: insert, find, erase

class Linear {
 public:
  void insert(Record* r) { dict.add(r); }
  Record* find(std::string_view key) const { return dict.find(key).value_or(nullptr); }
  void erase(std::string_view key) { dict.erase(key); }

  Dict<RecordPolicy> dict{kSeed};
};

class Standard {
 public:
  void insert(Record* r) { set_.insert(r); }
  Record* find(std::string_view key) const {
    const auto it = set_.find(key);
    return it == set_.end() ? nullptr : *it;
  }
  void erase(std::string_view key) {
    if (const auto it = set_.find(key); it != set_.end()) set_.erase(it);
  }

 private:
  static std::string_view key(const Record* r) { return r->key(); }
  static std::string_view key(std::string_view k) { return k; }
  struct Hash {
    using is_transparent = void;
    size_t operator()(const auto& v) const { return siphash13(key(v), kSeed); }
  };
  struct Equal {
    using is_transparent = void;
    bool operator()(const auto& a, const auto& b) const { return key(a) == key(b); }
  };
  std::unordered_set<Record*, Hash, Equal> set_;
};

// The alternative that DESIGN.md asks to measure: the same buckets and chains, but two tables, of which the
// second is twice as large, and one bucket moved per write. It never shrinks.
class Doubling {
 public:
  Doubling() = default;
  Doubling(const Doubling&) = delete;
  Doubling& operator=(const Doubling&) = delete;
  ~Doubling() {
    for (Array& a : arrays_) {
      for (size_t i = 0; i < a.count; ++i) chains_.drain(a.buckets[i], moving_);
      mem::zfree(a.memory);
    }
  }

  void insert(Record* r) {
    const uint64_t hash = siphash13(r->key(), kSeed);
    if (arrays_[1].count != 0) move_one();
    if (find(r->key(), hash) != nullptr) return;
    if (arrays_[1].count == 0 && 2 * size_ >= arrays_[0].count * kLoadPerTwo) grow();
    place(arrays_[arrays_[1].count != 0], hash, r);
    ++size_;
  }
  Record* find(std::string_view key) const { return find(key, siphash13(key, kSeed)); }
  void erase(std::string_view key) {
    const uint64_t hash = siphash13(key, kSeed);
    for (Array& a : arrays_) {
      if (a.count == 0) continue;
      DictBucket& first = a.buckets[hash & (a.count - 1)];
      const DictTable::Spot spot = search(first, key, hash);
      if (spot.bucket == nullptr) continue;
      chains_.take(first, spot);
      --size_;
    }
  }

 private:
  static constexpr size_t kLoadPerTwo = Dict<RecordPolicy>::kTargetPerTwo;
  struct Array {
    void* memory = nullptr;
    DictBucket* buckets = nullptr;
    size_t count = 0;
  };

  static uint8_t tag_of(uint64_t hash) { return static_cast<uint8_t>(hash >> 57); }
  static Array allocate(size_t count) {
    // Zeroed by the kernel, page by page as it is touched: the kindest way to double.
    Array a{mem::zcalloc((count + 1) * sizeof(DictBucket)), nullptr, count};
    a.buckets = reinterpret_cast<DictBucket*>((reinterpret_cast<uintptr_t>(a.memory) + 63) & ~uintptr_t{63});
    return a;
  }
  static DictTable::Spot search(DictBucket& first, std::string_view key, uint64_t hash) {
    for (DictBucket* b = &first;; b = b->next()) {
      for (uint64_t hits = b->candidates(tag_of(hash)); hits != 0; hits &= hits - 1) {
        const unsigned i = static_cast<unsigned>(std::countr_zero(hits)) / 8;
        if (b->has(i) && reinterpret_cast<Record*>(b->slots[i])->key() == key) return {b, i};
      }
      if (!b->chained()) return {nullptr, 0};
    }
  }
  Record* find(std::string_view key, uint64_t hash) const {
    for (const Array& a : arrays_) {
      if (a.count == 0) continue;
      const DictTable::Spot spot = search(a.buckets[hash & (a.count - 1)], key, hash);
      if (spot.bucket != nullptr) return reinterpret_cast<Record*>(spot.bucket->slots[spot.slot]);
    }
    return nullptr;
  }
  void place(Array& a, uint64_t hash, Record* r) {
    DictTable::put(chains_.make_room(a.buckets[hash & (a.count - 1)]), tag_of(hash),
                   reinterpret_cast<uint64_t>(r));
  }
  void grow() {
    if (arrays_[0].count == 0) {
      arrays_[0] = allocate(1);
    } else {
      arrays_[1] = allocate(arrays_[0].count * 2);
      moved_ = 0;
    }
  }
  void move_one() {
    chains_.drain(arrays_[0].buckets[moved_], moving_);
    for (const DictTable::Tagged& e : moving_) __builtin_prefetch(reinterpret_cast<const void*>(e.word));
    for (const DictTable::Tagged& e : moving_) {
      auto* const r = reinterpret_cast<Record*>(e.word);
      place(arrays_[1], siphash13(r->key(), kSeed), r);
    }
    if (++moved_ < arrays_[0].count) return;
    mem::zfree(arrays_[0].memory);
    arrays_[0] = std::exchange(arrays_[1], Array());
  }

  std::array<Array, 2> arrays_;
  size_t size_ = 0;
  size_t moved_ = 0;
  DictTable chains_;  // allocates the overflow buckets; has none of its own
  std::vector<DictTable::Tagged> moving_;
};

template <class Table>
Table& filled(size_t count) {
  static std::map<size_t, std::unique_ptr<Table>> tables;
  auto& table = tables[count];
  if (!table) {
    table = std::make_unique<Table>();
    for (size_t i = 0; i < count; ++i) table->insert(records()[i]);
  }
  return *table;
}

// --- time

template <class Table>
void BM_find_hit(benchmark::State& state) {
  const auto count = static_cast<size_t>(state.range(0));
  const Table& table = filled<Table>(count);
  Rng rng(1);
  for (auto _ : state) benchmark::DoNotOptimize(table.find(records()[rng.below(count)]->key()));
}

template <class Table>
void BM_find_miss(benchmark::State& state) {
  const auto count = static_cast<size_t>(state.range(0));
  const Table& table = filled<Table>(count);
  Rng rng(1);
  char key[] = "nokey:0123456789";
  for (auto _ : state) {
    const uint64_t number = rng.next();
    std::memcpy(key + 6, &number, sizeof number);
    benchmark::DoNotOptimize(table.find({key, 16}));
  }
}

// As the server looks up the keys of a pipeline: hash and bucket for all, then elements for all, then the
// lookups.
void BM_find_hit_in_batches_of_16(benchmark::State& state) {
  constexpr size_t kBatch = 16;
  const auto count = static_cast<size_t>(state.range(0));
  const Dict<RecordPolicy>& dict = filled<Linear>(count).dict;
  Rng rng(1);
  // The keys come from a request buffer, which is in the cache: copied out of the records, whose place the
  // lookup then has to find anew.
  std::array<std::array<char, 16>, kBatch> keys;
  std::array<uint64_t, kBatch> hashes;
  size_t numbers = 0;
  for (auto _ : state) {
    for (size_t i = 0; i < kBatch; ++i) {
      numbers = rng.below(count);
      auto* digit = keys[i].data() + 16;
      std::memcpy(keys[i].data(), "key:000000000000", 16);
      for (; numbers != 0; numbers /= 10) *--digit = static_cast<char>('0' + numbers % 10);
      hashes[i] = dict.hash({keys[i].data(), 16});
      dict.prefetch_bucket(hashes[i]);
    }
    for (const uint64_t hash : hashes) dict.prefetch_element(hash);
    for (size_t i = 0; i < kBatch; ++i) benchmark::DoNotOptimize(dict.find({keys[i].data(), 16}, hashes[i]));
  }
  state.SetItemsProcessed(state.iterations() * static_cast<int64_t>(kBatch));
}

// From nothing to `count` elements and back, growth and shrinking included.
template <class Table>
void BM_insert_all(benchmark::State& state) {
  const auto count = static_cast<size_t>(state.range(0));
  records()[count];
  for (auto _ : state) {
    state.PauseTiming();
    auto table = std::make_unique<Table>();
    state.ResumeTiming();
    for (size_t i = 0; i < count; ++i) table->insert(records()[i]);
    state.PauseTiming();
    table.reset();
    state.ResumeTiming();
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}

template <class Table>
void BM_erase_all(benchmark::State& state) {
  const auto count = static_cast<size_t>(state.range(0));
  for (auto _ : state) {
    state.PauseTiming();
    auto table = std::make_unique<Table>();
    for (size_t i = 0; i < count; ++i) table->insert(records()[i]);
    state.ResumeTiming();
    for (size_t i = 0; i < count; ++i) table->erase(records()[i]->key());
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}

void BM_scan(benchmark::State& state) {
  const Dict<RecordPolicy>& dict = filled<Linear>(static_cast<size_t>(state.range(0))).dict;
  uint64_t cursor = 0, sum = 0;
  int64_t visited = 0;
  for (auto _ : state) {
    cursor = dict.scan(cursor, [&](const Record* r) {
      sum += static_cast<uint64_t>(r->bytes[15]);
      ++visited;
    });
  }
  benchmark::DoNotOptimize(sum);
  state.SetItemsProcessed(visited);
}

void BM_fair_random(benchmark::State& state) {
  const Dict<RecordPolicy>& dict = filled<Linear>(static_cast<size_t>(state.range(0))).dict;
  Rng rng(1);
  for (auto _ : state) benchmark::DoNotOptimize(dict.fair_random(rng));
}

// --- memory, and the worst insertion

// CPU time of this thread: what others on the machine do is not in it.
int64_t thread_ns() {
  timespec now;
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return now.tv_sec * 1'000'000'000 + now.tv_nsec;
}

// The bytes that a table of `count` elements takes for each.
template <class Table>
void BM_bytes_per_element(benchmark::State& state) {
  const auto count = static_cast<size_t>(state.range(0));
  records()[count];
  for (auto _ : state) {
    const Bytes before = mem::zmalloc_used_memory();
    Table table;
    for (size_t i = 0; i < count; ++i) table.insert(records()[i]);
    state.counters["bytes"] =
        static_cast<double>(mem::zmalloc_used_memory() - before) / static_cast<double>(count);
  }
}

// The longest that one insertion took on the way to `count` elements. The minimum over several runs:
// interrupts are in the figure, and do not hit the same insertion twice.
template <class Table>
void BM_worst_insert(benchmark::State& state) {
  const auto count = static_cast<size_t>(state.range(0));
  records()[count];
  std::vector<int32_t> best(count, INT32_MAX);
  for (auto _ : state) {
    Table table;
    int64_t before = thread_ns();
    for (size_t i = 0; i < count; ++i) {
      table.insert(records()[i]);
      const int64_t now = thread_ns();
      best[i] = std::min(best[i], static_cast<int32_t>(now - before));
      before = now;
    }
  }
  std::sort(best.begin(), best.end());
  state.counters["worst_ns"] = best.back();
  state.counters["p9999_ns"] = best[count - count / 10'000];
}

void sizes(benchmark::internal::Benchmark* b) {
  for (const int64_t n : {1'000, 100'000, 1'000'000, 10'000'000}) b->Arg(n);
}
void fill_sizes(benchmark::internal::Benchmark* b) {
  sizes(b);
  b->Unit(benchmark::kMillisecond)->MinTime(0.2);
}
void steps(benchmark::internal::Benchmark* b) {
  for (int64_t n = 1'000'000; n <= 2'000'000; n += 125'000) b->Arg(n);
  b->Unit(benchmark::kMillisecond)->Iterations(1);
}

BENCHMARK_TEMPLATE(BM_find_hit, Linear)->Apply(sizes);
BENCHMARK_TEMPLATE(BM_find_hit, Doubling)->Apply(sizes);
BENCHMARK_TEMPLATE(BM_find_hit, Standard)->Apply(sizes);
BENCHMARK_TEMPLATE(BM_find_miss, Linear)->Apply(sizes);
BENCHMARK_TEMPLATE(BM_find_miss, Doubling)->Apply(sizes);
BENCHMARK_TEMPLATE(BM_find_miss, Standard)->Apply(sizes);
BENCHMARK(BM_find_hit_in_batches_of_16)->Apply(sizes);
BENCHMARK(BM_scan)->Apply(sizes);
BENCHMARK(BM_fair_random)->Apply(sizes);
BENCHMARK_TEMPLATE(BM_insert_all, Linear)->Apply(fill_sizes);
BENCHMARK_TEMPLATE(BM_insert_all, Doubling)->Apply(fill_sizes);
BENCHMARK_TEMPLATE(BM_insert_all, Standard)->Apply(fill_sizes);
BENCHMARK_TEMPLATE(BM_erase_all, Linear)->Apply(fill_sizes);
BENCHMARK_TEMPLATE(BM_erase_all, Doubling)->Apply(fill_sizes);
BENCHMARK_TEMPLATE(BM_erase_all, Standard)->Apply(fill_sizes);
BENCHMARK_TEMPLATE(BM_bytes_per_element, Linear)->Apply(steps);
BENCHMARK_TEMPLATE(BM_bytes_per_element, Doubling)->Apply(steps);
BENCHMARK_TEMPLATE(BM_bytes_per_element, Standard)->Apply(steps);
BENCHMARK_TEMPLATE(BM_worst_insert, Linear)->Arg(2'000'000)->Unit(benchmark::kMillisecond)->Iterations(5);
BENCHMARK_TEMPLATE(BM_worst_insert, Doubling)->Arg(2'000'000)->Unit(benchmark::kMillisecond)->Iterations(5);
BENCHMARK_TEMPLATE(BM_worst_insert, Standard)->Arg(2'000'000)->Unit(benchmark::kMillisecond)->Iterations(5);

}  // namespace
}  // namespace redpoll::ds
