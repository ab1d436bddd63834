// What releases of Redis have changed about commands: the `history` of COMMAND DOCS. Not in the rows of the
// command tables, since few commands have one and nothing else asks for it.
#pragma once

#include <span>
#include <string_view>

namespace redpoll::admin {

struct HistoricChange {
  std::string_view command;  // its full name, as "client|kill"
  std::string_view since;
  std::string_view what;
};

// In the order of releases; empty if nothing has changed. O(log n) for n changes of all commands.
std::span<const HistoricChange> command_history(std::string_view full_name);

}  // namespace redpoll::admin
