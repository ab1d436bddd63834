// HSET, HMSET, HSETNX, HDEL, HGETDEL: fields put and removed.
#include "cmd/arguments.h"
#include "cmd/collection.h"
#include "cmd/hash_fields.h"
#include "cmd/tables.h"
#include "exec/call.h"
#include "store/hash.h"

namespace redpoll::cmd {
namespace {

using namespace exec;
using store::Count;
using store::Hash;
using store::HashEditor;

// Sets the fields args[2], args[4], ... and replies with `reply(added)`: how many are new.
template <class F>
Outcome set_fields(Call& c, F&& reply) {
  if (c.args.size() % 2 != 0) return c.wrong_arity();
  Slot slot = c.db().probe(c.args[1]);
  if (!slot.accepts<Hash>()) return err::wrong_type;
  const auto pairs = c.args.subspan(2);
  const size_t added = HashEditor(slot).set_all(pairs);
  changed(c, slot, Event::hash, "hset", pairs.size() / 2);
  reply(static_cast<int64_t>(added));
  return done;
}

Outcome hset(Call& c) {
  return set_fields(c, [&](int64_t added) { c.out.integer(added); });
}

Outcome hmset(Call& c) {
  return set_fields(c, [&](int64_t) { c.out.ok(); });
}

Outcome hsetnx(Call& c) {
  Slot slot = c.db().probe(c.args[1]);
  if (!slot.accepts<Hash>()) return err::wrong_type;
  if (slot && slot.get<Hash>()->get(c.args[2])) {
    c.out.zero();
    return done;
  }
  HashEditor(slot).set(c.args[2], c.args[3]);
  c.changed(slot, Event::hash, "hset");
  c.out.one();
  return done;
}

Outcome hdel(Call& c) {
  Slot slot = c.db().probe(c.args[1]);
  if (!slot.accepts<Hash>()) return err::wrong_type;
  size_t removed = 0;
  if (slot) {
    HashEditor hash(slot);
    for (const Arg field : c.args.subspan(2)) removed += hash.erase(field) ? 1 : 0;
  }
  if (removed > 0) fields_removed(c, slot, removed);
  c.out.integer(static_cast<int64_t>(removed));
  return done;
}

Outcome hgetdel(Call& c) {
  Slot slot = c.db().probe(c.args[1], Count::lookup);
  if (!slot.accepts<Hash>()) return err::wrong_type;
  const FieldList fields = read_fields(c, 2, kBadFieldCount);
  if (fields.bad) return fields.bad;
  std::vector<Arg> removed;
  c.out.array(fields.words.size());
  for (const Arg field : fields.words) {
    const auto value = slot ? slot.get<Hash>()->get(field) : std::nullopt;
    c.out.bulk_or_null(value);
    if (!value) continue;
    HashEditor(slot).erase(field);
    removed.push_back(field);
  }
  if (removed.empty()) return done;
  c.propagate_as("HDEL", slot.key(), std::span<const Arg>(removed));
  fields_removed(c, slot, removed.size());
  return done;
}

constexpr Argument kPair[] = {string_arg("field"), string_arg("value")};
constexpr Argument kSetArgs[] = {
    key_arg(), {.name = "field_value", .type = ArgType::block, .multiple = true, .arguments = kPair}};
constexpr Argument kSetnxArgs[] = {key_arg(), string_arg("field"), string_arg("value")};
constexpr Argument kHgetdelArgs[] = {key_arg(), kFieldListArg};

constexpr Command kHashWriteCommands[] = {
    {.name = "hset",
     .run = hset,
     .arity = at_least(4),
     .traits = kWrite | kDenyOom | kFast,
     .keys = key_at(1, kKeyRW | kKeyUpdate),
     .element = 2,
     .categories = kCatHash,
     .docs = {.summary = "Sets the values of fields; creates the hash if there is none",
              .since = "2.0.0",
              .group = "hash",
              .complexity = "O(N) for N fields",
              .arguments = kSetArgs}},
    {.name = "hmset",
     .run = hmset,
     .arity = at_least(4),
     .traits = kWrite | kDenyOom | kFast,
     .keys = key_at(1, kKeyRW | kKeyUpdate),
     .element = 2,
     .categories = kCatHash,
     .docs = {.summary = "Sets the values of fields; creates the hash if there is none",
              .since = "2.0.0",
              .group = "hash",
              .complexity = "O(N) for N fields",
              .arguments = kSetArgs,
              .deprecated_since = "4.0.0",
              .replaced_by = "`HSET` with multiple field-value pairs"}},
    {.name = "hsetnx",
     .run = hsetnx,
     .arity = exactly(4),
     .traits = kWrite | kDenyOom | kFast,
     .keys = key_at(1, kKeyRW | kKeyInsert),
     .element = 2,
     .categories = kCatHash,
     .docs = {.summary = "Sets the value of a field that the hash does not have yet",
              .since = "2.0.0",
              .group = "hash",
              .complexity = "O(1)",
              .arguments = kSetnxArgs}},
    {.name = "hdel",
     .run = hdel,
     .arity = at_least(3),
     .traits = kWrite | kFast,
     .keys = key_at(1, kKeyRW | kKeyDelete),
     .element = 2,
     .categories = kCatHash,
     .docs = {.summary = "Removes fields, and with the last one the hash",
              .since = "2.0.0",
              .group = "hash",
              .complexity = "O(N) for N fields",
              .arguments = kFieldsArgs}},
    {.name = "hgetdel",
     .run = hgetdel,
     .arity = at_least(5),
     .traits = kWrite | kFast,
     .keys = key_at(1, kKeyRW | kKeyAccess | kKeyDelete),
     .categories = kCatHash,
     .docs = {.summary = "Returns the values of fields and removes the fields",
              .since = "8.0.0",
              .group = "hash",
              .complexity = "O(N) for N fields",
              .arguments = kHgetdelArgs}},
};
static_assert(well_formed(kHashWriteCommands));

}  // namespace

Table hash_write_commands() { return kHashWriteCommands; }

}  // namespace redpoll::cmd
