#include "session/client_eviction.h"

#include <algorithm>
#include <bit>

#include "session/client_info.h"

namespace redpoll::session {

Bytes ClientEviction::limit_of(const config::Settings& settings) {
  // With less nobody could talk to the server any more, not even to set another limit.
  constexpr Bytes kLeast = 128 * 1024;
  const int64_t wanted = settings.maxmemory_clients;
  if (wanted == 0) return 0;
  if (wanted > 0) return std::max(static_cast<Bytes>(wanted), kLeast);
  if (settings.maxmemory == 0) return 0;
  const double share = static_cast<double>(-wanted) / 100;
  return std::max(static_cast<Bytes>(static_cast<double>(settings.maxmemory) * share), kLeast);
}

void ClientEviction::follow(const config::Settings& settings) {
  const Bytes limit = limit_of(settings);
  const bool begins = limit_ == 0 && limit != 0;
  const bool ends = limit_ != 0 && limit == 0;
  limit_ = limit;
  said_hopeless_ = false;
  // Who is over a limit that begins or is lowered goes when somebody is counted next.
  if (begins) clients_.each([this](Client& client) { place(client); });
  if (ends) clients_.each([this](Client& client) { forget(client); });
}

void ClientEviction::forget(Client& client) {
  take_out(client);
  sum_ -= client.eviction.counted;
  client.eviction.counted = 0;
}

size_t ClientEviction::bucket_for(Bytes bytes) {
  return static_cast<size_t>(
      std::clamp(static_cast<int>(std::bit_width(bytes)), kSmallestBits, kLargestBits) - kSmallestBits);
}

void ClientEviction::place(Client& client) {
  const bool has_own_limits = client.kind == ClientKind::replica || client.kind == ClientKind::master;
  if (client.closing || has_own_limits) return forget(client);
  const Bytes bytes = client.memory_bytes();
  sum_ += bytes - client.eviction.counted;
  client.eviction.counted = bytes;
  const size_t bucket = bucket_for(bytes);
  if (client.no_evict) return take_out(client);

  if (client.eviction.placed && client.eviction.bucket == bucket) return;
  take_out(client);
  client.eviction = {.counted = bytes,
                     .at = static_cast<uint32_t>(buckets_[bucket].size()),
                     .bucket = static_cast<uint8_t>(bucket),
                     .placed = true};
  buckets_[bucket].push_back(&client);
}

void ClientEviction::take_out(Client& client) {
  if (!client.eviction.placed) return;
  std::vector<Client*>& bucket = buckets_[client.eviction.bucket];
  Client* const last = bucket.back();
  bucket[client.eviction.at] = last;
  last->eviction.at = client.eviction.at;
  bucket.pop_back();
  client.eviction.placed = false;
}

void ClientEviction::relieve() {
  if (sum_ < limit_) {
    said_hopeless_ = false;
    return;
  }
  for (size_t bucket = kBuckets; bucket-- > 0;) {
    while (!buckets_[bucket].empty()) {
      if (sum_ < limit_) return;
      Client& client = *buckets_[bucket].front();
      const bool leaves_anyway = client.closing;
      forget(client);
      if (leaves_anyway) continue;
      log_.notice("Evicting client: {}", describe(client, loop_.now()));
      ++stats_.clients_evicted;
      // Not at the end of the turn, when it is removed: others are to have that memory now.
      client.replies.clear();
      clients_.close(client);
    }
  }
  if (sum_ >= limit_ && !said_hopeless_) {
    log_.warning("Over client maxmemory after evicting all evictable clients");
    said_hopeless_ = true;
  }
}

}  // namespace redpoll::session
