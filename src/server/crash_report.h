// The report that a crash leaves in the log before the process dies: the signal and where it struck, registers and
// stack trace, INFO, the clients, the command that was running and its key.
#pragma once

#include "base/log.h"
#include "server/server.h"

namespace redpoll::server {

// While it lives, SIGSEGV, SIGBUS, SIGFPE, SIGILL and SIGABRT, failed CHECKs and exhausted memory are reported to the
// log, unless crash-log-enabled is off. At most one exists at a time. The process then dies of the same signal, so
// that its exit status and core file are as they would have been.
class CrashReport {
 public:
  CrashReport(Server& server, Logger& log);
  ~CrashReport();
  CrashReport(const CrashReport&) = delete;
  CrashReport& operator=(const CrashReport&) = delete;
};

}  // namespace redpoll::server
