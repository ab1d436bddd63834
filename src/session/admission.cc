#include "session/admission.h"

#include "exec/request_errors.h"
#include "session/errors.h"
#include "session/input_limit.h"
#include "session/transaction.h"

namespace redpoll::session {

using exec::CommandEntry;
using exec::Decision;
using exec::Needs;
using exec::Outcome;
using What = exec::Decision::What;
namespace needs = exec::needs;

static constexpr int64_t kHttpWarningEveryUs = 60'000'000;

// What the request needs; EXEC needs what its queue does.
static Needs needs_of(const CommandEntry& entry, const Client& client) {
  if (!(entry.command->traits & exec::kRunsTransaction)) return entry.needs;
  const Needs queued = client.transaction ? client.transaction->needs() : 0;
  return (entry.needs & ~(needs::kWriting | needs::kMemory)) | (queued & (needs::kWriting | needs::kMemory));
}

Decision Admission::decide(exec::Call& call, CommandEntry* entry, std::span<const resp::Arg> args,
                           Needs denied) {
  auto& client = static_cast<Client&>(*call.asker());
  client.last_command = entry;  // CLIENT LIST shows what was asked last, whether it was run or not
  if (client.closing || client.close_after_reply || session_.shutting_down) return {.what = What::drop};
  if (entry == nullptr && resp::is_http_verb(args[0])) {
    drop_http_client(client);
    return {.what = What::drop};
  }
  if (const Outcome bad = objection(call, entry, args, denied | client.denied))
    return refuse(call, entry, bad);
  if (must_wait(needs_of(*entry, client))) return {.what = What::postpone};
  if (!(client.denied & entry->needs & needs::kRunAtOnce)) return {.what = What::run};
  // What EXEC will not run takes no memory.
  if (!client.transaction->failed() && !session_.watches.touched_already(client)) {
    client.transaction->queue(*entry, args);
  }
  call.out.queued();
  check_input_limit(session_, client);
  return {.what = What::answered};
}

Outcome Admission::objection(exec::Call& call, const CommandEntry* entry, std::span<const resp::Arg> args,
                             Needs denied) const {
  const auto& client = static_cast<Client&>(*call.asker());
  // COMMAND runs by itself, too: with a word that names no subcommand it fails when it runs, but is not put
  // into a queue.
  const bool no_subcommand = entry != nullptr && lacks_subcommand(*entry, args);
  if (entry == nullptr || entry->run == nullptr || no_subcommand || !entry->arity.accepts(args.size())) {
    return call.fail("{}", exec::request_error(entry, args));
  }
  if (entry->needs & denied & needs::kAuthentication) return err::no_auth;
  if (client.transaction && entry->command->traits & exec::kNoMulti) return err::not_in_transaction;
  if (denied & needs::kMemory) {
    // Nor may a queue grow: only what ends it may come.
    const bool goes_on = client.transaction && entry->needs & (needs::kRunAtOnce | needs::kNoTransaction);
    if (goes_on || needs_of(*entry, client) & needs::kMemory) return err::out_of_memory;
  }
  return exec::done;
}

// EXEC does not run what was queued if one of its requests was refused; if EXEC itself is, the transaction is
// over.
Decision Admission::refuse(exec::Call& call, const CommandEntry* entry, Outcome error) {
  auto& client = static_cast<Client&>(*call.asker());
  if (client.transaction) client.transaction->fail();
  if (entry == nullptr || !(entry->command->traits & exec::kRunsTransaction)) return {What::refuse, error};
  std::string_view why = error.error();
  if (why.starts_with("ERR ")) why.remove_prefix(4);
  error_text_ = fmt::format("EXECABORT Transaction discarded because of: {}", why);
  client.leave_transaction();
  session_.watches.forget(client);
  return {What::refuse, Outcome(error_text_)};
}

bool Admission::must_wait(Needs needs) const {
  switch (session_.pause.mode()) {
    case Pause::Mode::none: return false;
    case Pause::Mode::write: return (needs & needs::kWriting) != 0;
    case Pause::Mode::all: return true;
  }
  return false;
}

// A browser was talked into sending a request to this port: nothing of it may be run.
void Admission::drop_http_client(Client& client) {
  const MonoUs now = session_.loop.now();
  if (last_http_warning_.v == 0 || now - last_http_warning_ >= kHttpWarningEveryUs) {
    last_http_warning_ = now;
    session_.log.warning(
        "Possible SECURITY ATTACK detected. It looks like somebody is sending POST or Host: commands to "
        "Redpoll, probably by Cross Protocol Scripting through a browser. Connection from {} aborted.",
        client.connection.peer_name());
  }
  session_.clients.close(client);
}

}  // namespace redpoll::session
