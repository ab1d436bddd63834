// A descriptor that becomes readable when signal() is called, from any thread or from a signal handler:
// an eventfd where the system has it, else a pipe.
#pragma once

#include "base/result.h"

namespace redpoll::ae {

class WakeFd {
 public:
  static Result<WakeFd> create();
  ~WakeFd();
  WakeFd(WakeFd&& other) noexcept;
  WakeFd& operator=(WakeFd&&) = delete;

  // Readable from a signal() on, until drain(). Non-blocking, closed on exec.
  int fd() const { return read_fd_; }
  // Thread-safe and async-signal-safe; keeps errno. Never blocks.
  void signal() const;
  void drain() const;

 private:
  WakeFd(int read_fd, int write_fd) : read_fd_(read_fd), write_fd_(write_fd) {}

  int read_fd_;
  int write_fd_;  // the same descriptor for an eventfd
};

}  // namespace redpoll::ae
