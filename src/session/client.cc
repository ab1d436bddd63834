#include "session/client.h"

#include <algorithm>

#include "mem/zmalloc.h"
#include "session/conditions.h"
#include "session/transaction.h"
#include "session/watches.h"

namespace redpoll::session {

Client::Client(ClientId number, net::Connection socket, resp::ChunkPool& pool, MonoUs now)
    : id(number), connection(std::move(socket)), replies(pool), created(now), last_interaction(now) {}

Client::~Client() = default;

// Heap memory of a string: none for a short one, which lies in the object itself.
static Bytes heap_bytes(const std::string& text) {
  static const size_t kInside = std::string().capacity();
  return text.capacity() > kInside ? mem::good_size(text.capacity() + 1) : 0;
}

Bytes Client::memory_bytes() const {
  Bytes bytes = mem::good_size(sizeof(Client)) + parser.memory_bytes() + replies.memory_bytes();
  bytes += pending.memory_bytes();
  if (wait) bytes += wait->memory_bytes();
  if (transaction) bytes += transaction->memory_bytes();
  if (watched) bytes += watched->memory_bytes();
  if (labels) {
    bytes += mem::good_size(sizeof(Labels));
    bytes += heap_bytes(labels->name) + heap_bytes(labels->library) + heap_bytes(labels->library_version);
  }
  return bytes;
}

Bytes Client::input_held() const {
  return pending.size() + parser.memory_bytes() + (wait ? wait->memory_bytes() : 0) +
         (transaction ? transaction->argument_bytes() : 0);
}

void Client::set_authenticated(bool yes) {
  denied = yes ? denied & ~exec::needs::kAuthentication : denied | exec::needs::kAuthentication;
}

void Client::end_after_replies() {
  close_after_reply = true;
  denied |= exec::needs::kConnection;
}

void Client::leave_transaction() {
  transaction.reset();
  denied &= ~(exec::needs::kRunAtOnce | exec::needs::kNoTransaction);
}

void Client::set_label(std::string Labels::*which, std::string_view text) {
  if (!labels) {
    if (text.empty()) return;
    labels = std::make_unique<Labels>();
  }
  (*labels).*which = text;
}

bool valid_label(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= '!' && c <= '~'; });
}

}  // namespace redpoll::session
