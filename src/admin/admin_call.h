// A call that knows its server: what the commands about the server itself get.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "admin/command_texts.h"
#include "admin/latency_monitor.h"
#include "admin/slowlog.h"
#include "ae/event_loop.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/result.h"
#include "exec/command_table.h"
#include "net/listener.h"
#include "session/session_call.h"
#include "store/defragmenter.h"
#include "store/expiry_cycle.h"

namespace redpoll::admin {

// What SHUTDOWN was told. `save` and `nosave` exclude each other.
struct ShutdownRequest {
  bool save = false;
  bool nosave = false;
  bool now = false;
  bool force = false;
};

// Facts about the process that do not change while it runs.
struct ProcessFacts {
  std::string run_id;      // 40 hexadecimal digits, new at each start
  std::string executable;  // absolute path
  MonoUs started_mono;
  UnixMs started_unix;
  TickRate tick_rate;
  Bytes startup_memory = 0;  // used when the server was built and empty
  Bytes system_memory = 0;   // that the machine has; 0: unknown
};

// What the administrative commands ask the server to do. Implemented by the server.
class Host {
 public:
  virtual ~Host() = default;
  // Brings a part of the server in line with changed settings; see config::Applier.
  virtual Result<void> apply(config::Apply what, const config::Settings& now,
                             const config::Settings& before) = 0;
  // Stops the server after the current turn. Fails with a whole error text if it cannot.
  virtual Result<void> shut_down(const ShutdownRequest& request) = 0;
  // Takes back a shutdown that has not happened yet; false if there is none.
  virtual bool abort_shutdown() = 0;
  // Values waiting to be freed by the worker thread, and those freed since the start.
  virtual size_t reclaim_pending() const = 0;
  virtual uint64_t reclaimed() const = 0;
  // Memory of input and output shared by all clients.
  virtual Bytes shared_buffer_bytes() const = 0;
  // For how long memory has been above maxmemory by now, and was before, in microseconds.
  struct EvictionTimes {
    int64_t exceeded_us = 0;
    int64_t past_exceeded_us = 0;
  };
  virtual EvictionTimes eviction_times() const = 0;
  // Active defragmentation: its share of the time in percent, 0 while it rests; for how long it has been at
  // work, in all and this time, in microseconds; and what it found.
  struct DefragFigures {
    int running_percent = 0;
    int64_t total_us = 0;
    int64_t current_us = 0;
    store::Defragmenter::Stats moved;
  };
  virtual DefragFigures defrag() const = 0;
  // Cron ticks per second in force.
  virtual int hz() const = 0;
  // CONFIG RESETSTAT: forgets the figures that only the server itself keeps.
  virtual void reset_stats() = 0;
};

// The parts of the server that the administrative commands look at; owned by the server.
struct Admin {
  Host& host;
  exec::CommandTable& commands;
  Slowlog& slowlog;
  LatencyMonitor& latency;
  store::ExpiryCycle& expiry;
  ae::EventLoop& loop;
  net::Listeners& listeners;
  const ProcessFacts& process;
  CommandTexts command_texts{commands};
};

struct AdminContext : session::SessionContext {
  AdminContext(session::Session& shared, Admin& parts)
      : SessionContext(shared, Scope::server), admin(parts) {}
  Admin& admin;
};

class AdminCall : public session::SessionCall {
 public:
  // REQUIRES: what SessionCall does, and that the Executor works for a whole server.
  explicit AdminCall(exec::Call& of) : session::SessionCall(of), admin(context_of(of).admin) {}

  Admin& admin;

 private:
  static AdminContext& context_of(exec::Call& call) {
    CHECK(call.context().scope == exec::Context::Scope::server);
    return static_cast<AdminContext&>(call.context());
  }
};

template <auto F>
exec::Outcome run_in_admin(exec::Call& call) {
  AdminCall c(call);
  return F(c);
}

// Makes a handler of a function that takes an AdminCall: `.run = in_admin<info>`.
template <auto F>
inline constexpr exec::Handler in_admin{run_in_admin<F>, exec::Handler::For::clients};

}  // namespace redpoll::admin
