#include "base/rng.h"

#include <sys/random.h>

#include <cstring>

#include "base/siphash.h"

namespace redpoll {

void random_bytes_from_os(std::span<std::byte> to) {
  while (!to.empty()) {
    const ssize_t n = SYS(::getrandom(to.data(), to.size(), 0));
    CHECK(n > 0, "getrandom: {}", std::strerror(errno));
    to = to.subspan(static_cast<size_t>(n));
  }
}

uint64_t seed_from_os() {
  uint64_t seed = 0;
  random_bytes_from_os(std::as_writable_bytes(std::span(&seed, 1)));
  return seed;
}

SipKey SipKey::from_os() { return {seed_from_os(), seed_from_os()}; }

}  // namespace redpoll
