// The error texts that do not depend on the call, in one place. Clients match on them, so they equal those of
// Redis 7.0 to the byte.
#pragma once

#include "exec/outcome.h"

namespace redpoll::exec::err {

inline constexpr Outcome syntax{"ERR syntax error"};
inline constexpr Outcome wrong_type{"WRONGTYPE Operation against a key holding the wrong kind of value"};
inline constexpr Outcome no_such_key{"ERR no such key"};
inline constexpr Outcome not_integer{"ERR value is not an integer or out of range"};
inline constexpr Outcome not_int32{
    "ERR value is out of range, value must between -2147483648 and 2147483647"};
inline constexpr Outcome not_negatable{
    "ERR value is out of range, value must between -9223372036854775807 and 9223372036854775807"};
inline constexpr Outcome not_positive{"ERR value is out of range, must be positive"};
inline constexpr Outcome not_float{"ERR value is not a valid float"};
inline constexpr Outcome overflow{"ERR increment or decrement would overflow"};
inline constexpr Outcome decrement_overflow{"ERR decrement would overflow"};
inline constexpr Outcome nan_or_infinity{"ERR increment would produce NaN or Infinity"};
inline constexpr Outcome string_too_long{"ERR string exceeds maximum allowed size (proto-max-bulk-len)"};
inline constexpr Outcome offset_out_of_range{"ERR offset is out of range"};
inline constexpr Outcome same_object{"ERR source and destination objects are the same"};
inline constexpr Outcome index_out_of_range{"ERR index out of range"};
inline constexpr Outcome db_index_out_of_range{"ERR DB index is out of range"};
inline constexpr Outcome out_of_range{"ERR value is out of range"};
inline constexpr Outcome invalid_cursor{"ERR invalid cursor"};
inline constexpr Outcome no_keys_counted{"ERR numkeys should be greater than 0"};
inline constexpr Outcome too_many_keys_counted{"ERR Number of keys can't be greater than number of args"};
inline constexpr Outcome negative_limit{"ERR LIMIT can't be negative"};
inline constexpr Outcome no_auth{"NOAUTH Authentication required."};

}  // namespace redpoll::exec::err
