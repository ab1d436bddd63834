// What the configuration amounts to: one plain field per directive that this version acts upon.
//
// The initialisers here are the defaults: `CONFIG GET`, the documentation and the rewritten file derive them
// from a `Settings{}`. Which directive fills which field is said by the tables in directives_*.cc.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/encoding_limits.h"
#include "base/event_backend.h"
#include "base/log.h"
#include "base/units.h"

namespace redpoll::config {

// Whose clients are served first: named after the directive that makes the listener.
enum class PriorityListener : uint8_t { none, port, unixsocket };
enum class Supervised : uint8_t { no, automatic, systemd, upstart };

// Who may use a dangerous ability: nobody, everybody, or clients of the same machine.
enum class Allowed : uint8_t { no, yes, local };

enum class MaxmemoryPolicy : uint8_t {
  volatile_lru,
  volatile_lfu,
  volatile_random,
  volatile_ttl,
  volatile_lrm,
  allkeys_lru,
  allkeys_lfu,
  allkeys_random,
  allkeys_lrm,
  noeviction,
};

enum class OomScoreMode : uint8_t { no, relative, absolute };

// What SHUTDOWN by a signal does; a set of bits, 0 is "default".
namespace shutdown_flag {
inline constexpr unsigned kNoSave = 1, kSave = 2, kNow = 4, kForce = 8;
}  // namespace shutdown_flag

// The classes of clients that have output limits of their own; indexes of Settings::output_limits.
enum class ClientClass : uint8_t { normal, replica, pubsub };

// 0 means unlimited. A client is dropped at `hard`, or after `soft_seconds` without a break above `soft`.
struct OutputLimit {
  Bytes hard = 0;
  Bytes soft = 0;
  int64_t soft_seconds = 0;
  friend bool operator==(const OutputLimit&, const OutputLimit&) = default;
};

// `to` empty: the command is removed.
struct RenamedCommand {
  std::string from;
  std::string to;
  std::string where = {};  // for a message: file, number and text of the line
  friend bool operator==(const RenamedCommand& a, const RenamedCommand& b) {
    return a.from == b.from && a.to == b.to;
  }
};

struct Settings {
  // Network. An address with a leading '-' may be missing on the machine; "*" and "::*" are all of a family.
  std::vector<std::string> bind = {"*", "-::*"};
  int port = 6379;  // 0: no TCP
  std::string unixsocket;
  unsigned unixsocketperm = 0;  // 0: as the umask leaves it
  PriorityListener priority_listener = PriorityListener::none;
  int tcp_backlog = 511;
  int timeout = 0;  // seconds of idleness before a client is closed; 0: never
  int tcp_keepalive = 300;
  bool protected_mode = true;
  unsigned maxclients = 10000;
  int max_new_connections_per_cycle = 10;
  EventBackend event_backend = EventBackend::automatic;

  // Process.
  bool allow_missing_features = false;
  bool daemonize = false;
  std::string pidfile;
  Supervised supervised = Supervised::no;
  bool set_proc_title = true;
  std::string proc_title_template = "{title} {listen-addr} {server-mode}";
  OomScoreMode oom_score_adj = OomScoreMode::no;
  std::array<int, 3> oom_score_adj_values = {0, 200, 800};  // of a master, a replica, a child
  std::string locale_collate;                               // empty: as the environment says
  std::string server_cpulist;                               // empty: as the process was started
  std::string bio_cpulist;                                  // empty: as the process was started
  std::string dir = ".";
  bool disable_thp = true;
  bool jemalloc_bg_thread = true;
  bool crash_log_enabled = true;
  unsigned shutdown_on_sigint = 0;   // shutdown_flag bits
  unsigned shutdown_on_sigterm = 0;  // shutdown_flag bits

  // Log.
  LogLevel loglevel = LogLevel::notice;
  std::string logfile;  // empty: standard output
  bool syslog_enabled = false;
  std::string syslog_ident = "redis";
  int syslog_facility = 16 << 3;  // as syslog(3) takes it; LOG_LOCAL0
  bool always_show_logo = false;
  bool hide_user_data_from_log = false;

  // Security.
  std::string requirepass;  // empty: none
  std::vector<RenamedCommand> renamed_commands;
  Allowed enable_debug_command = Allowed::no;
  Allowed enable_protected_configs = Allowed::no;

  // Keyspace.
  int databases = 16;
  int hz = 10;
  bool dynamic_hz = true;
  bool activerehashing = true;
  int active_expire_effort = 1;
  bool lazyfree_lazy_expire = false;
  bool lazyfree_lazy_eviction = false;
  bool lazyfree_lazy_server_del = false;
  bool lazyfree_lazy_user_del = false;
  bool lazyfree_lazy_user_flush = false;

  // Memory.
  Bytes maxmemory = 0;
  MaxmemoryPolicy maxmemory_policy = MaxmemoryPolicy::noeviction;
  int maxmemory_samples = 5;
  int maxmemory_eviction_tenacity = 10;
  int lfu_log_factor = 10;
  int lfu_decay_time = 1;

  // Active defragmentation. Thresholds: memory in pages beyond what is in blocks, in percent of the latter.
  bool active_defrag = false;
  Bytes active_defrag_ignore_bytes = Bytes{100} << 20;
  int active_defrag_threshold_lower = 10;
  int active_defrag_threshold_upper = 100;
  int active_defrag_cycle_min = 1;  // percent of the time
  int active_defrag_cycle_max = 25;
  int active_defrag_cycle_us = 500;
  int64_t active_defrag_max_scan_fields = 1000;

  EncodingLimits encoding;

  // Clients.
  Bytes proto_max_bulk_len = Bytes{512} << 20;
  int64_t maxmemory_clients = 0;  // of all buffers together; negative: percent of maxmemory; 0: no limit
  Bytes client_query_buffer_limit = Bytes{1} << 30;
  std::array<OutputLimit, 3> output_limits = {
      {{}, {Bytes{256} << 20, Bytes{64} << 20, 60}, {Bytes{32} << 20, Bytes{8} << 20, 60}}};

  // Slow log.
  int64_t slowlog_log_slower_than = 10000;  // microseconds; negative: off, 0: everything
  int64_t slowlog_max_len = 128;
  int64_t slowlog_entry_max_argc = 32;
  int64_t slowlog_entry_max_string_len = 128;

  // Latency.
  int watchdog_period = 0;                // milliseconds; 0: off
  int64_t latency_monitor_threshold = 0;  // milliseconds; 0: off
  bool latency_tracking = true;
  int slow_turn_log_ms = 100;  // 0: off

  // Values of directives that have no field, as CONFIG GET prints them, by name; those at their default are
  // absent. Read them with `Config::get`.
  std::map<std::string_view, std::string> kept;
  // Lines `user ...` and `loadmodule ...`, whole, in order.
  std::vector<std::string> kept_lines;

  const OutputLimit& output_limit(ClientClass c) const { return output_limits[static_cast<size_t>(c)]; }
};

}  // namespace redpoll::config
