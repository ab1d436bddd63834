// A call that knows its client: what the commands about connections get.
#pragma once

#include "config/config.h"
#include "exec/call.h"
#include "session/blocking.h"
#include "session/client.h"
#include "session/pause.h"
#include "session/registry.h"
#include "session/stats.h"

namespace redpoll::session {

// What connections share; owned by the server.
struct Session {
  config::Config& config;
  Registry& clients;
  Pause& pause;
  Blocking& blocking;
  Stats& stats;
  Logger& log;
  // A shutdown was accepted: the server ends with this turn, and no further command may run.
  bool shutting_down = false;
};

class SessionCall : public exec::Call {
 public:
  SessionCall(Client& who, Session& shared, store::Keyspace& keys, exec::Reply& reply, exec::Effects& effects,
              const exec::Limits& bounds)
      : exec::Call(keys, reply, effects, bounds), client(who), session(shared) {}

  Client& client;
  Session& session;
};

// Makes a handler of a function that takes a SessionCall: `.run = in_session<client_id>`.
template <auto F>
exec::Outcome in_session(exec::Call& call) {
  return F(static_cast<SessionCall&>(call));
}

}  // namespace redpoll::session
