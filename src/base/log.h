// The log: a file or stdout, and syslog beside it. Lines look as Redis writes them:
//
//   1234:M 05 Mar 2024 10:11:12.345 * Ready to accept connections
//
// A message cannot forge a line: control characters in it are written escaped, and it is cut at kMaxMessage.
// Each line is one write(2) to a descriptor opened for appending, so lines of several processes do not mix.
//
// Nobody waits for the log: a line that a pipe or a terminal does not take at once, or a full disk, is
// dropped, and the next one that is written is preceded by one that tells how many were.
//
// Thread-safe but for the functions marked [setup], which are called before other threads log.
#pragma once

#include <fmt/core.h>
#include <sys/types.h>

#include <atomic>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"

namespace redpoll {

enum class LogLevel : unsigned char { debug, verbose, notice, warning };

// The letter after the process id: master, replica, child of a fork, sentinel.
enum class LogRole : char { master = 'M', replica = 'S', child = 'C', sentinel = 'X' };

// Opens a log file to append to it, creating it; -1 with errno if that fails. A FIFO that nobody reads cannot
// be opened: who waited for a reader would wait for ever.
int open_log_file(const std::string& path) noexcept;

// Seconds that local time is ahead of UTC, now and after the change that comes next, if one is near.
struct UtcOffset {
  int32_t now = 0;
  int32_t then = 0;
  int64_t change_s = std::numeric_limits<int64_t>::max();  // from when on `then` counts, as a Unix time

  int32_t at(int64_t unix_s) const { return unix_s < change_s ? now : then; }
};

// As the time zone says. Sees a change up to five minutes ahead.
UtcOffset utc_offset_around(int64_t unix_s) noexcept;

class Logger {
 public:
  static constexpr size_t kMaxMessage = 1023;

  // Logs to stdout, from LogLevel::notice.
  Logger();
  ~Logger();
  Logger(const Logger&) = delete;
  Logger& operator=(const Logger&) = delete;

  [[nodiscard]] LogLevel level() const noexcept { return level_.load(std::memory_order_relaxed); }
  void set_level(LogLevel level) noexcept { level_.store(level, std::memory_order_relaxed); }
  void set_role(LogRole role) noexcept { role_.store(role, std::memory_order_relaxed); }

  // Appends to the file from now on, creating it; "" stands for stdout. On failure nothing changes. [setup]
  Result<void> set_file(const std::string& path);
  [[nodiscard]] const std::string& file() const noexcept { return path_; }
  // Opens the file anew by its name: after SIGHUP, for log rotation. On failure the old one stays in use.
  Result<void> reopen();
  // Does so if the name no longer leads to the file that is open: for rotation that sends no signal. Cheap
  // enough for once a second.
  Result<void> reopen_if_moved();

  // Sends every message to syslog as well. A facility of syslog_facility(). [setup]
  void enable_syslog(std::string ident, int facility);
  void disable_syslog() noexcept;
  // "user", "local0" to "local7" in any case.
  static std::optional<int> syslog_facility(std::string_view name) noexcept;

  // Reads the time zone again, and sees the next change when it is near: to be called every few minutes.
  // Lines do not ask for it themselves, because the C library takes a lock for it, which may be held for ever
  // in the child of a fork.
  void refresh_timezone() noexcept;

  [[nodiscard]] bool enabled(LogLevel level) const noexcept { return level >= this->level(); }

  template <class... Args>
  void debug(fmt::format_string<Args...> format, Args&&... args) {
    log(LogLevel::debug, format, std::forward<Args>(args)...);
  }
  template <class... Args>
  void verbose(fmt::format_string<Args...> format, Args&&... args) {
    log(LogLevel::verbose, format, std::forward<Args>(args)...);
  }
  template <class... Args>
  void notice(fmt::format_string<Args...> format, Args&&... args) {
    log(LogLevel::notice, format, std::forward<Args>(args)...);
  }
  template <class... Args>
  void warning(fmt::format_string<Args...> format, Args&&... args) {
    log(LogLevel::warning, format, std::forward<Args>(args)...);
  }
  template <class... Args>
  void log(LogLevel level, fmt::format_string<Args...> format, Args&&... args) {
    if (!enabled(level)) return;
    vlog(level, format, fmt::make_format_args(args...));
  }

  // The text as it is, without prefix, escaping or line end: for the start-up banner.
  void raw(LogLevel level, std::string_view text);

  // Like raw at any level, and callable from a signal handler: no lock, no allocation; keeps errno.
  void write_signal_safe(std::string_view text) const noexcept;

 private:
  void vlog(LogLevel level, fmt::string_view format, fmt::format_args args);
  void write_line(LogLevel level, std::string_view message);
  void put(std::string_view text);
  void to_syslog(LogLevel level, const char* message) const noexcept;

  std::atomic<LogLevel> level_{LogLevel::notice};
  std::atomic<LogRole> role_{LogRole::master};
  std::atomic<int> fd_;
  // What utc_offset_around says; lines of other threads may be written meanwhile.
  std::atomic<int32_t> utc_offset_s_{0};
  std::atomic<int32_t> next_utc_offset_s_{0};
  std::atomic<int64_t> utc_offset_change_s_{std::numeric_limits<int64_t>::max()};
  int32_t utc_offset(int64_t unix_s) const noexcept;
  std::atomic<bool> syslog_{false};
  std::atomic<uint64_t> dropped_{0};  // lines, since one was written
  std::string path_;
  std::string ident_;  // openlog keeps the pointer
};

}  // namespace redpoll
