// A connection that sends requests of a script and checks what comes back against it. It never waits: what
// the socket does not take is kept, what has not arrived is awaited by the pool.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "bench/load/script.h"
#include "net/anet.h"

namespace redpoll::load {

struct Tally {
  uint64_t replies = 0;
  uint64_t nulls = 0;
  uint64_t errors = 0;  // error replies, of which the first is kept
  std::string first_error;
};

class Connection {
 public:
  // Begins with request `start` of the script.
  Connection(net::Fd fd, size_t start) : fd_(std::move(fd)), sent_(start) {}

  int fd() const { return fd_.get(); }
  size_t outstanding() const { return outstanding_; }

  // Sends the next `count` requests. Throws if the connection fails.
  // REQUIRES: count is 1, or nothing is outstanding; count <= script.size().
  void send(Script& script, size_t count);
  // Sends what is left of earlier requests, as far as the socket takes it.
  void flush();
  // Reads everything that has arrived, by way of `buffer`, and returns how many replies it completed. Throws
  // if the connection fails or ends, or a reply is not what its request should get.
  size_t receive(const Script& script, std::span<char> buffer, Tally& tally);

 private:
  size_t take(const Script& script, std::string_view bytes, Tally& tally);
  // Judges the reply that starts at `bytes`, and returns its length: 0 if that cannot be told yet.
  size_t judge(const Script& script, std::string_view bytes, Tally& tally);

  net::Fd fd_;
  size_t sent_;          // the next request to send, an index into the script
  size_t answered_ = 0;  // the request whose reply is next
  size_t outstanding_ = 0;
  size_t skip_ = 0;     // bytes to come of a reply that has been judged
  std::string begun_;   // of a reply that has not
  std::string unsent_;  // of requests
};

}  // namespace redpoll::load
