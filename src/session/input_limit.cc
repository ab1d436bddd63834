#include "session/input_limit.h"

#include <algorithm>

#include "base/text.h"
#include "session/client_info.h"

namespace redpoll::session {

void check_input_limit(Session& session, Client& client) {
  constexpr Bytes kUnauthenticated = 1024 * 1024;
  const Bytes held = client.input_held();
  client.input_peak =
      static_cast<uint32_t>(std::max<Bytes>(client.input_peak, std::min<Bytes>(held, UINT32_MAX)));
  const Bytes limit = session.config.settings().client_query_buffer_limit;
  if (held <= (client.authenticated() ? limit : std::min(limit, kUnauthenticated)) || client.closing) return;
  session.log.warning("Closing client that reached max query buffer length: {} (qbuf initial bytes: {})",
                      describe(client, session.loop.now()), quoted(client.pending.view().substr(0, 64)));
  ++session.stats.query_buffer_limit_disconnections;
  session.clients.close(client);
}

}  // namespace redpoll::session
