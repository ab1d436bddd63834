// Members on their way out of sorted sets: what ZMPOP and BZMPOP, ZPOPMIN and BZPOPMIN, ZPOPMAX and BZPOPMAX
// have in common.
#pragma once

#include <optional>
#include <span>

#include "cmd/multi_pop.h"
#include "exec/arguments.h"
#include "exec/call.h"
#include "store/sorted_set_range.h"

namespace redpoll::cmd {

// Both write a reply, or return an error, only if there is a member; nothing has happened otherwise, and it
// is for the caller to reply null or to wait. They remove members (`from`: ascending takes the lowest), tell
// of it, and erase the key with the last one.

// BZPOPMIN, BZPOPMAX: an array of key, member and score, from the first of `keys` that is there. Wrong type
// if that is no sorted set. Propagates ZPOPMIN or ZPOPMAX.
std::optional<exec::Outcome> try_pop_scored(exec::Call& c, std::span<const exec::Arg> keys,
                                            store::Direction from);

// ZMPOP, BZMPOP: numkeys key [key ...] MIN|MAX [COUNT count].
using ScoredPop = CountedPop<store::Direction>;
// `first`: where numkeys stands. REQUIRES: first < c.args.size().
ScoredPop read_scored_pop(const exec::Call& c, size_t first);
// The key and an array of pairs, from the first of the keys that is there. Wrong type if that is no sorted
// set. Propagates ZPOPMIN or ZPOPMAX with the number of members. REQUIRES: !what.bad.
std::optional<exec::Outcome> try_scored_pop(exec::Call& c, const ScoredPop& what);

// How ZMPOP's arguments are documented, from numkeys on.
inline constexpr exec::Argument kScoredPopEnds[] = {exec::token_arg("min", "MIN"),
                                                    exec::token_arg("max", "MAX")};
inline constexpr exec::Argument kScoredPopArgs[] = {
    exec::integer_arg("numkeys"),
    exec::multiple(exec::key_arg()),
    exec::one_of("where", kScoredPopEnds),
    exec::optional(exec::option_arg("COUNT", "count", exec::ArgType::integer)),
};

}  // namespace redpoll::cmd
