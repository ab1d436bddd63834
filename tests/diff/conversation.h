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
#include "diff/transaction.h"

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
  // left out, and those whose replies could not be told apart (see may_send).
  std::optional<Mismatch> hold(std::span<const Step> steps);
  // The deliberate differences that were seen.
  const std::set<const DeliberateDifference*>& explained() const { return explained_; }

 private:
  struct Client {
    std::deque<const Step*> unanswered;
    Transaction transaction;
    std::vector<const Step*> to_settle;  // what EXEC has run since the client was last settled
    bool muted = false;                  // by CLIENT REPLY OFF
    bool skip_next = false;              // by CLIENT REPLY SKIP

    bool silent() const { return muted || skip_next; }
  };

  // Sends the steps, which are of one client, and compares what comes back to it and to others.
  std::optional<std::string> exchange(std::span<const Step> steps);
  // Whether anything can be compared by it: whether it blocks, and what it draws, is seen by its reply, and
  // while writers are paused others come between.
  bool may_send(const Client& client, const Words& words) const;
  // The same for a request as if it were run now, by whoever sent it.
  bool may_run(const Words& words) const;
  // Whether at most one client waits, and for one key.
  bool order_of_waiting_is_plain() const;
  // Whether a client waits, and that is one of the words of its request.
  bool waited_for(const std::string& key) const;
  // False if none of them may be sent.
  bool send(size_t client, std::span<const Step> steps);
  // The client leaves, and comes back as a new one.
  void leave(size_t client);
  // Compares what the request that was sent last brought to other clients.
  std::optional<std::string> hear_others(size_t except, const Step& last);
  // Waits until what the step lets expire soon has expired, and touches it: until then each server counts the
  // key for as long as its own cycle has not found it.
  void settle(const Step& step);
  // The same for what the client's transactions have run.
  void settle_transactions(Client& client);
  // Takes up to `wanted` replies of both servers and compares them. `last`: the last request that was sent.
  std::optional<std::string> compare(size_t client, size_t wanted, const Step& last, Peer::Patience patience);
  std::optional<std::string> compare(const Words& request, const Reply& ours, const Reply& theirs);
  // The same for the answer to the client's request: each element of EXEC's as that of the request in the
  // queue.
  std::optional<std::string> compare_answer(Client& client, const Step& step, const Reply& ours,
                                            const Reply& theirs);
  // What was drawn must have been there. What was removed is removed from both servers, key and all, if they
  // drew differently.
  std::optional<std::string> look_into(size_t client, const Words& request, const Reply& ours,
                                       const Reply& theirs);
  // A request of our own on the client's connection.
  static Reply ask(Peer& peer, size_t client, const Words& request);
  static bool expects_reply(Client& client, const Words& words);
  // Whether what the client waits for comes although nobody does anything.
  bool waits_shortly(const Client& client) const;

  Peer ours_;
  Peer theirs_;
  std::vector<Client> clients_;
  // Writers, by CLIENT PAUSE: from when it was sent until UNPAUSE was answered, which may stand behind a
  // write.
  bool paused_ = false;
  std::set<const DeliberateDifference*> explained_;
};

// The request as a line for redis-cli.
std::string line_of(const Words& words);

}  // namespace redpoll::diff
