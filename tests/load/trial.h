// One run of one scenario: the server it is thrown at, the bystander that is served meanwhile, and the checks
// of what is left afterwards.
//
// Memory is back when it is within these bounds of what it was, after FLUSHALL:
//
//   used_memory   4 MiB   what stays: tables sized by the most clients there were, pools of reply chunks
//   resident     32 MiB   pages of code that ran for the first time, caches of the allocator
//
// The allocator takes ten seconds to give back what was freed, and so long is waited for it.
#pragma once

#include <fmt/core.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "load/bystander.h"
#include "load/scenario.h"
#include "support/raw_client.h"
#include "support/server_process.h"

namespace redpoll::load {

using testing::RawClient;
using testing::ServerProcess;

inline constexpr size_t kMiB = 1 << 20;
using testing::wait_until;

// A sentence that says what did not hold.
class Failure : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// The scenario means nothing here; the sentence says why.
class Skipped : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

template <class... Args>
void expect(bool holds, fmt::format_string<Args...> otherwise, Args&&... args) {
  if (!holds) throw Failure(fmt::format(otherwise, std::forward<Args>(args)...));
}

// What the server holds.
struct Vitals {
  size_t used_memory = 0;
  size_t resident = 0;
  size_t descriptors = 0;
  size_t clients = 0;
  std::string run_id;
};

struct Report {
  std::string scenario;
  std::string volume;  // what was thrown
  Latency latency;
  Vitals before, after;
  size_t peak_resident = 0;
  double seconds = 0;
  std::vector<std::string> failures;
  std::string skipped;  // why; empty if it was not
};

class Trial {
 public:
  Trial(const Scenario& scenario, const Plan& plan);

  // Runs the scenario and the checks. What does not hold is in the report, nothing is thrown.
  static Report run(const Scenario& scenario, const Plan& plan);

  // --- for scenarios
  const Plan plan;
  ServerProcess& server() { return *server_; }
  uint16_t port() const { return server_->port(); }
  // A connection that is open from before to after.
  RawClient& control() { return *control_; }
  // A field of INFO as a number; 0 if it is not there.
  uint64_t info(std::string_view field);
  size_t connected_clients() { return info("connected_clients"); }
  // Whether the scenario has run for as long as planned.
  bool time_is_up() const { return std::chrono::steady_clock::now() >= end_; }
  // Waits until the server has accepted `more` connections since it had accepted `before`: a client that ends
  // its connection sooner may never have been there.
  void expect_accepted(size_t before, size_t more);
  // Waits until only those clients are connected that were at the start.
  void expect_clients_gone();

  template <class... Args>
  void threw(fmt::format_string<Args...> format, Args&&... args) {
    report_.volume = fmt::format(format, std::forward<Args>(args)...);
  }
  // The log must have the text, in at least so many lines.
  void expect_log(std::string text, size_t lines = 1) { expected_log_.push_back({std::move(text), lines}); }
  // The log may have so many lines that differ in nothing but numbers: one for each event is no flood.
  void allow_log_lines(size_t lines) { same_log_lines_ = lines; }
  // The server could not answer for that long, by no fault of its own.
  void allow_wait(milliseconds time) { latency_bound_ += time; }
  // The server may use so much memory more than before.
  void bound_peak(size_t bytes) { peak_bound_ = bytes; }
  // The log, when it is not what the server writes to its standard output.
  void set_log(std::function<std::string()> log) { log_ = std::move(log); }

 private:
  struct ExpectedLog {
    std::string text;
    size_t lines;
  };

  Vitals look();
  void check(const std::function<void()>& what);
  void check_afterwards();
  void check_latency();
  void check_memory();
  void check_log();
  void check_fresh_client();

  std::unique_ptr<ServerProcess> server_;
  std::unique_ptr<RawClient> control_;
  std::unique_ptr<Bystander> bystander_;
  Report report_;
  std::chrono::steady_clock::time_point end_;
  std::vector<ExpectedLog> expected_log_;
  std::function<std::string()> log_;
  size_t same_log_lines_ = 20;
  milliseconds latency_bound_;
  size_t peak_bound_ = SIZE_MAX;
};

}  // namespace redpoll::load
