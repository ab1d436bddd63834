// Descriptions of arguments that many commands share; the short forms for others are in exec/arguments.h.
#pragma once

#include "exec/arguments.h"

namespace redpoll::cmd {

// The arguments of a command that takes one key.
inline constexpr exec::Argument kKeyArgs[] = {exec::key_arg()};
// A key and a field of its hash, or several.
inline constexpr exec::Argument kFieldArgs[] = {exec::key_arg(), exec::string_arg("field")};
inline constexpr exec::Argument kFieldsArgs[] = {exec::key_arg(), exec::multiple(exec::string_arg("field"))};

}  // namespace redpoll::cmd
