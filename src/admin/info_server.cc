// INFO: what the server is, who is connected, what it costs the processor.
#include <sys/resource.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

#include "admin/info.h"
#include "admin/info_sections.h"
#include "base/clock.h"
#include "base/siphash.h"
#include "build_info.h"
#include "mem/zmalloc.h"

namespace redpoll::admin {

static constexpr int64_t kSecondUs = 1'000'000;

static std::string os_name() {
  utsname name{};
  if (uname(&name) != 0) return "unknown";
  return fmt::format("{} {} {}", name.sysname, name.release, name.machine);
}

std::string clock_name(const TickRate& rate) {
  if (!detail::kInvariantTsc) return "POSIX clock_gettime";
  return fmt::format("X86 TSC @ {:.0f} ticks/us", rate.ticks_per_second() / 1e6);
}

static std::string_view supervisor(config::Supervised setting) {
  switch (setting) {
    case config::Supervised::no: return "no";
    case config::Supervised::systemd: return "systemd";
    case config::Supervised::upstart: return "upstart";
    case config::Supervised::automatic: break;
  }
  if (std::getenv("NOTIFY_SOCKET") != nullptr) return "systemd";
  return std::getenv("UPSTART_JOB") != nullptr ? "upstart" : "no";
}

// Two builds from the same sources by the same compiler have the same.
static std::string build_id() {
  const std::string what = fmt::format("{}-{}-{}-{}", build_info::kVersion, build_info::kGitSha,
                                       build_info::kMalloc, build_info::kCompiler);
  return fmt::format("{:x}", siphash13(what, SipKey{0, 0}));
}

// As of Redis 7.2.
static void listener_fields(const InfoSources& from, InfoText& to) {
  const config::Settings& settings = from.session.config.settings();
  int number = 0;
  if (from.admin.listeners.tcp_count() > 0) {
    std::string addresses;
    for (const std::string& address : settings.bind) addresses += ",bind=" + address;
    to.line("listener{}:name=tcp{},port={}", number++, addresses, settings.port);
  }
  if (from.admin.listeners.has_unix()) to.line("listener{}:name=unix,bind={}", number++, settings.unixsocket);
}

void info_server(const InfoSources& from, InfoText& to) {
  const config::Settings& settings = from.session.config.settings();
  const ProcessFacts& process = from.admin.process;
  const int64_t uptime_s = (from.admin.loop.now() - process.started_mono) / kSecondUs;
  to.field("redis_version", build_info::kRedisVersion);
  to.field("redpoll_version", build_info::kVersion);
  to.field("redis_git_sha1", build_info::kGitSha);
  to.field("redis_git_dirty", 0);
  to.field("redis_build_id", build_id());
  to.field("redis_mode", "standalone");
  to.field("os", os_name());
  to.field("arch_bits", sizeof(void*) * 8);
  to.field("monotonic_clock", clock_name(process.tick_rate));
  to.field("multiplexing_api", from.admin.loop.backend_name());
  to.field("atomicvar_api", "c++-std");
#if defined(__GNUC__)
  to.line("gcc_version:{}.{}.{}", __GNUC__, __GNUC_MINOR__, __GNUC_PATCHLEVEL__);
#else
  to.field("gcc_version", "0.0.0");
#endif
  to.field("process_id", getpid());
  to.field("process_supervised", supervisor(settings.supervised));
  to.field("run_id", process.run_id);
  to.field("tcp_port", settings.port);
  to.field("server_time_usec", from.admin.loop.clocks().wall_us());
  to.field("uptime_in_seconds", uptime_s);
  to.field("uptime_in_days", uptime_s / 86400);
  to.field("hz", from.admin.host.hz());
  to.field("configured_hz", settings.hz);
  to.field("lru_clock", store::AccessTracker::lru_clock(from.admin.loop.unix_now()));
  to.field("executable", process.executable);
  to.field("config_file", from.session.config.file());
  to.field("io_threads_active", 0);
  listener_fields(from, to);
}

void info_clients(const InfoSources& from, InfoText& to) {
  // What the cron has seen, and what is now: it looks at each of many clients only once a second.
  const MonoUs now = from.admin.loop.now();
  Bytes input = from.session.stats.client_input.most(now);
  Bytes output = from.session.stats.client_output.most(now);
  size_t waiting = 0;
  from.session.clients.each([&](session::Client& client) {
    input = std::max({input, Bytes{client.input_peak}, client.input_held()});
    output = std::max(output, Bytes{client.replies.quota().list_bytes()});
    waiting += client.waits != session::Waits::no ? 1 : 0;
  });
  to.field("connected_clients", from.session.clients.size());
  to.field("cluster_connections", 0);
  to.field("maxclients", from.session.config.settings().maxclients);
  to.field("client_recent_max_input_buffer", input);
  to.field("client_recent_max_output_buffer", output);
  to.field("blocked_clients", waiting);
  to.field("tracking_clients", 0);
  to.field("clients_in_timeout_table", from.session.conditions.with_timeout());
  // As of Redis 7.2. Nobody can wait for a key to go away yet.
  to.field("total_blocking_keys", from.session.conditions.keys());
  to.field("total_blocking_keys_on_nokey", 0);
}

void info_replication(const InfoSources& from, InfoText& to) {
  const std::string none(40, '0');
  to.field("role", "master");
  to.field("connected_slaves", 0);
  to.field("master_failover_state", "no-failover");
  to.field("master_replid", none);
  to.field("master_replid2", none);
  to.field("master_repl_offset", 0);
  to.field("second_repl_offset", -1);
  to.field("repl_backlog_active", 0);
  to.field("repl_backlog_size", from.session.config.get("repl-backlog-size"));
  to.zeros({"repl_backlog_first_byte_offset", "repl_backlog_histlen"});
}

static void cpu_times(InfoText& to, std::string_view whose, int who) {
  rusage usage{};
  getrusage(who, &usage);
  to.line("used_cpu_sys{}:{}.{:06}", whose, usage.ru_stime.tv_sec, usage.ru_stime.tv_usec);
  to.line("used_cpu_user{}:{}.{:06}", whose, usage.ru_utime.tv_sec, usage.ru_utime.tv_usec);
}

void info_cpu(const InfoSources&, InfoText& to) {
  cpu_times(to, "", RUSAGE_SELF);
  cpu_times(to, "_children", RUSAGE_CHILDREN);
#if defined(RUSAGE_THREAD)
  cpu_times(to, "_main_thread", RUSAGE_THREAD);
#endif
}

void info_modules(const InfoSources&, InfoText&) {}

void info_cluster(const InfoSources&, InfoText& to) { to.field("cluster_enabled", 0); }

}  // namespace redpoll::admin
