#include "exec/executor.h"

#include <utility>

#include "exec/request_errors.h"

namespace redpoll::exec {

void Executor::begin(Call& call, CommandEntry& entry, std::span<const Arg> args,
                     resp::RequestParser* parser) const {
  call.entry_ = &entry;
  call.args = args;
  call.parser_ = parser;
  call.now = parts_.keyspace.terms().now;
  call.dirty_ = 0;
  call.forced_ = call.rewritten_ = false;
  if (call.asker_ == nullptr) return;
  call.database_ = &parts_.keyspace.db(call.asker_->database);
  parts_.keyspace.terms().touch = !call.asker_->no_touch;
  call.asker_->last_command = &entry;  // CLIENT INFO shows itself
}

Verdict Executor::execute(Call& call, CommandEntry& entry, std::span<const Arg> args,
                          resp::RequestParser* parser) {
  begin(call, entry, args, parser);
  const Verdict verdict = run_handler(call);
  ++entry.stats.calls;
  ++parts_.stats.commands_processed;
  if (call.asker_ != nullptr) ++call.asker_->commands;
  return verdict;
}

Verdict Executor::run_again(Call& call, CommandEntry& entry, std::span<const Arg> args, Arg key,
                            Ticks spent) {
  begin(call, entry, args, nullptr);
  call.ready_ = key;
  call.since_ = ticks_now() - spent;
  return run_handler(call);
}

// Inlined, as is `account`: a part of every command, and no more work than the calls of both would be.
[[gnu::always_inline]] inline void Executor::record(CommandEntry& entry, Ticks spent) const {
  if (entry.recorder == nullptr) [[unlikely]] {
    if (!record_latency) return;
    entry.start_recording();
  }
  entry.recorder->record(spent);
}

// The command is over: what changed is made known, and the time is charged to it.
[[gnu::always_inline]] inline void Executor::account(Call& call) {
  if (call.dirty_ != 0) parts_.stats.dirty += call.dirty_;
  call.propagate();
  parts_.journal.end();
  const Ticks now = ticks_now();
  const Ticks spent = now - call.since_;
  call.since_ = now;
  call.entry_->stats.ticks += spent;
  record(*call.entry_, spent);
  if (spent >= slow_ticks) [[unlikely]]
    parts_.host.was_slow(call, spent);
  // Within a transaction time stands still: what is there for one of its commands is there for the next.
  if (now - clock_read_at >= stale_clock_ticks && running_ == nullptr) [[unlikely]]
    parts_.host.refresh_time();
}

Verdict Executor::run_handler(Call& call) {
  const Call* const outer = std::exchange(running_, &call);
  parts_.journal.begin();
  Outcome outcome = call.entry_->run(call);
  running_ = outer;
  if (outcome) [[unlikely]] {
    if (outcome.waits()) {
      if (call.may_wait()) {
        parts_.journal.end();
        return Verdict::waits;
      }
      call.condition_.otherwise == Otherwise::null ? call.out.null() : call.out.null_array();
    } else {
      fail(call, outcome);
    }
  }
  account(call);
  return Verdict::finished;
}

void Executor::end_wait(Call& call, CommandEntry& entry, std::span<const Arg> args, Outcome error,
                        Ticks spent) {
  begin(call, entry, args, nullptr);
  call.since_ = ticks_now() - spent;
  parts_.journal.begin();
  // No failure, also if CLIENT UNBLOCK said so: as Redis counts since 7.2.
  error.failed() ? fail(call, error) : call.out.null_array();
  account(call);
}

Verdict Executor::not_admitted(Call& call, CommandEntry* entry, std::span<const Arg> args,
                               const Decision& decision) {
  using What = Decision::What;
  switch (decision.what) {
    case What::refuse:
      if (entry != nullptr && !lacks_subcommand(*entry, args)) ++entry->stats.rejected;
      answer_error(call, decision.error.error());
      return Verdict::finished;
    case What::postpone: return Verdict::postponed;
    case What::drop: return Verdict::dropped;
    case What::run:
    case What::answered: return Verdict::finished;
  }
  return Verdict::finished;
}

void Executor::fail(Call& call, Outcome outcome) {
  ++call.entry_->stats.failed;
  answer_error(call, outcome.error());
}

void Executor::answer_error(Call& call, std::string_view text) {
  call.out.error(text);
  parts_.stats.count_error(text);
}

}  // namespace redpoll::exec
