// HRANDFIELD: fields by chance.
#include <algorithm>

#include "cmd/random_options.h"
#include "cmd/tables.h"
#include "exec/arg_reader.h"
#include "exec/arguments.h"
#include "exec/call.h"
#include "store/hash.h"

namespace redpoll::cmd {
namespace {

using namespace exec;
using store::Hash;
using store::HashPair;
using store::HashView;

void reply_pair(Call& c, const HashPair& pair, bool with_values) {
  if (with_values && c.out.resp3()) c.out.array(2);
  c.out.bulk(pair.field);
  if (with_values) c.out.bulk(pair.value);
}

void begin_pairs(Call& c, size_t count, bool with_values) {
  c.out.array(with_values && !c.out.resp3() ? 2 * count : count);
}

void reply_draws(Call& c, const HashView& hash, uint64_t draws, bool with_values) {
  begin_pairs(c, draws, with_values);
  // Nobody reads on where the reply is not wanted, or has become too long for the client.
  if (!c.out.takes_bulks(draws)) return;
  hash.draw(c.keyspace.rng, draws, [&](const HashPair& pair) {
    reply_pair(c, pair, with_values);
    return !c.out.muted();
  });
}

Outcome reply_one(Call& c) {
  const auto hit = c.db().find<Hash>(c.args[1]);
  if (hit.mismatch) return err::wrong_type;
  if (hit.value) {
    c.out.bulk(hit.value->random(c.keyspace.rng).field);
  } else {
    c.out.null();
  }
  return done;
}

Outcome hrandfield(Call& c) {
  if (c.args.size() == 2) return reply_one(c);
  ArgReader in{c.args, 2};
  const RandomOptions o = read_random_options(in, "WITHVALUES");
  if (in.failed()) return in.error();
  const auto hit = c.db().find<Hash>(c.args[1]);
  if (hit.mismatch) return err::wrong_type;
  if (!hit.value || o.count == 0) {
    c.out.empty_array();
    return done;
  }
  if (o.count < 0) {
    reply_draws(c, *hit.value, static_cast<uint64_t>(-o.count), o.with_values);
    return done;
  }
  const size_t count = std::min(static_cast<size_t>(o.count), hit.value->size());
  begin_pairs(c, count, o.with_values);
  hit.value->sample(c.keyspace.rng, count, [&](const HashPair& pair) { reply_pair(c, pair, o.with_values); });
  return done;
}

constexpr Argument kOptions[] = {integer_arg("count"), optional(token_arg("withvalues", "WITHVALUES"))};
constexpr Argument kRandomArgs[] = {
    key_arg(), {.name = "options", .type = ArgType::block, .optional = true, .arguments = kOptions}};

constexpr std::string_view kRandomTips[] = {"nondeterministic_output"};

constexpr Command kHashRandomCommands[] = {
    {.name = "hrandfield",
     .run = hrandfield,
     .arity = at_least(2),
     .traits = kRead,
     .keys = key_at(1, kKeyRO | kKeyAccess),
     .categories = kCatHash,
     .tips = kRandomTips,
     .docs = {.summary = "Returns random fields of a hash, with their values if asked for",
              .since = "6.2.0",
              .group = "hash",
              .complexity = "O(N) for N fields that are returned",
              .arguments = kRandomArgs}},
};
static_assert(well_formed(kHashRandomCommands));

}  // namespace

Table hash_random_commands() { return kHashRandomCommands; }

}  // namespace redpoll::cmd
