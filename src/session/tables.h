// The tables of the commands about connections, one accessor per file of handlers.
#pragma once

#include <span>
#include <vector>

#include "exec/command.h"

namespace redpoll::session {

using Table = std::span<const exec::Command>;

Table connection_commands();
Table client_commands();
Table transaction_commands();

// Every table of this folder.
std::vector<Table> tables();

}  // namespace redpoll::session
