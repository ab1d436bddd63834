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

  void send(size_t client, std::string_view requests);

  struct Received {
    std::vector<Reply> replies;
    bool closed = false;    // by the server
    std::string malformed;  // not empty: what came is not a reply, and why
  };
  // Waits for `wanted` replies. Fewer come if the server closes the connection, or if it is done with what it
  // got and still says no more: a client may be blocked.
  Received receive(size_t client, size_t wanted);
  void reconnect(size_t client);

  // On a connection of our own: requests and their replies, one for each.
  std::vector<Reply> ask(std::span<const Words> requests);
  Reply ask(const Words& request) { return ask(std::span(&request, 1)).front(); }

 private:
  // Returns when the server has read and run what clients had sent before.
  void wait_until_idle();

  uint16_t port_;
  testing::RawClient control_;
  std::vector<testing::RawClient> clients_;
};

}  // namespace redpoll::diff
