// SET and its relatives, GETSET, GETDEL, GETEX, MSET, MSETNX: strings put, replaced and taken as a whole.
#include <algorithm>

#include "base/text.h"
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
using namespace exec::option_literals;
using store::Count;
using store::String;

enum class When : uint8_t { any, if_absent, if_present };

struct SetOptions {
  When when = When::any;
  Expiry expiry;
  bool reply_old = false;
};

// Reads the time of an option that has one; no other is left.
void read_expiry(ArgReader& in, Expiry& expiry, OptionWord option) {
  const Expiry::Kind kind = Expiry::kind_of(option);
  if (kind == Expiry::none) return in.reject(err::syntax);
  in.pick(expiry.kind, kind);
  expiry.text = in.next();
}

SetOptions read_set_options(ArgReader& in) {
  SetOptions o;
  while (in.more()) {
    const OptionWord option = in.option();
    switch (option) {
      case "NX"_opt: in.pick(o.when, When::if_absent); break;
      case "XX"_opt: in.pick(o.when, When::if_present); break;
      case "GET"_opt: o.reply_old = true; break;
      case "KEEPTTL"_opt: in.pick(o.expiry.kind, Expiry::keep); break;
      default: read_expiry(in, o.expiry, option);
    }
  }
  return o;
}

// Stores args[value_at] with the deadline that `expiry` was resolved to.
void put(Call& c, Slot& slot, size_t value_at, const Expiry& expiry, std::optional<UnixMs> deadline) {
  slot.store(c.value_of(value_at), expiry.kind == Expiry::keep ? slot.deadline() : deadline);
  c.changed(slot, Event::string, "set");
  if (!deadline) return;
  c.notify(slot, Event::generic, "expire");
  // Replicas and the AOF get an absolute time: a relative one would drift.
  c.propagate_as("SET", slot.key(), c.args[value_at], "PXAT", deadline->v);
}

Outcome set(Call& c) {
  ArgReader in{c.args, 3};
  const SetOptions o = read_set_options(in);
  if (in.failed()) return in.error();
  const auto [bad, deadline] = o.expiry.resolve(c);
  if (bad) return bad;

  Slot slot = c.db().probe(c.args[1], o.reply_old ? Count::lookup : Count::nothing);
  if (o.reply_old) {
    if (!slot.accepts<String>()) return err::wrong_type;
    c.out.bulk_or_null(slot.get<String>());
  }
  if (o.when != When::any && slot.occupied() != (o.when == When::if_present)) {
    if (!o.reply_old) c.out.null();
    return done;
  }
  put(c, slot, 2, o.expiry, deadline);
  if (o.reply_old) {
    if (!deadline) c.propagate_without("GET"_opt, 3);
  } else {
    c.out.ok();
  }
  return done;
}

Outcome setnx(Call& c) {
  Slot slot = c.db().probe(c.args[1]);
  if (slot) {
    c.out.zero();
    return done;
  }
  put(c, slot, 2, {}, std::nullopt);
  c.out.one();
  return done;
}

Outcome set_expiring(Call& c, Expiry::Kind kind) {
  const Expiry expiry{kind, c.args[2]};
  const auto [bad, deadline] = expiry.resolve(c);
  if (bad) return bad;
  Slot slot = c.db().probe(c.args[1]);
  put(c, slot, 3, expiry, deadline);
  c.out.ok();
  return done;
}

Outcome setex(Call& c) { return set_expiring(c, Expiry::in_s); }

Outcome psetex(Call& c) { return set_expiring(c, Expiry::in_ms); }

Outcome getset(Call& c) {
  Slot slot = c.db().probe(c.args[1], Count::lookup);
  if (!slot.accepts<String>()) return err::wrong_type;
  c.out.bulk_or_null(slot.get<String>());
  put(c, slot, 2, {}, std::nullopt);
  c.propagate_as("SET", c.args[1], c.args[2]);
  return done;
}

Outcome getdel(Call& c) {
  Slot slot = c.db().probe(c.args[1], Count::lookup);
  if (!slot.accepts<String>()) return err::wrong_type;
  c.out.bulk_or_null(slot.get<String>());
  if (!slot) return done;
  slot.erase();
  c.changed(slot, Event::generic, "del");
  c.propagate_as("DEL", c.args[1]);
  return done;
}

