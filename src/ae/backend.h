// The system call that waits for descriptors: evport, epoll, kqueue, poll or select, behind one interface.
//
// Each lives in its own file, backend_NAME.cc, and is compiled where the system has it. All are
// level-triggered: a descriptor that stays ready is reported by every poll.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ae/interest.h"
#include "base/event_backend.h"
#include "base/result.h"

namespace redpoll::ae {

// More than this many descriptors are never taken from one poll: the rest waits for the next turn, so that
// timers and hooks get theirs.
inline constexpr size_t kMaxFired = 1024;

class Backend {
 public:
  virtual ~Backend() = default;

  // Descriptors below `set_size` can be watched from now on. REQUIRES: none at or above it is watched.
  virtual Result<void> resize(size_t set_size) = 0;

  // Watches fd for the readable and writable flags of `after` instead of those of `before`; barrier means
  // nothing here. Fails if the system refuses the descriptor (a regular file under epoll, say). Taking flags
  // away never fails, not even on a descriptor that is closed already.
  // REQUIRES: 0 <= fd < set_size; `before` is what the last call for fd set.
  virtual Result<void> update(int fd, Interest before, Interest after) = 0;

  // Waits until a descriptor is ready or `timeout_us` microseconds are over (-1: for ever, 0: not at all;
  // rounded up to what the system call can count) or a signal came. Returns how many entries of `fired` it
  // filled, one per descriptor, kMaxFired at most. If more are ready than fit, the rest is served first by
  // the next polls.
  virtual size_t poll(int64_t timeout_us, std::span<FiredEvent> fired) = 0;

  // Which one it is, never `automatic`.
  virtual EventBackend kind() const = 0;
};

// What this system has, best first. Never empty, never `automatic`.
std::vector<EventBackend> available_backends();

// The largest set size that the backend supports (FD_SETSIZE for select). REQUIRES: available or automatic.
size_t max_set_size(EventBackend kind);

// The error of a backend that this system lacks names those that it has.
Result<std::unique_ptr<Backend>> create_backend(EventBackend kind, size_t set_size);

}  // namespace redpoll::ae
