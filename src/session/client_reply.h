// The reply writer of a client: muted as the client asked, within what it may leave unread, and posted to the
// Outbox when it ends.
#pragma once

#include "exec/reply.h"
#include "session/outbox.h"

namespace redpoll::session {

class ClientReply final : public exec::Reply {
 public:
  // REQUIRES: no other writer writes to the client.
  ClientReply(Outbox& outbox, Client& client);
  // What was written leaves at the end of the turn.
  ~ClientReply();

  // A request is over, refused or run: CLIENT REPLY SKIP counts both. A client that left too much unread is
  // closed.
  void request_done() {
    if (client_.reply_mode != ReplyMode::on || over_budget()) [[unlikely]]
      follow();
  }

 private:
  void follow();

  Outbox& outbox_;
  Client& client_;
};

}  // namespace redpoll::session
