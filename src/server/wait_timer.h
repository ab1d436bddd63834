// Ends the waits for keys whose time is over. One timer of the loop stands at the nearest deadline, so that a
// timeout is right to the millisecond, and a turn costs the same however many clients wait.
#pragma once

#include "ae/event_loop.h"
#include "server/dispatcher.h"
#include "session/blocking.h"

namespace redpoll::server {

class WaitTimer {
 public:
  WaitTimer(ae::EventLoop& loop, const session::Blocking& blocking, Dispatcher& dispatcher)
      : loop_(loop), blocking_(blocking), dispatcher_(dispatcher) {}

  // Sets the timer to the nearest deadline. One that is nearer already stays, as setting it later might be in
  // vain.
  void before_sleep();

 private:
  int64_t on_time(ae::TimerId);

  ae::EventLoop& loop_;
  const session::Blocking& blocking_;
  Dispatcher& dispatcher_;
  ae::TimerId timer_ = ae::TimerId::none;
  MonoUs set_to_{};
};

}  // namespace redpoll::server
