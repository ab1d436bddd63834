// Ordinary work for the server: busy clients in the background, and data.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <thread>

#include "support/raw_client.h"

namespace redpoll::load {

// Clients that send pipelines of SET and GET without pause, and check every reply, until they are stopped.
// Their keys may vanish meanwhile, but a value that is there must be the right one.
class Traffic {
 public:
  Traffic(uint16_t port, size_t clients);
  ~Traffic();
  Traffic(const Traffic&) = delete;
  Traffic& operator=(const Traffic&) = delete;

  // Requests answered so far.
  size_t answered() const { return answered_; }
  // Ends it, and returns how many requests were answered. Throws if one was answered wrong.
  size_t stop();

 private:
  void run(uint16_t port, size_t clients);

  std::atomic<bool> stop_{false};
  std::atomic<size_t> answered_{0};
  std::string error_;
  std::thread thread_;
};

// Calls f(0) to f(count - 1), each in a thread of its own, and waits for them. Throws what the first of them
// threw.
void in_parallel(size_t count, const std::function<void(size_t)>& f);

// Sends `count` requests, as `words` has them, in pipelines, and expects "+OK" from each.
void fill(uint16_t port, size_t count, const std::function<std::vector<std::string>(size_t)>& words);

}  // namespace redpoll::load
