// A client that has nothing to do with what is thrown at the server: about a thousand times a second it sends
// PING, SET or GET, checks the reply, and measures how long it took.
//
// A machine that is busy with other things lets the server wait for a core, or the bystander. The kernel
// counts that (second figure of /proc/PID/schedstat), so it can be told apart: `served` is the latency
// without it.
#pragma once

#include <sys/types.h>

#include <atomic>
#include <cstdint>
#include <string>
#include <thread>
#include <vector>

namespace redpoll::load {

struct Latency {
  size_t samples = 0;
  double median_ms = 0;
  double p99_ms = 0;
  double worst_ms = 0;
  double worst_served_ms = 0;  // the longest, without waiting for a core
  std::string error;           // why it ended early; empty if it did not
};

class Bystander {
 public:
  // Connects to the server and begins.
  Bystander(uint16_t port, pid_t server);
  ~Bystander();
  Bystander(const Bystander&) = delete;
  Bystander& operator=(const Bystander&) = delete;

  // Ends it and tells what it saw.
  Latency stop();

 private:
  void run(uint16_t port, pid_t server);

  std::atomic<bool> stop_{false};
  Latency latency_;
  std::vector<float> samples_ms_;
  std::thread thread_;
};

}  // namespace redpoll::load
