// Ends the waits for keys whose time is over. One timer of the loop stands at the nearest deadline, so that a
// timeout is right to the millisecond, and a turn costs the same however many clients wait.
#pragma once

#include "ae/event_loop.h"
#include "session/resumer.h"

namespace redpoll::server {

class WaitTimer {
 public:
  WaitTimer(session::Session& session, session::Resumer& resumer) : session_(session), resumer_(resumer) {}

  // Sets the timer to the nearest deadline. One that is nearer already stays, as setting it later might be in
  // vain.
  void before_sleep();

 private:
  int64_t on_time(ae::TimerId);

  session::Session& session_;
  session::Resumer& resumer_;
  ae::TimerId timer_ = ae::TimerId::none;
  MonoUs set_to_{};
};

}  // namespace redpoll::server
