// When memory is defragmented, and how much of the time that may take (activedefrag and its directives).
//
//   waste   < lower threshold       lower ... upper threshold      upper <
//   share     nothing               cycle-min ... cycle-max        cycle-max      percent of the time
//
// Waste is what lies in the allocator's pages beyond the blocks that are in use. While it is above the lower
// threshold, slices of active-defrag-cycle-us are worked with pauses in between that make up the share.
#pragma once

#include <cstdint>

#include "admin/admin_call.h"
#include "admin/latency_monitor.h"
#include "ae/event_loop.h"
#include "session/session_call.h"
#include "store/defragmenter.h"

namespace redpoll::server {

class ActiveDefrag {
 public:
  ActiveDefrag(session::Session& session, store::Keyspace& keyspace, admin::LatencyMonitor& latency)
      : session_(session), latency_(latency), defragmenter_(keyspace, session.loop.clocks()) {}

  // Once a second: begins to work if there is enough to be won.
  void consider();

  admin::Host::DefragFigures figures() const;
  // Forgets what was moved. The times stay.
  void reset_stats() { defragmenter_.reset_stats(); }

  // The share of the time for that much memory in blocks and in pages, in percent; 0: not worth while.
  static int share(Bytes allocated, Bytes active, const config::Settings& settings);

 private:
  int64_t work(ae::TimerId);
  int wanted_share() const;

  session::Session& session_;
  admin::LatencyMonitor& latency_;
  store::Defragmenter defragmenter_;
  int share_ = 0;  // while it works
  MonoUs since_{};
  int64_t past_us_ = 0;
};

}  // namespace redpoll::server
