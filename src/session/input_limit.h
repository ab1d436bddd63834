// What a client may send before it is used: the directive client-query-buffer-limit.
#pragma once

#include "session/session_call.h"

namespace redpoll::session {

// Closes the client if it holds too much input, the queue of its transaction included; without a password it
// may hold no more than a megabyte. Notes the peak. Called when something of it was kept.
void check_input_limit(Session& session, Client& client);

}  // namespace redpoll::session
