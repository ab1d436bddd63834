// Counters and rates.
#include "session/stats.h"

#include <catch2/catch.hpp>

namespace redpoll::session {

using exec::ErrorStats;

TEST_CASE("A rate is the mean of sixteen samples") {
  InstantRate rate;
  REQUIRE(rate.per_second() == 0);
  MonoUs now{1'000'000};
  rate.sample(0, now);
  REQUIRE(rate.per_second() == 0);
  uint64_t total = 0;
  for (int i = 0; i < 16; ++i) {
    now = now + 100'000;
    rate.sample(total += 50, now);
  }
  REQUIRE(rate.per_second() == 500);
  for (int i = 0; i < 8; ++i) {
    now = now + 100'000;
    rate.sample(total, now);
  }
  REQUIRE(rate.per_second() == 250);
}

TEST_CASE("A peak is remembered for eight seconds") {
  RecentPeak peak;
  const MonoUs begin{100'000'000};
  REQUIRE(peak.most(begin) == 0);
  peak.note(500, begin);
  peak.note(300, begin);
  peak.note(200, begin + 1'000'000);
  REQUIRE(peak.most(begin) == 500);
  REQUIRE(peak.most(begin + 7'900'000) == 500);
  REQUIRE(peak.most(begin + 8'000'000) == 200);
  REQUIRE(peak.most(begin + 9'000'000) == 0);
  peak.note(100, begin + 8'000'000);
  REQUIRE(peak.most(begin + 8'000'000) == 200);
}

TEST_CASE("A rate survives a counter that was reset and a clock that stands still") {
  InstantRate rate;
  rate.sample(1000, MonoUs{1'000'000});
  rate.sample(5, MonoUs{1'100'000});
  REQUIRE(rate.per_second() == 0);
  rate.sample(6, MonoUs{1'100'000});
  REQUIRE(rate.per_second() == 0);
  rate.sample(22, MonoUs{2'100'000});
  REQUIRE(rate.per_second() == 1);
  rate.reset();
  REQUIRE(rate.per_second() == 0);
}

TEST_CASE("Errors are counted by their code") {
  ErrorStats errors;
  errors.count("ERR syntax error");
  errors.count("ERR no such key");
  errors.count("NOPROTO unsupported protocol version");
  errors.count("LONELY");
  REQUIRE(errors.all().size() == 3);
  REQUIRE(errors.all().at("ERR") == 2);
  REQUIRE(errors.all().at("NOPROTO") == 1);
  REQUIRE(errors.all().at("LONELY") == 1);
}

TEST_CASE("Many error codes do not take memory without end") {
  ErrorStats errors;
  for (int i = 0; i < 1000; ++i) errors.count("CODE" + std::to_string(i) + " text");
  REQUIRE(errors.all().size() == 128);
  errors.count("CODE0 again");
  REQUIRE(errors.all().at("CODE0") == 2);
}

TEST_CASE("A reset keeps the peak of memory and the changes to the data set") {
  Stats stats;
  stats.commands_processed = stats.auth_failures = stats.dirty = 5;
  stats.peak_memory = 1000;
  stats.errors.count("ERR x");
  stats.reset();
  REQUIRE(stats.commands_processed == 0);
  REQUIRE(stats.auth_failures == 0);
  REQUIRE(stats.errors.all().empty());
  REQUIRE(stats.dirty == 5);
  REQUIRE(stats.peak_memory == 1000);
}

}  // namespace redpoll::session
