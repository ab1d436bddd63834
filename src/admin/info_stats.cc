// INFO: what has happened since the start or since CONFIG RESETSTAT, and how many keys there are.
#include <fmt/format.h>

#include <iterator>

#include "admin/info_sections.h"
#include "base/numbers.h"
#include "base/text.h"

namespace redpoll::admin {

void info_persistence(const InfoSources& from, InfoText& to) {
  to.zeros({"loading", "async_loading", "current_cow_peak", "current_cow_size", "current_cow_size_age"});
  to.ratio("current_fork_perc", 0);
  to.zeros({"current_save_keys_processed", "current_save_keys_total"});
  to.field("rdb_changes_since_last_save", from.session.stats.dirty);
  to.field("rdb_bgsave_in_progress", 0);
  to.field("rdb_last_save_time", from.admin.process.started_unix.v / 1000);
  to.field("rdb_last_bgsave_status", "ok");
  to.field("rdb_last_bgsave_time_sec", -1);
  to.field("rdb_current_bgsave_time_sec", -1);
  to.zeros({"rdb_saves", "rdb_last_cow_size", "rdb_last_load_keys_expired", "rdb_last_load_keys_loaded",
            "aof_enabled", "aof_rewrite_in_progress", "aof_rewrite_scheduled"});
  to.field("aof_last_rewrite_time_sec", -1);
  to.field("aof_current_rewrite_time_sec", -1);
  to.field("aof_last_bgrewrite_status", "ok");
  to.zeros({"aof_rewrites", "aof_rewrites_consecutive_failures"});
  to.field("aof_last_write_status", "ok");
  to.zeros({"aof_last_cow_size", "module_fork_in_progress", "module_fork_last_cow_size"});
}

static double kib_per_second(const session::InstantRate& rate) {
  return static_cast<double>(rate.per_second()) / 1024;
}

static void traffic_fields(const session::Stats& stats, InfoText& to) {
  to.field("total_connections_received", stats.connections_received);
  to.field("total_commands_processed", stats.commands_processed);
  to.field("instantaneous_ops_per_sec", stats.ops.per_second());
  to.field("total_net_input_bytes", stats.input_bytes);
  to.field("total_net_output_bytes", stats.output_bytes);
  to.zeros({"total_net_repl_input_bytes", "total_net_repl_output_bytes"});
  to.ratio("instantaneous_input_kbps", kib_per_second(stats.input));
  to.ratio("instantaneous_output_kbps", kib_per_second(stats.output));
  to.ratio("instantaneous_input_repl_kbps", 0);
  to.ratio("instantaneous_output_repl_kbps", 0);
  to.field("rejected_connections", stats.connections_rejected);
  to.zeros({"sync_full", "sync_partial_ok", "sync_partial_err"});
}

static void key_fields(const InfoSources& from, InfoText& to) {
  const store::LookupStats& lookups = from.keyspace.stats;
  const store::ExpiryCycle& expiry = from.admin.expiry;
  to.field("expired_keys", lookups.expired);
  // The name is that of a later Redis release.
  to.field("expired_subkeys", lookups.expired_fields);
  to.ratio("expired_stale_perc", expiry.stale_percent());
  to.field("expired_time_cap_reached_count", expiry.time_limit_reached());
  to.field("expire_cycle_cpu_milliseconds", expiry.total_us() / 1000);
  to.field("evicted_keys", lookups.evicted);
  to.field("evicted_clients", from.session.stats.clients_evicted);
  const Host::EvictionTimes times = from.admin.host.eviction_times();
  to.field("total_eviction_exceeded_time", (times.past_exceeded_us + times.exceeded_us) / 1000);
  to.field("current_eviction_exceeded_time", times.exceeded_us / 1000);
  to.field("keyspace_hits", lookups.hits);
  to.field("keyspace_misses", lookups.misses);
}

// The time of commands, without those that ran others: these are counted themselves.
static Ticks ticks_of(const exec::CommandEntry& entry) {
  Ticks sum = (entry.command->traits & exec::kRunsTransaction) != 0 ? 0 : entry.stats.ticks;
  for (const auto& sub : entry.subcommands) sum += ticks_of(*sub);
  return sum;
}

// A cycle is a turn of the loop; its duration is without the wait.
static void turn_fields(const InfoSources& from, InfoText& to) {
  const session::Stats& stats = from.session.stats;
  const uint64_t turns = stats.turns.per_second();
  Ticks in_commands = 0;
  for (const auto& entry : from.admin.commands.all()) in_commands += ticks_of(*entry);
  to.field("eventloop_cycles", stats.event_loop_turns);
  to.field("eventloop_duration_sum", stats.event_loop_us);
  to.field("eventloop_duration_cmd_sum", from.admin.process.tick_rate.to_us(in_commands));
  to.field("instantaneous_eventloop_cycles_per_sec", turns);
  to.field("instantaneous_eventloop_duration_usec", turns == 0 ? 0 : stats.turn_us.per_second() / turns);
}

static void defrag_fields(const Host::DefragFigures& defrag, InfoText& to) {
  to.field("active_defrag_hits", defrag.moved.hits);
  to.field("active_defrag_misses", defrag.moved.misses);
  to.field("active_defrag_key_hits", defrag.moved.key_hits);
  to.field("active_defrag_key_misses", defrag.moved.key_misses);
  to.field("total_active_defrag_time", defrag.total_us / 1000);
  to.field("current_active_defrag_time", defrag.current_us / 1000);
}

void info_stats(const InfoSources& from, InfoText& to) {
  const session::Stats& stats = from.session.stats;
  traffic_fields(stats, to);
  key_fields(from, to);
  to.zeros({"pubsub_channels", "pubsub_patterns", "pubsubshard_channels", "latest_fork_usec", "total_forks",
            "migrate_cached_sockets", "slave_expires_tracked_keys"});
  defrag_fields(from.admin.host.defrag(), to);
  to.zeros(
      {"tracking_total_keys", "tracking_total_items", "tracking_total_prefixes", "unexpected_error_replies"});
  to.field("total_error_replies", stats.error_replies);
  to.field("dump_payload_sanitizations", 0);
  to.field("total_reads_processed", stats.reads_processed);
  to.field("total_writes_processed", stats.writes_processed);
  to.zeros({"io_threaded_reads_processed", "io_threaded_writes_processed", "reply_buffer_shrinks",
            "reply_buffer_expands"});
  // Names of later Redis releases.
  turn_fields(from, to);
  to.field("client_query_buffer_limit_disconnections", stats.query_buffer_limit_disconnections);
  to.field("client_output_buffer_limit_disconnections", stats.output_buffer_limit_disconnections);
  to.field("acl_access_denied_auth", stats.auth_failures);
}

static void command_line(const exec::CommandEntry& entry, const TickRate& rate, InfoText& to) {
  const exec::CommandStats& stats = entry.stats;
  if (stats.calls != 0 || stats.rejected != 0 || stats.failed != 0) {
    const uint64_t us = rate.to_us(stats.ticks);
    const double per_call = stats.calls == 0 ? 0 : static_cast<double>(us) / static_cast<double>(stats.calls);
    to.line("cmdstat_{}:calls={},usec={},usec_per_call={:.2f},rejected_calls={},failed_calls={}",
            entry.full_name, stats.calls, us, per_call, stats.rejected, stats.failed);
  }
  for (const auto& sub : entry.subcommands) command_line(*sub, rate, to);
}

void info_commandstats(const InfoSources& from, InfoText& to) {
  for (const auto& entry : from.admin.commands.all()) command_line(*entry, from.admin.process.tick_rate, to);
}

// A code comes from DEBUG ERROR at worst; still it must not forge lines.
static std::string safe_name(std::string name) {
  for (char& c : name) {
    if (c == '#' || c == ':' || c == '\r' || c == '\n') c = '_';
  }
  return name;
}

void info_errorstats(const InfoSources& from, InfoText& to) {
  for (const auto& [code, count] : from.session.stats.errors.all()) {
    to.line("errorstat_{}:count={}", safe_name(code), count);
  }
}

static void latency_line(const exec::CommandEntry& entry, const std::vector<std::string>& percentiles,
                         const TickRate& rate, InfoText& to) {
  if (entry.recorder != nullptr) {
    std::string values;
    for (const std::string& percentile : percentiles) {
      const Ticks ticks = entry.recorder->at_percentile(parse_double(percentile).value_or(0));
      fmt::format_to(std::back_inserter(values), "{}p{}={:.3f}", values.empty() ? "" : ",", percentile,
                     static_cast<double>(ticks) * 1e6 / rate.ticks_per_second());
    }
    to.line("latency_percentiles_usec_{}:{}", entry.full_name, values);
  }
  for (const auto& sub : entry.subcommands) latency_line(*sub, percentiles, rate, to);
}

void info_latencystats(const InfoSources& from, InfoText& to) {
  const std::string wanted = from.session.config.get("latency-tracking-info-percentiles");
  const auto percentiles = split_args(wanted).value_or(std::vector<std::string>());
  for (const auto& entry : from.admin.commands.all())
    latency_line(*entry, percentiles, from.admin.process.tick_rate, to);
}

void info_keyspace(const InfoSources& from, InfoText& to) {
  for (int i = 0; i < from.keyspace.size(); ++i) {
    const store::Database& db = from.keyspace.db(i);
    if (db.size() == 0) continue;
    to.line("db{}:keys={},expires={},avg_ttl={:.0f}", i, db.size(), db.volatile_count(), db.average_ttl_ms);
  }
}

}  // namespace redpoll::admin
