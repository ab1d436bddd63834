#include "ae/wake_fd.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <optional>
#include <utility>

#include "base/assert.h"

#if __has_include(<sys/eventfd.h>)
#include <sys/eventfd.h>
#endif

namespace redpoll::ae {
namespace {

struct Ends {
  int read;
  int write;
};

#if __has_include(<sys/eventfd.h>)
std::optional<Ends> open_ends() {
  const int fd = ::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
  if (fd < 0) return std::nullopt;
  return Ends{fd, fd};
}
#else
std::optional<Ends> open_ends() {
  int fds[2];
  if (::pipe(fds) != 0) return std::nullopt;
  for (const int fd : fds) {
    ::fcntl(fd, F_SETFL, O_NONBLOCK);
    ::fcntl(fd, F_SETFD, FD_CLOEXEC);
  }
  return Ends{fds[0], fds[1]};
}
#endif

}  // namespace

Result<WakeFd> WakeFd::create() {
  const auto ends = open_ends();
  if (!ends) return failure("cannot create a wake-up descriptor: {}", std::strerror(errno));
  return WakeFd(ends->read, ends->write);
}

WakeFd::WakeFd(WakeFd&& other) noexcept
    : read_fd_(std::exchange(other.read_fd_, -1)), write_fd_(std::exchange(other.write_fd_, -1)) {}

WakeFd::~WakeFd() {
  if (write_fd_ != read_fd_) ::close(write_fd_);
  if (read_fd_ >= 0) ::close(read_fd_);
}

void WakeFd::signal() const {
  const int saved_errno = errno;
  const uint64_t one = 1;
  // EAGAIN means that the descriptor is full, hence readable already.
  while (::write(write_fd_, &one, sizeof one) < 0 && errno == EINTR) {}
  errno = saved_errno;
}

void WakeFd::drain() const {
  // One read empties an eventfd. What it leaves in a pipe makes the descriptor fire once more: harmless.
  uint64_t bytes[64];
  while (::read(read_fd_, bytes, sizeof bytes) < 0 && errno == EINTR) {}
}

}  // namespace redpoll::ae
