// A schedule of requests, held with two servers at once.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "diff/differences.h"
#include "diff/grammar.h"
#include "diff/peer.h"

namespace redpoll::diff {

// The requests of several clients in the order in which they are sent. The first of a client sets its
// protocol.
struct Schedule {
  size_t clients = 1;
  std::vector<Step> steps;
};

// What must not be.
struct Mismatch {
  size_t step = 0;  // the last one that was sent
  std::string text;
};

class Conversation {
 public:
  // Connects the clients and puts both servers into the state in which every schedule begins: no keys, the
  // same configuration, nobody paused.
  Conversation(uint16_t our_port, uint16_t their_port, size_t clients);

  // Holds it up to the first mismatch: replies that differ, pushed messages that differ, one server answering
  // or closing where the other does not, different data sets. Steps of a client that waits for a reply are
  // left out.
  std::optional<Mismatch> hold(std::span<const Step> steps);
  // The deliberate differences that were seen.
  const std::set<const DeliberateDifference*>& explained() const { return explained_; }

 private:
  struct Client {
    std::deque<const Step*> unanswered;
    bool muted = false;      // by CLIENT REPLY OFF
    bool skip_next = false;  // by CLIENT REPLY SKIP
  };

  // Sends the steps, which are of one client, and compares what comes back to it and to others.
  std::optional<std::string> exchange(std::span<const Step> steps);
  // Waits until what the step lets expire soon has expired, and touches it: until then each server counts the
  // key for as long as its own cycle has not found it.
  void settle(const Step& step);
  // Takes up to `wanted` replies of both servers and compares them. `last`: the last request that was sent.
  std::optional<std::string> compare(size_t client, size_t wanted, const Step& last);
  std::optional<std::string> compare(const Words& request, const Reply& ours, const Reply& theirs);
  static bool expects_reply(Client& client, const Words& words);

  Peer ours_;
  Peer theirs_;
  std::vector<Client> clients_;
  std::set<const DeliberateDifference*> explained_;
};

// The request as a line for redis-cli.
std::string line_of(const Words& words);

}  // namespace redpoll::diff
