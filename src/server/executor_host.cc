#include "server/executor_host.h"

#include "session/redaction.h"

namespace redpoll::server {

void ExecutorHost::begin_turn() {
  executor_.clock_read_at = ticks_now();
  executor_.keyspace().terms().now = admin_.loop.unix_now();
}

exec::Decision ExecutorHost::admit(exec::Call& call, exec::CommandEntry* entry,
                                   std::span<const resp::Arg> args) {
  exec::Needs denied = executor_.denied();
  if (denied & exec::needs::kMemory && memory_.make_room()) denied &= ~exec::needs::kMemory;
  // With a limit of memory, this is the way of every command that may use some.
  const exec::Needs in_force =
      denied | (call.asker() != nullptr ? call.asker()->denied : exec::needs::kClient);
  if (entry != nullptr && entry->arity.accepts(args.size()) && (entry->needs & in_force) == 0) {
    return {.what = exec::Decision::What::run};
  }
  return admission_.decide(call, entry, args, denied);
}

void ExecutorHost::was_slow(const exec::Call& call, Ticks spent) {
  const config::Settings& settings = session_.config.settings();
  const exec::CommandEntry& entry = call.entry();
  if (entry.command->traits & exec::kSkipSlowlog || settings.slowlog_max_len <= 0) return;
  const auto* client = static_cast<const session::Client*>(call.asker());
  admin_.slowlog.add(session::redact(entry, call.args),
                     static_cast<int64_t>(admin_.process.tick_rate.to_us(spent)), admin_.loop.unix_now(),
                     client != nullptr ? client->connection.peer_name() : "",
                     client != nullptr ? client->name() : "", static_cast<size_t>(settings.slowlog_max_len));
}

void ExecutorHost::refresh_time() {
  admin_.loop.refresh_time();
  begin_turn();
}

}  // namespace redpoll::server
