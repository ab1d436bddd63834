#include "load/bystander.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <exception>
#include <stdexcept>

#include "support/raw_client.h"

namespace redpoll::load {

namespace {

using testing::RawClient;
using Clock = std::chrono::steady_clock;

constexpr std::chrono::microseconds kPace{1000};

// How long a thread has waited for a core in its life. Always 0 where the kernel does not tell.
class RunDelay {
 public:
  explicit RunDelay(const std::string& path) : fd_(open(path.c_str(), O_RDONLY | O_CLOEXEC)) {}
  ~RunDelay() {
    if (fd_ >= 0) close(fd_);
  }
  RunDelay(const RunDelay&) = delete;
  RunDelay& operator=(const RunDelay&) = delete;

  double ms() const {
    std::array<char, 128> text{};
    unsigned long long ran = 0;
    unsigned long long waited = 0;
    if (fd_ < 0 || pread(fd_, text.data(), text.size() - 1, 0) <= 0) return 0;
    if (std::sscanf(text.data(), "%llu %llu", &ran, &waited) != 2) return 0;
    return static_cast<double>(waited) / 1e6;
  }

 private:
  int fd_;
};

// The probes in turn. Keys may be flushed behind its back, so nil is a right answer to GET.
void probe(RawClient& client, uint64_t number) {
  const std::string expected = number % 3 == 0 ? "+PONG" : "+OK";
  std::string got;
  switch (number % 3) {
    case 0: got = client.call({"PING"}); break;
    case 1: got = client.call({"SET", "bystander", "unharmed"}); break;
    default:
      got = client.call({"GET", "bystander"});
      if (got == "\"unharmed\"" || got == "nil") return;
  }
  if (got != expected) throw std::runtime_error("it got " + got.substr(0, 100));
}

}  // namespace

Bystander::Bystander(uint16_t port, pid_t server) : thread_([=, this] { run(port, server); }) {}

Bystander::~Bystander() {
  stop_ = true;
  if (thread_.joinable()) thread_.join();
}

void Bystander::run(uint16_t port, pid_t server) {
  try {
    RawClient client(port);
    const RunDelay servers("/proc/" + std::to_string(server) + "/schedstat");
    const RunDelay own("/proc/thread-self/schedstat");
    auto next = Clock::now();
    for (uint64_t number = 0; !stop_; ++number) {
      const double waited = servers.ms() + own.ms();
      const auto begin = Clock::now();
      probe(client, number);
      const double ms = std::chrono::duration<double, std::milli>(Clock::now() - begin).count();
      samples_ms_.push_back(static_cast<float>(ms));
      if (ms > latency_.worst_served_ms) {
        const double served = ms - (servers.ms() + own.ms() - waited);
        latency_.worst_served_ms = std::max(latency_.worst_served_ms, served);
      }
      next = std::max(next + kPace, Clock::now());
      std::this_thread::sleep_until(next);
    }
  } catch (const std::exception& failure) { latency_.error = failure.what(); }
}

Latency Bystander::stop() {
  stop_ = true;
  if (thread_.joinable()) thread_.join();
  latency_.samples = samples_ms_.size();
  if (samples_ms_.empty()) return latency_;
  std::sort(samples_ms_.begin(), samples_ms_.end());
  latency_.median_ms = samples_ms_[samples_ms_.size() / 2];
  latency_.p99_ms = samples_ms_[samples_ms_.size() * 99 / 100];
  latency_.worst_ms = samples_ms_.back();
  return latency_;
}

}  // namespace redpoll::load
