#include "session/registry.h"

#include <algorithm>
#include <utility>

namespace redpoll::session {

Client& Registry::add(net::Connection connection, MonoUs now) {
  const ClientId id = next_id_++;
  Client* const client = std::make_unique<Client>(id, std::move(connection), pool_, now).release();
  clients_.add(client);
  numbers_.push_back(id);
  return *client;
}

Client* Registry::find(ClientId id) const {
  Client* client = find_any(id);
  return client == nullptr || client->closing ? nullptr : client;
}

Client* Registry::at_or_after(ClientId id) const {
  for (auto at = std::lower_bound(numbers_.begin(), numbers_.end(), id); at != numbers_.end(); ++at) {
    if (Client* client = find_any(*at)) return client;
  }
  return nullptr;
}

void Registry::close(Client& client) {
  if (std::exchange(client.closing, true)) return;
  client.denied |= exec::needs::kConnection;
  closing_.push_back(client.id);
}

std::vector<ClientId> Registry::take_closing() { return std::exchange(closing_, {}); }

void Registry::remove(ClientId id) {
  if (clients_.erase(id) && numbers_.size() / 2 > clients_.size()) forget_gone();
}

void Registry::forget_gone() {
  std::erase_if(numbers_, [this](ClientId id) { return find_any(id) == nullptr; });
  // What a crowd needed is given back when it has left.
  if (numbers_.capacity() / 4 > numbers_.size()) numbers_.shrink_to_fit();
}

}  // namespace redpoll::session
