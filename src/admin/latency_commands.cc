// LATENCY: what took long, and how long each command takes.
#include "admin/admin_call.h"
#include "admin/latency_reports.h"
#include "admin/tables.h"
#include "exec/arguments.h"
#include "exec/help.h"

namespace redpoll::admin {
namespace {

using namespace exec;

constexpr std::string_view kLatencyHelp[] = {
    "DOCTOR",
    "    Report in words on what took long, with advice.",
    "GRAPH <event>",
    "    Draw the samples of an event.",
    "HISTOGRAM [<command> ...]",
    "    Show for each command how many of its calls took no longer than so many",
    "    microseconds (all commands that were called, if none is named).",
    "HISTORY <event>",
    "    Show the samples of an event: Unix time and milliseconds.",
    "LATEST",
    "    Show for each event the Unix time and the milliseconds of its latest sample,",
    "    and the most milliseconds that it ever took.",
    "RESET [<event> ...]",
    "    Forget the samples of these events (of all, if none is named).",
};

int64_t seconds_of(UnixMs time) { return time.v / 1000; }

Outcome latency_latest(AdminCall& c) {
  const auto& all = c.admin.latency.all();
  c.out.array(all.size());
  for (const auto& [kind, series] : all) {
    c.out.array(4);
    c.out.bulk(kind);
    c.out.integer(series.samples().back().unix_s);
    c.out.integer(series.samples().back().ms);
    c.out.integer(series.worst_ms());
  }
  return done;
}

Outcome latency_history(AdminCall& c) {
  const LatencySeries* series = c.admin.latency.find(c.args[2]);
  if (series == nullptr) {
    c.out.empty_array();
    return done;
  }
  c.out.array(series->samples().size());
  for (const LatencySample& sample : series->samples()) {
    c.out.array(2);
    c.out.integer(sample.unix_s);
    c.out.integer(sample.ms);
  }
  return done;
}

Outcome latency_graph(AdminCall& c) {
  const LatencySeries* series = c.admin.latency.find(c.args[2]);
  if (series == nullptr) return c.fail("ERR No samples available for event '{}'", c.args[2].view());
  c.out.verbatim("txt", draw_latency(c.args[2], *series, seconds_of(c.now)));
  return done;
}

Outcome latency_doctor(AdminCall& c) {
  const LatencyAdvice advice{c.session.config.settings().slowlog_log_slower_than, seconds_of(c.now)};
  c.out.verbatim("txt", report_latency(c.admin.latency, advice));
  return done;
}

Outcome latency_reset(AdminCall& c) {
  size_t forgotten = 0;
  if (c.args.size() == 2) forgotten = c.admin.latency.forget_all();
  for (const Arg kind : c.args.subspan(2)) forgotten += c.admin.latency.forget(kind) ? 1 : 0;
  c.out.integer(static_cast<int64_t>(forgotten));
  return done;
}

// Upper ends of the buckets that Redis shows: powers of two in units of 1.024 microseconds, and each with
// what its own histogram cannot tell from that.
constexpr uint64_t bucket_end_ns(unsigned power) {
  const uint64_t ns = uint64_t{1024} << power;
  return ns + ns / 128 - 1;
}

void reply_distribution(Reply& out, const LatencyHistogram& histogram, const TickRate& rate) {
  constexpr unsigned kLast = 45;  // beyond a year: what took longer is told with it
  const uint64_t total = histogram.total();
  const double ticks_per_ns = rate.ticks_per_second() / 1e9;
  auto pairs = out.begin_map();
  size_t count = 0;
  uint64_t before = 0;
  for (unsigned power = 0; before < total; ++power) {
    const uint64_t end = bucket_end_ns(power);
    const uint64_t upto =
        power >= kLast ? total
                       : histogram.count_up_to(static_cast<Ticks>(static_cast<double>(end) * ticks_per_ns));
    if (upto == before) continue;
    before = upto;
    out.integer(static_cast<int64_t>(end / 1000));
    out.integer(static_cast<int64_t>(upto));
    ++count;
  }
  out.end(pairs, count);
}

// Of an entry and what it holds; returns how many replies that were.
size_t reply_histograms(AdminCall& c, const CommandEntry& entry) {
  size_t count = 0;
  if (entry.latency != nullptr) {
    c.out.bulk(entry.full_name);
    c.out.map(2);
    c.out.bulk("calls");
    c.out.integer(static_cast<int64_t>(entry.latency->total()));
    c.out.bulk("histogram_usec");
    reply_distribution(c.out, *entry.latency, c.admin.process.tick_rate);
    ++count;
  }
  for (const auto& sub : entry.subcommands) count += reply_histograms(c, *sub);
  return count;
}

Outcome latency_histogram(AdminCall& c) {
  auto all = c.out.begin_map();
  size_t count = 0;
  if (c.args.size() == 2) {
    for (const auto& entry : c.admin.commands.all()) count += reply_histograms(c, *entry);
  }
  for (const Arg name : c.args.subspan(2)) {
    const CommandEntry* entry = c.admin.commands.find_full(name);
    if (entry != nullptr) count += reply_histograms(c, *entry);
  }
  c.out.end(all, count);
  return done;
}

Outcome latency_help(Call& c) {
  reply_help(c.out, c.args[0], kLatencyHelp);
  return done;
}

constexpr Traits kTraits = kAdmin | kNoScript | kLoading | kStale;
constexpr std::string_view kLatencyTips[] = {"nondeterministic_output", "request_policy:all_nodes",
                                             "response_policy:special"};
constexpr std::string_view kResetTips[] = {"request_policy:all_nodes", "response_policy:all_succeeded"};
constexpr Argument kEventArgs[] = {string_arg("event")};
constexpr Argument kResetArgs[] = {optional(multiple(string_arg("event")))};
constexpr Argument kCommandArgs[] = {optional(multiple(string_arg("COMMAND")))};

constexpr Command kLatencySubcommands[] = {
    {.name = "doctor",
     .run = in_admin<latency_doctor>,
     .arity = exactly(2),
     .traits = kTraits,
     .tips = kLatencyTips,
     .docs = {.summary = "Reports in words on what took long",
              .since = "2.8.13",
              .group = "server",
              .complexity = "O(1)"}},
    {.name = "graph",
     .run = in_admin<latency_graph>,
     .arity = exactly(3),
     .traits = kTraits,
     .tips = kLatencyTips,
     .docs = {.summary = "Draws how long an event took, over time",
              .since = "2.8.13",
              .group = "server",
              .complexity = "O(1)",
              .arguments = kEventArgs}},
    {.name = "help",
     .run = latency_help,
     .arity = exactly(2),
     .traits = kLoading | kStale,
     .docs =
         {.summary = "Explains the subcommands", .since = "2.8.13", .group = "server", .complexity = "O(1)"}},
    {.name = "histogram",
     .run = in_admin<latency_histogram>,
     .arity = at_least(2),
     .traits = kTraits,
     .tips = kLatencyTips,
     .docs = {.summary = "Shows how the latencies of commands are distributed",
              .since = "7.0.0",
              .group = "server",
              .complexity = "O(N) for N commands",
              .arguments = kCommandArgs}},
    {.name = "history",
     .run = in_admin<latency_history>,
     .arity = exactly(3),
     .traits = kTraits,
     .tips = kLatencyTips,
     .docs = {.summary = "Shows when an event took how long",
              .since = "2.8.13",
              .group = "server",
              .complexity = "O(1)",
              .arguments = kEventArgs}},
    {.name = "latest",
     .run = in_admin<latency_latest>,
     .arity = exactly(2),
     .traits = kTraits,
     .tips = kLatencyTips,
     .docs = {.summary = "Shows the latest sample of each event",
              .since = "2.8.13",
              .group = "server",
              .complexity = "O(1)"}},
    {.name = "reset",
     .run = in_admin<latency_reset>,
     .arity = at_least(2),
     .traits = kTraits,
     .tips = kResetTips,
     .docs = {.summary = "Forgets the samples of events",
              .since = "2.8.13",
              .group = "server",
              .complexity = "O(1)",
              .arguments = kResetArgs}},
};

constexpr Command kLatencyCommands[] = {
    {.name = "latency",
     .arity = at_least(2),
     .docs = {.summary = "About latency: holds subcommands",
              .since = "2.8.13",
              .group = "server",
              .complexity = "Depends on the subcommand"},
     .subcommands = kLatencySubcommands},
};
static_assert(well_formed(kLatencyCommands));

}  // namespace

Table latency_commands() { return kLatencyCommands; }

}  // namespace redpoll::admin
