#include "base/assert.h"

#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <catch2/catch.hpp>
#include <csignal>
#include <string>

// Catch2's CHECK has replaced ours.
#include "base/assert.h"

namespace redpoll {
namespace {

struct Death {
  int signal;
  std::string text;
};

// Runs `body` in a child process whose stderr is caught.
template <class Body>
Death die(Body body) {
  std::array<int, 2> ends{};
  REQUIRE(pipe(ends.data()) == 0);
  const pid_t child = fork();
  if (child == 0) {
    dup2(ends[1], STDERR_FILENO);
    // Catch2 would report the signal; the child shall just die of it.
    std::signal(SIGABRT, SIG_DFL);
    body();
    _exit(0);
  }
  close(ends[1]);
  Death death{};
  char buffer[256];
  while (const ssize_t n = SYS(read(ends[0], buffer, sizeof(buffer)))) {
    if (n < 0) break;
    death.text.append(buffer, static_cast<size_t>(n));
  }
  close(ends[0]);
  int status = 0;
  SYS(waitpid(child, &status, 0));
  death.signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
  return death;
}

}  // namespace

TEST_CASE("CHECK that holds evaluates its condition once and nothing else") {
  int evaluated = 0;
  const auto text = [&] {
    ++evaluated;
    return "text";
  };
  CHECK(++evaluated == 1, "{}", text());
  REQUIRE(evaluated == 1);
}

TEST_CASE("CHECK that fails tells place, condition and message, and aborts") {
  const Death plain = die([] { CHECK(1 + 1 == 3); });
  REQUIRE(plain.signal == SIGABRT);
  REQUIRE_THAT(plain.text,
               Catch::Contains("assert_test.cc:") && Catch::EndsWith("CHECK(1 + 1 == 3) failed\n"));

  const Death told = die([] { CHECK(false, "{} of {}", 1, "two"); });
  REQUIRE(told.signal == SIGABRT);
  REQUIRE_THAT(told.text, Catch::EndsWith("CHECK(false) failed: 1 of two\n"));
}

TEST_CASE("DCHECK counts in debug builds only") {
  int evaluated = 0;
  DCHECK(++evaluated == 1);
#ifdef REDPOLL_DEBUG
  REQUIRE(evaluated == 1);
#else
  REQUIRE(evaluated == 0);
#endif
}

TEST_CASE("panic tells where it was called, cuts long texts, and aborts") {
  const Death death = die([] { panic(std::string(5000, 'x')); });
  REQUIRE(death.signal == SIGABRT);
  REQUIRE_THAT(death.text, Catch::Contains("assert_test.cc:") && Catch::EndsWith("xxx\n"));
  REQUIRE(death.text.size() == 1024);
}

TEST_CASE("the panic hook gets the message instead of stderr, and may itself fail") {
  const Death hooked = die([] {
    set_panic_hook([](std::string_view message) noexcept {
      const std::string text = "hook: " + std::string(message.substr(message.rfind(' ') + 1));
      SYS(write(STDERR_FILENO, text.data(), text.size()));
      panic("again");
    });
    panic("message");
  });
  REQUIRE(hooked.signal == SIGABRT);
  REQUIRE(hooked.text == "hook: message");
  REQUIRE(set_panic_hook(nullptr) == nullptr);
}

TEST_CASE("SYS repeats an interrupted call and keeps the last errno") {
  int calls = 0;
  const auto call = [&](int failing, int last_error) {
    errno = ++calls <= 2 ? EINTR : last_error;
    return failing;
  };
  REQUIRE(SYS(call(calls < 2 ? -1 : 5, 0)) == 5);
  REQUIRE(calls == 3);
  REQUIRE(SYS(call(-1, EBADF)) == -1);
  REQUIRE(errno == EBADF);
  REQUIRE(calls == 4);
}

}  // namespace redpoll
