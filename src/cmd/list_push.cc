// LPUSH, RPUSH, LPUSHX, RPUSHX: elements put at the ends of lists.
#include "cmd/collection.h"
#include "cmd/list_moves.h"
#include "cmd/tables.h"
#include "exec/arguments.h"
#include "exec/call.h"
#include "store/list.h"

namespace redpoll::cmd {
namespace {

using namespace exec;
using store::List;
using store::ListEditor;

enum class Absent : uint8_t { create, refuse };

void push_argument(Call& c, ListEditor& list, ListEnd end, size_t index) {
  const Arg text = c.args[index];
  if (list.stores_plainly(text)) {
    if (mem::BlobPtr blob = c.take(index)) return list.push(end, std::move(blob));
  }
  list.push(end, text);
}

Outcome push(Call& c, ListEnd end, Absent absent) {
  Slot slot = c.db().probe(c.args[1]);
  if (!slot.accepts<List>()) return err::wrong_type;
  if (!slot && absent == Absent::refuse) {
    c.out.zero();
    return done;
  }
  constexpr size_t kFirst = 2;
  size_t bytes = 0;
  for (const Arg text : c.args.subspan(kFirst)) bytes += text.size();
  ListEditor list(slot);
  list.expect(c.args.size() - kFirst, bytes);
  for (size_t i = kFirst; i < c.args.size(); ++i) push_argument(c, list, end, i);
  changed(c, slot, Event::list, push_event(end), c.args.size() - kFirst);
  c.out.integer(static_cast<int64_t>(list.size()));
  return done;
}

Outcome lpush(Call& c) { return push(c, ListEnd::head, Absent::create); }
Outcome rpush(Call& c) { return push(c, ListEnd::tail, Absent::create); }
Outcome lpushx(Call& c) { return push(c, ListEnd::head, Absent::refuse); }
Outcome rpushx(Call& c) { return push(c, ListEnd::tail, Absent::refuse); }

constexpr Argument kPushArgs[] = {key_arg(), multiple(string_arg("element"))};

constexpr Command push_row(std::string_view name, Handler run, std::string_view summary,
                           std::string_view since) {
  return {.name = name,
          .run = run,
          .arity = at_least(3),
          .traits = kWrite | kDenyOom | kFast,
          .keys = key_at(1, kKeyRW | kKeyInsert),
          .categories = kCatList,
          .docs = {.summary = summary,
                   .since = since,
                   .group = "list",
                   .complexity = "O(1) for each element",
                   .arguments = kPushArgs}};
}

constexpr Command kListPushCommands[] = {
    push_row("lpush", lpush, "Puts elements before the first of a list; creates the list", "1.0.0"),
    push_row("rpush", rpush, "Puts elements behind the last of a list; creates the list", "1.0.0"),
    push_row("lpushx", lpushx, "Puts elements before the first of a list that is there", "2.2.0"),
    push_row("rpushx", rpushx, "Puts elements behind the last of a list that is there", "2.2.0"),
};
static_assert(well_formed(kListPushCommands));

}  // namespace

Table list_push_commands() { return kListPushCommands; }

}  // namespace redpoll::cmd
