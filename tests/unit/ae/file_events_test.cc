// Which file handlers a turn calls, in which order, on every backend of the machine.
#include <fcntl.h>

#include <catch2/catch.hpp>

#include "unit/ae/support.h"

namespace redpoll::ae::test {
namespace {

// Writes its letters to a log when called.
struct Logger {
  std::string* log;
  std::string readable = "r";
  std::string writable = "w";

  void on_readable() { *log += readable; }
  void on_writable() { *log += writable; }
  void on_either(int, Interest ready) {
    *log += "<";
    if (has(ready, Interest::readable)) *log += readable;
    if (has(ready, Interest::writable)) *log += writable;
    *log += ">";
  }
};

constexpr auto reading = [](Logger& l) { return FileHandler::to<&Logger::on_readable>(l); };
constexpr auto writing = [](Logger& l) { return FileHandler::to<&Logger::on_writable>(l); };
constexpr auto either = [](Logger& l) { return FileHandler::to<&Logger::on_either>(l); };

}  // namespace

TEST_CASE("A delegate equals another with the same function and object only") {
  Logger a{nullptr};
  Logger b{nullptr};
  REQUIRE(reading(a) == reading(a));
  REQUIRE(reading(a) != writing(a));
  REQUIRE(reading(a) != reading(b));
  REQUIRE(!FileHandler());
  REQUIRE(reading(a) == FileHandler::to<&Logger::on_readable>(&a));
}

TEST_CASE("The readable handler runs before the writable one, inverted by barrier") {
  const auto loop = make_loop(every_backend());
  Pair pair;
  pair.make_readable();
  std::string log;
  Logger logger{&log};
  REQUIRE(loop->add(pair.near, Interest::writable, writing(logger)).ok());
  REQUIRE(loop->add(pair.near, Interest::readable, reading(logger)).ok());
  REQUIRE(loop->run_once(kNow) == 1);
  REQUIRE(log == "rw");

  REQUIRE(loop->add(pair.near, Interest::writable | Interest::barrier, writing(logger)).ok());
  REQUIRE(loop->interest(pair.near) == Interest::all);
  loop->run_once(kNow);
  REQUIRE(log == "rwwr");

  loop->remove(pair.near, Interest::writable);
  REQUIRE(loop->interest(pair.near) == Interest::readable);
  loop->run_once(kNow);
  REQUIRE(log == "rwwrr");
  REQUIRE(loop->add(pair.near, Interest::writable, writing(logger)).ok());
  loop->run_once(kNow);
  REQUIRE(log == "rwwrrrw");
}

TEST_CASE("A handler registered for both is called once when both fire, and told of both") {
  const auto loop = make_loop(every_backend());
  Pair pair;
  std::string log;
  Logger logger{&log};
  REQUIRE(loop->add(pair.near, Interest::readable, either(logger)).ok());
  REQUIRE(loop->add(pair.near, Interest::writable, either(logger)).ok());
  loop->run_once(kNow);
  REQUIRE(log == "<w>");
  pair.make_readable();
  loop->run_once(kNow);
  REQUIRE(log == "<w><rw>");

  // Two objects are two handlers, even with one function.
  Logger other{&log, "R", "W"};
  REQUIRE(loop->add(pair.near, Interest::writable, either(other)).ok());
  loop->run_once(kNow);
  REQUIRE(log == "<w><rw><r><W>");
}

TEST_CASE("A turn without ready descriptors calls nothing") {
  const auto loop = make_loop(every_backend());
  Pair pair;
  std::string log;
  Logger logger{&log};
  REQUIRE(loop->add(pair.near, Interest::readable, reading(logger)).ok());
  REQUIRE(loop->run_once(kNow) == 0);
  pair.make_readable();
  REQUIRE(loop->run_once(Turn::timers) == 0);
  REQUIRE(log.empty());
  REQUIRE(loop->run_once(Turn::files) == 1);
  REQUIRE(loop->run_once(Turn::files) == 1);
  REQUIRE(log == "rr");  // level-triggered
}

TEST_CASE("A handler may remove the other handler of its descriptor") {
  const auto loop = make_loop(every_backend());
  Pair pair;
  pair.make_readable();
  std::string log;
  Logger logger{&log};
  auto remover = [&](int fd, Interest) {
    log += "x";
    loop->remove(fd, Interest::writable);
  };
  REQUIRE(loop->add(pair.near, Interest::readable, FileHandler::of(remover)).ok());
  REQUIRE(loop->add(pair.near, Interest::writable, writing(logger)).ok());
  loop->run_once(kNow);
  REQUIRE(log == "x");
}

TEST_CASE("A handler may remove itself") {
  const auto loop = make_loop(every_backend());
  Pair pair;
  pair.make_readable();
  int calls = 0;
  auto once = [&](int fd, Interest) {
    calls++;
    loop->remove(fd, Interest::all);
  };
  REQUIRE(loop->add(pair.near, Interest::both, FileHandler::of(once)).ok());
  loop->run_once(kNow);
  REQUIRE(loop->run_once(kNow) == 0);
  REQUIRE(calls == 1);
  REQUIRE(loop->interest(pair.near) == Interest::none);
}

TEST_CASE("A handler may replace its own handler and the next one") {
  const auto loop = make_loop(every_backend());
  Pair pair;
  pair.make_readable();
  std::string log;
  Logger logger{&log};
  Logger other{&log, "R", "W"};
  auto replacer = [&](int fd, Interest) {
    log += "x";
    REQUIRE(loop->add(fd, Interest::readable, reading(other)).ok());
    REQUIRE(loop->add(fd, Interest::writable, writing(other)).ok());
  };
  REQUIRE(loop->add(pair.near, Interest::readable, FileHandler::of(replacer)).ok());
  REQUIRE(loop->add(pair.near, Interest::writable, writing(logger)).ok());
  loop->run_once(kNow);
  REQUIRE(log == "xW");
  loop->run_once(kNow);
  REQUIRE(log == "xWRW");
}

TEST_CASE("A handler may remove another descriptor that has fired") {
  const auto loop = make_loop(every_backend());
  Pair pairs[2];
  int calls = 0;
  // Whichever comes first removes the other.
  auto remove_other = [&](int fd, Interest) {
    calls++;
    loop->remove(fd == pairs[0].near ? pairs[1].near : pairs[0].near, Interest::all);
  };
  for (Pair& pair : pairs) {
    pair.make_readable();
    REQUIRE(loop->add(pair.near, Interest::readable, FileHandler::of(remove_other)).ok());
  }
  REQUIRE(loop->run_once(kNow) == 2);
  REQUIRE(calls == 1);
}

TEST_CASE("The new owner of a descriptor closed and reused within a turn gets no stale event") {
  const auto loop = make_loop(every_backend());
  Pair pairs[2];
  std::string log;
  Logger owner{&log, "R", "W"};
  Pair fresh;  // not readable
  // Whichever comes first closes the other and lets a new connection have its number.
  auto reuse_other = [&](int fd, Interest) {
    log += "x";
    Fd& other = fd == pairs[0].near ? pairs[1].near : pairs[0].near;
    const int number = other;
    loop->remove(number, Interest::all);
    other.close();
    REQUIRE(::fcntl(fresh.near, F_DUPFD, number) == number);
    other = Fd(number);
    REQUIRE(loop->add(number, Interest::readable, reading(owner)).ok());
    loop->remove(fd, Interest::all);
  };
  for (Pair& pair : pairs) {
    pair.make_readable();
    REQUIRE(loop->add(pair.near, Interest::readable, FileHandler::of(reuse_other)).ok());
  }
  REQUIRE(loop->run_once(kNow) == 2);
  REQUIRE(log == "x");
  REQUIRE(loop->run_once(kNow) == 0);
  fresh.make_readable();
  REQUIRE(loop->run_once(kNow) == 1);
  REQUIRE(log == "xR");
}

TEST_CASE("The writable handler of a new owner is not called for the writability of the old one") {
  const auto loop = make_loop(every_backend());
  Pair pair;
  pair.make_readable();
  std::string log;
  Logger owner{&log, "R", "W"};
  auto readd = [&](int fd, Interest) {
    log += "x";
    loop->remove(fd, Interest::all);
    REQUIRE(loop->add(fd, Interest::writable, writing(owner)).ok());
  };
  REQUIRE(loop->add(pair.near, Interest::readable, FileHandler::of(readd)).ok());
  REQUIRE(loop->add(pair.near, Interest::writable, writing(owner)).ok());
  loop->run_once(kNow);
  REQUIRE(log == "x");
  loop->run_once(kNow);
  REQUIRE(log == "xW");
}

TEST_CASE("What before_sleep adds fires in the same turn") {
  const auto loop = make_loop(every_backend());
  Pair pair;
  pair.make_readable();
  std::string log;
  Logger logger{&log};
  auto add = [&] { REQUIRE(loop->add(pair.near, Interest::readable, reading(logger)).ok()); };
  loop->set_before_sleep(Hook::of(add));
  REQUIRE(loop->run_once(kNow) == 1);
  REQUIRE(log == "r");
}

TEST_CASE("A hang-up reaches whichever handler is there") {
  const auto loop = make_loop(every_backend());
  std::string log;
  Logger logger{&log};
  int fds[2];
  REQUIRE(::pipe(fds) == 0);
  Fd read_end(fds[0]);
  Fd write_end(fds[1]);

  SECTION("the reader of a pipe without writers") {
    REQUIRE(loop->add(read_end, Interest::readable, reading(logger)).ok());
    REQUIRE(loop->run_once(kNow) == 0);
    write_end.close();
    REQUIRE(loop->run_once(kNow) == 1);
    REQUIRE(log == "r");
  }
  SECTION("the writer of a pipe without readers") {
    const std::string much(1 << 17, 'x');
    ::fcntl(write_end, F_SETFL, O_NONBLOCK);
    while (::write(write_end, much.data(), much.size()) > 0) {}
    REQUIRE(loop->add(write_end, Interest::writable, writing(logger)).ok());
    REQUIRE(loop->run_once(kNow) == 0);
    read_end.close();
    REQUIRE(loop->run_once(kNow) == 1);
    REQUIRE(log == "w");
  }
  SECTION("the writer of a pipe without readers, who only reads") {
    REQUIRE(loop->add(write_end, Interest::readable, reading(logger)).ok());
    REQUIRE(loop->run_once(kNow) == 0);
    read_end.close();
    REQUIRE(loop->run_once(kNow) == 1);
    REQUIRE(log == "r");
  }
}

TEST_CASE("A descriptor outside the set is refused with ERANGE") {
  const auto loop = make_loop(every_backend(), {}, 64);
  std::string log;
  Logger logger{&log};
  Pair pair;
  const Fd high(::fcntl(pair.near, F_DUPFD, 64));
  const auto added = loop->add(high, Interest::readable, reading(logger));
  REQUIRE(!added.ok());
  REQUIRE(added.error() ==
          "Numerical result out of range: descriptor " + std::to_string(high) + " in an event loop for 64");
  REQUIRE(loop->interest(high) == Interest::none);
  loop->remove(high, Interest::all);
  REQUIRE(loop->interest(-1) == Interest::none);
}

TEST_CASE("The set grows and shrinks, but not below what is watched") {
  const auto loop = make_loop(every_backend(), {}, 64);
  std::string log;
  Logger logger{&log};
  Pair pair;
  pair.make_readable();
  const Fd high(::fcntl(pair.near, F_DUPFD, 100));
  REQUIRE(loop->resize_set_size(200).ok());
  REQUIRE(loop->set_size() == 200);
  REQUIRE(loop->add(high, Interest::readable, reading(logger)).ok());
  REQUIRE(loop->run_once(kNow) == 1);
  REQUIRE(log == "r");

  REQUIRE(!loop->resize_set_size(high).ok());
  REQUIRE(loop->set_size() == 200);
  REQUIRE(loop->resize_set_size(high + 1).ok());
  loop->remove(high, Interest::all);
  REQUIRE(loop->resize_set_size(high).ok());
  REQUIRE(!loop->add(high, Interest::readable, reading(logger)).ok());
  REQUIRE(loop->run_once(kNow) == 0);
}

TEST_CASE("A handler may shrink the set while a turn is dispatched") {
  const auto loop = make_loop(every_backend());
  Pair pairs[8];
  int calls = 0;
  auto shrink = [&] {
    calls++;
    for (const Pair& pair : pairs) loop->remove(pair.near, Interest::all);
    REQUIRE(loop->resize_set_size(1).ok());
  };
  for (const Pair& pair : pairs) {
    pair.make_readable();
    REQUIRE(loop->add(pair.near, Interest::readable, FileHandler::of(shrink)).ok());
  }
  REQUIRE(loop->run_once(kNow) == 8);
  REQUIRE(calls == 1);
}

TEST_CASE("A descriptor that the system cannot watch is refused and leaves no trace") {
  const auto loop = make_loop(EventBackend::epoll);
  std::string log;
  Logger logger{&log};
  const Fd file(::open("/proc/self/exe", O_RDONLY | O_CLOEXEC));
  const auto added = loop->add(file, Interest::readable, reading(logger));
  REQUIRE(!added.ok());
  REQUIRE(added.error() == "epoll_ctl: Operation not permitted");
  REQUIRE(loop->interest(file) == Interest::none);
}

TEST_CASE("Random adds, removals and readiness agree with a model") {
  const auto loop = make_loop(every_backend());
  constexpr int kPairs = 24;
  Pair pairs[kPairs];
  Interest wanted[kPairs] = {};
  bool has_input[kPairs] = {};
  Interest seen[kPairs] = {};
  auto note = [&](int fd, Interest ready) {
    for (int i = 0; i < kPairs; i++) {
      if (pairs[i].near == fd) seen[i] |= ready;
    }
  };
  uint32_t random = 12345;
  const auto next = [&](uint32_t bound) { return (random = random * 1664525 + 1013904223) / 65536 % bound; };

  for (int round = 0; round < 3000; round++) {
    const uint32_t i = next(kPairs);
    const auto what = static_cast<Interest>(1 + next(3));
    switch (next(4)) {
      case 0:
        REQUIRE(loop->add(pairs[i].near, what, FileHandler::of(note)).ok());
        wanted[i] |= what;
        break;
      case 1:
        loop->remove(pairs[i].near, what);
        wanted[i] &= ~what;
        break;
      case 2:
        pairs[i].make_readable();
        has_input[i] = true;
        break;
      default: pairs[i].drain(); has_input[i] = false;
    }
    std::fill(std::begin(seen), std::end(seen), Interest::none);
    loop->run_once(kNow);
    for (int k = 0; k < kPairs; k++) {
      const Interest ready = Interest::writable | (has_input[k] ? Interest::readable : Interest::none);
      REQUIRE(seen[k] == (wanted[k] & ready));
      REQUIRE(loop->interest(pairs[k].near) == wanted[k]);
    }
  }
}

}  // namespace redpoll::ae::test
