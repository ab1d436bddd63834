// HGET, HMGET, HGETALL, HKEYS, HVALS, HLEN, HSTRLEN, HEXISTS: hashes as they are.
#include "cmd/arguments.h"
#include "cmd/tables.h"
#include "exec/call.h"
#include "store/hash.h"

namespace redpoll::cmd {
namespace {

using namespace exec;
using store::Element;
using store::Hash;
using store::HashView;

// The value of a field in what was found under a key.
std::optional<Element> value_of(const store::Found<Hash>& hit, std::string_view field) {
  return hit.value ? hit.value->get(field) : std::nullopt;
}

Outcome hget(Call& c) {
  const auto hit = c.db().find<Hash>(c.args[1]);
  if (hit.mismatch) return err::wrong_type;
  c.out.bulk_or_null(value_of(hit, c.args[2]));
  return done;
}

Outcome hmget(Call& c) {
  const auto hit = c.db().find<Hash>(c.args[1]);
  if (hit.mismatch) return err::wrong_type;
  c.out.array(c.args.size() - 2);
  for (const Arg field : c.args.subspan(2)) c.out.bulk_or_null(value_of(hit, field));
  return done;
}

Outcome hgetall(Call& c) {
  const auto hit = c.db().find<Hash>(c.args[1]);
  if (hit.mismatch) return err::wrong_type;
  c.out.map(hit.value ? hit.value->size() : 0);
  if (!hit.value) return done;
  hit.value->each([&](const Element& field, const Element& value) {
    c.out.bulk(field);
    c.out.bulk(value);
  });
  return done;
}

// Replies `part(field, value)` of each field.
template <class F>
Outcome reply_each(Call& c, F&& part) {
  const auto hit = c.db().find<Hash>(c.args[1]);
  if (hit.mismatch) return err::wrong_type;
  c.out.array(hit.value ? hit.value->size() : 0);
  if (!hit.value) return done;
  hit.value->each([&](const Element& field, const Element& value) { c.out.bulk(part(field, value)); });
  return done;
}

Outcome hkeys(Call& c) {
  return reply_each(c, [](const Element& field, const Element&) { return field; });
}

Outcome hvals(Call& c) {
  return reply_each(c, [](const Element&, const Element& value) { return value; });
}

// Replies the number that `count(hash)` makes of the hash, 0 without one.
template <class F>
Outcome reply_count(Call& c, F&& count) {
  const auto hit = c.db().find<Hash>(c.args[1]);
  if (hit.mismatch) return err::wrong_type;
  c.out.integer(hit.value ? static_cast<int64_t>(count(*hit.value)) : 0);
  return done;
}

Outcome hlen(Call& c) {
  return reply_count(c, [](const HashView& hash) { return hash.size(); });
}

Outcome hstrlen(Call& c) {
  return reply_count(c, [&](const HashView& hash) {
    const auto value = hash.get(c.args[2]);
    return value ? value->size() : 0;
  });
}

Outcome hexists(Call& c) {
  return reply_count(c, [&](const HashView& hash) { return hash.get(c.args[2]).has_value(); });
}

constexpr KeySpecs kRead1 = key_at(1, kKeyRO | kKeyAccess);
constexpr KeySpecs kLookedAt = key_at(1, kKeyRO);
constexpr std::string_view kUnorderedTips[] = {"nondeterministic_output_order"};

constexpr Command kHashReadCommands[] = {
    {.name = "hget",
     .run = hget,
     .arity = exactly(3),
     .traits = kRead | kFast,
     .keys = kRead1,
     .element = 2,
     .categories = kCatHash,
     .docs = {.summary = "Returns the value of a field",
              .since = "2.0.0",
              .group = "hash",
              .complexity = "O(1)",
              .arguments = kFieldArgs}},
    {.name = "hmget",
     .run = hmget,
     .arity = at_least(3),
     .traits = kRead | kFast,
     .keys = kRead1,
     .element = 2,
     .categories = kCatHash,
     .docs = {.summary = "Returns the values of several fields at once",
              .since = "2.0.0",
              .group = "hash",
              .complexity = "O(N) for N fields",
              .arguments = kFieldsArgs}},
    {.name = "hgetall",
     .run = hgetall,
     .arity = exactly(2),
     .traits = kRead,
     .keys = kRead1,
     .categories = kCatHash,
     .tips = kUnorderedTips,
     .docs = {.summary = "Returns every field of a hash with its value",
              .since = "2.0.0",
              .group = "hash",
              .complexity = "O(N) for a hash of N fields",
              .arguments = kKeyArgs}},
    {.name = "hkeys",
     .run = hkeys,
     .arity = exactly(2),
     .traits = kRead,
     .keys = kRead1,
     .categories = kCatHash,
     .tips = kUnorderedTips,
     .docs = {.summary = "Returns every field of a hash",
              .since = "2.0.0",
              .group = "hash",
              .complexity = "O(N) for a hash of N fields",
              .arguments = kKeyArgs}},
    {.name = "hvals",
     .run = hvals,
     .arity = exactly(2),
     .traits = kRead,
     .keys = kRead1,
     .categories = kCatHash,
     .tips = kUnorderedTips,
     .docs = {.summary = "Returns the value of every field of a hash",
              .since = "2.0.0",
              .group = "hash",
              .complexity = "O(N) for a hash of N fields",
              .arguments = kKeyArgs}},
    {.name = "hlen",
     .run = hlen,
     .arity = exactly(2),
     .traits = kRead | kFast,
     .keys = kLookedAt,
     .categories = kCatHash,
     .docs = {.summary = "Returns how many fields a hash has",
              .since = "2.0.0",
              .group = "hash",
              .complexity = "O(1)",
              .arguments = kKeyArgs}},
    {.name = "hstrlen",
     .run = hstrlen,
     .arity = exactly(3),
     .traits = kRead | kFast,
     .keys = kLookedAt,
     .element = 2,
     .categories = kCatHash,
     .docs = {.summary = "Returns how long the value of a field is",
              .since = "3.2.0",
              .group = "hash",
              .complexity = "O(1)",
              .arguments = kFieldArgs}},
    {.name = "hexists",
     .run = hexists,
     .arity = exactly(3),
     .traits = kRead | kFast,
     .keys = kLookedAt,
     .element = 2,
     .categories = kCatHash,
     .docs = {.summary = "Tells whether a hash has a field",
              .since = "2.0.0",
              .group = "hash",
              .complexity = "O(1)",
              .arguments = kFieldArgs}},
};
static_assert(well_formed(kHashReadCommands));

}  // namespace

Table hash_read_commands() { return kHashReadCommands; }

}  // namespace redpoll::cmd
