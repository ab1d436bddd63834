#include "server/executor_host.h"

#include <algorithm>

#include "session/redaction.h"

namespace redpoll::server {

void ExecutorHost::begin_turn() {
  executor_.clock_read_at = ticks_now();
  executor_.keyspace().terms().now = admin_.loop.unix_now();
}

void ExecutorHost::after_sleep() {
  begin_turn();
  turn_began_ = executor_.clock_read_at;
  slow_turns_.begin();
}

void ExecutorHost::end_turn() {
  uncounted_ticks_ += ticks_now() - turn_began_;
  const uint64_t us = admin_.process.tick_rate.to_us(uncounted_ticks_);
  uncounted_ticks_ -= admin_.process.tick_rate.from_us(us);
  ++session_.stats.event_loop_turns;
  session_.stats.event_loop_us += us;
  slow_turns_.end(us);
}

exec::Decision ExecutorHost::admit(exec::Call& call, exec::CommandEntry* entry,
                                   std::span<const resp::Arg> args) {
  exec::Needs denied = executor_.denied();
  if (denied & exec::needs::kMemory && memory_.make_room()) denied &= ~exec::needs::kMemory;
  // With a limit of memory, this is the way of every command that may use some.
  if (executor_.plainly_admitted(call, entry, args, denied)) return {.what = exec::Decision::What::run};
  return admission_.decide(call, entry, args, denied);
}

Ticks ExecutorHost::slowlog_ticks() const {
  const int64_t us = session_.config.settings().slowlog_log_slower_than;
  return us < 0 ? UINT64_MAX : admin_.process.tick_rate.from_us(static_cast<uint64_t>(us));
}

Ticks ExecutorHost::slow_ticks() const {
  const config::Settings& settings = session_.config.settings();
  const auto ticks = [this](int64_t ms) {
    return ms <= 0 ? UINT64_MAX : admin_.process.tick_rate.from_us(static_cast<uint64_t>(ms) * 1000);
  };
  return std::min(
      {slowlog_ticks(), ticks(settings.latency_monitor_threshold), ticks(settings.slow_turn_log_ms)});
}

void ExecutorHost::was_slow(const exec::Call& call, Ticks spent) {
  const uint64_t us = admin_.process.tick_rate.to_us(spent);
  const bool fast = (call.entry().command->traits & exec::kFast) != 0;
  admin_.latency.add(fast ? "fast-command" : "command", static_cast<int64_t>(us / 1000),
                     admin_.loop.unix_now());
  if (spent >= slowlog_ticks()) log_slow(call, us);
  slow_turns_.command(call, us);
}

void ExecutorHost::log_slow(const exec::Call& call, uint64_t us) {
  const config::Settings& settings = session_.config.settings();
  const exec::CommandEntry& entry = call.entry();
  if (entry.command->traits & exec::kSkipSlowlog || settings.slowlog_max_len <= 0) return;
  const auto* client = static_cast<const session::Client*>(call.asker());
  admin_.slowlog.add(session::redact(entry, call.args), static_cast<int64_t>(us), admin_.loop.unix_now(),
                     client != nullptr ? client->connection.peer_name() : "",
                     client != nullptr ? client->name() : "",
                     {.entries = static_cast<size_t>(settings.slowlog_max_len),
                      .args = static_cast<size_t>(settings.slowlog_entry_max_argc),
                      .arg_bytes = static_cast<size_t>(settings.slowlog_entry_max_string_len)});
}

void ExecutorHost::refresh_time() {
  admin_.loop.refresh_time();
  begin_turn();
}

}  // namespace redpoll::server
