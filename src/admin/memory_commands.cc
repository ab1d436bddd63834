// MEMORY: what a key takes, and giving memory back.
#include "admin/admin_call.h"
#include "admin/tables.h"
#include "exec/arguments.h"
#include "exec/help.h"
#include "mem/zmalloc.h"

namespace redpoll::admin {
namespace {

using namespace exec;
using namespace exec::option_literals;

constexpr std::string_view kMemoryHelp[] = {
    "PURGE",
    "    Ask the allocator to give unused memory back to the system.",
    "USAGE <key> [SAMPLES <count>]",
    "    Show how many bytes <key> and its value take. Of a collection <count>",
    "    elements are looked at (5 if it is left out), all for 0.",
};

Outcome memory_usage(Call& c) {
  constexpr int64_t kUsualSamples = 5;
  int64_t samples = kUsualSamples;
  ArgReader in{c.args, 3};
  while (in.more()) {
    switch (in.option()) {
      case "SAMPLES"_opt:
        samples = in.integer();
        if (samples < 0) in.reject(err::syntax);
        break;
      default: in.reject(err::syntax);
    }
  }
  if (in.failed()) return in.error();
  // A look at how it is stored is neither a read nor a use, and shows what lies there, expired or not.
  const store::Entry* entry = c.db().peek(c.args[2]);
  if (entry == nullptr) {
    c.out.null();
  } else {
    // The table's word for it belongs to it as well.
    c.out.integer(static_cast<int64_t>(entry->memory_bytes(static_cast<size_t>(samples)) + sizeof entry));
  }
  return done;
}

Outcome memory_purge(Call& c) {
  // An allocator that cannot purge has nothing to give back: no error, as in Redis.
  mem::zmalloc_purge();
  c.out.ok();
  return done;
}

Outcome memory_help(Call& c) {
  reply_help(c.out, "MEMORY", kMemoryHelp);
  return done;
}

constexpr std::string_view kPurgeTips[] = {"request_policy:all_shards", "response_policy:all_succeeded"};
constexpr Argument kUsageArgs[] = {key_arg(), optional(option_arg("SAMPLES", "count", ArgType::integer))};

constexpr Command kMemorySubcommands[] = {
    {.name = "help",
     .run = memory_help,
     .arity = exactly(2),
     .traits = kLoading | kStale,
     .docs =
         {.summary = "Explains the subcommands", .since = "4.0.0", .group = "server", .complexity = "O(1)"}},
    {.name = "purge",
     .run = memory_purge,
     .arity = exactly(2),
     .tips = kPurgeTips,
     .docs = {.summary = "Makes the allocator give unused memory back",
              .since = "4.0.0",
              .group = "server",
              .complexity = "Depends on how much memory there is; it may take long"}},
    {.name = "usage",
     .run = memory_usage,
     .arity = at_least(3),
     .traits = kRead,
     .keys = key_at(2, kKeyRO),
     .docs = {.summary = "Tells how much memory a key and its value take",
              .since = "4.0.0",
              .group = "server",
              .complexity = "O(N) for N samples",
              .arguments = kUsageArgs}},
};

constexpr Command kMemoryCommands[] = {
    {.name = "memory",
     .arity = at_least(2),
     .docs = {.summary = "About memory: holds subcommands",
              .since = "4.0.0",
              .group = "server",
              .complexity = "Depends on the subcommand"},
     .subcommands = kMemorySubcommands},
};
static_assert(well_formed(kMemoryCommands));

}  // namespace

Table memory_commands() { return kMemoryCommands; }

}  // namespace redpoll::admin
