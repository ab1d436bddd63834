// The kqueue backend (BSD, macOS).
//
// A kqueue watches reading and writing by separate filters, which fire separately; poll() joins what
// belongs to one descriptor. The kernel's queue rotates: what does not fit comes first in the next poll. A
// descriptor that is closed takes its filters with it.
#include "ae/backend_driver.h"

#if __has_include(<sys/event.h>)

#include <fcntl.h>
#include <sys/event.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <vector>

namespace redpoll::ae {
namespace {

class Kqueue final : public Backend {
 public:
  explicit Kqueue(int fd) : fd_(fd) {}
  ~Kqueue() override { ::close(fd_); }

  Result<void> resize(size_t) override { return {}; }

  Result<void> update(int fd, Interest before, Interest after) override {
    if (!change(fd, EVFILT_READ, Interest::readable, before, after)) {
      return failure("kevent: {}", std::strerror(errno));
    }
    if (!change(fd, EVFILT_WRITE, Interest::writable, before, after)) {
      const int error = errno;
      change(fd, EVFILT_READ, Interest::readable, after, before);
      return failure("kevent: {}", std::strerror(error));
    }
    return {};
  }

  size_t poll(int64_t timeout_us, std::span<FiredEvent> fired) override {
    const timespec timeout = timeout_timespec(timeout_us);
    const size_t limit = std::min(fired.size(), events_.size());
    const int found = ::kevent(fd_, nullptr, 0, events_.data(), static_cast<int>(limit),
                               timeout_us < 0 ? nullptr : &timeout);
    if (found < 0) {
      check_interrupted("kevent", errno);
      return 0;
    }
    size_t n = 0;
    for (int i = 0; i < found; i++) {
      const int fd = static_cast<int>(events_[i].ident);
      const Interest ready = ready_of(events_[i]);
      if (position_.size() <= static_cast<size_t>(fd)) position_.resize(fd + 1);
      const size_t at = position_[fd];
      if (at < n && fired[at].fd == fd) {
        fired[at].ready |= ready;
      } else {
        position_[fd] = n;
        fired[n++] = {fd, ready};
      }
    }
    return n;
  }

  EventBackend kind() const override { return EventBackend::kqueue; }

 private:
  static Interest ready_of(const struct kevent& event) {
    // The end of what the peer sends (EV_EOF of the read filter) is no hang-up: it may still read. An error
    // of the socket comes with it in fflags, one of the filter itself as EV_ERROR.
    const bool failed = (event.flags & EV_ERROR) != 0 || ((event.flags & EV_EOF) != 0 && event.fflags != 0);
    if (failed) return Interest::both;
    return event.filter == EVFILT_READ ? Interest::readable : Interest::writable;
  }

  // False, with errno, if a filter that is wanted cannot be added.
  bool change(int fd, int filter, Interest flag, Interest before, Interest after) {
    const bool is = has(after, flag);
    if (has(before, flag) == is) return true;
    struct kevent event;
    EV_SET(&event, static_cast<uintptr_t>(fd), static_cast<decltype(event.filter)>(filter),
           static_cast<decltype(event.flags)>(is ? EV_ADD : EV_DELETE), 0, 0, nullptr);
    // Deleting fails for a descriptor that is closed, which has no filters any more.
    return ::kevent(fd_, &event, 1, nullptr, 0, nullptr) == 0 || !is;
  }

  int fd_;
  std::vector<struct kevent> events_ = std::vector<struct kevent>(kMaxFired);
  // Where poll() has put a descriptor. Values of earlier polls stay: an entry counts only if `fired` agrees.
  std::vector<size_t> position_;
};

Result<std::unique_ptr<Backend>> create_kqueue(size_t) {
  const int fd = ::kqueue();
  if (fd < 0) return failure("kqueue: {}", std::strerror(errno));
  ::fcntl(fd, F_SETFD, FD_CLOEXEC);
  return std::unique_ptr<Backend>(std::make_unique<Kqueue>(fd));
}

}  // namespace

constinit const BackendDriver kKqueueDriver{EventBackend::kqueue, create_kqueue};

}  // namespace redpoll::ae

#else

namespace redpoll::ae {
constinit const BackendDriver kKqueueDriver{EventBackend::kqueue, nullptr};
}

#endif
