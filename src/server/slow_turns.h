// Tells the log what held the loop, and with it everybody else, for slow-turn-log-ms or longer: a command, or
// a whole turn in which no command took that long. Commands are named, with their database and how many keys
// they were given; what these are called, and other arguments, is nobody's business.
//
// At most one line a second: it tells how many were left out since the one before.
#pragma once

#include <cstdint>
#include <string_view>

#include "exec/call.h"
#include "session/session_call.h"

namespace redpoll::server {

class SlowTurns {
 public:
  static constexpr int64_t kLineEveryUs = 1'000'000;

  // The session outlives it, and need not be built yet.
  explicit SlowTurns(const session::Session& session) : session_(session) {}

  // A turn begins.
  void begin() {
    commands_before_ = session_.stats.commands_processed;
    command_told_ = false;
  }
  // A command took so long.
  void command(const exec::Call& call, uint64_t us);
  // The turn took so long, which may be no longer than it should.
  void end(uint64_t us);

 private:
  bool slow(uint64_t us) const {
    const auto ms = static_cast<uint64_t>(session_.config.settings().slow_turn_log_ms);
    return ms != 0 && us >= ms * 1000;
  }
  bool may_tell();
  void tell(std::string_view what);

  const session::Session& session_;
  uint64_t commands_before_ = 0;  // that the turn
  bool command_told_ = false;     // in this turn
  bool any_line_ = false;
  MonoUs last_line_{};
  uint64_t left_out_ = 0;  // since then
};

}  // namespace redpoll::server
