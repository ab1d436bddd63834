// PidFile.
#include "server/daemon.h"

#include <stdlib.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <string>

namespace redpoll::server {

namespace {

class TemporaryFile {
 public:
  TemporaryFile() { close(mkstemp(path_.data())); }
  ~TemporaryFile() { unlink(path_.c_str()); }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;

  const std::string& path() const { return path_; }
  bool exists() const { return std::filesystem::exists(path_); }

 private:
  std::string path_ = (std::filesystem::temp_directory_path() / "redpoll-pid-XXXXXX").string();
};

}  // namespace

TEST_CASE("A pid file holds the pid and goes with its object") {
  const TemporaryFile file;
  {
    PidFile pid;
    REQUIRE(pid.create(file.path()));
    pid_t written = 0;
    REQUIRE(std::ifstream(file.path()) >> written);
    REQUIRE(written == getpid());
  }
  REQUIRE_FALSE(file.exists());
}

TEST_CASE("A pid file that another process has written anew stays") {
  const TemporaryFile file;
  {
    PidFile pid;
    REQUIRE(pid.create(file.path()));
    std::ofstream(file.path()) << getppid() << '\n';
  }
  REQUIRE(file.exists());
}

}  // namespace redpoll::server
