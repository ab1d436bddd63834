#include "bench/load/pool.h"

#include <algorithm>
#include <cerrno>
#include <deque>
#include <stdexcept>
#include <system_error>

#include "base/assert.h"

namespace redpoll::load {

Pool::Pool(const std::string& host, uint16_t port, size_t connections, Script& script, size_t pipeline)
    : script_(script),
      pipeline_(pipeline),
      epoll_(::epoll_create1(EPOLL_CLOEXEC)),
      fired_(1024),
      buffer_(kBuffer) {
  const size_t batches = script.size() / pipeline;
  connections_.reserve(connections);
  for (size_t i = 0; i < connections; ++i) {
    Result<net::Fd> fd = net::connect_tcp(host, port);
    if (!fd.ok()) throw std::runtime_error(fd.error());
    for (const Result<void>& done :
         {net::await_connected(fd->get(), kPatienceMs), net::set_no_delay(fd->get(), true)}) {
      if (!done.ok()) throw std::runtime_error(done.error());
    }
    connections_.emplace_back(std::move(*fd), i % batches * pipeline);
    // By edges: whoever reads to the end and tries again to send when told so needs no further system calls.
    epoll_event event{.events = EPOLLIN | EPOLLOUT | EPOLLET, .data = {.u64 = i}};
    if (::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, connections_.back().fd(), &event) != 0) {
      throw std::system_error(errno, std::generic_category(), "epoll_ctl");
    }
  }
}

void Pool::send(Connection& connection, size_t count) {
  connection.send(script_, count);
  outstanding_ += count;
}

template <class OnReplies>
bool Pool::turn(int timeout_ms, OnReplies on_replies) {
  const int n = SYS(::epoll_wait(epoll_.get(), fired_.data(), static_cast<int>(fired_.size()), timeout_ms));
  if (n < 0) throw std::system_error(errno, std::generic_category(), "epoll_wait");
  for (int i = 0; i < n; ++i) {
    const epoll_event& event = fired_[static_cast<size_t>(i)];
    Connection& connection = connections_[event.data.u64];
    if (event.events & EPOLLOUT) connection.flush();
    if (!(event.events & (EPOLLIN | EPOLLHUP | EPOLLERR))) continue;
    const size_t replies = connection.receive(script_, buffer_, tally_);
    outstanding_ -= replies;
    if (replies > 0) on_replies(event.data.u64, replies);
  }
  return n > 0;
}

void Pool::closed_loop(const Limit& limit) {
  const Clock::time_point end = Clock::now() + limit.time;
  uint64_t left = limit.requests;
  bool in_time = true;
  const auto send_batch = [&](Connection& connection) {
    const auto count = static_cast<size_t>(std::min<uint64_t>(pipeline_, left));
    if (!in_time || count == 0) return;
    send(connection, count);
    left -= count;
  };
  for (Connection& connection : connections_) send_batch(connection);
  while (outstanding_ > 0) {
    in_time = in_time && Clock::now() < end;
    const bool happened = turn(kPatienceMs, [&](size_t i, size_t) {
      if (connections_[i].outstanding() == 0) send_batch(connections_[i]);
    });
    if (!happened) throw std::runtime_error("the server does not answer");
  }
}

Histogram Pool::open_loop(double requests_per_second, std::chrono::nanoseconds time) {
  // Requests that may be sent in a row although they are late, before replies are looked at.
  constexpr int kBurst = 16;
  const double interval_ns = 1e9 / requests_per_second;
  const auto total = static_cast<uint64_t>(std::chrono::duration<double>(time).count() * requests_per_second);
  std::vector<std::deque<Clock::time_point>> due(connections_.size());
  Histogram latencies;
  const Clock::time_point start = Clock::now();
  Clock::time_point last_reply = start;
  const auto due_at = [&](uint64_t i) {
    return start + std::chrono::nanoseconds(static_cast<int64_t>(static_cast<double>(i) * interval_ns));
  };
  uint64_t sent = 0;
  while (sent < total || outstanding_ > 0) {
    for (int i = 0; i < kBurst && sent < total && due_at(sent) <= Clock::now(); ++i, ++sent) {
      const size_t next = sent % connections_.size();
      due[next].push_back(due_at(sent));
      send(connections_[next], 1);
    }
    turn(0, [&](size_t i, size_t replies) {
      last_reply = Clock::now();
      for (; replies > 0; --replies) {
        latencies.add(static_cast<uint64_t>((last_reply - due[i].front()) / std::chrono::nanoseconds(1)));
        due[i].pop_front();
      }
    });
    if (outstanding_ > 0 && Clock::now() - last_reply > std::chrono::milliseconds(kPatienceMs)) {
      throw std::runtime_error("the server does not answer");
    }
  }
  return latencies;
}

}  // namespace redpoll::load