Expiry read_getex_options(ArgReader& in) {
  Expiry expiry;
  while (in.more()) {
    const OptionWord option = in.option();
    if (option == "PERSIST"_opt) {
      in.pick(expiry.kind, Expiry::persist);
    } else {
      read_expiry(in, expiry, option);
    }
  }
  return expiry;
}

// Gives the key of `slot` a deadline, or removes it if that has passed. The command itself never propagates,
// but what it comes down to.
void expire_or_erase(Call& c, Slot& slot, UnixMs deadline) {
  if (deadline > c.now) {
    slot.expire_at(deadline);
    c.changed(slot, Event::generic, "expire");
    c.propagate_as("PEXPIREAT", slot.key(), deadline.v);
  } else {
    erase_past_deadline(c, slot);
  }
}

Outcome getex(Call& c) {
  ArgReader in{c.args, 2};
  const Expiry expiry = read_getex_options(in);
  if (in.failed()) return in.error();

  Slot slot = c.db().probe(c.args[1], Count::lookup);
  if (!slot.accepts<String>()) return err::wrong_type;
  if (!slot) {
    c.out.null();
    return done;
  }
  const auto [bad, deadline] = expiry.resolve(c);
  if (bad) return bad;

  c.out.bulk(*slot.get<String>());
  if (deadline) {
    expire_or_erase(c, slot, *deadline);
  } else if (expiry.kind == Expiry::persist && slot.persist()) {
    c.changed(slot, Event::generic, "persist");
    c.propagate_as("PERSIST", slot.key());
  }
  return done;
}

void set_all(Call& c) {
  for (size_t i = 1; i < c.args.size(); i += 2) {
    Slot slot = c.db().probe(c.args[i]);
    put(c, slot, i + 1, {}, std::nullopt);
  }
}

Outcome mset(Call& c) {
  if (c.args.size() % 2 == 0) return c.wrong_arity();
  set_all(c);
  c.out.ok();
  return done;
}

Outcome msetnx(Call& c) {
  if (c.args.size() % 2 == 0) return c.wrong_arity();
  for (size_t i = 1; i < c.args.size(); i += 2) {
    if (c.db().probe(c.args[i])) {
      c.out.zero();
      return done;
    }
  }
  set_all(c);
  c.out.one();
  return done;
}

constexpr Argument kConditions[] = {token_arg("nx", "NX"), token_arg("xx", "XX")};
constexpr Argument kSetExpirations[] = {
    option_arg("EX", "seconds", ArgType::integer, "2.6.12"),
    option_arg("PX", "milliseconds", ArgType::integer, "2.6.12"),
    option_arg("EXAT", "unix-time-seconds", ArgType::unix_time, "6.2.0"),
    option_arg("PXAT", "unix-time-milliseconds", ArgType::unix_time, "6.2.0"),
    {.name = "keepttl", .type = ArgType::pure_token, .token = "KEEPTTL", .since = "6.0.0"},
};
constexpr auto kGetexExpirations = expirations_or(token_arg("persist", "PERSIST"));
constexpr Argument kPair[] = {key_arg(), string_arg("value")};

constexpr Argument kSetArgs[] = {
    key_arg(),
    string_arg("value"),
    {.name = "condition",
     .type = ArgType::oneof,
     .optional = true,
     .arguments = kConditions,
     .since = "2.6.12"},
    {.name = "get", .type = ArgType::pure_token, .token = "GET", .optional = true, .since = "6.2.0"},
    optional(one_of("expiration", kSetExpirations)),
};
constexpr Argument kSetexArgs[] = {key_arg(), integer_arg("seconds"), string_arg("value")};
constexpr Argument kPsetexArgs[] = {key_arg(), integer_arg("milliseconds"), string_arg("value")};
constexpr Argument kGetexArgs[] = {key_arg(), optional(one_of("expiration", kGetexExpirations))};
constexpr Argument kMsetArgs[] = {
    {.name = "key_value", .type = ArgType::block, .multiple = true, .arguments = kPair}};

constexpr std::string_view kMsetTips[] = {"request_policy:multi_shard", "response_policy:all_succeeded"};
constexpr std::string_view kMsetnxTips[] = {"request_policy:multi_shard", "response_policy:agg_min"};

KeyFlags set_key_flags(std::span<const Arg> args) {
  const bool get = std::any_of(args.begin() + 3, args.end(), [](Arg arg) { return iequals(arg, "GET"); });
  return get ? kKeyRW | kKeyAccess | kKeyUpdate : kKeyOW | kKeyUpdate;
}

