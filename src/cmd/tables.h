// The tables of the data commands: one accessor per file of handlers, and all of them for whoever builds a
// CommandTable.
#pragma once

#include <span>
#include <vector>

#include "exec/command.h"

namespace redpoll::cmd {

using Table = std::span<const exec::Command>;

Table string_read_commands();
Table string_write_commands();
Table string_number_commands();
Table string_range_commands();
Table string_lcs_commands();
Table key_read_commands();
Table key_scan_commands();
Table key_write_commands();
Table key_expire_commands();
Table key_object_commands();
Table key_database_commands();
Table list_blocking_commands();
Table list_push_commands();
Table list_pop_commands();
Table list_read_commands();
Table list_edit_commands();
Table list_move_commands();
Table hash_read_commands();
Table hash_write_commands();
Table hash_number_commands();
Table hash_random_commands();
Table hash_expire_commands();
Table hash_ttl_commands();
Table hash_value_expire_commands();
Table hash_scan_commands();
Table set_read_commands();
Table set_write_commands();
Table set_algebra_commands();
Table set_random_commands();
Table sorted_set_blocking_commands();
Table sorted_set_write_commands();
Table sorted_set_read_commands();
Table sorted_set_pop_commands();
Table sorted_set_random_commands();
Table sorted_set_range_commands();
Table sorted_set_algebra_commands();
Table sort_commands();

// Every table of this folder.
std::vector<Table> tables();

}  // namespace redpoll::cmd
