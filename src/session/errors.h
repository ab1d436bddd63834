// The error texts of the commands about connections, as Redis 7.0 words them (CLIENT SETINFO: 7.2,
// MAXAGE: 7.4).
#pragma once

#include "exec/errors.h"

namespace redpoll::session::err {

using namespace exec::err;
using exec::Outcome;

inline constexpr Outcome wrong_pass{"WRONGPASS invalid username-password pair or user is disabled."};
inline constexpr Outcome no_password_set{
    "ERR AUTH <password> called without any password configured for the default user. "
    "Are you sure your configuration is correct?"};
inline constexpr Outcome hello_needs_auth{
    "NOAUTH HELLO must be called with the client already authenticated, otherwise the HELLO AUTH <user> "
    "<pass> option can be used to authenticate the client and select the RESP protocol version at the same "
    "time"};
inline constexpr Outcome no_proto{"NOPROTO unsupported protocol version"};
inline constexpr Outcome protocol_not_integer{"ERR Protocol version is not an integer or out of range"};
inline constexpr Outcome bad_client_name{
    "ERR Client names cannot contain spaces, newlines or special characters."};
inline constexpr Outcome no_such_client{"ERR No such client"};
inline constexpr Outcome invalid_client_id{"ERR Invalid client ID"};
inline constexpr Outcome client_id_not_positive{"ERR client-id should be greater than 0"};
inline constexpr Outcome max_age_not_integer{"ERR maxage is not an integer or out of range"};
inline constexpr Outcome max_age_not_positive{"ERR maxage should be greater than 0"};
inline constexpr Outcome timeout_not_integer{"ERR timeout is not an integer or out of range"};
inline constexpr Outcome timeout_out_of_range{"ERR timeout is out of range"};
inline constexpr Outcome timeout_negative{"ERR timeout is negative"};
inline constexpr Outcome bad_unblock_reason{"ERR CLIENT UNBLOCK reason should be TIMEOUT or ERROR"};
inline constexpr Outcome unblocked{"UNBLOCKED client unblocked via CLIENT UNBLOCK"};
inline constexpr Outcome bad_pause_mode{"ERR CLIENT PAUSE mode must be WRITE or ALL"};

inline constexpr Outcome nested_multi{"ERR MULTI calls can not be nested"};
inline constexpr Outcome exec_without_multi{"ERR EXEC without MULTI"};
inline constexpr Outcome discard_without_multi{"ERR DISCARD without MULTI"};
inline constexpr Outcome watch_inside_multi{"ERR WATCH inside MULTI is not allowed"};
inline constexpr Outcome exec_aborted{"EXECABORT Transaction discarded because of previous errors."};
inline constexpr Outcome not_in_transaction{"ERR Command not allowed inside a transaction"};
inline constexpr Outcome out_of_memory{"OOM command not allowed when used memory > 'maxmemory'."};

}  // namespace redpoll::session::err
