// An event port for descriptors (PORT_SOURCE_FD), over poll(2). As port_associate(3C) and port_get(3C) tell:
//
// - An association is used up by the first event, and by the descriptor being closed. Associating again
//   before that changes what is waited for, and takes back an event that was not fetched yet.
// - Events are fetched in the order in which they came. They are not looked at again: who has read meanwhile
//   what made a descriptor readable gets the event all the same.
// - port_getn waits for `*nget` events and fetches up to `max`; afterwards `*nget` is how many it has. If
// time
//   is over before there are as many, it fails with ETIME, and yet fetches those that are there. With `max` 0
//   it only tells how many there are.
// - Dissociating what is not associated: ENOENT.
#include <poll.h>
#include <port.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <deque>
#include <vector>

#include "support/stand_in/descriptors.h"
#include "support/stand_in/faults.h"

namespace redpoll::stand_in {
namespace {

struct Association {
  int fd;
  FileId file;
  int wanted;
  void* user;
  int found = 0;  // once it has an event
};

class Port {
 public:
  // Returns an errno, or 0.
  int associate(int fd, int events, void* user) {
    const auto id = file_id(fd);
    if (!id) return EBADF;
    if (failing_associations > 0) {
      failing_associations--;
      return EAGAIN;
    }
    dissociate(fd);
    Association fresh{fd, *id, events, user};
    pollfd polled = {fd, static_cast<short>(events), 0};
    if (::poll(&polled, 1, 0) > 0) {
      fresh.found = polled.revents;
      queue_.push_back(fresh);
    } else {
      idle_.push_back(fresh);
    }
    return 0;
  }

  int dissociate(int fd) {
    const auto same = [fd](const Association& a) { return a.fd == fd; };
    return std::erase_if(idle_, same) + std::erase_if(queue_, same) > 0 ? 0 : ENOENT;
  }

  // Waits until there are `count` events. Returns an errno, or 0.
  int wait_for(size_t count, const timespec* timeout) {
    using std::chrono::steady_clock, std::chrono::nanoseconds, std::chrono::seconds;
    const auto begin = steady_clock::now();
    for (;;) {
      forget_closed();
      std::vector<pollfd> polled;
      for (const Association& a : idle_) polled.push_back({a.fd, static_cast<short>(a.wanted), 0});
      timespec left{};
      if (timeout != nullptr) {
        const auto passed = steady_clock::now() - begin;
        const auto rest = seconds(timeout->tv_sec) + nanoseconds(timeout->tv_nsec) - passed;
        if (rest > nanoseconds(0)) left = {rest / seconds(1), (rest % seconds(1)).count()};
      }
      const bool forever = timeout == nullptr && queue_.size() < count;
      if (queue_.size() >= count) left = {};
      const int ready = ::ppoll(polled.data(), polled.size(), forever ? nullptr : &left, nullptr);
      if (ready < 0) return errno;
      collect(polled);
      if (queue_.size() >= count) return 0;
      if (ready == 0) return ETIME;
    }
  }

  unsigned fetch(port_event_t* into, unsigned max) {
    unsigned n = 0;
    for (; n < max && !queue_.empty(); n++) {
      const Association& a = queue_.front();
      into[n] = {a.found, PORT_SOURCE_FD, 0, static_cast<uintptr_t>(a.fd), a.user};
      queue_.pop_front();
    }
    return n;
  }

  unsigned available() const { return static_cast<unsigned>(queue_.size()); }

 private:
  void collect(const std::vector<pollfd>& polled) {
    std::vector<Association> left;
    for (size_t i = 0; i < idle_.size(); i++) {
      idle_[i].found = polled[i].revents;
      if (polled[i].revents != 0) {
        queue_.push_back(idle_[i]);
      } else {
        left.push_back(idle_[i]);
      }
    }
    idle_ = std::move(left);
  }

  void forget_closed() {
    const auto closed = [](const Association& a) { return file_id(a.fd) != a.file; };
    std::erase_if(idle_, closed);
    std::erase_if(queue_, closed);
  }

  std::vector<Association> idle_;
  std::deque<Association> queue_;  // those that have an event
};

Kernel<Port> kernel;

// What a system call returns.
int returned(int error) {
  if (error == 0) return 0;
  errno = error;
  return -1;
}

}  // namespace
}  // namespace redpoll::stand_in

int port_create() { return redpoll::stand_in::kernel.create("event port"); }

int port_associate(int port, int source, uintptr_t object, int events, void* user) {
  using namespace redpoll::stand_in;
  Port* const found = kernel.find(port);
  if (found == nullptr) return returned(EBADF);
  if (source != PORT_SOURCE_FD) return returned(EINVAL);
  return returned(found->associate(static_cast<int>(object), events, user));
}

int port_dissociate(int port, int source, uintptr_t object) {
  using namespace redpoll::stand_in;
  Port* const found = kernel.find(port);
  if (found == nullptr) return returned(EBADF);
  if (source != PORT_SOURCE_FD) return returned(EINVAL);
  return returned(found->dissociate(static_cast<int>(object)));
}

int port_get(int port, port_event_t* event, const timespec* timeout) {
  unsigned one = 1;
  return port_getn(port, event, 1, &one, timeout);
}

int port_getn(int port, port_event_t list[], unsigned max, unsigned* nget, const timespec* timeout) {
  using namespace redpoll::stand_in;
  Port* const found = kernel.find(port);
  if (found == nullptr) return returned(EBADF);
  if (max == 0) {
    const timespec now{};
    (void)found->wait_for(1, &now);
    *nget = found->available();
    return 0;
  }
  if (*nget > max) return returned(EINVAL);
  const int error = found->wait_for(*nget, timeout);
  *nget = error == EINTR ? 0 : found->fetch(list, max);
  return returned(error);
}
