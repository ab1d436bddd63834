#include "session/registry.h"

#include <utility>

namespace redpoll::session {

Client& Registry::add(net::Connection connection, MonoUs now) {
  const ClientId id = next_id_++;
  auto client = std::make_unique<Client>(id, std::move(connection), pool_, now);
  return *clients_.emplace_hint(clients_.end(), id, std::move(client))->second;
}

Client* Registry::find_any(ClientId id) const {
  const auto it = clients_.find(id);
  return it == clients_.end() ? nullptr : it->second.get();
}

Client* Registry::find(ClientId id) const {
  Client* client = find_any(id);
  return client == nullptr || client->closing ? nullptr : client;
}

void Registry::each(const std::function<void(Client&)>& visit) const {
  for (const auto& [id, client] : clients_)
    if (!client->closing) visit(*client);
}

Client* Registry::at_or_after(ClientId id) const {
  const auto it = clients_.lower_bound(id);
  return it == clients_.end() ? nullptr : it->second.get();
}

void Registry::close(Client& client) {
  if (std::exchange(client.closing, true)) return;
  closing_.push_back(client.id);
}

std::vector<ClientId> Registry::take_closing() { return std::exchange(closing_, {}); }

void Registry::remove(ClientId id) { clients_.erase(id); }

}  // namespace redpoll::session
