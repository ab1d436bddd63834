#include "base/clock.h"

#include <algorithm>
#include <cerrno>
#include <cmath>

#if defined(__x86_64__)
#include <cpuid.h>
#endif

#include "base/assert.h"

namespace redpoll {
namespace {

constexpr int64_t kNsPerSecond = 1'000'000'000;

int64_t read_ns(clockid_t clock) noexcept {
  timespec t;
  clock_gettime(clock, &t);
  return int64_t{t.tv_sec} * kNsPerSecond + t.tv_nsec;
}

// Both clocks as of one moment: the attempt that took least time is least disturbed by interrupts.
struct ClockPair {
  Ticks ticks;
  int64_t ns;
};

ClockPair read_both() noexcept {
  ClockPair best{};
  Ticks best_gap = UINT64_MAX;
  for (int attempt = 0; attempt < 5; ++attempt) {
    const Ticks before = ticks_now();
    const int64_t ns = read_ns(CLOCK_MONOTONIC);
    const Ticks gap = ticks_now() - before;
    if (gap < best_gap) {
      best_gap = gap;
      best = {before + gap / 2, ns};
    }
  }
  return best;
}

}  // namespace

MonoUs mono_now() noexcept { return {read_ns(CLOCK_MONOTONIC) / 1000}; }
UnixMs unix_now() noexcept { return {read_ns(CLOCK_REALTIME) / 1'000'000}; }
int64_t unix_now_us() noexcept { return read_ns(CLOCK_REALTIME) / 1000; }

void sleep_for_us(int64_t us) noexcept {
  us = std::max<int64_t>(us, 0);
  timespec left{.tv_sec = us / 1'000'000, .tv_nsec = us % 1'000'000 * 1000};
  while (nanosleep(&left, &left) != 0 && errno == EINTR) {}
}

namespace detail {

bool cpu_has_invariant_tsc() noexcept {
#if defined(__x86_64__)
  // Advanced power management information: bit 8 of EDX. What Linux calls constant_tsc and nonstop_tsc.
  unsigned a = 0, b = 0, c = 0, d = 0;
  return __get_cpuid(0x80000007, &a, &b, &c, &d) != 0 && (d & (1u << 8)) != 0;
#else
  return false;
#endif
}

Ticks clock_ticks() noexcept { return static_cast<Ticks>(read_ns(CLOCK_MONOTONIC)); }

}  // namespace detail

// Rounded up, so that a whole number of microseconds does not become one less.
TickRate::TickRate(double ticks_per_second)
    : ticks_per_second_(ticks_per_second),
      us_per_tick_(static_cast<uint64_t>(std::ceil(std::ldexp(1e6 / ticks_per_second, kShift)))) {
  CHECK(ticks_per_second >= 1);
}

TickRate TickRate::calibrate() {
  if (!detail::kInvariantTsc) return TickRate(double{kNsPerSecond});
  constexpr int64_t kSpanNs = 5'000'000;
  const ClockPair start = read_both();
  ClockPair end = start;
  while (end.ns - start.ns < kSpanNs) end = read_both();
  return TickRate(static_cast<double>(end.ticks - start.ticks) * double{kNsPerSecond} /
                  static_cast<double>(end.ns - start.ns));
}

}  // namespace redpoll
