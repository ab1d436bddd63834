// The evport backend (Solaris, illumos).
//
// An event port delivers an event once: with it the association between descriptor and port is gone. To be
// level-triggered like the other backends, each poll first associates again what the previous one delivered,
// whereupon what is still ready fires at once. So a descriptor is in one of three states:
//
//   not watched --update--> associated --poll--> spent --the next poll--> associated
//
// Changes of a spent descriptor cost no system call. Events wait in the port in the order in which they came:
// what does not fit into one poll comes first in the next.
#include "ae/backend_driver.h"

#if __has_include(<port.h>)

#include <fcntl.h>
#include <port.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>
#include <vector>

#include "ae/poll_events.h"

namespace redpoll::ae {
namespace {

class Evport final : public Backend {
 public:
  explicit Evport(int port) : port_(port) {}
  ~Evport() override { ::close(port_); }

  Result<void> resize(size_t set_size) override {
    if (watched_.size() > set_size) watched_.resize(set_size);
    return {};
  }

  Result<void> update(int fd, Interest before, Interest after) override {
    const bool was = has(before, Interest::both);
    const bool is = has(after, Interest::both);
    if (!was && !is) return {};
    if (watched_.size() <= static_cast<size_t>(fd)) watched_.resize(fd + 1);
    Watched& watched = watched_[fd];
    watched.interest = after & Interest::both;
    if (was && is && watched.spent) return {};

    const bool associated = was && !watched.spent;
    watched.spent = false;
    if (!is) {
      if (associated) ::port_dissociate(port_, PORT_SOURCE_FD, static_cast<uintptr_t>(fd));
    } else if (!associate(fd) && has(after & ~before, Interest::both)) {
      const int error = errno;
      watched.interest = before & Interest::both;
      return failure("port_associate: {}", std::strerror(error));
    }
    return {};
  }

  size_t poll(int64_t timeout_us, std::span<FiredEvent> fired) override {
    if (!associate_spent()) timeout_us = std::min(static_cast<uint64_t>(timeout_us), uint64_t{kRetryUs});
    const timespec timeout = timeout_timespec(timeout_us);
    const size_t limit = std::min(fired.size(), events_.size());
    unsigned n = 1;  // for which it waits; then what it has got
    events_[0].portev_source = 0;
    if (::port_getn(port_, events_.data(), static_cast<unsigned>(limit), &n,
                    timeout_us < 0 ? nullptr : &timeout) != 0) {
      if (errno != ETIME) check_interrupted("port_getn", errno);
      // There can be events all the same, whose associations are gone. Without any, n may not be set.
      if (events_[0].portev_source == 0) return 0;
    }
    for (unsigned i = 0; i < n; i++) {
      const int fd = static_cast<int>(events_[i].portev_object);
      fired[i] = {fd, interest_of_poll(events_[i].portev_events)};
      watched_[fd].spent = true;
      spent_.push_back(fd);
    }
    return n;
  }

  EventBackend kind() const override { return EventBackend::evport; }

 private:
  // How soon to try again when the system has no room for an association.
  static constexpr int64_t kRetryUs = 10'000;

  struct Watched {
    Interest interest = Interest::none;
    bool spent = false;
  };

  bool associate(int fd) {
    return ::port_associate(port_, PORT_SOURCE_FD, static_cast<uintptr_t>(fd),
                            poll_events_of(watched_[fd].interest), nullptr) == 0;
  }

  // False if some are left for later.
  bool associate_spent() {
    const auto stays = [this](int fd) {
      // Meanwhile it may have been removed, with the end of the set, or have got a new owner.
      if (static_cast<size_t>(fd) >= watched_.size() || !watched_[fd].spent) return false;
      // EBADF: closed while it was watched, so there is nothing to wait for.
      watched_[fd].spent = !associate(fd) && errno != EBADF;
      return watched_[fd].spent;
    };
    spent_.erase(std::stable_partition(spent_.begin(), spent_.end(), stays), spent_.end());
    return spent_.empty();
  }

  int port_;
  std::vector<port_event_t> events_ = std::vector<port_event_t>(kMaxFired);
  std::vector<Watched> watched_;  // indexed by descriptor; grows to the highest one in use
  std::vector<int> spent_;        // what polls have delivered since the last association
};

Result<std::unique_ptr<Backend>> create_evport(size_t) {
  const int port = ::port_create();
  if (port < 0) return failure("port_create: {}", std::strerror(errno));
  ::fcntl(port, F_SETFD, FD_CLOEXEC);
  return std::unique_ptr<Backend>(std::make_unique<Evport>(port));
}

}  // namespace

constinit const BackendDriver kEvportDriver{EventBackend::evport, create_evport};

}  // namespace redpoll::ae

#else

namespace redpoll::ae {
constinit const BackendDriver kEvportDriver{EventBackend::evport, nullptr};
}

#endif
