// What the Executor asks of the server: it decides on requests that are not plainly admitted, tells the slow
// log and the latency monitor, and reads the clocks.
#pragma once

#include "admin/admin_call.h"
#include "exec/executor.h"
#include "server/memory_limit.h"
#include "server/slow_turns.h"
#include "session/admission.h"

namespace redpoll::server {

class ExecutorHost final : public exec::Host {
 public:
  // The parts may be built later than the host; none is used before the first command.
  ExecutorHost(session::Session& session, admin::Admin& admin, exec::Executor& executor, MemoryLimit& memory)
      : session_(session),
        admin_(admin),
        executor_(executor),
        memory_(memory),
        admission_(session),
        slow_turns_(session) {}

  // The loop has read its clocks: commands go by that time from now on.
  void begin_turn();
  // The same, at the beginning of a turn of the loop.
  void after_sleep();
  // The turn is over: it is counted, with the time that it took.
  void end_turn();
  // What takes at least so long is worth a call of was_slow: the slow log, the latency monitor or the log
  // wants it.
  Ticks slow_ticks() const;

  exec::Decision admit(exec::Call& call, exec::CommandEntry* entry, std::span<const resp::Arg> args) override;
  void was_slow(const exec::Call& call, Ticks spent) override;
  void refresh_time() override;

 private:
  Ticks slowlog_ticks() const;
  void log_slow(const exec::Call& call, uint64_t us);

  session::Session& session_;
  admin::Admin& admin_;
  exec::Executor& executor_;
  MemoryLimit& memory_;
  session::Admission admission_;
  SlowTurns slow_turns_;
  Ticks turn_began_ = 0;       // when the latest poll returned
  Ticks uncounted_ticks_ = 0;  // of turns: less than a microsecond
};

}  // namespace redpoll::server
