#include "session/client_filter.h"

#include "base/text.h"
#include "session/auth.h"

namespace redpoll::session {

std::optional<ClientKind> parse_client_kind(std::string_view text) {
  if (iequals(text, "normal")) return ClientKind::normal;
  if (iequals(text, "replica") || iequals(text, "slave")) return ClientKind::replica;
  if (iequals(text, "pubsub")) return ClientKind::pubsub;
  if (iequals(text, "master")) return ClientKind::master;
  return std::nullopt;
}

bool PeerName::is_of(const net::Connection& connection) const {
  if (address_) return connection.peer() == *address_;
  switch (connection.peer().family()) {
    case net::Family::ipv4:
    case net::Family::ipv6: return false;
    case net::Family::local: return connection.has_local_name(text_);
    case net::Family::none: break;
  }
  return connection.peer_name() == text_;
}

bool ClientFilter::matches(const Client& client, MonoUs now) const {
  if (&client == except) return false;
  if (id && client.id != *id) return false;
  if (kind && client.kind != *kind) return false;
  if (user && *user != kDefaultUser) return false;
  if (min_age_s && (now - client.created) / 1'000'000 < *min_age_s) return false;
  if (address && !address->is_of(client.connection)) return false;
  return !local_address || client.connection.has_local_name(*local_address);
}

}  // namespace redpoll::session
