// What the Executor counts, since the server started or since CONFIG RESETSTAT.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace redpoll::exec {

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

struct Statistics {
  uint64_t commands_processed = 0;
  uint64_t error_replies = 0;
  uint64_t dirty = 0;  // changes to the data set
  ErrorStats errors;

  // An error is sent to somebody.
  void count_error(std::string_view text) {
    ++error_replies;
    errors.count(text);
  }
};

}  // namespace redpoll::exec
