#include "base/log.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <limits.h>
#include <sys/stat.h>
#include <syslog.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <ctime>
#include <iterator>

#include "base/clock.h"
#include "base/text.h"
#include "base/write_all.h"

namespace redpoll {
namespace {

constexpr char kLevelMarks[] = {'.', '-', '*', '#'};
constexpr int kSyslogPriorities[] = {LOG_DEBUG, LOG_INFO, LOG_NOTICE, LOG_WARNING};
constexpr std::string_view kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                        "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

struct FacilityName {
  std::string_view name;
  int facility;
};
constexpr FacilityName kFacilities[] = {
    {"user", LOG_USER},     {"local0", LOG_LOCAL0}, {"local1", LOG_LOCAL1},
    {"local2", LOG_LOCAL2}, {"local3", LOG_LOCAL3}, {"local4", LOG_LOCAL4},
    {"local5", LOG_LOCAL5}, {"local6", LOG_LOCAL6}, {"local7", LOG_LOCAL7},
};

constexpr size_t index_of(LogLevel level) { return static_cast<size_t>(level); }

// No line is longer: a pipe takes it whole or not at all.
using LineBuffer = fmt::basic_memory_buffer<char, PIPE_BUF>;
constexpr size_t kLongestEscape = 4;

// Before a report of a crash is given up.
constexpr int kPatienceMs = 1000;

// Escapes what could begin a new line or drive a terminal.
void append_escaped(LineBuffer& to, std::string_view message) {
  for (const char c : message) {
    if (to.size() + kLongestEscape >= PIPE_BUF) return;
    if (c == '\n') {
      to.append(std::string_view("\\n"));
    } else if (c == '\r') {
      to.append(std::string_view("\\r"));
    } else if (static_cast<unsigned char>(c) < ' ' || c == '\x7f') {
      fmt::format_to(std::back_inserter(to), "\\x{:02x}", static_cast<unsigned char>(c));
    } else {
      to.push_back(c);
    }
  }
}

// "05 Mar 2024 10:11:12.345". Computed here rather than by localtime, which takes a lock.
void append_time(LineBuffer& to, UnixMs now, int32_t utc_offset_s) {
  using namespace std::chrono;
  const sys_time<milliseconds> local{milliseconds(now.v + int64_t{utc_offset_s} * 1000)};
  const auto midnight = floor<days>(local);
  const year_month_day date{midnight};
  const hh_mm_ss time{local - midnight};
  fmt::format_to(std::back_inserter(to), "{:02} {} {} {:02}:{:02}:{:02}.{:03}",
                 static_cast<unsigned>(date.day()), kMonths[static_cast<unsigned>(date.month()) - 1],
                 static_cast<int>(date.year()), time.hours().count(), time.minutes().count(),
                 time.seconds().count(), time.subseconds().count());
}

}  // namespace

int open_log_file(const std::string& path) noexcept {
  return SYS(::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0644));
}

Logger::Logger() : fd_(STDOUT_FILENO) { refresh_timezone(); }

Logger::~Logger() {
  if (!path_.empty()) ::close(fd_);
  disable_syslog();
}

Result<void> Logger::set_file(const std::string& path) {
  const int fd = path.empty() ? STDOUT_FILENO : open_log_file(path);
  if (fd == -1) return failure("Can't open the log file: {}", std::strerror(errno));
  const int old = fd_.exchange(fd);
  if (!path_.empty()) ::close(old);
  path_ = path;
  return {};
}

Result<void> Logger::reopen() {
  if (path_.empty()) return {};
  const int fresh = open_log_file(path_);
  if (fresh == -1) return failure("Can't open the log file: {}", std::strerror(errno));
  // dup3 exchanges the file behind the number at once: other threads may be writing to it.
  const int moved = SYS(::dup3(fresh, fd_, O_CLOEXEC));
  const int error = errno;
  ::close(fresh);
  if (moved == -1) return failure("Can't open the log file: {}", std::strerror(error));
  return {};
}

Result<void> Logger::reopen_if_moved() {
  if (path_.empty()) return {};
  struct stat named, opened;
  if (::stat(path_.c_str(), &named) == 0 && ::fstat(fd_, &opened) == 0 && named.st_ino == opened.st_ino &&
      named.st_dev == opened.st_dev) {
    return {};
  }
  return reopen();
}

