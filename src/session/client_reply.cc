#include "session/client_reply.h"

namespace redpoll::session {

ClientReply::ClientReply(Outbox& outbox, Client& client)
    : exec::Reply(client.replies, client.protocol), outbox_(outbox), client_(client) {
  // The client may hold so much in all, of this turn and of what is not sent of earlier ones.
  set_quota(client.replies.quota(outbox.hard_limit(client)));
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
  if (!over_budget() || client_.closing) return;
  sync();  // so that the log tells what waits for it
  outbox_.drop(client_, "scheduled to be closed ASAP");
  // Others of this turn may need the room.
  discard();
}

}  // namespace redpoll::session
