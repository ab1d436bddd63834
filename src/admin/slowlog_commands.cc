// SLOWLOG: shows the commands that took too long.
#include <algorithm>

#include "admin/admin_call.h"
#include "admin/tables.h"
#include "base/numbers.h"
#include "base/text.h"
#include "exec/arguments.h"
#include "exec/help.h"

namespace redpoll::admin {
namespace {

using namespace exec;

constexpr Outcome kBadCount{"ERR count should be greater than or equal to -1"};
constexpr int64_t kDefaultCount = 10;

constexpr std::string_view kSlowlogHelp[] = {
    "GET [<count>]",
    "    Show the latest entries, newest first: <count> of them (10 if it is left",
    "    out), all for -1. An entry is made of its id, the Unix time, the duration",
    "    in microseconds, the arguments, and the address and the name of the client.",
    "LEN",
    "    Count the entries.",
    "RESET",
    "    Forget all entries.",
};

void reply_entry(Reply& out, const SlowEntry& entry) {
  out.array(6);
  out.integer(static_cast<int64_t>(entry.id));
  out.integer(entry.unix_s);
  out.integer(entry.duration_us);
  out.array(entry.args.size());
  for (const std::string& arg : entry.args) out.bulk(arg);
  out.bulk(entry.peer);
  out.bulk(entry.client_name);
}

Outcome slowlog_get(AdminCall& c) {
  if (c.args.size() > 3) {
    return c.fail("ERR unknown subcommand or wrong number of arguments for '{}'. Try {} HELP.",
                  c.args[1].view(), to_upper(c.args[0]));
  }
  const auto wanted = c.args.size() == 3 ? parse_int64(c.args[2]) : kDefaultCount;
  if (!wanted || *wanted < -1) return kBadCount;
  const auto& entries = c.admin.slowlog.entries();
  const size_t count = *wanted < 0 ? entries.size() : std::min(entries.size(), static_cast<size_t>(*wanted));
  c.out.array(count);
  for (size_t i = 0; i < count; ++i) reply_entry(c.out, entries[i]);
  return done;
}

Outcome slowlog_len(AdminCall& c) {
  c.out.integer(static_cast<int64_t>(c.admin.slowlog.entries().size()));
  return done;
}

Outcome slowlog_reset(AdminCall& c) {
  c.admin.slowlog.clear();
  c.out.ok();
  return done;
}

Outcome slowlog_help(Call& c) {
  reply_help(c.out, c.args[0], kSlowlogHelp);
  return done;
}

constexpr Traits kSlowlogTraits = kAdmin | kLoading | kStale;
constexpr std::string_view kGetTips[] = {"request_policy:all_nodes", "nondeterministic_output"};
constexpr std::string_view kLenTips[] = {"request_policy:all_nodes", "response_policy:agg_sum",
                                         "nondeterministic_output"};
constexpr std::string_view kResetTips[] = {"request_policy:all_nodes", "response_policy:all_succeeded"};
constexpr Argument kSlowlogGetArgs[] = {optional(integer_arg("count"))};

constexpr Command kSlowlogSubcommands[] = {
    {.name = "get",
     .run = in_admin<slowlog_get>,
     .arity = at_least(2),
     .traits = kSlowlogTraits,
     .tips = kGetTips,
     .docs = {.summary = "Shows the latest commands that were slow",
              .since = "2.2.12",
              .group = "server",
              .complexity = "O(N) for N entries returned",
              .arguments = kSlowlogGetArgs}},
    {.name = "help",
     .run = slowlog_help,
     .arity = exactly(2),
     .traits = kLoading | kStale,
     .docs =
         {.summary = "Explains the subcommands", .since = "6.2.0", .group = "server", .complexity = "O(1)"}},
    {.name = "len",
     .run = in_admin<slowlog_len>,
     .arity = exactly(2),
     .traits = kSlowlogTraits,
     .tips = kLenTips,
     .docs = {.summary = "Counts the entries of the slow log",
              .since = "2.2.12",
              .group = "server",
              .complexity = "O(1)"}},
    {.name = "reset",
     .run = in_admin<slowlog_reset>,
     .arity = exactly(2),
     .traits = kSlowlogTraits,
     .tips = kResetTips,
     .docs = {.summary = "Empties the slow log",
              .since = "2.2.12",
              .group = "server",
              .complexity = "O(N) for N entries"}},
};

constexpr Command kSlowlogCommands[] = {
    {.name = "slowlog",
     .arity = at_least(2),
     .docs = {.summary = "About the slow log: holds subcommands",
              .since = "2.2.12",
              .group = "server",
              .complexity = "Depends on the subcommand"},
     .subcommands = kSlowlogSubcommands},
};
static_assert(well_formed(kSlowlogCommands));

}  // namespace

Table slowlog_commands() { return kSlowlogCommands; }

}  // namespace redpoll::admin
