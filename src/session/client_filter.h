// Which clients CLIENT LIST shows and CLIENT KILL closes.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/units.h"
#include "session/client.h"

namespace redpoll::session {

// "normal", "replica" or its older name "slave", "pubsub", "master"; case ignored.
std::optional<ClientKind> parse_client_kind(std::string_view text);

// A client's end as CLIENT LIST shows it. The binary form is what is compared where there is one: no text is
// made for each of many clients.
class PeerName {
 public:
  explicit PeerName(std::string_view text) : text_(text), address_(net::Address::parse(text)) {}
  bool is_of(const net::Connection& connection) const;

 private:
  std::string_view text_;
  std::optional<net::Address> address_;
};

// A client matches if it meets every condition that is set.
struct ClientFilter {
  std::optional<ClientId> id;
  std::optional<ClientKind> kind;
  std::optional<std::string_view> user;
  std::optional<PeerName> address;                // of the client's end
  std::optional<std::string_view> local_address;  // of our end
  std::optional<int64_t> min_age_s;
  const Client* except = nullptr;

  bool matches(const Client& client, MonoUs now) const;
};

}  // namespace redpoll::session
