// The real server under test, on a port of its own and in a directory of its own, so that tests run side by
// side.
//
// REDPOLL_TEST_SERVER in the environment names another binary to test: with /usr/bin/redis-server it shows
// whether a test expects what Redis does.
#pragma once

#include <csignal>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "support/process.h"

namespace redpoll::testing {

// The binary under test.
std::string server_binary();
// Whether that is Redpoll, not another server for comparison.
bool testing_redpoll();
// Whether the sanitizers are in: their memory figures mean nothing, and what they do takes its time.
bool sanitized();

// A TCP port that nobody uses, and that no other test gets as long as this object lives. It lies below the
// range that the kernel takes ports of outgoing connections from.
class PortLease {
 public:
  PortLease();
  ~PortLease();
  PortLease(const PortLease&) = delete;
  PortLease& operator=(const PortLease&) = delete;

  uint16_t port() const { return port_; }

 private:
  int lock_fd_ = -1;
  uint16_t port_ = 0;
};

class ServerProcess {
 public:
  struct Options {
    // On the command line, after --port and --dir.
    std::vector<std::string> args = {};
    // Text of a configuration file that comes first on the command line.
    std::optional<std::string> config = {};
    // "-" on the command line and this on standard input, where it would be read after the file.
    std::string input = {};
    std::vector<std::pair<std::string, std::string>> environment = {};
    // Another binary than the one under test. Empty: server_binary().
    std::string binary = {};
    // Limit of open files. 0: as in this process.
    rlim_t max_files = 0;
    rlim_t address_space = 0;  // bytes
  };

  // Starts the server and waits until it answers. Throws with its log if it does not.
  explicit ServerProcess(std::vector<std::string> args = {})
      : ServerProcess(Options{.args = std::move(args)}) {}
  explicit ServerProcess(const Options& options);
  // Kills the server if it still runs. When a test fails, its log is shown.
  ~ServerProcess();

  uint16_t port() const { return lease_.port(); }
  pid_t pid() const { return child_->pid(); }
  const TempDir& dir() const { return dir_; }
  // The configuration file, whether there is one or not.
  std::string config_file() const { return dir_.file("redpoll.conf"); }

  // What it has written to standard output so far: its log, unless it logs to a file.
  std::string log() const { return child_->output(); }
  bool logs(std::string_view text) const { return log().find(text) != std::string::npos; }
  // Waits until the log has the text.
  bool logs_within(std::string_view text, milliseconds deadline = kDeadline) const;

  void signal(int number) const { child_->signal(number); }
  std::optional<Exit> exit_within(milliseconds deadline = kDeadline) { return child_->exit_within(deadline); }
  // Asks it to end by a signal and tells how it did. Throws if it does not end.
  Exit stop(int number = SIGTERM);
  // Resident bytes of the process.
  size_t resident_bytes() const;
  // The most that it has been since the start.
  size_t peak_resident_bytes() const;

 private:
  PortLease lease_;
  TempDir dir_;
  int uncaught_ = 0;
  std::unique_ptr<Child> child_;
};

}  // namespace redpoll::testing
