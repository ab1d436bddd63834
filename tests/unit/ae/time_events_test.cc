// Timers, on a clock that the tests move.
#include <catch2/catch.hpp>
#include <map>
#include <vector>

#include "unit/ae/support.h"

namespace redpoll::ae::test {
namespace {

struct Timers {
  ManualClock clock;
  std::unique_ptr<EventLoop> loop = make_loop(every_backend(), clock.clocks());
  std::string log;

  int turn_after_ms(int64_t ms) {
    clock.advance_ms(ms);
    return loop->run_once(kNow);
  }
};

}  // namespace

TEST_CASE("A one-shot timer runs once, when its delay is over") {
  Timers t;
  auto once = [&] {
    t.log += "x";
    return kNoMore;
  };
  t.loop->add_timer(10, TimeHandler::of(once));
  REQUIRE(t.turn_after_ms(9) == 0);
  REQUIRE(t.turn_after_ms(1) == 1);
  REQUIRE(t.turn_after_ms(1000) == 0);
  REQUIRE(t.log == "x");
  REQUIRE(t.loop->timers() == 0);
}

TEST_CASE("A timer can be set to a point in time") {
  Timers t;
  int runs = 0;
  auto once = [&] {
    ++runs;
    return kNoMore;
  };
  const MonoUs now = t.clock.clocks().mono();
  t.loop->add_timer_at(now + 10'500, TimeHandler::of(once));
  t.loop->add_timer_at(now - 1, TimeHandler::of(once));
  REQUIRE(t.turn_after_ms(0) == 1);
  REQUIRE(t.turn_after_ms(10) == 0);
  REQUIRE(t.turn_after_ms(1) == 1);
  REQUIRE(runs == 2);
}

TEST_CASE("A periodic timer is rescheduled by what its handler returns, counted from its end") {
  Timers t;
  int64_t next_ms = 30;
  auto periodic = [&] {
    t.clock.advance_ms(5);
    return next_ms;
  };
  t.loop->add_timer(10, TimeHandler::of(periodic));
  REQUIRE(t.turn_after_ms(10) == 1);
  REQUIRE(t.turn_after_ms(29) == 0);
  next_ms = 7;
  REQUIRE(t.turn_after_ms(1) == 1);
  REQUIRE(t.turn_after_ms(6) == 0);
  REQUIRE(t.turn_after_ms(1) == 1);
}

TEST_CASE("A late timer runs once, not once for each period missed") {
  Timers t;
  auto periodic = [&] { return int64_t{10}; };
  t.loop->add_timer(10, TimeHandler::of(periodic));
  REQUIRE(t.turn_after_ms(1000) == 1);
  REQUIRE(t.turn_after_ms(0) == 0);
  REQUIRE(t.turn_after_ms(10) == 1);
}

TEST_CASE("Timers run by deadline, equal ones in the order they were added") {
  Timers t;
  const auto logging = [&](char c) {
    return [&t, c] {
      t.log += c;
      return kNoMore;
    };
  };
  auto a = logging('a'), b = logging('b'), c = logging('c'), d = logging('d');
  t.loop->add_timer(30, TimeHandler::of(d));
  t.loop->add_timer(10, TimeHandler::of(a));
  t.loop->add_timer(20, TimeHandler::of(b));
  t.loop->add_timer(20, TimeHandler::of(c));
  REQUIRE(t.turn_after_ms(20) == 3);
  REQUIRE(t.log == "abc");
  REQUIRE(t.turn_after_ms(10) == 1);
  REQUIRE(t.log == "abcd");
}

TEST_CASE("A timer that asks for no delay runs once per turn") {
  Timers t;
  auto eager = [&] { return int64_t{0}; };
  t.loop->add_timer(-5, TimeHandler::of(eager));
  REQUIRE(t.turn_after_ms(0) == 1);
  REQUIRE(t.turn_after_ms(0) == 1);
}

TEST_CASE("A timer created by a timer handler waits for the next turn") {
  Timers t;
  auto inner = [&] {
    t.log += "i";
    return kNoMore;
  };
  auto outer = [&] {
    t.log += "o";
    t.loop->add_timer(0, TimeHandler::of(inner));
    return kNoMore;
  };
  t.loop->add_timer(0, TimeHandler::of(outer));
  REQUIRE(t.turn_after_ms(0) == 1);
  REQUIRE(t.log == "o");
  REQUIRE(t.turn_after_ms(0) == 1);
  REQUIRE(t.log == "oi");
}

TEST_CASE("A timer removed inside its own handler is finalized after that, once") {
  Timers t;
  auto gone = [&](TimerId) { t.log += "f"; };
  auto suicidal = [&](TimerId id) {
    REQUIRE(t.loop->remove_timer(id));
    REQUIRE(!t.loop->remove_timer(id));
    t.log += "x";
    return int64_t{10};
  };
  const TimerId id = t.loop->add_timer(0, TimeHandler::of(suicidal), TimerFinalizer::of(gone));
  t.turn_after_ms(0);
  REQUIRE(t.log == "xf");
  REQUIRE(!t.loop->remove_timer(id));
  REQUIRE(t.turn_after_ms(100) == 0);
  REQUIRE(t.log == "xf");
}

TEST_CASE("A handler may remove other timers that are due") {
  Timers t;
  TimerId ids[2];
  int ran = 0;
  auto remove_other = [&](TimerId id) {
    ran++;
    REQUIRE(t.loop->remove_timer(id == ids[0] ? ids[1] : ids[0]));
    return kNoMore;
  };
  for (TimerId& id : ids) id = t.loop->add_timer(0, TimeHandler::of(remove_other));
  t.turn_after_ms(0);
  REQUIRE(ran == 1);
  REQUIRE(t.loop->timers() == 0);
}

TEST_CASE("A finalizer runs exactly once: at the end, on removal, or with the loop") {
  Timers t;
  std::vector<TimerId> finalized;
  auto gone = [&](TimerId id) { finalized.push_back(id); };
  auto once = [&] { return kNoMore; };
  const TimerId ended = t.loop->add_timer(1, TimeHandler::of(once), TimerFinalizer::of(gone));
  const TimerId removed = t.loop->add_timer(5, TimeHandler::of(once), TimerFinalizer::of(gone));
  const TimerId left = t.loop->add_timer(9, TimeHandler::of(once), TimerFinalizer::of(gone));
  t.turn_after_ms(1);
  REQUIRE(finalized == std::vector{ended});
  REQUIRE(t.loop->remove_timer(removed));
  REQUIRE(finalized == std::vector{ended, removed});
  REQUIRE(!t.loop->remove_timer(removed));
  t.loop.reset();
  REQUIRE(finalized == std::vector{ended, removed, left});
}

TEST_CASE("A finalizer may add and remove timers") {
  Timers t;
  auto once = [&] {
    t.log += "x";
    return kNoMore;
  };
  const TimerId victim = t.loop->add_timer(50, TimeHandler::of(once));
  auto gone = [&](TimerId) {
    REQUIRE(t.loop->remove_timer(victim));
    t.loop->add_timer(0, TimeHandler::of(once));
  };
  const TimerId first = t.loop->add_timer(50, TimeHandler::of(once), TimerFinalizer::of(gone));
  REQUIRE(t.loop->remove_timer(first));
  REQUIRE(t.loop->timers() == 1);
  REQUIRE(t.turn_after_ms(0) == 1);
  REQUIRE(t.log == "x");
}

TEST_CASE("Timer ids are never reused") {
  Timers t;
  auto once = [&] { return kNoMore; };
  TimerId last = TimerId::none;
  for (int i = 0; i < 1000; i++) {
    const TimerId id = t.loop->add_timer(0, TimeHandler::of(once));
    REQUIRE(id > last);
    last = id;
    if (i % 2 == 0) REQUIRE(t.loop->remove_timer(id));
    if (i % 7 == 0) t.turn_after_ms(0);
  }
  REQUIRE(!t.loop->remove_timer(TimerId::none));
}

TEST_CASE("Jumps of the wall clock neither delay nor bunch timers") {
  Timers t;
  auto periodic = [&] { return int64_t{100}; };
  t.loop->add_timer(100, TimeHandler::of(periodic));
  t.clock.wall_ms = t.clock.wall_ms - 3'600'000;
  REQUIRE(t.turn_after_ms(99) == 0);
  REQUIRE(t.turn_after_ms(1) == 1);
  t.clock.wall_ms = t.clock.wall_ms + 7'200'000;
  REQUIRE(t.turn_after_ms(99) == 0);
  REQUIRE(t.turn_after_ms(1) == 1);
}

TEST_CASE("A delay of centuries does not overflow") {
  Timers t;
  auto once = [&] { return std::numeric_limits<int64_t>::max(); };
  t.loop->add_timer(std::numeric_limits<int64_t>::max(), TimeHandler::of(once));
  t.loop->add_timer(0, TimeHandler::of(once));
  REQUIRE(t.turn_after_ms(0) == 1);
  REQUIRE(t.turn_after_ms(1'000'000'000) == 0);
  REQUIRE(t.loop->timers() == 2);
}

TEST_CASE("Timers that are due are skipped in their turn whatever else is due before them") {
  Timers t;
  std::vector<int> ran;
  // Each of these is due again at once, and has added another one that is.
  auto inner = [&] {
    ran.push_back(2);
    return kNoMore;
  };
  auto outer = [&] {
    ran.push_back(1);
    t.loop->add_timer_at({0}, TimeHandler::of(inner));
    return int64_t{0};
  };
  for (int i = 0; i < 3; i++) t.loop->add_timer(0, TimeHandler::of(outer));
  REQUIRE(t.turn_after_ms(0) == 3);
  REQUIRE(ran == std::vector{1, 1, 1});
  REQUIRE(t.turn_after_ms(0) == 6);
  REQUIRE(ran == std::vector{1, 1, 1, 2, 2, 2, 1, 1, 1});
}

TEST_CASE("Random timers agree with a model") {
  ManualClock clock;
  TimeEvents events;
  std::multimap<MonoUs, TimerId> model;
  std::vector<TimerId> ran;
  auto once = [&](TimerId id) {
    ran.push_back(id);
    return kNoMore;
  };
  uint32_t random = 4711;
  const auto next = [&](uint32_t bound) { return (random = random * 1664525 + 1013904223) / 65536 % bound; };
  for (int round = 0; round < 5000; round++) {
    if (next(3) > 0 || model.empty()) {
      const MonoUs deadline = clock.mono_us + next(50) * 100;
      model.emplace(deadline, events.add(deadline, TimeHandler::of(once), {}));
    } else {
      const auto victim = std::next(model.begin(), next(static_cast<uint32_t>(model.size())));
      REQUIRE(events.remove(victim->second));
      REQUIRE(!events.remove(victim->second));
      model.erase(victim);
    }
    REQUIRE(events.nearest() == (model.empty() ? std::nullopt : std::optional(model.begin()->first)));
    clock.mono_us = clock.mono_us + next(150);
    std::vector<TimerId> expected;
    for (; !model.empty() && model.begin()->first <= clock.mono_us; model.erase(model.begin())) {
      expected.push_back(model.begin()->second);
    }
    ran.clear();
    REQUIRE(events.run_due(clock.mono_us, clock.clocks().mono) == static_cast<int>(expected.size()));
    REQUIRE(ran == expected);
    REQUIRE(events.size() == model.size());
  }
}

TEST_CASE("The nearest deadline is that of the timers that wait") {
  TimeEvents events;
  REQUIRE(!events.nearest());
  auto check_inside = [&] {
    REQUIRE(events.nearest() == MonoUs{500});  // not its own
    return int64_t{1};
  };
  const TimerId late = events.add({500}, TimeHandler::of(check_inside), {});
  events.add({100}, TimeHandler::of(check_inside), {});
  REQUIRE(events.nearest() == MonoUs{100});
  REQUIRE(events.run_due({100}, [] { return MonoUs{100}; }) == 1);
  REQUIRE(events.nearest() == MonoUs{500});
  REQUIRE(events.remove(late));
  REQUIRE(events.nearest() == MonoUs{1100});
}

}  // namespace redpoll::ae::test
