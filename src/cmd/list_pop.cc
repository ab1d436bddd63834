// LPOP, RPOP, LMPOP: elements taken from the ends of lists.
#include "cmd/list_arguments.h"
#include "cmd/list_moves.h"
#include "cmd/tables.h"
#include "exec/arguments.h"
#include "exec/call.h"
#include "store/list.h"

namespace redpoll::cmd {
namespace {

using namespace exec;
using store::List;

Outcome pop(Call& c, ListEnd end) {
  if (c.args.size() > 3) return c.wrong_arity();
  const bool several = c.args.size() == 3;
  const int64_t count = several ? parse_int64(c.args[2]).value_or(-1) : 1;
  if (count < 0) return err::not_positive;

  Slot slot = c.db().probe(c.args[1]);
  if (!slot.accepts<List>()) return err::wrong_type;
  if (!slot) {
    several ? c.out.null_array() : c.out.null();
  } else if (!several) {
    pop_one(c, slot, end);
  } else if (count == 0) {
    c.out.empty_array();
  } else {
    pop_several(c, slot, end, count);
  }
  return done;
}

Outcome lpop(Call& c) { return pop(c, ListEnd::head); }
Outcome rpop(Call& c) { return pop(c, ListEnd::tail); }

Outcome lmpop(Call& c) {
  const MultiPop what = read_multi_pop(c, 1);
  if (what.bad) return what.bad;
  if (const auto outcome = try_multi_pop(c, what)) return *outcome;
  c.out.null_array();
  return done;
}

constexpr Argument kPopArgs[] = {key_arg(), since("6.2.0", optional(integer_arg("count")))};

constexpr Command pop_row(std::string_view name, Handler run, std::string_view summary) {
  return {.name = name,
          .run = run,
          .arity = at_least(2),
          .traits = kWrite | kFast,
          .keys = key_at(1, kKeyRW | kKeyAccess | kKeyDelete),
          .categories = kCatList,
          .docs = {.summary = summary,
                   .since = "1.0.0",
                   .group = "list",
                   .complexity = "O(N) for N elements",
                   .arguments = kPopArgs}};
}

constexpr Command kListPopCommands[] = {
    pop_row("lpop", lpop, "Removes the first elements of a list and returns them"),
    pop_row("rpop", rpop, "Removes the last elements of a list and returns them"),
    {.name = "lmpop",
     .run = lmpop,
     .arity = at_least(4),
     .traits = kWrite,
     .keys = keys_counted_at(1, kKeyRW | kKeyAccess | kKeyDelete),
     .categories = kCatList,
     .docs = {.summary = "Removes elements from an end of the first list that has any, and returns them",
              .since = "7.0.0",
              .group = "list",
              .complexity = "O(N+M) for N keys and M elements",
              .arguments = kMultiPopArgs}},
};
static_assert(well_formed(kListPopCommands));

}  // namespace

Table list_pop_commands() { return kListPopCommands; }

}  // namespace redpoll::cmd
