// How COMMAND and COMMAND DOCS show a row of the command table: the nested replies that redis-cli and client
// libraries read, element for element as Redis 7.0.15 builds them.
#pragma once

#include "exec/command_table.h"
#include "exec/reply.h"

namespace redpoll::admin {

// The array of ten elements of COMMAND INFO: name, arity, flags, first, last and step of the keys, ACL
// categories, tips, key specifications, subcommands.
void reply_command_info(exec::Reply& out, const exec::CommandEntry& entry);
// The name and the map of COMMAND DOCS: two elements.
void reply_command_docs(exec::Reply& out, const exec::CommandEntry& entry);
// The set of the names of key flags.
void reply_key_flags(exec::Reply& out, exec::KeyFlags flags);

// The bit of an ACL category, 0 if there is none of that name. Case is ignored.
exec::Categories category_called(std::string_view name);

}  // namespace redpoll::admin
