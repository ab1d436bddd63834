#include "cmd/tables.h"

namespace redpoll::cmd {

std::vector<Table> tables() {
  return {string_read_commands(),
          string_write_commands(),
          string_number_commands(),
          string_range_commands(),
          string_lcs_commands(),
          key_read_commands(),
          key_scan_commands(),
          key_write_commands(),
          key_expire_commands(),
          key_object_commands(),
          key_database_commands(),
          list_blocking_commands(),
          list_push_commands(),
          list_pop_commands(),
          list_read_commands(),
          list_edit_commands(),
          list_move_commands(),
          hash_read_commands(),
          hash_write_commands(),
          hash_number_commands(),
          hash_random_commands(),
          hash_expire_commands(),
          hash_ttl_commands(),
          hash_value_expire_commands(),
          hash_scan_commands(),
          set_read_commands(),
          set_write_commands(),
          set_algebra_commands(),
          set_random_commands(),
          sorted_set_blocking_commands(),
          sorted_set_write_commands(),
          sorted_set_read_commands(),
          sorted_set_pop_commands(),
          sorted_set_random_commands(),
          sorted_set_range_commands(),
          sorted_set_algebra_commands(),
          sort_commands()};
}

}  // namespace redpoll::cmd
