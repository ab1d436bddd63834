// That the stand-in of event ports behaves as port_associate(3C) and port_get(3C) tell: else the tests of the
// backend would prove little.
#include <fcntl.h>
#include <poll.h>
#include <port.h>

#include <catch2/catch.hpp>
#include <cerrno>
#include <vector>

#include "unit/ae/support.h"

namespace redpoll::ae::test {
namespace {

struct Port {
  Fd fd{::port_create()};

  // 0, or an errno.
  int associate(int object, int events, void* user = nullptr) const {
    const int done = ::port_associate(fd, PORT_SOURCE_FD, static_cast<uintptr_t>(object), events, user);
    return done == 0 ? 0 : errno;
  }
  int dissociate(int object) const {
    return ::port_dissociate(fd, PORT_SOURCE_FD, static_cast<uintptr_t>(object)) == 0 ? 0 : errno;
  }
  // Without waiting.
  std::vector<port_event_t> take(unsigned max = 8) const {
    std::vector<port_event_t> events(max);
    unsigned n = 1;
    const timespec now{};
    if (::port_getn(fd, events.data(), max, &n, &now) != 0) {
      REQUIRE(errno == ETIME);
      REQUIRE(n == 0);
    }
    events.resize(n);
    return events;
  }
};

}  // namespace

TEST_CASE("event port stand-in: an event uses its association up") {
  const Port port;
  Pair pair;
  int cookie = 0;
  REQUIRE(port.associate(pair.near, POLLIN, &cookie) == 0);
  REQUIRE(port.take().empty());
  pair.make_readable();
  const auto events = port.take();
  REQUIRE(events.size() == 1);
  REQUIRE(events[0].portev_source == PORT_SOURCE_FD);
  REQUIRE(events[0].portev_object == static_cast<uintptr_t>(static_cast<int>(pair.near)));
  REQUIRE(events[0].portev_events == POLLIN);
  REQUIRE(events[0].portev_user == &cookie);
  REQUIRE(port.take().empty());
  REQUIRE(port.dissociate(pair.near) == ENOENT);
  REQUIRE(port.associate(pair.near, POLLIN | POLLOUT) == 0);
  REQUIRE(port.take().at(0).portev_events == (POLLIN | POLLOUT));
}

TEST_CASE("event port stand-in: associating again replaces what is waited for and what was not fetched") {
  const Port port;
  Pair pair;
  pair.make_readable();
  REQUIRE(port.associate(pair.near, POLLIN) == 0);
  REQUIRE(port.associate(pair.near, POLLOUT) == 0);
  const auto events = port.take();
  REQUIRE(events.size() == 1);
  REQUIRE(events[0].portev_events == POLLOUT);
  REQUIRE(port.associate(pair.near, POLLIN) == 0);
  REQUIRE(port.dissociate(pair.near) == 0);
  REQUIRE(port.take().empty());
}

TEST_CASE("event port stand-in: an event stays although its cause is gone") {
  const Port port;
  Pair pair;
  pair.make_readable();
  REQUIRE(port.associate(pair.near, POLLIN) == 0);
  pair.drain();
  REQUIRE(port.take().size() == 1);
}

TEST_CASE("event port stand-in: bad descriptors, sources and counts are refused") {
  const Port port;
  Pair pair;
  REQUIRE(port.associate(-1, POLLIN) == EBADF);
  REQUIRE((::port_associate(pair.near, PORT_SOURCE_FD, 0, POLLIN, nullptr) == -1 && errno == EBADF));
  REQUIRE((::port_associate(port.fd, PORT_SOURCE_FD + 1, 0, POLLIN, nullptr) == -1 && errno == EINVAL));
  port_event_t event;
  unsigned n = 2;
  REQUIRE((::port_getn(port.fd, &event, 1, &n, nullptr) == -1 && errno == EINVAL));
}

TEST_CASE("event port stand-in: ETIME comes with the events that there are") {
  const Port port;
  Pair pair;
  pair.make_readable();
  port_event_t events[4];
  const timespec short_time = {.tv_sec = 0, .tv_nsec = 2'000'000};
  REQUIRE((::port_get(port.fd, events, &short_time) == -1 && errno == ETIME));

  REQUIRE(port.associate(pair.near, POLLIN) == 0);
  unsigned n = 2;
  const MonoUs begin = mono_now();
  REQUIRE((::port_getn(port.fd, events, 4, &n, &short_time) == -1 && errno == ETIME));
  REQUIRE(mono_now() - begin >= 2000);
  REQUIRE(n == 1);
  REQUIRE(events[0].portev_events == POLLIN);
  REQUIRE(port.take().empty());

  REQUIRE(port.associate(pair.near, POLLIN) == 0);
  REQUIRE(::port_get(port.fd, events, nullptr) == 0);
}

TEST_CASE("event port stand-in: what does not fit comes first next time, and can be counted") {
  const Port port;
  Pair pairs[3];
  for (const Pair& pair : pairs) {
    pair.make_readable();
    REQUIRE(port.associate(pair.near, POLLIN) == 0);
  }
  unsigned n = 0;
  REQUIRE(::port_getn(port.fd, nullptr, 0, &n, nullptr) == 0);
  REQUIRE(n == 3);
  const auto first = port.take(2);
  REQUIRE(first.size() == 2);
  REQUIRE(first[0].portev_object == static_cast<uintptr_t>(static_cast<int>(pairs[0].near)));
  REQUIRE(port.associate(pairs[0].near, POLLIN) == 0);
  const auto rest = port.take(2);
  REQUIRE(rest.size() == 2);
  REQUIRE(rest[0].portev_object == static_cast<uintptr_t>(static_cast<int>(pairs[2].near)));
  REQUIRE(rest[1].portev_object == static_cast<uintptr_t>(static_cast<int>(pairs[0].near)));
}

TEST_CASE("event port stand-in: closing a descriptor takes its association and its event away") {
  const Port port;
  Pair pair;
  Pair fresh;
  pair.make_readable();
  fresh.make_readable();
  REQUIRE(port.associate(pair.near, POLLIN) == 0);
  const int number = pair.near;
  pair.near.close();
  const Fd reused(::fcntl(fresh.near, F_DUPFD, number));
  REQUIRE(reused == number);
  REQUIRE(port.take().empty());
}

}  // namespace redpoll::ae::test
