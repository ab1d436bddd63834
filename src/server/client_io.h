// Moves bytes between clients' sockets and the dispatcher: reads what has arrived, writes what waits, accepts
// and closes.
//
// Reads go to one buffer that all clients share. Replies are written once per loop turn, in `flush`, or as
// soon as kWriteGroup clients have some; a socket is watched for writing only while it takes no more.
#pragma once

#include <string>
#include <vector>

#include "ae/event_loop.h"
#include "net/listener.h"
#include "server/dispatcher.h"
#include "session/registry.h"
#include "session/session_call.h"

namespace redpoll::server {

class ClientIo final : public net::Acceptor {
 public:
  // Bytes read from a client per turn.
  static constexpr size_t kReadBytes = 32 * 1024;
  // Bytes written to a client per turn, so that one with a large backlog does not hold up the others.
  static constexpr size_t kWriteBytes = 1024 * 1024;

  // Replies of so many clients are written without waiting for the end of the turn: the chunks that they lie
  // in, and all that is known of their clients, are still in the processor's cache then. Whoever has to do
  // something before a client may see its reply has to do it before each group.
  static constexpr size_t kWriteGroup = 32;

  ClientIo(ae::EventLoop& loop, session::Session& session, Dispatcher& dispatcher);

  // Takes over a connection, or refuses it: over maxclients, or protected mode.
  void accepted(net::Connection connection) override;

  // Writes all replies that wait and lets closed clients go. Called before the loop sleeps.
  void flush();
  // Runs what waited for the end of a pause.
  void resume_paused();
  // Goes on with the clients that waited for keys and have been answered. Called before `flush`.
  void resume_answered();
  // Closes every client at once; replies that fit into the socket's buffer are sent first.
  void close_all();

  Bytes buffer_bytes() const { return buffer_.size(); }

 private:
  void on_ready(int fd, ae::Interest ready);
  void readable(session::Client& client);
  net::IoResult receive(session::Client& client);
  void lost(session::Client& client, const net::IoResult& result);
  void run(session::Client& client, std::string_view input);
  void run_pending(session::Client& client);
  void queue_write(session::Client& client);
  void write_queued();
  void write(session::Client& client);
  void written(session::Client& client);
  void check_input_limit(session::Client& client);
  void remove_closed();
  std::string refusal(const net::Connection& connection) const;

  ae::EventLoop& loop_;
  session::Session& session_;
  Dispatcher& dispatcher_;
  std::vector<char> buffer_;
  std::vector<session::Client*> by_fd_;  // indexed by descriptor, as the loop's events are
  std::vector<session::Client*> write_queue_;
};

}  // namespace redpoll::server
