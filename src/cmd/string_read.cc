// GET, MGET, STRLEN: strings as they are.
#include "cmd/arguments.h"
#include "cmd/tables.h"
#include "exec/call.h"

namespace redpoll::cmd {
namespace {

using namespace exec;
using store::String;

Outcome get(Call& c) {
  const auto hit = c.db().find<String>(c.args[1]);
  if (hit.mismatch) return err::wrong_type;
  c.out.bulk_or_null(hit.value);
  return done;
}

Outcome mget(Call& c) {
  c.out.array(c.args.size() - 1);
  // A key of another type counts as absent.
  for (const Arg key : c.args.subspan(1)) c.out.bulk_or_null(c.db().find<String>(key).value);
  return done;
}

Outcome strlen(Call& c) {
  const auto hit = c.db().find<String>(c.args[1]);
  if (hit.mismatch) return err::wrong_type;
  c.out.integer(hit.value ? static_cast<int64_t>(hit.value->size()) : 0);
  return done;
}

constexpr std::string_view kMgetTips[] = {"request_policy:multi_shard"};
constexpr Argument kMgetArgs[] = {multiple(key_arg())};

constexpr Command kStringReadCommands[] = {
    {.name = "get",
     .run = get,
     .arity = exactly(2),
     .traits = kRead | kFast,
     .keys = key_at(1, kKeyRO | kKeyAccess),
     .categories = kCatString,
     .docs = {.summary = "Returns the string value of a key",
              .since = "1.0.0",
              .group = "string",
              .complexity = "O(1)",
              .arguments = kKeyArgs}},
    {.name = "mget",
     .run = mget,
     .arity = at_least(2),
     .traits = kRead | kFast,
     .keys = key_range(1, -1, 1, kKeyRO | kKeyAccess),
     .categories = kCatString,
     .tips = kMgetTips,
     .docs = {.summary = "Returns the string values of several keys at once",
              .since = "1.0.0",
              .group = "string",
              .complexity = "O(N) for N keys",
              .arguments = kMgetArgs}},
    {.name = "strlen",
     .run = strlen,
     .arity = exactly(2),
     .traits = kRead | kFast,
     .keys = key_at(1, kKeyRO),
     .categories = kCatString,
     .docs = {.summary = "Returns how many bytes a string value has",
              .since = "2.2.0",
              .group = "string",
              .complexity = "O(1)",
              .arguments = kKeyArgs}},
};
static_assert(well_formed(kStringReadCommands));

}  // namespace

Table string_read_commands() { return kStringReadCommands; }

}  // namespace redpoll::cmd
