// Turns what clients have sent into executed commands.
//
//   feed(a) ─┐                          ┌─ run a's requests, in order
//   feed(b) ─┼─ parse ─► batch ─► ask ──┼─ run b's
//   feed(c) ─┘           (of several    └─ run c's      ─► their replies are posted to the Outbox
//                         clients)  for buckets, entries, elements
//
// A batch is the unit of work: up to kBatch requests, of one client that pipelines or of many that do not.
// All are parsed, their commands are found and their keys hashed, and the memory that the look-ups will touch
// is asked for before the first one runs. With one request in the batch the preparation is skipped: there
// would be nothing to overlap it with.
//
// A client gets a bounded share of a turn: what it has sent beyond that is kept, and goes on in the next.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "exec/command_table.h"
#include "exec/executor.h"
#include "resp/arg.h"
#include "session/client.h"
#include "session/resumer.h"
#include "session/session_call.h"
#include "store/keyspace.h"

namespace redpoll::server {

class Dispatcher {
 public:
  // Requests that are prepared together.
  static constexpr size_t kBatch = 32;
  // Keys of a batch that are hashed and asked for beforehand.
  static constexpr size_t kHints = 256;
  // A client's share of a turn, in microseconds: looked at after each of its batches.
  static constexpr uint64_t kShareUs = 2000;

  // What it works with; owned by the server and alive as long as the dispatcher.
  struct Parts {
    exec::CommandTable& commands;
    exec::Executor& executor;
    session::Session& session;
    session::Resumer& resumer;
    TickRate tick_rate;
  };
  explicit Dispatcher(const Parts& parts) : parts_(parts), share_(parts.tick_rate.from_us(kShareUs)) {}

  // Takes the requests in `input`: bytes just read, or all that the client has pending. They are run before
  // `feed` returns, or by the next `run`; until then the bytes must stay where they are. What is not done
  // with is pending afterwards. A protocol error is answered and lets the client go. REQUIRES: client.waits
  // == Waits::no, and nothing of the client is left to be run.
  void feed(session::Client& client, std::string_view input);
  // Runs what was fed.
  void run();
  // True if nothing of what was fed is left to be run.
  bool idle() const { return feeds_.empty(); }

  // proto-max-bulk-len.
  size_t max_bulk = 512u << 20;

  // Clients that have used up their share of the turn, since the last call.
  std::vector<session::ClientId> take_unfinished() { return std::exchange(unfinished_, {}); }
  bool has_unfinished() const { return !unfinished_.empty(); }

 private:
  struct Request {
    uint32_t first_arg;
    uint32_t args;
    size_t end;  // offset in the input behind the request
    exec::CommandEntry* entry;
    uint16_t first_hint;
    uint16_t keys;                    // so many hints are for its keys, from the first one on
    uint16_t hints;                   // and all of them: one more, if it names an element
    const store::Object* collection;  // for prefetching only
    uint64_t element_hash;
  };
  // What one client has in the batch.
  struct Feed {
    session::Client* client;
    std::string_view input;
    size_t parsed = 0;  // bytes that are in the batch or behind us
    size_t first_request = 0;
    size_t requests = 0;
    Ticks since = 0;  // when its share of the turn began
    resp::ParseStatus ended_by = resp::ParseStatus::request;
  };

  std::span<Request> requests_of(const Feed& feed) {
    return std::span(requests_).subspan(feed.first_request, feed.requests);
  }
  std::span<const resp::Arg> args_of(const Request& request) const {
    return args_.span(request.first_arg, request.args);
  }
  std::span<const store::HashHint> hints_of(const Request& request) const {
    return std::span(hints_).subspan(request.first_hint, request.hints);
  }
  std::span<const store::HashHint> key_hints_of(const Request& request) const {
    return std::span(hints_).subspan(request.first_hint, request.keys);
  }
  const store::Database& database_of(const Feed& feed) const {
    return parts_.session.keyspace.db(feed.client->database);
  }
  void parse(Feed& feed);
  void prepare();
  void prepare_keys(Request& request, const store::Database& db);
  bool keep_room_for_element(Request& request);
  void prepare_elements(const Feed& feed, const store::Database& db);
  bool run_feed(Feed& feed);
  bool run_requests(Feed& feed, session::ClientReply& out);
  void end_feed(Feed& feed, session::ClientReply& out);
  bool goes_on(Feed& feed);
  void leave_unfinished(session::Client& client);
  void protocol_error(session::Client& client, session::ClientReply& out);

  Parts parts_;
  Ticks share_;
  resp::ArgList args_;
  std::array<Request, kBatch> requests_;
  size_t request_count_ = 0;
  std::array<store::HashHint, kHints> hints_;
  size_t hint_count_ = 0;
  std::vector<Feed> feeds_;
  std::vector<session::ClientId> unfinished_;
};

}  // namespace redpoll::server
