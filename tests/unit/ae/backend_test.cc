// Choosing a backend.
#include "ae/backend.h"

#include <algorithm>
#include <catch2/catch.hpp>

#include "ae/backend_driver.h"
#include "unit/ae/support.h"

namespace redpoll::ae::test {

TEST_CASE("Backends are named, and auto takes the first available one") {
  const auto kinds = available_backends();
  REQUIRE(!kinds.empty());
  REQUIRE(*parse_backend("auto") == BackendKind::automatic);
  for (const BackendKind kind : kinds) {
    REQUIRE(*parse_backend(backend_name(kind)) == kind);
    REQUIRE(make_loop(kind)->backend_name() == backend_name(kind));
  }
  REQUIRE(make_loop(BackendKind::automatic)->backend_name() == backend_name(kinds.front()));
  REQUIRE(backend_name(BackendKind::automatic) == "auto");
}

TEST_CASE("poll and select are always there, the slower one last") {
  const auto kinds = available_backends();
  REQUIRE(kinds.size() >= 2);
  REQUIRE(kinds.end()[-2] == BackendKind::poll);
  REQUIRE(kinds.back() == BackendKind::select);
}

TEST_CASE("An unknown backend and one that this system lacks are refused differently") {
  REQUIRE(parse_backend("uring").error() ==
          "'uring' is not an event backend: auto, epoll, kqueue, poll or select is expected");
  const auto kinds = available_backends();
  if (std::find(kinds.begin(), kinds.end(), BackendKind::kqueue) == kinds.end()) {
    const std::string text =
        "the event backend 'kqueue' is not available on this system, which has epoll, poll, select";
    REQUIRE(parse_backend("kqueue").error() == text);
    REQUIRE(EventLoop::create(64, BackendKind::kqueue).error() == text);
  }
}

TEST_CASE("select refuses more descriptors than FD_SETSIZE") {
  const size_t limit = max_set_size(BackendKind::select);
  const auto loop = EventLoop::create(limit + 1, BackendKind::select);
  REQUIRE(!loop.ok());
  REQUIRE(loop.error() == "the event backend 'select' can watch 1024 descriptors at most, not 1025");
  const auto full = make_loop(BackendKind::select, {}, limit);
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

}  // namespace redpoll::ae::test
