// EXPIRE, TTL, EXPIRETIME and their variants, PERSIST: how long keys live.
#include "cmd/arguments.h"
#include "cmd/deadlines.h"
#include "cmd/past_deadline.h"
#include "cmd/tables.h"
#include "exec/arg_reader.h"
#include "exec/call.h"
#include "exec/expiry.h"

namespace redpoll::cmd {
namespace {

using namespace exec;
using store::Entry;
using store::Touch;

Outcome unsupported(Call& c, std::string_view option) {
  // Redis prints it as a C string.
  return c.fail("ERR Unsupported option {}", option.substr(0, option.find('\0')));
}

DeadlineConditions read_conditions(Call& c, ArgReader& in) {
  DeadlineConditions o;
  while (in.more()) {
    const std::string_view word = in.next();
    if (!o.add(pack_option(word))) in.reject(unsupported(c, word));
  }
  if (o.if_none && (o.if_some || o.if_later || o.if_earlier)) {
    in.reject(Outcome("ERR NX and XX, GT or LT options at the same time are not compatible"));
  }
  if (o.if_later && o.if_earlier) {
    in.reject(Outcome("ERR GT and LT options at the same time are not compatible"));
  }
  return o;
}

Outcome set_deadline(Call& c, Expiry::Kind kind) {
  ArgReader in{c.args, 3};
  const DeadlineConditions conditions = read_conditions(c, in);
  if (in.failed()) return in.error();
  const auto [bad, deadline] = Expiry{kind, c.args[2]}.resolve_any(c);
  if (bad) return bad;

  Slot slot = c.db().probe(c.args[1]);
  if (!slot || !conditions.hold(slot.deadline(), *deadline)) {
    c.out.zero();
    return done;
  }
  if (*deadline <= c.now) {
    erase_past_deadline(c, slot);
  } else {
    slot.expire_at(*deadline);
    c.changed(slot, Event::generic, "expire");
    // Replicas and the AOF get an absolute time: a relative one would drift.
    if (kind != Expiry::at_ms) c.propagate_as("PEXPIREAT", slot.key(), deadline->v, c.args.subspan(3));
  }
  c.out.one();
  return done;
}

Outcome expire(Call& c) { return set_deadline(c, Expiry::in_s); }

Outcome pexpire(Call& c) { return set_deadline(c, Expiry::in_ms); }

Outcome expireat(Call& c) { return set_deadline(c, Expiry::at_s); }

Outcome pexpireat(Call& c) { return set_deadline(c, Expiry::at_ms); }

int64_t rounded(int64_t ms, TimeUnit unit) {
  return unit == TimeUnit::milliseconds ? ms : ms / 1000 + (ms % 1000 >= 500 ? 1 : 0);
}

// Milliseconds from `start` to the deadline; -1 without a deadline, -2 without the key.
Outcome reply_deadline(Call& c, UnixMs start, TimeUnit unit) {
  const Entry* entry = c.db().lookup(c.args[1], Touch::no);
  if (entry == nullptr) {
    c.out.integer(-2);
  } else if (!entry->has_deadline()) {
    c.out.integer(-1);
  } else {
    c.out.integer(rounded(entry->deadline() - start, unit));
  }
  return done;
}

Outcome ttl(Call& c) { return reply_deadline(c, c.now, TimeUnit::seconds); }

Outcome pttl(Call& c) { return reply_deadline(c, c.now, TimeUnit::milliseconds); }

Outcome expiretime(Call& c) { return reply_deadline(c, UnixMs{0}, TimeUnit::seconds); }

Outcome pexpiretime(Call& c) { return reply_deadline(c, UnixMs{0}, TimeUnit::milliseconds); }

Outcome persist(Call& c) {
  Slot slot = c.db().probe(c.args[1]);
  if (!slot || !slot.persist()) {
    c.out.zero();
    return done;
  }
  c.changed(slot, Event::generic, "persist");
  c.out.one();
  return done;
}

constexpr Argument kCondition = since("7.0.0", optional(one_of("condition", kDeadlineConditions)));
constexpr Argument kExpireArgs[] = {key_arg(), integer_arg("seconds"), kCondition};
constexpr Argument kPexpireArgs[] = {key_arg(), integer_arg("milliseconds"), kCondition};
constexpr Argument kExpireatArgs[] = {key_arg(), unix_time_arg("unix-time-seconds"), kCondition};
constexpr Argument kPexpireatArgs[] = {key_arg(), unix_time_arg("unix-time-milliseconds"), kCondition};

constexpr std::string_view kTtlTips[] = {"nondeterministic_output"};

constexpr KeySpecs kChanged = key_at(1, kKeyRW | kKeyUpdate);
constexpr KeySpecs kLookedAt = key_at(1, kKeyRO | kKeyAccess);

constexpr Command kKeyExpireCommands[] = {
    {.name = "expire",
     .run = expire,
     .arity = at_least(3),
     .traits = kWrite | kFast,
     .keys = kChanged,
     .categories = kCatKeyspace,
     .docs = {.summary = "Lets a key expire after some seconds",
              .since = "1.0.0",
              .group = "generic",
              .complexity = "O(1)",
              .arguments = kExpireArgs}},
    {.name = "pexpire",
     .run = pexpire,
     .arity = at_least(3),
     .traits = kWrite | kFast,
     .keys = kChanged,
     .categories = kCatKeyspace,
     .docs = {.summary = "Lets a key expire after some milliseconds",
              .since = "2.6.0",
              .group = "generic",
              .complexity = "O(1)",
              .arguments = kPexpireArgs}},
    {.name = "expireat",
     .run = expireat,
     .arity = at_least(3),
     .traits = kWrite | kFast,
     .keys = kChanged,
     .categories = kCatKeyspace,
     .docs = {.summary = "Lets a key expire at a Unix time in seconds",
              .since = "1.2.0",
              .group = "generic",
              .complexity = "O(1)",
              .arguments = kExpireatArgs}},
    {.name = "pexpireat",
     .run = pexpireat,
     .arity = at_least(3),
     .traits = kWrite | kFast,
     .keys = kChanged,
     .categories = kCatKeyspace,
     .docs = {.summary = "Lets a key expire at a Unix time in milliseconds",
              .since = "2.6.0",
              .group = "generic",
              .complexity = "O(1)",
              .arguments = kPexpireatArgs}},
    {.name = "ttl",
     .run = ttl,
     .arity = exactly(2),
     .traits = kRead | kFast,
     .keys = kLookedAt,
     .categories = kCatKeyspace,
     .tips = kTtlTips,
     .docs = {.summary = "Returns how many seconds a key has to live",
              .since = "1.0.0",
              .group = "generic",
              .complexity = "O(1)",
              .arguments = kKeyArgs}},
    {.name = "pttl",
     .run = pttl,
     .arity = exactly(2),
     .traits = kRead | kFast,
     .keys = kLookedAt,
     .categories = kCatKeyspace,
     .tips = kTtlTips,
     .docs = {.summary = "Returns how many milliseconds a key has to live",
              .since = "2.6.0",
              .group = "generic",
              .complexity = "O(1)",
              .arguments = kKeyArgs}},
    {.name = "expiretime",
     .run = expiretime,
     .arity = exactly(2),
     .traits = kRead | kFast,
     .keys = kLookedAt,
     .categories = kCatKeyspace,
     .docs = {.summary = "Returns the Unix time in seconds at which a key expires",
              .since = "7.0.0",
              .group = "generic",
              .complexity = "O(1)",
              .arguments = kKeyArgs}},
    {.name = "pexpiretime",
     .run = pexpiretime,
     .arity = exactly(2),
     .traits = kRead | kFast,
     .keys = kLookedAt,
     .categories = kCatKeyspace,
     .docs = {.summary = "Returns the Unix time in milliseconds at which a key expires",
              .since = "7.0.0",
              .group = "generic",
              .complexity = "O(1)",
              .arguments = kKeyArgs}},
    {.name = "persist",
     .run = persist,
     .arity = exactly(2),
     .traits = kWrite | kFast,
     .keys = kChanged,
     .categories = kCatKeyspace,
     .docs = {.summary = "Lets a key live forever",
              .since = "2.2.0",
              .group = "generic",
              .complexity = "O(1)",
              .arguments = kKeyArgs}},
};
static_assert(well_formed(kKeyExpireCommands));

}  // namespace

Table key_expire_commands() { return kKeyExpireCommands; }

}  // namespace redpoll::cmd
