#include "ae/timeout_queue.h"

#include <algorithm>
#include <utility>

#include "base/assert.h"

namespace redpoll::ae {

void Timeout::cancel() {
  if (!waits()) return;
  prev_->next_ = next_;
  next_->prev_ = prev_;
  prev_ = next_ = nullptr;
}

TimeoutQueue::TimeoutQueue(EventLoop& loop, int64_t timeout_ms, TimeoutHandler handler, int64_t slack_ms)
    : loop_(loop), handler_(handler), timeout_ms_(timeout_ms), slack_us_(slack_ms * 1000) {
  CHECK(handler && timeout_ms >= 0 && slack_ms >= 0);
  ends_.prev_ = ends_.next_ = &ends_;
}

TimeoutQueue::~TimeoutQueue() {
  CHECK(!running_, "a queue of timeouts is destroyed by its handler");
  while (!empty()) ends_.next_->cancel();
  loop_.remove_timer(timer_);
}

void TimeoutQueue::add(Timeout& timeout) {
  timeout.cancel();
  timeout.since_ = loop_.now();
  timeout.prev_ = ends_.prev_;
  timeout.next_ = &ends_;
  ends_.prev_ = timeout.prev_->next_ = &timeout;
  set_timer();
}

void TimeoutQueue::set_timeout(int64_t timeout_ms) {
  CHECK(timeout_ms >= 0);
  timeout_ms_ = timeout_ms;
  loop_.remove_timer(std::exchange(timer_, TimerId::none));
  set_timer();
}

int64_t TimeoutQueue::on_time(TimerId) {
  running_ = true;
  for (int i = 0; i < kMaxPerTurn; i++) {
    Timeout* const due = next_due();
    if (due == nullptr) break;
    due->cancel();
    handler_(*due);
  }
  running_ = false;
  // A new one, since a timer that is set again by what its handler returns counts in milliseconds from now.
  timer_ = TimerId::none;
  set_timer();
  return kNoMore;
}

Timeout* TimeoutQueue::next_due() {
  if (empty() || timeout_ms_ == 0 || deadline(*ends_.next_) > loop_.now()) return nullptr;
  return ends_.next_;
}

MonoUs TimeoutQueue::deadline(const Timeout& timeout) const {
  return deadline_in(timeout.since_, timeout_ms_) + slack_us_;
}

// A timer that is set already is early enough: deadlines only move away.
void TimeoutQueue::set_timer() {
  if (running_ || timer_ != TimerId::none || empty() || timeout_ms_ == 0) return;
  timer_ = loop_.add_timer_at(deadline(*ends_.next_), TimeHandler::to<&TimeoutQueue::on_time>(this));
}

void TimeoutQueues::add(Timeout& timeout, int64_t timeout_ms) {
  CHECK(timeout_ms > 0);
  auto queue = queues_.find(timeout_ms);
  if (queue == queues_.end()) {
    if (queues_.size() >= drop_at_) drop_empty();
    queue = queues_.try_emplace(timeout_ms, loop_, timeout_ms, handler_).first;
  }
  queue->second.add(timeout);
}

// Looks at all of them, but not before there are twice as many as were left the last time.
void TimeoutQueues::drop_empty() {
  std::erase_if(queues_, [](const auto& entry) { return entry.second.empty() && !entry.second.running(); });
  drop_at_ = std::max<size_t>(16, 2 * queues_.size());
}

}  // namespace redpoll::ae
