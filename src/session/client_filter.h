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

// A client matches if it meets every condition that is set.
struct ClientFilter {
  std::optional<ClientId> id;
  std::optional<ClientKind> kind;
  std::optional<std::string_view> user;
  std::optional<std::string_view> address;        // of the client's end, as CLIENT LIST shows it
  std::optional<std::string_view> local_address;  // of our end
  std::optional<int64_t> min_age_s;
  const Client* except = nullptr;

  bool matches(const Client& client, MonoUs now) const;
};

}  // namespace redpoll::session
