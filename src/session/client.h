// A connected client: its socket, what it has sent and not been answered yet, what it is to be sent, and the
// state that its commands set. Data only: the server reads, runs and writes.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/units.h"
#include "exec/asker.h"
#include "exec/command_table.h"
#include "net/connection.h"
#include "resp/reply_buffer.h"
#include "resp/reply_writer.h"
#include "resp/request_parser.h"
#include "session/input_buffer.h"

namespace redpoll::session {

using ClientId = uint64_t;

// What CLIENT REPLY asked for. `skip_next` becomes `skip` at the next command, and `on` after it.
enum class ReplyMode : uint8_t { on, off, skip_next, skip };

constexpr bool mutes(ReplyMode mode) { return mode == ReplyMode::off || mode == ReplyMode::skip; }
// The mode after a request, whether it was run or refused.
constexpr ReplyMode after_request(ReplyMode mode) {
  switch (mode) {
    case ReplyMode::skip_next: return ReplyMode::skip;
    case ReplyMode::skip: return ReplyMode::on;
    default: return mode;
  }
}

// What keeps a client's requests from being run. Meanwhile its input is kept.
//
// The life of a client that waits:
//
//           handler: Call::wait_for                            key holds the type: run again, and it did not
//           wait on
//        ┌────────────────────────────► keys ───────────────┬───────────────────────────────────────────────┐
//        │                                                  │ time is over, CLIENT UNBLOCK: null or error │
//        no                                                 ├───────────────────────────────────────────────┤
//        │                                                  │ the client leaves: forgotten │
//        └────────────────────────────► pause ──────────────┴───────────────────────────────────────────────┤
//           CLIENT PAUSE: not admitted         the pause is over: admitted anew ▼
//                                                                            no, and its kept input goes on
//                                                                            (Resumer)
//
// Who waits stands in Conditions, with a copy of the request; the Resumer does what the arrows on the right
// say.
enum class Waits : uint8_t {
  no,
  pause,  // a request that was not taken waits for the end of CLIENT PAUSE
  keys,   // a command that was taken waits for a key
};

// What a client is for. The last three exist from the replication and pub/sub features on.
enum class ClientKind : uint8_t { normal, replica, pubsub, master };

struct Waiting;
class Transaction;
class WatchedKeys;

struct Client : exec::Asker {
  Client(ClientId number, net::Connection socket, resp::ChunkPool& pool, MonoUs now);
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  const ClientId id;
  net::Connection connection;

  // --- input
  resp::RequestParser parser;
  // Bytes received that are not a complete request yet, or are not run because the client waits or has had
  // its share of the turn; empty for an idle client, whose input goes through the buffer that all clients
  // share.
  InputBuffer pending;
  bool unfinished = false;   // of `pending`, more is run in the next turn
  bool sends_large = false;  // its latest request had an argument so large that it was received aside
  uint32_t input_peak = 0;   // most bytes of input held at a time, recently
  // Bytes received of which requests are run now, in the buffer that all share; 0 when none are.
  uint32_t running_input = 0;

  // --- output
  resp::ReplyBuffer replies;
  MonoUs soft_limit_since{};  // when the output went over the soft limit; 0: it is below
  uint64_t held_until = 0;    // what it is sent waits until this offset is reached; see Outbox::hold
  bool in_write_queue = false;
  bool waits_for_writable = false;

  // --- state
  resp::Protocol protocol = resp::Protocol::resp2;
  ReplyMode reply_mode = ReplyMode::on;
  Waits waits = Waits::no;
  ClientKind kind = ClientKind::normal;
  bool close_after_reply =
      false;             // takes no more requests, goes when its replies are out; see end_after_replies
  bool closing = false;  // goes at the end of the turn, whatever is left to send; see Registry::close
  bool no_evict = false;

  const MonoUs created;
  MonoUs last_interaction;
  uint64_t input_bytes = 0;
  uint64_t output_bytes = 0;

  // Names that the client gave itself; null for the many that give none.
  struct Labels {
    std::string name;
    std::string library;
    std::string library_version;
  };
  std::unique_ptr<Labels> labels;

  // The request that waits, if one does. Conditions'.
  std::unique_ptr<Waiting> wait;
  // What it has said since MULTI. Null outside of a transaction.
  std::unique_ptr<Transaction> transaction;
  // Null unless it watches some. Watches'.
  std::unique_ptr<WatchedKeys> watched;

  // What it counts against maxmemory-clients, and where it stands among those that may go. ClientEviction's.
  struct Eviction {
    Bytes counted = 0;
    uint32_t at = 0;
    uint8_t bucket = 0;
    bool placed = false;
  } eviction;

  bool authenticated() const { return !(denied & exec::needs::kAuthentication); }
  void set_authenticated(bool yes);
  // No more requests; the client goes when its replies are out.
  void end_after_replies();
  // Outside of a transaction again; what was queued is forgotten.
  void leave_transaction();

  // Sets one of the labels; an empty text takes it away. REQUIRES: valid_label(text).
  void set_label(std::string Labels::*which, std::string_view text);
  std::string_view name() const { return labels ? std::string_view(labels->name) : std::string_view{}; }

  // Memory held for this client, its own object included.
  Bytes memory_bytes() const;
  // Bytes of input that wait, those of requests in the queue of a transaction included, and what the request
  // that waits takes with all its keys.
  Bytes input_held() const;
};

// True if clients may call themselves so: printable ASCII without spaces, so that CLIENT LIST stays readable
// by programs.
bool valid_label(std::string_view text);

}  // namespace redpoll::session
