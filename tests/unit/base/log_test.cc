#include "base/log.h"

#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>
#include <syslog.h>
#include <unistd.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <regex>
#include <sstream>
#include <thread>
#include <vector>

namespace redpoll {
namespace {

namespace fs = std::filesystem;

// A directory that goes when the test ends.
class Scratch {
 public:
  Scratch() {
    char name[] = "/tmp/redpoll-log-XXXXXX";
    path_ = ::mkdtemp(name);
  }
  ~Scratch() { fs::remove_all(path_); }
  [[nodiscard]] std::string file(const std::string& name) const { return path_ / name; }

 private:
  fs::path path_;
};

std::string content(const std::string& path) {
  std::ostringstream out;
  out << std::ifstream(path).rdbuf();
  return out.str();
}

// What follows the first line's mark, without the line end.
std::string message_of(const std::string& line) {
  const size_t at = line.find_first_of(".-*#", line.find('.') + 1);
  return line.substr(at + 2, line.size() - at - 3);
}

struct TimeZone {
  explicit TimeZone(const char* name) {
    ::setenv("TZ", name, 1);
    ::tzset();
  }
  ~TimeZone() {
    ::unsetenv("TZ");
    ::tzset();
  }
};

}  // namespace

TEST_CASE("a line has process, role, time, level and text") {
  const Scratch dir;
  Logger log;
  REQUIRE(log.set_file(dir.file("a")).ok());
  log.set_level(LogLevel::debug);
  log.notice("port {}", 6379);
  log.set_role(LogRole::replica);
  log.warning("w");
  log.set_role(LogRole::child);
  log.verbose("v");
  log.set_role(LogRole::sentinel);
  log.debug("d");
  const std::string pid = std::to_string(::getpid());
  const std::string time = R"( \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d\.\d{3} )";
  const std::regex expected(pid + ":M" + time + R"(\* port 6379\n)" + pid + ":S" + time + "# w\n" + pid +
                            ":C" + time + "- v\n" + pid + ":X" + time + R"(\. d\n)");
  REQUIRE(std::regex_match(content(dir.file("a")), expected));
}

TEST_CASE("the time is that of the local time zone, also after it changed") {
  const Scratch dir;
  const auto logged_hour = [&](const char* zone) {
    const TimeZone set(zone);
    Logger log;
    REQUIRE(log.set_file(dir.file(zone)).ok());
    log.notice("x");
    const std::string line = content(dir.file(zone));
    return std::stoi(line.substr(line.find(':', line.find(':') + 1) - 2, 2));
  };
  const auto hour_in = [](const char* zone) {
    const TimeZone set(zone);
    const std::time_t now = std::time(nullptr);
    return std::localtime(&now)->tm_hour;
  };
  // Once more if the hour turned in between.
  const bool east = logged_hour("XYZ-5") == hour_in("XYZ-5") || logged_hour("XYZ-5") == hour_in("XYZ-5");
  const bool west = logged_hour("XYZ+7") == hour_in("XYZ+7") || logged_hour("XYZ+7") == hour_in("XYZ+7");
  REQUIRE(east);
  REQUIRE(west);
}

TEST_CASE("the offset of local time changes in the second in which summer time begins and ends") {
  const TimeZone zone("CET-1CEST,M3.5.0,M10.5.0/3");
  constexpr int64_t kBegin = 1774746000;  // 2026-03-29 01:00 UTC
  constexpr int64_t kEnd = 1792890000;    // 2026-10-25 01:00 UTC
  for (const int64_t before : {1, 59, 60, 299}) {
    CAPTURE(before);
    const UtcOffset spring = utc_offset_around(kBegin - before);
    REQUIRE(spring.at(kBegin - 1) == 3600);
    REQUIRE(spring.at(kBegin) == 7200);
    const UtcOffset autumn = utc_offset_around(kEnd - before);
    REQUIRE(autumn.at(kEnd - 1) == 7200);
    REQUIRE(autumn.at(kEnd) == 3600);
  }
  REQUIRE(utc_offset_around(kBegin).at(kBegin) == 7200);
  REQUIRE(utc_offset_around(kBegin - 3600).at(kBegin - 3600) == 3600);
}

TEST_CASE("messages below the level are neither written nor formatted") {
  const Scratch dir;
  Logger log;
  REQUIRE(log.set_file(dir.file("a")).ok());
  REQUIRE(log.level() == LogLevel::notice);
  log.verbose("v");
  log.debug("d");
  log.raw(LogLevel::verbose, "r");
  REQUIRE(content(dir.file("a")).empty());
  log.set_level(LogLevel::warning);
  REQUIRE_FALSE(log.enabled(LogLevel::notice));
  log.notice("n");
  REQUIRE(content(dir.file("a")).empty());
}

TEST_CASE("a message cannot forge a line or drive a terminal") {
  const Scratch dir;
  Logger log;
  REQUIRE(log.set_file(dir.file("a")).ok());
  log.notice("user '{}'", "x\r\n1:M 01 Jan 2024 * forged\x1b[2J\x7f\t\xc3\xa4");
  const std::string text = content(dir.file("a"));
  REQUIRE(std::count(text.begin(), text.end(), '\n') == 1);
  REQUIRE(message_of(text) == "user 'x\\r\\n1:M 01 Jan 2024 * forged\\x1b[2J\\x7f\\x09\xc3\xa4'");
}

TEST_CASE("a message is cut at its longest") {
  const Scratch dir;
  Logger log;
  REQUIRE(log.set_file(dir.file("a")).ok());
  log.notice("{}", std::string(5000, 'x'));
  REQUIRE(message_of(content(dir.file("a"))) == std::string(Logger::kMaxMessage, 'x'));
  REQUIRE(log.set_file(dir.file("b")).ok());
  log.notice("{}", std::string(5000, '\x01'));
  // Escaped it is longer, but no longer than what a pipe takes at once.
  const size_t line = content(dir.file("b")).size();
  REQUIRE(line <= PIPE_BUF);
  REQUIRE(line > PIPE_BUF - 8);
}

TEST_CASE("raw text and signal-safe text are written as they are") {
  const Scratch dir;
  Logger log;
  REQUIRE(log.set_file(dir.file("a")).ok());
  log.raw(LogLevel::notice, "\n  logo\n\n");
  errno = EDOM;
  log.write_signal_safe("crash\n");
  REQUIRE(errno == EDOM);
  REQUIRE(content(dir.file("a")) == "\n  logo\n\ncrash\n");
}

TEST_CASE("a pipe that nobody reads holds nobody up, and what was lost is told") {
  Scratch scratch;
  const std::string fifo = scratch.file("fifo");
  REQUIRE(::mkfifo(fifo.c_str(), 0600) == 0);
  Logger log;
  // Without a reader it cannot even be opened.
  REQUIRE_FALSE(log.set_file(fifo));
  const int reader = ::open(fifo.c_str(), O_RDONLY | O_NONBLOCK);
  REQUIRE(reader >= 0);
  REQUIRE(log.set_file(fifo));
  const std::string text(1000, 'x');
  constexpr int kLines = 1000;
  for (int i = 0; i < kLines; ++i) log.warning("{}", text);
  // Somebody wakes up and reads.
  std::string read_so_far;
  const auto drain = [&] {
    char buffer[65536];
    for (ssize_t n; (n = ::read(reader, buffer, sizeof buffer)) > 0;) {
      read_so_far.append(buffer, static_cast<size_t>(n));
    }
  };
  drain();
  const auto written = std::count(read_so_far.begin(), read_so_far.end(), '\n');
  REQUIRE(written > 0);
  REQUIRE(written < kLines);
  read_so_far.clear();
  log.warning("here again");
  log.warning("and again");
  drain();
  REQUIRE(read_so_far.find(std::to_string(kLines - written) + " log messages were lost") !=
          std::string::npos);
  REQUIRE(std::count(read_so_far.begin(), read_so_far.end(), '\n') == 3);
  REQUIRE(message_of(read_so_far.substr(read_so_far.rfind('\n', read_so_far.size() - 2) + 1)) == "and again");
  ::close(reader);
}

TEST_CASE("a log file is appended to") {
  const Scratch dir;
  std::ofstream(dir.file("a")) << "before\n";
  Logger log;
  REQUIRE(log.set_file(dir.file("a")).ok());
  log.raw(LogLevel::notice, "after\n");
  REQUIRE(content(dir.file("a")) == "before\nafter\n");
}

TEST_CASE("a log file that cannot be opened leaves the log as it was") {
  const Scratch dir;
  Logger log;
  REQUIRE(log.set_file(dir.file("a")).ok());
  const Result<void> bad = log.set_file(dir.file("no/such/dir"));
  REQUIRE_FALSE(bad.ok());
  REQUIRE(bad.error() == "Can't open the log file: No such file or directory");
  REQUIRE(log.file() == dir.file("a"));
  log.raw(LogLevel::notice, "x");
  REQUIRE(content(dir.file("a")) == "x");
}

TEST_CASE("reopen follows the name after rotation") {
  const Scratch dir;
  Logger log;
  REQUIRE(log.set_file(dir.file("a")).ok());
  log.raw(LogLevel::notice, "1");
  fs::rename(dir.file("a"), dir.file("a.1"));
  log.raw(LogLevel::notice, "2");
  REQUIRE(log.reopen().ok());
  log.raw(LogLevel::notice, "3");
  REQUIRE(content(dir.file("a.1")) == "12");
  REQUIRE(content(dir.file("a")) == "3");
}

TEST_CASE("reopen_if_moved notices a file that was moved or deleted, and only that") {
  const Scratch dir;
  Logger log;
  REQUIRE(log.reopen_if_moved().ok());
  REQUIRE(log.set_file(dir.file("a")).ok());
  log.raw(LogLevel::notice, "1");
  REQUIRE(log.reopen_if_moved().ok());
  log.raw(LogLevel::notice, "2");
  REQUIRE(content(dir.file("a")) == "12");
  fs::remove(dir.file("a"));
  REQUIRE(log.reopen_if_moved().ok());
  log.raw(LogLevel::notice, "3");
  REQUIRE(content(dir.file("a")) == "3");
}

TEST_CASE("lines of several threads do not mix while the file is reopened") {
  const Scratch dir;
  Logger log;
  REQUIRE(log.set_file(dir.file("a")).ok());
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&log, t] {
      for (int i = 0; i < 500; ++i) log.notice("{}", std::string(50, static_cast<char>('a' + t)));
    });
  }
  for (int i = 0; i < 50; ++i) REQUIRE(log.reopen().ok());
  for (auto& t : threads) t.join();
  std::ifstream in(dir.file("a"));
  std::string line;
  int lines = 0;
  for (; std::getline(in, line); ++lines) {
    const std::string text = message_of(line + "\n");
    REQUIRE(text == std::string(50, text.at(0)));
  }
  REQUIRE(lines == 2000);
}

TEST_CASE("syslog facilities are known by name") {
  REQUIRE(Logger::syslog_facility("user") == LOG_USER);
  REQUIRE(Logger::syslog_facility("LOCAL0") == LOG_LOCAL0);
  REQUIRE(Logger::syslog_facility("local7") == LOG_LOCAL7);
  REQUIRE_FALSE(Logger::syslog_facility("local8"));
  REQUIRE_FALSE(Logger::syslog_facility(""));
}

TEST_CASE("messages go to syslog as well without harm to the file") {
  const Scratch dir;
  Logger log;
  REQUIRE(log.set_file(dir.file("a")).ok());
  log.enable_syslog("redpoll-test", LOG_USER);
  log.notice("100% {}", "s");
  log.disable_syslog();
  REQUIRE(message_of(content(dir.file("a"))) == "100% s");
}

}  // namespace redpoll
