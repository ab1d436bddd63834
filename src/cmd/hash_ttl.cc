// HTTL, HPTTL, HEXPIRETIME, HPEXPIRETIME: how long fields still have to live.
#include "cmd/deadlines.h"
#include "cmd/hash_fields.h"
#include "cmd/tables.h"
#include "exec/call.h"

namespace redpoll::cmd {
namespace {

using namespace exec;
using store::Hash;

// For each field the time from `start` to its deadline, seconds rounded up; -1 without a deadline, -2 without
// the field.
Outcome reply_deadlines(Call& c, UnixMs start, TimeUnit unit) {
  const auto hit = c.db().find<Hash>(c.args[1]);
  if (hit.mismatch) return err::wrong_type;
  const FieldList fields = read_fields(c, 2, kBadFieldCount);
  if (fields.bad) return fields.bad;
  c.out.array(fields.words.size());
  for (const Arg word : fields.words) {
    const auto field = hit.value ? hit.value->find(word) : std::nullopt;
    if (!field || !field->deadline) {
      c.out.integer(field ? -1 : -2);
      continue;
    }
    const int64_t ms = *field->deadline - start;
    c.out.integer(unit == TimeUnit::seconds ? (ms + 999) / 1000 : ms);
  }
  return done;
}

Outcome httl(Call& c) { return reply_deadlines(c, c.now, TimeUnit::seconds); }

Outcome hpttl(Call& c) { return reply_deadlines(c, c.now, TimeUnit::milliseconds); }

Outcome hexpiretime(Call& c) { return reply_deadlines(c, UnixMs{0}, TimeUnit::seconds); }

Outcome hpexpiretime(Call& c) { return reply_deadlines(c, UnixMs{0}, TimeUnit::milliseconds); }

constexpr Argument kTtlArgs[] = {key_arg(), kFieldListArg};
constexpr KeySpecs kTtlKey = key_at(1, kKeyRO | kKeyAccess);
constexpr std::string_view kTtlTips[] = {"nondeterministic_output"};
constexpr std::string_view kTtlComplexity = "O(N) for N fields";

constexpr Command kHashTtlCommands[] = {
    {.name = "httl",
     .run = httl,
     .arity = at_least(5),
     .traits = kRead | kFast,
     .keys = kTtlKey,
     .categories = kCatHash,
     .tips = kTtlTips,
     .docs = {.summary = "Returns how many seconds fields have to live",
              .since = "7.4.0",
              .group = "hash",
              .complexity = kTtlComplexity,
              .arguments = kTtlArgs}},
    {.name = "hpttl",
     .run = hpttl,
     .arity = at_least(5),
     .traits = kRead | kFast,
     .keys = kTtlKey,
     .categories = kCatHash,
     .tips = kTtlTips,
     .docs = {.summary = "Returns how many milliseconds fields have to live",
              .since = "7.4.0",
              .group = "hash",
              .complexity = kTtlComplexity,
              .arguments = kTtlArgs}},
    {.name = "hexpiretime",
     .run = hexpiretime,
     .arity = at_least(5),
     .traits = kRead | kFast,
     .keys = kTtlKey,
     .categories = kCatHash,
     .docs = {.summary = "Returns the Unix times in seconds at which fields expire",
              .since = "7.4.0",
              .group = "hash",
              .complexity = kTtlComplexity,
              .arguments = kTtlArgs}},
    {.name = "hpexpiretime",
     .run = hpexpiretime,
     .arity = at_least(5),
     .traits = kRead | kFast,
     .keys = kTtlKey,
     .categories = kCatHash,
     .docs = {.summary = "Returns the Unix times in milliseconds at which fields expire",
              .since = "7.4.0",
              .group = "hash",
              .complexity = kTtlComplexity,
              .arguments = kTtlArgs}},
};
static_assert(well_formed(kHashTtlCommands));

}  // namespace

Table hash_ttl_commands() { return kHashTtlCommands; }

}  // namespace redpoll::cmd
