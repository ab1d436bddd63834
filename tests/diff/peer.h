// One of the servers that are compared: the connections of a schedule's clients to it, and one more to look
// at it.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "diff/words.h"
#include "support/raw_client.h"
#include "support/reply.h"

namespace redpoll::diff {

using testing::Reply;

class Peer {
 public:
  // Connects. Throws, here and everywhere, if the server is not there or misses a deadline.
  Peer(uint16_t port, size_t clients);

  // Sends the requests at once. id_of_client(n) among their words becomes the number that this server gave to
  // client n.
  void send(size_t client, std::span<const Words> requests);

  struct Received {
    std::vector<Reply> replies;
    bool closed = false;    // by the server
    std::string malformed;  // not empty: what came is not a reply, and why
  };
  enum class Patience {
    none,           // what is there
    until_idle,     // what comes until the server is done with what it got
    until_answered  // all of it: what is awaited ends by itself
  };
  // Waits for `wanted` replies. Fewer come if the server closes the connection, or if patience is over: a
  // client may be blocked.
  Received receive(size_t client, size_t wanted, Patience patience = Patience::until_idle);
  // Returns when the server has read and run what clients had sent before, and has noticed who left.
  void wait_until_idle();
  void reconnect(size_t client);

  // On a connection of our own: requests and their replies, one for each.
  std::vector<Reply> ask(std::span<const Words> requests);
  Reply ask(const Words& request) { return ask(std::span(&request, 1)).front(); }

 private:
  struct Client {
    explicit Client(uint16_t port);

    testing::RawClient connection;
    std::string id;  // what CLIENT ID answers
  };

  Words with_ids(const Words& request) const;

  uint16_t port_;
  testing::RawClient control_;
  std::vector<Client> clients_;
};

}  // namespace redpoll::diff
