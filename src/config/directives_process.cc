// Directives: the process, its log, and how it ends.
#include <syslog.h>

#include <array>

#include "config/grammars.h"

namespace redpoll::config {
namespace {

using enum Status;
using enum Mutability;
using enum Visibility;

constexpr std::array<Word, 2> kLogFormats = {{{"legacy", 0}, {"logfmt", 1}}};
constexpr std::array<Word, 3> kTimestampFormats = {{{"legacy", 0}, {"iso8601", 1}, {"milliseconds", 2}}};

constexpr std::array<Word, 4> kSupervisors = {{
    {"upstart", static_cast<int>(Supervised::upstart)},
    {"systemd", static_cast<int>(Supervised::systemd)},
    {"auto", static_cast<int>(Supervised::automatic)},
    {"no", static_cast<int>(Supervised::no)},
}};

constexpr std::array<Word, 4> kLevels = {{
    {"debug", static_cast<int>(LogLevel::debug)},
    {"verbose", static_cast<int>(LogLevel::verbose)},
    {"notice", static_cast<int>(LogLevel::notice)},
    {"warning", static_cast<int>(LogLevel::warning)},
}};

constexpr std::array<Word, 9> kFacilities = {{
    {"user", LOG_USER},
    {"local0", LOG_LOCAL0},
    {"local1", LOG_LOCAL1},
    {"local2", LOG_LOCAL2},
    {"local3", LOG_LOCAL3},
    {"local4", LOG_LOCAL4},
    {"local5", LOG_LOCAL5},
    {"local6", LOG_LOCAL6},
    {"local7", LOG_LOCAL7},
}};

constexpr std::array<Word, 5> kShutdownWords = {{
    {"default", 0},
    {"save", shutdown_flag::kSave},
    {"nosave", shutdown_flag::kNoSave},
    {"now", shutdown_flag::kNow},
    {"force", shutdown_flag::kForce},
}};

// 'yes' is an old word for 'relative'.
constexpr std::array<Word, 4> kOomModes = {{
    {"no", static_cast<int>(OomScoreMode::no)},
    {"yes", static_cast<int>(OomScoreMode::relative)},
    {"relative", static_cast<int>(OomScoreMode::relative)},
    {"absolute", static_cast<int>(OomScoreMode::absolute)},
}};

}  // namespace

std::span<const Directive> process_directives() {
  static const Directive kTable[] = {
      {.name = "daemonize",
       .kind = flag(&Settings::daemonize),
       .mutability = at_start,
       .about = "Go to the background. Not wanted under systemd or in a container."},
      {.name = "pidfile",
       .kind = text(&Settings::pidfile),
       .mutability = at_start,
       .about =
           "File that holds the process id while the server runs. A daemon without this directive writes "
           "/var/run/redpoll.pid."},
      {.name = "supervised",
       .kind = choice<&Settings::supervised>(kSupervisors),
       .mutability = at_start,
       .about = "Tell a supervisor when the server is ready: 'systemd' through NOTIFY_SOCKET, 'upstart' by "
                "SIGSTOP, 'auto' whichever the environment asks for."},
      {.name = "allow-missing-features",
       .kind = flag(&Settings::allow_missing_features),
       .mutability = Mutability::as_it_is,
       .about = "Start although the configuration sets directives whose features are not there yet. They do "
                "nothing then, and the log names them. Without it such a server does not start. Redpoll "
                "only."},
      {.name = "dir",
       .kind = kDirectory,
       .mutability = if_unprotected,
       .apply = Apply::dir,
       .about = "Working directory. Files that the server writes, and relative paths, are found there. The "
                "default is the directory in which the server was started."},
      {.name = "set-proc-title",
       .kind = flag(&Settings::set_proc_title),
       .mutability = at_start,
       .about = "Show address and mode in the list of processes."},
      {.name = "proc-title-template",
       .kind = text(&Settings::proc_title_template, check_proc_title),
       .apply = Apply::proc_title,
       .about =
           "What the list of processes shows. {title}, {listen-addr}, {server-mode}, {port}, {tls-port}, "
           "{unixsocket} and {config-file} are replaced."},
      {.name = "locale-collate",
       .kind = text(&Settings::locale_collate),
       .apply = Apply::locale,
       .about = "Locale by which SORT with ALPHA compares. Empty: what the environment says (LC_ALL, "
                "LC_COLLATE, LANG)."},
      {.name = "disable-thp",
       .kind = flag(&Settings::disable_thp),
       .mutability = at_start,
       .about =
           "Keep transparent huge pages away from this process where the kernel would use them everywhere; "
           "they cost latency and memory."},
      {.name = "jemalloc-bg-thread",
       .kind = flag(&Settings::jemalloc_bg_thread),
       .about = "Let jemalloc give memory back from a thread of its own, once more than 64mb are used. "
                "Without meaning for other allocators."},
      {.name = "loglevel",
       .kind = choice<&Settings::loglevel>(kLevels),
       .apply = Apply::loglevel,
       .about = "The least important messages that are written: debug, verbose, notice or warning."},
      {.name = "logfile",
       .kind = text(&Settings::logfile),
       .mutability = at_start,
       .about =
           "File of the log. Empty: standard output, or nowhere for a daemon. Opened anew on SIGHUP, so that "
           "it can be rotated."},
      {.name = "syslog-enabled",
       .kind = flag(&Settings::syslog_enabled),
       .mutability = at_start,
       .about = "Send messages to syslog as well."},
      {.name = "syslog-ident",
       .kind = text(&Settings::syslog_ident),
       .mutability = at_start,
       .about = "Name of the server in syslog."},
      {.name = "syslog-facility",
       .kind = choice<&Settings::syslog_facility>(kFacilities),
       .mutability = at_start,
       .about = "Facility in syslog."},
      {.name = "always-show-logo",
       .kind = flag(&Settings::always_show_logo),
       .mutability = at_start,
       .about = "Start the log with the logo even when it does not go to a terminal."},
      {.name = "log-format",
       .kind = choice(kLogFormats, 0),
       .mutability = Mutability::as_it_is,
       .needs = needs::log_forms,
       .about = "Form of the lines of the log."},
      {.name = "log-timestamp-format",
       .kind = choice(kTimestampFormats, 0),
       .mutability = Mutability::as_it_is,
       .needs = needs::log_forms,
       .about = "Form of the times in the log."},
      {.name = "hide-user-data-from-log",
       .kind = flag(&Settings::hide_user_data_from_log),
       .about = "Leave what clients sent out of the crash report."},
      {.name = "crash-log-enabled",
       .kind = flag(&Settings::crash_log_enabled),
       .apply = Apply::crash_handlers,
       .about = "Write a report to the log when the server crashes. 'no' leaves clean core dumps."},
      {.name = "crash-memcheck-enabled",
       .kind = flag(true),
       .status = inert,
       .about =
           "Test the memory after a crash. Accepted only: a process that has just crashed is no judge of its "
           "memory."},
      {.name = "use-exit-on-panic",
       .kind = flag(false),
       .status = inert,
       .visibility = hidden,
       .about = "For tests of Redis under analysers that do not survive an abort."},
      {.name = "shutdown-on-sigint",
       .kind = combination<&Settings::shutdown_on_sigint>(kShutdownWords),
       .about = "What SIGINT does: any of save, nosave, now and force, with the meaning they have for "
                "SHUTDOWN, or default."},
      {.name = "shutdown-on-sigterm",
       .kind = combination<&Settings::shutdown_on_sigterm>(kShutdownWords),
       .about = "The same for SIGTERM."},
      {.name = "shutdown-timeout",
       .kind = number(10, 0, INT_MAX),
       .needs = needs::replication,
       .about = "Seconds that a shutdown waits for replicas that lag behind."},
      {.name = "oom-score-adj",
       .kind = choice<&Settings::oom_score_adj>(kOomModes),
       .apply = Apply::oom_score,
       .about =
           "Tell the kernel which processes to kill first when memory runs out: children, replicas, masters. "
           "'relative' adds to the score the process started with, 'absolute' sets it."},
      {.name = "oom-score-adj-values",
       .kind = kOomScores,
       .apply = Apply::oom_score,
       .about = "The scores of masters, replicas and children, in this order."},
      {.name = "server-cpulist",
       .alias = "server_cpulist",
       .kind = text(&Settings::server_cpulist),
       .mutability = at_start,
       .about = "CPUs for the main thread, as 0,2,4-6 or 0-7:2."},
      {.name = "bio-cpulist",
       .alias = "bio_cpulist",
       .kind = text(&Settings::bio_cpulist),
       .mutability = at_start,
       .about = "CPUs for threads that do slow work in the background."},
      {.name = "aof-rewrite-cpulist",
       .alias = "aof_rewrite_cpulist",
       .kind = text(""),
       .mutability = at_start,
       .needs = needs::persistence,
       .about = "CPUs for a process that rewrites the append-only file."},
      {.name = "bgsave-cpulist",
       .alias = "bgsave_cpulist",
       .kind = text(""),
       .mutability = at_start,
       .needs = needs::persistence,
       .about = "CPUs for a process that saves a snapshot."},
      {.name = "io-threads",
       .kind = number(1, 1, 128),
       .mutability = at_start,
       .status = inert,
       .about = "Threads for reading and writing sockets. Accepted only: one thread does it here."},
      {.name = "io-threads-do-reads",
       .kind = flag(false),
       .mutability = at_start,
       .status = inert,
       .about = "Let those threads read as well. Accepted only."},
      {.name = "events-per-io-thread",
       .kind = number(2, 0, INT_MAX),
       .status = Status::inert,
       .visibility = Visibility::hidden,
       .about = "How many events make another of those threads worth while. Accepted only."},
      {.name = "io-threads-always-active",
       .kind = flag(false),
       .mutability = Mutability::as_it_is,
       .status = Status::inert,
       .visibility = Visibility::hidden,
       .about = "Keep those threads busy. Accepted only."},
      {.name = "prefetch-batch-max-size",
       .kind = number(16, 0, 128),
       .status = Status::inert,
       .about = "Keys that those threads fetch ahead. Accepted only: whole batches are fetched ahead here."},
      {.name = "extended-redis-compatibility",
       .kind = flag(false),
       .status = Status::inert,
       .about = "Call oneself Redis where Valkey would say its own name. Accepted only: it is so here."},
      {.name = "availability-zone",
       .kind = text(""),
       .needs = needs::zones,
       .about = "Name of the zone, for clients that look for a near server."},
      {.name = "hash-seed",
       .kind = text(""),
       .mutability = Mutability::as_it_is,
       .needs = needs::hash_seed,
       .about = "Seed of the hash function, for an order of SCAN that is the same elsewhere."},
      {.name = "ignore-warnings",
       .kind = text(""),
       .status = inert,
       .about =
           "Names of start-up checks that only warn. Accepted only: no check of Redpoll stops the start."},
  };
  return kTable;
}

}  // namespace redpoll::config
