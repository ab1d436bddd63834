// When two servers' replies count as equal. parse_reply takes each value in one spelling only, so that equal
// values have equal bytes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "diff/words.h"
#include "support/reply.h"

namespace redpoll::diff {

using testing::Reply;

// Errors always have to be equal to the byte. Other replies:
enum class Match : uint8_t {
  exact,
  unordered,    // the elements of an aggregate in any order
  pairs,        // the same for pairs: a RESP2 array or a map
  scan,         // a cursor that is over at the same time, and elements in any order
  scan_pairs,   // the same with pairs
  near_s,       // integers, negative ones exact, others at most 2 apart: a clock went on in between
  near_ms,      // integers, negative ones exact, others at most 5,000 apart
  kind,         // the same kind of reply
  count,        // and as many elements
  shape,        // the same structure and kinds, maps with the same keys
  field_names,  // lines or words "name:value" or "name=value": the same names, in order of first occurrence
                // (a client that has left may still be listed by one server)
};

// What sets the two replies apart; nullopt if they count as equal.
std::optional<std::string> difference(Match match, const Reply& ours, const Reply& theirs);

}  // namespace redpoll::diff
