// Replies whose order is nobody's business: the bulk strings in them, to be sorted.
#pragma once

#include <algorithm>
#include <string_view>

#include "base/numbers.h"
#include "support/command_fixture.h"

namespace redpoll::testing {

// The bulk strings of a reply, whatever aggregates they stand in.
inline Lines bulks(std::string_view reply) {
  Lines found;
  while (!reply.empty()) {
    const size_t end = reply.find("\r\n");
    const auto length = parse_int64(reply.substr(1, end - 1)).value_or(0);
    const bool bulk = reply[0] == '$';
    reply.remove_prefix(end + 2);
    if (!bulk) continue;
    found.emplace_back(reply.substr(0, static_cast<size_t>(length)));
    reply.remove_prefix(static_cast<size_t>(length) + 2);
  }
  return found;
}

inline Lines sorted(Lines lines) {
  std::sort(lines.begin(), lines.end());
  return lines;
}

}  // namespace redpoll::testing
