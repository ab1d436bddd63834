// EXISTS, TOUCH, TYPE, RANDOMKEY: which keys there are and what they hold.
#include "cmd/arguments.h"
#include "cmd/tables.h"
#include "exec/call.h"

namespace redpoll::cmd {
namespace {

using namespace exec;
using store::Entry;
using store::Touch;

// A key that is named twice counts twice.
Outcome count_present(Call& c, Touch how) {
  int64_t present = 0;
  for (const Arg key : c.args.subspan(1)) present += c.db().lookup(key, how) != nullptr;
  c.out.integer(present);
  return done;
}

Outcome exists(Call& c) { return count_present(c, Touch::no); }

// To be used is all that the command is for: CLIENT NO-TOUCH does not apply.
Outcome touch(Call& c) { return count_present(c, Touch::always); }

Outcome type(Call& c) {
  const Entry* entry = c.db().lookup(c.args[1], Touch::no);
  c.out.status(entry != nullptr ? store::type_name(entry->type()) : "none");
  return done;
}

Outcome randomkey(Call& c) {
  const Entry* entry = c.db().random();
  c.out.bulk_or_null(entry != nullptr ? std::optional(entry->key()) : std::nullopt);
  return done;
}

constexpr Argument kAskedKeysArgs[] = {multiple(key_arg())};

constexpr std::string_view kCountTips[] = {"request_policy:multi_shard", "response_policy:agg_sum"};
constexpr std::string_view kRandomTips[] = {"request_policy:all_shards", "nondeterministic_output"};

constexpr Command kKeyReadCommands[] = {
    {.name = "exists",
     .run = exists,
     .arity = at_least(2),
     .traits = kRead | kFast,
     .keys = key_range(1, -1, 1, kKeyRO),
     .categories = kCatKeyspace,
     .tips = kCountTips,
     .docs = {.summary = "Counts how many of the given keys exist",
              .since = "1.0.0",
              .group = "generic",
              .complexity = "O(N) for N keys",
              .arguments = kAskedKeysArgs}},
    {.name = "touch",
     .run = touch,
     .arity = at_least(2),
     .traits = kRead | kFast,
     .keys = key_range(1, -1, 1, kKeyRO),
     .categories = kCatKeyspace,
     .tips = kCountTips,
     .docs = {.summary = "Marks keys as used just now and counts how many of them exist",
              .since = "3.2.1",
              .group = "generic",
              .complexity = "O(N) for N keys",
              .arguments = kAskedKeysArgs}},
    {.name = "type",
     .run = type,
     .arity = exactly(2),
     .traits = kRead | kFast,
     .keys = key_at(1, kKeyRO),
     .categories = kCatKeyspace,
     .docs = {.summary = "Names the type of the value that a key holds",
              .since = "1.0.0",
              .group = "generic",
              .complexity = "O(1)",
              .arguments = kKeyArgs}},
    {.name = "randomkey",
     .run = randomkey,
     .arity = exactly(1),
     .traits = kRead,
     .categories = kCatKeyspace,
     .tips = kRandomTips,
     .docs = {.summary = "Returns some key of the database",
              .since = "1.0.0",
              .group = "generic",
              .complexity = "O(1)"}},
};
static_assert(well_formed(kKeyReadCommands));

}  // namespace

Table key_read_commands() { return kKeyReadCommands; }

}  // namespace redpoll::cmd
