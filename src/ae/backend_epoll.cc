// The epoll backend (Linux).
#include "ae/backend_driver.h"

#if __has_include(<sys/epoll.h>)

#include <sys/epoll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace redpoll::ae {
namespace {

constexpr uint32_t epoll_events_of(Interest interest) {
  return (has(interest, Interest::readable) ? EPOLLIN : 0u) |
         (has(interest, Interest::writable) ? EPOLLOUT : 0u);
}

constexpr Interest interest_of(uint32_t events) {
  if (events & (EPOLLERR | EPOLLHUP)) return Interest::both;
  return ((events & EPOLLIN) ? Interest::readable : Interest::none) |
         ((events & EPOLLOUT) ? Interest::writable : Interest::none);
}

class Epoll final : public Backend {
 public:
  explicit Epoll(int fd) : fd_(fd) {}
  ~Epoll() override { ::close(fd_); }

  Result<void> resize(size_t) override { return {}; }

  Result<void> update(int fd, Interest before, Interest after) override {
    const bool was = has(before, Interest::both);
    const bool is = has(after, Interest::both);
    if (!was && !is) return {};
    epoll_event event{.events = epoll_events_of(after), .data = {.fd = fd}};
    const int operation = !was ? EPOLL_CTL_ADD : is ? EPOLL_CTL_MOD : EPOLL_CTL_DEL;
    if (::epoll_ctl(fd_, operation, fd, &event) != 0 && has(after & ~before, Interest::both)) {
      return failure("epoll_ctl: {}", std::strerror(errno));
    }
    return {};
  }

  size_t poll(int64_t timeout_us, std::span<FiredEvent> fired) override {
    // The kernel's list rotates: what does not fit comes first in the next call.
    const size_t limit = std::min(fired.size(), events_.size());
    const int n = ::epoll_wait(fd_, events_.data(), static_cast<int>(limit), timeout_ms(timeout_us));
    if (n < 0) {
      check_interrupted("epoll_wait", errno);
      return 0;
    }
    for (int i = 0; i < n; i++) fired[i] = {events_[i].data.fd, interest_of(events_[i].events)};
    return static_cast<size_t>(n);
  }

  EventBackend kind() const override { return EventBackend::epoll; }

 private:
  int fd_;
  std::vector<epoll_event> events_ = std::vector<epoll_event>(kMaxFired);
};

Result<std::unique_ptr<Backend>> create_epoll(size_t) {
  const int fd = ::epoll_create1(EPOLL_CLOEXEC);
  if (fd < 0) return failure("epoll_create1: {}", std::strerror(errno));
  return std::unique_ptr<Backend>(std::make_unique<Epoll>(fd));
}

}  // namespace

constinit const BackendDriver kEpollDriver{EventBackend::epoll, create_epoll};

}  // namespace redpoll::ae

#else

namespace redpoll::ae {
constinit const BackendDriver kEpollDriver{EventBackend::epoll, nullptr};
}

#endif
