#include "server/startup.h"

#include <fmt/format.h>
#include <limits.h>
#include <locale.h>
#include <signal.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "admin/info.h"
#include "admin/tables.h"
#include "build_info.h"
#include "config/command_line.h"
#include "config/config.h"
#include "config/loader.h"
#include "exec/command_table.h"
#include "net/anet.h"
#include "server/cpu_list.h"
#include "server/crash_report.h"
#include "server/daemon.h"
#include "server/health_check.h"
#include "server/no_persistence.h"
#include "server/proc_title.h"
#include "server/server.h"
#include "server/system_check.h"
#include "server/watchdog.h"

namespace redpoll::server {

using config::CommandLine;

// The name that `INFO` and the title show, absolute if the program was called by a path.
static std::string executable_path(const char* called) {
  char path[PATH_MAX];
  return realpath("/proc/self/exe", path) != nullptr ? std::string(path) : std::string(called);
}

static int fail(std::string_view text) {
  fmt::print(stderr, "{}\n", text);
  return 1;
}

// What needs no server. Returns the exit code, or -1 to go on.
static int run_task(const CommandLine& line) {
  switch (line.task) {
    case CommandLine::Task::version: fmt::print("{}", config::version_text()); return 0;
    case CommandLine::Task::help: fmt::print(stderr, "{}", config::usage_text()); return 1;
    case CommandLine::Task::test_memory: return test_memory(line.megabytes);
    case CommandLine::Task::check_system: return check_system();
    case CommandLine::Task::check_health: return check_health(line.pid);
    case CommandLine::Task::serve: break;
  }
  return -1;
}

// Whether there are such commands is known only here; the message is that of a bad line all the same.
static Result<void> check_renamed_commands(const config::Settings& settings) {
  if (settings.renamed_commands.empty()) return {};
  exec::CommandTable commands;
  for (const admin::Table table : admin::all_tables()) commands.add(table);
  for (const config::RenamedCommand& renamed : settings.renamed_commands) {
    if (auto done = commands.rename(renamed.from, renamed.to); !done)
      return failure("{}{}\n{}\n", config::fatal_headline(), renamed.where, done.error());
  }
  return {};
}

// redis-sentinel is redis-server under another name.
static bool called_as_sentinel(std::string_view program) {
  return program.substr(program.rfind('/') + 1).find("sentinel") != program.npos;
}

static Result<void> configure(const CommandLine& line, config::Config& config) {
  config::Sources sources{.file = line.file, .input = {}, .options = line.options};
  if (line.read_stdin) sources.input.assign(std::istreambuf_iterator<char>(std::cin), {});
  if (auto loaded = config.load(sources); !loaded) return loaded;
  const std::string& dir = config.settings().dir;
  if (auto checked = check_renamed_commands(config.settings()); !checked) return checked;
  if (chdir(dir.c_str()) != 0) return failure("Can't chdir to '{}': {}", dir, std::strerror(errno));
  return {};
}

static Result<void> open_log(const config::Settings& settings, Logger& log) {
  log.set_level(settings.loglevel);
  if (settings.syslog_enabled) log.enable_syslog(settings.syslog_ident, settings.syslog_facility);
  if (auto opened = log.set_file(settings.logfile); !opened)
    return failure("Can't open the log file '{}': {}", settings.logfile, opened.error());
  return {};
}

static void log_start(const CommandLine& line, const config::Config& config, Logger& log) {
  log.warning("oO0OoO0OoO0Oo Redpoll is starting oO0OoO0OoO0Oo");
  log.warning("Redpoll version={}, bits={}, commit={}, modified=0, pid={}, just started",
              build_info::kVersion, sizeof(void*) * 8, build_info::kGitSha, getpid());
  if (line.file.empty() && !line.read_stdin && line.options.empty()) {
    log.warning(
        "Warning: no config file specified, using the default config. In order to specify a config file use "
        "redpoll-server /path/to/redpoll.conf");
  } else {
    log.warning("Configuration loaded");
  }
  if (const std::string warning = config.warning(); !warning.empty()) log.warning("{}", warning);
}

static void log_banner(const config::Settings& settings, Logger& log) {
  const bool to_terminal = settings.logfile.empty() && !settings.syslog_enabled && isatty(STDOUT_FILENO);
  if (!to_terminal && !settings.always_show_logo) {
    log.notice("Running mode=standalone, port={}.", settings.port);
    return;
  }
  log.raw(LogLevel::notice,
          fmt::format("\n"
                      "      ___\n"
                      "   .-'   '-.     Redpoll {} ({}/0) {} bit\n"
                      "  /  .-.  o >    \n"
                      "  | (   )  |     Running in standalone mode\n"
                      "   \\ '-'  /      Port: {}\n"
                      "    '-._.'       PID: {}\n"
                      "      ||\n\n",
                      build_info::kVersion, build_info::kGitSha, sizeof(void*) * 8, settings.port, getpid()));
}

static void log_ready(const config::Settings& settings, Server& server, const Supervisor& supervisor,
                      Logger& log) {
  if (server.admin().listeners.tcp_count() > 0) log.notice("Ready to accept connections tcp");
  if (server.admin().listeners.has_unix()) {
    log.notice("The server is now ready to accept connections at {}", settings.unixsocket);
  }
  supervisor.notify("STATUS=Ready to accept connections\nREADY=1\n");
}

static void write_pid(const config::Settings& settings, PidFile& file, Logger& log) {
  if (!settings.daemonize && settings.pidfile.empty()) return;
  const std::string path = settings.pidfile.empty() ? "/var/run/redpoll.pid" : settings.pidfile;
  if (auto created = file.create(path); !created)
    log.warning("Can't write the pid file: {}", created.error());
}

// Listens, tells whoever waits for it, and serves until the end. Returns the exit code.
static int run(Server& server, const config::Settings& settings, const Supervisor& supervisor,
               PidFile& pid_file, Logger& log) {
  CrashReport crash(server, log);
  crash.enable(settings.crash_log_enabled);
  watchdog::prepare(log);
  watchdog::set_period(settings.watchdog_period, settings.hz);
  server.on_crash_setting = [&crash](bool on) { crash.enable(on); };
  auto ready = server.watch_signals();
  if (ready) ready = server.listen();
  if (!ready) {
    log.warning("{}", ready.error());
    return 1;
  }
  // Not earlier: the file may belong to a server that listens where this one wanted to.
  write_pid(settings, pid_file, log);
  log.warning("Server initialized");
  for (const std::string& warning : system_warnings(settings)) log.warning("{}", warning);
  say_that_nothing_is_kept(server.config(), log);
  supervisor.ready_for_upstart();
  log_ready(settings, server, supervisor, log);
  if (settings.maxmemory > 0 && settings.maxmemory < Bytes{1} << 20) {
    log.warning(
        "WARNING: You specified a maxmemory value that is less than 1MB (current value is {} bytes). Are you "
        "sure this is what you really want?",
        settings.maxmemory);
  }
  server.run();
  server.on_crash_setting = nullptr;
  watchdog::set_period(0, settings.hz);
  supervisor.notify("STOPPING=1\n");
  return 0;
}

// The kernel takes back a data set at once; freeing it key by key, or waiting for the thread that does, may
// take minutes. Builds that look for leaks free it.
static void end_quickly() {
#ifndef REDPOLL_SANITIZED
  std::fflush(nullptr);
  std::_Exit(0);
#endif
}

// A list that cannot be followed is no reason not to start, as in Redis; but it is told.
static void stay_on_cpus_of(const config::Settings& settings, Server& server, Logger& log) {
  server.set_worker_cpus(settings.bio_cpulist);
  if (!settings.bio_cpulist.empty() && !parse_cpu_list(settings.bio_cpulist))
    log.warning("Can't run on the CPUs of bio-cpulist '{}'", settings.bio_cpulist);
  if (!stay_on_cpus(settings.server_cpulist))
    log.warning("Can't run on the CPUs of server-cpulist '{}'", settings.server_cpulist);
}

static int serve(const CommandLine& line, config::Config& config, Logger& log, ProcTitle& title,
                 const Supervisor& supervisor) {
  const config::Settings& settings = config.settings();
  log_start(line, config, log);
  if (!supervisor.warning().empty()) log.warning("{}", supervisor.warning());
  PidFile pid_file;
  if (settings.disable_thp) disable_transparent_huge_pages();
  auto server = Server::create(config, log, title, executable_path(title.executable.c_str()));
  if (!server) {
    log.warning("{}", server.error());
    return 1;
  }
  log.notice("monotonic clock: {}", admin::clock_name((*server)->admin().process.tick_rate));
  stay_on_cpus_of(settings, **server, log);
  (*server)->adjust_oom_score();
  title.show(settings);
  log_banner(settings, log);
  const int code = run(**server, settings, supervisor, pid_file, log);
  if (code != 0) return code;
  if (pid_file.created()) log.notice("Removing the pid file.");
  pid_file.remove();
  log.warning("Redpoll is now ready to exit, bye bye...");
  end_quickly();
  return 0;
}

int start(int argc, char** argv) {
  ProcTitle title(argc, argv);
  setlocale(LC_COLLATE, "");
  tzset();
  // A log that goes to a pipe outlives its reader; sockets say themselves that the peer is gone.
  signal(SIGPIPE, SIG_IGN);
  std::vector<std::string> words(argv + 1, argv + std::max(argc, 1));
  const std::vector<std::string_view> args(words.begin(), words.end());
  if (argc > 0 && called_as_sentinel(argv[0])) return fail("Redpoll has no Sentinel mode. Exiting...");
  const auto line = config::parse_command_line(args);
  if (!line) return fail(line.error());
  if (const int code = run_task(*line); code >= 0) return code;

  config::Config config;
  if (auto configured = configure(*line, config); !configured) {
    if (!configured.error().starts_with(config::kCannotOpen)) return fail(configured.error());
    // As Redis: this one fault of the configuration goes to the log, which is not open yet.
    Logger log;
    log.set_role(LogRole::child);
    log.warning("{}", configured.error());
    return 1;
  }
  const std::string& locale = config.settings().locale_collate;
  if (!locale.empty() && setlocale(LC_COLLATE, locale.c_str()) == nullptr)
    return fail("Failed to configure LOCALE for invalid locale name.");
  title.config_file = config.file();
  const Supervisor supervisor = Supervisor::detect(config.settings().supervised);
  config.adjust([&](config::Settings& s) { s.supervised = supervisor.kind(); });
  if (config.settings().daemonize && !supervisor.present()) {
    if (auto done = daemonize(); !done) return fail(done.error());
  }
  Logger log;
  if (auto opened = open_log(config.settings(), log); !opened) return fail(opened.error());
  return serve(*line, config, log, title, supervisor);
}

}  // namespace redpoll::server
