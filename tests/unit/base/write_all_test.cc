#include "base/write_all.h"

#include <fcntl.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cerrno>
#include <string>
#include <thread>

#include "base/assert.h"

namespace redpoll {

TEST_CASE("write_all goes on where a write was cut short") {
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  // Far more than a pipe holds, so that many writes are needed.
  const std::string text(1 << 20, 'x');
  std::string read;
  std::thread reader([&] {
    char piece[1000];
    for (ssize_t n; (n = SYS(::read(ends[0], piece, sizeof piece))) > 0;)
      read.append(piece, static_cast<size_t>(n));
  });
  const bool written = write_all(ends[1], text);
  ::close(ends[1]);
  reader.join();
  ::close(ends[0]);
  REQUIRE(written);
  REQUIRE(read == text);
}

TEST_CASE("write_all tells why it failed") {
  const int full = ::open("/dev/full", O_WRONLY | O_CLOEXEC);
  REQUIRE(full >= 0);
  const bool written = write_all(full, "text");
  const int why = errno;
  const bool nothing = write_all(full, "");
  ::close(full);
  REQUIRE_FALSE(written);
  REQUIRE(why == ENOSPC);
  REQUIRE(nothing);
}

}  // namespace redpoll
