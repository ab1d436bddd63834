// PidFile and Supervisor.
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

TEST_CASE("A supervisor that was asked for and is not there is worth a warning") {
  unsetenv("NOTIFY_SOCKET");
  unsetenv("UPSTART_JOB");
  using config::Supervised;
  REQUIRE(Supervisor::detect(Supervised::no).warning().empty());
  REQUIRE(Supervisor::detect(Supervised::automatic).warning().empty());
  REQUIRE_FALSE(Supervisor::detect(Supervised::systemd).warning().empty());
  REQUIRE_FALSE(Supervisor::detect(Supervised::systemd).present());
  REQUIRE(Supervisor::detect(Supervised::upstart).warning() ==
          "upstart supervision requested, but UPSTART_JOB not found!");
#ifdef REDPOLL_SYSTEMD
  REQUIRE(Supervisor::detect(Supervised::systemd).warning() ==
          "systemd supervision error: NOTIFY_SOCKET not found!");
  setenv("NOTIFY_SOCKET", "/nowhere", 1);
  const Supervisor deaf = Supervisor::detect(Supervised::systemd);
  REQUIRE(deaf.warning() == "systemd supervision error: sd_notify: -2");
  REQUIRE(deaf.kind() == Supervised::no);
  unsetenv("NOTIFY_SOCKET");
#endif
}

}  // namespace redpoll::server
