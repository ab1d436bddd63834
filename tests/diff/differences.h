// Where Redpoll differs from Redis on purpose: one list, with a reason for each entry.
#pragma once

#include <span>
#include <string_view>

#include "diff/words.h"
#include "support/reply.h"

namespace redpoll::diff {

inline const testing::Reply kSilence{testing::Reply::Kind::status, "(nothing)", {}};
inline const testing::Reply kClosed{testing::Reply::Kind::status, "(closes the connection)", {}};

struct DeliberateDifference {
  std::string_view what;
  std::string_view reason;
  // Whether the entry explains that these replies to a request are not equal. Saying nothing and closing the
  // connection are told as kSilence and kClosed.
  bool (*explains)(const Words& request, const testing::Reply& ours, const testing::Reply& theirs);
  // Requests of one client, a line each, quoted as for redis-cli, that show the difference; WAIT-MS lets some
  // milliseconds pass. When the servers answer them alike, the entry is out of date, and redpoll-diff fails.
  std::string_view example;
};

std::span<const DeliberateDifference> deliberate_differences();
// The entry that explains the difference, or null.
const DeliberateDifference* explanation(const Words& request, const testing::Reply& ours,
                                        const testing::Reply& theirs);

}  // namespace redpoll::diff
