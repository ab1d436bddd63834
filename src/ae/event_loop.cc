#include "ae/event_loop.h"

#include <algorithm>
#include <bit>
#include <cerrno>
#include <cstring>
#include <utility>

#include "ae/poll_events.h"
#include "base/assert.h"

namespace redpoll::ae {

Result<std::unique_ptr<EventLoop>> EventLoop::create(size_t set_size, EventBackend kind, Clocks clocks) {
  auto backend = create_backend(kind, set_size);
  if (!backend.ok()) return failure("{}", backend.error());
  return std::unique_ptr<EventLoop>(new EventLoop(std::move(*backend), set_size, clocks));
}

EventLoop::EventLoop(std::unique_ptr<Backend> backend, size_t set_size, Clocks clocks)
    : backend_(std::move(backend)), set_size_(set_size), clocks_(clocks), fired_(kMaxFired) {
  refresh_time();
}

EventLoop::~EventLoop() { CHECK(depth_ == 0, "the event loop is destroyed by one of its handlers"); }

Result<void> EventLoop::add(int fd, Interest what, FileHandler handler) {
  CHECK(fd >= 0 && has(what, Interest::both) && handler);
  const size_t index = static_cast<size_t>(fd);
  if (index >= set_size_) {
    return failure("{}: descriptor {} in an event loop for {}", std::strerror(ERANGE), fd, set_size_);
  }
  if (index >= files_.size()) files_.resize(std::min(std::bit_ceil(index + 1), set_size_));

  FileEvent& event = files_[index];
  const Interest before = event.interest();
  const Interest after = before | what;
  if (has(after & ~before, Interest::both)) {
    if (auto updated = backend_->update(fd, before, after); !updated.ok()) return updated;
  }
  if (before == Interest::none) event.since_poll = polls_ & ((uint64_t{1} << 55) - 1);
  event.interest_bits = static_cast<uint8_t>(after);
  if (has(what, Interest::readable)) event.on_readable = handler;
  if (has(what, Interest::writable)) event.on_writable = handler;
  return {};
}

void EventLoop::remove(int fd, Interest what) {
  const Interest before = interest(fd);
  if (has(what, Interest::writable)) what |= Interest::barrier;
  const Interest after = before & ~what;
  if (after == before) return;
  // What is watched less cannot fail.
  if (has(before & ~after, Interest::both)) (void)backend_->update(fd, before, after);
  files_[fd].interest_bits = static_cast<uint8_t>(after);
  if (!has(after, Interest::both) && files_[fd].urgent) {
    files_[fd].urgent = 0;
    urgent_--;
  }
}

void EventLoop::set_priority(int fd, Priority priority) {
  CHECK(has(interest(fd), Interest::both), "descriptor {} is not watched", fd);
  urgent_ -= files_[fd].urgent;
  files_[fd].urgent = priority == Priority::high;
  urgent_ += files_[fd].urgent;
}

Priority EventLoop::priority(int fd) const {
  const size_t index = static_cast<size_t>(fd);
  return index < files_.size() && files_[index].urgent ? Priority::high : Priority::normal;
}

Interest EventLoop::interest(int fd) const {
  const size_t index = static_cast<size_t>(fd);
  return index < files_.size() ? files_[index].interest() : Interest::none;
}

TimerId EventLoop::add_timer(int64_t delay_ms, TimeHandler handler, TimerFinalizer finalizer) {
  return add_timer_at(deadline_in(clocks_.mono(), delay_ms), handler, finalizer);
}

TimerId EventLoop::add_timer_at(MonoUs deadline, TimeHandler handler, TimerFinalizer finalizer) {
  CHECK(handler);
  return time_events_.add(deadline, handler, finalizer);
}

bool EventLoop::remove_timer(TimerId id) { return time_events_.remove(id); }

Result<void> EventLoop::resize_set_size(size_t set_size) {
  const size_t in_use = [&] {
    size_t end = files_.size();
    while (end > 0 && files_[end - 1].interest() == Interest::none) end--;
    return end;
  }();
  if (in_use > set_size) {
    return failure("{}: descriptor {} is watched in an event loop that is to shrink to {}",
                   std::strerror(ERANGE), in_use - 1, set_size);
  }
  if (auto resized = backend_->resize(set_size); !resized.ok()) return resized;
  if (files_.size() > set_size) {
    files_.resize(set_size);
    files_.shrink_to_fit();
  }
  set_size_ = set_size;
  return {};
}

void EventLoop::refresh_time() {
  now_ = clocks_.mono();
  unix_now_ = clocks_.wall();
}

void EventLoop::run() {
  while (!stop_) run_once();
  stop_ = false;
}

int EventLoop::run_once(Turn flags) {
  depth_++;
  int handled = 0;
  if (has(flags, Turn::files)) {
    handled += poll_and_dispatch(flags);
  } else {
    refresh_time();
  }
  if (has(flags, Turn::timers)) handled += time_events_.run_due(now_, clocks_.mono);
  depth_--;
  return handled;
}

int EventLoop::poll_and_dispatch(Turn flags) {
  const bool hooks = !has(flags, Turn::no_hooks);
  if (hooks && before_sleep_) before_sleep_();

  const int64_t timeout_us = poll_timeout_us(flags);
  skip_wait_ = false;
  const uint64_t poll = ++polls_;
  size_t n = backend_->poll(timeout_us, fired_);
  refresh_time();
  if (hooks && after_sleep_) after_sleep_();

  // A hook or a handler that ran a nested turn has overwritten `fired_`.
  if (urgent_ != 0 && polls_ == poll) n = urgent_first(n);
  for (size_t i = 0; i < n && polls_ == poll; i++) dispatch(fired_[i], poll);
  if (n > 0 && hooks && after_files_) after_files_();
  return static_cast<int>(n);
}

int64_t EventLoop::poll_timeout_us(Turn flags) {
  if (has(flags, Turn::dont_wait) || skip_wait_ || stop_) return 0;
  const auto nearest = has(flags, Turn::timers) ? time_events_.nearest() : std::nullopt;
  if (!nearest) return -1;
  // The time of the turn is stale by what its handlers took.
  return std::max<int64_t>(*nearest - clocks_.mono(), 0);
}

size_t EventLoop::urgent_first(size_t n) {
  if (n == kMaxFired) n = add_missed_urgent(n);
  std::stable_partition(fired_.begin(), fired_.begin() + static_cast<ptrdiff_t>(n),
                        [this](FiredEvent event) { return priority(event.fd) == Priority::high; });
  return n;
}

// The poll may have had no room for all that is ready.
size_t EventLoop::add_missed_urgent(size_t n) {
  std::vector<bool> found(files_.size());
  for (size_t i = 0; i < n; i++) {
    if (priority(fired_[i].fd) == Priority::high) found[fired_[i].fd] = true;
  }
  std::vector<pollfd> missed;
  for (size_t fd = 0; fd < files_.size(); fd++) {
    if (!files_[fd].urgent || found[fd]) continue;
    missed.push_back({static_cast<int>(fd), poll_events_of(files_[fd].interest()), 0});
  }
  if (::poll(missed.data(), missed.size(), 0) <= 0) return n;
  fired_.resize(std::max(fired_.size(), n + missed.size()));
  for (const pollfd& entry : missed) {
    if (entry.revents != 0) fired_[n++] = {entry.fd, interest_of_poll(entry.revents)};
  }
  return n;
}

void EventLoop::dispatch(FiredEvent fired, uint64_t poll) {
  const bool inverted = has(interest(fired.fd), Interest::barrier);
  const FileHandler first = call(fired, inverted ? Interest::writable : Interest::readable, poll, {});
  call(fired, inverted ? Interest::readable : Interest::writable, poll, first);
}

FileHandler EventLoop::call(FiredEvent fired, Interest flag, uint64_t poll, FileHandler called) {
  // The handler before this one may have changed anything: nothing is known but what is looked up now.
  const Interest ready = fired.ready & interest(fired.fd);
  if (!has(ready, flag) || polls_ != poll) return {};
  const FileEvent& event = files_[fired.fd];
  const FileHandler handler = flag == Interest::readable ? event.on_readable : event.on_writable;
  if (event.since_poll == poll || handler == called) return {};
  const bool serves_both = event.on_readable == event.on_writable;
  handler(fired.fd, serves_both ? ready : flag);
  return handler;
}

}  // namespace redpoll::ae
