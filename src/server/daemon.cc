#include "server/daemon.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>

#ifdef REDPOLL_SYSTEMD
#include <systemd/sd-daemon.h>
#endif

namespace redpoll::server {

Result<void> daemonize() {
  const pid_t child = fork();
  if (child < 0) return failure("fork: {}", std::strerror(errno));
  if (child > 0) _exit(0);
  setsid();
  const int nowhere = open("/dev/null", O_RDWR | O_CLOEXEC);
  if (nowhere < 0) return failure("/dev/null: {}", std::strerror(errno));
  for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) dup2(nowhere, stream);
  if (nowhere > STDERR_FILENO) close(nowhere);
  return {};
}

PidFile::~PidFile() { remove(); }

Result<void> PidFile::create(const std::string& path) {
  std::ofstream file(path, std::ios::trunc);
  file << getpid() << '\n';
  file.close();
  if (!file) return failure("{}: {}", path, std::strerror(errno));
  path_ = path;
  return {};
}

static bool holds_own_pid(const std::string& path) {
  std::ifstream file(path);
  pid_t pid = 0;
  return file >> pid && pid == getpid();
}

void PidFile::remove() {
  if (!path_.empty() && holds_own_pid(path_)) unlink(path_.c_str());
  path_.clear();
}

Supervisor Supervisor::detect(config::Supervised setting) {
  using config::Supervised;
  const bool systemd = getenv("NOTIFY_SOCKET") != nullptr;
  const bool upstart = getenv("UPSTART_JOB") != nullptr;
  Supervisor found;
  if ((setting == Supervised::systemd || setting == Supervised::automatic) && systemd)
    found.kind_ = Kind::systemd;
  if ((setting == Supervised::upstart || (setting == Supervised::automatic && !systemd)) && upstart) {
    found.kind_ = Kind::upstart;
  }
  if (setting == Supervised::systemd && !systemd) {
    found.warning_ = "systemd supervision error: NOTIFY_SOCKET not found!";
  }
  if (setting == Supervised::upstart && !upstart) {
    found.warning_ = "upstart supervision requested, but UPSTART_JOB not found!";
  }
#ifdef REDPOLL_SYSTEMD
  if (found.kind_ == Kind::systemd) {
    // A socket that leads nowhere is none.
    if (const int told = sd_notify(0, "STATUS=Redpoll is loading...\n"); told <= 0) {
      found.kind_ = Kind::none;
      found.warning_ = fmt::format("systemd supervision error: sd_notify: {}", told);
    }
  }
#else
  if (setting == Supervised::systemd || found.kind_ == Kind::systemd) {
    found.warning_ =
        "systemd supervision requested or auto-detected, but Redpoll is compiled without libsystemd support!";
  }
#endif
  return found;
}

config::Supervised Supervisor::kind() const {
  switch (kind_) {
    case Kind::none: break;
    case Kind::systemd: return config::Supervised::systemd;
    case Kind::upstart: return config::Supervised::upstart;
  }
  return config::Supervised::no;
}

void Supervisor::notify([[maybe_unused]] std::string_view state) const {
#ifdef REDPOLL_SYSTEMD
  if (kind_ == Kind::systemd) sd_notify(0, std::string(state).c_str());
#endif
}

void Supervisor::ready_for_upstart() const {
  if (kind_ != Kind::upstart) return;
  unsetenv("UPSTART_JOB");
  raise(SIGSTOP);
}

}  // namespace redpoll::server
