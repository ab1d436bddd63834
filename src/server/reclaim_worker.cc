#include "server/reclaim_worker.h"

#include <pthread.h>
#include <signal.h>

#include <algorithm>
#include <system_error>
#include <utility>

#include "mem/zmalloc.h"
#include "server/cpu_list.h"

namespace redpoll::server {

namespace {

// Freed bytes from which on the allocator is told to give pages back at once, rather than over its seconds of
// decay. Less than that, the next values take again.
constexpr Bytes kWorthGivingBack = 8 << 20;

// While it lives, a thread that is created inherits a mask of all signals: they belong to the main thread.
// Those that tell of a fault must reach the thread that has it.
class SignalsBlocked {
 public:
  SignalsBlocked() {
    sigset_t blocked;
    sigfillset(&blocked);
    for (const int fault : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT}) sigdelset(&blocked, fault);
    pthread_sigmask(SIG_SETMASK, &blocked, &before_);
  }
  ~SignalsBlocked() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  SignalsBlocked(const SignalsBlocked&) = delete;
  SignalsBlocked& operator=(const SignalsBlocked&) = delete;

 private:
  sigset_t before_;
};

}  // namespace

// How many there are, for the statistics.
size_t ReclaimWorker::objects(const Contents& contents) {
  const auto* dict = std::get_if<store::EntryDict>(&contents);
  return dict != nullptr ? dict->size() : 1;
}

// Of a table, by some of its entries.
Bytes ReclaimWorker::estimate(const Contents& contents) {
  constexpr size_t kElements = 5, kEntries = 64;
  if (const auto* entry = std::get_if<store::EntryPtr>(&contents)) return (*entry)->memory_bytes(kElements);
  const auto& dict = std::get<store::EntryDict>(contents);
  size_t entries = 0;
  Bytes bytes = 0;
  uint64_t cursor = 0;
  do {
    cursor = dict.scan(cursor, [&](const store::Entry* entry) {
      ++entries;
      bytes += entry->memory_bytes(kElements);
    });
  } while (cursor != 0 && entries < kEntries);
  const double share = static_cast<double>(dict.size()) / static_cast<double>(std::max<size_t>(1, entries));
  return dict.memory_bytes() + static_cast<Bytes>(static_cast<double>(bytes) * share);
}

ReclaimWorker::~ReclaimWorker() {
  if (!thread_.joinable()) return;
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  given_.notify_one();
  thread_.join();
}

// A command gives what it removes and cannot fail any more: without a thread it frees in its own time.
bool ReclaimWorker::started() {
  if (thread_.joinable()) return true;
  const SignalsBlocked inherited;
  try {
    thread_ = std::thread([this] { work(); });
  } catch (const std::system_error&) { return false; }
  return true;
}

void ReclaimWorker::give(Contents contents) {
  if (!started()) {
    freed_.fetch_add(objects(contents), std::memory_order_relaxed);
    return;
  }
  pending_.fetch_add(objects(contents), std::memory_order_relaxed);
  const Bytes bytes = estimate(contents);
  pending_bytes_.fetch_add(bytes, std::memory_order_relaxed);
  {
    const std::lock_guard lock(mutex_);
    queue_.push_back({std::move(contents), bytes});
  }
  given_.notify_one();
}

void ReclaimWorker::work() {
  stay_on_cpus(cpus);
  std::unique_lock lock(mutex_);
  Bytes freed = 0;  // and not given back to the system yet
  for (;;) {
    if (queue_.empty() && !stop_ && freed >= kWorthGivingBack) {
      lock.unlock();
      mem::zmalloc_purge();
      freed = 0;
      lock.lock();
    }
    given_.wait(lock, [this] { return stop_ || !queue_.empty(); });
    if (queue_.empty()) return;
    Garbage garbage = std::move(queue_.front());
    queue_.pop_front();
    freed += garbage.bytes;
    lock.unlock();
    free(garbage);
    lock.lock();
  }
}

// What is freed does not wait any more: of a table bit by bit, for whoever compares with the memory in use.
void ReclaimWorker::free(Garbage& garbage) {
  const size_t count = objects(garbage.contents);
  Bytes left = garbage.bytes;
  if (auto* dict = std::get_if<store::EntryDict>(&garbage.contents)) {
    const size_t steps = dict->slots() / ds::DictBucket::kSlots / store::EntryDict::kBucketsPerProgress + 1;
    const Bytes share = garbage.bytes / steps;
    dict->clear([&](size_t) {
      const Bytes freed = std::min(share, left);
      left -= freed;
      pending_bytes_.fetch_sub(freed, std::memory_order_relaxed);
    });
  }
  garbage.contents = store::EntryPtr{};
  pending_bytes_.fetch_sub(left, std::memory_order_relaxed);
  freed_.fetch_add(count, std::memory_order_relaxed);
  pending_.fetch_sub(count, std::memory_order_relaxed);
}

}  // namespace redpoll::server
