// CLIENT LIST, KILL, UNBLOCK, PAUSE, UNPAUSE: what one client may do to the others.
#pragma once

#include "session/session_call.h"

namespace redpoll::session {

exec::Outcome client_list(SessionCall& c);
exec::Outcome client_kill(SessionCall& c);
exec::Outcome client_unblock(SessionCall& c);
exec::Outcome client_pause(SessionCall& c);
exec::Outcome client_unpause(SessionCall& c);

}  // namespace redpoll::session
