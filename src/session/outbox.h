// The only way to send to a client: what is written to a client, by whomever, leaves here.
//
//   ClientReply (a command's replies, also those of a client that has waited) ──┐
//   anything that somebody has for another client ──────────────────────────────┴─► Client::replies ─► post
//   ─► send
//
// Whoever writes posts the client; each posted client is written once: as soon as kGroup of them have
// something, or in `flush` before the loop sleeps. While a socket takes no more, it is watched until it does.
// A client whose replies depend on an offset (`hold`) is sent nothing until that is reached; everybody else
// is served meanwhile.
//
// What a client may leave unread is bounded by the directive client-output-buffer-limit of its class, which
// counts as redis-server counts (resp/reply_quota.h). Where it sets no limit, a client may have an eighth of
// the memory that there is for the process, and a gigabyte at most. All clients together may have a quarter:
// when they come near it, those that hold the most are closed. Values that are sent from where they lie count
// as if they were copied.
#pragma once

#include <cstdint>
#include <map>
#include <string_view>
#include <vector>

#include "ae/event_loop.h"
#include "base/log.h"
#include "base/units.h"
#include "config/config.h"
#include "net/connection.h"
#include "session/client.h"
#include "session/client_eviction.h"
#include "session/registry.h"
#include "session/stats.h"

namespace redpoll::session {

// A position in the stream of changes, or in whatever else becomes durable in order.
using Offset = uint64_t;

class Outbox {
 public:
  // Replies of so many clients are written without waiting for the end of the turn: the chunks that they lie
  // in, and all that is known of their clients, are still in the processor's cache then.
  static constexpr size_t kGroup = 32;
  // Bytes written to a client per turn, so that one with a large backlog does not hold up the others.
  static constexpr size_t kTurnBytes = 1024 * 1024;

  Outbox(ae::EventLoop& loop, const config::Config& config, Registry& clients, ClientEviction& eviction,
         Stats& stats, Logger& log)
      : loop_(loop), config_(config), clients_(clients), eviction_(eviction), stats_(stats), log_(log) {}
  Outbox(const Outbox&) = delete;
  Outbox& operator=(const Outbox&) = delete;

  // The client may have something to be sent, or is to go when it has nothing more. O(1), idempotent.
  void post(Client& client);
  // Sends to those posted, if there are enough of them to be worth it.
  void send_group() {
    if (posted_.size() >= kGroup) send_posted();
  }
  // Sends to all who were posted.
  void flush() { send_posted(); }
  // The client's socket takes bytes again.
  void writable(Client& client) { send(client); }
  // The client is about to be removed.
  void forget(Client& client);
  // Tells a peer that does not become a client why; then it is let go, whether it gets to read that or not.
  void refuse(net::Connection connection, std::string_view text);

  // --- durability
  // What the client was sent so far leaves when `reached(offset)` says so, and so does all that comes behind
  // it.
  void hold(Client& client, Offset offset);
  // All up to `offset` is as durable as was asked for.
  void reached(Offset offset);

  // --- limits
  // What the client may leave unread; with more it is closed at once.
  Bytes hard_limit(const Client& client) const;
  // False if it has left more than the soft limit of its class for too long. The cron asks now and then.
  bool within_soft_limit(Client& client);
  // Closes the client, and says why.
  void drop(Client& client, std::string_view how);
  // After a client's requests: closes those that hold the most if all together hold too much, so that another
  // client may have its share now. REQUIRES: nobody writes to a client.
  void relieve() {
    if (clients_.pool().held_bytes() > crowd_) [[unlikely]]
      close_largest();
  }
  // So much memory is there for the process; 0: unknown, and replies have no bound that is not configured.
  void set_memory(Bytes available);

  // What the loop calls for a socket that is watched for writing. Set once.
  ae::FileHandler on_ready;

 private:
  void send_posted();
  void send(Client& client);
  bool write(Client& client);
  void watch(Client& client, bool yes);
  const config::OutputLimit& limit_of(const Client& client) const;
  void close_largest();

  ae::EventLoop& loop_;
  const config::Config& config_;
  Registry& clients_;
  ClientEviction& eviction_;
  Stats& stats_;
  Logger& log_;
  std::vector<Client*> posted_;
  std::multimap<Offset, ClientId> held_;
  Offset reached_ = 0;
  Bytes share_ = SIZE_MAX;  // of one client without a limit
  Bytes crowd_ = SIZE_MAX;  // of all, before one more takes its share
};

}  // namespace redpoll::session
