#include "ae/time_events.h"

#include <algorithm>
#include <iterator>

namespace redpoll::ae {

TimeEvents::~TimeEvents() {
  // One at a time: a finalizer may remove other timers.
  while (!waiting_.empty()) finalize(waiting_, waiting_.begin());
}

TimerId TimeEvents::add(MonoUs deadline, TimeHandler handler, TimerFinalizer finalizer) {
  const TimerId id{++last_id_};
  std::list<TimeEvent> fresh;
  fresh.push_back({.id = id, .deadline = deadline, .handler = handler, .finalizer = finalizer});
  insert_ordered(fresh, fresh.begin());
  return id;
}

bool TimeEvents::remove(TimerId id) {
  const auto same_id = [id](const TimeEvent& event) { return event.id == id; };
  if (const auto it = std::find_if(waiting_.begin(), waiting_.end(), same_id); it != waiting_.end()) {
    finalize(waiting_, it);
    return true;
  }
  const auto it = std::find_if(running_.begin(), running_.end(), same_id);
  if (it == running_.end() || it->removed) return false;
  it->removed = true;
  return true;
}

int TimeEvents::run_due(MonoUs now, MonoUs (*clock)()) {
  const uint64_t round = ++round_;
  const TimerId newest{last_id_};
  int ran = 0;
  // Handlers change the list at will, so the search starts over after each. What has run is due again only if
  // it asked for no delay.
  for (auto it = next_due(now, newest, round); it != waiting_.end(); it = next_due(now, newest, round)) {
    run(it, round, clock);
    ran++;
  }
  return ran;
}

std::optional<MonoUs> TimeEvents::nearest() const {
  if (waiting_.empty()) return std::nullopt;
  return waiting_.front().deadline;
}

TimeEvents::Iterator TimeEvents::next_due(MonoUs now, TimerId newest, uint64_t round) {
  for (auto it = waiting_.begin(); it != waiting_.end() && it->deadline <= now; ++it) {
    // A nested round is higher than the one it interrupted: what it ran has had its turn.
    if (it->id <= newest && it->last_round < round) return it;
  }
  return waiting_.end();
}

void TimeEvents::run(Iterator event, uint64_t round, MonoUs (*clock)()) {
  running_.splice(running_.end(), waiting_, event);
  event->last_round = round;
  const int64_t delay_ms = event->handler(event->id);
  if (event->removed || delay_ms == kNoMore) {
    finalize(running_, event);
    return;
  }
  event->deadline = deadline_in(clock(), delay_ms);
  insert_ordered(running_, event);
}

void TimeEvents::insert_ordered(std::list<TimeEvent>& from, Iterator event) {
  // From the back: most timers are set for later than those that are there.
  auto before = waiting_.end();
  while (before != waiting_.begin() && std::prev(before)->deadline > event->deadline) --before;
  waiting_.splice(before, from, event);
}

void TimeEvents::finalize(std::list<TimeEvent>& from, Iterator event) {
  // Out of the list first: the finalizer may look for it.
  std::list<TimeEvent> gone;
  gone.splice(gone.begin(), from, event);
  if (event->finalizer) event->finalizer(event->id);
}

}  // namespace redpoll::ae
