// Programs that a test starts: none outlives its test, and every wait has a deadline.
#pragma once

#include <sys/resource.h>
#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace redpoll::testing {

using std::chrono::milliseconds;

// How long a test waits for what has to happen. Generous: machines may be busy, and sanitizers are slow.
inline constexpr milliseconds kDeadline{30'000};

// Asks `condition` until it holds. False if it does not hold at the deadline.
bool wait_until(const std::function<bool()>& condition, milliseconds deadline = kDeadline);

// An empty directory, removed with everything in it.
class TempDir {
 public:
  TempDir();
  ~TempDir();
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;

  const std::filesystem::path& path() const { return path_; }
  std::string file(const std::string& name) const { return path_ / name; }

 private:
  std::filesystem::path path_;
};

std::string read_file(const std::filesystem::path& path);
void write_file(const std::filesystem::path& path, const std::string& text);

// How a process ended: by exit(code), or by a signal (code is -1 then).
struct Exit {
  int code = -1;
  int signal = 0;

  friend bool operator==(const Exit&, const Exit&) = default;
};
std::ostream& operator<<(std::ostream& out, const Exit& exit);

struct Launch {
  std::vector<std::string> argv;
  std::string input = {};                                             // what it finds on standard input
  std::vector<std::pair<std::string, std::string>> environment = {};  // added to ours
  std::string directory = {};                                         // empty: ours
  rlim_t max_files = 0;                                               // 0: as it is here
  rlim_t address_space = 0;                                           // bytes; 0: as it is here
};

// A running child. It is killed with this object, and when the test dies.
class Child {
 public:
  explicit Child(const Launch& launch);
  ~Child();
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  pid_t pid() const { return pid_; }
  void signal(int number) const;
  // nullopt if it still runs at the deadline.
  std::optional<Exit> exit_within(milliseconds deadline = kDeadline);
  // What it has written to standard output and standard error so far.
  std::string output() const;

 private:
  int output_fd_ = -1;
  pid_t pid_ = -1;
  std::optional<Exit> exit_;
};

struct Finished {
  Exit exit;
  std::string output;
};

// Runs a program to its end. Throws if it takes longer than the deadline.
Finished run_program(const Launch& launch, milliseconds deadline = kDeadline);

}  // namespace redpoll::testing
