// Assertions that stay in release builds, and the wrapper for system calls.
//
//   CHECK(cond)                     panics when cond is false, in every build
//   CHECK(cond, "left {}", n)       the same with a message ({fmt} syntax, evaluated only on failure)
//   DCHECK(...)                     CHECK in debug builds (REDPOLL_DEBUG); not evaluated otherwise
//   SYS(call)                       the value of `call`, repeated while it returns -1 with EINTR; errno is
//   that
//                                   of the last attempt
//
// The macros are defined anew at every inclusion, like assert() in <cassert>: Catch2 has a CHECK of its own,
// and a header of ours included after it must still get this one. Tests use REQUIRE.
#ifndef REDPOLL_BASE_ASSERT_H
#define REDPOLL_BASE_ASSERT_H

#include <fmt/core.h>

#include <cerrno>
#include <string_view>

namespace redpoll {

// std::source_location, which clang 14 does not have.
struct SourceLine {
  const char* file;
  unsigned line;

  static constexpr SourceLine current(const char* file = __builtin_FILE(),
                                      unsigned line = __builtin_LINE()) noexcept {
    return {file, line};
  }
};

// Called once with "file:line: text" before the process aborts; it may write a crash report. It must not
// allocate if it can be avoided: memory may be what ran out.
using PanicHook = void (*)(std::string_view message) noexcept;

// Replaces the hook and returns the previous one. nullptr stands for the default, which writes to stderr.
// Thread-safe.
PanicHook set_panic_hook(PanicHook hook) noexcept;

// Hands the text to the hook and aborts. A panic inside the hook aborts at once.
[[noreturn]] void panic(std::string_view text, SourceLine where = SourceLine::current()) noexcept;

namespace detail {

[[noreturn]] void check_failed(const char* condition, SourceLine where) noexcept;
[[noreturn]] void check_failed(const char* condition, SourceLine where, fmt::string_view format,
                               fmt::format_args args) noexcept;

template <class... Args>
[[noreturn, gnu::cold, gnu::noinline]] void check_failed(const char* condition, SourceLine where,
                                                         fmt::format_string<Args...> format,
                                                         Args&&... args) noexcept {
  check_failed(condition, where, fmt::string_view(format), fmt::format_args(fmt::make_format_args(args...)));
}

template <class Call>
auto retry_on_eintr(Call call) noexcept(noexcept(call())) {
  for (;;) {
    const auto value = call();
    if (value != -1 || errno != EINTR) return value;
  }
}

}  // namespace detail
}  // namespace redpoll

#endif  // REDPOLL_BASE_ASSERT_H

#undef CHECK
#undef DCHECK
#undef SYS

#define CHECK(condition, ...)             \
  (static_cast<bool>(condition)           \
       ? void()                           \
       : ::redpoll::detail::check_failed( \
             #condition, ::redpoll::SourceLine{__FILE__, __LINE__} __VA_OPT__(, ) __VA_ARGS__))

#ifdef REDPOLL_DEBUG
#define DCHECK(...) CHECK(__VA_ARGS__)
#else
#define DCHECK(condition, ...) (true ? void() : static_cast<void>(condition))
#endif

#define SYS(call) (::redpoll::detail::retry_on_eintr([&] { return (call); }))
