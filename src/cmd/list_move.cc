// LMOVE and RPOPLPUSH: an element goes from one list to another.
#include "cmd/list_arguments.h"
#include "cmd/list_moves.h"
#include "cmd/tables.h"
#include "exec/arguments.h"
#include "exec/call.h"

namespace redpoll::cmd {
namespace {

using namespace exec;

Outcome move(Call& c, ListEnd from, ListEnd to) {
  if (const auto outcome = try_move(c, c.args[1], c.args[2], from, to)) return *outcome;
  c.out.null();
  return done;
}

Outcome lmove(Call& c) {
  ArgReader in{c.args, 3};
  const ListEnd from = read_list_end(in);
  const ListEnd to = read_list_end(in);
  if (in.failed()) return in.error();
  return move(c, from, to);
}

Outcome rpoplpush(Call& c) { return move(c, ListEnd::tail, ListEnd::head); }

constexpr Argument kMoveArgs[] = {
    kListSource,
    kListDestination,
    one_of("wherefrom", kListEndArgs),
    one_of("whereto", kListEndArgs),
};
constexpr Argument kRpoplpushArgs[] = {kListSource, kListDestination};

constexpr Command kListMoveCommands[] = {
    {.name = "lmove",
     .run = lmove,
     .arity = exactly(5),
     .traits = kWrite | kDenyOom,
     .keys = kListMoveKeys,
     .categories = kCatList,
     .docs = {.summary = "Moves an element from an end of one list to an end of another and returns it",
              .since = "6.2.0",
              .group = "list",
              .complexity = "O(1)",
              .arguments = kMoveArgs}},
    {.name = "rpoplpush",
     .run = rpoplpush,
     .arity = exactly(3),
     .traits = kWrite | kDenyOom,
     .keys = kListMoveKeys,
     .categories = kCatList,
     .docs = {.summary = "Moves the last element of a list to the head of another and returns it",
              .since = "1.2.0",
              .group = "list",
              .complexity = "O(1)",
              .arguments = kRpoplpushArgs,
              .deprecated_since = "6.2.0",
              .replaced_by = "`LMOVE` with the `RIGHT` and `LEFT` arguments"}},
};
static_assert(well_formed(kListMoveCommands));

}  // namespace

Table list_move_commands() { return kListMoveCommands; }

}  // namespace redpoll::cmd
