// Descriptions of arguments that many commands share; the short forms for others are in exec/arguments.h.
#pragma once

#include "exec/arguments.h"

namespace redpoll::cmd {

// The arguments of a command that takes one key.
inline constexpr exec::Argument kKeyArgs[] = {exec::key_arg()};

}  // namespace redpoll::cmd
