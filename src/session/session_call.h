// What the commands about connections get: a call, the client that asks, and what connections share.
#pragma once

#include <utility>

#include "ae/event_loop.h"
#include "base/assert.h"
#include "config/config.h"
#include "exec/call.h"
#include "exec/executor.h"
#include "session/client.h"
#include "session/client_eviction.h"
#include "session/conditions.h"
#include "session/outbox.h"
#include "session/pause.h"
#include "session/registry.h"
#include "session/stats.h"
#include "session/watches.h"

namespace redpoll::session {

// What connections share; owned by the server.
struct Session {
  config::Config& config;
  ae::EventLoop& loop;
  store::Keyspace& keyspace;
  Registry& clients;
  Pause& pause;
  Conditions& conditions;
  Watches& watches;
  ClientEviction& eviction;
  Outbox& outbox;
  Stats& stats;
  Logger& log;
  // A shutdown was accepted: the server ends with this turn, and no further command may run.
  bool shutting_down = false;

  // On which terms keys are looked at now, but for what a client says about that.
  store::AccessTerms terms() const { return {.now = loop.unix_now(), .expired = pause.expired_keys()}; }
};

// The client is about to be removed, or to take no more requests: it waits for nothing, and watches nothing.
void forget_client(Session& session, Client& client);

struct SessionContext : exec::Context {
  explicit SessionContext(Session& shared, Scope reach = Scope::session) : Context{reach}, session(shared) {}
  Session& session;
};

class SessionCall {
 public:
  // REQUIRES: somebody asks, and the Executor works for a server with sessions.
  explicit SessionCall(exec::Call& of)
      : call(of),
        args(of.args),
        out(of.out),
        keyspace(of.keyspace),
        now(of.now),
        client(static_cast<Client&>(*of.asker())),
        session(context_of(of).session) {}

  template <class... T>
  exec::Outcome fail(fmt::format_string<T...> text, T&&... values) {
    return call.fail(text, std::forward<T>(values)...);
  }

  store::Database& db() const { return call.db(); }
  // Of all arguments, without what the protocol puts around them.
  size_t arg_bytes() const {
    size_t bytes = 0;
    for (const resp::Arg arg : args) bytes += arg.size();
    return bytes;
  }

  exec::Call& call;
  const std::span<const resp::Arg> args;
  exec::Reply& out;
  store::Keyspace& keyspace;
  const UnixMs now;
  Client& client;
  Session& session;

 protected:
  static SessionContext& context_of(exec::Call& call) {
    CHECK(call.asker() != nullptr && call.context().scope != exec::Context::Scope::keys);
    return static_cast<SessionContext&>(call.context());
  }
};

template <auto F>
exec::Outcome run_in_session(exec::Call& call) {
  SessionCall c(call);
  return F(c);
}

// Makes a handler of a function that takes a SessionCall: `.run = in_session<client_id>`.
template <auto F>
inline constexpr exec::Handler in_session{run_in_session<F>, exec::Handler::For::clients};

}  // namespace redpoll::session
