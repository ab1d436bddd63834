// Which descriptors of a turn are dispatched first.
#include <algorithm>
#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "unit/ae/support.h"

namespace redpoll::ae::test {
namespace {

// Six readable descriptors, and the order in which a turn has served them.
struct Crowd {
  std::unique_ptr<EventLoop> loop = make_loop(every_backend());
  Pair pairs[6];
  std::vector<int> served;

  Crowd() {
    for (const Pair& pair : pairs) {
      pair.make_readable();
      REQUIRE(loop->add(pair.near, Interest::readable, FileHandler::to<&Crowd::on_readable>(*this)).ok());
    }
  }
  void on_readable(int fd, Interest) { served.push_back(fd); }
  std::vector<int> turn() {
    served.clear();
    REQUIRE(loop->run_once(kNow) == 6);
    return served;
  }
  bool urgent(size_t at) const { return loop->priority(served[at]) == Priority::high; }
};

}  // namespace

TEST_CASE("Descriptors of high priority are dispatched first, the others after them in the same turn") {
  Crowd crowd;
  for (int i = 0; i < 10; i++) {
    for (const int urgent : {4, 2}) crowd.loop->set_priority(crowd.pairs[urgent].near, Priority::high);
    crowd.turn();
    REQUIRE(crowd.served.size() == 6);
    REQUIRE((crowd.urgent(0) && crowd.urgent(1)));
    for (size_t at = 2; at < 6; at++) REQUIRE(!crowd.urgent(at));
    crowd.loop->set_priority(crowd.pairs[4].near, Priority::normal);
    crowd.turn();
    REQUIRE(crowd.served[0] == crowd.pairs[2].near);
    REQUIRE(!crowd.urgent(1));
  }
}

TEST_CASE("Without priorities, and among equals, the order is that of the poll") {
  Crowd crowd;
  const std::vector<int> plain = crowd.turn();
  std::vector<int> others;
  for (const int fd : plain) {
    if (fd != plain[3]) others.push_back(fd);
  }
  // Those that were reported go to the end of the queue, each time in the same order.
  REQUIRE(crowd.turn() == plain);
  crowd.loop->set_priority(plain[3], Priority::high);
  others.insert(others.begin(), plain[3]);
  REQUIRE(crowd.turn() == others);
}

TEST_CASE("Priority stays while interests come and go, and goes with the last of them") {
  Crowd crowd;
  const int fd = crowd.pairs[5].near;
  REQUIRE(crowd.loop->priority(fd) == Priority::normal);
  REQUIRE(crowd.loop->priority(-1) == Priority::normal);
  const auto handler = FileHandler::to<&Crowd::on_readable>(crowd);
  crowd.loop->set_priority(fd, Priority::high);
  REQUIRE(crowd.loop->add(fd, Interest::writable, handler).ok());
  crowd.loop->remove(fd, Interest::readable);
  REQUIRE(crowd.turn()[0] == fd);
  REQUIRE(crowd.loop->add(fd, Interest::readable, handler).ok());
  crowd.loop->remove(fd, Interest::all);
  REQUIRE(crowd.loop->add(fd, Interest::readable, handler).ok());
  REQUIRE(crowd.loop->priority(fd) == Priority::normal);
}

TEST_CASE("A handler may change priorities, for the turns after this one") {
  Crowd crowd;
  crowd.loop->set_priority(crowd.pairs[0].near, Priority::high);
  auto shift = [&](int fd, Interest) {
    crowd.served.push_back(fd);
    crowd.loop->set_priority(fd, Priority::normal);
    for (const Pair& pair : crowd.pairs) {
      if (pair.near != fd) crowd.loop->set_priority(pair.near, Priority::high);
    }
  };
  REQUIRE(crowd.loop->add(crowd.pairs[0].near, Interest::readable, FileHandler::of(shift)).ok());
  crowd.turn();
  REQUIRE(crowd.served.size() == 6);  // each once
  REQUIRE(crowd.served[0] == crowd.pairs[0].near);
  crowd.turn();
  REQUIRE(crowd.served[5] == crowd.pairs[0].near);
}

TEST_CASE("When more are ready than a turn takes, those of high priority are part of every turn") {
  constexpr size_t kCopies = kMaxFired + 500;
  const EventBackend kind = every_backend();
  if (max_set_size(kind) < kCopies + 100) return;
  const auto loop = make_loop(kind, {}, kCopies + 100);
  Pair pair;
  pair.make_readable();
  std::vector<Fd> copies;
  for (size_t i = 0; i < kCopies; i++) copies.emplace_back(::dup(pair.near));
  if (copies.back() < 0) return;  // the limit of open files is too low here
  std::vector<int> served;
  auto note = [&](int fd, Interest) { served.push_back(fd); };
  for (const Fd& fd : copies) REQUIRE(loop->add(fd, Interest::readable, FileHandler::of(note)).ok());
  Pair silent;  // is not ready, and so not served
  REQUIRE(loop->add(silent.near, Interest::readable, FileHandler::of(note)).ok());
  const std::vector<int> urgent = {copies[100], copies[kCopies - 1], silent.near};
  for (const int fd : urgent) loop->set_priority(fd, Priority::high);

  std::vector<int> calls(kCopies + 100);
  for (int turn = 0; turn < 4; turn++) {
    served.clear();
    const int n = loop->run_once(kNow);
    REQUIRE(served.size() == static_cast<size_t>(n));
    REQUIRE(n >= static_cast<int>(kMaxFired));
    std::sort(served.begin(), served.begin() + 2);
    REQUIRE(std::vector(served.begin(), served.begin() + 2) == std::vector{urgent[0], urgent[1]});
    for (const int fd : served) calls[fd]++;
  }
  REQUIRE(calls[urgent[0]] == 4);  // not twice in a turn
  REQUIRE(calls[urgent[1]] == 4);
  for (const Fd& fd : copies) REQUIRE(calls[fd] >= 1);
  REQUIRE(calls[silent.near] == 0);
}

TEST_CASE("What became urgent in after_sleep is dispatched first in the same turn") {
  Crowd crowd;
  const int last = crowd.turn().back();
  auto hook = [&] { crowd.loop->set_priority(last, Priority::high); };
  crowd.loop->set_after_sleep(Hook::of(hook));
  REQUIRE(crowd.turn()[0] == last);
}

}  // namespace redpoll::ae::test
