#include "exec/expiry.h"

#include "base/numbers.h"
#include "exec/call.h"

namespace redpoll::exec {

Expiry::Deadline Expiry::to_absolute(Call& c, Past past) const {
  const bool seconds = kind == in_s || kind == at_s;
  const bool relative = kind == in_s || kind == in_ms;
  const auto number = parse_int64(text);
  if (!number) return {.bad = err::not_integer};
  int64_t ms = *number;
  if ((past == Past::refused && ms <= 0) || (seconds && __builtin_mul_overflow(ms, 1000, &ms)) ||
      (relative && __builtin_add_overflow(ms, c.now.v, &ms))) {
    return {.bad = c.fail("ERR invalid expire time in '{}' command", c.name())};
  }
  return {.at = UnixMs{ms}};
}

}  // namespace redpoll::exec
