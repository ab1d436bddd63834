// The event loop: waits for descriptors and timers, and runs their handlers, one after another, in one
// thread.
//
// One turn:
//
//   before_sleep -> poll -> the clock is read -> after_sleep -> file handlers -> after_files
//                -> timer handlers
//
// File events are level-triggered and kept in an array indexed by descriptor. Of what one poll found ready,
// descriptors of high priority are dispatched before all others; among equals the order is that of the poll.
// A turn dispatches everything that its poll found (unless a handler runs a nested turn), so the others wait
// for one round of those of high priority and no longer, and nobody starves. A poll finds kMaxFired at most:
// if more are ready, each is found by one of the next polls; those of high priority are then asked for apart,
// and are part of every turn.
//
// On one descriptor the readable handler runs before the writable one, unless Interest::barrier inverts that;
// a handler registered for both is called once when both fire. Errors and hang-ups go to whichever handlers
// are there.
//
// Handlers may do anything to the loop but destroy it: add, remove and replace events of any descriptor,
// close and reuse descriptors, add and remove timers, run a nested turn. A descriptor whose last interest
// was removed gets nothing that was polled before it was added again, so a new owner never sees the event
// of the old one.
//
// Not thread-safe: other threads use ae::Wakeup.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "ae/backend.h"
#include "ae/delegate.h"
#include "ae/interest.h"
#include "ae/time_events.h"
#include "base/clock.h"
#include "base/result.h"
#include "base/units.h"

namespace redpoll::ae {

// Called with the descriptor and what it is ready for; both flags only if it is the handler of both. A
// handler that takes no arguments is fine as well.
using FileHandler = Delegate<void(int fd, Interest ready)>;
using Hook = Delegate<void()>;

// What a turn does. A set of flags.
enum class Turn : uint8_t {
  files = 1,
  timers = 2,
  dont_wait = 4,  // poll without waiting
  no_hooks = 8,   // none of before_sleep, after_sleep, after_files
  all = files | timers,
};
constexpr Turn operator|(Turn a, Turn b) {
  return static_cast<Turn>(static_cast<uint8_t>(a) | static_cast<uint8_t>(b));
}
constexpr bool has(Turn set, Turn what) {
  return (static_cast<uint8_t>(set) & static_cast<uint8_t>(what)) != 0;
}

class EventLoop {
 public:
  // A loop for descriptors below `set_size`. Fails if the backend is not available or cannot hold as many.
  static Result<std::unique_ptr<EventLoop>> create(size_t set_size,
                                                   EventBackend kind = EventBackend::automatic,
                                                   Clocks clocks = {});
  // Runs the finalizers of the timers that are left. REQUIRES: no turn is running.
  ~EventLoop();
  EventLoop(const EventLoop&) = delete;
  EventLoop& operator=(const EventLoop&) = delete;

  // Watches fd for the flags of `what` and calls `handler` for them; interests that are already there stay, a
  // handler that is already there for one of the flags is replaced (and inherits what this turn has polled).
  // Fails without a change: with the text of ERANGE if fd >= set_size(), else with what the system says.
  // REQUIRES: fd is open, `what` has readable or writable.
  Result<void> add(int fd, Interest what, FileHandler handler);

  // Stops watching fd for the flags of `what`. Removing writable removes barrier too. What is not watched is
  // ignored, as is fd >= set_size(). Call it with Interest::all before the descriptor is closed.
  void remove(int fd, Interest what);

  // High priority lasts until the last interest in fd is removed. REQUIRES: fd is watched.
  void set_priority(int fd, Priority priority);
  Priority priority(int fd) const;

  // What fd is watched for now. none for a descriptor outside the set.
  Interest interest(int fd) const;

