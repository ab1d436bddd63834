// Arguments that nobody but the server may see: passwords. What is written down about a command (slow log,
// crash report) shows "(redacted)" in their place.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "exec/command_table.h"
#include "resp/arg.h"

namespace redpoll::session {

inline constexpr std::string_view kRedacted = "(redacted)";

// The arguments of a request for `entry`, secrets replaced. They live as long as `args`.
std::vector<resp::Arg> redact(const exec::CommandEntry& entry, std::span<const resp::Arg> args);

}  // namespace redpoll::session
