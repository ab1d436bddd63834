// CONFIG: reads, changes and rewrites the configuration, and resets the statistics.
#include <vector>

#include "admin/admin_call.h"
#include "admin/tables.h"
#include "exec/arguments.h"
#include "exec/help.h"

namespace redpoll::admin {
namespace {

using namespace exec;

constexpr std::string_view kConfigHelp[] = {
    "GET <pattern> [<pattern> ...]",
    "    Show the directives whose names match one of the patterns.",
    "SET <directive> <value> [<directive> <value> ...]",
    "    Change directives: all of them, or none if one cannot be changed.",
    "RESETSTAT",
    "    Set the statistics that INFO shows back to zero.",
    "REWRITE",
    "    Bring the configuration file up to date with what is in force.",
};

Outcome config_get(AdminCall& c) {
  const std::vector<std::string_view> patterns(c.args.begin() + 2, c.args.end());
  const auto hits = c.session.config.match(patterns);
  c.out.map(hits.size());
  for (const auto& [name, value] : hits) {
    c.out.bulk(name);
    c.out.bulk(value);
  }
  return done;
}

Outcome config_set(AdminCall& c) {
  if (c.args.size() % 2 != 0) return err::syntax;
  const std::vector<std::string_view> pairs(c.args.begin() + 2, c.args.end());
  const auto peer = c.client.connection.is_local() ? config::Peer::local : config::Peer::remote;
  const auto apply = [&host = c.admin.host](config::Apply what, const config::Settings& now,
                                            const config::Settings& before) {
    return host.apply(what, now, before);
  };
  if (const auto set = c.session.config.set(pairs, peer, apply); !set) return c.fail("{}", set.error());
  if (const std::string warning = c.session.config.warning(pairs); !warning.empty())
    c.session.log.warning("{}", warning);
  c.out.ok();
  return done;
}

Outcome config_rewrite(AdminCall& c) {
  if (const auto rewritten = c.session.config.rewrite(); !rewritten) {
    if (!c.session.config.file().empty())
      c.session.log.warning("CONFIG REWRITE failed: {}",
                            std::string_view(rewritten.error()).substr(config::kRewriteFailed.size()));
    return c.fail("{}", rewritten.error());
  }
  c.session.log.warning("CONFIG REWRITE executed with success.");
  c.out.ok();
  return done;
}

Outcome config_resetstat(AdminCall& c) {
  c.session.stats.reset();
  c.keyspace.stats = {};
  c.admin.commands.reset_stats();
  c.admin.expiry.reset_stats();
  c.admin.host.reset_stats();
  c.out.ok();
  return done;
}

Outcome config_help(Call& c) {
  reply_help(c.out, c.args[0], kConfigHelp);
  return done;
}

constexpr Traits kConfigTraits = kAdmin | kNoScript | kLoading | kStale;
constexpr std::string_view kSetTips[] = {"request_policy:all_nodes", "response_policy:all_succeeded"};

constexpr Argument kName[] = {string_arg("parameter")};
constexpr Argument kNameAndValue[] = {string_arg("parameter"), string_arg("value")};
constexpr Argument kConfigGetArgs[] = {multiple(option_block({}, "parameter", kName))};
constexpr Argument kSetArgs[] = {multiple(option_block({}, "parameter_value", kNameAndValue))};

constexpr Command kConfigSubcommands[] = {
    {.name = "get",
     .run = in_admin<config_get>,
     .arity = at_least(3),
     .traits = kConfigTraits,
     .docs = {.summary = "Shows directives and their values",
              .since = "2.0.0",
              .group = "server",
              .complexity = "O(N) for N patterns",
              .arguments = kConfigGetArgs}},
    {.name = "help",
     .run = config_help,
     .arity = exactly(2),
     .traits = kLoading | kStale,
     .docs =
         {.summary = "Explains the subcommands", .since = "5.0.0", .group = "server", .complexity = "O(1)"}},
    {.name = "resetstat",
     .run = in_admin<config_resetstat>,
     .arity = exactly(2),
     .traits = kConfigTraits,
     .docs = {.summary = "Sets the statistics of INFO back to zero",
              .since = "2.0.0",
              .group = "server",
              .complexity = "O(1)"}},
    {.name = "rewrite",
     .run = in_admin<config_rewrite>,
     .arity = exactly(2),
     .traits = kConfigTraits,
     .docs = {.summary = "Brings the configuration file up to date with what is in force",
              .since = "2.8.0",
              .group = "server",
              .complexity = "O(1)"}},
    {.name = "set",
     .run = in_admin<config_set>,
     .arity = at_least(4),
     .traits = kConfigTraits,
     .tips = kSetTips,
     .docs = {.summary = "Changes directives while the server runs, all of them or none",
              .since = "2.0.0",
              .group = "server",
              .complexity = "O(N) for N directives",
              .arguments = kSetArgs}},
};

constexpr Command kConfigCommands[] = {
    {.name = "config",
     .arity = at_least(2),
     .docs = {.summary = "About the configuration: holds subcommands",
              .since = "2.0.0",
              .group = "server",
              .complexity = "Depends on the subcommand"},
     .subcommands = kConfigSubcommands},
};
static_assert(well_formed(kConfigCommands));

}  // namespace

Table config_commands() { return kConfigCommands; }

}  // namespace redpoll::admin
