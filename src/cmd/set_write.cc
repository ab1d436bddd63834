// SADD, SREM, SMOVE: members that come and go.
#include "cmd/collection.h"
#include "cmd/tables.h"
#include "exec/arguments.h"
#include "exec/call.h"
#include "store/set.h"

namespace redpoll::cmd {
namespace {

using namespace exec;
using store::Element;
using store::Set;
using store::SetEditor;

Outcome sadd(Call& c) {
  Slot slot = c.db().probe(c.args[1]);
  if (!slot.accepts<Set>()) return err::wrong_type;
  const auto members = c.args.subspan(2);
  SetEditor set(slot);
  set.expect(members.size());
  size_t added = 0;
  for (const Arg member : members) added += set.add(Element(member));
  if (added > 0) changed(c, slot, Event::set, "sadd", added);
  c.out.integer(static_cast<int64_t>(added));
  return done;
}

Outcome srem(Call& c) {
  Slot slot = c.db().probe(c.args[1]);
  if (!slot.accepts<Set>()) return err::wrong_type;
  size_t removed = 0;
  if (slot) {
    SetEditor set(slot);
    for (const Arg member : c.args.subspan(2)) removed += set.remove(Element(member));
    if (removed > 0) {
      changed(c, slot, Event::set, "srem", removed);
      erase_if_empty(c, slot, set.size());
    }
  }
  c.out.integer(static_cast<int64_t>(removed));
  return done;
}

// Takes a member away from the set at `key`; false if it is not there.
bool take(Call& c, std::string_view key, const Element& member) {
  Slot slot = c.db().probe(key);
  SetEditor set(slot);
  if (!set.remove(member)) return false;
  c.changed(slot, Event::set, "srem");
  erase_if_empty(c, slot, set.size());
  return true;
}

Outcome smove(Call& c) {
  const std::string_view from = c.args[1], to = c.args[2];
  const Element member(c.args[3]);
  if (const Slot slot = c.db().probe(from); !slot.accepts<Set>()) {
    return err::wrong_type;
  } else if (!slot) {
    // The target may be anything then.
    c.out.zero();
    return done;
  }
  if (!c.db().probe(to).accepts<Set>()) return err::wrong_type;
  if (from == to) {
    c.out.integer(c.db().probe(from).get<Set>()->contains(member));
    return done;
  }
  const bool moved = take(c, from, member);
  c.out.integer(moved);
  if (!moved) return done;
  Slot slot = c.db().probe(to);
  if (SetEditor(slot).add(member)) c.changed(slot, Event::set, "sadd");
  return done;
}

constexpr Argument kChangedMembersArgs[] = {key_arg(), multiple(string_arg("member"))};
constexpr Argument kMoveArgs[] = {
    key_arg("source"),
    {.name = "destination", .type = ArgType::key, .key_spec = 1},
    string_arg("member"),
};

constexpr Command kSetWriteCommands[] = {
    {.name = "sadd",
     .run = sadd,
     .arity = at_least(3),
     .traits = kWrite | kDenyOom | kFast,
     .keys = key_at(1, kKeyRW | kKeyInsert),
     .element = 2,
     .categories = kCatSet,
     .docs = {.summary = "Adds members to a set; creates the key",
              .since = "1.0.0",
              .group = "set",
              .complexity = "O(1) for each member",
              .arguments = kChangedMembersArgs}},
    {.name = "srem",
     .run = srem,
     .arity = at_least(3),
     .traits = kWrite | kFast,
     .keys = key_at(1, kKeyRW | kKeyDelete),
     .element = 2,
     .categories = kCatSet,
     .docs = {.summary = "Removes members from a set; removes the key with the last one",
              .since = "1.0.0",
              .group = "set",
              .complexity = "O(N) for N members to be removed",
              .arguments = kChangedMembersArgs}},
    {.name = "smove",
     .run = smove,
     .arity = exactly(4),
     .traits = kWrite | kFast,
     .keys = key_at(1, kKeyRW | kKeyAccess | kKeyDelete) + key_at(2, kKeyRW | kKeyInsert),
     .categories = kCatSet,
     .docs = {.summary = "Takes a member from one set and adds it to another",
              .since = "1.0.0",
              .group = "set",
              .complexity = "O(1)",
              .arguments = kMoveArgs}},
};
static_assert(well_formed(kSetWriteCommands));

}  // namespace

Table set_write_commands() { return kSetWriteCommands; }

}  // namespace redpoll::cmd
