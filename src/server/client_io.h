// Takes in connections and what they send: accepts, reads, feeds the Dispatcher, and lets clients go.
//
// Reads go to one buffer that all clients share, one behind the other, until the batch that is being
// collected is run.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "net/listener.h"
#include "server/dispatcher.h"
#include "session/resumer.h"
#include "session/session_call.h"

namespace redpoll::server {

class ClientIo final : public net::Acceptor {
 public:
  // Bytes read from a client per turn.
  static constexpr size_t kReadBytes = 32 * 1024;
  // The same where a large argument is likely to come: enough for what stands before it, so that as little as
  // possible of it has to be moved to where it belongs.
  static constexpr size_t kHeaderBytes = 512;
  // Of the buffer. With less than kReadBytes left, what was collected is run.
  static constexpr size_t kBufferBytes = 128 * 1024;

  ClientIo(session::Session& session, session::Resumer& resumer, Dispatcher& dispatcher);

  // Takes over a connection, or refuses it: over maxclients, or protected mode.
  void accepted(net::Connection connection) override;

  // Runs what was read. Called when all that is ready was read.
  void run_collected();
  // Goes on with clients that have input left: they waited, or have used up their share of the last turn.
  void resume();
  // Sends what is left of the turn, and lets closed clients go. Called before the loop sleeps.
  void end_turn();
  // Closes every client at once; replies that fit into the socket's buffer are sent first.
  void close_all();

  Bytes buffer_bytes() const { return buffer_.size(); }

 private:
  void on_ready(int fd, ae::Interest ready);
  void readable(session::Client& client);
  net::IoResult receive(session::Client& client, std::span<char> direct);
  void lost(session::Client& client, const net::IoResult& result);
  void end_of_input(session::Client& client);
  void run_pending(session::ClientId id);
  void remove_closed();
  std::string refusal(const net::Connection& connection) const;

  session::Session& session_;
  session::Resumer& resumer_;
  Dispatcher& dispatcher_;
  std::vector<char> buffer_;
  size_t collected_ = 0;                 // bytes at the begin of the buffer that are not run yet
  std::vector<session::Client*> by_fd_;  // indexed by descriptor, as the loop's events are
};

}  // namespace redpoll::server
