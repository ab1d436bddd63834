#include "server/active_defrag.h"

#include <algorithm>

#include "mem/zmalloc.h"

namespace redpoll::server {

int ActiveDefrag::share(Bytes allocated, Bytes active, const config::Settings& settings) {
  if (allocated == 0 || active <= allocated) return 0;
  const Bytes waste = active - allocated;
  const double percent = 100.0 * static_cast<double>(waste) / static_cast<double>(allocated);
  const int lower = settings.active_defrag_threshold_lower, upper = settings.active_defrag_threshold_upper;
  if (waste < settings.active_defrag_ignore_bytes || percent < lower) return 0;
  const int least = settings.active_defrag_cycle_min;
  const int most = std::max(least, settings.active_defrag_cycle_max);
  if (percent >= upper) return most;
  return least + static_cast<int>((percent - lower) * (most - least) / (upper - lower));
}

int ActiveDefrag::wanted_share() const {
  if (!session_.config.settings().active_defrag) return 0;
  const mem::AllocatorStats stats = mem::zmalloc_allocator_stats();
  return share(stats.allocated, stats.active, session_.config.settings());
}

// A sweep that has begun is not slowed down by its own success.
void ActiveDefrag::consider() {
  if (share_ != 0 && session_.config.settings().active_defrag) {
    share_ = std::max(share_, wanted_share());
  } else if (share_ == 0 && (share_ = wanted_share()) != 0) {
    since_ = session_.loop.now();
    session_.loop.add_timer(0, ae::TimeHandler::to<&ActiveDefrag::work>(this));
  }
}

int64_t ActiveDefrag::work(ae::TimerId) {
  const config::Settings& settings = session_.config.settings();
  const MonoUs begin = session_.loop.clocks().mono();
  const bool through = !settings.active_defrag ||
                       defragmenter_.sweep_for(settings.active_defrag_cycle_us,
                                               static_cast<size_t>(settings.active_defrag_max_scan_fields));
  const int64_t spent_us = session_.loop.clocks().mono() - begin;
  latency_.add("active-defrag-cycle", spent_us / 1000, session_.loop.unix_now());
  if (through && (share_ = wanted_share()) == 0) {
    past_us_ += session_.loop.now() - since_;
    return ae::kNoMore;
  }
  return std::max<int64_t>(1, spent_us * (100 - share_) / share_ / 1000);
}

admin::Host::DefragFigures ActiveDefrag::figures() const {
  const int64_t current_us = share_ == 0 ? 0 : session_.loop.now() - since_;
  return {.running_percent = share_,
          .total_us = past_us_ + current_us,
          .current_us = current_us,
          .moved = defragmenter_.stats()};
}

}  // namespace redpoll::server
