#include "exec/latency_histogram.h"

#include <catch2/catch.hpp>
#include <memory>

namespace redpoll::exec {

TEST_CASE("Buckets of the latency histogram follow one another, none wider than 1/32 of what is in it") {
  using H = LatencyHistogram;
  REQUIRE(H::first_of(0) == 0);
  for (size_t bucket = 0; bucket < H::kBuckets; ++bucket) {
    const Ticks first = H::first_of(bucket), last = H::last_of(bucket);
    REQUIRE(H::bucket_of(first) == bucket);
    REQUIRE(H::bucket_of(last) == bucket);
    REQUIRE(last - first <= first / 32);
    if (bucket + 1 < H::kBuckets) REQUIRE(H::first_of(bucket + 1) == last + 1);
  }
  REQUIRE(H::last_of(H::kBuckets - 1) == UINT64_MAX);
}

TEST_CASE("Percentiles are the upper ends of the buckets that hold them") {
  LatencyHistogram h;
  REQUIRE(h.total() == 0);
  REQUIRE(h.at_percentile(50) == 0);
  for (Ticks t = 1; t <= 1000; ++t) h.record(t);
  REQUIRE(h.total() == 1000);
  for (const double percent : {1.0, 5.0, 50.0, 90.0, 99.0, 99.9, 100.0}) {
    const double exact = percent * 10;
    REQUIRE(static_cast<double>(h.at_percentile(percent)) >= exact);
    REQUIRE(static_cast<double>(h.at_percentile(percent)) <= exact * (1 + 1.0 / 32));
  }
  REQUIRE(h.at_percentile(0) == 1);
  REQUIRE(h.at_percentile(5) == 50);
}

TEST_CASE("A percentile beyond the one outlier is the outlier's") {
  LatencyHistogram h;
  for (int i = 0; i < 999; ++i) h.record(10);
  h.record(1'000'000);
  REQUIRE(h.at_percentile(99.9) == 10);
  REQUIRE(h.at_percentile(100) >= 1'000'000);
}

TEST_CASE("What is no longer than a limit is counted, to within half a bucket") {
  LatencyHistogram h;
  for (Ticks t = 0; t < 4096; ++t) h.record(t);
  REQUIRE(h.count_up_to(0) == 1);
  REQUIRE(h.count_up_to(63) == 64);
  REQUIRE(h.count_up_to(1023) == 1024);
  REQUIRE(h.count_up_to(1024) == 1024);            // of a bucket of 32 only the first is below
  REQUIRE(h.count_up_to(1024 + 30) == 1024 + 32);  // and here all but one
  REQUIRE(h.count_up_to(UINT64_MAX) == 4096);
}

}  // namespace redpoll::exec
