// ReclaimWorker: what it is given is freed, on a thread that takes no signals, or at once without one.
#include "server/reclaim_worker.h"

#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <charconv>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "mem/zmalloc.h"
#include "store/string.h"

namespace redpoll::server {

namespace {

// The signals that the other threads of this process block, one mask each.
std::vector<uint64_t> masks_of_others() {
  std::vector<uint64_t> masks;
  for (const auto& task : std::filesystem::directory_iterator("/proc/self/task")) {
    if (task.path().filename() == std::to_string(gettid())) continue;
    std::ifstream status(task.path() / "status");
    for (std::string line; std::getline(status, line);) {
      if (!line.starts_with("SigBlk:\t")) continue;
      uint64_t mask = 0;
      std::from_chars(line.data() + 8, line.data() + line.size(), mask, 16);
      masks.push_back(mask);
    }
  }
  return masks;
}

constexpr uint64_t bit(int signo) { return uint64_t{1} << (signo - 1); }

template <class Condition>
bool within_deadline(Condition&& reached) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(5);
  while (!reached()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::yield();
  }
  return true;
}

bool freed_within_deadline(const ReclaimWorker& worker, uint64_t count) {
  return within_deadline([&] { return worker.freed() == count && worker.pending() == 0; });
}

store::EntryPtr some_value() {
  return store::EntryPtr(
      store::Entry::create("key", store::String::plain(std::string(5000, 'x')), std::nullopt));
}

store::EntryDict some_table(int entries) {
  store::EntryDict dict(SipKey{1, 2});
  for (int i = 0; i < entries; ++i) {
    dict.add(store::Entry::create("key" + std::to_string(i), store::String::plain(std::string(100, 'x')),
                                  std::nullopt));
  }
  return dict;
}

// While it lives no thread can be started: its stack would be larger than the address space.
class NoThreads {
 public:
  NoThreads() {
    pthread_getattr_default_np(&before_);
    pthread_attr_t huge = before_;
    pthread_attr_setstacksize(&huge, size_t{1} << 47);
    REQUIRE(pthread_setattr_default_np(&huge) == 0);
  }
  ~NoThreads() { pthread_setattr_default_np(&before_); }
  NoThreads(const NoThreads&) = delete;
  NoThreads& operator=(const NoThreads&) = delete;

 private:
  pthread_attr_t before_;
};

}  // namespace

TEST_CASE("What the worker is given is freed and counted") {
  ReclaimWorker worker;
  worker.reclaim(some_value());
  worker.reclaim(some_value());
  REQUIRE(freed_within_deadline(worker, 2));
}

TEST_CASE("What was large goes back to the system at once, not over the allocator's ten seconds") {
  if (mem::zmalloc_allocator_name() == "libc") return;  // which has no figures
  ReclaimWorker worker;
  constexpr int kEntries = 300'000;
  auto table = some_table(kEntries);
  const Bytes full = mem::zmalloc_allocator_stats().resident;
  worker.reclaim(std::move(table));
  REQUIRE(within_deadline([&] { return mem::zmalloc_allocator_stats().resident + kEntries * 120 < full; }));
}

TEST_CASE("Without a thread the worker frees at once, and tries again the next time") {
  ReclaimWorker worker;
  {
    const NoThreads none;
    worker.reclaim(some_value());
    REQUIRE(worker.freed() == 1);
    REQUIRE(worker.pending() == 0);
  }
  worker.reclaim(some_value());
  REQUIRE(freed_within_deadline(worker, 2));
}

TEST_CASE("The worker's thread blocks every signal but those that tell of a fault") {
  sigset_t before;
  pthread_sigmask(SIG_BLOCK, nullptr, &before);
  ReclaimWorker worker;
  worker.reclaim(some_value());
  // Until a thread is set up, the C library keeps everything from it.
  REQUIRE(freed_within_deadline(worker, 1));
  const uint64_t faults = bit(SIGSEGV) | bit(SIGBUS) | bit(SIGFPE) | bit(SIGILL) | bit(SIGABRT);
  bool found = false;
  for (const uint64_t mask : masks_of_others()) {
    found |= (mask & faults) == 0 && mask & bit(SIGTERM) && mask & bit(SIGINT) && mask & bit(SIGHUP);
  }
  REQUIRE(found);
  sigset_t after;
  pthread_sigmask(SIG_BLOCK, nullptr, &after);
  for (int signo = 1; signo < NSIG; ++signo)
    REQUIRE(sigismember(&before, signo) == sigismember(&after, signo));
}

TEST_CASE("The bytes that wait are about those that will be freed, and none in the end") {
  ReclaimWorker worker;
  REQUIRE(worker.pending_bytes() == 0);
  constexpr int kEntries = 500'000;
  auto table = some_table(kEntries);
  const Bytes one = (*table.find("key1"))->memory_bytes();
  const Bytes all = one * kEntries + table.memory_bytes();
  worker.reclaim(std::move(table));
  const Bytes waiting = worker.pending_bytes();
  // The worker may have freed some of it by now.
  REQUIRE(waiting > 0);
  REQUIRE(waiting < all + all / 4);
  worker.reclaim(some_value());
  REQUIRE(freed_within_deadline(worker, kEntries + 1));
  REQUIRE(worker.pending_bytes() == 0);
}

}  // namespace redpoll::server
