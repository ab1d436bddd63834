// The timers of an event loop, ordered by deadline. Adding, removing and rescheduling one is O(log n),
// knowing the nearest O(1). Many that have the same timeout are cheaper in a TimeoutQueue.
//
// Deadlines are monotonic, so a jump of the wall clock neither delays nor bunches timers.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <set>
#include <unordered_map>

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
  size_t size() const { return events_.size(); }

 private:
  struct TimeEvent;
  // Where a timer stands among those that wait: by deadline, equal ones in the order they were set.
  struct Place {
    MonoUs deadline;
    uint64_t order;
    TimeEvent* event;

    friend bool operator<(const Place& a, const Place& b) {
      return a.deadline != b.deadline ? a.deadline < b.deadline : a.order < b.order;
    }
  };
  struct TimeEvent {
    TimerId id;
    TimeHandler handler;
    TimerFinalizer finalizer;
    MonoUs deadline = {};
    uint64_t order = 0;
    uint64_t last_round = 0;  // the latest round that ran it
    bool running = false;     // and so not among those that wait
    bool removed = false;     // by its own handler, while running

    Place place() { return {deadline, order, this}; }
  };

  void run(std::set<Place>::iterator at, uint64_t round, MonoUs (*clock)());
  Place next_place(TimeEvent& event, MonoUs deadline);
  void finalize(TimeEvent& event);

  std::unordered_map<TimerId, TimeEvent> events_;
  std::set<Place> waiting_;
  uint64_t last_id_ = 0;
  uint64_t last_order_ = 0;
  uint64_t round_ = 0;
};

}  // namespace redpoll::ae
