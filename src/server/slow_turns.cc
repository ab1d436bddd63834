#include "server/slow_turns.h"

#include <fmt/format.h>

#include "exec/command_table.h"

namespace redpoll::server {

static size_t keys_in(const exec::Call& call) {
  const auto keys = exec::find_keys(*call.entry().command, call.args);
  return keys ? keys->size() : 0;
}

void SlowTurns::command(const exec::Call& call, uint64_t us) {
  if (!slow(us)) return;
  command_told_ = true;
  if (!may_tell()) return;
  const size_t keys = keys_in(call);
  tell(fmt::format("'{}' held the loop for {} ms (database {}, {} {})", call.entry().full_name, us / 1000,
                   call.db().index(), keys, keys == 1 ? "key" : "keys"));
}

void SlowTurns::end(uint64_t us) {
  if (!slow(us) || command_told_ || !may_tell()) return;
  const uint64_t commands = session_.stats.commands_processed - commands_before_;
  tell(fmt::format("{} commands and the server's own work, none that slow by itself, held the loop for {} ms",
                   commands, us / 1000));
}

// False if there was a line lately: then this one is counted only.
bool SlowTurns::may_tell() {
  const MonoUs now = session_.loop.now();
  if (any_line_ && now - last_line_ < kLineEveryUs) {
    ++left_out_;
    return false;
  }
  any_line_ = true;
  last_line_ = now;
  return true;
}

void SlowTurns::tell(std::string_view what) {
  if (left_out_ == 0) return session_.log.notice("Slow turn: {}", what);
  session_.log.notice("Slow turn: {}; {} more since the last such line", what, left_out_);
  left_out_ = 0;
}

}  // namespace redpoll::server
