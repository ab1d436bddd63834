// The smallest commands that wait.
#include "base/numbers.h"
#include "dispatcher_fixture.h"

namespace redpoll::server {

namespace {

using namespace exec;
using store::Type;

void put(Call& c, Arg key, Type type, std::string_view value) {
  Slot slot = c.db().probe(key);
  if (slot) slot.erase();
  slot.adopt(store::EntryPtr(store::Entry::create(key, store::Value::packed(type, value), std::nullopt)));
  c.changed(slot, Event::list, "give");
}

// GIVE key [value]: a list that holds one thing.
Outcome give(Call& c) {
  put(c, c.args[1], Type::list, c.args.size() > 2 ? c.args[2].view() : "x");
  c.out.ok();
  return done;
}

// GIVESET key: something else.
Outcome giveset(Call& c) {
  put(c, c.args[1], Type::set, "x");
  c.out.ok();
  return done;
}

enum class Found { nothing, taken, other };

Found take_from(Call& c, Arg key, std::string_view wanted) {
  Slot slot = c.db().probe(key);
  if (!slot) return Found::nothing;
  if (slot.entry().type() != Type::list) return Found::other;
  if (!wanted.empty() && slot.entry().packed() != wanted) return Found::nothing;
  slot.erase();
  c.changed(slot, Event::list, "take");
  c.propagate_as("TAKEN", key);
  return Found::taken;
}

int64_t timeout_of(Call& c) { return parse_int64(c.args.back()).value_or(0); }

// TAKE key [key ...] timeout-ms: takes the first list there is, and answers its name.
Outcome take(Call& c) {
  const auto keys = c.args.subspan(1, c.args.size() - 2);
  for (const Arg key : c.candidates(keys)) {
    const Found found = take_from(c, key, {});
    if (found == Found::other) return err::wrong_type;
    if (found == Found::nothing) continue;
    c.out.bulk(key);
    return done;
  }
  return c.wait_for({keys, Type::list, timeout_of(c)});
}

// TAKEIF key value timeout-ms: takes the list if it holds that value.
Outcome takeif(Call& c) {
  const auto keys = c.args.subspan(1, 1);
  const Found found = take_from(c, keys[0], c.args[2]);
  if (found == Found::other) return err::wrong_type;
  if (found == Found::nothing) return c.wait_for({keys, Type::list, timeout_of(c)});
  c.out.ok();
  return done;
}

// PASS from to timeout-ms: takes a list and makes one. An error if there is something else in its place.
Outcome pass(Call& c) {
  const auto keys = c.args.subspan(1, 1);
  if (const Slot to = c.db().probe(c.args[2]); to && to.entry().type() != Type::list) return err::wrong_type;
  const Found found = take_from(c, keys[0], {});
  if (found == Found::other) return err::wrong_type;
  if (found == Found::nothing) return c.wait_for({keys, Type::list, timeout_of(c)});
  put(c, c.args[2], Type::list, "x");
  c.out.ok();
  return done;
}

// TOUCHES: whether this client's looks at keys are uses of them.
Outcome touches(Call& c) {
  c.out.integer(c.keyspace.terms().touch);
  return done;
}

constexpr Docs kDocs{.summary = "Test", .since = "1.0.0", .group = "list", .complexity = "O(1)"};
constexpr KeyFlags kFlags = kKeyRW | kKeyAccess | kKeyDelete;

constexpr Command kWaitingCommands[] = {
    {.name = "give",
     .run = give,
     .arity = at_least(2),
     .traits = kWrite,
     .keys = key_at(1, kFlags),
     .docs = kDocs},
    {.name = "giveset",
     .run = giveset,
     .arity = exactly(2),
     .traits = kWrite,
     .keys = key_at(1, kFlags),
     .docs = kDocs},
    {.name = "take",
     .run = take,
     .arity = at_least(3),
     .traits = kWrite | kBlocking,
     .keys = key_range(1, -2, 1, kFlags),
     .docs = kDocs},
    {.name = "takeif",
     .run = takeif,
     .arity = exactly(4),
     .traits = kWrite | kBlocking,
     .keys = key_at(1, kFlags),
     .docs = kDocs},
    {.name = "touches", .run = touches, .arity = exactly(1), .traits = kRead, .docs = kDocs},
    {.name = "pass",
     .run = pass,
     .arity = exactly(4),
     .traits = kWrite | kBlocking,
     .keys = key_range(1, 2, 1, kFlags),
     .docs = kDocs},
};
static_assert(well_formed(kWaitingCommands));

}  // namespace

std::span<const exec::Command> waiting_commands() { return kWaitingCommands; }

}  // namespace redpoll::server
