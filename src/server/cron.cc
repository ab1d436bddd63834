#include "server/cron.h"

#include <algorithm>

#include "mem/zmalloc.h"

namespace redpoll::server {

using session::Client;

static constexpr int kMaxHz = 500;
// With dynamic-hz a tick serves at most this many clients, until kMaxHz is reached.
static constexpr size_t kClientsPerTick = 200;
static constexpr size_t kMinClientsPerTick = 5;
static constexpr int64_t kRehashSliceUs = 1000;
static constexpr int kDatabasesPerTick = 16;
// The allocator's threads give freed memory back to the system. They are started once so much has been freed
// since the peak, and not before: with a second thread in the process, every system call costs a few percent
// more.
static constexpr Bytes kMemoryToGiveBack = Bytes{64} << 20;

Cron::Cron(ae::EventLoop& loop, session::Session& session, store::Keyspace& keyspace,
           store::ExpiryCycle& expiry, admin::LatencyMonitor& latency, ActiveDefrag& defrag)
    : loop_(loop),
      session_(session),
      keyspace_(keyspace),
      expiry_(expiry),
      latency_(latency),
      defrag_(defrag) {}

void Cron::start() {
  hz_ = wanted_hz();
  loop_.add_timer(1, ae::TimeHandler::to<&Cron::tick>(this));
}

int Cron::wanted_hz() const {
  const config::Settings& settings = session_.config.settings();
  int hz = settings.hz;
  if (settings.dynamic_hz) {
    while (session_.clients.size() / static_cast<size_t>(hz) > kClientsPerTick && hz < kMaxHz) hz *= 2;
  }
  return std::min(hz, kMaxHz);
}

// True in one tick of each period.
bool Cron::due(int64_t every_ms) const {
  const int64_t period = 1000 / hz_;
  return every_ms <= period || ticks_ % static_cast<uint64_t>(every_ms / period) == 0;
}

int64_t Cron::tick(ae::TimerId) {
  hz_ = wanted_hz();
  const store::AccessScope scope(keyspace_, session_.terms());
  if (due(100)) sample();
  check_clients();
  session_.pause.expire(loop_.now());
  begin_expiry();
  if (session_.config.settings().activerehashing) rehash();
  if (due(1000)) defrag_.consider();
  if (due(1000)) follow_log_file();
  if (due(5000)) log_databases();
  if (due(60'000)) session_.log.refresh_timezone();
  ++ticks_;
  return 1000 / hz_;
}

void Cron::before_sleep() {
  session_.pause.expire(loop_.now());
  const store::AccessScope scope(keyspace_, session_.terms());
  go_on_with_expiry();
}

void Cron::begin_expiry() {
  const int64_t before_us = expiry_.total_us();
  expiry_.begin(hz_, session_.config.settings().active_expire_effort);
  note_expiry(before_us);
}

void Cron::go_on_with_expiry() {
  const int64_t before_us = expiry_.total_us();
  expiry_.go_on();
  if (expiry_.in_haste()) loop_.skip_next_wait();
  note_expiry(before_us);
}

// It measures itself: what its total has grown by is what this slice took.
void Cron::note_expiry(int64_t total_us_before) {
  latency_.add("expire-cycle", (expiry_.total_us() - total_us_before) / 1000, loop_.unix_now());
}

void Cron::sample() {
  session::Stats& stats = session_.stats;
  stats.ops.sample(stats.commands_processed, loop_.now());
  stats.input.sample(stats.input_bytes, loop_.now());
  stats.output.sample(stats.output_bytes, loop_.now());
  stats.turns.sample(stats.event_loop_turns, loop_.now());
  stats.turn_us.sample(stats.event_loop_us, loop_.now());
  const Bytes used = mem::zmalloc_used_memory();
  stats.peak_memory = std::max(stats.peak_memory, used);
  follow_memory(used);
}

// Starts the threads of the allocator when they are worth it, and stops them when they are not wanted any
// more.
void Cron::follow_memory(Bytes used) {
  const bool wanted = session_.config.settings().jemalloc_bg_thread &&
                      (allocator_threads_ || session_.stats.peak_memory > used + kMemoryToGiveBack);
  // Below that, an idle server would keep what was freed for ever.
  if (!wanted) mem::zmalloc_decay();
  if (wanted == allocator_threads_) return;
  allocator_threads_ = wanted;
  static_cast<void>(mem::zmalloc_background_threads(wanted));
}

// Looks at a part of the clients, so that each is looked at about once a second.
void Cron::check_clients() {
  const size_t all = session_.clients.size();
  size_t count = std::min(all, std::max(all / static_cast<size_t>(hz_), kMinClientsPerTick));
  for (; count > 0; --count) {
    Client* client = session_.clients.at_or_after(next_client_);
    if (client == nullptr) client = session_.clients.at_or_after(0);
    if (client == nullptr) return;
    next_client_ = client->id + 1;
    if (!client->closing && !check_client(*client)) session_.clients.close(*client);
  }
}

// False if the client has to go.
bool Cron::check_client(Client& client) {
  const config::Settings& settings = session_.config.settings();
  if (settings.timeout > 0 && client.waits == session::Waits::no &&
      loop_.now() - client.last_interaction > settings.timeout * 1'000'000ll) {
    session_.log.verbose("Closing idle client");
    return false;
  }
  session_.stats.client_input.note(std::max(Bytes{client.input_peak}, client.input_held()), loop_.now());
  session_.stats.client_output.note(client.replies.quota().list_bytes(), loop_.now());
  client.input_peak = static_cast<uint32_t>(std::min<Bytes>(client.input_held(), UINT32_MAX));
  if (!session_.outbox.within_soft_limit(client)) session_.outbox.drop(client, "closed");
  session_.eviction.settle(client);
  return true;
}

// Works off what the tables have put off, a millisecond per tick, one database after the other; of many,
// some.
void Cron::rehash() {
  for (int i = std::min(keyspace_.size(), kDatabasesPerTick); i > 0; --i) {
    if (keyspace_.db(next_db_).rehash_for(kRehashSliceUs, loop_.clocks())) return;
    next_db_ = (next_db_ + 1) % keyspace_.size();
  }
}

// The log may have been rotated by someone who sends no signal.
void Cron::follow_log_file() {
  const auto followed = session_.log.reopen_if_moved();
  // Said once, and not each second for as long as it lasts: into the file that was moved away.
  if (!followed && !log_is_lost_) session_.log.warning("Can't reopen the log file: {}", followed.error());
  if (followed && log_is_lost_) session_.log.notice("The log file could be opened again.");
  log_is_lost_ = !followed;
}

void Cron::log_databases() {
  if (!session_.log.enabled(LogLevel::verbose)) return;
  for (int i = 0; i < keyspace_.size(); ++i) {
    const store::Database& db = keyspace_.db(i);
    if (db.size() == 0) continue;
    session_.log.verbose("DB {}: {} keys ({} volatile) in {} slots HT.", i, db.size(), db.volatile_count(),
                         db.table_slots());
  }
  session_.log.debug("{} clients connected, {} bytes in use", session_.clients.size(),
                     mem::zmalloc_used_memory());
}

}  // namespace redpoll::server
