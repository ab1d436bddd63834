// The flags of poll(2), which event ports speak as well.
#pragma once

#include <poll.h>

#include "ae/interest.h"

namespace redpoll::ae {

constexpr short poll_events_of(Interest interest) {
  return static_cast<short>((has(interest, Interest::readable) ? POLLIN : 0) |
                            (has(interest, Interest::writable) ? POLLOUT : 0));
}

constexpr Interest interest_of_poll(int events) {
  if (events & (POLLERR | POLLHUP | POLLNVAL)) return Interest::both;
  return ((events & POLLIN) ? Interest::readable : Interest::none) |
         ((events & POLLOUT) ? Interest::writable : Interest::none);
}

}  // namespace redpoll::ae
