// What INFO tells of the server, as text: sections of lines `name:value`, for clients, monitoring and the
// crash report. Names, order and formats are those of Redis 7.0.15; a figure of a feature that is not there
// is zero.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "admin/admin_call.h"
#include "session/session_call.h"
#include "store/keyspace.h"

namespace redpoll::admin {

// The sections named, each once and in INFO's own order; case is ignored. "default" stands for those that
// INFO shows when nobody asks for any, "all" and "everything" for all; names that mean nothing add nothing.
std::string info_text(Admin& admin, const session::Session& session, store::Keyspace& keyspace,
                      const std::vector<std::string_view>& sections);

// What ticks are made from: "X86 TSC @ 2400 ticks/us" or "POSIX clock_gettime".
std::string clock_name(const TickRate& rate);

}  // namespace redpoll::admin
