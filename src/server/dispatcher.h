// Turns what a client has sent into executed commands and waiting replies.
//
// A batch is the unit of work: all complete requests that have arrived (at most kBatch) are parsed, their
// commands are found and their first keys hashed, the memory that the lookups will touch is asked for, also
// for the elements that they name in large collections, and then they run in order. With one request in the
// batch the preparation is skipped: there would be nothing to overlap it with.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "admin/admin_call.h"
#include "exec/command_table.h"
#include "exec/effects.h"
#include "resp/arg.h"
#include "session/client.h"
#include "session/session_call.h"
#include "store/keyspace.h"

namespace redpoll::server {

// What the dispatcher works with; owned by the server and alive as long as the dispatcher.
struct DispatcherParts {
  store::Keyspace& keyspace;
  exec::CommandTable& commands;
  exec::Effects& effects;
  session::Session& session;
  admin::Admin& admin;
};

class Dispatcher {
 public:
  static constexpr size_t kBatch = 32;

  explicit Dispatcher(const DispatcherParts& parts);

  // Runs the requests in `input`: bytes just read, or the client's pending ones with more behind them. What
  // is not done with is pending afterwards. Stops early when the client is closed or has to wait; a protocol
  // error is answered and lets the client go. REQUIRES: client.waits == Waits::no.
  void feed(session::Client& client, std::string_view input);

  // Lets go the clients whose requests wait for the end of a pause. The caller feeds each what it has
  // pending.
  std::vector<session::ClientId> take_paused();
  // Clients that waited for keys and have been answered since the last call. The caller sends the replies,
  // and feeds those that do not wait again what they have pending.
  std::vector<session::ClientId> take_answered() { return std::exchange(answered_, {}); }
  bool has_answered() const { return !answered_.empty(); }
  // Answers the clients that have waited for keys until now, and no longer.
  void end_overdue_waits();

  // The client has nothing more to wait for: it is about to be removed.
  void forget(session::Client& client);

  // The command being run, for the crash report; null between commands.
  const exec::CommandEntry* running() const { return running_; }
  std::span<const resp::Arg> running_args() const { return running_args_; }

 private:
  struct Prepared {
    uint32_t first_arg;
    uint32_t args;
    size_t end;  // offset behind the request
    exec::CommandEntry* entry;
    uint64_t hash;  // of the first key, if has_hash
    bool has_hash;
    const store::Object* collection;  // for prefetching only
    uint64_t element_hash;
  };
  class Run;

  void follow_settings();
  void begin_turn();
  void run_requests(Run& run, std::string_view input);
  void keep_waiting(session::Client& client, const Prepared& request, std::string_view input, size_t done);
  void keep_request(session::Client& client, const Prepared& request, std::string_view input, size_t done);
  static void keep(session::Client& client, std::string_view rest);
  resp::ParseStatus parse_batch(session::Client& client, std::string_view input, size_t& pos);
  void prepare(const store::Database& db);
  void prepare_elements(const store::Database& db);
  // False if the client has to wait: with this request, or, if it waits for keys, behind it.
  bool execute(Run& run, const Prepared& request);
  // On which terms keys are looked at, but for what a client says about that.
  store::AccessTerms terms() const;
  exec::Outcome admit(Run& run, const exec::CommandEntry* entry, std::span<const resp::Arg> args);
  bool must_wait(const exec::Command& command) const;
  void fail(Run& run, exec::CommandEntry& entry, exec::Outcome outcome);
  void finish(Run& run, exec::CommandEntry& entry, std::span<const resp::Arg> args);
  void block(Run& run, exec::CommandEntry& entry, std::span<const resp::Arg> args);
  void settle_waits();
  void serve(session::Awaited& key);
  void serve(session::Waiting& waiting, const session::Awaited& key);
  void answer_ended(session::ClientId id);
  void answered(session::Client& client);
  void note_slow(const session::Client& client, std::span<const resp::Arg> args, uint64_t ticks);
  void answer_error(Run& run, std::string_view text);
  void protocol_error(Run& run);
  void drop_http_client(session::Client& client);
  void end_request(Run& run);
  void drop_for_output(session::Client& client);
  Bytes output_limit(const session::Client& client) const;
  void follow_clock(uint64_t now);

  store::Keyspace& keyspace_;
  exec::CommandTable& commands_;
  exec::Effects& effects_;
  session::Session& session_;
  admin::Admin& admin_;

  resp::ArgList args_;
  std::array<Prepared, kBatch> batch_;
  size_t batch_size_ = 0;
  std::vector<session::ClientId> paused_;
  std::vector<session::ClientId> answered_;
  exec::Limits limits_;
  int64_t slow_us_ = -2;  // the setting that slow_ticks_ was made from
  uint64_t slow_ticks_ = UINT64_MAX;
  uint64_t stale_clock_ticks_;
  uint64_t clock_ticks_ = 0;  // when the frozen time was read
  MonoUs clock_of_{};         // that time
  store::HashHint hint_;      // for the key that the running request looks up first
  const exec::CommandEntry* running_ = nullptr;
  std::span<const resp::Arg> running_args_;
  MonoUs last_http_warning_{};
};

}  // namespace redpoll::server
