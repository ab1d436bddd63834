// Wakes an event loop from other threads.
//
// notify() calls coalesce: the handler runs at least once after each, and once for many that come close
// together. What a thread wrote before its notify() is visible to the handler run that follows.
#pragma once

#include <atomic>
#include <memory>

#include "ae/delegate.h"
#include "ae/event_loop.h"
#include "ae/wake_fd.h"
#include "base/result.h"

namespace redpoll::ae {

class Wakeup {
 public:
  using Handler = Delegate<void()>;

  // `handler` runs in the loop's thread, as a file event. REQUIRES: the loop outlives the wakeup.
  static Result<std::unique_ptr<Wakeup>> create(EventLoop& loop, Handler handler);
  // REQUIRES: called in the loop's thread, when no other thread can call notify() any more.
  ~Wakeup();
  Wakeup(const Wakeup&) = delete;
  Wakeup& operator=(const Wakeup&) = delete;

  // Thread-safe and async-signal-safe. A system call only if no wake-up is under way already.
  void notify();

 private:
  Wakeup(EventLoop& loop, WakeFd wake, Handler handler);
  void on_readable();

  EventLoop& loop_;
  WakeFd wake_;
  Handler handler_;
  std::atomic<bool> pending_ = false;
};

}  // namespace redpoll::ae
