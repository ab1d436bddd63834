// Counters of the whole server since it started or since CONFIG RESETSTAT.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "base/units.h"

namespace redpoll::session {

// A rate per second, averaged over the last sixteen samples.
class InstantRate {
 public:
  // `total` is a counter that grows; called about ten times a second.
  void sample(uint64_t total, MonoUs now);
  // Events per second; 0 before there are samples.
  uint64_t per_second() const;
  void reset() { *this = {}; }

 private:
  static constexpr size_t kSamples = 16;
  std::array<uint64_t, kSamples> rates_{};
  size_t next_ = 0;
  uint64_t last_total_ = 0;
  MonoUs last_time_{};
};

// How often each error code ("ERR", "WRONGTYPE") was sent.
class ErrorStats {
 public:
  // `text` is a whole error: the code is its first word.
  void count(std::string_view text);
  const std::map<std::string, uint64_t, std::less<>>& all() const { return counts_; }
  void reset() { counts_.clear(); }

 private:
  // Codes are made by commands, not by clients; should that ever change, memory stays bounded.
  static constexpr size_t kMaxCodes = 128;
  std::map<std::string, uint64_t, std::less<>> counts_;
};

struct Stats {
  uint64_t connections_received = 0;
  uint64_t connections_rejected = 0;  // over maxclients
  uint64_t commands_processed = 0;
  uint64_t input_bytes = 0;
  uint64_t output_bytes = 0;
  uint64_t reads_processed = 0;
  uint64_t writes_processed = 0;
  uint64_t error_replies = 0;
  uint64_t query_buffer_limit_disconnections = 0;
  uint64_t output_buffer_limit_disconnections = 0;
  uint64_t auth_failures = 0;
  uint64_t event_loop_turns = 0;
  uint64_t dirty = 0;  // changes to the data set
  Bytes peak_memory = 0;
  ErrorStats errors;
  InstantRate ops;
  InstantRate input;
  InstantRate output;

  // For CONFIG RESETSTAT: everything but the peak and the changes to the data set.
  void reset();
};

}  // namespace redpoll::session
