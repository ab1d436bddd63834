// Keeps the memory of all clients together within maxmemory-clients, by letting the largest go.
//
//   buckets by memory:  [ < 32 KB ] [ < 64 KB ] ...  [ < 4 GB ] [ more ]
//                                                        the first of the last bucket goes first
//
// The sum is kept: a client is counted anew after its requests, when it was sent something, and by the cron
// once a second. So nobody is looked at but the one that changed and those that go. Whoever said CLIENT
// NO-EVICT is in no bucket, but counts. Replicas and masters do neither: they have limits of their own. All
// of this is as in redis-server 7.0.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "ae/event_loop.h"
#include "base/log.h"
#include "base/units.h"
#include "config/settings.h"
#include "session/client.h"
#include "session/registry.h"
#include "session/stats.h"

namespace redpoll::session {

class ClientEviction {
 public:
  ClientEviction(ae::EventLoop& loop, Registry& clients, Stats& stats, Logger& log)
      : loop_(loop), clients_(clients), stats_(stats), log_(log) {}
  ClientEviction(const ClientEviction&) = delete;
  ClientEviction& operator=(const ClientEviction&) = delete;

  // Goes by these settings from now on. O(clients) when a limit begins or ends to be in force.
  void follow(const config::Settings& settings);
  // The client may take more or less memory than before, or may go or not as it asked. O(1).
  void recount(Client& client) {
    if (limit_ != 0) [[unlikely]]
      place(client);
  }
  // The same; and whoever is too much goes now. O(1) but for those that go. REQUIRES: nobody writes to a
  // client.
  void settle(Client& client) {
    if (limit_ == 0) [[likely]]
      return;
    place(client);
    relieve();
  }
  // The client leaves. Idempotent.
  void forget(Client& client);

  // What all those take that the limit is for; 0 without a limit.
  Bytes sum() const { return sum_; }

  // What the settings allow; 0: anything.
  static Bytes limit_of(const config::Settings& settings);

 private:
  // The bounds of Redis: all below 32 KB are one bucket, all from 4 GB on another.
  static constexpr int kSmallestBits = 15;
  static constexpr int kLargestBits = 33;
  static constexpr size_t kBuckets = kLargestBits - kSmallestBits + 1;

  static size_t bucket_for(Bytes bytes);
  void place(Client& client);
  void take_out(Client& client);
  void relieve();

  ae::EventLoop& loop_;
  Registry& clients_;
  Stats& stats_;
  Logger& log_;
  std::array<std::vector<Client*>, kBuckets> buckets_;
  Bytes limit_ = 0;
  Bytes sum_ = 0;
  bool said_hopeless_ = false;  // that nobody is left who may go, since the sum was last below the limit
};

}  // namespace redpoll::session
