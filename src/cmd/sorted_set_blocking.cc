// BZPOPMIN, BZPOPMAX, BZMPOP: commands about sorted sets that wait until there is one.

#include "cmd/sorted_set_pop.h"
#include "cmd/tables.h"
#include "cmd/waiting.h"
#include "exec/arguments.h"
#include "exec/call.h"

namespace redpoll::cmd {
namespace {

using namespace exec;
using store::Direction;
using store::Type;

Outcome blocking_pop(Call& c, Direction from) {
  return pop_or_wait(c, Type::sorted_set, [&](auto keys) { return try_pop_scored(c, keys, from); });
}

Outcome bzpopmin(Call& c) { return blocking_pop(c, Direction::ascending); }
Outcome bzpopmax(Call& c) { return blocking_pop(c, Direction::descending); }

Outcome bzmpop(Call& c) {
  return counted_pop_or_wait(c, Type::sorted_set, read_scored_pop(c, 2),
                             [&](const ScoredPop& what) { return try_scored_pop(c, what); });
}

constexpr Argument kBlockingPopArgs[] = {multiple(key_arg()), kTimeoutArg};
constexpr Argument kMultiPopArgs[] = {kTimeoutArg, kScoredPopArgs[0], kScoredPopArgs[1], kScoredPopArgs[2],
                                      kScoredPopArgs[3]};

constexpr KeyFlags kBlockingPopFlags = kKeyRW | kKeyAccess | kKeyDelete;

constexpr Command blocking_pop_row(std::string_view name, Handler run, std::string_view summary) {
  return {.name = name,
          .run = run,
          .arity = at_least(3),
          .traits = kWrite | kNoScript | kBlocking | kFast,
          .keys = key_range(1, -2, 1, kBlockingPopFlags),
          .categories = kCatSortedSet,
          .docs = {.summary = summary,
                   .since = "5.0.0",
                   .group = "sorted-set",
                   .complexity = "O(K + log(N)) for K keys and N members",
                   .arguments = kBlockingPopArgs}};
}

constexpr Command kSortedSetBlockingCommands[] = {
    blocking_pop_row(
        "bzpopmin", bzpopmin,
        "Removes and returns the member with the lowest score of the first sorted set, or waits for one"),
    blocking_pop_row(
        "bzpopmax", bzpopmax,
        "Removes and returns the member with the highest score of the first sorted set, or waits for one"),
    {.name = "bzmpop",
     .run = bzmpop,
     .arity = at_least(5),
     .traits = kWrite | kBlocking,
     .keys = keys_counted_at(2, kBlockingPopFlags),
     .categories = kCatSortedSet,
     .docs = {.summary =
                  "Removes and returns members of the first sorted set that is there, or waits for one",
              .since = "7.0.0",
              .group = "sorted-set",
              .complexity = "O(K + log(N) + M) for K keys and M of N members",
              .arguments = kMultiPopArgs}},
};
static_assert(well_formed(kSortedSetBlockingCommands));

}  // namespace

Table sorted_set_blocking_commands() { return kSortedSetBlockingCommands; }

}  // namespace redpoll::cmd
