// The texts for requests that name no command, or not enough of one.
#pragma once

#include <span>
#include <string>

#include "exec/command_table.h"
#include "resp/arg.h"

namespace redpoll::exec {

// Whether `args` name a subcommand that the command does not have: `entry` is the container then.
inline bool lacks_subcommand(const CommandEntry& entry, std::span<const resp::Arg> args) {
  return !entry.subcommands.empty() && args.size() > 1;
}

// Why `args` cannot be run: an unknown command (`entry` is null), an unknown subcommand (`entry` is the
// container), or a wrong number of arguments.
std::string request_error(const CommandEntry* entry, std::span<const resp::Arg> args);

}  // namespace redpoll::exec
