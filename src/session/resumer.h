// Goes on with clients that waited: runs their commands again when what they wait for holds, ends waits whose
// time is over, and admits what a pause had held up. Conditions keeps the books; see the drawing at
// session::Waits.
//
// It is called between commands, never inside of one, so that whoever waits is served before anybody's next
// command.
#pragma once

#include <vector>

#include "exec/executor.h"
#include "session/client_reply.h"
#include "session/session_call.h"

namespace redpoll::session {

class Resumer {
 public:
  Resumer(Session& session, exec::Executor& executor) : session_(session), executor_(executor) {}

  // Something may be ready: whether it is worth to call settle.
  bool due() const { return session_.conditions.news(); }
  // Serves who waits for keys that are ready, in the order in which the keys came to be; what that makes
  // ready comes behind them. Nobody joins those who wait meanwhile.
  void settle();
  // The pause is over: the requests that waited for it are admitted anew, some in each turn.
  void admit_postponed();
  bool any_postponed() const { return session_.conditions.any_postponed(); }

  // Lets the client wait, as the command that `call` ran wants it. REQUIRES: its verdict is that it waits.
  void wait(exec::Call& call, Client& client, exec::CommandEntry& entry, std::span<const resp::Arg> args);

  // Clients that do not wait any more, since the last call: their kept input may go on.
  std::vector<ClientId> take_resumed() { return std::exchange(resumed_, {}); }
  bool has_resumed() const { return !resumed_.empty(); }

 private:
  void serve(Awaited& key);
  void serve(Waiting& waiting, const Awaited& key);
  void answer_ended(ClientId id);
  void admit(Client& client, const Waiting& over);
  void resumed(Client& client);

  Session& session_;
  exec::Executor& executor_;
  std::vector<ClientId> resumed_;
};

}  // namespace redpoll::session
