// The report that a crash leaves in the log before the process dies: the signal and where it struck,
// registers and stack trace with the names of functions, the command that was running with its arguments
// (passwords left out), INFO and the clients.
#pragma once

#include "base/log.h"
#include "server/server.h"

namespace redpoll::server {

// While it is enabled, SIGSEGV, SIGBUS, SIGFPE, SIGILL and SIGABRT, failed CHECKs and exhausted memory are
// reported to the log. The process then dies of the same signal, so that its exit status and core file are as
// they would have been; a report that gets stuck is given up after some seconds. At most one exists at a
// time.
class CrashReport {
 public:
  // Not enabled yet.
  CrashReport(Server& server, Logger& log);
  ~CrashReport();
  CrashReport(const CrashReport&) = delete;
  CrashReport& operator=(const CrashReport&) = delete;

  // crash-log-enabled.
  void enable(bool on);

 private:
  bool enabled_ = false;
};

}  // namespace redpoll::server
