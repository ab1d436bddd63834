// Who a client is. There is one user so far, `default`, whose password is the directive requirepass.
#pragma once

#include <string_view>

#include "exec/outcome.h"
#include "session/session_call.h"

namespace redpoll::session {

inline constexpr std::string_view kDefaultUser = "default";

struct Credentials {
  std::string_view user = kDefaultUser;
  std::string_view password;
};

// Authenticates the client, or fails with WRONGPASS and leaves it as it was. A user without a password
// accepts any.
exec::Outcome authenticate(SessionCall& c, const Credentials& credentials);

// Takes time that depends on `given` only, so that it cannot be used to guess `secret` byte by byte.
bool same_secret(std::string_view given, std::string_view secret);

}  // namespace redpoll::session
