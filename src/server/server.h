// The composition root: builds every part of the server, connects them, and is their owner. No part knows a
// global server; each gets what it needs when it is built.
//
// A server can be built without listening anywhere, and be given commands directly: tests do that.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>

#include "admin/admin_call.h"
#include "ae/event_loop.h"
#include "ae/signals.h"
#include "config/config.h"
#include "exec/command_table.h"
#include "exec/executor.h"
#include "exec/journal.h"
#include "net/listener.h"
#include "resp/chunk_pool.h"
#include "server/active_defrag.h"
#include "server/client_io.h"
#include "server/cron.h"
#include "server/dispatcher.h"
#include "server/executor_host.h"
#include "server/memory_limit.h"
#include "server/oom_score.h"
#include "server/proc_title.h"
#include "server/reclaim_worker.h"
#include "session/conditions.h"
#include "session/outbox.h"
#include "session/registry.h"
#include "session/resumer.h"
#include "session/watches.h"
#include "store/expiry_cycle.h"
#include "store/keyspace.h"

namespace redpoll::server {

class Server final : public admin::Host {
 public:
  // Builds everything but opens no socket. `config` and `log` must outlive the server. The error says what
  // went wrong, for the log; the caller exits then.
  static Result<std::unique_ptr<Server>> create(config::Config& config, Logger& log, ProcTitle& title,
                                                std::string executable);
  ~Server() override;

  // Opens the listening sockets, and logs that connections are accepted.
  Result<void> listen();
  // Stops gracefully on SIGTERM and SIGINT; opens the log anew on SIGHUP.
  // A SIGINT ends the process at once if an earlier signal or SHUTDOWN has begun to stop it.
  Result<void> watch_signals();
  // Serves until a shutdown is asked for.
  void run();

  // One client without a socket behind it that can be given requests as bytes; for tests. Returns the
  // replies.
  std::string execute(std::string_view requests);

  // admin::Host
  Result<void> apply(config::Apply what, const config::Settings& now,
                     const config::Settings& before) override;
  Result<void> shut_down(const admin::ShutdownRequest& request) override;
  bool abort_shutdown() override;
  size_t reclaim_pending() const override { return worker_.pending(); }
  uint64_t reclaimed() const override { return worker_.freed(); }
  Bytes shared_buffer_bytes() const override { return io_.buffer_bytes(); }
  int hz() const override { return cron_.hz(); }
  EvictionTimes eviction_times() const override {
    return {.exceeded_us = memory_.exceeded_us(), .past_exceeded_us = memory_.past_exceeded_us()};
  }
  DefragFigures defrag() const override { return defrag_.figures(); }
  void reset_stats() override;

  // bio-cpulist. REQUIRES: before run().
  void set_worker_cpus(std::string cpus) { worker_.cpus = std::move(cpus); }

  // oom-score-adj, at the start; a failure is told by the log.
  void adjust_oom_score() { static_cast<void>(oom_score_.follow(config_.settings())); }

  // Told when crash-log-enabled changes.
  std::function<void(bool)> on_crash_setting;

  ae::EventLoop& loop() { return *loop_; }
  admin::Admin& admin() { return admin_; }
  session::Session& session() { return session_; }
  store::Keyspace& keyspace() { return keyspace_; }
  const config::Config& config() const { return config_; }
  const exec::Executor& executor() const { return executor_; }

 private:
  Server(config::Config& config, Logger& log, ProcTitle& title, std::unique_ptr<ae::EventLoop> loop,
         std::string executable);

  static net::ListenConfig listen_config(const config::Settings& settings);
  Result<void> build_command_table();
  void before_sleep();
  void evict();
  void on_signal(int signo, uint64_t times);
  void on_urgent_signal(int signo, uint64_t total);
  Result<void> apply_listen(const config::Settings& now, const config::Settings& before);
  Result<void> apply_maxclients(const config::Settings& now);
  void warn_of_limit(const config::Settings& now, const config::Settings& before);
  void live_within(Bytes memory);
  void follow_settings(const config::Settings& settings);

  config::Config& config_;
  Logger& log_;
  std::unique_ptr<ae::EventLoop> loop_;
  admin::ProcessFacts process_;
  session::Stats stats_;
  resp::ChunkPool chunks_;
  session::Registry clients_;
  ReclaimWorker worker_;
  exec::Journal journal_;
  store::Keyspace keyspace_;
  session::Conditions conditions_;
  session::Watches watches_;
  session::ClientEviction eviction_;
  session::Outbox outbox_;
  ExecutorHost host_;
  admin::AdminContext context_;
  exec::Executor executor_;
  MemoryLimit memory_;
  session::Pause pause_;
  session::Session session_;
  store::ExpiryCycle expiry_;
  exec::CommandTable commands_;
  admin::Slowlog slowlog_;
  admin::LatencyMonitor latency_;
  admin::Admin admin_;
  session::Resumer resumer_;
  Dispatcher dispatcher_;
  ClientIo io_;
  net::Listeners listeners_;
  ActiveDefrag defrag_;
  Cron cron_;
  OomScore oom_score_;
  ProcTitle& title_;
  Bytes most_in_a_value_ = SIZE_MAX;
  // Asked for and not refused; set by signal handlers too.
  std::atomic<bool> stop_asked_{false};
  std::unique_ptr<ae::Signals> signals_;
};

}  // namespace redpoll::server
