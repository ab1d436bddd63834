#include "session/resumer.h"

#include "session/errors.h"

namespace redpoll::session {

using exec::CommandEntry;
using exec::Verdict;

// Postponed requests that are admitted per turn: thousands may have come during a pause.
static constexpr size_t kAdmittedPerTurn = 1024;

void Resumer::wait(exec::Call& call, Client& client, CommandEntry& entry, std::span<const resp::Arg> args) {
  const Ticks spent = executor_.spent(call);
  // A wait counts from now, and not from when the turn began.
  if (call.condition().timeout_ms > 0) executor_.refresh_time();
  session_.conditions.wait(client, call.db(), entry, call.condition(), args).ticks = spent;
}

void Resumer::settle() {
  Conditions& conditions = session_.conditions;
  while (conditions.news()) {
    for (const ClientId id : conditions.take_ended()) answer_ended(id);
    while (Awaited* key = conditions.next_ready()) serve(*key);
  }
}

void Resumer::serve(Awaited& key) {
  // The key is gone with the last of those who wait for it; there is no next node then.
  for (auto* node = key.clients.head(); node != nullptr && key.is_there();) {
    Waiting& waiting = *node->value;
    node = node->next();
    if (!waiting.client.closing) serve(waiting, key);
  }
}

// Runs the command again. If it cannot be served now either, it stays where it is.
void Resumer::serve(Waiting& waiting, const Awaited& key) {
  Client& client = waiting.client;
  ClientReply out(session_.outbox, client);
  exec::Call call(executor_, out, &client);
  const Verdict verdict =
      executor_.run_again(call, waiting.entry, waiting.args.all(), std::string_view(key.name), waiting.ticks);
  if (verdict == Verdict::waits) return;
  const auto over = session_.conditions.leave(client);
  out.request_done();
  resumed(client);
}

void Resumer::answer_ended(ClientId id) {
  Client* const client = session_.clients.find(id);
  if (client == nullptr || client->waits != Waits::keys) return;
  const auto over = session_.conditions.leave(*client);
  ClientReply out(session_.outbox, *client);
  exec::Call call(executor_, out, client);
  const exec::Outcome error = over->ending == Ending::error ? err::unblocked : exec::done;
  executor_.end_wait(call, over->entry, over->args.all(), error, over->ticks);
  out.request_done();
  resumed(*client);
}

void Resumer::admit_postponed() {
  Conditions& conditions = session_.conditions;
  for (size_t i = 0; i < kAdmittedPerTurn && conditions.any_postponed(); ++i) {
    if (session_.pause.mode() != Pause::Mode::none) return;
    Client& client = *session_.clients.find_any(conditions.next_postponed());
    const auto over = conditions.leave(client);
    if (!client.closing) admit(client, *over);
    session_.outbox.relieve();
    settle();
  }
}

void Resumer::admit(Client& client, const Waiting& over) {
  const auto args = over.args.all();
  ClientReply out(session_.outbox, client);
  exec::Call call(executor_, out, &client);
  switch (executor_.run(call, &over.entry, args)) {
    case Verdict::waits: return wait(call, client, over.entry, args);
    case Verdict::postponed: return session_.conditions.postpone(client, over.entry, args);
    case Verdict::finished: out.request_done(); break;
    case Verdict::dropped: break;
  }
  resumed(client);
}

// It has not been idle: `timeout` counts from the answer.
void Resumer::resumed(Client& client) {
  client.last_interaction = session_.loop.now();
  resumed_.push_back(client.id);
}

}  // namespace redpoll::session
