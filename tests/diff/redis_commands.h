// The commands of Redis 7.0 for the types that Redpoll has, as COMMAND LIST FILTERBY ACLCAT tells them: what
// has to be in the command table.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "diff/peer.h"

namespace redpoll::diff {

struct CommandsOfCategory {
  std::string_view category;
  std::span<const std::string_view> names;  // in alphabetical order
};
std::span<const CommandsOfCategory> redis_commands();

// Names that are not in the command table, nor in that category of it.
std::vector<std::string> missing_commands();

// Whether this Redis tells the same names. Prints those it does not.
bool names_are_those_of(Peer redis);

}  // namespace redpoll::diff