constexpr Command kStringWriteCommands[] = {
    {.name = "set",
     .run = set,
     .arity = at_least(3),
     .traits = kWrite | kDenyOom,
     .keys = key_at(1, kKeyRW | kKeyAccess | kKeyUpdate | kKeyVariableFlags,
                    "RW and ACCESS due to the optional `GET` argument", set_key_flags),
     .categories = kCatString,
     .docs = {.summary = "Sets the string value of a key, whatever it held before; creates the key",
              .since = "1.0.0",
              .group = "string",
              .complexity = "O(1)",
              .arguments = kSetArgs}},
    {.name = "setnx",
     .run = setnx,
     .arity = exactly(3),
     .traits = kWrite | kDenyOom | kFast,
     .keys = key_at(1, kKeyOW | kKeyInsert),
     .categories = kCatString,
     .docs = {.summary = "Sets the string value of a key that does not exist yet",
              .since = "1.0.0",
              .group = "string",
              .complexity = "O(1)",
              .arguments = kPair}},
    {.name = "setex",
     .run = setex,
     .arity = exactly(4),
     .traits = kWrite | kDenyOom,
     .keys = key_at(1, kKeyOW | kKeyUpdate),
     .categories = kCatString,
     .docs = {.summary = "Sets the string value of a key and its time to live in seconds",
              .since = "2.0.0",
              .group = "string",
              .complexity = "O(1)",
              .arguments = kSetexArgs}},
    {.name = "psetex",
     .run = psetex,
     .arity = exactly(4),
     .traits = kWrite | kDenyOom,
     .keys = key_at(1, kKeyOW | kKeyUpdate),
     .categories = kCatString,
     .docs = {.summary = "Sets the string value of a key and its time to live in milliseconds",
              .since = "2.6.0",
              .group = "string",
              .complexity = "O(1)",
              .arguments = kPsetexArgs}},
    {.name = "getset",
     .run = getset,
     .arity = exactly(3),
     .traits = kWrite | kDenyOom | kFast,
     .keys = key_at(1, kKeyRW | kKeyAccess | kKeyUpdate),
     .categories = kCatString,
     .docs = {.summary = "Sets the string value of a key and returns the one before",
              .since = "1.0.0",
              .group = "string",
              .complexity = "O(1)",
              .arguments = kPair,
              .deprecated_since = "6.2.0",
              .replaced_by = "`SET` with the `!GET` argument"}},
    {.name = "getdel",
     .run = getdel,
     .arity = exactly(2),
     .traits = kWrite | kFast,
     .keys = key_at(1, kKeyRW | kKeyAccess | kKeyDelete),
     .categories = kCatString,
     .docs = {.summary = "Returns the string value of a key and removes the key",
              .since = "6.2.0",
              .group = "string",
              .complexity = "O(1)",
              .arguments = kKeyArgs}},
    {.name = "getex",
     .run = getex,
     .arity = at_least(2),
     .traits = kWrite | kFast,
     .keys = key_at(1, kKeyRW | kKeyAccess | kKeyUpdate, "RW and UPDATE because it changes the TTL"),
     .categories = kCatString,
     .docs = {.summary = "Returns the string value of a key and sets or removes its time to live",
              .since = "6.2.0",
              .group = "string",
              .complexity = "O(1)",
              .arguments = kGetexArgs}},
    {.name = "mset",
     .run = mset,
     .arity = at_least(3),
     .traits = kWrite | kDenyOom,
     .keys = key_range(1, -1, 2, kKeyOW | kKeyUpdate),
     .categories = kCatString,
     .tips = kMsetTips,
     .docs = {.summary = "Sets the string values of several keys at once",
              .since = "1.0.1",
              .group = "string",
              .complexity = "O(N) for N keys",
              .arguments = kMsetArgs}},
    {.name = "msetnx",
     .run = msetnx,
     .arity = at_least(3),
     .traits = kWrite | kDenyOom,
     .keys = key_range(1, -1, 2, kKeyOW | kKeyInsert),
     .categories = kCatString,
     .tips = kMsetnxTips,
     .docs = {.summary = "Sets the string values of several keys at once, provided that none of them exists",
              .since = "1.0.1",
              .group = "string",
              .complexity = "O(N) for N keys",
              .arguments = kMsetArgs}},
};
static_assert(well_formed(kStringWriteCommands));

}  // namespace

Table string_write_commands() { return kStringWriteCommands; }

}  // namespace redpoll::cmd
