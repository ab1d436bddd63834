// HEXPIRE, HPEXPIRE, HEXPIREAT, HPEXPIREAT, HPERSIST: how long fields live.
#include "cmd/deadlines.h"
#include "cmd/hash_fields.h"
#include "cmd/tables.h"
#include "exec/arg_reader.h"
#include "exec/call.h"

namespace redpoll::cmd {
namespace {

using namespace exec;
using store::Hash;
using store::HashEditor;
using store::HashView;

// What is replied for each field.
enum Answer : int64_t { kNoField = -2, kNoDeadline = -1, kRefused = 0, kSet = 1, kRemoved = 2 };

// Replies what `answer(field)` says of each field; there is none without a key.
template <class F>
void answer_each(Call& c, const Slot& slot, std::span<const Arg> fields, F&& answer) {
  c.out.array(fields.size());
  for (const Arg field : fields) {
    const std::optional<HashView::Field> found = slot ? slot.get<Hash>()->find(field) : std::nullopt;
    c.out.integer(found ? answer(field, found->deadline) : kNoField);
  }
}

Outcome set_deadlines(Call& c, Expiry::Kind kind) {
  Slot slot = c.db().probe(c.args[1]);
  if (!slot.accepts<Hash>()) return err::wrong_type;
  const auto [bad, deadline] = field_deadline(c, kind, c.args[2]);
  if (bad) return bad;
  DeadlineConditions conditions;
  const bool conditional = conditions.add(pack_option(c.args[3]));  // one at the most
  const FieldList fields =
      read_fields(c, conditional ? 4 : 3, Outcome("ERR Parameter `numFields` should be greater than 0"));
  if (fields.bad) return fields.bad;

  FieldExpirer expirer(c, slot, *deadline);
  // Named anew: clang 14 captures no structured binding.
  answer_each(c, slot, fields.words, [&, at = *deadline](Arg field, std::optional<UnixMs> current) {
    if (!conditions.hold(current, at)) return kRefused;
    expirer.apply(field);
    return expirer.past() ? kRemoved : kSet;
  });
  expirer.finish();
  return done;
}

Outcome hexpire(Call& c) { return set_deadlines(c, Expiry::in_s); }

Outcome hpexpire(Call& c) { return set_deadlines(c, Expiry::in_ms); }

Outcome hexpireat(Call& c) { return set_deadlines(c, Expiry::at_s); }

Outcome hpexpireat(Call& c) { return set_deadlines(c, Expiry::at_ms); }

Outcome hpersist(Call& c) {
  Slot slot = c.db().probe(c.args[1]);
  if (!slot.accepts<Hash>()) return err::wrong_type;
  const FieldList fields = read_fields(c, 2, kBadFieldCount);
  if (fields.bad) return fields.bad;
  size_t persisted = 0;
  answer_each(c, slot, fields.words, [&](Arg field, std::optional<UnixMs> current) {
    if (!current) return kNoDeadline;
    HashEditor(slot).set_deadline(field, std::nullopt);
    ++persisted;
    return kSet;
  });
  if (persisted > 0) changed(c, slot, Event::hash, "hpersist", persisted);
  return done;
}

constexpr Argument kCondition = optional(one_of("condition", kDeadlineConditions));
constexpr Argument kExpireArgs[] = {key_arg(), integer_arg("seconds"), kCondition, kFieldListArg};
constexpr Argument kPexpireArgs[] = {key_arg(), integer_arg("milliseconds"), kCondition, kFieldListArg};
constexpr Argument kExpireatArgs[] = {key_arg(), unix_time_arg("unix-time-seconds"), kCondition,
                                      kFieldListArg};
constexpr Argument kPexpireatArgs[] = {key_arg(), unix_time_arg("unix-time-milliseconds"), kCondition,
                                       kFieldListArg};
constexpr Argument kPersistArgs[] = {key_arg(), kFieldListArg};

constexpr Traits kExpireTraits = kWrite | kDenyOom | kFast;
constexpr KeySpecs kExpiringKey = key_at(1, kKeyRW | kKeyUpdate);
constexpr std::string_view kExpireComplexity = "O(N) for N fields";

constexpr Command kHashExpireCommands[] = {
    {.name = "hexpire",
     .run = hexpire,
     .arity = at_least(6),
     .traits = kExpireTraits,
     .keys = kExpiringKey,
     .categories = kCatHash,
     .docs = {.summary = "Lets fields expire after some seconds",
              .since = "7.4.0",
              .group = "hash",
              .complexity = kExpireComplexity,
              .arguments = kExpireArgs}},
    {.name = "hpexpire",
     .run = hpexpire,
     .arity = at_least(6),
     .traits = kExpireTraits,
     .keys = kExpiringKey,
     .categories = kCatHash,
     .docs = {.summary = "Lets fields expire after some milliseconds",
              .since = "7.4.0",
              .group = "hash",
              .complexity = kExpireComplexity,
              .arguments = kPexpireArgs}},
    {.name = "hexpireat",
     .run = hexpireat,
     .arity = at_least(6),
     .traits = kExpireTraits,
     .keys = kExpiringKey,
     .categories = kCatHash,
     .docs = {.summary = "Lets fields expire at a Unix time in seconds",
              .since = "7.4.0",
              .group = "hash",
              .complexity = kExpireComplexity,
              .arguments = kExpireatArgs}},
    {.name = "hpexpireat",
     .run = hpexpireat,
     .arity = at_least(6),
     .traits = kExpireTraits,
     .keys = kExpiringKey,
     .categories = kCatHash,
     .docs = {.summary = "Lets fields expire at a Unix time in milliseconds",
              .since = "7.4.0",
              .group = "hash",
              .complexity = kExpireComplexity,
              .arguments = kPexpireatArgs}},
    {.name = "hpersist",
     .run = hpersist,
     .arity = at_least(5),
     .traits = kWrite | kFast,
     .keys = kExpiringKey,
     .categories = kCatHash,
     .docs = {.summary = "Lets fields live as long as their hash",
              .since = "7.4.0",
              .group = "hash",
              .complexity = kExpireComplexity,
              .arguments = kPersistArgs}},
};
static_assert(well_formed(kHashExpireCommands));

}  // namespace

Table hash_expire_commands() { return kHashExpireCommands; }

}  // namespace redpoll::cmd
