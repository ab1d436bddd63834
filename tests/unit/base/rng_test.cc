#include "base/rng.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <vector>

namespace redpoll {

TEST_CASE("the same seed gives the same sequence, another seed another") {
  Rng a(1), b(1), c(2);
  for (int i = 0; i < 100; ++i) {
    const uint64_t x = a.next();
    REQUIRE(x == b.next());
    REQUIRE(x != c.next());
  }
}

TEST_CASE("a zero seed does not give a zero state") {
  Rng rng(0);
  REQUIRE((rng.next() | rng.next()) != 0);
}

TEST_CASE("below stays in bounds and reaches every value evenly") {
  Rng rng(3);
  std::vector<int> hits(7);
  for (int i = 0; i < 70000; ++i) ++hits.at(rng.below(7));
  for (const int n : hits) REQUIRE(std::abs(n - 10000) < 600);  // six standard deviations
  REQUIRE(rng.below(1) == 0);
}

TEST_CASE("below has no bias at bounds where a remainder would") {
  // Two thirds of 2^64: a remainder would draw the lower half twice as often as the upper one.
  Rng rng(4);
  constexpr uint64_t kBound = UINT64_MAX / 3 * 2;
  int lower = 0;
  for (int i = 0; i < 100000; ++i) {
    const uint64_t v = rng.below(kBound);
    REQUIRE(v < kBound);
    lower += v < kBound / 2;
  }
  REQUIRE(std::abs(lower - 50000) < 1000);
}

TEST_CASE("unit is at least 0 and below 1 with a mean of one half") {
  Rng rng(5);
  double sum = 0;
  for (int i = 0; i < 100000; ++i) {
    const double v = rng.unit();
    REQUIRE((v >= 0 && v < 1));
    sum += v;
  }
  REQUIRE(std::abs(sum / 100000 - 0.5) < 0.01);
}

TEST_CASE("an Rng serves the algorithms of the standard library") {
  Rng rng(6);
  std::vector<int> v{1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
  const auto sorted = v;
  std::shuffle(v.begin(), v.end(), rng);
  REQUIRE(v != sorted);
  REQUIRE(std::is_permutation(v.begin(), v.end(), sorted.begin()));
}

TEST_CASE("the system fills the whole span") {
  REQUIRE(seed_from_os() != seed_from_os());
  std::vector<std::byte> bytes(1000);
  random_bytes_from_os(bytes);
  REQUIRE(std::count(bytes.begin(), bytes.end(), std::byte{0}) < 30);
  random_bytes_from_os({});
}

}  // namespace redpoll
