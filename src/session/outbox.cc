#include "session/outbox.h"

#include <sys/uio.h>

#include <algorithm>
#include <array>
#include <functional>
#include <utility>
#include <vector>

#include "session/client_info.h"

namespace redpoll::session {

using ae::Interest;

void Outbox::post(Client& client) {
  if (client.in_write_queue || client.closing || client.waits_for_writable) return;
  if (client.replies.empty() && !client.close_after_reply) return;
  client.in_write_queue = true;
  posted_.push_back(&client);
}

void Outbox::send_posted() {
  for (Client* client : posted_) {
    client->in_write_queue = false;
    if (!client->closing) send(*client);
  }
  posted_.clear();
}

void Outbox::forget(Client& client) {
  if (client.in_write_queue) std::erase(posted_, &client);
}

void Outbox::refuse(net::Connection connection, std::string_view text) {
  connection.write(text);
  ++stats_.connections_rejected;
}

// Sends what waits, as far as the socket and this turn's share allow; the rest goes when the socket is ready.
void Outbox::send(Client& client) {
  // A socket that takes bytes while there are none to give would be told of in every turn.
  if (client.held_until > reached_) return watch(client, false);
  if (!write(client)) return;
  const bool sent = client.replies.empty();
  if (sent && client.close_after_reply) return clients_.close(client);
  watch(client, !sent);
}

// False if the connection is lost.
bool Outbox::write(Client& client) {
  constexpr int kPieces = 64;
  std::array<iovec, kPieces> pieces;
  size_t sent = 0;
  while (!client.replies.empty() && sent < kTurnBytes) {
    const auto count = static_cast<size_t>(client.replies.fill(pieces.data(), kPieces));
    const net::IoResult put = client.connection.write(std::span<const iovec>(pieces.data(), count));
    if (put.would_block()) break;
    if (!put.ok()) {
      log_.verbose("Error writing to client: {}", put.text());
      clients_.close(client);
      return false;
    }
    client.replies.consume(put.bytes);
    sent += put.bytes;
  }
  if (sent == 0) return true;
  ++stats_.writes_processed;
  stats_.output_bytes += sent;
  client.output_bytes += sent;
  client.last_interaction = loop_.now();
  eviction_.recount(client);
  return true;
}

// From now on the loop tells when the socket takes bytes, or does not any more.
void Outbox::watch(Client& client, bool yes) {
  if (yes == client.waits_for_writable) return;
  client.waits_for_writable = yes;
  const int fd = client.connection.fd();
  if (!yes) return loop_.remove(fd, Interest::writable);
  if (const auto added = loop_.add(fd, Interest::writable, on_ready); !added) clients_.close(client);
}

// --- durability

void Outbox::hold(Client& client, Offset offset) {
  if (offset <= reached_ || offset <= client.held_until) return;
  client.held_until = offset;
  held_.emplace(offset, client.id);
}

void Outbox::reached(Offset offset) {
  reached_ = std::max(reached_, offset);
  const auto end = held_.upper_bound(reached_);
  for (auto it = held_.begin(); it != end; ++it) {
    Client* const client = clients_.find(it->second);
    if (client != nullptr && client->held_until <= reached_) post(*client);
  }
  held_.erase(held_.begin(), end);
}

// --- limits

const config::OutputLimit& Outbox::limit_of(const Client& client) const {
  using config::ClientClass;
  const config::Settings& settings = config_.settings();
  switch (client.kind) {
    case ClientKind::replica: return settings.output_limit(ClientClass::replica);
    case ClientKind::pubsub: return settings.output_limit(ClientClass::pubsub);
    case ClientKind::normal:
    case ClientKind::master: break;
  }
  return settings.output_limit(ClientClass::normal);
}

Bytes Outbox::hard_limit(const Client& client) const {
  // Whoever has not even shown a password gets error messages, and needs no more room than that.
  constexpr Bytes kUnauthenticated = 64 * 1024;
  const Bytes hard = limit_of(client).hard;
  const Bytes limit = hard == 0 ? share_ : hard;
  return client.authenticated() ? limit : std::min(limit, kUnauthenticated);
}

bool Outbox::within_soft_limit(Client& client) {
  const config::OutputLimit& limit = limit_of(client);
  const MonoUs now = loop_.now();
  if (limit.soft == 0 || client.replies.quota().list_bytes() < limit.soft) {
    client.soft_limit_since = {};
    return true;
  }
  if (client.soft_limit_since.v == 0) client.soft_limit_since = now;
  return now - client.soft_limit_since <= limit.soft_seconds * 1'000'000;
}

void Outbox::drop(Client& client, std::string_view how) {
  log_.warning("Client {} {} for overcoming of output buffer limits.", describe(client, loop_.now()), how);
  ++stats_.output_buffer_limit_disconnections;
  clients_.close(client);
}

void Outbox::set_memory(Bytes available) {
  constexpr Bytes kMostForOne = Bytes{1} << 30;
  if (available == 0) return;
  const Bytes all = available / 4;
  share_ = std::min(all / 2, kMostForOne);
  crowd_ = all - share_;
}

void Outbox::close_largest() {
  // What is allowed to one is allowed to all.
  const Bytes most = std::max(crowd_, config_.settings().output_limit(config::ClientClass::normal).hard);
  const resp::ChunkPool& pool = clients_.pool();
  if (pool.held_bytes() <= most) return;
  std::vector<std::pair<Bytes, Client*>> holders;
  clients_.each([&](Client& client) {
    // A replica that is dropped has to begin from the start; it has a limit of its own.
    if (client.kind == ClientKind::replica || client.kind == ClientKind::master) return;
    if (!client.replies.empty()) holders.emplace_back(client.replies.memory_bytes(), &client);
  });
  std::sort(holders.begin(), holders.end(), std::greater<>());
  // A little more room than was wanted, so that not everyone who comes has to look for it.
  const Bytes enough = most - most / 8;
  for (const auto& [bytes, client] : holders) {
    if (pool.held_bytes() <= enough) return;
    drop(*client, "closed");
    client->replies.clear();
  }
}

}  // namespace redpoll::session
