// COMMAND: tells about the commands themselves.
#include <functional>

#include "admin/admin_call.h"
#include "admin/command_reply.h"
#include "admin/tables.h"
#include "base/glob.h"
#include "base/text.h"
#include "exec/arguments.h"
#include "exec/help.h"

namespace redpoll::admin {
namespace {

using namespace exec;

constexpr Outcome kUnknownCommand{"ERR Invalid command specified"};
constexpr Outcome kNoKeys{"ERR The command has no key arguments"};
constexpr Outcome kWrongCount{"ERR Invalid number of arguments specified for command"};

constexpr std::string_view kCommandHelp[] = {
    "(no subcommand)",
    "    Describe all commands.",
    "COUNT",
    "    Count the commands.",
    "DOCS [<command-name> ...]",
    "    Show the documentation of the commands, or of all.",
    "GETKEYS <full-command>",
    "    Show which arguments of a whole command are keys.",
    "GETKEYSANDFLAGS <full-command>",
    "    The same, with what the command does to each key.",
    "INFO [<command-name> ...]",
    "    Describe the commands, or all.",
    "LIST [FILTERBY MODULE <name> | ACLCAT <category> | PATTERN <pattern>]",
    "    List the names of the commands, or of some of them.",
};

using About = CommandTexts::About;

// Called for COMMAND alone and for words that are no subcommand.
Outcome command(AdminCall& c) {
  if (c.args.size() > 1) {
    return c.fail("ERR unknown subcommand '{}'. Try {} HELP.", c.args[1].view().substr(0, 128),
                  to_upper(c.args[0]));
  }
  c.admin.command_texts.reply_all(c.out, About::info);
  return done;
}

Outcome command_count(AdminCall& c) {
  c.out.integer(static_cast<int64_t>(c.admin.commands.all().size()));
  return done;
}

Outcome command_info(AdminCall& c) {
  if (c.args.size() == 2) {
    c.admin.command_texts.reply_all(c.out, About::info);
    return done;
  }
  c.out.array(c.args.size() - 2);
  for (const Arg name : c.args.subspan(2)) {
    if (c.out.muted()) break;
    if (const CommandEntry* entry = c.admin.commands.find_full(name)) {
      c.admin.command_texts.reply(c.out, About::info, *entry);
    } else {
      c.out.null();
    }
  }
  return done;
}

Outcome command_docs(AdminCall& c) {
  if (c.args.size() == 2) {
    c.admin.command_texts.reply_all(c.out, About::docs);
    return done;
  }
  const auto map = c.out.begin_map();
  size_t count = 0;
  for (const Arg name : c.args.subspan(2)) {
    if (c.out.muted()) break;
    const CommandEntry* const entry = c.admin.commands.find_full(name);
    if (entry == nullptr) continue;
    c.admin.command_texts.reply(c.out, About::docs, *entry);
    ++count;
  }
  c.out.end(map, count);
  return done;
}

using Filter = std::function<bool(const CommandEntry&)>;

Filter read_filter(ArgReader& in) {
  if (!in.more()) return {};
  if (!in.keyword("FILTERBY")) in.reject(err::syntax);
  const std::string_view kind = in.next();
  const std::string_view value = in.next();
  if (in.more()) in.reject(err::syntax);
  if (iequals(kind, "MODULE")) return [](const CommandEntry&) { return false; };  // there are no modules
  if (iequals(kind, "ACLCAT")) {
    return [wanted = category_called(value)](const CommandEntry& e) {
      return (categories_of(*e.command) & wanted) != 0;
    };
  }
  if (iequals(kind, "PATTERN")) {
    return [value](const CommandEntry& e) { return glob_match(value, e.full_name, Case::ignore); };
  }
  in.reject(err::syntax);
  return {};
}

// With a filter each subcommand is looked at for itself.
size_t list(Reply& out, const CommandEntry& entry, const Filter& filter) {
  size_t count = 0;
  if (!filter || filter(entry)) {
    out.bulk(entry.full_name);
    ++count;
  }
  for (const auto& sub : entry.subcommands) count += list(out, *sub, filter);
  return count;
}

Outcome command_list(AdminCall& c) {
  ArgReader in{c.args, 2};
  const Filter filter = read_filter(in);
  if (in.failed()) return in.error();
  const auto array = c.out.begin_array();
  size_t count = 0;
  for (const auto& entry : c.admin.commands.all()) count += list(c.out, *entry, filter);
  c.out.end(array, count);
  return done;
}

template <class Write>
Outcome reply_keys(AdminCall& c, Write write) {
  const auto args = c.args.subspan(2);
  const CommandEntry* entry = c.admin.commands.resolve(args);
  if (entry == nullptr || entry->command->run == nullptr) return kUnknownCommand;
  const Command& asked = *entry->command;
  if (asked.keys.count == 0) return kNoKeys;
  if (!asked.arity.accepts(args.size())) return kWrongCount;
  const auto keys = find_keys(asked, args);
  if (!keys) return c.fail("ERR {}", keys.error());
  c.out.array(keys->size());
  for (const KeyPosition& key : *keys) write(args[key.index], key.flags);
  return done;
}

Outcome command_getkeys(AdminCall& c) {
  return reply_keys(c, [&c](Arg key, KeyFlags) { c.out.bulk(key); });
}

Outcome command_getkeysandflags(AdminCall& c) {
  return reply_keys(c, [&c](Arg key, KeyFlags flags) {
    c.out.array(2);
    c.out.bulk(key);
    reply_key_flags(c.out, flags);
  });
}

Outcome command_help(Call& c) {
  reply_help(c.out, c.args[0], kCommandHelp);
  return done;
}

constexpr Traits kAlways = kLoading | kStale;
constexpr std::string_view kUnordered[] = {"nondeterministic_output_order"};

constexpr Argument kNames[] = {optional(multiple(string_arg("command-name")))};
constexpr Argument kFilters[] = {
    option_arg("MODULE", "module-name", ArgType::string),
    option_arg("ACLCAT", "category", ArgType::string),
    option_arg("PATTERN", "pattern", ArgType::pattern),
};
constexpr Argument kListArgs[] = {optional(option_one_of("FILTERBY", "filterby", kFilters))};

constexpr Docs about(std::string_view summary, std::string_view since, std::string_view complexity,
                     std::span<const Argument> arguments = {}) {
  return {.summary = summary,
          .since = since,
          .group = "server",
          .complexity = complexity,
          .arguments = arguments};
}

constexpr Command kCommandSubcommands[] = {
    {.name = "count",
     .run = in_admin<command_count>,
     .arity = exactly(2),
     .traits = kAlways,
     .categories = kCatConnection,
     .docs = about("Counts the commands", "2.8.13", "O(1)")},
    {.name = "docs",
     .run = in_admin<command_docs>,
     .arity = at_least(2),
     .traits = kAlways,
     .categories = kCatConnection,
     .tips = kUnordered,
     .docs = about("Shows the documentation of commands", "7.0.0", "O(N) for N commands", kNames)},
    {.name = "getkeys",
     .run = in_admin<command_getkeys>,
     .arity = at_least(4),
     .traits = kAlways,
     .categories = kCatConnection,
     .docs = about("Finds the keys in a whole command", "2.8.13", "O(N) for N arguments")},
    {.name = "getkeysandflags",
     .run = in_admin<command_getkeysandflags>,
     .arity = at_least(4),
     .traits = kAlways,
     .categories = kCatConnection,
     .docs = about("Finds the keys in a whole command, and what it does to them", "7.0.0",
                   "O(N) for N arguments")},
    {.name = "help",
     .run = command_help,
     .arity = exactly(2),
     .traits = kAlways,
     .categories = kCatConnection,
     .docs = about("Explains the subcommands", "5.0.0", "O(1)")},
    {.name = "info",
     .run = in_admin<command_info>,
     .arity = at_least(2),
     .traits = kAlways,
     .categories = kCatConnection,
     .tips = kUnordered,
     .docs =
         about("Describes commands, all of them if none is named", "2.8.13", "O(N) for N commands", kNames)},
    {.name = "list",
     .run = in_admin<command_list>,
     .arity = at_least(2),
     .traits = kAlways,
     .categories = kCatConnection,
     .tips = kUnordered,
     .docs = about("Lists the names of commands", "7.0.0", "O(N) for N commands in all", kListArgs)},
};

constexpr Command kCommandCommands[] = {
    {.name = "command",
     .run = in_admin<command>,
     .arity = at_least(1),
     .traits = kAlways,
     .categories = kCatConnection,
     .tips = kUnordered,
     .docs = about("Describes all commands; holds subcommands", "2.8.13", "O(N) for N commands in all"),
     .subcommands = kCommandSubcommands},
};
static_assert(well_formed(kCommandCommands));

}  // namespace

Table command_commands() { return kCommandCommands; }

}  // namespace redpoll::admin
