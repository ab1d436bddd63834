#include "load/storm.h"

#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

namespace redpoll::load {

namespace {

using Clock = std::chrono::steady_clock;

// Connections that one thread has open at a time. Fewer than the server's backlog has room for, together.
constexpr size_t kWindow = 128;
constexpr size_t kMaxEvents = 256;
// What is still open so long after the storm is given up.
constexpr std::chrono::seconds kGiveUp{20};

enum class Progress : unsigned char { waiting, done };

struct Guest {
  Socket socket;
  Visit visit;
  size_t sent = 0;
  std::string got;
  bool connected = false;
  bool listens = false;  // has said all it has to say
};

bool wants_more(const Guest& guest) {
  return guest.visit.until_closed || guest.got.size() < guest.visit.expects.size();
}

class Thread {
 public:
  Thread(uint16_t port, const StormPlan& plan, const std::function<Visit(size_t, Rng&)>& next, size_t index)
      : port_(port),
        plan_(plan),
        next_(next),
        index_(index),
        rng_(index + 1),
        epoll_(epoll_create1(EPOLL_CLOEXEC)) {}
  ~Thread() { close(epoll_); }
  Thread(const Thread&) = delete;
  Thread& operator=(const Thread&) = delete;

  StormCounts run();

 private:
  void begin_due(Clock::time_point begin);
  void begin_one();
  void handle_ready(int wait_ms);
  Progress advance(Guest& guest);
  Progress send_rest(Guest& guest);
  void listen(Guest& guest);
  Progress receive(Guest& guest);
  void finish(size_t slot);

  const uint16_t port_;
  const StormPlan& plan_;
  const std::function<Visit(size_t, Rng&)>& next_;
  const size_t index_;
  Rng rng_;
  const int epoll_;
  std::array<Guest, kWindow> guests_;
  std::vector<size_t> free_;
  size_t begun_ = 0;
  StormCounts counts_;
};

StormCounts Thread::run() {
  for (size_t slot = kWindow; slot > 0; --slot) free_.push_back(slot - 1);
  const auto begin = Clock::now();
  while (Clock::now() - begin < plan_.time) {
    begin_due(begin);
    handle_ready(1);
  }
  counts_.seconds = std::chrono::duration<double>(Clock::now() - begin).count();
  const auto give_up = Clock::now() + kGiveUp;
  while (free_.size() < kWindow && Clock::now() < give_up) handle_ready(10);
  const size_t stuck = kWindow - free_.size();
  if (stuck > 0) counts_.example = std::to_string(stuck) + " connections got no answer";
  counts_.wrong += stuck;
  return counts_;
}

void Thread::begin_due(Clock::time_point begin) {
  const double elapsed = std::chrono::duration<double>(Clock::now() - begin).count();
  const auto due = static_cast<size_t>(elapsed * static_cast<double>(plan_.per_second) /
                                       static_cast<double>(plan_.threads));
  while (begun_ < due && !free_.empty()) begin_one();
}

void Thread::begin_one() {
  const size_t number = index_ + plan_.threads * begun_++;
  Guest guest{.socket = Socket::connect(port_, number), .visit = next_(number, rng_)};
  if (!guest.socket.is_open()) {
    ++counts_.failed;
    return;
  }
  const size_t slot = free_.back();
  epoll_event event{};
  event.events = EPOLLIN | EPOLLOUT;
  event.data.u64 = slot;
  if (epoll_ctl(epoll_, EPOLL_CTL_ADD, guest.socket.fd(), &event) != 0)
    throw std::system_error(errno, std::generic_category());
  free_.pop_back();
  guests_[slot] = std::move(guest);
}

void Thread::handle_ready(int wait_ms) {
  std::array<epoll_event, kMaxEvents> events;
  const int ready = epoll_wait(epoll_, events.data(), kMaxEvents, wait_ms);
  for (int i = 0; i < ready; ++i) {
    const auto slot = static_cast<size_t>(events[static_cast<size_t>(i)].data.u64);
    if (advance(guests_[slot]) == Progress::done) finish(slot);
  }
}

Progress Thread::advance(Guest& guest) {
  if (!guest.connected) {
    if (guest.socket.error() != 0) return Progress::done;
    guest.connected = true;
  }
  if (guest.sent < guest.visit.sends.size()) {
    if (send_rest(guest) == Progress::done) return Progress::done;
    if (guest.sent < guest.visit.sends.size()) return Progress::waiting;
  }
  if (!wants_more(guest)) return Progress::done;
  if (!guest.listens) listen(guest);
  return receive(guest);
}

Progress Thread::send_rest(Guest& guest) {
  const ssize_t put = guest.socket.send(std::string_view(guest.visit.sends).substr(guest.sent));
  if (put < 0) return errno == EAGAIN ? Progress::waiting : Progress::done;
  guest.sent += static_cast<size_t>(put);
  counts_.bytes += static_cast<size_t>(put);
  return Progress::waiting;
}

// From here on only what comes is of interest; a socket can nearly always be written to.
void Thread::listen(Guest& guest) {
  guest.listens = true;
  if (guest.visit.until_closed && guest.sent > 0) shutdown(guest.socket.fd(), SHUT_WR);
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.u64 = static_cast<uint64_t>(&guest - guests_.data());
  epoll_ctl(epoll_, EPOLL_CTL_MOD, guest.socket.fd(), &event);
}

Progress Thread::receive(Guest& guest) {
  std::array<char, 16'384> bytes;
  const ssize_t got = guest.socket.receive(bytes.data(), bytes.size());
  if (got < 0) return errno == EAGAIN ? Progress::waiting : Progress::done;
  if (got == 0) return Progress::done;
  const size_t room = guest.visit.expects.size() - std::min(guest.got.size(), guest.visit.expects.size());
  guest.got.append(bytes.data(), std::min(static_cast<size_t>(got), room + 1));
  return wants_more(guest) ? Progress::waiting : Progress::done;
}

void Thread::finish(size_t slot) {
  Guest& guest = guests_[slot];
  if (!guest.connected) {
    ++counts_.failed;
  } else {
    ++counts_.connected;
    const bool right = guest.visit.expects.empty() || guest.got == guest.visit.expects;
    ++(right ? counts_.right : counts_.wrong);
    if (!right) counts_.example = guest.got.empty() ? "nothing" : guest.got;
  }
  guest.socket.end(guest.visit.ending);
  guest = {};
  free_.push_back(slot);
}

}  // namespace

StormCounts storm(uint16_t port, const StormPlan& plan, const std::function<Visit(size_t, Rng&)>& next) {
  StormCounts all;
  std::mutex mutex;
  std::vector<std::thread> threads;
  for (size_t i = 0; i < plan.threads; ++i) {
    threads.emplace_back([&, i] {
      const StormCounts counts = Thread(port, plan, next, i).run();
      const std::lock_guard lock(mutex);
      all.connected += counts.connected;
      all.failed += counts.failed;
      all.right += counts.right;
      all.wrong += counts.wrong;
      all.bytes += counts.bytes;
      all.seconds = std::max(all.seconds, counts.seconds);
      if (!counts.example.empty()) all.example = counts.example;
    });
  }
  for (std::thread& thread : threads) thread.join();
  return all;
}

}  // namespace redpoll::load
