#include "base/write_all.h"

#include <limits.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>

#include "base/assert.h"

namespace redpoll {

bool write_all(int fd, std::string_view text) noexcept {
  while (!text.empty()) {
    const ssize_t n = SYS(::write(fd, text.data(), text.size()));
    if (n <= 0) return false;
    text.remove_prefix(static_cast<size_t>(n));
  }
  return true;
}

bool write_in_time(int fd, std::string_view text, int patience_ms) noexcept {
  while (!text.empty()) {
    pollfd wanted{fd, POLLOUT, 0};
    if (SYS(::poll(&wanted, 1, patience_ms)) <= 0) return false;
    // A pipe that is writable has room for so much, and blocks whoever wants more.
    const ssize_t n = SYS(::write(fd, text.data(), std::min<size_t>(text.size(), PIPE_BUF)));
    if (n <= 0) return false;
    text.remove_prefix(static_cast<size_t>(n));
  }
  return true;
}

}  // namespace redpoll
