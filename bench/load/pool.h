// The connections of a run, watched by one epoll instance, and the two ways to drive them.
//
// - Closed loop: each connection sends a batch, waits for all replies to it, sends the next. It finds out
// what the
//   server can do.
// - Open loop: requests are due at fixed times, whatever the server does; each goes to the next connection.
// The
//   latency of a request counts from when it was due, so that a server that stalls is charged for all
//   requests that would have come meanwhile ("coordinated omission" otherwise). The thread does not sleep.
#pragma once

#include <sys/epoll.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "bench/load/connection.h"
#include "bench/load/histogram.h"
#include "bench/load/script.h"

namespace redpoll::load {

using Clock = std::chrono::steady_clock;

// When a run ends: after so many requests or so much time, whichever comes first.
struct Limit {
  uint64_t requests = UINT64_MAX;
  std::chrono::nanoseconds time = std::chrono::hours(24);
};

class Pool {
 public:
  // Opens the connections. They begin at different requests of the script, each at a multiple of `pipeline`.
  // Throws if one cannot be opened.
  Pool(const std::string& host, uint16_t port, size_t connections, Script& script, size_t pipeline);

  // Both return when all replies are there. They throw what Connection throws, and when the server does not
  // answer for 30 seconds.
  void closed_loop(const Limit& limit);
  Histogram open_loop(double requests_per_second, std::chrono::nanoseconds time);

  const Tally& tally() const { return tally_; }

 private:
  static constexpr size_t kBuffer = 256 * 1024;
  static constexpr int kPatienceMs = 30'000;

  // Waits for events and handles them; `on_replies(index, n)` is told of n replies on a connection. False if
  // nothing happened.
  template <class OnReplies>
  bool turn(int timeout_ms, OnReplies on_replies);
  void send(Connection& connection, size_t count);

  Script& script_;
  size_t pipeline_;
  net::Fd epoll_;
  std::vector<Connection> connections_;
  std::vector<epoll_event> fired_;
  std::vector<char> buffer_;
  uint64_t outstanding_ = 0;
  Tally tally_;
};

}  // namespace redpoll::load
