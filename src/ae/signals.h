// Signals as events of the loop.
//
// The signal handler counts and wakes the loop through a descriptor; the loop then calls what was registered.
// No signal is blocked, so child processes inherit a clean mask; a forked child that gets one of the signals
// before it executes another program falls back to the default action and leaves the parent alone.
#pragma once

#include <signal.h>
#include <sys/types.h>

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>

#include "ae/delegate.h"
#include "ae/event_loop.h"
#include "ae/wake_fd.h"
#include "base/result.h"

namespace redpoll::ae {

// How often the signal came since the handler ran last (at least 1): signals are coalesced, but not lost.
using SignalHandler = Delegate<void(int signo, uint64_t times)>;

// Runs inside the signal handler, at once, on whatever thread and in the middle of whatever it interrupted:
// only async-signal-safe calls are allowed. `total` counts the arrivals since watch(), this one included.
using UrgentHook = Delegate<void(int signo, uint64_t total)>;

class Signals {
 public:
  // At most one object exists at a time, since a process has one table of signal actions. It serves the
  // process that created it: fork first (daemonize), then create. REQUIRES: the loop outlives it.
  static Result<std::unique_ptr<Signals>> create(EventLoop& loop);
  // Puts back the actions that were there before. REQUIRES: called in the loop's thread, when no other thread
  // can be interrupted by a watched signal.
  ~Signals();
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;

  // Delivers `signo` to `handler` from now on, in the loop's thread. `urgent`, if given, sees it first: so a
  // second SIGINT can end the process even while a command keeps the loop busy.
  // Fails if the system does not let the signal be caught. REQUIRES: it is not watched.
  Result<void> watch(int signo, SignalHandler handler, UrgentHook urgent = {});
  // Puts back the action from before watch(). What has arrived but was not delivered is dropped.
  void unwatch(int signo);

  // Arrivals since watch(). Async-signal-safe.
  uint64_t received(int signo) const;

 private:
  struct Subscription {
    bool watched = false;
    SignalHandler handler;
    UrgentHook urgent;
    struct sigaction before = {};
    std::atomic<uint64_t> received = 0;
    uint64_t delivered = 0;
  };

  Signals(EventLoop& loop, WakeFd wake);
  static void on_signal(int signo);
  void deliver();

  EventLoop& loop_;
  WakeFd wake_;
  pid_t owner_;
  std::array<Subscription, NSIG> subscriptions_;
};

}  // namespace redpoll::ae
