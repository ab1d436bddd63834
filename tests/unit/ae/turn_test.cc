// What a turn is made of: hooks, waiting, stopping, nesting, the frozen time.
#include <catch2/catch.hpp>
#include <vector>

#include "unit/ae/support.h"

namespace redpoll::ae::test {

TEST_CASE("Hooks frame the poll, files come before timers") {
  const auto loop = make_loop(every_backend());
  Pair pair;
  pair.make_readable();
  std::string log;
  auto before = [&] { log += "before "; };
  auto after = [&] { log += "after "; };
  auto file = [&] { log += "file "; };
  auto timer = [&] {
    log += "timer ";
    return kNoMore;
  };
  loop->set_before_sleep(Hook::of(before));
  loop->set_after_sleep(Hook::of(after));
  REQUIRE(loop->add(pair.near, Interest::readable, FileHandler::of(file)).ok());

  loop->add_timer(0, TimeHandler::of(timer));
  REQUIRE(loop->run_once(kNow) == 2);
  REQUIRE(log == "before after file timer ");

  log.clear();
  loop->add_timer(0, TimeHandler::of(timer));
  REQUIRE(loop->run_once(Turn::files | Turn::dont_wait | Turn::no_hooks) == 1);
  REQUIRE(log == "file ");
  REQUIRE(loop->run_once(Turn::timers) == 1);
  REQUIRE(log == "file timer ");
}

TEST_CASE("after_files runs between files and timers, if a descriptor fired and hooks are wanted") {
  const auto loop = make_loop(every_backend());
  Pair pairs[2];
  std::string log;
  auto file = [&] { log += "file "; };
  auto after_files = [&] { log += "after_files "; };
  auto timer = [&] {
    log += "timer ";
    return kNoMore;
  };
  loop->set_after_files(Hook::of(after_files));
  for (const Pair& pair : pairs)
    REQUIRE(loop->add(pair.near, Interest::readable, FileHandler::of(file)).ok());

  loop->add_timer(0, TimeHandler::of(timer));
  REQUIRE(loop->run_once(kNow) == 1);
  REQUIRE(log == "timer ");

  log.clear();
  for (const Pair& pair : pairs) pair.make_readable();
  loop->add_timer(0, TimeHandler::of(timer));
  REQUIRE(loop->run_once(kNow) == 3);
  REQUIRE(log == "file file after_files timer ");

  log.clear();
  loop->run_once(Turn::files | Turn::dont_wait | Turn::no_hooks);
  REQUIRE(log == "file file ");
  loop->set_after_files({});
  loop->run_once(kNow);
  REQUIRE(log == "file file file file ");
}

TEST_CASE("after_files runs in a nested turn and in the turn around it") {
  const auto loop = make_loop(every_backend());
  Pair pair;
  pair.make_readable();
  std::string log;
  auto nest = [&](int fd, Interest) {
    log += "r";
    loop->remove(fd, Interest::readable);
    loop->run_once(Turn::files | Turn::dont_wait);
  };
  auto write = [&] { log += "w"; };
  auto after_files = [&] { log += loop->depth() == 2 ? "2" : "1"; };
  loop->set_after_files(Hook::of(after_files));
  REQUIRE(loop->add(pair.near, Interest::readable, FileHandler::of(nest)).ok());
  REQUIRE(loop->add(pair.near, Interest::writable, FileHandler::of(write)).ok());
  loop->run_once(kNow);
  REQUIRE(log == "rw21");
}

TEST_CASE("The poll waits for the nearest timer, and not at all if told so") {
  const auto loop = make_loop(every_backend());
  int ran = 0;
  auto timer = [&] {
    ran++;
    return kNoMore;
  };
  const MonoUs start = mono_now();
  loop->add_timer(60'000, TimeHandler::of(timer));
  loop->add_timer(20, TimeHandler::of(timer));
  REQUIRE(loop->run_once(Turn::all | Turn::dont_wait) == 0);
  auto once = [&] { loop->skip_next_wait(); };
  loop->set_before_sleep(Hook::of(once));
  REQUIRE(loop->run_once() == 0);
  loop->set_before_sleep({});
  // One wait, rounded up, so that the timer is due when it ends.
  REQUIRE(loop->run_once() == 1);
  REQUIRE(ran == 1);
  REQUIRE(mono_now() - start >= 20'000);
  REQUIRE(mono_now() - start < 30'000'000);
}

TEST_CASE("stop ends run after the turn, stop before run ends it at once") {
  const auto loop = make_loop(every_backend());
  int turns = 0;
  auto stopping = [&] {
    if (++turns == 3) loop->stop();
    return int64_t{0};
  };
  loop->add_timer(0, TimeHandler::of(stopping));
  loop->run();
  REQUIRE(turns == 3);
  loop->stop();
  loop->run();
  REQUIRE(turns == 3);
}

TEST_CASE("The time stands still during a turn") {
  ManualClock clock;
  const auto loop = make_loop(every_backend(), clock.clocks());
  Pair pair;
  pair.make_readable();
  MonoUs seen;
  UnixMs seen_wall;
  auto handler = [&] {
    clock.advance_ms(5);
    clock.wall_ms = clock.wall_ms + 5;
    seen = loop->now();
    seen_wall = loop->unix_now();
  };
  REQUIRE(loop->add(pair.near, Interest::readable, FileHandler::of(handler)).ok());
  clock.advance_ms(1);
  loop->run_once(kNow);
  REQUIRE(seen == clock.mono_us - 5000);
  REQUIRE(seen_wall == clock.wall_ms - 5);
  loop->refresh_time();
  REQUIRE(loop->now() == clock.mono_us);
  REQUIRE(loop->unix_now() == clock.wall_ms);
}

TEST_CASE("A nested turn serves the others, and the outer turn then drops what it had polled") {
  const auto loop = make_loop(every_backend());
  Pair pairs[4];
  int slow_fd = -1;
  std::vector<int> served;
  int depth_inside = 0;
  // The first one called is slow and lets the others be served meanwhile.
  auto handler = [&](int fd, Interest) {
    served.push_back(fd);
    if (slow_fd >= 0) {
      depth_inside = loop->depth();
      for (const Pair& pair : pairs) {
        if (pair.near == fd) pair.drain();
      }
      return;
    }
    slow_fd = fd;
    for (const Pair& pair : pairs) {
      if (pair.near == fd) pair.drain();
    }
    REQUIRE(loop->run_once(Turn::files | Turn::dont_wait | Turn::no_hooks) == 3);
  };
  for (const Pair& pair : pairs) {
    pair.make_readable();
    REQUIRE(loop->add(pair.near, Interest::readable, FileHandler::of(handler)).ok());
  }
  REQUIRE(loop->run_once(kNow) == 4);
  std::sort(served.begin(), served.end());
  REQUIRE(served.size() == 4);  // each once: the three others were not called a second time
  REQUIRE(std::unique(served.begin(), served.end()) == served.end());
  REQUIRE(depth_inside == 2);
  REQUIRE(loop->depth() == 0);
}

TEST_CASE("After a nested turn the writable handler of the descriptor waits for the next poll") {
  const auto loop = make_loop(every_backend());
  Pair pair;
  pair.make_readable();
  std::string log;
  auto nest = [&](int fd, Interest) {
    log += "r";
    loop->remove(fd, Interest::readable);
    loop->run_once(Turn::files | Turn::dont_wait);
    log += ".";
  };
  auto write = [&] { log += "w"; };
  REQUIRE(loop->add(pair.near, Interest::readable, FileHandler::of(nest)).ok());
  REQUIRE(loop->add(pair.near, Interest::writable, FileHandler::of(write)).ok());
  loop->run_once(kNow);
  REQUIRE(log == "rw.");
  loop->run_once(kNow);
  REQUIRE(log == "rw.w");
}

TEST_CASE("A timer whose handler runs a nested turn does not run inside it, others do") {
  ManualClock clock;
  const auto loop = make_loop(every_backend(), clock.clocks());
  std::string log;
  auto nesting = [&] {
    log += "(";
    REQUIRE(loop->run_once(kNow) == 1);
    log += ")";
    return int64_t{0};
  };
  auto other = [&] {
    log += "o";
    return int64_t{10};
  };
  loop->add_timer(0, TimeHandler::of(nesting));
  loop->add_timer(0, TimeHandler::of(other));
  // The nested turn has run the other one: it is not due again in the outer turn.
  REQUIRE(loop->run_once(kNow) == 1);
  REQUIRE(log == "(o)");
}

TEST_CASE("More ready descriptors than a turn takes are all served, in turns") {
  constexpr size_t kCopies = kMaxFired + 200;
  const EventBackend kind = every_backend();
  if (max_set_size(kind) < kCopies + 100) return;
  const auto loop = make_loop(kind, {}, kCopies + 100);
  Pair pair;
  pair.make_readable();
  std::vector<Fd> copies;
  for (size_t i = 0; i < kCopies; i++) copies.emplace_back(::dup(pair.near));
  if (copies.back() < 0) return;  // the limit of open files is too low here
  std::vector<int> calls(kCopies + 100);
  auto count = [&](int fd, Interest) { calls[fd]++; };
  for (const Fd& fd : copies) REQUIRE(loop->add(fd, Interest::readable, FileHandler::of(count)).ok());

  REQUIRE(loop->run_once(kNow) == kMaxFired);
  REQUIRE(loop->run_once(kNow) == kMaxFired);
  for (const Fd& fd : copies) REQUIRE(calls[fd] >= 1);
}

}  // namespace redpoll::ae::test
