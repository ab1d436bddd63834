// MULTI, EXEC, DISCARD, WATCH, UNWATCH.
#include <memory>
#include <utility>

#include "exec/arguments.h"
#include "session/errors.h"
#include "session/session_call.h"
#include "session/tables.h"
#include "session/transaction.h"

namespace redpoll::session {
namespace {

using namespace exec;

Outcome multi(SessionCall& c) {
  if (c.client.transaction) return err::nested_multi;
  c.client.transaction = std::make_unique<Transaction>();
  c.client.denied |= needs::kRunAtOnce | needs::kNoTransaction;
  c.out.ok();
  return done;
}

// Each request of the queue is run as the client's own, and counted so; only that none may wait.
void run_queue(SessionCall& c, const Transaction& transaction) {
  const CommandEntry* const self = c.client.last_command;
  Executor& executor = c.call.executor();
  c.out.array(transaction.size());
  Call queued(executor, c.out, &c.client, Origin::transaction);
  transaction.each([&](CommandEntry& entry, std::span<const resp::Arg> args) {
    static_cast<void>(executor.run_admitted(queued, entry, args));
  });
  c.client.last_command = self;
}

Outcome exec_queue(SessionCall& c) {
  Client& client = c.client;
  if (!client.transaction) return err::exec_without_multi;
  const std::unique_ptr<Transaction> transaction = std::move(client.transaction);
  client.leave_transaction();
  const bool touched = c.session.watches.touched(client);
  c.session.watches.forget(client);
  if (transaction->failed()) return err::exec_aborted;
  if (touched) {
    c.out.null_array();
  } else {
    run_queue(c, *transaction);
  }
  return done;
}

Outcome discard(SessionCall& c) {
  if (!c.client.transaction) return err::discard_without_multi;
  c.client.leave_transaction();
  c.session.watches.forget(c.client);
  c.out.ok();
  return done;
}

Outcome watch(SessionCall& c) {
  if (c.client.transaction) return err::watch_inside_multi;
  c.session.watches.watch(c.client, c.client.database, c.args.subspan(1));
  c.out.ok();
  return done;
}

Outcome unwatch(SessionCall& c) {
  c.session.watches.forget(c.client);
  c.out.ok();
  return done;
}

// --- the table

constexpr Traits kTransaction = kNoScript | kLoading | kStale | kFast;
constexpr Traits kSteering = kTransaction | kAllowBusy | kSteersTransaction;

constexpr Docs about(std::string_view summary, std::string_view since, std::string_view complexity,
                     std::span<const Argument> arguments = {}) {
  return {.summary = summary,
          .since = since,
          .group = "transactions",
          .complexity = complexity,
          .arguments = arguments};
}

constexpr Argument kWatchArgs[] = {multiple(key_arg())};

constexpr Command kTransactionCommands[] = {
    {.name = "discard",
     .run = in_session<discard>,
     .arity = exactly(1),
     .traits = kSteering,
     .categories = kCatTransaction,
     .docs = about("Ends a transaction without running it", "2.0.0",
                   "O(N) where N is the number of queued commands")},
    {.name = "exec",
     .run = in_session<exec_queue>,
     .arity = exactly(1),
     .traits = kNoScript | kLoading | kStale | kSkipSlowlog | kSteersTransaction | kRunsTransaction,
     .categories = kCatTransaction,
     .docs = about("Runs all commands queued since MULTI, with nothing in between", "1.2.0",
                   "Depends on the queued commands")},
    {.name = "multi",
     .run = in_session<multi>,
     .arity = exactly(1),
     .traits = kSteering | kBeforeTransaction,
     .categories = kCatTransaction,
     .docs = about("Begins a transaction: commands are queued", "1.2.0", "O(1)")},
    {.name = "unwatch",
     .run = in_session<unwatch>,
     .arity = exactly(1),
     .traits = kTransaction | kAllowBusy,
     .categories = kCatTransaction,
     .docs = about("Watches no key any more", "2.2.0", "O(N) where N is the number of watched keys")},
    {.name = "watch",
     .run = in_session<watch>,
     .arity = at_least(2),
     .traits = kSteering | kBeforeTransaction,
     .keys = key_range(1, -1, 1, kKeyRO),
     .categories = kCatTransaction,
     .docs = about("Lets the next EXEC run only if these keys stay untouched", "2.2.0", "O(N) for N keys",
                   kWatchArgs)},
};
static_assert(well_formed(kTransactionCommands));

}  // namespace

Table transaction_commands() { return kTransactionCommands; }

}  // namespace redpoll::session
