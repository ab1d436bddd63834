#include "base/clock.h"

#include <catch2/catch.hpp>
#include <ctime>

namespace redpoll {
namespace {

void spin_for_us(int64_t us) {
  const MonoUs start = mono_now();
  while (mono_now() - start < us) {}
}

}  // namespace

TEST_CASE("the clocks agree with those of the system") {
  const auto seconds = static_cast<int64_t>(std::time(nullptr));
  REQUIRE(std::abs(unix_now().v / 1000 - seconds) <= 2);
  REQUIRE(std::abs(unix_now_us() / 1000 - unix_now().v) < 2000);
}

TEST_CASE("monotonic clocks do not go back") {
  MonoUs mono = mono_now();
  Ticks ticks = ticks_now();
  for (int i = 0; i < 100000; ++i) {
    const MonoUs next_mono = mono_now();
    const Ticks next_ticks = ticks_now();
    REQUIRE(next_mono >= mono);
    REQUIRE(next_ticks >= ticks);
    mono = next_mono;
    ticks = next_ticks;
  }
}

TEST_CASE("a calibrated rate measures what the monotonic clock measures") {
  const TickRate rate = TickRate::calibrate();
  // Disturbances only ever lengthen one of the two measurements: the best of several attempts counts.
  double best = 1;
  for (int i = 0; i < 20 && best > 0.001; ++i) {
    const MonoUs start = mono_now();
    const Ticks ticks = ticks_now();
    spin_for_us(5000);
    const uint64_t span = rate.to_us(ticks_now() - ticks);
    const auto expected = static_cast<double>(mono_now() - start);
    best = std::min(best, std::abs(static_cast<double>(span) - expected) / expected);
  }
  REQUIRE(best < 0.001);
}

TEST_CASE("ticks convert by the given rate, over years without overflow") {
  const TickRate rate(2.5e9);
  REQUIRE(rate.to_us(0) == 0);
  REQUIRE(rate.to_us(2500) == 1);
  REQUIRE(rate.from_us(1000) == 2500000);
  constexpr uint64_t kYearUs = 31557600000000;
  const uint64_t year = rate.to_us(kYearUs * 2500);
  REQUIRE(year > kYearUs - kYearUs / 1000000);
  REQUIRE(year < kYearUs + kYearUs / 1000000);
  REQUIRE(TickRate(1e9).to_us(123456789) == 123456);
}

}  // namespace redpoll
