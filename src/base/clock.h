// Clocks: wall time, monotonic time, and the cheapest counter the machine has.
//
// Commands never read these: the event loop freezes the time once per turn.
#pragma once

#include <cstdint>
#include <ctime>

#if defined(__x86_64__)
#include <x86intrin.h>
#endif

#include "base/units.h"

namespace redpoll {

MonoUs mono_now() noexcept;
UnixMs unix_now() noexcept;
int64_t unix_now_us() noexcept;
// Blocks the thread. Negative spans count as 0.
void sleep_for_us(int64_t us) noexcept;

// The time as it is handed to those who need it; tests hand in their own. Outside of `base` nobody asks the
// system.
struct Clocks {
  MonoUs (*mono)() = mono_now;
  int64_t (*wall_us)() = unix_now_us;
  void (*sleep_us)(int64_t us) = sleep_for_us;

  UnixMs wall() const { return {wall_us() / 1000}; }
};

// A point in time, or a span of it, as the cheapest monotonic counter gives it; TickRate knows the unit.
using Ticks = uint64_t;

namespace detail {
bool cpu_has_invariant_tsc() noexcept;
Ticks clock_ticks() noexcept;

// A fact about the CPU, read once: it ticks at a constant rate, in every sleep state and on every core.
inline const bool kInvariantTsc = cpu_has_invariant_tsc();
}  // namespace detail

// Nanoseconds of CLOCK_MONOTONIC unless the CPU has an invariant time stamp counter. Not a barrier: the CPU
// may move instructions across it. REQUIRES: main() has started.
inline Ticks ticks_now() noexcept {
#if defined(__x86_64__)
  if (detail::kInvariantTsc) [[likely]]
    return __rdtsc();
#endif
  return detail::clock_ticks();
}

// How long a tick is.
class TickRate {
 public:
  // Measures the counter against CLOCK_MONOTONIC for about 5 ms; error below 0.01 %.
  static TickRate calibrate();
  // REQUIRES: 1 <= ticks_per_second.
  explicit TickRate(double ticks_per_second);

  [[nodiscard]] uint64_t to_us(Ticks span) const noexcept { return scale(span, us_per_tick_); }
  [[nodiscard]] Ticks from_us(uint64_t us) const noexcept {
    return static_cast<Ticks>(static_cast<double>(us) * (ticks_per_second_ / 1e6));
  }
  [[nodiscard]] double ticks_per_second() const noexcept { return ticks_per_second_; }

 private:
  // Fixed point with 40 fractional bits: one multiplication, no division.
  static constexpr int kShift = 40;
  __extension__ using Wide = unsigned __int128;
  static uint64_t scale(Ticks span, uint64_t per_tick) noexcept {
    return static_cast<uint64_t>((static_cast<Wide>(span) * per_tick) >> kShift);
  }

  double ticks_per_second_;
  uint64_t us_per_tick_;
};

}  // namespace redpoll
