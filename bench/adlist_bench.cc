// What a list operation costs, beside std::list.
#include <benchmark/benchmark.h>

#include <list>

#include "ds/adlist.h"

namespace redpoll::ds {
namespace {

void BM_list_add_and_erase(benchmark::State& state) {
  List<void*> list;
  for (int64_t i = 0; i < state.range(0); ++i) list.add_tail(nullptr);
  for (auto _ : state) {
    list.add_tail(nullptr);
    list.erase(list.head());
  }
}
BENCHMARK(BM_list_add_and_erase)->Arg(1)->Arg(1000);

void BM_std_list_add_and_erase(benchmark::State& state) {
  std::list<void*> list(static_cast<size_t>(state.range(0)));
  for (auto _ : state) {
    list.push_back(nullptr);
    list.pop_front();
  }
}
BENCHMARK(BM_std_list_add_and_erase)->Arg(1)->Arg(1000);

void BM_list_rotate(benchmark::State& state) {
  List<void*> list;
  for (int i = 0; i < 1000; ++i) list.add_tail(nullptr);
  for (auto _ : state) list.rotate_tail_to_head();
}
BENCHMARK(BM_list_rotate);

void BM_list_walk(benchmark::State& state) {
  List<int64_t> list;
  for (int64_t i = 0; i < state.range(0); ++i) list.add_tail(i);
  for (auto _ : state) {
    int64_t sum = 0;
    List<int64_t>::Iterator it(list);
    while (auto* node = it.next()) sum += node->value;
    benchmark::DoNotOptimize(sum);
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(BM_list_walk)->Arg(1000);

void BM_std_list_walk(benchmark::State& state) {
  std::list<int64_t> list;
  for (int64_t i = 0; i < state.range(0); ++i) list.push_back(i);
  for (auto _ : state) {
    int64_t sum = 0;
    for (const int64_t value : list) sum += value;
    benchmark::DoNotOptimize(sum);
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(BM_std_list_walk)->Arg(1000);

}  // namespace
}  // namespace redpoll::ds
