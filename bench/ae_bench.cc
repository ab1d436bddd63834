// What the event loop costs: per fired event and per turn, on each backend. The system call is included, so
// the figures are for comparing backends and changes of the loop; BM_bare_epoll is the floor.
#include <benchmark/benchmark.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <memory>
#include <vector>

#include "ae/event_loop.h"

#if __has_include(<sys/epoll.h>)
#include <sys/epoll.h>
#endif

namespace redpoll::ae {
namespace {

constexpr size_t kSetSize = 1024;

// `ready` descriptors that are always readable among `idle` ones that never are.
class Descriptors {
 public:
  Descriptors(int64_t ready, int64_t idle) {
    for (int64_t i = 0; i < ready + idle; i++) fds_.push_back(::eventfd(i < ready ? 1 : 0, EFD_NONBLOCK));
  }
  ~Descriptors() {
    for (const int fd : fds_) ::close(fd);
  }
  Descriptors(const Descriptors&) = delete;
  Descriptors& operator=(const Descriptors&) = delete;

  const std::vector<int>& all() const { return fds_; }

 private:
  std::vector<int> fds_;
};

struct Counter {
  int64_t calls = 0;
  void on_readable() { calls++; }
};

void BM_fired_event(benchmark::State& state, EventBackend kind) {
  const Descriptors descriptors(state.range(0), state.range(1));
  auto loop = EventLoop::create(kSetSize, kind);
  Counter counter;
  for (const int fd : descriptors.all()) {
    if (!(*loop)->add(fd, Interest::readable, FileHandler::to<&Counter::on_readable>(counter)).ok()) {
      state.SkipWithError("add failed");
      return;
    }
  }
  for (auto _ : state) (*loop)->run_once(Turn::all | Turn::dont_wait);
  state.SetItemsProcessed(counter.calls);
}

void BM_turn_with_timers(benchmark::State& state, EventBackend kind) {
  auto loop = EventLoop::create(kSetSize, kind);
  auto never = [] { return int64_t{3'600'000}; };
  for (int64_t i = 0; i < state.range(0); i++) (*loop)->add_timer(3'600'000 + i, TimeHandler::of(never));
  for (auto _ : state) (*loop)->run_once(Turn::all | Turn::dont_wait);
}

#if __has_include(<sys/epoll.h>)
void BM_bare_epoll(benchmark::State& state) {
  const Descriptors descriptors(state.range(0), state.range(1));
  const int epoll = ::epoll_create1(0);
  for (const int fd : descriptors.all()) {
    epoll_event event{.events = EPOLLIN, .data = {.fd = fd}};
    ::epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event);
  }
  std::vector<epoll_event> fired(kMaxFired);
  int64_t events = 0;
  for (auto _ : state) events += ::epoll_wait(epoll, fired.data(), static_cast<int>(fired.size()), 0);
  ::close(epoll);
  state.SetItemsProcessed(events);
}
BENCHMARK(BM_bare_epoll)->Args({1, 0})->Args({50, 0})->Args({500, 0})->Args({50, 450});
#endif

const bool registered = [] {
  for (const EventBackend kind : available_backends()) {
    const std::string suffix = "/" + std::string(name_of(kind));
    const auto fired = [kind](benchmark::State& state) { BM_fired_event(state, kind); };
    benchmark::RegisterBenchmark(("BM_fired_event" + suffix).c_str(), fired)
        ->Args({1, 0})
        ->Args({50, 0})
        ->Args({500, 0})
        ->Args({50, 450});
    const auto timers = [kind](benchmark::State& state) { BM_turn_with_timers(state, kind); };
    benchmark::RegisterBenchmark(("BM_turn_with_timers" + suffix).c_str(), timers)->Arg(0)->Arg(30);
  }
  return true;
}();

}  // namespace
}  // namespace redpoll::ae
