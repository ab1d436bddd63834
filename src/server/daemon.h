// What makes a process a daemon: going to the background, the pid file, and telling a supervisor.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "config/settings.h"

namespace redpoll::server {

// Detaches from the terminal: the parent exits, the child leads a session of its own, and its standard
// streams lead nowhere. The working directory stays. REQUIRES: no other thread runs.
Result<void> daemonize();

// A file with the number of this process, removed with the object unless another process has written its own
// there.
class PidFile {
 public:
  PidFile() = default;
  ~PidFile();
  PidFile(const PidFile&) = delete;
  PidFile& operator=(const PidFile&) = delete;

  Result<void> create(const std::string& path);
  bool created() const { return !path_.empty(); }
  void remove();

 private:
  std::string path_;
};

// Who started this process and wants to hear from it.
class Supervisor {
 public:
  // `automatic` looks at the environment: NOTIFY_SOCKET for systemd, UPSTART_JOB for upstart.
  static Supervisor detect(config::Supervised setting);

  bool present() const { return kind_ != Kind::none; }
  // Who it is, in the words of the setting.
  config::Supervised kind() const;
  // What the log should say about a supervisor that was asked for and cannot be told anything; empty if all
  // is well.
  const std::string& warning() const { return warning_; }
  // `STATUS=...`, `READY=1`, `STOPPING=1`, as systemd understands them. Does nothing without systemd.
  void notify(std::string_view state) const;
  // For upstart: stops this process, which is how it says that it is ready. Does nothing without upstart.
  void ready_for_upstart() const;

 private:
  enum class Kind : unsigned char { none, systemd, upstart };
  Kind kind_ = Kind::none;
  std::string warning_;
};

}  // namespace redpoll::server
