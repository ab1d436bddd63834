// LIMIT offset count, as SORT and the ranges of sorted sets take it.
#pragma once

#include <cstdint>

#include "exec/arg_reader.h"
#include "exec/arguments.h"
#include "exec/errors.h"

namespace redpoll::cmd {

// Reads what stands behind the word; what the numbers mean is the command's.
inline void read_limit(exec::ArgReader& in, int64_t& offset, int64_t& count) {
  if (in.left() < 2) return in.reject(exec::err::syntax);
  offset = in.integer();
  count = in.integer();
}

inline constexpr exec::Argument kOffsetCount[] = {exec::integer_arg("offset"), exec::integer_arg("count")};
inline constexpr exec::Argument kLimitArg =
    exec::optional(exec::option_block("LIMIT", "offset_count", kOffsetCount));

}  // namespace redpoll::cmd
