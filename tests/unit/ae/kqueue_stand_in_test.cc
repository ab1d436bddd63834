// That the stand-in of kqueue behaves as kqueue(2) tells: else the tests of the backend would prove little.
#include <fcntl.h>
#include <sys/event.h>

#include <catch2/catch.hpp>
#include <cerrno>
#include <vector>

#include "unit/ae/support.h"

namespace redpoll::ae::test {
namespace {

struct Queue {
  Fd fd{::kqueue()};

  // 0, or an errno.
  int change(int ident, short filter, unsigned short flags) const {
    struct kevent event;
    EV_SET(&event, static_cast<uintptr_t>(ident), filter, flags, 0, 0, nullptr);
    return ::kevent(fd, &event, 1, nullptr, 0, nullptr) == 0 ? 0 : errno;
  }
  std::vector<struct kevent> take(size_t limit = 8) const {
    std::vector<struct kevent> events(limit);
    const timespec now{};
    const int n = ::kevent(fd, nullptr, 0, events.data(), static_cast<int>(limit), &now);
    REQUIRE(n >= 0);
    events.resize(n);
    return events;
  }
};

bool is(const struct kevent& event, int fd, short filter) {
  return event.ident == static_cast<uintptr_t>(fd) && event.filter == filter;
}

}  // namespace

TEST_CASE("kqueue stand-in: reading and writing are two events, reported as long as they last") {
  const Queue q;
  Pair pair;
  REQUIRE(q.change(pair.near, EVFILT_READ, EV_ADD) == 0);
  REQUIRE(q.change(pair.near, EVFILT_WRITE, EV_ADD) == 0);
  REQUIRE(q.take().size() == 1);
  pair.make_readable();
  for (int i = 0; i < 2; i++) {
    const auto events = q.take();
    REQUIRE(events.size() == 2);
    const bool read_first = is(events[0], pair.near, EVFILT_READ);
    REQUIRE(is(events[read_first ? 1 : 0], pair.near, EVFILT_WRITE));
    REQUIRE(is(events[read_first ? 0 : 1], pair.near, EVFILT_READ));
    REQUIRE(events[read_first ? 0 : 1].data == 1);  // bytes to read
  }
  pair.drain();
  REQUIRE(q.take().size() == 1);
}

TEST_CASE("kqueue stand-in: filters are disabled, enabled and deleted, and a one-shot one goes by itself") {
  const Queue q;
  Pair pair;
  pair.make_readable();
  REQUIRE(q.change(pair.near, EVFILT_READ, EV_ENABLE) == ENOENT);
  REQUIRE(q.change(pair.near, EVFILT_READ, EV_ADD | EV_DISABLE) == 0);
  REQUIRE(q.take().empty());
  REQUIRE(q.change(pair.near, EVFILT_READ, EV_ENABLE) == 0);
  REQUIRE(q.take().size() == 1);
  REQUIRE(q.change(pair.near, EVFILT_READ, EV_DISABLE) == 0);
  REQUIRE(q.change(pair.near, EVFILT_READ, EV_ADD) == 0);  // enables
  REQUIRE(q.take().size() == 1);
  REQUIRE(q.change(pair.near, EVFILT_READ, EV_DELETE) == 0);
  REQUIRE(q.change(pair.near, EVFILT_READ, EV_DELETE) == ENOENT);
  REQUIRE(q.take().empty());
  REQUIRE(q.change(pair.near, EVFILT_READ, EV_ADD | EV_ONESHOT) == 0);
  REQUIRE(q.take().size() == 1);
  REQUIRE(q.take().empty());
}

TEST_CASE("kqueue stand-in: a change that fails is an event with EV_ERROR where there is room for it") {
  const Queue q;
  Pair pair;
  pair.make_readable();
  REQUIRE(q.change(-1, EVFILT_READ, EV_ADD) == EBADF);
  REQUIRE(q.change(pair.near, -3, EV_ADD) == EINVAL);

  struct kevent changes[2];
  struct kevent events[2];
  EV_SET(&changes[0], static_cast<uintptr_t>(-1), EVFILT_READ, EV_ADD, 0, 0, nullptr);
  EV_SET(&changes[1], static_cast<uintptr_t>(static_cast<int>(pair.near)), EVFILT_READ, EV_ADD, 0, 0,
         nullptr);
  REQUIRE(::kevent(q.fd, changes, 2, events, 2, nullptr) == 1);
  REQUIRE((events[0].flags & EV_ERROR) != 0);
  REQUIRE(events[0].data == EBADF);
  // The change after it was made all the same, and no event was taken.
  REQUIRE(q.take().size() == 1);

  changes[1].flags |= EV_RECEIPT;
  REQUIRE(::kevent(q.fd, &changes[1], 1, events, 2, nullptr) == 1);
  REQUIRE((events[0].flags & EV_ERROR) != 0);
  REQUIRE(events[0].data == 0);
  REQUIRE((::kevent(pair.near, nullptr, 0, events, 2, nullptr) == -1 && errno == EBADF));
}

TEST_CASE("kqueue stand-in: closing a descriptor takes its filters away, for its next owner as well") {
  const Queue q;
  Pair old;
  Pair fresh;
  old.make_readable();
  fresh.make_readable();
  REQUIRE(q.change(old.near, EVFILT_READ, EV_ADD) == 0);
  const int number = old.near;
  old.near.close();
  REQUIRE(q.change(number, EVFILT_READ, EV_DELETE) == EBADF);
  REQUIRE(q.take().empty());
  const Fd reused(::fcntl(fresh.near, F_DUPFD, number));
  REQUIRE(reused == number);
  REQUIRE(q.take().empty());
  REQUIRE(q.change(number, EVFILT_READ, EV_DELETE) == ENOENT);
}

TEST_CASE("kqueue stand-in: EV_EOF tells the end of either direction") {
  const Queue q;
  Pair pair;
  REQUIRE(q.change(pair.near, EVFILT_READ, EV_ADD) == 0);
  ::shutdown(pair.far, SHUT_WR);
  auto events = q.take();
  REQUIRE(events.size() == 1);
  REQUIRE((events[0].flags & EV_EOF) != 0);
  REQUIRE(events[0].fflags == 0);
  REQUIRE(q.change(pair.near, EVFILT_READ, EV_DELETE) == 0);
  REQUIRE(q.change(pair.near, EVFILT_WRITE, EV_ADD) == 0);
  pair.far.close();
  events = q.take();
  REQUIRE(events.size() == 1);
  REQUIRE(is(events[0], pair.near, EVFILT_WRITE));
  REQUIRE((events[0].flags & EV_EOF) != 0);
}

TEST_CASE("kqueue stand-in: what does not fit comes first next time, and without room it does not wait") {
  const Queue q;
  Pair pairs[3];
  for (const Pair& pair : pairs) {
    pair.make_readable();
    REQUIRE(q.change(pair.near, EVFILT_READ, EV_ADD) == 0);
  }
  for (int i = 0; i < 6; i++) {
    const auto events = q.take(1);
    REQUIRE(events.size() == 1);
    REQUIRE(is(events[0], pairs[i % 3].near, EVFILT_READ));
  }
  REQUIRE(::kevent(q.fd, nullptr, 0, nullptr, 0, nullptr) == 0);
}

}  // namespace redpoll::ae::test
