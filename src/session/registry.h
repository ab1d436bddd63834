// All connected clients, by number. Numbers grow and are never used twice, so iteration is in the order of
// connecting.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "session/client.h"

namespace redpoll::session {

class Registry {
 public:
  explicit Registry(resp::ChunkPool& pool) : pool_(pool) {}

  Client& add(net::Connection connection, MonoUs now);
  // Null if there is no such client, or it is about to be closed.
  Client* find(ClientId id) const;
  size_t size() const { return clients_.size(); }
  // The number the next client gets.
  ClientId next_id() const { return next_id_; }

  // Calls `visit` for each client that is not about to be closed.
  void each(const std::function<void(Client&)>& visit) const;
  // The first client whose number is at least `id`, or null: for going through them in slices.
  Client* at_or_after(ClientId id) const;

  // Lets a client go at the end of the turn. Idempotent.
  void close(Client& client);
  // The clients to go now. The server unregisters each from the loop and then calls remove.
  std::vector<ClientId> take_closing();
  // REQUIRES: the loop knows nothing of the client any more.
  void remove(ClientId id);
  // Like find, closing ones included.
  Client* find_any(ClientId id) const;

 private:
  resp::ChunkPool& pool_;
  std::map<ClientId, std::unique_ptr<Client>> clients_;
  std::vector<ClientId> closing_;
  ClientId next_id_ = 1;
};

}  // namespace redpoll::session
