#include "exec/latency_histogram.h"

#include <algorithm>
#include <numeric>

namespace redpoll::exec {

uint64_t LatencyHistogram::total() const {
  return std::accumulate(counts_.begin(), counts_.end(), uint64_t{0});
}

Ticks LatencyHistogram::at_percentile(double percent) const {
  const uint64_t all = total();
  if (all == 0) return 0;
  const double share = std::clamp(percent, 0.0, 100.0) / 100;
  const uint64_t rank =
      std::clamp<uint64_t>(static_cast<uint64_t>(share * static_cast<double>(all) + 0.5), 1, all);
  uint64_t seen = 0;
  size_t bucket = 0;
  while ((seen += counts_[bucket]) < rank) ++bucket;
  return percent <= 0 ? first_of(bucket) : last_of(bucket);
}

uint64_t LatencyHistogram::count_up_to(Ticks limit) const {
  size_t buckets = bucket_of(limit);
  if (limit - first_of(buckets) >= last_of(buckets) - limit) ++buckets;
  return std::accumulate(counts_.begin(), counts_.begin() + static_cast<ptrdiff_t>(buckets), uint64_t{0});
}

}  // namespace redpoll::exec
