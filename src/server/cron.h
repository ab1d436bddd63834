// The periodic work of the server: `hz` times a second, each time a bounded slice of it.
//
// What needs to be done less often is due every so many milliseconds of cron time.
#pragma once

#include <cstdint>

#include "admin/latency_monitor.h"
#include "ae/event_loop.h"
#include "server/active_defrag.h"
#include "session/session_call.h"
#include "store/expiry_cycle.h"
#include "store/keyspace.h"

namespace redpoll::server {

class Cron {
 public:
  Cron(ae::EventLoop& loop, session::Session& session, store::Keyspace& keyspace, store::ExpiryCycle& expiry,
       admin::LatencyMonitor& latency, ActiveDefrag& defrag);

  void start();
  // The part that must not wait for the next tick: called before each sleep.
  void before_sleep();

  // Ticks per second in force: `hz`, or more of them while there are many clients and `dynamic-hz` is on.
  int hz() const { return hz_; }

 private:
  int64_t tick(ae::TimerId);
  bool due(int64_t every_ms) const;
  int wanted_hz() const;

  void sample();
  void follow_memory(Bytes used);
  void check_clients();
  bool check_client(session::Client& client);
  void begin_expiry();
  void go_on_with_expiry();
  void note_expiry(int64_t total_us_before);
  void rehash();
  void follow_log_file();
  void log_databases();

  ae::EventLoop& loop_;
  session::Session& session_;
  store::Keyspace& keyspace_;
  store::ExpiryCycle& expiry_;
  admin::LatencyMonitor& latency_;
  ActiveDefrag& defrag_;
  int hz_ = 10;
  uint64_t ticks_ = 0;
  bool allocator_threads_ = false;
  bool log_is_lost_ = false;           // its file was moved away and cannot be opened again
  session::ClientId next_client_ = 0;  // where the next slice of check_clients begins
  int next_db_ = 0;                    // whose table is rehashed next
};

}  // namespace redpoll::server
