// Timers that share one timeout, on a clock that the tests move.
#include "ae/timeout_queue.h"

#include <catch2/catch.hpp>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "unit/ae/support.h"

namespace redpoll::ae::test {
namespace {

struct Guest : Timeout {
  explicit Guest(char letter) : name(letter) {}
  char name;
};

struct Site {
  ManualClock clock;
  std::unique_ptr<EventLoop> loop = make_loop(EventBackend::automatic, clock.clocks());
  std::string log;
  std::function<void(Guest&)> also;

  TimeoutHandler handler() { return TimeoutHandler::to<&Site::on_timeout>(*this); }
  void on_timeout(Timeout& timeout) {
    auto& guest = static_cast<Guest&>(timeout);
    REQUIRE(!guest.waits());
    log += guest.name;
    if (also) also(guest);
  }
  // What a turn after so many milliseconds has ended.
  std::string after_ms(int64_t ms) {
    log.clear();
    clock.advance_ms(ms);
    loop->run_once(kNow);
    return log;
  }
};

}  // namespace

TEST_CASE("A timeout is over when its time has passed, those of a queue in the order they were added") {
  Site site;
  TimeoutQueue queue(*site.loop, 100, site.handler());
  Guest a('a'), b('b'), c('c');
  queue.add(a);
  queue.add(b);
  REQUIRE(site.after_ms(10).empty());
  queue.add(c);
  REQUIRE(site.after_ms(89).empty());
  REQUIRE(site.after_ms(1) == "ab");
  REQUIRE(!a.waits());
  REQUIRE(c.waits());
  REQUIRE(site.after_ms(9).empty());
  REQUIRE(site.after_ms(1) == "c");
  REQUIRE(queue.empty());
  REQUIRE(site.loop->timers() == 0);
}

TEST_CASE("Who is cancelled, destroyed or moved to another queue is not told") {
  Site site;
  TimeoutQueue queue(*site.loop, 100, site.handler());
  TimeoutQueue longer(*site.loop, 200, site.handler());
  Guest a('a'), b('b'), c('c');
  auto d = std::make_unique<Guest>('d');
  for (Guest* guest : {&a, &b, &c, d.get()}) queue.add(*guest);
  a.cancel();
  a.cancel();
  d.reset();
  longer.add(c);
  REQUIRE(site.after_ms(100) == "b");
  REQUIRE(site.after_ms(100) == "c");
}

TEST_CASE("A refresh begins the time anew") {
  Site site;
  TimeoutQueue queue(*site.loop, 100, site.handler());
  Guest a('a'), b('b');
  queue.add(a);
  queue.add(b);
  site.after_ms(60);
  queue.refresh(a);
  REQUIRE(site.after_ms(40) == "b");
  REQUIRE(site.after_ms(59).empty());
  REQUIRE(site.after_ms(1) == "a");
}

TEST_CASE("With slack a refresh never lets the time be over early, nor later than by the slack") {
  Site site;
  constexpr int64_t kTimeout = 100, kSlack = 10;
  TimeoutQueue queue(*site.loop, kTimeout, site.handler(), kSlack);
  Guest a('a'), other('o');
  uint32_t random = 99;
  for (int round = 0; round < 200; round++) {
    queue.add(a);
    if (round % 3 == 0) queue.add(other);
    MonoUs last = site.loop->now();
    for (int i = 0; i < 20; i++) {
      random = random * 1664525 + 1013904223;
      REQUIRE(site.after_ms(random / 65536 % 20).find('a') == std::string::npos);
      queue.refresh(a);
      last = site.loop->now();
    }
    while (site.after_ms(1).find('a') == std::string::npos) {}
    REQUIRE(site.loop->now() - last >= kTimeout * 1000);
    REQUIRE(site.loop->now() - last <= (kTimeout + kSlack) * 1000);
  }
}

TEST_CASE("However many wait in a queue, the loop has one timer, and refreshes do not touch it") {
  Site site;
  TimeoutQueue queue(*site.loop, 100, site.handler());
  std::vector<std::unique_ptr<Guest>> guests;
  for (int i = 0; i < 1000; i++) guests.push_back(std::make_unique<Guest>('g'));
  for (const auto& guest : guests) queue.add(*guest);
  REQUIRE(site.loop->timers() == 1);
  site.after_ms(50);
  for (const auto& guest : guests) queue.refresh(*guest);
  REQUIRE(site.loop->timers() == 1);
  // It comes once in vain, and then at the right time.
  REQUIRE(site.loop->run_once(kNow) == 0);
  site.clock.advance_ms(50);
  REQUIRE(site.loop->run_once(kNow) == 1);
  REQUIRE(site.after_ms(49).empty());
  REQUIRE(!site.after_ms(1).empty());
}

TEST_CASE("Of many that are due at once, more than a turn takes wait for the next ones") {
  Site site;
  TimeoutQueue queue(*site.loop, 100, site.handler());
  std::vector<std::unique_ptr<Guest>> guests;
  for (int i = 0; i < 2 * TimeoutQueue::kMaxPerTurn + 1; i++) guests.push_back(std::make_unique<Guest>('g'));
  for (const auto& guest : guests) queue.add(*guest);
  REQUIRE(site.after_ms(100).size() == TimeoutQueue::kMaxPerTurn);
  site.log.clear();
  site.loop->run_once();  // would wait if the timer did not say that there is more
  REQUIRE(site.log.size() == TimeoutQueue::kMaxPerTurn);
  REQUIRE(site.after_ms(0).size() == 1);
}

TEST_CASE("The handler may add it again, add and cancel others, and destroy it") {
  Site site;
  TimeoutQueue queue(*site.loop, 100, site.handler());
  Guest a('a'), b('b'), c('c');
  auto d = std::make_unique<Guest>('d');
  for (Guest* guest : {&a, &b, d.get()}) queue.add(*guest);
  site.also = [&](Guest& guest) {
    if (guest.name == 'a') {
      queue.add(a);
      b.cancel();
      queue.add(c);
    }
    if (guest.name == 'd') d.reset();
  };
  REQUIRE(site.after_ms(100) == "ad");
  site.also = {};
  REQUIRE(site.after_ms(99).empty());
  REQUIRE(site.after_ms(1) == "ac");
}

TEST_CASE("The handler may run a nested turn, which leaves the queue alone") {
  Site site;
  TimeoutQueue queue(*site.loop, 100, site.handler());
  Guest a('a'), b('b');
  queue.add(a);
  queue.add(b);
  site.also = [&](Guest&) {
    site.log += '(';
    site.loop->run_once(kNow);
    site.log += ')';
  };
  REQUIRE(site.after_ms(100) == "a()b()");
}

TEST_CASE("A change of the timeout counts for those that wait, and 0 is never") {
  Site site;
  TimeoutQueue queue(*site.loop, 0, site.handler());
  Guest a('a'), b('b'), c('c');
  queue.add(a);
  REQUIRE(site.after_ms(1'000'000).empty());
  REQUIRE(site.loop->timers() == 0);
  queue.add(b);
  site.after_ms(50);
  queue.set_timeout(100);
  REQUIRE(queue.timeout_ms() == 100);
  REQUIRE(site.after_ms(0) == "a");
  REQUIRE(site.after_ms(50) == "b");
  queue.add(c);
  queue.set_timeout(1000);
  REQUIRE(site.after_ms(500).empty());
  queue.set_timeout(600);
  REQUIRE(site.after_ms(99).empty());
  REQUIRE(site.after_ms(1) == "c");
  queue.add(c);
  site.also = [&](Guest&) { queue.set_timeout(0); };
  queue.add(a);
  REQUIRE(site.after_ms(600) == "c");
  REQUIRE(site.after_ms(1'000'000).empty());
  REQUIRE(a.waits());
}

TEST_CASE("A queue that is destroyed lets go of those that wait, and of its timer") {
  Site site;
  Guest a('a');
  {
    TimeoutQueue queue(*site.loop, 100, site.handler());
    queue.add(a);
  }
  REQUIRE(!a.waits());
  REQUIRE(site.loop->timers() == 0);
}

TEST_CASE("Timeouts of any length agree with a model") {
  Site site;
  TimeoutQueues queues(*site.loop, site.handler());
  std::vector<std::unique_ptr<Guest>> guests;
  for (char name = 'A'; name <= 'Z'; name++) guests.push_back(std::make_unique<Guest>(name));
  std::map<char, MonoUs> model;
  uint32_t random = 12;
  const auto next = [&](uint32_t bound) { return (random = random * 1664525 + 1013904223) / 65536 % bound; };
  for (int round = 0; round < 5000; round++) {
    Guest& guest = *guests[next(26)];
    if (next(4) == 0) {
      guest.cancel();
      model.erase(guest.name);
    } else {
      const int64_t timeout_ms = 1 + next(next(2) == 0 ? 3 : 60);
      queues.add(guest, timeout_ms);
      model[guest.name] = site.loop->now() + timeout_ms * 1000;
    }
    std::string ended = site.after_ms(next(4));
    std::sort(ended.begin(), ended.end());
    std::string expected;
    for (const auto& [name, deadline] : model) {
      if (deadline <= site.loop->now()) expected += name;
    }
    REQUIRE(ended == expected);
    for (const char name : expected) model.erase(name);
    REQUIRE(queues.size() <= 60);
  }
}

TEST_CASE("Queues that nobody waits in are dropped when others are made, but not under their handler") {
  Site site;
  TimeoutQueues queues(*site.loop, site.handler());
  Guest a('a'), b('b');
  queues.add(b, 1'000'000);
  for (int64_t ms = 1; ms < 10'000; ms++) {
    queues.add(a, ms + 100);
    REQUIRE(queues.size() <= 16);
    REQUIRE(site.loop->timers() <= 16);
  }
  REQUIRE(b.waits());
  queues.add(a, 5);
  site.also = [&](Guest& guest) {
    for (int64_t ms = 1; ms < 100; ms++) queues.add(guest, ms + 100);
  };
  REQUIRE(site.after_ms(5) == "a");
  REQUIRE(site.after_ms(198).empty());
  REQUIRE(site.after_ms(1) == "a");
}

}  // namespace redpoll::ae::test
