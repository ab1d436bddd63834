#include "cmd/tables.h"

namespace redpoll::cmd {

std::vector<Table> tables() {
  return {
      string_read_commands(),  string_write_commands(), string_number_commands(),
      string_range_commands(), string_lcs_commands(),
  };
}

}  // namespace redpoll::cmd
