#include "server/dispatcher.h"

#include <algorithm>
#include <cstring>
#include <iterator>
#include <optional>
#include <utility>

#include "base/text.h"
#include "exec/errors.h"
#include "server/request_errors.h"
#include "session/client_info.h"
#include "session/errors.h"
#include "session/redaction.h"

namespace redpoll::server {

using exec::CommandEntry;
using exec::Outcome;
using resp::ParseStatus;
using session::Awaited;
using session::Client;
using session::ReplyMode;
using session::Waiting;
using session::Waits;

// Time that was frozen for longer than this is too old for the next command.
static constexpr uint64_t kStaleClockUs = 500;
static constexpr int64_t kHttpWarningEveryUs = 60'000'000;

// One client's turn: the reply writer and the call that its commands share.
class Dispatcher::Run {
 public:
  Run(Dispatcher& d, Client& who)
      : client(who),
        out(who.replies, who.protocol),
        call(d.admin_, who, d.session_, d.keyspace_, out, d.effects_, d.limits_),
        held_before_(who.replies.size_bytes()) {
    limit_output(d.output_limit(who));
    mute_as_asked();
  }

  // The client may hold so much of replies in all, those of this turn and what is not sent of earlier ones.
  void limit_output(Bytes limit) { out.set_budget(limit > held_before_ ? limit - held_before_ : 0); }

  void mute_as_asked() {
    const bool mute = session::mutes(client.reply_mode);
    if (mute != out.muted() && !out.over_budget()) out.mute(mute);
  }
  // A request is over, refused or run: CLIENT REPLY SKIP counts both.
  void request_done() {
    if (client.reply_mode == ReplyMode::on) [[likely]]
      return;
    client.reply_mode = session::after_request(client.reply_mode);
    mute_as_asked();
  }

  Client& client;
  exec::Reply out;
  admin::AdminCall call;
  Ticks since = 0;  // when the command that runs began, and the one before it ended

