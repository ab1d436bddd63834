#include "server/client_io.h"

#include <string>
#include <utility>

#include "session/client_info.h"
#include "session/input_limit.h"

namespace redpoll::server {

using ae::Interest;
using session::Client;

ClientIo::ClientIo(session::Session& session, session::Resumer& resumer, Dispatcher& dispatcher)
    : session_(session), resumer_(resumer), dispatcher_(dispatcher), buffer_(kBufferBytes) {
  session_.outbox.on_ready = ae::FileHandler::to<&ClientIo::on_ready>(this);
}

// --- coming and going

// Why a connection is not taken, as the client is told; empty if it is.
std::string ClientIo::refusal(const net::Connection& connection) const {
  const config::Settings& settings = session_.config.settings();
  if (session_.clients.size() >= settings.maxclients) return "-ERR max number of clients reached\r\n";
  if (settings.protected_mode && settings.requirepass.empty() && !connection.is_local()) {
    return "-DENIED Redpoll is running in protected mode because protected mode is enabled and no password "
           "is set for the default user. In this mode connections are only accepted from the loopback "
           "interface. To connect from another machine, choose one of these: 1) Send 'CONFIG SET "
           "protected-mode no' from this machine, if the server cannot be reached from the internet; CONFIG "
           "REWRITE makes that permanent. 2) Set it to 'no' in the configuration file and restart the "
           "server. 3) For a test, start the server with '--protected-mode no'. 4) Set a password for the "
           "default user.\r\n";
  }
  return {};
}

void ClientIo::accepted(net::Connection connection) {
  ++session_.stats.connections_received;
  if (const std::string text = refusal(connection); !text.empty()) {
    return session_.outbox.refuse(std::move(connection), text);
  }
  const int fd = connection.fd();
  Client& client = session_.clients.add(std::move(connection), session_.loop.now());
  client.set_authenticated(session_.config.settings().requirepass.empty());
  if (by_fd_.size() <= static_cast<size_t>(fd)) by_fd_.resize(static_cast<size_t>(fd) + 1);
  by_fd_[static_cast<size_t>(fd)] = &client;
  if (const auto added =
          session_.loop.add(fd, Interest::readable, ae::FileHandler::to<&ClientIo::on_ready>(this));
      !added) {
    session_.log.warning("Error registering fd event for the new client: {} (addr={})", added.error(),
                         client.connection.peer_name());
    session_.clients.close(client);
    return;
  }
  session_.loop.set_priority(fd, client.connection.priority());
  session_.log.verbose("Accepted {}", client.connection.peer_name());
}

void ClientIo::remove_closed() {
  if (!session_.clients.any_closing()) return;
  for (const session::ClientId id : session_.clients.take_closing()) {
    Client* client = session_.clients.find_any(id);
    if (client == nullptr) continue;
    forget_client(session_, *client);
    session_.outbox.forget(*client);
    const int fd = client->connection.fd();
    session_.loop.remove(fd, Interest::all);
    by_fd_[static_cast<size_t>(fd)] = nullptr;
    session_.clients.remove(id);
  }
}

void ClientIo::close_all() {
  end_turn();
  session_.clients.each([this](Client& client) { session_.clients.close(client); });
  remove_closed();
}

// --- reading

void ClientIo::on_ready(int fd, Interest ready) {
  Client* client = by_fd_[static_cast<size_t>(fd)];
  if (has(ready, Interest::readable)) readable(*client);
  if (has(ready, Interest::writable) && !client->closing) session_.outbox.writable(*client);
}

net::IoResult ClientIo::receive(Client& client, std::span<char> direct) {
  if (!direct.empty()) {
    const net::IoResult got = client.connection.read(direct);
    if (got.ok()) client.parser.bulk_received(got.bytes);
    return got;
  }
  if (buffer_.size() - collected_ < kReadBytes) run_collected();
  const size_t most = client.sends_large ? kHeaderBytes : kReadBytes;
  return client.connection.read(std::span(buffer_).subspan(collected_, most));
}

void ClientIo::readable(Client& client) {
  // What is left of its input comes first: a client that sends faster than it is served waits in its socket.
  if (client.closing || client.unfinished) return;
  const auto direct = client.parser.bulk_space();
  const net::IoResult got = receive(client, direct);
  if (!got.ok()) {
    if (!got.would_block()) lost(client, got);
    return;
  }
  ++session_.stats.reads_processed;
  session_.stats.input_bytes += got.bytes;
  client.input_bytes += got.bytes;
  client.last_interaction = session_.loop.now();
  if (client.close_after_reply) return;  // it has nothing more to say
  const std::string_view fresh(buffer_.data() + collected_, direct.empty() ? got.bytes : 0);
  const bool waits = client.waits != session::Waits::no;
  if (client.pending.empty() && !waits) {
    if (!fresh.empty() || client.parser.bulk_space().empty()) dispatcher_.feed(client, fresh);
    collected_ = dispatcher_.idle() ? 0 : collected_ + fresh.size();
  } else {
    client.pending.append(fresh);
    if (waits) {
      check_input_limit(session_, client);
    } else if (client.parser.bulk_space().empty()) {
      dispatcher_.feed(client, client.pending.view());
    }
    if (dispatcher_.idle()) collected_ = 0;
  }
  if (!direct.empty()) check_input_limit(session_, client);
  session_.outbox.send_group();
}

void ClientIo::run_collected() {
  dispatcher_.run();
  collected_ = 0;
  session_.outbox.send_group();
}

// The peer has ended its side or the connection is broken.
void ClientIo::lost(Client& client, const net::IoResult& result) {
  if (result.failed()) {
    session_.log.verbose("Reading from client: {}", result.text());
    return session_.clients.close(client);
  }
  session_.log.verbose("Client closed connection {}", session::describe(client, session_.loop.now()));
  session_.loop.remove(client.connection.fd(), Interest::readable);
  end_of_input(client);
}

// Nothing more comes from a client whose requests are all run. If it has only half closed, it may still wait
// for replies.
void ClientIo::end_of_input(Client& client) {
  if (client.replies.empty()) return session_.clients.close(client);
  client.end_after_replies();
  forget_client(session_, client);
}

// --- the turn

void ClientIo::run_pending(session::ClientId id) {
  Client* client = session_.clients.find(id);
  if (client == nullptr || client->waits != session::Waits::no || client->pending.empty()) return;
  dispatcher_.feed(*client, client->pending.view());
}

// What they send may serve others, these again others, and so on: each turn takes one step of it.
void ClientIo::resume() {
  const bool somebody_waited = resumer_.due() || resumer_.has_resumed() || resumer_.any_postponed();
  if (!somebody_waited && !dispatcher_.has_unfinished()) return;
  const auto unfinished = dispatcher_.take_unfinished();
  if (resumer_.due() || resumer_.any_postponed()) {
    const store::AccessScope scope(session_.keyspace, session_.terms());
    resumer_.settle();  // waits whose time is over
    resumer_.admit_postponed();
  }
  for (const session::ClientId id : resumer_.take_resumed()) run_pending(id);
  for (const session::ClientId id : unfinished) {
    if (Client* client = session_.clients.find(id)) client->unfinished = false;
    run_pending(id);
  }
  run_collected();
  const bool more_to_admit = resumer_.any_postponed() && session_.pause.mode() == session::Pause::Mode::none;
  if (dispatcher_.has_unfinished() || resumer_.has_resumed() || more_to_admit) session_.loop.skip_next_wait();
}

void ClientIo::end_turn() {
  session_.outbox.flush();
  remove_closed();
}

}  // namespace redpoll::server
