#include "server/wait_timer.h"

namespace redpoll::server {

void WaitTimer::before_sleep() {
  const auto nearest = session_.conditions.nearest_deadline();
  if (!nearest || (timer_ != ae::TimerId::none && set_to_ <= *nearest)) return;
  session_.loop.remove_timer(timer_);
  timer_ = session_.loop.add_timer_at(*nearest, ae::TimeHandler::to<&WaitTimer::on_time>(this));
  set_to_ = *nearest;
}

int64_t WaitTimer::on_time(ae::TimerId) {
  timer_ = ae::TimerId::none;
  session_.conditions.end_overdue(session_.loop.now());
  if (session_.shutting_down) return ae::kNoMore;
  const store::AccessScope scope(session_.keyspace, session_.terms());
  resumer_.settle();
  return ae::kNoMore;
}

}  // namespace redpoll::server