  // Runs `handler` once `delay_ms` are over, never in the turn's timer phase that is running, then again
  // after each delay that it returns, until it returns kNoMore. At most once per turn. `finalizer` runs
  // exactly once, when the timer is gone: after the handler has returned kNoMore or has removed its own
  // timer, inside remove_timer otherwise, or when the loop is destroyed. Negative delays count as 0.
  // O(timers). Ids are never used twice.
  TimerId add_timer(int64_t delay_ms, TimeHandler handler, TimerFinalizer finalizer = {});
  // The same, for the first time when the clock says `deadline`.
  TimerId add_timer_at(MonoUs deadline, TimeHandler handler, TimerFinalizer finalizer = {});
  // False if there is no such timer (any more). O(timers).
  bool remove_timer(TimerId id);
  size_t timers() const { return time_events_.size(); }

  void set_before_sleep(Hook hook) { before_sleep_ = hook; }
  void set_after_sleep(Hook hook) { after_sleep_ = hook; }
  // Runs when the file handlers of a turn are through, before its timers, and only if a descriptor had fired:
  // for work that the handlers have collected, which is cheaper to do for all of them at once.
  void set_after_files(Hook hook) { after_files_ = hook; }

  // Runs turns until stop().
  void run();
  // Runs one turn and returns how many handlers it found due: ready descriptors and timers. Without
  // Turn::timers the wait is not bounded by the nearest timer; without Turn::files it polls nothing, and
  // never waits.
  //
  // May be called by a handler or a hook, to serve others during long work. Afterwards the outer turn drops
  // what it has not dispatched yet, since it may be served or outdated: whatever is still ready fires again
  // in the next poll. The timer whose handler is running does not run again inside.
  int run_once(Turn flags = Turn::all);
  // Makes run() return after the turn that is running, or at once if it has not started.
  void stop() { stop_ = true; }
  // The next poll does not wait: a hook or handler has left work behind.
  void skip_next_wait() { skip_wait_ = true; }
  // How many turns are running, one inside another. 0 outside.
  int depth() const { return depth_; }

  // Changes which descriptors can be watched. Fails, changing nothing, if one at or above `set_size` is
  // watched or the backend cannot hold as many.
  Result<void> resize_set_size(size_t set_size);
  size_t set_size() const { return set_size_; }

  // The time when the latest poll returned (or of the latest refresh_time). A nested turn moves it on.
  MonoUs now() const { return now_; }
  UnixMs unix_now() const { return unix_now_; }
  // Reads the clocks: for handlers that ran for long.
  void refresh_time();
  // For those who must not go by the time of the turn.
  const Clocks& clocks() const { return clocks_; }

  std::string_view backend_name() const { return name_of(backend_->kind()); }

 private:
  struct FileEvent {
    FileHandler on_readable;
    FileHandler on_writable;
    // The number of the poll after which the descriptor was added: what that poll reported is for an earlier
    // owner of the same number.
    uint64_t since_poll : 55 = 0;
    uint64_t interest_bits : 8 = 0;
    uint64_t urgent : 1 = 0;

    Interest interest() const { return static_cast<Interest>(interest_bits); }
  };
  static_assert(sizeof(FileEvent) == 40);

  EventLoop(std::unique_ptr<Backend> backend, size_t set_size, Clocks clocks);

  int64_t poll_timeout_us(Turn flags);
  int poll_and_dispatch(Turn flags);
  // Puts what is urgent at the beginning of the first `n` of `fired_`; returns how many there are now.
  size_t urgent_first(size_t n);
  size_t add_missed_urgent(size_t n);
  void dispatch(FiredEvent fired, uint64_t poll);
  // Calls the handler of one flag and returns it, unless there is nothing to call or it is `called`.
  FileHandler call(FiredEvent fired, Interest flag, uint64_t poll, FileHandler called);

  std::unique_ptr<Backend> backend_;
  size_t set_size_;
  Clocks clocks_;
  std::vector<FileEvent> files_;  // indexed by descriptor; grows to the highest one in use, not to set_size_
  std::vector<FiredEvent> fired_;
  size_t urgent_ = 0;  // descriptors of high priority
  TimeEvents time_events_;
  Hook before_sleep_;
  Hook after_sleep_;
  Hook after_files_;
  uint64_t polls_ = 0;
  MonoUs now_;
  UnixMs unix_now_;
  int depth_ = 0;
  bool stop_ = false;
  bool skip_wait_ = false;
};

}  // namespace redpoll::ae
