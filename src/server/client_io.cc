#include "server/client_io.h"

#include <sys/uio.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.h"
#include "session/client_info.h"

namespace redpoll::server {

using ae::Interest;
using session::Client;

ClientIo::ClientIo(ae::EventLoop& loop, session::Session& session, Dispatcher& dispatcher)
    : loop_(loop), session_(session), dispatcher_(dispatcher), buffer_(kReadBytes) {}

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
    // Whether the peer gets to read it does not matter: it is let go either way.
    connection.write(text);
    ++session_.stats.connections_rejected;
    return;
  }
  const int fd = connection.fd();
  Client& client = session_.clients.add(std::move(connection), loop_.now());
  client.authenticated = session_.config.settings().requirepass.empty();
  if (by_fd_.size() <= static_cast<size_t>(fd)) by_fd_.resize(static_cast<size_t>(fd) + 1);
  by_fd_[static_cast<size_t>(fd)] = &client;
  if (const auto added = loop_.add(fd, Interest::readable, ae::FileHandler::to<&ClientIo::on_ready>(this));
      !added) {
    session_.log.warning("Error registering fd event for the new client: {} (addr={})", added.error(),
                         client.connection.peer_name());
    session_.clients.close(client);
    return;
  }
  loop_.set_priority(fd, client.connection.priority());
  session_.log.verbose("Accepted {}", client.connection.peer_name());
}

void ClientIo::remove_closed() {
  for (const session::ClientId id : session_.clients.take_closing()) {
    Client* client = session_.clients.find_any(id);
    if (client == nullptr) continue;
    dispatcher_.forget(*client);
    const int fd = client->connection.fd();
    loop_.remove(fd, Interest::all);
    by_fd_[static_cast<size_t>(fd)] = nullptr;
    session_.clients.remove(id);
  }
}

void ClientIo::close_all() {
  flush();
  session_.clients.each([this](Client& client) { session_.clients.close(client); });
  remove_closed();
}

// --- reading

void ClientIo::on_ready(int fd, Interest ready) {
  Client* client = by_fd_[static_cast<size_t>(fd)];
  if (has(ready, Interest::readable)) readable(*client);
  if (has(ready, Interest::writable) && !client->closing) write(*client);
  if (write_queue_.size() >= kWriteGroup) write_queued();
}

net::IoResult ClientIo::receive(Client& client) {
  const auto direct = client.parser.bulk_space();
  const net::IoResult got = client.connection.read(direct.empty() ? std::span<char>(buffer_) : direct);
  if (got.ok() && !direct.empty()) client.parser.bulk_received(got.bytes);
  return got;
}

void ClientIo::readable(Client& client) {
  if (client.closing) return;
  const bool aside = !client.parser.bulk_space().empty();
  const net::IoResult got = receive(client);
  if (!got.ok()) {
    if (!got.would_block()) lost(client, got);
    return;
  }
  ++session_.stats.reads_processed;
  session_.stats.input_bytes += got.bytes;
  client.input_bytes += got.bytes;
  client.last_interaction = loop_.now();
  if (client.close_after_reply) return;  // it has nothing more to say
  const std::string_view fresh(buffer_.data(), aside ? 0 : got.bytes);
  const bool waits = client.waits != session::Waits::no;
  if (client.pending.empty() && !waits) {
    if (!fresh.empty() || client.parser.bulk_space().empty()) run(client, fresh);
  } else {
    client.pending.append(fresh);
    if (!waits && client.parser.bulk_space().empty()) run(client, client.pending);
  }
  check_input_limit(client);
}

void ClientIo::run(Client& client, std::string_view input) {
  dispatcher_.feed(client, input);
  queue_write(client);
}

void ClientIo::run_pending(Client& client) {
  if (client.waits != session::Waits::no || client.pending.empty()) return;
  if (client.parser.bulk_space().empty()) run(client, client.pending);
}

// The peer has ended its side or the connection is broken. Replies that a half-closed peer still waits for
// are sent first.
void ClientIo::lost(Client& client, const net::IoResult& result) {
  if (result.failed()) {
    session_.log.verbose("Reading from client: {}", result.text());
  } else {
    session_.log.verbose("Client closed connection {}", session::describe(client, loop_.now()));
    if (!client.replies.empty()) {
      client.close_after_reply = true;
      dispatcher_.forget(client);
      loop_.remove(client.connection.fd(), Interest::readable);
      return;
    }
  }
  session_.clients.close(client);
}

void ClientIo::check_input_limit(Client& client) {
  const Bytes held = client.input_held();
  client.input_peak =
      static_cast<uint32_t>(std::max<Bytes>(client.input_peak, std::min<Bytes>(held, UINT32_MAX)));
  if (held <= session_.config.settings().client_query_buffer_limit || client.closing) return;
  session_.log.warning("Closing client that reached max query buffer length: {} (qbuf initial bytes: {})",
                       session::describe(client, loop_.now()),
                       quoted(std::string_view(client.pending).substr(0, 64)));
  ++session_.stats.query_buffer_limit_disconnections;
  session_.clients.close(client);
}

void ClientIo::resume_paused() {
  for (const session::ClientId id : dispatcher_.take_paused()) {
    if (Client* client = session_.clients.find(id)) run_pending(*client);
  }
}

// What they send may serve others, these again others, and so on: each turn takes one step of it.
void ClientIo::resume_answered() {
  for (const session::ClientId id : dispatcher_.take_answered()) {
    Client* client = session_.clients.find(id);
    if (client == nullptr) continue;
    run_pending(*client);
    queue_write(*client);
  }
  if (dispatcher_.has_answered()) loop_.skip_next_wait();
}

// --- writing

void ClientIo::queue_write(Client& client) {
  if (client.in_write_queue || client.closing || client.waits_for_writable) return;
  if (client.replies.empty() && !client.close_after_reply) return;
  client.in_write_queue = true;
  write_queue_.push_back(&client);
}

void ClientIo::write_queued() {
  for (Client* client : write_queue_) {
    client->in_write_queue = false;
    if (!client->closing) write(*client);
  }
  write_queue_.clear();
}

void ClientIo::flush() {
  write_queued();
  remove_closed();
}

// Sends what waits, as far as the socket and this turn's share allow; the rest goes when the socket is ready.
void ClientIo::write(Client& client) {
  constexpr int kPieces = 64;
  std::array<iovec, kPieces> pieces;
  size_t sent = 0;
  while (!client.replies.empty() && sent < kWriteBytes) {
    const auto count = static_cast<size_t>(client.replies.fill(pieces.data(), kPieces));
    const net::IoResult put = client.connection.write(std::span<const iovec>(pieces.data(), count));
    if (put.would_block()) break;
    if (!put.ok()) {
      session_.log.verbose("Error writing to client: {}", put.text());
      session_.clients.close(client);
      return;
    }
    client.replies.consume(put.bytes);
    sent += put.bytes;
  }
  if (sent > 0) {
    ++session_.stats.writes_processed;
    session_.stats.output_bytes += sent;
    client.output_bytes += sent;
    client.last_interaction = loop_.now();
  }
  written(client);
}

void ClientIo::written(Client& client) {
  const bool done = client.replies.empty();
  if (done && client.close_after_reply) return session_.clients.close(client);
  if (done != client.waits_for_writable) return;
  client.waits_for_writable = !done;
  const int fd = client.connection.fd();
  if (done) return loop_.remove(fd, Interest::writable);
  if (const auto added = loop_.add(fd, Interest::writable, ae::FileHandler::to<&ClientIo::on_ready>(this));
      !added) {
    session_.clients.close(client);
  }
}

}  // namespace redpoll::server
