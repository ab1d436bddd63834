#include "ae/time_events.h"

#include <utility>

namespace redpoll::ae {

TimeEvents::~TimeEvents() {
  // One at a time: a finalizer may remove other timers.
  while (!waiting_.empty()) {
    TimeEvent& event = *waiting_.begin()->event;
    waiting_.erase(waiting_.begin());
    finalize(event);
  }
}

TimerId TimeEvents::add(MonoUs deadline, TimeHandler handler, TimerFinalizer finalizer) {
  const TimerId id{++last_id_};
  TimeEvent& event =
      events_.try_emplace(id, TimeEvent{.id = id, .handler = handler, .finalizer = finalizer}).first->second;
  // Most timers are set for later than those that are there: looking at the end first finds their place.
  waiting_.insert(waiting_.end(), next_place(event, deadline));
  return id;
}

bool TimeEvents::remove(TimerId id) {
  const auto found = events_.find(id);
  if (found == events_.end()) return false;
  TimeEvent& event = found->second;
  if (event.running) return !std::exchange(event.removed, true);
  waiting_.erase(event.place());
  finalize(event);
  return true;
}

int TimeEvents::run_due(MonoUs now, MonoUs (*clock)()) {
  const uint64_t round = ++round_;
  const TimerId newest{last_id_};
  int ran = 0;
  auto it = waiting_.begin();
  while (it != waiting_.end() && it->deadline <= now) {
    // What has run is due again only if it asked for no delay. A nested round is higher than the one that it
    // interrupted: what it ran has had its turn.
    if (it->event->id > newest || it->event->last_round >= round) {
      ++it;
      continue;
    }
    const Place place = *it;
    run(it, round, clock);
    ran++;
    // Handlers change the set at will, but nothing that they put before this place is for this round.
    it = waiting_.upper_bound(place);
  }
  return ran;
}

std::optional<MonoUs> TimeEvents::nearest() const {
  if (waiting_.empty()) return std::nullopt;
  return waiting_.begin()->deadline;
}

void TimeEvents::run(std::set<Place>::iterator at, uint64_t round, MonoUs (*clock)()) {
  TimeEvent& event = *at->event;
  auto node = waiting_.extract(at);
  event.running = true;
  event.last_round = round;
  const int64_t delay_ms = event.handler(event.id);
  if (event.removed || delay_ms == kNoMore) {
    finalize(event);
    return;
  }
  event.running = false;
  node.value() = next_place(event, deadline_in(clock(), delay_ms));
  waiting_.insert(waiting_.end(), std::move(node));
}

TimeEvents::Place TimeEvents::next_place(TimeEvent& event, MonoUs deadline) {
  event.deadline = deadline;
  event.order = ++last_order_;
  return event.place();
}

// REQUIRES: it does not wait any more.
void TimeEvents::finalize(TimeEvent& event) {
  const TimerId id = event.id;
  const TimerFinalizer finalizer = event.finalizer;
  // Gone first: the finalizer may look for it.
  events_.erase(id);
  if (finalizer) finalizer(id);
}

}  // namespace redpoll::ae
