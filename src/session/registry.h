// All connected clients, by number. Numbers grow and are never used twice, so iteration is in the order of
// connecting.
//
// A hash table finds a client. Beside it the numbers lie in the order in which they were given out, those of
// clients that have gone among them until they are more than half; so adding and removing take O(1) on
// average.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "ds/dict.h"
#include "session/client.h"

namespace redpoll::session {

class Registry {
 public:
  explicit Registry(resp::ChunkPool& pool) : pool_(pool) {}

  Client& add(net::Connection connection, MonoUs now);
  // Null if there is no such client, or it is about to be closed. O(1).
  Client* find(ClientId id) const;
  size_t size() const { return clients_.size(); }

  // Calls `visit(Client&)` for each client that is not about to be closed. It may close clients, but neither
  // add nor remove any.
  template <class F>
  void each(F&& visit) const {
    for (const ClientId id : numbers_) {
      if (Client* client = find(id)) visit(*client);
    }
  }
  // The first client whose number is at least `id`, or null: for going through them in slices. O(log n), and
  // O(n) at worst if many that came after another have gone together.
  Client* at_or_after(ClientId id) const;

  // Where the replies of all of them lie.
  const resp::ChunkPool& pool() const { return pool_; }

  // Lets a client go at the end of the turn. Idempotent.
  void close(Client& client);
  bool any_closing() const { return !closing_.empty(); }
  // The clients to go now. The server unregisters each from the loop and then calls remove.
  std::vector<ClientId> take_closing();
  // REQUIRES: the loop knows nothing of the client any more.
  void remove(ClientId id);
  // Like find, closing ones included.
  Client* find_any(ClientId id) const { return clients_.find(id).value_or(nullptr); }

 private:
  struct ById {
    using Element = Client*;
    using Key = ClientId;
    static Key key(Element client) { return client->id; }
    static bool equal(Element client, Key id) { return client->id == id; }
    // Nobody chooses the numbers, so that no seed is needed to spread them.
    static uint64_t hash(Key id, const SipKey&) {
      id *= 0x9e3779b97f4a7c15;
      return id ^ id >> 32;
    }
    static void destroy(Element client) { std::default_delete<Client>{}(client); }
    static void prefetch(Element client) { ::redpoll::prefetch(client); }
  };

  void forget_gone();

  resp::ChunkPool& pool_;
  ds::Dict<ById> clients_{SipKey{}};
  std::vector<ClientId> numbers_;  // ascending
  std::vector<ClientId> closing_;
  ClientId next_id_ = 1;
};

}  // namespace redpoll::session
