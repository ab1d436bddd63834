// What the Executor asks of the server: it decides on requests that are not plainly admitted, keeps the slow
// log, and reads the clocks.
#pragma once

#include "admin/admin_call.h"
#include "exec/executor.h"
#include "server/memory_limit.h"
#include "session/admission.h"

namespace redpoll::server {

class ExecutorHost final : public exec::Host {
 public:
  // The parts may be built later than the host; none is used before the first command.
  ExecutorHost(session::Session& session, admin::Admin& admin, exec::Executor& executor, MemoryLimit& memory)
      : session_(session), admin_(admin), executor_(executor), memory_(memory), admission_(session) {}

  // The loop has read its clocks: commands go by that time from now on.
  void begin_turn();

  exec::Decision admit(exec::Call& call, exec::CommandEntry* entry, std::span<const resp::Arg> args) override;
  void was_slow(const exec::Call& call, Ticks spent) override;
  void refresh_time() override;

 private:
  session::Session& session_;
  admin::Admin& admin_;
  exec::Executor& executor_;
  MemoryLimit& memory_;
  session::Admission admission_;
};

}  // namespace redpoll::server
