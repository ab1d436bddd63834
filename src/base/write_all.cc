#include "base/write_all.h"

#include <unistd.h>

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

}  // namespace redpoll
