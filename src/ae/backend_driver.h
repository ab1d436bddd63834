// How backend.cc knows the backends. Each backend_NAME.cc defines its driver, on every system.
#pragma once

#include <algorithm>
#include <ctime>
#include <limits>
#include <memory>

#include "ae/backend.h"

namespace redpoll::ae {

struct BackendDriver {
  EventBackend kind;
  // Null where the system does not have the call.
  Result<std::unique_ptr<Backend>> (*create)(size_t set_size);
  size_t max_set_size = std::numeric_limits<int>::max();
};

extern const BackendDriver kEvportDriver;
extern const BackendDriver kEpollDriver;
extern const BackendDriver kKqueueDriver;
extern const BackendDriver kPollDriver;
extern const BackendDriver kSelectDriver;

// The timeout of poll and epoll_wait: rounded up, since waking before the deadline would only poll again.
constexpr int timeout_ms(int64_t timeout_us) {
  if (timeout_us < 0) return -1;
  const int64_t ms = timeout_us / 1000 + (timeout_us % 1000 != 0);
  return ms > std::numeric_limits<int>::max() ? std::numeric_limits<int>::max() : static_cast<int>(ms);
}

// The timeout of those that count in seconds and parts of them. Cut to a day, since some systems refuse more
// than 10^8 seconds: waking too early only polls again. Nothing sensible for -1.
constexpr timespec timeout_timespec(int64_t timeout_us) {
  constexpr int64_t kLongestUs = int64_t{86'400} * 1'000'000;
  const int64_t us = std::min(timeout_us, kLongestUs);
  return {.tv_sec = static_cast<time_t>(us / 1'000'000), .tv_nsec = static_cast<long>(us % 1'000'000 * 1000)};
}

// Handles a poll that returned -1: a signal ends the wait, anything else is a bug that would spin for ever.
void check_interrupted(std::string_view call, int error);

}  // namespace redpoll::ae
