// The report that a crash leaves in the log before the process dies: the signal and where it struck, registers and
// stack trace, INFO, the clients, the command that was running and its key.
#pragma once

#include "base/log.h"
#include "server/server.h"

namespace redpoll::server {

// While it is enabled, SIGSEGV, SIGBUS, SIGFPE, SIGILL and SIGABRT, failed CHECKs and exhausted memory are reported to the
// log. At most one exists at a time. The process then dies of the same signal, so
// that its exit status and core file are as they would have been.
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
