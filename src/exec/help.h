// The reply of the HELP subcommand that every command with subcommands has.
#pragma once

#include <span>
#include <string_view>

#include "exec/reply.h"

namespace redpoll::exec {

// Replies one status per line: what the command takes that was called by the name `called`, `lines`, and HELP
// itself. A line is a subcommand with its arguments, or a sentence about the one before it, indented by four
// spaces.
void reply_help(Reply& out, std::string_view called, std::span<const std::string_view> lines);

}  // namespace redpoll::exec
