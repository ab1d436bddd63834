#include "session/client_reply.h"

namespace redpoll::session {

ClientReply::ClientReply(Outbox& outbox, Client& client)
    : exec::Reply(client.replies, client.protocol), outbox_(outbox), client_(client) {
  // The client may hold so much in all, of this turn and of what is not sent of earlier ones.
  const Bytes limit = outbox.hard_limit(client);
  const Bytes held = client.replies.size_bytes();  // nothing is written yet
  set_budget(limit > held ? limit - held : 0);
  if (mutes(client.reply_mode)) [[unlikely]]
    mute(true);
}

ClientReply::~ClientReply() {
  detach();
  outbox_.post(client_);
}

void ClientReply::follow() {
  client_.reply_mode = after_request(client_.reply_mode);
  mute(mutes(client_.reply_mode));
  if (over_budget() && !client_.closing) outbox_.drop(client_, "scheduled to be closed ASAP");
}

}  // namespace redpoll::session
