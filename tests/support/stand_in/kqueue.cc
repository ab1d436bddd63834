// A kqueue of read and write filters, over poll(2). As kqueue(2) of FreeBSD tells:
//
// - A filter is known by descriptor and kind. Adding one that is there changes it, and enables it.
// - Changes come before events. One that fails is reported in the event list, as EV_ERROR with errno in
//   `data`, if there is room for it; else kevent fails with that errno. EV_RECEIPT reports success as well,
//   as error 0, and no event is taken from the queue then.
// - Without room for events kevent returns at once, whatever the timeout.
// - Filters are level-triggered. Those that were reported go to the end of the queue.
// - Closing a descriptor takes its filters away.
// - EV_EOF: of a read filter, the peer sends no more; of a write filter, it does not read any more. The error
//   of a socket is in fflags (always ECONNRESET here, as it cannot be looked at without taking it).
//
// EV_CLEAR is not made up: EINVAL.
#include <poll.h>
#include <sys/event.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <vector>

#include "support/stand_in/descriptors.h"
#include "support/stand_in/faults.h"

namespace redpoll::stand_in {
namespace {

struct Filter {
  int fd;
  FileId file;
  short kind;
  unsigned short mode;  // EV_ONESHOT or 0
  bool enabled;
  void* udata;
};

bool is_socket(int fd) {
  int type;
  socklen_t size = sizeof type;
  return ::getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size) == 0;
}

class Kqueue {
 public:
  // Returns an errno, or 0.
  int change(const struct kevent& wanted) {
    const int fd = static_cast<int>(wanted.ident);
    if (wanted.filter != EVFILT_READ && wanted.filter != EVFILT_WRITE) return EINVAL;
    if ((wanted.flags & EV_CLEAR) != 0) return EINVAL;
    const auto id = file_id(fd);
    if (!id) return EBADF;
    forget_closed();
    auto filter = std::find_if(filters_.begin(), filters_.end(),
                               [&](const Filter& f) { return f.fd == fd && f.kind == wanted.filter; });
    if (filter == filters_.end()) {
      if ((wanted.flags & EV_ADD) == 0) return ENOENT;
      if (wanted.filter == refused_filter) return EINVAL;
      filter = filters_.insert(filter, {fd, *id, wanted.filter, 0, true, nullptr});
    }
    if ((wanted.flags & EV_DELETE) != 0) {
      filters_.erase(filter);
      return 0;
    }
    if ((wanted.flags & EV_ADD) != 0) {
      filter->mode = wanted.flags & EV_ONESHOT;
      filter->udata = wanted.udata;
    }
    if ((wanted.flags & (EV_ADD | EV_ENABLE)) != 0) filter->enabled = true;
    if ((wanted.flags & EV_DISABLE) != 0) filter->enabled = false;
    return 0;
  }

  // As kevent returns.
  int take(struct kevent* into, int limit, const timespec* timeout) {
    forget_closed();
    std::vector<pollfd> polled;
    for (const Filter& f : filters_) {
      const int asked = f.kind == EVFILT_READ ? POLLIN | POLLRDHUP : POLLOUT;
      polled.push_back({f.enabled ? f.fd : -1, static_cast<short>(asked), 0});
    }
    if (::ppoll(polled.data(), polled.size(), timeout, nullptr) < 0) return -1;
    int taken = 0;
    std::vector<Filter> waiting;
    std::vector<Filter> reported;
    for (size_t i = 0; i < filters_.size(); i++) {
      const short found = polled[i].revents;
      if (found == 0 || taken == limit) {
        waiting.push_back(filters_[i]);
        continue;
      }
      into[taken++] = event(filters_[i], found);
      if (filters_[i].mode != EV_ONESHOT) reported.push_back(filters_[i]);
    }
    waiting.insert(waiting.end(), reported.begin(), reported.end());
    filters_ = std::move(waiting);
    return taken;
  }

 private:
  static struct kevent event(const Filter& filter, short found) {
    struct kevent event;
    EV_SET(&event, static_cast<uintptr_t>(filter.fd), filter.kind, filter.mode, 0, 0, filter.udata);
    if ((found & (POLLRDHUP | POLLHUP | POLLERR)) != 0) event.flags |= EV_EOF;
    if ((found & POLLERR) != 0 && is_socket(filter.fd)) event.fflags = ECONNRESET;
    int bytes = 0;
    if (filter.kind == EVFILT_READ && ::ioctl(filter.fd, FIONREAD, &bytes) == 0) event.data = bytes;
    return event;
  }

  void forget_closed() {
    std::erase_if(filters_, [](const Filter& f) { return file_id(f.fd) != f.file; });
  }

  std::vector<Filter> filters_;  // in the order of the queue
};

Kernel<Kqueue> kernel;

// True if the change is to be reported in the event list.
bool reports(const struct kevent& change, int error) {
  return error != 0 || (change.flags & EV_RECEIPT) != 0;
}

}  // namespace
}  // namespace redpoll::stand_in

int kqueue() { return redpoll::stand_in::kernel.create("kqueue"); }

int kevent(int kq, const struct kevent* changelist, int nchanges, struct kevent* eventlist, int nevents,
           const timespec* timeout) {
  auto* const queue = redpoll::stand_in::kernel.find(kq);
  if (queue == nullptr) {
    errno = EBADF;
    return -1;
  }
  int reported = 0;
  for (int i = 0; i < nchanges; i++) {
    const int error = queue->change(changelist[i]);
    if (!redpoll::stand_in::reports(changelist[i], error)) continue;
    if (reported == nevents) {
      if (error == 0) continue;
      errno = error;
      return -1;
    }
    eventlist[reported] = changelist[i];
    eventlist[reported].flags = EV_ERROR;
    eventlist[reported++].data = error;
  }
  if (reported > 0 || nevents == 0) return reported;
  return queue->take(eventlist, nevents, timeout);
}
