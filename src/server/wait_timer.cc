#include "server/wait_timer.h"

namespace redpoll::server {

void WaitTimer::before_sleep() {
  const auto nearest = blocking_.nearest_deadline();
  if (!nearest || (timer_ != ae::TimerId::none && set_to_ <= *nearest)) return;
  loop_.remove_timer(timer_);
  timer_ = loop_.add_timer_at(*nearest, ae::TimeHandler::to<&WaitTimer::on_time>(this));
  set_to_ = *nearest;
}

int64_t WaitTimer::on_time(ae::TimerId) {
  timer_ = ae::TimerId::none;
  dispatcher_.end_overdue_waits();
  return ae::kNoMore;
}

}  // namespace redpoll::server
