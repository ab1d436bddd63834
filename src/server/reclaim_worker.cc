#include "server/reclaim_worker.h"

#include <pthread.h>
#include <signal.h>

#include <utility>

namespace redpoll::server {

// How many objects a garbage holds, for the statistics.
static size_t objects(const std::variant<store::EntryDict, mem::BlobPtr>& garbage) {
  const auto* dict = std::get_if<store::EntryDict>(&garbage);
  return dict != nullptr ? dict->size() : 1;
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

void ReclaimWorker::give(Garbage garbage) {
  pending_.fetch_add(objects(garbage), std::memory_order_relaxed);
  {
    const std::lock_guard lock(mutex_);
    queue_.push_back(std::move(garbage));
  }
  given_.notify_one();
  if (!thread_.joinable()) thread_ = std::thread([this] { work(); });
}

void ReclaimWorker::work() {
  // Signals belong to the main thread.
  sigset_t all;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, nullptr);
  std::unique_lock lock(mutex_);
  for (;;) {
    given_.wait(lock, [this] { return stop_ || !queue_.empty(); });
    if (queue_.empty()) return;
    Garbage garbage = std::move(queue_.front());
    queue_.pop_front();
    lock.unlock();
    const size_t count = objects(garbage);
    garbage = mem::BlobPtr{};
    freed_.fetch_add(count, std::memory_order_relaxed);
    pending_.fetch_sub(count, std::memory_order_relaxed);
    lock.lock();
  }
}

}  // namespace redpoll::server
