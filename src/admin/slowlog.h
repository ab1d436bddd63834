// The slow log: the latest commands that took longer than slowlog-log-slower-than, newest first.
#pragma once

#include <cstdint>
#include <deque>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/units.h"
#include "resp/arg.h"

namespace redpoll::admin {

struct SlowEntry {
  uint64_t id;
  int64_t unix_s;
  int64_t duration_us;
  std::vector<std::string> args;  // with a note of what was left out
  std::string peer;
  std::string client_name;  // as an argument: nobody's name is kept in full after he has left
};

// What is kept: slowlog-max-len, slowlog-entry-max-argc, slowlog-entry-max-string-len.
struct SlowlogLimits {
  size_t entries = 128;
  size_t args = 32;
  size_t arg_bytes = 128;
};

class Slowlog {
 public:
  void add(std::span<const resp::Arg> args, int64_t duration_us, UnixMs now, std::string peer,
           std::string_view name, const SlowlogLimits& limits);
  const std::deque<SlowEntry>& entries() const { return entries_; }
  void clear() { entries_.clear(); }
  // Drops the oldest entries over `max_len`.
  void trim(size_t max_len);

 private:
  std::deque<SlowEntry> entries_;
  uint64_t next_id_ = 0;
};

}  // namespace redpoll::admin
