// Signals as events of the loop.
#include "ae/signals.h"

#include <spawn.h>
#include <sys/wait.h>

#include <catch2/catch.hpp>
#include <csignal>
#include <thread>

#include "unit/ae/support.h"

namespace redpoll::ae::test {
namespace {

struct Seen {
  int signo = 0;
  uint64_t times = 0;
  int calls = 0;

  void note(int s, uint64_t t) {
    signo = s;
    times = t;
    calls++;
  }
};

std::unique_ptr<Signals> make_signals(EventLoop& loop) {
  auto signals = Signals::create(loop);
  REQUIRE(signals.ok());
  return std::move(*signals);
}

struct Fixture {
  std::unique_ptr<EventLoop> loop = make_loop(every_backend());
  std::unique_ptr<Signals> signals = make_signals(*loop);
  Seen seen;

  void watch(int signo, UrgentHook urgent = {}) {
    REQUIRE(signals->watch(signo, SignalHandler::to<&Seen::note>(seen), urgent).ok());
  }
};

int exit_status(pid_t child) {
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  return status;
}

}  // namespace

TEST_CASE("Each watched signal is delivered as a loop event with its count") {
  Fixture f;
  for (const int signo : {SIGTERM, SIGINT, SIGHUP, SIGUSR1, SIGCHLD}) {
    f.watch(signo);
    REQUIRE(f.loop->run_once(kNow) == 0);
    ::raise(signo);
    REQUIRE(f.seen.signo != signo);  // not before the loop has its turn
    ::raise(signo);
    REQUIRE(f.signals->received(signo) == 2);
    REQUIRE(f.loop->run_once(kNow) == 1);
    REQUIRE(f.seen.signo == signo);
    REQUIRE(f.seen.times == 2);
    REQUIRE(f.loop->run_once(kNow) == 0);
  }
  REQUIRE(f.seen.calls == 5);
}

TEST_CASE("A signal ends the wait of the poll") {
  Fixture f;
  f.watch(SIGUSR1);
  const pthread_t self = ::pthread_self();
  std::atomic<bool> waiting = false;
  auto before = [&] { waiting = true; };
  f.loop->set_before_sleep(Hook::of(before));
  std::thread sender([&] {
    while (!waiting) std::this_thread::yield();
    ::pthread_kill(self, SIGUSR1);
  });
  while (f.seen.calls == 0) f.loop->run_once();
  sender.join();
  REQUIRE(f.seen.signo == SIGUSR1);
}

TEST_CASE("The urgent hook runs inside the signal, and can tell the second from the first") {
  Fixture f;
  std::atomic<uint64_t> latest = 0;
  auto urgent = [&](int, uint64_t total) { latest = total; };
  f.watch(SIGINT, UrgentHook::of(urgent));
  ::raise(SIGINT);
  REQUIRE(latest == 1);
  f.loop->run_once(kNow);
  ::raise(SIGINT);
  REQUIRE(latest == 2);
}

TEST_CASE("A second SIGINT ends a process whose loop is stuck") {
  const pid_t child = ::fork();
  if (child == 0) {
    auto loop = EventLoop::create(512);
    auto signals = Signals::create(**loop);
    auto urgent = [](int, uint64_t total) {
      if (total == 2) ::_exit(1);
    };
    auto ignore = [] {};
    if (!(*signals)->watch(SIGINT, SignalHandler::of(ignore), UrgentHook::of(urgent)).ok()) ::_exit(3);
    ::raise(SIGINT);
    ::raise(SIGINT);
    ::_exit(2);  // not reached
  }
  const int status = exit_status(child);
  REQUIRE(WIFEXITED(status));
  REQUIRE(WEXITSTATUS(status) == 1);
}

TEST_CASE("A forked child dies of a watched signal as by default, and its parent does not hear of it") {
  Fixture f;
  f.watch(SIGTERM);
  const pid_t child = ::fork();
  if (child == 0) {
    ::raise(SIGTERM);
    ::_exit(0);
  }
  const int status = exit_status(child);
  REQUIRE(WIFSIGNALED(status));
  REQUIRE(WTERMSIG(status) == SIGTERM);
  REQUIRE(f.loop->run_once(kNow) == 0);
  REQUIRE(f.signals->received(SIGTERM) == 0);
}

TEST_CASE("No signal is blocked in child processes, and watched ones have their default action there") {
  Fixture f;
  f.watch(SIGTERM);
  f.watch(SIGCHLD);
  sigset_t mask;
  REQUIRE(::pthread_sigmask(SIG_SETMASK, nullptr, &mask) == 0);
  for (const int signo : {SIGTERM, SIGINT, SIGHUP, SIGUSR1, SIGCHLD}) REQUIRE(sigismember(&mask, signo) == 0);

  const char* arguments[] = {"/bin/sh", "-c", "kill -TERM $$; exit 0", nullptr};
  pid_t child = 0;
  REQUIRE(::posix_spawn(&child, arguments[0], nullptr, nullptr, const_cast<char**>(arguments), environ) == 0);
  const int status = exit_status(child);
  REQUIRE(WIFSIGNALED(status));
  REQUIRE(WTERMSIG(status) == SIGTERM);
  // The end of a child is itself a signal.
  REQUIRE(f.loop->run_once(kNow) == 1);
  REQUIRE(f.seen.signo == SIGCHLD);
}

TEST_CASE("unwatch and the destructor put the earlier action back") {
  static volatile sig_atomic_t earlier = 0;
  const auto old = ::signal(SIGUSR1, [](int) { earlier = earlier + 1; });
  {
    Fixture f;
    f.watch(SIGUSR1);
    ::raise(SIGUSR1);
    REQUIRE(earlier == 0);
    f.signals->unwatch(SIGUSR1);
    f.loop->run_once(kNow);
    REQUIRE(f.seen.calls == 0);  // dropped
    ::raise(SIGUSR1);
    REQUIRE(earlier == 1);
    f.watch(SIGUSR1);
    REQUIRE(f.signals->received(SIGUSR1) == 0);
  }
  ::raise(SIGUSR1);
  REQUIRE(earlier == 2);
  ::signal(SIGUSR1, old);
  earlier = 0;
}

TEST_CASE("A handler may unwatch its own signal") {
  Fixture f;
  int calls = 0;
  auto once = [&](int signo, uint64_t) {
    calls++;
    f.signals->unwatch(signo);
  };
  REQUIRE(f.signals->watch(SIGHUP, SignalHandler::of(once)).ok());
  ::raise(SIGHUP);
  f.loop->run_once(kNow);
  REQUIRE(calls == 1);
}

TEST_CASE("A signal that cannot be caught is refused") {
  Fixture f;
  const auto watched = f.signals->watch(SIGKILL, SignalHandler::to<&Seen::note>(f.seen));
  REQUIRE(!watched.ok());
  REQUIRE(watched.error() == "cannot watch signal 9: Invalid argument");
}

}  // namespace redpoll::ae::test
