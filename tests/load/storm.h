// Visits: connections that come, say something, perhaps wait for an answer, and go; thousands of them in a
// second.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>

#include "base/rng.h"
#include "load/sockets.h"

namespace redpoll::load {

// What one connection does from its beginning to its end.
struct Visit {
  std::string sends = {};
  std::string expects = {};   // waits until so much has come, and compares
  bool until_closed = false;  // stays until the server closes; ends its own side if it has sent something
  Ending ending = Ending::closed;
};

struct StormPlan {
  std::chrono::milliseconds time{1000};
  size_t per_second = 10'000;
  size_t threads = 2;
};

struct StormCounts {
  size_t connected = 0;  // visits that got a connection
  size_t failed = 0;     // and that did not
  size_t right = 0;      // visits that were answered as they expected
  size_t wrong = 0;      // and that were not
  size_t bytes = 0;      // sent
  std::string example;   // of a wrong answer
  double seconds = 0;

  double per_second() const { return static_cast<double>(connected) / seconds; }
};

// Makes visits at a given rate, or at the highest that can be reached. `next` is called from several threads,
// with a generator of the thread's own. Returns when all visits are over.
StormCounts storm(uint16_t port, const StormPlan& plan,
                  const std::function<Visit(size_t number, Rng& rng)>& next);

}  // namespace redpoll::load
