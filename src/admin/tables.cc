#include "admin/tables.h"

namespace redpoll::admin {

std::vector<Table> tables() {
  return {info_commands(),    config_commands(), command_commands(), server_commands(),
          slowlog_commands(), memory_commands(), debug_commands()};
}

}  // namespace redpoll::admin
