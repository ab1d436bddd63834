// Requests that are not admitted at first glance: why, in the order in which Redis looks, and what becomes of
// them.
#pragma once

#include <span>
#include <string>

#include "exec/executor.h"
#include "session/session_call.h"

namespace redpoll::session {

class Admission {
 public:
  explicit Admission(Session& session) : session_(session) {}

  // See exec::Host::admit. `denied`: what nobody may do now. REQUIRES: a client asks.
  exec::Decision decide(exec::Call& call, exec::CommandEntry* entry, std::span<const resp::Arg> args,
                        exec::Needs denied);

 private:
  exec::Outcome objection(exec::Call& call, const exec::CommandEntry* entry, std::span<const resp::Arg> args,
                          exec::Needs denied) const;
  exec::Decision refuse(exec::Call& call, const exec::CommandEntry* entry, exec::Outcome error);
  bool must_wait(exec::Needs needs) const;
  void drop_http_client(Client& client);

  Session& session_;
  MonoUs last_http_warning_{};
  std::string error_text_;
};

}  // namespace redpoll::session
