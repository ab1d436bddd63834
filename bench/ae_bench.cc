// What the event loop costs: per fired event and per turn, on each backend. The system call is included, so
// the figures are for comparing backends and changes of the loop; BM_bare_epoll is the floor. And what timers
// cost among many others, one by one (BM_timer_*) and in queues of a common timeout (BM_timeout_*), where a
// turn is one of the loop.
#include <benchmark/benchmark.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <memory>
#include <vector>

#include "ae/event_loop.h"
#include "ae/timeout_queue.h"

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

// --- Timers, on a clock that is moved by hand

MonoUs manual_time{1};
MonoUs manual_now() { return manual_time; }

int64_t random_below(int64_t bound) {
  static uint64_t state = 88172645463325252;
  state ^= state << 13;
  state ^= state >> 7;
  state ^= state << 17;
  return static_cast<int64_t>(state % static_cast<uint64_t>(bound));
}

constexpr int64_t kHourMs = 3'600'000;

// Adds one and removes it, among others whose deadlines are spread over an hour, as its own is.
void BM_timer_add_and_remove(benchmark::State& state) {
  TimeEvents events;
  auto never = [] { return kNoMore; };
  for (int64_t i = 0; i < state.range(0); i++) {
    events.add({i * 1000 * kHourMs / state.range(0)}, TimeHandler::of(never), {});
  }
  for (auto _ : state) events.remove(events.add({random_below(kHourMs * 1000)}, TimeHandler::of(never), {}));
}
BENCHMARK(BM_timer_add_and_remove)->Arg(30)->Arg(1000)->Arg(10'000)->Arg(100'000);

// One that is due runs, and is set again for some time within an hour.
void BM_timer_fire(benchmark::State& state) {
  TimeEvents events;
  auto again = [] { return random_below(kHourMs); };
  manual_time = {1};
  const int64_t apart_us = 1000 * kHourMs / state.range(0);
  for (int64_t i = 0; i < state.range(0); i++) events.add({i * apart_us}, TimeHandler::of(again), {});
  int64_t fired = 0;
  for (auto _ : state) {
    manual_time = *events.nearest();
    fired += events.run_due(manual_time, manual_now);
  }
  state.SetItemsProcessed(fired);
}
BENCHMARK(BM_timer_fire)->Arg(30)->Arg(1000)->Arg(10'000)->Arg(100'000);

// --- the queues

struct Crowd {
  static constexpr int64_t kTimeoutMs = 300'000;

  std::unique_ptr<EventLoop> loop = std::move(*EventLoop::create(
      kSetSize, EventBackend::automatic, {.mono = manual_now, .wall = [] { return UnixMs{}; }}));
  std::vector<Timeout> members;
  TimeoutQueue queue;
  int64_t fired = 0;

  Crowd(int64_t size, int64_t slack_ms)
      : members(static_cast<size_t>(size)),
        queue(*loop, kTimeoutMs, TimeoutHandler::to<&Crowd::on_timeout>(*this), slack_ms) {
    for (Timeout& member : members) queue.add(member);
  }
  void on_timeout(Timeout& member) {
    fired++;
    queue.add(member);
  }
  Timeout& any() { return members[static_cast<size_t>(random_below(static_cast<int64_t>(members.size())))]; }
  // A microsecond later.
  void next_moment() {
    manual_time = manual_time + 1;
    loop->refresh_time();
  }
};

void BM_timeout_cancel_and_add(benchmark::State& state) {
  Crowd crowd(state.range(0), 0);
  for (auto _ : state) {
    Timeout& member = crowd.any();
    member.cancel();
    crowd.queue.add(member);
  }
}
BENCHMARK(BM_timeout_cancel_and_add)->Arg(1000)->Arg(100'000);

// Arguments: members and slack in milliseconds. Any of the members, a microsecond after the one before.
void BM_timeout_refresh(benchmark::State& state) {
  Crowd crowd(state.range(0), state.range(1));
  for (auto _ : state) {
    crowd.next_moment();
    crowd.queue.refresh(crowd.any());
  }
}
BENCHMARK(BM_timeout_refresh)->Args({1000, 0})->Args({1000, 1000})->Args({100'000, 0})->Args({100'000, 1000});
// The floor of the former: choosing a member and moving the time.
void BM_timeout_no_refresh(benchmark::State& state) {
  Crowd crowd(state.range(0), 0);
  for (auto _ : state) {
    crowd.next_moment();
    benchmark::DoNotOptimize(crowd.any().waits());
  }
}
BENCHMARK(BM_timeout_no_refresh)->Arg(1000)->Arg(100'000);

// All are due; per member, with the turns that it takes.
void BM_timeout_fire(benchmark::State& state) {
  Crowd crowd(state.range(0), 0);
  for (auto _ : state) {
    manual_time = manual_time + Crowd::kTimeoutMs * 1000;
    const int64_t goal = crowd.fired + state.range(0);
    while (crowd.fired < goal) crowd.loop->run_once(Turn::all | Turn::dont_wait);
  }
  state.SetItemsProcessed(crowd.fired);
}
BENCHMARK(BM_timeout_fire)->Arg(100'000);

void BM_timeout_turn(benchmark::State& state) {
  Crowd crowd(state.range(0), 0);
  for (auto _ : state) crowd.loop->run_once(Turn::all | Turn::dont_wait);
}
BENCHMARK(BM_timeout_turn)->Arg(1)->Arg(100'000);

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
    benchmark::RegisterBenchmark(("BM_turn_with_timers" + suffix).c_str(), timers)
        ->Arg(0)
        ->Arg(30)
        ->Arg(100'000);
  }
  return true;
}();

}  // namespace
}  // namespace redpoll::ae
