// Timers that share one timeout, in a queue: what was added last is due last, so that nothing is ever sorted
// or searched, and 100,000 of them cost the loop no more than one.
//
//   head                                                tail
//   since 10:00:00 <-> since 10:00:02 <-> ... <-> since 10:04:59      timeout: 5 minutes
//         ^ one timer of the loop stands at its deadline, or earlier: then it finds that it has come too soon
//
// add, refresh and cancel are O(1) and leave the loop's timer alone. Who has been refreshed stays where it is
// for the slack of the queue, which is added to every timeout: with a slack of a second, a refresh is a
// comparison, and once in a second a move to the tail.
//
// A Timeout is a part (a base or a member) of what times out; there is no allocation. Not thread-safe.
#pragma once

#include <cstdint>
#include <map>

#include "ae/delegate.h"
#include "ae/event_loop.h"
#include "base/units.h"

namespace redpoll::ae {

// Waits in one queue or in none. Leaves it when destroyed.
class Timeout {
 public:
  Timeout() = default;
  ~Timeout() { cancel(); }
  Timeout(const Timeout&) = delete;
  Timeout& operator=(const Timeout&) = delete;

  bool waits() const { return next_ != nullptr; }
  // Leaves its queue, if it waits. O(1).
  void cancel();

 private:
  friend class TimeoutQueue;
  Timeout* prev_ = nullptr;
  Timeout* next_ = nullptr;
  MonoUs since_;
};

// Called when the time is over, with what does not wait any more. It may do anything but destroy the queue:
// destroy or add the timeout, cancel others, change the queue's timeout, run a nested turn.
using TimeoutHandler = Delegate<void(Timeout&)>;

class TimeoutQueue {
 public:
  // Of those that are due at once, more wait for the next turn, so that the others are served in between.
  static constexpr int kMaxPerTurn = 500;

  // A timeout of 0 is never over. `loop` must outlive the queue.
  TimeoutQueue(EventLoop& loop, int64_t timeout_ms, TimeoutHandler handler, int64_t slack_ms = 0);
  // Whoever waits, waits no more.
  ~TimeoutQueue();
  TimeoutQueue(const TimeoutQueue&) = delete;
  TimeoutQueue& operator=(const TimeoutQueue&) = delete;

  // Its time begins, or begins anew, with this turn of the loop: the handler is called when the timeout and
  // the slack have passed. If it waits in another queue, it leaves that.
  void add(Timeout& timeout);
  // The same, up to the slack earlier, but never before the timeout has passed: for what happens often.
  // REQUIRES: it waits in this queue.
  void refresh(Timeout& timeout) {
    if (loop_.now() - timeout.since_ > slack_us_) add(timeout);
  }

  // For those that wait as well.
  void set_timeout(int64_t timeout_ms);
  int64_t timeout_ms() const { return timeout_ms_; }

  bool empty() const { return ends_.next_ == &ends_; }
  // Whether its handler is running.
  bool running() const { return running_; }

 private:
  int64_t on_time(TimerId timer);
  // Null if nobody is due.
  Timeout* next_due();
  MonoUs deadline(const Timeout& timeout) const;
  void set_timer();

  EventLoop& loop_;
  const TimeoutHandler handler_;
  int64_t timeout_ms_;
  const int64_t slack_us_;
  Timeout ends_;  // after the tail and before the head: the list is a ring
  TimerId timer_ = TimerId::none;
  bool running_ = false;
};

// Queues for timeouts that are not known beforehand, such as clients choose: one for each that is in use.
class TimeoutQueues {
 public:
  TimeoutQueues(EventLoop& loop, TimeoutHandler handler) : loop_(loop), handler_(handler) {}

  // The handler is called in `timeout_ms`, counted from this turn of the loop. O(log n) for n different
  // timeouts, however many wait. REQUIRES: timeout_ms > 0.
  void add(Timeout& timeout, int64_t timeout_ms);

  // How many queues there are. Those that nobody waits in any more go when others are made.
  size_t size() const { return queues_.size(); }

 private:
  void drop_empty();

  EventLoop& loop_;
  const TimeoutHandler handler_;
  std::map<int64_t, TimeoutQueue> queues_;
  size_t drop_at_ = 16;
};

}  // namespace redpoll::ae
