// BLPOP, BRPOP, BLMPOP, BLMOVE, BRPOPLPUSH: commands about lists that wait until there is one.

#include "cmd/list_arguments.h"
#include "cmd/list_moves.h"
#include "cmd/tables.h"
#include "cmd/waiting.h"
#include "exec/arguments.h"
#include "exec/call.h"

namespace redpoll::cmd {
namespace {

using namespace exec;
using store::Type;

Outcome blocking_pop(Call& c, ListEnd end) {
  return pop_or_wait(c, Type::list, [&](auto keys) { return try_pop_pair(c, keys, end); });
}

Outcome blpop(Call& c) { return blocking_pop(c, ListEnd::head); }
Outcome brpop(Call& c) { return blocking_pop(c, ListEnd::tail); }

Outcome blmpop(Call& c) {
  return counted_pop_or_wait(c, Type::list, read_multi_pop(c, 2),
                             [&](const MultiPop& what) { return try_multi_pop(c, what); });
}

// The target is not looked at before there is something to move.
Outcome move(Call& c, ListEnd from, ListEnd to, const Timeout& timeout) {
  if (const auto outcome = try_move(c, c.args[1], c.args[2], from, to)) return *outcome;
  return c.wait_for({c.args.subspan(1, 1), Type::list, timeout.ms, Otherwise::null});
}

// BLMOVE source destination LEFT|RIGHT LEFT|RIGHT timeout
Outcome blmove(Call& c) {
  ArgReader in{c.args, 3};
  const ListEnd from = read_list_end(in);
  const ListEnd to = read_list_end(in);
  if (in.failed()) return in.error();
  const Timeout timeout = read_timeout(c.args[5]);
  if (timeout.bad) return timeout.bad;
  const Outcome outcome = move(c, from, to, timeout);
  if (!outcome) c.propagate_as("LMOVE", c.args.subspan(1, 4));
  return outcome;
}

// BRPOPLPUSH source destination timeout
Outcome brpoplpush(Call& c) {
  const Timeout timeout = read_timeout(c.args[3]);
  if (timeout.bad) return timeout.bad;
  const Outcome outcome = move(c, ListEnd::tail, ListEnd::head, timeout);
  if (!outcome) c.propagate_as("RPOPLPUSH", c.args.subspan(1, 2));
  return outcome;
}

constexpr Argument kBlockingPopArgs[] = {multiple(key_arg()), kTimeoutArg};
constexpr Argument kBlockingMultiPopArgs[] = {kTimeoutArg, kMultiPopArgs[0], kMultiPopArgs[1],
                                              kMultiPopArgs[2], kMultiPopArgs[3]};
constexpr Argument kBlockingMoveArgs[] = {
    kListSource, kListDestination, one_of("wherefrom", kListEndArgs), one_of("whereto", kListEndArgs),
    kTimeoutArg,
};
constexpr Argument kBrpoplpushArgs[] = {kListSource, kListDestination, kTimeoutArg};

constexpr KeyFlags kBlockingPopFlags = kKeyRW | kKeyAccess | kKeyDelete;

constexpr Command blocking_pop_row(std::string_view name, Handler run, std::string_view summary) {
  return {.name = name,
          .run = run,
          .arity = at_least(3),
          .traits = kWrite | kNoScript | kBlocking,
          .keys = key_range(1, -2, 1, kBlockingPopFlags),
          .categories = kCatList,
          .docs = {.summary = summary,
                   .since = "2.0.0",
                   .group = "list",
                   .complexity = "O(N) for N keys",
                   .arguments = kBlockingPopArgs}};
}

constexpr Command kListBlockingCommands[] = {
    blocking_pop_row(
        "blpop", blpop,
        "Removes and returns the first element of the first list that is there, or waits for one"),
    blocking_pop_row(
        "brpop", brpop,
        "Removes and returns the last element of the first list that is there, or waits for one"),
    {.name = "blmpop",
     .run = blmpop,
     .arity = at_least(5),
     .traits = kWrite | kBlocking,
     .keys = keys_counted_at(2, kBlockingPopFlags),
     .categories = kCatList,
     .docs = {.summary = "Removes and returns elements of the first list that is there, or waits for one",
              .since = "7.0.0",
              .group = "list",
              .complexity = "O(K + M) for K keys and M elements",
              .arguments = kBlockingMultiPopArgs}},
    {.name = "blmove",
     .run = blmove,
     .arity = exactly(6),
     .traits = kWrite | kDenyOom | kNoScript | kBlocking,
     .keys = kListMoveKeys,
     .categories = kCatList,
     .docs = {.summary = "Moves an element from one list to another and returns it, or waits for one",
              .since = "6.2.0",
              .group = "list",
              .complexity = "O(1)",
              .arguments = kBlockingMoveArgs}},
    {.name = "brpoplpush",
     .run = brpoplpush,
     .arity = exactly(4),
     .traits = kWrite | kDenyOom | kNoScript | kBlocking,
     .keys = kListMoveKeys,
     .categories = kCatList,
     .docs = {.summary =
                  "Moves the last element of a list to the head of another and returns it, or waits for one",
              .since = "2.2.0",
              .group = "list",
              .complexity = "O(1)",
              .arguments = kBrpoplpushArgs,
              .deprecated_since = "6.2.0",
              .replaced_by = "`BLMOVE` with the `RIGHT` and `LEFT` arguments"}},
};
static_assert(well_formed(kListBlockingCommands));

}  // namespace

Table list_blocking_commands() { return kListBlockingCommands; }

}  // namespace redpoll::cmd