 private:
  const Bytes held_before_;
};

Dispatcher::Dispatcher(const DispatcherParts& parts)
    : keyspace_(parts.keyspace),
      commands_(parts.commands),
      effects_(parts.effects),
      session_(parts.session),
      admin_(parts.admin),
      stale_clock_ticks_(parts.admin.process.tick_rate.from_us(kStaleClockUs)) {}

// Settings may have changed since the last turn; what is derived from them follows.
void Dispatcher::follow_settings() {
  const config::Settings& settings = session_.config.settings();
  limits_.max_bulk_bytes = static_cast<int64_t>(settings.proto_max_bulk_len);
  limits_.lazy_user_delete = settings.lazyfree_lazy_user_del;
  limits_.lazy_user_flush = settings.lazyfree_lazy_user_flush;
  if (slow_us_ == settings.slowlog_log_slower_than) return;
  slow_us_ = settings.slowlog_log_slower_than;
  slow_ticks_ = slow_us_ < 0 ? UINT64_MAX : admin_.process.tick_rate.from_us(static_cast<uint64_t>(slow_us_));
}

void Dispatcher::begin_turn() {
  follow_settings();
  if (clock_of_ != admin_.loop.now()) follow_clock(ticks_now());
}

store::AccessTerms Dispatcher::terms() const {
  return {.now = admin_.loop.unix_now(), .expired = session_.pause.expired_keys()};
}

void Dispatcher::feed(Client& client, std::string_view input) {
  if (client.close_after_reply || session_.shutting_down) return keep(client, input);
  begin_turn();
  store::AccessTerms terms = this->terms();
  terms.touch = !client.no_touch;
  terms.hints = {&hint_, 1};
  const store::AccessScope scope(keyspace_, terms);
  Run run(*this, client);
  run_requests(run, input);
  hint_ = {};
}

void Dispatcher::run_requests(Run& run, std::string_view input) {
  Client& client = run.client;
  size_t pos = 0;
  for (;;) {
    size_t done = pos;
    const ParseStatus status = parse_batch(client, input, pos);
    if (batch_size_ > 1) prepare(keyspace_.db(client.database));
    const bool authenticated = client.authenticated;
    run.since = ticks_now();
    for (size_t i = 0; i < batch_size_; ++i) {
      if (!execute(run, batch_[i])) return keep_waiting(client, batch_[i], input, done);
      done = batch_[i].end;
      if (!client.closing && !client.close_after_reply && !session_.shutting_down) continue;
      client.parser.reset();
      return keep(client, {});
    }
    if (client.authenticated && !authenticated) [[unlikely]]
      run.limit_output(output_limit(client));
    client.parser.release();
    if (status == ParseStatus::error) {
      protocol_error(run);
      return keep(client, {});
    }
    if (status == ParseStatus::need_more) {
      return keep(client, input.substr(pos, client.parser.keep(input.size() - pos)));
    }
  }
}

// What follows `request` is pending, to be parsed anew; and so is the request itself if it was not taken.
void Dispatcher::keep_waiting(Client& client, const Prepared& request, std::string_view input, size_t done) {
  if (client.waits == Waits::pause) return keep_request(client, request, input, done);
  client.parser.reset();
  keep(client, input.substr(request.end));
}

// The request was not taken: it is pending again, byte for byte, and so is all that follows it.
void Dispatcher::keep_request(Client& client, const Prepared& request, std::string_view input, size_t done) {
  if (!client.parser.owns_args()) {
    client.parser.reset();
    return keep(client, input.substr(done));
  }
  // Large arguments were received aside and are no part of the input any more.
  constexpr size_t kHeaderBytes = 32;
  const auto args = args_.span(request.first_arg, request.args);
  const std::string_view rest = input.substr(request.end);
  size_t bytes = kHeaderBytes + rest.size();
  for (const resp::Arg arg : args) bytes += kHeaderBytes + arg.size();
  std::string again;
  again.reserve(bytes);
  fmt::format_to(std::back_inserter(again), "*{}\r\n", args.size());
  for (const resp::Arg arg : args) {
    fmt::format_to(std::back_inserter(again), "${}\r\n", arg.size());
    again.append(arg.view()).append("\r\n");
  }
  again.append(rest);
  client.parser.release();
  client.pending = std::move(again);
}

// What is left waits in the client's own buffer; a client without leftovers owns none. `rest` may be a part
// of it.
void Dispatcher::keep(Client& client, std::string_view rest) {
  constexpr size_t kSpare = 64 * 1024;
  std::string& pending = client.pending;
  if (rest.empty()) {
    if (pending.capacity() > sizeof(std::string)) std::string().swap(pending);
    pending.clear();
  } else if (pending.empty() || pending.capacity() > 2 * rest.size() + kSpare) {
    std::string(rest).swap(pending);
  } else {
    // Not an assignment: what is kept may lie in the string itself.
    std::memmove(pending.data(), rest.data(), rest.size());
    pending.resize(rest.size());
  }
}

// Parses up to a batch of requests. Returns what ended it: `request` if it is full.
ParseStatus Dispatcher::parse_batch(Client& client, std::string_view input, size_t& pos) {
  const config::Settings& settings = session_.config.settings();
  const resp::RequestLimits limits{.max_bulk = settings.proto_max_bulk_len,
                                   .authenticated = client.authenticated};
  // Until authentication each request is run before the next is parsed: it may lift the limits.
  const size_t most = client.authenticated ? kBatch : 1;
  args_.clear();
  batch_size_ = 0;
  ParseStatus ended_by = ParseStatus::request;
  while (batch_size_ < most) {
    const size_t first = args_.size();
    const ParseStatus status = client.parser.next(input, pos, args_, limits);
    if (status != ParseStatus::request) {
      ended_by = status;
      break;
    }
    Prepared& request = batch_[batch_size_++];
    request.first_arg = static_cast<uint32_t>(first);
    request.args = static_cast<uint32_t>(args_.size() - first);
    request.end = pos;
    request.has_hash = false;
    if (client.parser.owns_args()) break;
  }
  for (size_t i = 0; i < batch_size_; ++i) {
    batch_[i].entry = commands_.resolve(args_.span(batch_[i].first_arg, batch_[i].args));
  }
  return ended_by;
}

// Asks for the buckets of all first keys, then for the entries that they point to, then for elements in
// these.
void Dispatcher::prepare(const store::Database& db) {
  bool elements = false;
  for (size_t i = 0; i < batch_size_; ++i) {
    Prepared& request = batch_[i];
    const CommandEntry* entry = request.entry;
    if (entry == nullptr || entry->first_key == 0 || entry->first_key >= request.args) continue;
    request.hash = db.hash_of(args_[request.first_arg + entry->first_key]);
    request.has_hash = true;
    db.prefetch_bucket(request.hash);
    elements = elements || entry->element != 0;
  }
  for (size_t i = 0; i < batch_size_; ++i) {
    if (batch_[i].has_hash) db.prefetch_entry(batch_[i].hash);
  }
  if (elements) prepare_elements(db);
}

// The same for the elements that requests name in large collections.
void Dispatcher::prepare_elements(const store::Database& db) {
  constexpr size_t kWorthHashingTwice = 256;  // here, and when the command runs
  for (size_t i = 0; i < batch_size_; ++i) {
    Prepared& request = batch_[i];
    const CommandEntry* entry = request.entry;
    request.collection = nullptr;
    if (!request.has_hash || entry->element == 0 || entry->element >= request.args) continue;
    const std::string_view element = args_[request.first_arg + entry->element];
    if (element.size() > kWorthHashingTwice) continue;
    request.collection = db.large_collection(args_[request.first_arg + entry->first_key], request.hash);
    if (request.collection != nullptr) request.element_hash = request.collection->prefetch_bucket(element);
  }
  for (size_t i = 0; i < batch_size_; ++i) {
    if (batch_[i].collection != nullptr) batch_[i].collection->prefetch_element(batch_[i].element_hash);
  }
}

bool Dispatcher::execute(Run& run, const Prepared& request) {
  const auto args = args_.span(request.first_arg, request.args);
  Client& client = run.client;
  CommandEntry* entry = request.entry;
  if (const Outcome refused = admit(run, entry, args)) {
    if (entry != nullptr) ++entry->stats.rejected;
    answer_error(run, refused.error());
    end_request(run);
    return true;
  }
  if (client.closing) return true;
  const exec::Command& command = *entry->command;
  if (session_.pause.mode() != session::Pause::Mode::none && must_wait(command)) {
    client.waits = Waits::pause;
    paused_.push_back(client.id);
    return false;
  }
  if (request.has_hash) {
    const resp::Arg key = args[entry->first_key];
    hint_ = {key.data(), key.size(), request.hash};
  } else {
    hint_ = {};
  }
  running_ = entry;
  running_args_ = args;
  client.last_command = entry;  // CLIENT INFO shows itself
  run.call.begin(command, entry->full_name, args, keyspace_.db(client.database), &client.parser);
  run.call.now = keyspace_.terms().now;
  const Outcome outcome = command.run(run.call);
  ++entry->stats.calls;
  ++session_.stats.commands_processed;
  ++client.commands;
  if (outcome) [[unlikely]] {
    if (outcome.waits()) {
      block(run, *entry, args);
      return false;
    }
    fail(run, *entry, outcome);
  }
  finish(run, *entry, args);
  if (session_.blocking.news()) [[unlikely]] {
    settle_waits();
    run.since = ticks_now();
  }
  return true;
}

// Everything that speaks against running the command, in the order in which Redis looks.
Outcome Dispatcher::admit(Run& run, const CommandEntry* entry, std::span<const resp::Arg> args) {
  Client& client = run.client;
  if (entry == nullptr || entry->command->run == nullptr || !entry->command->arity.accepts(args.size())) {
    if (entry == nullptr && resp::is_http_verb(args[0])) {
      drop_http_client(client);
      return exec::done;
    }
    return run.call.fail("{}", request_error(entry, args));
  }
  if (!client.authenticated && !(entry->command->traits & exec::kNoAuth)) return exec::err::no_auth;
  return exec::done;
}

bool Dispatcher::must_wait(const exec::Command& command) const {
  return session_.pause.mode() == session::Pause::Mode::all ||
         command.traits & (exec::kWrite | exec::kMayReplicate);
}

void Dispatcher::fail(Run& run, CommandEntry& entry, Outcome outcome) {
  ++entry.stats.failed;
  answer_error(run, outcome.error());
}

// The command is over: what changed is made known, and the time is charged to it.
void Dispatcher::finish(Run& run, CommandEntry& entry, std::span<const resp::Arg> args) {
  running_ = nullptr;
  session_.stats.dirty += run.call.dirty;
  run.call.flush_effects();
  const Ticks now = ticks_now();
  const Ticks spent = now - run.since;
  run.since = now;
  entry.stats.ticks += spent;
  if (spent >= slow_ticks_) [[unlikely]]
    note_slow(run.client, args, spent);
  if (now - clock_ticks_ >= stale_clock_ticks_) [[unlikely]] {
    admin_.loop.refresh_time();
    follow_clock(now);
  }
  if (entry.command->traits & exec::kAdmin) [[unlikely]]
    follow_settings();
  end_request(run);
}

void Dispatcher::end_request(Run& run) {
  run.request_done();
  if (run.out.over_budget() && !run.client.closing) [[unlikely]]
    drop_for_output(run.client);
}

void Dispatcher::follow_clock(Ticks now) {
  clock_ticks_ = now;
  clock_of_ = admin_.loop.now();
  keyspace_.terms().now = admin_.loop.unix_now();
}

void Dispatcher::note_slow(const Client& client, std::span<const resp::Arg> args, uint64_t ticks) {
  const config::Settings& settings = session_.config.settings();
  if (client.last_command->command->traits & exec::kSkipSlowlog || settings.slowlog_max_len <= 0) return;
  const auto duration_us = static_cast<int64_t>(admin_.process.tick_rate.to_us(ticks));
  admin_.slowlog.add(session::redact(*client.last_command, args), duration_us, admin_.loop.unix_now(),
                     client.connection.peer_name(), client.name(),
                     static_cast<size_t>(settings.slowlog_max_len));
}

void Dispatcher::answer_error(Run& run, std::string_view text) {
  run.out.error(text);
  ++session_.stats.error_replies;
  session_.stats.errors.count(text);
}

void Dispatcher::protocol_error(Run& run) {
  Client& client = run.client;
  session_.log.verbose("Protocol error ({}) from client: {}", client.parser.error_reason(),
                       session::describe(client, admin_.loop.now()));
  answer_error(run, client.parser.error_text());
  client.parser.reset();
  client.close_after_reply = true;
}

// A browser was talked into sending a request to this port: nothing of it may be run.
void Dispatcher::drop_http_client(Client& client) {
  const MonoUs now = admin_.loop.now();
  if (last_http_warning_.v == 0 || now - last_http_warning_ >= kHttpWarningEveryUs) {
    last_http_warning_ = now;
    session_.log.warning(
        "Possible SECURITY ATTACK detected. It looks like somebody is sending POST or Host: commands to "
        "Redpoll, probably by Cross Protocol Scripting through a browser. Connection from {} aborted.",
        client.connection.peer_name());
  }
  session_.clients.close(client);
}

void Dispatcher::drop_for_output(Client& client) {
  session_.log.warning("Client {} scheduled to be closed ASAP for overcoming of output buffer limits.",
                       session::describe(client, admin_.loop.now()));
  ++session_.stats.output_buffer_limit_disconnections;
  session_.clients.close(client);
}

// What a client may hold of replies that are not sent. The soft limit is looked at by the cron.
Bytes Dispatcher::output_limit(const Client& client) const {
  // Whoever has not even shown a password gets error messages, and needs no more room than that.
  constexpr Bytes kUnauthenticated = 64 * 1024;
  // Without a limit a single command could ask for more memory than there is: SRANDMEMBER with a count of
  // -2^62. Values that are sent from where they lie count too. What a container may use is not looked at:
  // there `client-output-buffer-limit` has to tell.
  const Bytes all = admin_.process.system_memory;
  const Bytes without_limit = all == 0 ? SIZE_MAX : all / 2;
  const Bytes hard = session_.config.settings().output_limit(config::ClientClass::normal).hard;
  const Bytes limit = hard == 0 ? without_limit : hard;
  return client.authenticated ? limit : std::min(limit, kUnauthenticated);
}

// --- waiting

void Dispatcher::forget(Client& client) {
  switch (client.waits) {
    case Waits::no: return;
    case Waits::pause:
      std::erase(paused_, client.id);
      client.waits = Waits::no;
      return;
    case Waits::keys: session_.blocking.leave(client); return;
  }
}

std::vector<session::ClientId> Dispatcher::take_paused() {
  std::vector<session::ClientId> all = std::exchange(paused_, {});
  for (const session::ClientId id : all) {
    if (Client* client = session_.clients.find_any(id)) client->waits = Waits::no;
  }
  return all;
}

// The command could not be served. Its reply, and the end of CLIENT REPLY SKIP with it, come later.
void Dispatcher::block(Run& run, CommandEntry& entry, std::span<const resp::Arg> args) {
  running_ = nullptr;
  const exec::Wish& wish = run.call.wish();
  std::optional<MonoUs> deadline;
  if (wish.timeout_ms > 0) {
    // A wait counts from now, and not from when the turn began.
    admin_.loop.refresh_time();
    follow_clock(ticks_now());
    deadline = ae::deadline_in(admin_.loop.now(), wish.timeout_ms);
  }
  Waiting& waiting = session_.blocking.block(run.client, run.call.db(), entry, args, wish, deadline);
  waiting.ticks = ticks_now() - run.since;
}

void Dispatcher::end_overdue_waits() {
  session_.blocking.end_overdue(admin_.loop.now());
  if (!session_.blocking.news() || session_.shutting_down) return;
  begin_turn();
  settle_waits();
}

// Serves who waits for keys that are ready, in the order in which the keys came to be; what that makes ready
// comes behind them. Nobody joins those who wait meanwhile: a client that is served goes on with its requests
// later.
void Dispatcher::settle_waits() {
  session::Blocking& blocking = session_.blocking;
  {
    const store::AccessScope scope(keyspace_, terms());
    while (blocking.news()) {
      for (const session::ClientId id : blocking.take_ended()) answer_ended(id);
      while (Awaited* key = blocking.next_ready()) serve(*key);
    }
  }
  // It may have taken long.
  keyspace_.terms().now = admin_.loop.unix_now();
}

void Dispatcher::serve(Awaited& key) {
  // The key is gone with the last of those who wait for it; there is no next node then.
  for (auto* node = key.clients.head(); node != nullptr && key.is_there();) {
    Waiting& waiting = *node->value;
    node = node->next();
    if (!waiting.client.closing) serve(waiting, key);
  }
}

// Runs the command again. If it cannot be served now either, it stays where it is.
void Dispatcher::serve(Waiting& waiting, const Awaited& key) {
  Client& client = waiting.client;
  CommandEntry& entry = waiting.entry;
  const auto args = waiting.args.all();
  Run run(*this, client);
  run.since = ticks_now() - waiting.ticks;
  run.call.begin(*entry.command, entry.full_name, args, key.db, nullptr);
  run.call.now = keyspace_.terms().now;
  run.call.serve(std::string_view(key.name));
  keyspace_.terms().touch = !client.no_touch;
  running_ = &entry;
  running_args_ = args;
  const Outcome outcome = entry.command->run(run.call);
  if (outcome.waits()) {
    running_ = nullptr;
    return;
  }
  const auto over = session_.blocking.leave(client);
  if (outcome.failed()) fail(run, entry, outcome);
  finish(run, entry, args);
  answered(client);
}

void Dispatcher::answer_ended(session::ClientId id) {
  Client* const client = session_.clients.find(id);
  if (client == nullptr || client->waits != Waits::keys) return;
  const auto over = session_.blocking.leave(*client);
  Run run(*this, *client);
  run.since = ticks_now() - over->ticks;
  if (over->ending == session::Ending::error) {
    fail(run, over->entry, session::err::unblocked);
  } else {
    // No failure, also if CLIENT UNBLOCK said so: as Redis counts since 7.2.
    run.out.null_array();
  }
  finish(run, over->entry, over->args.all());
  answered(*client);
}

// It has not been idle: `timeout` counts from the answer.
void Dispatcher::answered(Client& client) {
  client.last_interaction = admin_.loop.now();
  answered_.push_back(client.id);
}

}  // namespace redpoll::server
