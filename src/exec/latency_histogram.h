// How long things took, as counts in buckets of bounded relative width.
//
// Below 64 ticks each length has a bucket of its own. From there on every power of two is cut into 32 equal
// buckets, so that a bucket is at most 1/32 as wide as what is in it is long:
//
//     bucket   0   1  ...  63 |  64    65  ...  95 |  96    97  ... 127 | 128 ...
//     ticks    0   1  ...  63 | 64-65 66-67 ... -127 | 128-131  ... -255 | 256 ...
//
// Recording is a few instructions and one addition in memory, whatever the length; all that is costly (what a
// tick is, where a percentile lies) is left to whoever reads.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

#include "base/clock.h"

namespace redpoll::exec {

class LatencyHistogram {
 public:
  static constexpr unsigned kCutBits = 5;
  static constexpr size_t kBuckets = size_t{64 - kCutBits + 1} << kCutBits;

  void record(Ticks length) { ++counts_[bucket_of(length)]; }

  uint64_t total() const;
  // The length that `percent` of all that was recorded do not exceed, as the upper end of its bucket; 0
  // percent gives the lower end of the first. 0 if nothing was recorded. O(kBuckets).
  Ticks at_percentile(double percent) const;
  // How many were no longer than `limit`; a bucket that it cuts counts if the greater part of it is below.
  // O(kBuckets).
  uint64_t count_up_to(Ticks limit) const;

  static constexpr size_t bucket_of(Ticks length) {
    constexpr Ticks kFirstCut = Ticks{1} << kCutBits;
    const auto shift = static_cast<unsigned>(std::bit_width(length | kFirstCut)) - (kCutBits + 1);
    return (size_t{shift} << kCutBits) + static_cast<size_t>(length >> shift);
  }
  // The shortest and the longest of a bucket.
  static constexpr Ticks first_of(size_t bucket) {
    const unsigned shift = shift_of(bucket);
    return Ticks{bucket - (size_t{shift} << kCutBits)} << shift;
  }
  static constexpr Ticks last_of(size_t bucket) {
    return first_of(bucket) + ((Ticks{1} << shift_of(bucket)) - 1);
  }

 private:
  static constexpr unsigned shift_of(size_t bucket) {
    const size_t power = bucket >> kCutBits;
    return power < 2 ? 0 : static_cast<unsigned>(power) - 1;
  }

  std::array<uint64_t, kBuckets> counts_{};
};

}  // namespace redpoll::exec
