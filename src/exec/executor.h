// The only place that runs a command:
//
//   admit ──► handler ──► account ──► commit
//     │          │ waits: the caller lets the client wait, and runs it again later
//     └► Host: refused, put into a queue, not now, not at all
//
// Requests of clients, the queue of EXEC, and clients that have waited all go through it. A handler that runs
// commands itself (EXEC) finds it by Call::executor. A unit of execution is the outermost command with all
// that it runs; when it is over, the Journal hands on what it did.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "base/clock.h"
#include "exec/admission.h"
#include "exec/call.h"
#include "exec/command_table.h"
#include "exec/journal.h"
#include "exec/limits.h"
#include "exec/statistics.h"
#include "store/keyspace.h"

namespace redpoll::exec {

// What becomes of a request that is not admitted at first glance.
struct Decision {
  enum class What : uint8_t {
    run,       // all is well
    refuse,    // `error` is the answer
    answered,  // it is put into a queue, and the client has been told
    postpone,  // not now
    drop,      // it comes from nobody any more
  };
  What what = What::run;
  Outcome error = done;
};

// What the Executor asks of whoever built it. All of it is rare.
class Host {
 public:
  // The request names no command (`entry` is null), has too few or too many arguments, or needs something
  // that is denied. `call` is not begun.
  virtual Decision admit(Call& call, CommandEntry* entry, std::span<const Arg> args) = 0;
  // The command took `spent`, which is not less than slow_ticks.
  virtual void was_slow(const Call& call, Ticks spent) = 0;
  // The frozen time is older than it should be, and no command runs.
  virtual void refresh_time() = 0;

 protected:
  ~Host() = default;
};

enum class Verdict : uint8_t {
  finished,   // answered, if an answer is wanted
  waits,      // nothing is answered: see Call::condition
  postponed,  // nothing is done: to be run when it may be
  dropped,    // nothing is done, and nothing of that client will be
};

class Executor {
 public:
  struct Parts {
    store::Keyspace& keyspace;
    Journal& journal;
    Statistics& stats;
    Context& context;
    Host& host;
  };
  explicit Executor(const Parts& parts) : parts_(parts) {}
  Executor(const Executor&) = delete;
  Executor& operator=(const Executor&) = delete;

  // Whether a request needs no decision: it names a command that neither `denied` nor who asks denies.
  static bool plainly_admitted(const Call& call, const CommandEntry* entry, std::span<const Arg> args,
                               Needs denied) {
    const Needs in_force = denied | (call.asker_ != nullptr ? call.asker_->denied : needs::kClient);
    return entry != nullptr && entry->arity.accepts(args.size()) && (entry->needs & in_force) == 0;
  }
  // Runs a request of call's client. `entry` is what CommandTable::resolve finds. With `parser`, the handler
  // may take over large arguments.
  Verdict run(Call& call, CommandEntry* entry, std::span<const Arg> args,
              resp::RequestParser* parser = nullptr) {
    if (!plainly_admitted(call, entry, args, denied_)) [[unlikely]] {
      const Decision decision = parts_.host.admit(call, entry, args);
      if (decision.what != Decision::What::run) return not_admitted(call, entry, args, decision);
    }
    return execute(call, *entry, args, parser);
  }
  // The same for a command that was admitted before: one of a queue.
  Verdict run_admitted(Call& call, CommandEntry& entry, std::span<const Arg> args) {
    return execute(call, entry, args, nullptr);
  }
  // Runs a command again that has waited, after it took `spent` so far, now that `key` is ready.
  Verdict run_again(Call& call, CommandEntry& entry, std::span<const Arg> args, Arg key, Ticks spent);
  // A wait is over without a key: the answer is that of a timeout, or `error`. Accounts like the end of the
  // command.
  void end_wait(Call& call, CommandEntry& entry, std::span<const Arg> args, Outcome error, Ticks spent);

  // Begins to measure: what is run with this call next began now.
  void start(Call& call) const { call.since_ = ticks_now(); }
  // The time that the command which waits has taken.
  Ticks spent(const Call& call) const { return ticks_now() - call.since_; }
  // Reads the clocks anew, for what must not go by the time of the turn.
  void refresh_time() { parts_.host.refresh_time(); }
  // Writes and counts an error that no handler returned.
  void answer_error(Call& call, std::string_view text);

  // What nobody may do for now.
  void deny(Needs needs) { denied_ |= needs; }
  void allow(Needs needs) { denied_ &= ~needs; }
  Needs denied() const { return denied_; }

  // --- settings, pushed when they change
  Limits limits;
  Ticks slow_ticks = UINT64_MAX;         // what takes longer is reported to the Host
  bool record_latency = false;           // of each command
  Ticks stale_clock_ticks = UINT64_MAX;  // the age at which the frozen time is too old
  // When the time was frozen. Host::refresh_time sets it.
  Ticks clock_read_at = 0;

  // The innermost command that runs, for the crash report; null between commands.
  const Call* running() const { return running_; }
  Context& context() const { return parts_.context; }
  store::Keyspace& keyspace() const { return parts_.keyspace; }
  Journal& journal() const { return parts_.journal; }

 private:
  friend class Call;

  Verdict not_admitted(Call& call, CommandEntry* entry, std::span<const Arg> args, const Decision& decision);
  Verdict execute(Call& call, CommandEntry& entry, std::span<const Arg> args, resp::RequestParser* parser);
  void begin(Call& call, CommandEntry& entry, std::span<const Arg> args, resp::RequestParser* parser) const;
  Verdict run_handler(Call& call);
  void fail(Call& call, Outcome outcome);
  void account(Call& call);
  void record(CommandEntry& entry, Ticks spent) const;

  Parts parts_;
  Needs denied_ = needs::kSubcommand;
  const Call* running_ = nullptr;
  std::string error_text_;
};

}  // namespace redpoll::exec
