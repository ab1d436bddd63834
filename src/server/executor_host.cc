#include "server/executor_host.h"

#include "mem/zmalloc.h"
#include "session/redaction.h"

namespace redpoll::server {

void ExecutorHost::begin_turn() {
  executor_.clock_read_at = ticks_now();
  executor_.keyspace().terms().now = admin_.loop.unix_now();
  follow_memory();
}

void ExecutorHost::follow_memory() {
  const config::Settings& settings = session_.config.settings();
  // With any other policy keys would have to go first; as long as none do, nothing is refused.
  const bool full = settings.maxmemory > 0 &&
                    settings.maxmemory_policy == config::MaxmemoryPolicy::noeviction &&
                    mem::zmalloc_used_memory() > settings.maxmemory;
  if (full) {
    executor_.deny(exec::needs::kMemory);
  } else {
    executor_.allow(exec::needs::kMemory);
  }
}

exec::Decision ExecutorHost::admit(exec::Call& call, exec::CommandEntry* entry,
                                   std::span<const resp::Arg> args) {
  return admission_.decide(call, entry, args);
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
