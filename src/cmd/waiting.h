// The timeout of commands that wait for a key, as all but XREAD take it.
#pragma once

#include <cmath>
#include <cstdint>
#include <string_view>

#include "base/numbers.h"
#include "exec/arguments.h"
#include "exec/outcome.h"

namespace redpoll::cmd {

struct Timeout {
  exec::Outcome bad = exec::done;  // what is wrong with it; the rest means nothing then
  int64_t ms = 0;                  // 0: for ever
};

// Seconds, with a fraction; a part of a millisecond counts as a whole one. What does not fit into 64 bits counts as
// negative, as in Redis 7.0.
inline Timeout read_timeout(std::string_view text) {
  constexpr exec::Outcome kNoNumber{"ERR timeout is not a float or out of range"};
  constexpr exec::Outcome kNegative{"ERR timeout is negative"};
  const auto seconds = parse_long_double(text);
  if (!seconds) return {.bad = kNoNumber};
  const long double ms = std::ceil(*seconds * 1000);
  if (ms < 0 || ms >= 0x1p63L) return {.bad = kNegative};
  return {.ms = static_cast<int64_t>(ms)};
}

inline constexpr exec::Argument kTimeoutArg{.name = "timeout", .type = exec::ArgType::real};

}  // namespace redpoll::cmd
