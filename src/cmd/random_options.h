// What HRANDFIELD and ZRANDMEMBER have in common: count [WITHVALUES].
#pragma once

#include <cstdint>
#include <limits>
#include <string_view>

#include "exec/arg_reader.h"
#include "exec/errors.h"

namespace redpoll::cmd {

struct RandomOptions {
  int64_t count = 0;  // negative: so many draws, of which two may be the same
  bool with_values = false;
};

// Reads the arguments from the count on; `word` asks for values. Errors come in the order of Redis.
inline RandomOptions read_random_options(exec::ArgReader& in, std::string_view word) {
  constexpr int64_t kMost = std::numeric_limits<int64_t>::max();
  RandomOptions o{.count = in.integer()};
  if (o.count < -kMost) {
    in.reject(exec::Outcome(
        "ERR value is out of range, value must between -9223372036854775807 and 9223372036854775807"));
  }
  if (!in.more()) return o;
  o.with_values = in.keyword(word);
  if (!o.with_values || in.left() > 0) in.reject(exec::err::syntax);
  // With values the reply has twice as many elements.
  if (o.count < -kMost / 2 || o.count > kMost / 2) in.reject(exec::err::out_of_range);
  return o;
}

}  // namespace redpoll::cmd
