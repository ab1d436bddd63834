// The tables of the commands about the server itself, one accessor per file of handlers; and all tables
// together.
#pragma once

#include <span>
#include <vector>

#include "exec/command.h"

namespace redpoll::admin {

using Table = std::span<const exec::Command>;

Table info_commands();
Table latency_commands();
Table config_commands();
Table command_commands();
Table memory_commands();
Table server_commands();
Table slowlog_commands();
Table debug_commands();

// Every table of this folder.
std::vector<Table> tables();
// Every table of the server: those of `cmd` and of `session` as well.
std::vector<Table> all_tables();

}  // namespace redpoll::admin
