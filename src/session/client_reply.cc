#include "session/client_reply.h"

namespace redpoll::session {

void ClientReply::begin(Client& client) {
  end();
  client_ = &client;
  held_before_ = client.replies.size_bytes();
  attach_to(client.replies, client.protocol);
  follow_limit();
  if (mutes(client.reply_mode)) [[unlikely]]
    mute(true);
}

void ClientReply::end() {
  if (client_ == nullptr) return;
  detach();
  outbox_.post(*client_);
  client_ = nullptr;
}

// The client may hold so much in all, of this turn and of what is not sent of earlier ones.
void ClientReply::follow_limit() {
  const Bytes limit = outbox_.hard_limit(*client_);
  set_budget(limit > held_before_ ? limit - held_before_ : 0);
}

void ClientReply::follow() {
  client_->reply_mode = after_request(client_->reply_mode);
  mute(mutes(client_->reply_mode));
  if (over_budget() && !client_->closing) outbox_.drop(*client_, "scheduled to be closed ASAP");
}

}  // namespace redpoll::session
