// What the event loop tests share: descriptors that close themselves, a clock that stands still.
#pragma once

#include <sys/socket.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <memory>
#include <string>
#include <utility>

#include "ae/event_loop.h"

namespace redpoll::ae::test {

class Fd {
 public:
  explicit Fd(int fd = -1) : fd_(fd) {}
  ~Fd() { close(); }
  Fd(Fd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Fd& operator=(Fd&& other) noexcept {
    close();
    fd_ = std::exchange(other.fd_, -1);
    return *this;
  }
  operator int() const { return fd_; }
  void close() {
    if (fd_ >= 0) ::close(std::exchange(fd_, -1));
  }

 private:
  int fd_;
};

// Two connected stream sockets. `near` is what the tests watch.
struct Pair {
  Fd near;
  Fd far;

  Pair() {
    int fds[2];
    REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds) == 0);
    near = Fd(fds[0]);
    far = Fd(fds[1]);
  }
  void make_readable() const { REQUIRE(::write(far, "x", 1) == 1); }
  void drain() const {
    char bytes[64];
    while (::read(near, bytes, sizeof bytes) > 0) {}
  }
};

inline std::unique_ptr<EventLoop> make_loop(EventBackend kind, Clocks clocks = {}, size_t set_size = 512) {
  auto loop = EventLoop::create(set_size, kind, clocks);
  REQUIRE(loop.ok());
  return std::move(*loop);
}

// One after another, every backend of this machine.
inline EventBackend every_backend() {
  const EventBackend kind = GENERATE(from_range(available_backends()));
  UNSCOPED_INFO("backend " << name_of(kind));
  return kind;
}

inline constexpr Turn kNow = Turn::all | Turn::dont_wait;

// Stands still until a test moves it.
struct ManualClock {
  static inline MonoUs mono_us;
  static inline UnixMs wall_ms;

  ManualClock() {
    mono_us = {1'000'000};
    wall_ms = {1'700'000'000'000};
  }
  void advance_ms(int64_t ms) { mono_us = mono_us + ms * 1000; }
  Clocks clocks() const {
    return {.mono = [] { return mono_us; }, .wall_us = [] { return wall_ms.v * 1000; }};
  }
};

}  // namespace redpoll::ae::test