void Logger::enable_syslog(std::string ident, int facility) {
  ident_ = std::move(ident);
  ::openlog(ident_.c_str(), LOG_PID | LOG_NDELAY | LOG_NOWAIT, facility);
  syslog_ = true;
}

void Logger::disable_syslog() noexcept {
  if (syslog_.exchange(false)) ::closelog();
}

std::optional<int> Logger::syslog_facility(std::string_view name) noexcept {
  for (const FacilityName& f : kFacilities) {
    if (iequals(f.name, name)) return f.facility;
  }
  return std::nullopt;
}

static int32_t utc_offset_at(int64_t unix_s) noexcept {
  const auto time = static_cast<std::time_t>(unix_s);
  std::tm local{};
  return ::localtime_r(&time, &local) != nullptr ? static_cast<int32_t>(local.tm_gmtoff) : 0;
}

UtcOffset utc_offset_around(int64_t unix_s) noexcept {
  constexpr int64_t kAhead = 300;
  UtcOffset offset{.now = utc_offset_at(unix_s), .then = utc_offset_at(unix_s + kAhead)};
  if (offset.now == offset.then) return offset;
  int64_t before = unix_s;
  offset.change_s = unix_s + kAhead;
  while (offset.change_s - before > 1) {
    const int64_t middle = before + (offset.change_s - before) / 2;
    (utc_offset_at(middle) == offset.now ? before : offset.change_s) = middle;
  }
  return offset;
}

void Logger::refresh_timezone() noexcept {
  ::tzset();
  const UtcOffset offset = utc_offset_around(std::time(nullptr));
  utc_offset_s_ = offset.now;
  next_utc_offset_s_ = offset.then;
  utc_offset_change_s_ = offset.change_s;
}

int32_t Logger::utc_offset(int64_t unix_s) const noexcept {
  return UtcOffset{utc_offset_s_, next_utc_offset_s_, utc_offset_change_s_}.at(unix_s);
}

void Logger::vlog(LogLevel level, fmt::string_view format, fmt::format_args args) {
  char message[kMaxMessage];
  const auto end = fmt::vformat_to_n(message, sizeof(message), format, args);
  write_line(level, {message, std::min(end.size, sizeof(message))});
}

// "1234:M 05 Mar 2024 10:11:12.345 * "
static void begin_line(LineBuffer& line, LogLevel level, LogRole role, int32_t utc_offset_s) {
  fmt::format_to(std::back_inserter(line), "{}:{} ", ::getpid(), static_cast<char>(role));
  append_time(line, unix_now(), utc_offset_s);
  fmt::format_to(std::back_inserter(line), " {} ", kLevelMarks[index_of(level)]);
}

void Logger::write_line(LogLevel level, std::string_view message) {
  LineBuffer line;
  begin_line(line, level, role_.load(std::memory_order_relaxed), utc_offset(unix_now().v / 1000));
  const size_t prefix = line.size();
  append_escaped(line, message);
  line.push_back('\n');
  put({line.data(), line.size()});
  if (!syslog_.load(std::memory_order_relaxed)) return;
  line[line.size() - 1] = '\0';
  to_syslog(level, line.data() + prefix);
}

void Logger::put(std::string_view text) {
  const uint64_t dropped = dropped_.load(std::memory_order_relaxed);
  if (dropped > 0) [[unlikely]] {
    LineBuffer line;
    begin_line(line, LogLevel::warning, role_.load(std::memory_order_relaxed),
               utc_offset(unix_now().v / 1000));
    fmt::format_to(std::back_inserter(line), "{} log messages were lost: the log took none.\n", dropped);
    if (write_in_time(fd_, {line.data(), line.size()}, 0)) dropped_.fetch_sub(dropped);
  }
  if (!write_in_time(fd_, text, 0)) dropped_.fetch_add(1);
}

void Logger::raw(LogLevel level, std::string_view text) {
  if (!enabled(level)) return;
  put(text);
  if (syslog_.load(std::memory_order_relaxed)) to_syslog(level, std::string(text).c_str());
}

void Logger::to_syslog(LogLevel level, const char* message) const noexcept {
  ::syslog(kSyslogPriorities[index_of(level)], "%s", message);
}

void Logger::write_signal_safe(std::string_view text) const noexcept {
  const int saved = errno;
  static_cast<void>(write_in_time(fd_, text, kPatienceMs));
  errno = saved;
}

}  // namespace redpoll
