#include "admin/tables.h"

#include "cmd/tables.h"
#include "session/tables.h"

namespace redpoll::admin {

std::vector<Table> tables() {
  return {info_commands(),    config_commands(),  command_commands(), server_commands(),
          slowlog_commands(), latency_commands(), memory_commands(),  debug_commands()};
}

std::vector<Table> all_tables() {
  std::vector<Table> all = cmd::tables();
  for (const Table table : session::tables()) all.push_back(table);
  for (const Table table : tables()) all.push_back(table);
  return all;
}

}  // namespace redpoll::admin
