// The timers of an event loop: a list ordered by deadline, so that the nearest one is its head.
//
// Meant for tens of timers (cron, retries): insertion walks the list. Deadlines are monotonic, so a jump of
// the wall clock neither delays nor bunches them.
#pragma once

#include <algorithm>
#include <cstdint>
#include <list>
#include <optional>

#include "ae/delegate.h"
#include "base/units.h"

namespace redpoll::ae {

// Names one timer for ever.
enum class TimerId : uint64_t { none = 0 };

// Returns after how many milliseconds it wants to run again, or kNoMore.
using TimeHandler = Delegate<int64_t(TimerId)>;
using TimerFinalizer = Delegate<void(TimerId)>;
inline constexpr int64_t kNoMore = -1;

// The point `delay_ms` after `from`; a negative delay counts as 0, one of centuries is cut.
constexpr MonoUs deadline_in(MonoUs from, int64_t delay_ms) {
  constexpr int64_t kLongestMs = int64_t{1} << 43;
  return from + std::clamp<int64_t>(delay_ms, 0, kLongestMs) * 1000;
}

class TimeEvents {
 public:
  TimeEvents() = default;
  // Runs the finalizers of the timers that are left.
  ~TimeEvents();
  TimeEvents(const TimeEvents&) = delete;
  TimeEvents& operator=(const TimeEvents&) = delete;

  TimerId add(MonoUs deadline, TimeHandler handler, TimerFinalizer finalizer);
  // A timer whose handler is running is finalized when that has returned. False: no such timer.
  bool remove(TimerId id);

  // Runs what is due at `now`, each timer once, without those that the handlers create. `clock` is read after
  // each handler, since the delay it returns counts from its end. Returns how many ran. May be re-entered.
  int run_due(MonoUs now, MonoUs (*clock)());

  // The deadline of the timer that is next, leaving out those whose handler is running.
  std::optional<MonoUs> nearest() const;
  size_t size() const { return waiting_.size() + running_.size(); }

 private:
  struct TimeEvent {
    TimerId id;
    MonoUs deadline;
    TimeHandler handler;
    TimerFinalizer finalizer;
    uint64_t last_round = 0;  // the latest round that ran it
    bool removed = false;     // by its own handler, while running
  };
  using Iterator = std::list<TimeEvent>::iterator;

  Iterator next_due(MonoUs now, TimerId newest, uint64_t round);
  void run(Iterator event, uint64_t round, MonoUs (*clock)());
  void insert_ordered(std::list<TimeEvent>& from, Iterator event);
  void finalize(std::list<TimeEvent>& from, Iterator event);

  std::list<TimeEvent> waiting_;  // by deadline; equal ones in the order they were set
  std::list<TimeEvent> running_;  // more than one when a handler runs a nested turn
  uint64_t last_id_ = 0;
  uint64_t round_ = 0;
};

}  // namespace redpoll::ae
