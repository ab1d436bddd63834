// Directives: limits of clients, and what is measured.
#include "config/grammars.h"

namespace redpoll::config {

using enum Status;

// The store keeps the size of a key in 32 bits; the rest of the 4 GiB is for what stands around an argument.
static constexpr int64_t kMaxBulkLimit = (int64_t{4} << 30) - (int64_t{1} << 20);

std::span<const Directive> client_directives() {
  static const Directive kTable[] = {
      {.name = "maxclients",
       .kind = number<&Settings::maxclients>(1, UINT_MAX),
       .apply = Apply::maxclients,
       .about = "Connections at a time. One more gets an error and is closed. If the limit of open files is "
                "too low for it, the server raises the limit or lowers this number, and says so in the log."},
      {.name = "proto-max-bulk-len",
       .kind = memory<&Settings::proto_max_bulk_len>(1 << 20, kMaxBulkLimit),
       .apply = Apply::execution,
       .about =
           "Longest argument of a command, and longest string. At most 4gb less 1mb, because a key has to be "
           "shorter than 4gb; and at most a quarter of the memory that the process may use."},
      {.name = "client-query-buffer-limit",
       .kind = memory<&Settings::client_query_buffer_limit>(1 << 20),
       .about =
           "Most memory for what a client has sent and the server has not yet run. A client beyond it is "
           "closed. At least 1mb."},
      {.name = "client-output-buffer-limit",
       .kind = kOutputLimits,
       .about =
           "When to drop a client that does not read its replies. For each class (normal, replica, pubsub): "
           "a hard limit, at which it is dropped at once; a soft limit; and how many seconds it may stay "
           "above that. 0: no limit but an eighth of the memory that there is, and 1gb at most. All clients "
           "together may have a quarter of it: those with the most are dropped first. What there is, the "
           "machine says, its control group (the limit of a container) and RLIMIT_AS. One line for a class, "
           "or several classes in one line."},
      {.name = "maxmemory-clients",
       .kind = number<&Settings::maxmemory_clients>(0, LLONG_MAX, Number::Form::percent_or_memory),
       .apply = Apply::execution,
       .about = "Most memory for the buffers of all clients together, as an amount or as a percentage of "
                "maxmemory. The greediest are dropped first. 0: no limit."},
      {.name = "tracking-table-max-keys",
       .kind = number(1000000, 0, LLONG_MAX),
       .needs = needs::tracking,
       .about = "Keys remembered for clients that cache. 0: no limit."},
      {.name = "busy-reply-threshold",
       .alias = "lua-time-limit",
       .kind = number(5000, 0, LLONG_MAX),
       .needs = needs::scripts,
       .about = "Milliseconds a script may run before other clients get -BUSY."},
      {.name = "lua-enable-deprecated-api",
       .kind = flag(false),
       .mutability = Mutability::as_it_is,
       .visibility = Visibility::hidden,
       .needs = needs::scripts,
       .about = "Let scripts use functions of Lua that are no longer offered."},
      {.name = "lua-enable-insecure-api",
       .kind = flag(false),
       .visibility = Visibility::hidden,
       .needs = needs::scripts,
       .about = "The same, as Valkey names it."},
      {.name = "lookahead",
       .kind = number(16, 1, INT_MAX),
       .needs = needs::lookahead,
       .about = "Requests of a client that are read ahead."},
  };
  return kTable;
}

std::span<const Directive> monitoring_directives() {
  static const Directive kTable[] = {
      {.name = "slowlog-log-slower-than",
       .alias = "commandlog-execution-slower-than",
       .kind = number<&Settings::slowlog_log_slower_than>(-1, LLONG_MAX),
       .apply = Apply::execution,
       .about = "Microseconds from which a command counts as slow and SLOWLOG remembers it. Waiting for the "
                "client does not count. 0: every command; -1: none."},
      {.name = "slowlog-max-len",
       .alias = "commandlog-slow-execution-max-len",
       .kind = number<&Settings::slowlog_max_len>(0, LLONG_MAX),
       .about = "How many slow commands are remembered; the oldest is forgotten first."},
      {.name = "slowlog-entry-max-argc",
       .kind = number<&Settings::slowlog_entry_max_argc>(2, INT_MAX),
       .about = "Arguments that an entry of the slow log keeps; a note about the rest takes the place of the "
                "last."},
      {.name = "slowlog-entry-max-string-len",
       .kind = number<&Settings::slowlog_entry_max_string_len>(1, LLONG_MAX),
       .about = "Bytes of an argument that an entry of the slow log keeps."},
      {.name = "commandlog-request-larger-than",
       .kind = number(1 << 20, -1, LLONG_MAX),
       .needs = needs::command_log,
       .about = "Bytes from which a request is remembered."},
      {.name = "commandlog-large-request-max-len",
       .kind = number(128, 0, LLONG_MAX),
       .needs = needs::command_log,
       .about = "How many large requests are remembered."},
      {.name = "commandlog-reply-larger-than",
       .kind = number(1 << 20, -1, LLONG_MAX),
       .needs = needs::command_log,
       .about = "Bytes from which a reply is remembered."},
      {.name = "commandlog-large-reply-max-len",
       .kind = number(128, 0, LLONG_MAX),
       .needs = needs::command_log,
       .about = "How many large replies are remembered."},
      {.name = "key-memory-histograms",
       .kind = flag(false),
       .needs = needs::key_histograms,
       .about = "Show in INFO how much memory keys of each type take."},
      {.name = "latency-monitor-threshold",
       .kind = number<&Settings::latency_monitor_threshold>(0, LLONG_MAX),
       .apply = Apply::execution,
       .about = "Milliseconds from which LATENCY remembers an event. 0: off."},
      {.name = "slow-turn-log-ms",
       .kind = number<&Settings::slow_turn_log_ms>(0, INT_MAX),
       .apply = Apply::execution,
       .about =
           "Milliseconds from which the log tells what held the server, and so everybody else: a command, "
           "by its name, database and number of keys, or a whole turn of the loop. At most one line a "
           "second. 0: off. Redpoll only."},
      {.name = "latency-tracking",
       .kind = flag(&Settings::latency_tracking),
       .apply = Apply::execution,
       .about = "Keep a histogram of latencies for each command."},
      {.name = "latency-tracking-info-percentiles",
       .kind = kLatencyPercentiles,
       .about = "Percentiles of these histograms that INFO shows."},
      {.name = "notify-keyspace-events",
       .kind = kNotifyEvents,
       .needs = needs::notifications,
       .about =
           "Which changes of keys are published: K by key, E by event; g generic, $ strings, l lists, s "
           "sets, h hashes, z sorted sets, x expired, e evicted, t streams, d modules, m missed, n new, A "
           "all of g$lshzxetd. Empty: none."},
      {.name = "watchdog-period",
       .kind = number<&Settings::watchdog_period>(0, INT_MAX),
       .apply = Apply::watchdog,
       .visibility = Visibility::hidden,
       .about = "Milliseconds without a turn of the loop after which a stack trace is logged. At least two "
                "periods of hz. 0: off."},
  };
  return kTable;
}

}  // namespace redpoll::config
