#include "session/session_call.h"

#include "session/transaction.h"

namespace redpoll::session {

void forget_client(Session& session, Client& client) {
  if (client.waits != Waits::no) session.conditions.leave(client);
  client.leave_transaction();
  session.watches.forget(client);
  session.eviction.forget(client);
}

}  // namespace redpoll::session
