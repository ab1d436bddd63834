#include "base/sampling.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <vector>

namespace redpoll {

TEST_CASE("a sampler takes as many as it was asked for, each as often as another") {
  Rng rng(1);
  constexpr int kRounds = 10000;
  std::vector<int> taken(10);
  for (int round = 0; round < kRounds; ++round) {
    Sampler sampler(rng, taken.size(), 3);
    int count = 0;
    for (int& times : taken) {
      if (!sampler.takes_next()) continue;
      ++times;
      ++count;
    }
    REQUIRE(count == 3);
    REQUIRE(sampler.done());
  }
  for (const int times : taken) REQUIRE(std::abs(times - 3 * kRounds / 10) < 300);  // six standard deviations
}

TEST_CASE("a sampler that is to take all or none does") {
  Rng rng(2);
  Sampler all(rng, 5, 5);
  for (int i = 0; i < 5; ++i) {
    REQUIRE_FALSE(all.done());
    REQUIRE(all.takes_next());
  }
  Sampler none(rng, 5, 0);
  REQUIRE(none.done());
  for (int i = 0; i < 5; ++i) REQUIRE_FALSE(none.takes_next());
}

TEST_CASE("draws go on until they are different, each as likely as another") {
  Rng rng(3);
  constexpr int kRounds = 10000;
  std::vector<int> drawn(10);
  for (int round = 0; round < kRounds; ++round) {
    std::vector<uint64_t> different;
    draw_distinct(
        3, [&] { return rng.below(10); }, [&](uint64_t thing) { different.push_back(thing); });
    REQUIRE(different.size() == 3);
    std::sort(different.begin(), different.end());
    REQUIRE(std::unique(different.begin(), different.end()) == different.end());
    for (const uint64_t thing : different) ++drawn[thing];
  }
  for (const int times : drawn) REQUIRE(std::abs(times - 3 * kRounds / 10) < 300);
}

TEST_CASE("few is at most one in three") {
  REQUIRE(are_few(3, 48));
  REQUIRE_FALSE(are_few(4, 48));
  REQUIRE_FALSE(are_few(1, 2));
  REQUIRE(are_few(0, 0));
}

}  // namespace redpoll
