// The reply writer of a client: muted as the client asked, within what it may leave unread, and posted to the Outbox
// when it ends. One serves many clients, one after the other.
#pragma once

#include "exec/reply.h"
#include "session/outbox.h"

namespace redpoll::session {

class ClientReply final : public exec::Reply {
 public:
  explicit ClientReply(Outbox& outbox) : outbox_(outbox) {}
  ClientReply(Outbox& outbox, Client& client) : ClientReply(outbox) { begin(client); }
  ~ClientReply() { end(); }

  // What is written from now on is for this client. REQUIRES: no other writer writes to it.
  void begin(Client& client);
  // Nothing more for now. What was written leaves at the end of the turn.
  void end();

  // A request is over, refused or run: CLIENT REPLY SKIP counts both. A client that left too much unread is closed.
  void request_done() {
    if (client_->reply_mode != ReplyMode::on || over_budget()) [[unlikely]]
      follow();
  }
  // What the client may leave unread has changed.
  void follow_limit();

 private:
  void follow();

  Outbox& outbox_;
  Client* client_ = nullptr;
  Bytes held_before_ = 0;
};

}  // namespace redpoll::session
