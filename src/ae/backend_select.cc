// The select backend: the last resort, for descriptors below FD_SETSIZE.
#include <sys/select.h>

#include <algorithm>
#include <cerrno>

#include "ae/backend_driver.h"

namespace redpoll::ae {
namespace {

class Select final : public Backend {
 public:
  Select() {
    FD_ZERO(&readable_);
    FD_ZERO(&writable_);
  }

  Result<void> resize(size_t set_size) override {
    if (set_size <= FD_SETSIZE) return {};
    return failure("select can watch {} descriptors at most, not {}", FD_SETSIZE, set_size);
  }

  Result<void> update(int fd, Interest, Interest after) override {
    has(after, Interest::readable) ? FD_SET(fd, &readable_) : FD_CLR(fd, &readable_);
    has(after, Interest::writable) ? FD_SET(fd, &writable_) : FD_CLR(fd, &writable_);
    if (has(after, Interest::both)) {
      end_ = std::max(end_, fd + 1);
    } else {
      while (end_ > 0 && !FD_ISSET(end_ - 1, &readable_) && !FD_ISSET(end_ - 1, &writable_)) end_--;
    }
    return {};
  }

  size_t poll(int64_t timeout_us, std::span<FiredEvent> fired) override {
    fd_set readable = readable_;
    fd_set writable = writable_;
    const timespec cut = timeout_timespec(timeout_us);
    timeval timeout = {.tv_sec = cut.tv_sec, .tv_usec = static_cast<suseconds_t>(cut.tv_nsec / 1000)};
    if (::select(end_, &readable, &writable, nullptr, timeout_us < 0 ? nullptr : &timeout) < 0) {
      check_interrupted("select", errno);
      return 0;
    }
    const size_t limit = std::min(fired.size(), kMaxFired);
    size_t n = 0;
    // Round robin: the scan starts where the previous one ended for lack of room.
    for (int seen = 0; n < limit && seen < end_; seen++) {
      if (next_ >= end_) next_ = 0;
      const int fd = next_++;
      const Interest ready = (FD_ISSET(fd, &readable) ? Interest::readable : Interest::none) |
                             (FD_ISSET(fd, &writable) ? Interest::writable : Interest::none);
      if (ready != Interest::none) fired[n++] = {fd, ready};
    }
    return n;
  }

  EventBackend kind() const override { return EventBackend::select; }

 private:
  fd_set readable_;
  fd_set writable_;
  int end_ = 0;  // one past the highest descriptor that is watched
  int next_ = 0;
};

Result<std::unique_ptr<Backend>> create_select(size_t) {
  return std::unique_ptr<Backend>(std::make_unique<Select>());
}

}  // namespace

constinit const BackendDriver kSelectDriver{EventBackend::select, create_select, FD_SETSIZE};

}  // namespace redpoll::ae
