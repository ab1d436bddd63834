#include "bench/load/histogram.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <vector>

#include "base/rng.h"

namespace redpoll::load {

TEST_CASE("a histogram without values answers zero") { REQUIRE(Histogram().quantile(0.5) == 0); }

TEST_CASE("small values are counted exactly") {
  Histogram h;
  for (uint64_t v = 0; v < 128; ++v) h.add(v);
  for (uint64_t v = 0; v < 128; ++v) REQUIRE(h.quantile(static_cast<double>(v + 1) / 128) == v);
}

TEST_CASE("a quantile is never too low, and at most 1/64 too high") {
  Rng rng(5);
  Histogram h;
  std::vector<uint64_t> values;
  for (int i = 0; i < 100'000; ++i) {
    values.push_back(rng.next() >> rng.below(64));
    h.add(values.back());
  }
  std::sort(values.begin(), values.end());
  for (const double share : {0.01, 0.5, 0.9, 0.99, 0.999, 0.9999, 1.0}) {
    const auto rank = static_cast<size_t>(std::llround(share * static_cast<double>(values.size())));
    const uint64_t exact = values[std::max<size_t>(rank, 1) - 1];
    CAPTURE(share, exact);
    REQUIRE(h.quantile(share) >= exact);
    REQUIRE(h.quantile(share) - exact <= exact / 64);
  }
  REQUIRE(h.quantile(1) == values.back());
  REQUIRE(h.max() == values.back());
  REQUIRE(h.count() == values.size());
}

TEST_CASE("the largest value has a bucket") {
  Histogram h;
  h.add(UINT64_MAX);
  REQUIRE(h.quantile(1) == UINT64_MAX);
}

}  // namespace redpoll::load
