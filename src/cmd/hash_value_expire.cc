// HGETEX, HSETEX: values of fields together with how long they live.

#include "cmd/deadlines.h"
#include "cmd/hash_fields.h"
#include "cmd/tables.h"
#include "exec/arg_reader.h"
#include "exec/call.h"

namespace redpoll::cmd {
namespace {

using namespace exec;
using namespace exec::option_literals;
using store::Count;
using store::FieldTtl;
using store::Hash;
using store::HashEditor;
using store::HashView;

void persist(Call& c, Slot& slot, std::span<const Arg> words) {
  std::vector<Arg> persisted;
  HashEditor hash(slot);
  for (const Arg word : words) {
    const auto field = hash.view().find(word);
    if (!field || !field->deadline) continue;
    hash.set_deadline(word, std::nullopt);
    persisted.push_back(word);
  }
  if (persisted.empty()) return;
  changed(c, slot, Event::hash, "hpersist", persisted.size());
  c.propagate_as("HPERSIST", slot.key(), "FIELDS", static_cast<int64_t>(persisted.size()),
                 std::span<const Arg>(persisted));
}

void expire(Call& c, Slot& slot, std::span<const Arg> words, UnixMs deadline) {
  FieldExpirer expirer(c, slot, deadline);
  for (const Arg word : words) {
    if (slot.get<Hash>()->get(word)) expirer.apply(word);
  }
  expirer.finish();
}

Outcome hgetex(Call& c) {
  Slot slot = c.db().probe(c.args[1], Count::lookup);
  if (!slot.accepts<Hash>()) return err::wrong_type;
  const OptionWord option = pack_option(c.args[2]);
  const Expiry::Kind kind = Expiry::kind_of(option);
  const bool persists = option == "PERSIST"_opt;
  const FieldList fields = read_fields(c, kind != Expiry::none ? 4 : persists ? 3 : 2, kBadFieldCount);
  if (fields.bad) return fields.bad;
  const auto [bad, deadline] = kind != Expiry::none ? field_deadline(c, kind, c.args[3]) : Expiry::Deadline{};
  if (bad) return bad;

  c.out.array(fields.words.size());
  for (const Arg word : fields.words) c.out.bulk_or_null(slot ? slot.get<Hash>()->get(word) : std::nullopt);
  if (!slot) return done;
  if (persists) persist(c, slot, fields.words);
  if (deadline) expire(c, slot, fields.words, *deadline);
  return done;
}

enum class When : uint8_t { any, if_none_exists, if_all_exist };

struct SetexOptions {
  When when = When::any;
  Expiry expiry;
  size_t fields_at = 0;  // where FIELDS is, or should be
};

void choose_when(ArgReader& in, When& when, When choice) {
  if (when != When::any) in.reject(Outcome("ERR Only one of FXX or FNX arguments can be specified"));
  when = choice;
}

void choose_expiry(ArgReader& in, Expiry& expiry, Expiry::Kind kind) {
  if (expiry.kind != Expiry::none) {
    in.reject(Outcome("ERR Only one of EX, PX, EXAT, PXAT or KEEPTTL arguments can be specified"));
  }
  expiry.kind = kind;
  if (kind != Expiry::keep) expiry.text = in.next();
}

SetexOptions read_setex_options(Call& c, ArgReader& in) {
  SetexOptions o;
  while (in.more()) {
    o.fields_at = c.args.size() - in.left();
    const OptionWord option = in.option();
    switch (option) {
      case "FNX"_opt: choose_when(in, o.when, When::if_none_exists); break;
      case "FXX"_opt: choose_when(in, o.when, When::if_all_exist); break;
      case "KEEPTTL"_opt: choose_expiry(in, o.expiry, Expiry::keep); break;
      default:
        if (Expiry::kind_of(option) == Expiry::none) return o;
        choose_expiry(in, o.expiry, Expiry::kind_of(option));
    }
  }
  in.reject(kNoFields);
  return o;
}

bool condition_holds(const Slot& slot, When when, std::span<const Arg> pairs) {
  if (when == When::any) return true;
  const auto hash = slot.get<Hash>();
  for (size_t i = 0; i < pairs.size(); i += 2) {
    const bool exists = hash && hash->get(pairs[i]);
    if (exists != (when == When::if_all_exist)) return false;
  }
  return true;
}

// Setting fields whose time has passed already comes down to removing them.
void remove_all(Call& c, Slot& slot, std::span<const Arg> pairs, UnixMs deadline) {
  if (!slot) return;
  FieldExpirer expirer(c, slot, deadline);
  for (size_t i = 0; i < pairs.size(); i += 2) {
    if (slot.get<Hash>()->get(pairs[i])) expirer.apply(pairs[i]);
  }
  expirer.finish();
}

void set_all(Call& c, Slot& slot, const Expiry& expiry, std::optional<UnixMs> deadline,
             std::span<const Arg> pairs) {
  const size_t fields = pairs.size() / 2;
  const bool keep = expiry.kind == Expiry::keep;
  HashEditor hash(slot);
  hash.expect(fields);
  for (size_t i = 0; i < pairs.size(); i += 2) {
    hash.set(pairs[i], pairs[i + 1], keep ? FieldTtl::keep : FieldTtl::drop);
    if (deadline) hash.set_deadline(pairs[i], deadline);
  }
  changed(c, slot, Event::hash, "hset", fields);
  if (deadline) c.notify(slot, Event::hash, "hexpire");
  // The conditions held here, so that they need not be asked again; the time is absolute.
  const auto count = static_cast<int64_t>(fields);
  if (deadline) {
    c.propagate_as("HSETEX", slot.key(), "PXAT", deadline->v, "FIELDS", count, pairs);
  } else if (keep) {
    c.propagate_as("HSETEX", slot.key(), "KEEPTTL", "FIELDS", count, pairs);
  } else {
    c.propagate_as("HSET", slot.key(), pairs);
  }
}

Outcome hsetex(Call& c) {
  ArgReader in{c.args, 2};
  const SetexOptions o = read_setex_options(c, in);
  if (in.failed()) return in.error();
  const FieldList pairs = read_fields(c, o.fields_at, kBadFieldCount, 2);
  if (pairs.bad) return pairs.bad;
  const bool timed = o.expiry.kind != Expiry::none && o.expiry.kind != Expiry::keep;
  const auto [bad, deadline] = timed ? field_deadline(c, o.expiry.kind, o.expiry.text) : Expiry::Deadline{};
  if (bad) return bad;

  Slot slot = c.db().probe(c.args[1]);
  if (!slot.accepts<Hash>()) return err::wrong_type;
  if (!condition_holds(slot, o.when, pairs.words)) {
    c.out.zero();
    return done;
  }
  if (deadline && *deadline <= c.now) {
    remove_all(c, slot, pairs.words, *deadline);
  } else {
    set_all(c, slot, o.expiry, deadline, pairs.words);
  }
  c.out.one();
  return done;
}

constexpr auto kGetexExpirations = expirations_or(token_arg("persist", "PERSIST"));
constexpr auto kSetexExpirations = expirations_or(token_arg("keepttl", "KEEPTTL"));
constexpr Argument kSetexConditions[] = {token_arg("fnx", "FNX"), token_arg("fxx", "FXX")};
constexpr Argument kExpiringPair[] = {string_arg("field"), string_arg("value")};
constexpr Argument kPairList[] = {
    integer_arg("numfields"),
    {.name = "data", .type = ArgType::block, .multiple = true, .arguments = kExpiringPair}};
constexpr Argument kGetexArgs[] = {key_arg(), optional(one_of("expiration", kGetexExpirations)),
                                   kFieldListArg};
constexpr Argument kSetexArgs[] = {
    key_arg(),
    optional(one_of("condition", kSetexConditions)),
    optional(one_of("expiration", kSetexExpirations)),
    option_block("FIELDS", "fields", kPairList),
};

constexpr std::string_view kPairsComplexity = "O(N) for N fields";

constexpr Command kHashValueExpireCommands[] = {
    {.name = "hgetex",
     .run = hgetex,
     .arity = at_least(5),
     .traits = kWrite | kFast,
     .keys = key_at(1, kKeyRW | kKeyAccess | kKeyUpdate, "RW and UPDATE because it changes the TTL"),
     .categories = kCatHash,
     .docs = {.summary = "Returns the values of fields and sets or removes their time to live",
              .since = "8.0.0",
              .group = "hash",
              .complexity = kPairsComplexity,
              .arguments = kGetexArgs}},
    {.name = "hsetex",
     .run = hsetex,
     .arity = at_least(6),
     .traits = kWrite | kDenyOom | kFast,
     .keys = key_at(1, kKeyRW | kKeyUpdate),
     .categories = kCatHash,
     .docs = {.summary = "Sets the values of fields and their time to live",
              .since = "8.0.0",
              .group = "hash",
              .complexity = kPairsComplexity,
              .arguments = kSetexArgs}},
};
static_assert(well_formed(kHashValueExpireCommands));

}  // namespace

Table hash_value_expire_commands() { return kHashValueExpireCommands; }

}  // namespace redpoll::cmd
