// MEMORY: what a key takes, and giving memory back.
#include <fmt/format.h>

#include <string>

#include "admin/admin_call.h"
#include "admin/memory_usage.h"
#include "admin/tables.h"
#include "exec/arguments.h"
#include "exec/help.h"
#include "mem/zmalloc.h"

namespace redpoll::admin {
namespace {

using namespace exec;
using namespace exec::option_literals;

constexpr std::string_view kMemoryHelp[] = {
    "DOCTOR",
    "    Report in words on what is wrong with the use of memory.",
    "MALLOC-STATS",
    "    Show what the allocator tells of itself.",
    "PURGE",
    "    Ask the allocator to give unused memory back to the system.",
    "STATS",
    "    Show what memory is used for, in figures.",
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

// A figure by its name.
void reply_count(Reply& out, std::string_view name, int64_t value) {
  out.bulk(name);
  out.integer(value);
}
void reply_bytes(Reply& out, std::string_view name, Bytes value) {
  reply_count(out, name, static_cast<int64_t>(value));
}
void reply_real(Reply& out, std::string_view name, double value) {
  out.bulk(name);
  out.real(value);
}
void reply_excess(Reply& out, std::string_view ratio, std::string_view bytes, Bytes a, Bytes b) {
  reply_real(out, ratio, MemoryUsage::ratio(a, b));
  reply_count(out, bytes, MemoryUsage::excess(a, b));
}

// Deadlines lie in the entries, and there are no slots: neither has a table.
size_t reply_tables(AdminCall& c) {
  size_t databases = 0;
  for (int i = 0; i < c.keyspace.size(); ++i) {
    const store::Database& db = c.keyspace.db(i);
    if (db.size() == 0) continue;
    ++databases;
    c.out.bulk(fmt::format("db.{}", i));
    c.out.map(3);
    reply_bytes(c.out, "overhead.hashtable.main", db.table_bytes());
    reply_bytes(c.out, "overhead.hashtable.expires", 0);
    reply_bytes(c.out, "overhead.hashtable.slot-to-keys", 0);
  }
  return databases;
}

Outcome memory_stats(AdminCall& c) {
  const MemoryUsage usage({c.admin, c.session, c.keyspace});
  const mem::AllocatorStats& allocator = usage.allocator;
  Reply& out = c.out;
  auto map = out.begin_map();
  reply_bytes(out, "peak.allocated", usage.peak);
  reply_bytes(out, "total.allocated", usage.used);
  reply_bytes(out, "startup.allocated", usage.startup);
  reply_bytes(out, "replication.backlog", 0);
  reply_bytes(out, "clients.slaves", 0);
  reply_bytes(out, "clients.normal", usage.clients);
  // What is not there yet takes nothing.
  for (const std::string_view name : {"cluster.links", "aof.buffer", "lua.caches", "functions.caches"})
    reply_bytes(out, name, 0);
  const size_t databases = reply_tables(c);
  reply_bytes(out, "overhead.total", usage.overhead);
  reply_bytes(out, "keys.count", usage.keys);
  reply_bytes(out, "keys.bytes-per-key", usage.keys == 0 ? 0 : usage.above_startup() / usage.keys);
  reply_bytes(out, "dataset.bytes", usage.dataset());
  reply_real(out, "dataset.percentage", usage.dataset_percent());
  reply_real(out, "peak.percentage", usage.peak_percent());
  reply_bytes(out, "allocator.allocated", allocator.allocated);
  reply_bytes(out, "allocator.active", allocator.active);
  reply_bytes(out, "allocator.resident", allocator.resident);
  reply_excess(out, "allocator-fragmentation.ratio", "allocator-fragmentation.bytes", allocator.active,
               allocator.allocated);
  reply_excess(out, "allocator-rss.ratio", "allocator-rss.bytes", allocator.resident, allocator.active);
  reply_excess(out, "rss-overhead.ratio", "rss-overhead.bytes", usage.rss, allocator.resident);
  reply_excess(out, "fragmentation", "fragmentation.bytes", usage.rss, usage.used);
  constexpr size_t kFigures = 27;
  out.end(map, kFigures + databases);
  return done;
}

Outcome memory_doctor(AdminCall& c) {
  c.out.verbatim("txt",
                 report_memory(MemoryUsage({c.admin, c.session, c.keyspace}), c.session.clients.size()));
  return done;
}

Outcome memory_malloc_stats(Call& c) {
  const std::string report = mem::zmalloc_allocator_report();
  c.out.verbatim("txt", report.empty() ? "Stats not supported for the current allocator" : report);
  return done;
}

Outcome memory_help(Call& c) {
  reply_help(c.out, c.args[0], kMemoryHelp);
  return done;
}

constexpr std::string_view kPurgeTips[] = {"request_policy:all_shards", "response_policy:all_succeeded"};
constexpr Argument kUsageArgs[] = {key_arg(), optional(option_arg("SAMPLES", "count", ArgType::integer))};

constexpr std::string_view kReportTips[] = {"nondeterministic_output", "request_policy:all_shards",
                                            "response_policy:special"};

constexpr Command kMemorySubcommands[] = {
    {.name = "doctor",
     .run = in_admin<memory_doctor>,
     .arity = exactly(2),
     .tips = kReportTips,
     .docs = {.summary = "Reports in words on what is wrong with the use of memory",
              .since = "4.0.0",
              .group = "server",
              .complexity = "O(N) for N clients"}},
    {.name = "help",
     .run = memory_help,
     .arity = exactly(2),
     .traits = kLoading | kStale,
     .docs =
         {.summary = "Explains the subcommands", .since = "4.0.0", .group = "server", .complexity = "O(1)"}},
    {.name = "malloc-stats",
     .run = memory_malloc_stats,
     .arity = exactly(2),
     .tips = kReportTips,
     .docs = {.summary = "Shows what the allocator tells of itself",
              .since = "4.0.0",
              .group = "server",
              .complexity = "Depends on how much memory there is; it may take long"}},
    {.name = "purge",
     .run = memory_purge,
     .arity = exactly(2),
     .tips = kPurgeTips,
     .docs = {.summary = "Makes the allocator give unused memory back",
              .since = "4.0.0",
              .group = "server",
              .complexity = "Depends on how much memory there is; it may take long"}},
    {.name = "stats",
     .run = in_admin<memory_stats>,
     .arity = exactly(2),
     .tips = kReportTips,
     .docs = {.summary = "Shows what memory is used for, in figures",
              .since = "4.0.0",
              .group = "server",
              .complexity = "O(N) for N clients"}},
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
