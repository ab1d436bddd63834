#include "session/auth.h"

#include "session/errors.h"

namespace redpoll::session {

using exec::Outcome;

bool same_secret(std::string_view given, std::string_view secret) {
  static constexpr std::string_view kNothing{"\0", 1};
  const std::string_view other = secret.empty() ? kNothing : secret;
  // volatile, or the compiler may leave the loop at the first difference.
  volatile size_t difference = given.size() ^ secret.size();
  for (size_t i = 0, j = 0; i < given.size(); ++i) {
    difference = difference | static_cast<unsigned char>(given[i] ^ other[j]);
    j = j + 1 == other.size() ? 0 : j + 1;
  }
  return difference == 0;
}

Outcome authenticate(SessionCall& c, const Credentials& credentials) {
  const std::string_view secret = c.session.config.settings().requirepass;
  // Both are looked at, whatever the first says.
  const bool known_user = credentials.user == kDefaultUser;
  const bool right_password = secret.empty() || same_secret(credentials.password, secret);
  if (!known_user || !right_password) {
    ++c.session.stats.auth_failures;
    return err::wrong_pass;
  }
  c.client.set_authenticated(true);
  return exec::done;
}

}  // namespace redpoll::session
