#include "server/reclaim_worker.h"

#include <pthread.h>
#include <signal.h>

#include <system_error>
#include <utility>

namespace redpoll::server {

namespace {

// How many objects a garbage holds, for the statistics.
size_t objects(const std::variant<store::EntryPtr, store::EntryDict>& garbage) {
  const auto* dict = std::get_if<store::EntryDict>(&garbage);
  return dict != nullptr ? dict->size() : 1;
}

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

void ReclaimWorker::give(Garbage garbage) {
  if (!started()) {
    freed_.fetch_add(objects(garbage), std::memory_order_relaxed);
    return;
  }
  pending_.fetch_add(objects(garbage), std::memory_order_relaxed);
  {
    const std::lock_guard lock(mutex_);
    queue_.push_back(std::move(garbage));
  }
  given_.notify_one();
}

void ReclaimWorker::work() {
  std::unique_lock lock(mutex_);
  for (;;) {
    given_.wait(lock, [this] { return stop_ || !queue_.empty(); });
    if (queue_.empty()) return;
    Garbage garbage = std::move(queue_.front());
    queue_.pop_front();
    lock.unlock();
    const size_t count = objects(garbage);
    garbage = store::EntryPtr{};
    freed_.fetch_add(count, std::memory_order_relaxed);
    pending_.fetch_sub(count, std::memory_order_relaxed);
    lock.lock();
  }
}

}  // namespace redpoll::server
