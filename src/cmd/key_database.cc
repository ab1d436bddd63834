// DBSIZE, SWAPDB, FLUSHDB, FLUSHALL: databases as a whole.
#include "cmd/tables.h"
#include "exec/arg_reader.h"
#include "exec/arguments.h"
#include "exec/call.h"

namespace redpoll::cmd {
namespace {

using namespace exec;
using namespace exec::option_literals;
using store::Reclaim;

Outcome dbsize(Call& c) {
  c.out.integer(static_cast<int64_t>(c.db().size()));
  return done;
}

// A number that fits into 32 bits; `bad` else.
int64_t read_index(ArgReader& in, Outcome bad) {
  const int64_t index = in.integer(bad);
  if (index != static_cast<int32_t>(index)) in.reject(bad);
  return index;
}

Outcome swapdb(Call& c) {
  ArgReader in{c.args, 1};
  const int64_t a = read_index(in, Outcome("ERR invalid first DB index"));
  const int64_t b = read_index(in, Outcome("ERR invalid second DB index"));
  if (in.failed()) return in.error();
  if (!c.keyspace.valid(a) || !c.keyspace.valid(b)) return err::db_index_out_of_range;
  c.keyspace.swap(static_cast<int>(a), static_cast<int>(b));
  c.changed_many(1);
  c.out.ok();
  return done;
}

Reclaim read_reclaim(Call& c, ArgReader& in) {
  if (!in.more()) return c.limits.lazy_user_flush ? Reclaim::background : Reclaim::now;
  if (in.left() > 1) in.reject(err::syntax);
  switch (in.option()) {
    case "SYNC"_opt: return Reclaim::now;
    case "ASYNC"_opt: return Reclaim::background;
    default: in.reject(err::syntax); return Reclaim::now;
  }
}

// Clears what `clear` stands for. Also propagated when there was nothing: replicas may hold keys that have
// expired here.
template <class F>
Outcome flush(Call& c, F&& clear) {
  ArgReader in{c.args, 1};
  const Reclaim how = read_reclaim(c, in);
  if (in.failed()) return in.error();
  c.changed_many(clear(how));
  c.propagate_always();
  c.out.ok();
  return done;
}

Outcome flushdb(Call& c) {
  return flush(c, [&](Reclaim how) { return c.db().clear(how); });
}

Outcome flushall(Call& c) {
  return flush(c, [&](Reclaim how) { return c.keyspace.clear(how); });
}

constexpr Argument kModes[] = {token_arg("async", "ASYNC", "4.0.0"), token_arg("sync", "SYNC", "6.2.0")};
constexpr Argument kFlushArgs[] = {optional(one_of("async", kModes))};
constexpr Argument kSwapArgs[] = {integer_arg("index1"), integer_arg("index2")};

constexpr std::string_view kSizeTips[] = {"request_policy:all_shards", "response_policy:agg_sum"};
constexpr std::string_view kFlushTips[] = {"request_policy:all_shards", "response_policy:all_succeeded"};

constexpr Command kKeyDatabaseCommands[] = {
    {.name = "dbsize",
     .run = dbsize,
     .arity = exactly(1),
     .traits = kRead | kFast,
     .categories = kCatKeyspace,
     .tips = kSizeTips,
     .docs = {.summary = "Counts the keys of the database",
              .since = "1.0.0",
              .group = "server",
              .complexity = "O(1)"}},
    {.name = "swapdb",
     .run = swapdb,
     .arity = exactly(3),
     .traits = kWrite | kFast,
     .categories = kCatKeyspace | kCatDangerous,
     .docs = {.summary = "Exchanges the contents of two databases",
              .since = "4.0.0",
              .group = "server",
              .complexity = "O(N) for N clients that watch keys of the two databases or wait for them",
              .arguments = kSwapArgs}},
    {.name = "flushdb",
     .run = flushdb,
     .arity = at_least(1),
     .traits = kWrite,
     .categories = kCatKeyspace | kCatDangerous,
     .tips = kFlushTips,
     .docs = {.summary = "Removes every key of the database",
              .since = "1.0.0",
              .group = "server",
              .complexity = "O(N) for N keys in the database",
              .arguments = kFlushArgs}},
    {.name = "flushall",
     .run = flushall,
     .arity = at_least(1),
     .traits = kWrite,
     .categories = kCatKeyspace | kCatDangerous,
     .tips = kFlushTips,
     .docs = {.summary = "Removes every key of every database",
              .since = "1.0.0",
              .group = "server",
              .complexity = "O(N) for N keys in all databases",
              .arguments = kFlushArgs}},
};
static_assert(well_formed(kKeyDatabaseCommands));

}  // namespace

Table key_database_commands() { return kKeyDatabaseCommands; }

}  // namespace redpoll::cmd
