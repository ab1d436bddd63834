#include "server/server.h"

#include <locale.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "admin/tables.h"
#include "base/available_memory.h"
#include "base/rng.h"
#include "base/text.h"
#include "mem/relocator.h"
#include "mem/zmalloc.h"
#include "server/descriptor_limit.h"
#include "server/no_persistence.h"
#include "server/watchdog.h"

namespace redpoll::server {

using config::Apply;
using config::Settings;

// How many descriptors the backend can watch; no limit for one that is not there, since creating it says so
// better.
static size_t set_limit(EventBackend kind) {
  const auto there = ae::available_backends();
  const bool known =
      kind == EventBackend::automatic || std::find(there.begin(), there.end(), kind) != there.end();
  return known ? ae::max_set_size(kind) : SIZE_MAX;
}

static Result<void> check_defragmentation(const Settings& settings) {
  if (!settings.active_defrag || mem::Relocator::possible()) return {};
  return failure(
      "Active defragmentation cannot be enabled: it requires a server built with jemalloc 5.2 or later");
}

static std::string new_run_id() {
  std::array<std::byte, 20> bytes;
  random_bytes_from_os(bytes);
  return hex({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

Result<std::unique_ptr<Server>> Server::create(config::Config& config, Logger& log, ProcTitle& title,
                                               std::string executable) {
  const Settings& settings = config.settings();
  const EventBackend backend = settings.event_backend;
  if (auto fits = fit_maxclients(config, log, set_limit(backend)); !fits) return failure("{}", fits.error());
  if (auto possible = check_defragmentation(settings); !possible) return failure("{}", possible.error());
  auto loop = ae::EventLoop::create(settings.maxclients + kSetReserve, backend);
  if (!loop) return failure("Failed creating the event loop. Error message: '{}'", loop.error());
  std::unique_ptr<Server> server(new Server(config, log, title, std::move(*loop), std::move(executable)));
  if (auto built = server->build_command_table(); !built) return failure("{}", built.error());
  server->process_.startup_memory = mem::zmalloc_used_memory();
  return server;
}

Server::Server(config::Config& config, Logger& log, ProcTitle& title, std::unique_ptr<ae::EventLoop> loop,
               std::string executable)
    : config_(config),
      log_(log),
      loop_(std::move(loop)),
      process_{new_run_id(), std::move(executable), loop_->now(), loop_->unix_now(), TickRate::calibrate()},
      clients_(chunks_),
      keyspace_(config_.settings().databases, SipKey::from_os(), &worker_, &journal_),
      conditions_(*loop_, journal_, SipKey::from_os()),
      watches_(keyspace_, journal_, SipKey::from_os()),
      eviction_(*loop_, clients_, stats_, log_),
      outbox_(*loop_, config_, clients_, eviction_, stats_, log_),
      host_(session_, admin_, executor_, memory_),
      context_(session_, admin_),
      executor_({keyspace_, journal_, stats_, context_, host_}),
      memory_(keyspace_, executor_, worker_, latency_, loop_->clocks()),
      pause_(executor_, keyspace_),
      session_{config_,  *loop_,    keyspace_, clients_, pause_, conditions_,
               watches_, eviction_, outbox_,   stats_,   log_},
      expiry_(keyspace_, loop_->clocks()),
      admin_{*this, commands_, slowlog_, latency_, expiry_, *loop_, listeners_, process_},
      resumer_(session_, executor_),
      dispatcher_({commands_, executor_, session_, resumer_, process_.tick_rate}),
      io_(session_, resumer_, dispatcher_),
      listeners_(*loop_, io_, log_),
      defrag_(session_, keyspace_, latency_),
      cron_(*loop_, session_, keyspace_, expiry_, latency_, defrag_),
      oom_score_(log_),
      title_(title) {
  // Time that was frozen for longer than this is too old for the next command.
  constexpr uint64_t kStaleClockUs = 500;
  executor_.stale_clock_ticks = process_.tick_rate.from_us(kStaleClockUs);
  process_.system_memory = mem::zmalloc_system_memory();
  live_within(available_memory(process_.system_memory));
  follow_settings(config_.settings());
  journal_.observe(keyspace_);
  host_.after_sleep();
  loop_->set_after_sleep(ae::Hook::to<&ExecutorHost::after_sleep>(&host_));
  loop_->set_after_files(ae::Hook::to<&ClientIo::run_collected>(&io_));
  loop_->set_before_sleep(ae::Hook::to<&Server::before_sleep>(this));
}

Server::~Server() {
  io_.close_all();
  listeners_.close();
}

Result<void> Server::build_command_table() {
  for (const admin::Table table : admin::all_tables()) commands_.add(table);
  for (const config::RenamedCommand& renamed : config_.settings().renamed_commands) {
    if (auto done = commands_.rename(renamed.from, renamed.to); !done) return done;
  }
  commands_.seal();
  return {};
}

net::ListenConfig Server::listen_config(const Settings& settings) {
  const auto priority = [&settings](config::PriorityListener which) {
    return settings.priority_listener == which ? ae::Priority::high : ae::Priority::normal;
  };
  return {.bind = settings.bind,
          .port = static_cast<uint16_t>(settings.port),
          .backlog = settings.tcp_backlog,
          .keep_alive_s = settings.tcp_keepalive,
          .accepts_per_turn = settings.max_new_connections_per_cycle,
          .unix_socket = settings.unixsocket,
          .unix_permissions = settings.unixsocketperm,
          .tcp_priority = priority(config::PriorityListener::port),
          .unix_priority = priority(config::PriorityListener::unixsocket)};
}

Result<void> Server::listen() {
  const Settings& settings = config_.settings();
  if (auto opened = listeners_.open(listen_config(settings)); !opened) return opened;
  if (listeners_.count() == 0) return failure("Configured to not listen anywhere, exiting.");
  return {};
}

Result<void> Server::watch_signals() {
  auto signals = ae::Signals::create(*loop_);
  if (!signals) return failure("{}", signals.error());
  signals_ = std::move(*signals);
  const auto handler = ae::SignalHandler::to<&Server::on_signal>(this);
  for (const int signo : {SIGTERM, SIGINT}) {
    if (auto watched = signals_->watch(signo, handler, ae::UrgentHook::to<&Server::on_urgent_signal>(this));
        !watched)
      return watched;
  }
  return signals_->watch(SIGHUP, handler);
}

void Server::run() {
  cron_.start();
  loop_->run();
  // Here, because the destructor is not run by a process that ends in a hurry.
  io_.close_all();
}

void Server::before_sleep() {
  watchdog::alive();
  cron_.before_sleep();
  evict();
  io_.resume();
  io_.end_turn();
  host_.end_turn();
}

void Server::evict() {
  if (config_.settings().maxmemory == 0) return;
  const store::AccessScope scope(keyspace_, session_.terms());
  memory_.go_on();
  if (memory_.in_haste()) loop_->skip_next_wait();
}

void Server::reset_stats() {
  worker_.reset_freed();
  memory_.reset_stats();
  defrag_.reset_stats();
}

// --- signals and the end

// A SIGINT while the server is stopping: whoever presses it does not want to wait for a command that takes
// long.
void Server::on_urgent_signal(int signo, uint64_t) {
  if (!stop_asked_.exchange(true) || signo != SIGINT) return;
  log_.write_signal_safe("You insist... exiting now.\n");
  _exit(1);
}

void Server::on_signal(int signo, uint64_t) {
  if (signo == SIGHUP) {
    if (auto reopened = log_.reopen(); !reopened)
      log_.warning("Can't reopen the log file '{}': {}", log_.file(), reopened.error());
    return;
  }
  log_.warning("Received {} scheduling shutdown...", signo == SIGINT ? "SIGINT" : "SIGTERM");
  const Settings& settings = config_.settings();
  const unsigned flags = signo == SIGINT ? settings.shutdown_on_sigint : settings.shutdown_on_sigterm;
  const auto asked = shut_down({.save = (flags & config::shutdown_flag::kSave) != 0,
                                .nosave = (flags & config::shutdown_flag::kNoSave) != 0,
                                .now = (flags & config::shutdown_flag::kNow) != 0,
                                .force = (flags & config::shutdown_flag::kForce) != 0});
  if (asked) return;
  log_.warning("{}", asked.error());
  stop_asked_ = false;
}

Result<void> Server::shut_down(const admin::ShutdownRequest& request) {
  log_.warning("User requested shutdown...");
  if (request.save) {
    log_.warning("SHUTDOWN SAVE was asked for, but there is no persistence yet: nothing can be saved.");
    if (!request.force) return failure("ERR Errors trying to SHUTDOWN. Check logs.");
  }
  say_what_is_lost(keyspace_, log_);
  stop_asked_ = true;
  session_.shutting_down = true;
  executor_.deny(exec::needs::kNoShutdown);
  listeners_.close();
  loop_->stop();
  return {};
}

// A shutdown is over within its own turn: there is nothing that it waits for, and so nothing to take back.
bool Server::abort_shutdown() { return false; }

// --- settings

// What one client may make of memory must not take it from all.
void Server::live_within(Bytes memory) {
  constexpr Bytes kParts = 4, kLeast = 1 << 20;
  outbox_.set_memory(memory);
  if (memory > 0) most_in_a_value_ = std::max(memory / kParts, kLeast);
  if (most_in_a_value_ >= config_.settings().proto_max_bulk_len) return;
  log_.notice("This process may use {} bytes of memory: a value or argument may have up to {} of them",
              memory, most_in_a_value_);
}

void Server::follow_settings(const Settings& settings) {
  const Bytes max_bulk = std::min(settings.proto_max_bulk_len, most_in_a_value_);
  executor_.limits = {.max_bulk_bytes = static_cast<int64_t>(max_bulk),
                      .lazy_user_delete = settings.lazyfree_lazy_user_del,
                      .lazy_user_flush = settings.lazyfree_lazy_user_flush};
  latency_.threshold_ms = settings.latency_monitor_threshold;
  executor_.slow_ticks = host_.slow_ticks();
  executor_.record_latency = settings.latency_tracking;
  if (!settings.latency_tracking) commands_.stop_recording();
  dispatcher_.max_bulk = max_bulk;
  keyspace_.lazy_expire = settings.lazyfree_lazy_expire;
  keyspace_.lazy_eviction = settings.lazyfree_lazy_eviction;
  keyspace_.lazy_server_delete = settings.lazyfree_lazy_server_del;
  keyspace_.encoding = settings.encoding;
  memory_.follow(settings);
  eviction_.follow(settings);
}

Result<void> Server::apply(Apply what, const Settings& now, const Settings& before) {
  switch (what) {
    case Apply::none:
    case Apply::hz: return {};  // read when needed
    case Apply::accepting:
      listeners_.set_keep_alive(now.tcp_keepalive);
      listeners_.set_accepts_per_turn(now.max_new_connections_per_cycle);
      return {};
    case Apply::locale:
      if (setlocale(LC_COLLATE, now.locale_collate.c_str()) == nullptr) return failure("Invalid locale name");
      return {};
    case Apply::oom_score: return oom_score_.follow(now);
    case Apply::watchdog:
      config_.adjust([this, wanted = now.watchdog_period](Settings& s) {
        s.watchdog_period = watchdog::set_period(wanted, hz());
      });
      return {};
    case Apply::listen: return apply_listen(now, before);
    case Apply::maxclients: return apply_maxclients(now);
    case Apply::loglevel: log_.set_level(now.loglevel); return {};
    case Apply::proc_title: title_.show(now); return {};
    case Apply::dir:
      if (chdir(now.dir.c_str()) != 0) return failure("{}", std::strerror(errno));
      return {};
    case Apply::requirepass:
      // Who is in stays in; without a password everybody is.
      if (now.requirepass.empty())
        clients_.each([](session::Client& client) { client.set_authenticated(true); });
      return {};
    case Apply::execution:
      warn_of_limit(now, before);
      follow_settings(now);
      return {};
    case Apply::defragmentation: return check_defragmentation(now);
    case Apply::crash_handlers:
      if (on_crash_setting) on_crash_setting(now.crash_log_enabled);
      return {};
  }
  return {};
}

void Server::warn_of_limit(const Settings& now, const Settings& before) {
  const Bytes used = mem::zmalloc_used_memory();
  if (now.maxmemory == before.maxmemory || now.maxmemory == 0 || now.maxmemory >= used) return;
  log_.warning(
      "WARNING: the new maxmemory value set via CONFIG SET ({}) is smaller than the current memory usage "
      "({}). This will result in key eviction and/or the inability to accept new write commands depending on "
      "the maxmemory-policy.",
      now.maxmemory, used);
}

Result<void> Server::apply_listen(const Settings& now, const Settings& before) {
  if (listeners_.open(listen_config(now))) return {};
  if (now.bind != before.bind) return failure("Failed to bind to specified addresses.");
  return failure("Unable to listen on this port. Check server logs.");
}

Result<void> Server::apply_maxclients(const Settings& now) {
  const size_t wanted = now.maxclients + kSetReserve;
  if (!raise_descriptor_limit(now.maxclients + kReservedDescriptors) ||
      (wanted > loop_->set_size() && !loop_->resize_set_size(wanted))) {
    return failure("The operating system is not able to handle the specified number of clients, try with {}",
                   std::min<uint64_t>(descriptor_limit() - kReservedDescriptors,
                                      set_limit(now.event_backend) - kSetReserve));
  }
  return {};
}

// --- for tests

std::string Server::execute(std::string_view requests) {
  session::Client& client = clients_.add(net::Connection(), loop_->now());
  host_.begin_turn();
  dispatcher_.feed(client, requests);
  dispatcher_.run();
  std::string replies = client.replies.copy();
  session::forget_client(session_, client);
  outbox_.forget(client);
  clients_.remove(client.id);
  return replies;
}

}  // namespace redpoll::server
