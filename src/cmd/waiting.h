// What commands that wait for a key have in common: their timeout, and pops that wait.
#pragma once

#include <cmath>
#include <cstdint>
#include <string_view>

#include "base/numbers.h"
#include "exec/arguments.h"
#include "exec/call.h"
#include "exec/outcome.h"

namespace redpoll::cmd {

struct Timeout {
  exec::Outcome bad = exec::done;  // what is wrong with it; the rest means nothing then
  int64_t ms = 0;                  // 0: for ever
};

// Seconds, with a fraction; a part of a millisecond counts as a whole one. What does not fit into 64 bits
// counts as negative, as in Redis 7.0.
inline Timeout read_timeout(std::string_view text) {
  constexpr exec::Outcome kNoNumber{"ERR timeout is not a float or out of range"};
  constexpr exec::Outcome kNegative{"ERR timeout is negative"};
  const auto seconds = parse_long_double(text);
  if (!seconds) return {.bad = kNoNumber};
  const long double ms = std::ceil(*seconds * 1000);
  if (ms < 0 || ms >= 0x1p63L) return {.bad = kNegative};
  return {.ms = static_cast<int64_t>(ms)};
}

// key [key ...] timeout: `try_pop(keys)` with those that may be there, or a wait for one of the type.
template <class TryPop>
exec::Outcome pop_or_wait(exec::Call& c, store::Type type, TryPop&& try_pop) {
  const Timeout timeout = read_timeout(c.args.back());
  if (timeout.bad) return timeout.bad;
  const auto keys = c.args.subspan(1, c.args.size() - 2);
  if (const auto outcome = try_pop(c.candidates(keys))) return *outcome;
  return c.wait_for({keys, type, timeout.ms});
}

// timeout numkeys key [key ...] END [COUNT count]: the same for a CountedPop that has been read from the
// second argument on; `try_pop(what)`.
template <class Pop, class TryPop>
exec::Outcome counted_pop_or_wait(exec::Call& c, store::Type type, Pop what, TryPop&& try_pop) {
  if (what.bad) return what.bad;
  const Timeout timeout = read_timeout(c.args[1]);
  if (timeout.bad) return timeout.bad;
  const auto keys = what.keys;
  what.keys = c.candidates(keys);
  if (const auto outcome = try_pop(what)) return *outcome;
  return c.wait_for({keys, type, timeout.ms});
}

inline constexpr exec::Argument kTimeoutArg{.name = "timeout", .type = exec::ArgType::real};

}  // namespace redpoll::cmd
