// Wake-ups from other threads: coalesced, never lost.
#include "ae/wakeup.h"

#include <atomic>
#include <catch2/catch.hpp>
#include <mutex>
#include <thread>
#include <vector>

#include "unit/ae/support.h"

namespace redpoll::ae::test {

TEST_CASE("Notifications before a turn coalesce into one call") {
  const auto loop = make_loop(every_backend());
  int calls = 0;
  auto handler = [&] { calls++; };
  const auto wakeup = Wakeup::create(*loop, Wakeup::Handler::of(handler));
  REQUIRE(wakeup.ok());
  REQUIRE(loop->run_once(kNow) == 0);
  for (int i = 0; i < 1000; i++) (*wakeup)->notify();
  REQUIRE(loop->run_once(kNow) == 1);
  REQUIRE(loop->run_once(kNow) == 0);
  REQUIRE(calls == 1);
  (*wakeup)->notify();
  REQUIRE(loop->run_once(kNow) == 1);
  REQUIRE(calls == 2);
}

TEST_CASE("A notification from within the handler calls it again") {
  const auto loop = make_loop(every_backend());
  int calls = 0;
  Wakeup* self = nullptr;
  auto handler = [&] {
    if (++calls == 1) self->notify();
  };
  const auto wakeup = Wakeup::create(*loop, Wakeup::Handler::of(handler));
  self = wakeup->get();
  self->notify();
  REQUIRE(loop->run_once(kNow) == 1);
  REQUIRE(loop->run_once(kNow) == 1);
  REQUIRE(loop->run_once(kNow) == 0);
  REQUIRE(calls == 2);
}

TEST_CASE("A waiting loop is woken, and every job of every thread is seen") {
  const auto loop = make_loop(every_backend());
  constexpr int kThreads = 4;
  constexpr int kJobs = 5000;
  std::mutex mutex;
  std::vector<int> queue;
  int seen = 0;
  // The queue is read only here: a lost wake-up would leave the loop waiting for ever.
  auto handler = [&] {
    const std::lock_guard lock(mutex);
    seen += static_cast<int>(queue.size());
    queue.clear();
    if (seen == kThreads * kJobs) loop->stop();
  };
  const auto wakeup = Wakeup::create(*loop, Wakeup::Handler::of(handler));
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; t++) {
    threads.emplace_back([&] {
      for (int i = 0; i < kJobs; i++) {
        {
          const std::lock_guard lock(mutex);
          queue.push_back(i);
        }
        (*wakeup)->notify();
      }
    });
  }
  loop->run();
  for (std::thread& thread : threads) thread.join();
  REQUIRE(seen == kThreads * kJobs);
}

TEST_CASE("What was written before notify is visible to the handler without a lock") {
  const auto loop = make_loop(every_backend());
  constexpr int kRounds = 2000;
  int message = 0;  // plain: the wake-up and `answered` order it
  std::atomic<int> answered = 0;
  auto handler = [&] {
    const int got = message;
    answered.store(got, std::memory_order_release);
    if (got == kRounds) loop->stop();
  };
  const auto wakeup = Wakeup::create(*loop, Wakeup::Handler::of(handler));
  std::thread sender([&] {
    for (int i = 1; i <= kRounds; i++) {
      message = i;
      (*wakeup)->notify();
      while (answered.load(std::memory_order_acquire) != i) std::this_thread::yield();
    }
  });
  loop->run();
  sender.join();
  REQUIRE(answered == kRounds);
}

}  // namespace redpoll::ae::test
