// The poll backend: wherever there is POSIX.
//
// The kernel is given a dense array of pollfd; `position_` finds a descriptor's entry, and removal moves the
// last entry into the hole.
#include <algorithm>
#include <cerrno>
#include <vector>

#include "ae/backend_driver.h"
#include "ae/poll_events.h"

namespace redpoll::ae {
namespace {

class Poll final : public Backend {
 public:
  Result<void> resize(size_t set_size) override {
    if (position_.size() > set_size) position_.resize(set_size);
    return {};
  }

  Result<void> update(int fd, Interest before, Interest after) override {
    const bool was = has(before, Interest::both);
    const bool is = has(after, Interest::both);
    if (was && is) {
      entries_[position_[fd]].events = poll_events_of(after);
    } else if (is) {
      if (position_.size() <= static_cast<size_t>(fd)) position_.resize(fd + 1);
      position_[fd] = entries_.size();
      entries_.push_back({.fd = fd, .events = poll_events_of(after), .revents = 0});
    } else if (was) {
      const size_t hole = position_[fd];
      entries_[hole] = entries_.back();
      position_[entries_[hole].fd] = hole;
      entries_.pop_back();
    }
    return {};
  }

  size_t poll(int64_t timeout_us, std::span<FiredEvent> fired) override {
    int left = ::poll(entries_.data(), entries_.size(), timeout_ms(timeout_us));
    if (left < 0) {
      check_interrupted("poll", errno);
      return 0;
    }
    const size_t limit = std::min(fired.size(), kMaxFired);
    size_t n = 0;
    // Round robin: the scan starts where the previous one ended for lack of room.
    for (size_t seen = 0; left > 0 && n < limit && seen < entries_.size(); seen++) {
      if (next_ >= entries_.size()) next_ = 0;
      const pollfd& entry = entries_[next_++];
      if (entry.revents == 0) continue;
      fired[n++] = {entry.fd, interest_of_poll(entry.revents)};
      left--;
    }
    return n;
  }

  EventBackend kind() const override { return EventBackend::poll; }

 private:
  std::vector<pollfd> entries_;
  std::vector<size_t> position_;  // indexed by descriptor; grows to the highest one in use
  size_t next_ = 0;
};

Result<std::unique_ptr<Backend>> create_poll(size_t) {
  return std::unique_ptr<Backend>(std::make_unique<Poll>());
}

}  // namespace

constinit const BackendDriver kPollDriver{EventBackend::poll, create_poll};

}  // namespace redpoll::ae
