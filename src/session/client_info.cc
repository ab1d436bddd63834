#include "session/client_info.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "mem/zmalloc.h"
#include "session/auth.h"
#include "session/conditions.h"
#include "session/transaction.h"
#include "session/watches.h"

namespace redpoll::session {

namespace {

constexpr int64_t kUsPerSecond = 1'000'000;

std::string flags_of(const Client& client, const Watches* watches) {
  std::string flags;
  if (client.transaction) flags += 'x';
  if (client.waits != Waits::no) flags += 'b';
  if (watches != nullptr && watches->touched(client)) flags += 'd';
  if (client.close_after_reply) flags += 'c';
  if (client.closing) flags += 'A';
  if (client.connection.is_unix()) flags += 'U';
  if (client.no_evict) flags += 'e';
  if (client.no_touch) flags += 'T';
  if (flags.empty()) flags = "N";
  return flags;
}

// What the event loop watches the socket for.
std::string_view events_of(const Client& client) {
  if (!client.connection.open()) return "";
  if (client.connection.read_closed()) return client.waits_for_writable ? "w" : "";
  return client.waits_for_writable ? "rw" : "r";
}

// Redis has a fixed reply buffer per client and a list for what does not fit. Here the first piece of the
// queue takes the place of the buffer, and the pieces behind it that of the list.
struct Output {
  Bytes buffer = 0;       // rbs: memory of the first piece
  Bytes waiting = 0;      // obl: bytes that would be in Redis's buffer
  size_t pieces = 0;      // oll: pieces behind it
  Bytes list_memory = 0;  // omem: what the list counts, also against client-output-buffer-limit
};

Output output_of(const resp::ReplyBuffer& replies) {
  Output out;
  out.list_memory = replies.quota().list_bytes();
  out.buffer = std::min<Bytes>(replies.memory_bytes(), resp::ChunkPool::kChunkBytes + sizeof(mem::Blob));
  out.waiting = std::min<Bytes>(replies.size_bytes(), resp::ReplyQuota::kBuffer);
  if (out.list_memory > 0) out.pieces = std::max<size_t>(replies.pieces(), 2) - 1;
  return out;
}

}  // namespace

std::string describe(const Client& client, MonoUs now, const Watches* watches, size_t running_args) {
  // Not static: the crash report describes clients too, perhaps in the middle of its initialisation.
  const Client::Labels none;
  const Client::Labels& labels = client.labels ? *client.labels : none;
  const Output output = output_of(client.replies);
  std::string line;
  line.reserve(400);
  const auto to = std::back_inserter(line);
  fmt::format_to(to, "id={} addr={} laddr={} fd={} name={} age={} idle={} flags={} db={}", client.id,
                 client.connection.peer_name(), client.connection.local_name(), client.connection.fd(),
                 labels.name, (now - client.created) / kUsPerSecond,
                 (now - client.last_interaction) / kUsPerSecond, flags_of(client, watches), client.database);
  fmt::format_to(to, " sub=0 psub=0 ssub=0 multi={}",
                 client.transaction ? static_cast<int64_t>(client.transaction->size()) : -1);
  const size_t input = std::max<size_t>(client.pending.size(), client.running_input);
  fmt::format_to(
      to, " qbuf={} qbuf-free={} argv-mem={} multi-mem={}", input, client.pending.free_bytes(),
      running_args + client.parser.memory_bytes() + (client.wait ? client.wait->args.memory_bytes() : 0),
      client.transaction ? client.transaction->memory_bytes() : 0);
  // A reply buffer lives for a turn, so its peak is what is in it.
  fmt::format_to(to, " rbs={} rbp={} obl={} oll={} omem={} tot-mem={}", output.buffer, output.waiting,
                 output.waiting, output.pieces, output.list_memory, client.memory_bytes());
  fmt::format_to(to, " events={} cmd={} user={} redir=-1 resp={} lib-name={} lib-ver={}", events_of(client),
                 client.last_command != nullptr ? std::string_view(client.last_command->full_name) : "NULL",
                 kDefaultUser, static_cast<int>(client.protocol), labels.library, labels.library_version);
  return line;
}

}  // namespace redpoll::session
