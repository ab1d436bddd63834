// Choosing a backend.
#include "ae/backend.h"

#include <catch2/catch.hpp>
#include <vector>

#include "ae/backend_driver.h"
#include "unit/ae/support.h"

namespace redpoll::ae::test {

TEST_CASE("A loop says which backend it has, and takes the first available one by itself") {
  const auto kinds = available_backends();
  REQUIRE(!kinds.empty());
  for (const EventBackend kind : kinds) REQUIRE(make_loop(kind)->backend_name() == name_of(kind));
  REQUIRE(make_loop(EventBackend::automatic)->backend_name() == name_of(kinds.front()));
}

// Those that this system lacks are here over stand-ins.
TEST_CASE("The tests of the loop run over every backend there is, best first") {
  std::vector<EventBackend> expected;
  for (const EventBackendName& row : kEventBackends) {
    if (row.backend != EventBackend::automatic) expected.push_back(row.backend);
  }
  REQUIRE(available_backends() == expected);
}

TEST_CASE("select refuses more descriptors than FD_SETSIZE") {
  const size_t limit = max_set_size(EventBackend::select);
  const auto loop = EventLoop::create(limit + 1, EventBackend::select);
  REQUIRE(!loop.ok());
  REQUIRE(loop.error() == "the event backend 'select' can watch 1024 descriptors at most, not 1025");
  const auto full = make_loop(EventBackend::select, {}, limit);
  REQUIRE(!full->resize_set_size(limit + 1).ok());
  REQUIRE(full->set_size() == limit);
}

TEST_CASE("A timeout in milliseconds is rounded up and never overflows") {
  REQUIRE(timeout_ms(-1) == -1);
  REQUIRE(timeout_ms(0) == 0);
  REQUIRE(timeout_ms(1) == 1);
  REQUIRE(timeout_ms(1000) == 1);
  REQUIRE(timeout_ms(1001) == 2);
  REQUIRE(timeout_ms(std::numeric_limits<int64_t>::max()) == std::numeric_limits<int>::max());
}

TEST_CASE("A timeout in seconds and nanoseconds is exact, and a day at most") {
  const auto is = [](timespec t, time_t s, long ns) { return t.tv_sec == s && t.tv_nsec == ns; };
  REQUIRE(is(timeout_timespec(0), 0, 0));
  REQUIRE(is(timeout_timespec(1), 0, 1000));
  REQUIRE(is(timeout_timespec(2'000'003), 2, 3000));
  REQUIRE(is(timeout_timespec(std::numeric_limits<int64_t>::max()), 86'400, 0));
}

}  // namespace redpoll::ae::test
