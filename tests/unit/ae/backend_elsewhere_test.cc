// What the back ends of other systems do beyond what the tests of the loop ask of all.
#include <array>
#include <catch2/catch.hpp>

#include "support/stand_in/faults.h"
#include "unit/ae/support.h"

namespace redpoll::ae::test {
namespace {

std::unique_ptr<Backend> make_backend(EventBackend kind) {
  auto backend = create_backend(kind, 512);
  REQUIRE(backend.ok());
  return std::move(*backend);
}

struct Polled {
  std::array<FiredEvent, 8> events;
  size_t count;
};
Polled poll(Backend& backend, int64_t timeout_us = 0) {
  Polled polled;
  polled.count = backend.poll(timeout_us, polled.events);
  return polled;
}

}  // namespace

TEST_CASE("kqueue joins the two filters of a descriptor in one event") {
  const auto backend = make_backend(EventBackend::kqueue);
  Pair pairs[2];
  for (const Pair& pair : pairs) {
    pair.make_readable();
    REQUIRE(backend->update(pair.near, Interest::none, Interest::both).ok());
  }
  const Polled polled = poll(*backend);
  REQUIRE(polled.count == 2);
  for (size_t i = 0; i < 2; i++) {
    REQUIRE(polled.events[i].ready == Interest::both);
    REQUIRE((polled.events[i].fd == pairs[0].near || polled.events[i].fd == pairs[1].near));
  }
  REQUIRE(polled.events[0].fd != polled.events[1].fd);
}

TEST_CASE("kqueue takes an error for both, but not the end of what the peer sends") {
  const auto backend = make_backend(EventBackend::kqueue);
  Pair pair;
  REQUIRE(backend->update(pair.near, Interest::none, Interest::readable).ok());
  ::shutdown(pair.far, SHUT_WR);
  Polled polled = poll(*backend);
  REQUIRE(polled.count == 1);
  REQUIRE(polled.events[0].ready == Interest::readable);
  // What the peer has not read when it closes, resets the connection.
  REQUIRE(::write(pair.near, "x", 1) == 1);
  pair.far.close();
  polled = poll(*backend);
  REQUIRE(polled.count == 1);
  REQUIRE(polled.events[0].ready == Interest::both);
}

TEST_CASE("kqueue leaves no filter behind when it can have only one of two") {
  const auto backend = make_backend(EventBackend::kqueue);
  Pair pair;
  pair.make_readable();
  stand_in::refused_filter = -2;  // EVFILT_WRITE
  const auto updated = backend->update(pair.near, Interest::none, Interest::both);
  stand_in::refused_filter = 0;
  REQUIRE(!updated.ok());
  REQUIRE(updated.error() == "kevent: Invalid argument");
  REQUIRE(poll(*backend).count == 0);
}

TEST_CASE("evport keeps a descriptor for which there is no room, and does not sleep on it") {
  const auto backend = make_backend(EventBackend::evport);
  Pair pair;
  pair.make_readable();
  REQUIRE(backend->update(pair.near, Interest::none, Interest::readable).ok());
  REQUIRE(poll(*backend).count == 1);
  stand_in::failing_associations = 1;
  REQUIRE(poll(*backend, -1).count == 0);
  REQUIRE(poll(*backend).count == 1);

  stand_in::failing_associations = 1;
  Pair other;
  const auto added = backend->update(other.near, Interest::none, Interest::readable);
  REQUIRE(!added.ok());
  REQUIRE(added.error() == "port_associate: Resource temporarily unavailable");
}

TEST_CASE("evport forgets a descriptor that was closed while it was watched") {
  const auto backend = make_backend(EventBackend::evport);
  Pair pair;
  pair.make_readable();
  REQUIRE(backend->update(pair.near, Interest::none, Interest::readable).ok());
  REQUIRE(poll(*backend).count == 1);
  const int number = pair.near;
  pair.near.close();
  const MonoUs begin = mono_now();
  REQUIRE(poll(*backend, 50'000).count == 0);
  REQUIRE(mono_now() - begin >= 50'000);  // without trying again
  REQUIRE(backend->update(number, Interest::readable, Interest::none).ok());
}

TEST_CASE("evport does not associate again what was removed since it fired") {
  const auto backend = make_backend(EventBackend::evport);
  Pair pair;
  pair.make_readable();
  REQUIRE(backend->update(pair.near, Interest::none, Interest::readable).ok());
  REQUIRE(poll(*backend).count == 1);
  REQUIRE(backend->update(pair.near, Interest::readable, Interest::none).ok());
  pair.far.close();  // which would be told whatever is waited for
  REQUIRE(poll(*backend).count == 0);
}

TEST_CASE("Watching a closed descriptor less never fails") {
  const auto backend = make_backend(every_backend());
  Pair pair;
  REQUIRE(backend->update(pair.near, Interest::none, Interest::both).ok());
  const int number = pair.near;
  pair.near.close();
  REQUIRE(backend->update(number, Interest::both, Interest::writable).ok());
  REQUIRE(backend->update(number, Interest::writable, Interest::none).ok());
  REQUIRE(poll(*backend).count == 0);
}

TEST_CASE("Those that ask the system refuse a closed descriptor, and leave no trace") {
  const EventBackend kind = GENERATE(EventBackend::evport, EventBackend::epoll, EventBackend::kqueue);
  CAPTURE(name_of(kind));
  const auto loop = make_loop(kind);
  Pair pair;
  const int number = pair.near;
  pair.near.close();
  auto never = [] { FAIL(); };
  const auto added = loop->add(number, Interest::both, FileHandler::of(never));
  REQUIRE(!added.ok());
  REQUIRE(added.error().ends_with(": Bad file descriptor"));
  REQUIRE(loop->interest(number) == Interest::none);
  REQUIRE(loop->run_once(kNow) == 0);
}

}  // namespace redpoll::ae::test
