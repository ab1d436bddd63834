// CLIENT: what a client says and asks about its own connection, and the table of all subcommands.
#include <string_view>

#include "base/clock.h"
#include "base/text.h"
#include "exec/arguments.h"
#include "exec/help.h"
#include "session/client_admin.h"
#include "session/client_info.h"
#include "session/errors.h"
#include "session/session_call.h"
#include "session/tables.h"

namespace redpoll::session {
namespace {

using namespace exec;
using namespace exec::option_literals;
using Labels = Client::Labels;

enum class Switch { off, on, invalid };

Switch read_switch(std::string_view word) {
  if (iequals(word, "ON")) return Switch::on;
  if (iequals(word, "OFF")) return Switch::off;
  return Switch::invalid;
}

Outcome client_id(SessionCall& c) {
  c.out.integer(static_cast<int64_t>(c.client.id));
  return done;
}

Outcome client_info(SessionCall& c) {
  c.out.sync();  // so that the line tells what waits for the client
  c.out.verbatim("txt", describe(c.client, c.session.loop.now(), &c.session.watches, c.arg_bytes()) + "\n");
  return done;
}

Outcome client_getname(SessionCall& c) {
  const std::string_view name = c.client.name();
  if (name.empty()) {
    c.out.null();
  } else {
    c.out.bulk(name);
  }
  return done;
}

Outcome client_setname(SessionCall& c) {
  if (!valid_label(c.args[2])) return err::bad_client_name;
  c.client.set_label(&Labels::name, c.args[2]);
  c.out.ok();
  return done;
}

Outcome client_setinfo(SessionCall& c) {
  const std::string_view attribute = c.args[2];
  const bool is_name = iequals(attribute, "LIB-NAME");
  if (!is_name && !iequals(attribute, "LIB-VER")) return c.fail("ERR Unrecognized option '{}'", attribute);
  if (!valid_label(c.args[3])) {
    return c.fail("ERR {} cannot contain spaces, newlines or special characters.", attribute);
  }
  c.client.set_label(is_name ? &Labels::library : &Labels::library_version, c.args[3]);
  c.out.ok();
  return done;
}

// Only ON is answered; whoever turned replies off does not want to read that they are.
Outcome client_reply(SessionCall& c) {
  ReplyMode& mode = c.client.reply_mode;
  switch (pack_option(c.args[2])) {
    case "ON"_opt:
      mode = ReplyMode::on;
      c.out.mute(false);
      c.out.ok();
      return done;
    case "OFF"_opt:
      mode = ReplyMode::off;
      c.out.mute(true);
      return done;
    case "SKIP"_opt:
      if (mode != ReplyMode::off) mode = ReplyMode::skip_next;
      return done;
    default: return err::syntax;
  }
}

Outcome client_no_evict(SessionCall& c) {
  const Switch wanted = read_switch(c.args[2]);
  if (wanted == Switch::invalid) return err::syntax;
  c.client.no_evict = wanted == Switch::on;
  c.session.eviction.recount(c.client);
  c.out.ok();
  return done;
}

Outcome client_no_touch(SessionCall& c) {
  const Switch wanted = read_switch(c.args[2]);
  if (wanted == Switch::invalid) return err::syntax;
  c.client.no_touch = wanted == Switch::on;
  c.out.ok();
  return done;
}

constexpr std::string_view kHelp[] = {
    "GETNAME",
    "    Tell the name of this connection.",
    "ID",
    "    Tell the number of this connection.",
    "INFO",
    "    Describe this connection in one line, as LIST does.",
    "KILL <ip:port>",
    "    Close the connection that comes from <ip:port>.",
    "KILL <option> <value> [<option> <value> [...]]",
    "    Close the connections that meet all conditions, and tell how many. Options are:",
    "    * ADDR (<ip:port>|<unixsocket>:0)",
    "      Come from this address.",
    "    * LADDR (<ip:port>|<unixsocket>:0)",
    "      Were made to this address of the server.",
    "    * ID <client-id>",
    "      Have this number.",
    "    * TYPE (NORMAL|MASTER|REPLICA|PUBSUB)",
    "      Are of this type.",
    "    * USER <username>",
    "      Are authenticated as this user.",
    "    * MAXAGE <seconds>",
    "      Are at least so old.",
    "    * SKIPME (YES|NO)",
    "      Spare this connection (the default) or not.",
    "LIST [options ...]",
    "    Describe the connections, one a line. Options:",
    "    * TYPE (NORMAL|MASTER|REPLICA|PUBSUB)",
    "      Those of this type.",
    "    * ID <client-id> [<client-id> [...]]",
    "      Those with these numbers.",
    "UNBLOCK <client-id> [TIMEOUT|ERROR]",
    "    End the wait of a connection in a blocking command: with the reply of a timeout, or with an error.",
    "UNPAUSE",
    "    End a pause now.",
    "PAUSE <timeout> [WRITE|ALL]",
    "    Let all commands, or only those that write, wait for <timeout> milliseconds.",
    "REPLY (ON|OFF|SKIP)",
    "    Answer everything, nothing, or everything but the next command.",
    "SETNAME <name>",
    "    Name this connection.",
    "SETINFO (LIB-NAME|LIB-VER) <value>",
    "    Say which client library is behind this connection, or its version.",
    "NO-EVICT (ON|OFF)",
    "    Keep this connection when clients take too much memory.",
    "NO-TOUCH (ON|OFF)",
    "    Let commands of this connection leave the last access of keys as it is.",
};

Outcome client_help(Call& c) {
  reply_help(c.out, c.args[0], kHelp);
  return done;
}

constexpr Traits kOpen = kNoScript | kLoading | kStale;
constexpr Traits kForAdmins = kAdmin | kOpen;
constexpr std::string_view kNondeterministic[] = {"nondeterministic_output"};

constexpr Argument kOnOff[] = {token_arg("on", "ON"), token_arg("off", "OFF")};
constexpr Argument kSwitchArgs[] = {one_of("enabled", kOnOff)};

constexpr Argument kKillTypes[] = {
    token_arg("normal", "NORMAL"), token_arg("master", "MASTER", "3.2.0"),
    token_arg("slave", "SLAVE"),   token_arg("replica", "REPLICA", "5.0.0"),
    token_arg("pubsub", "PUBSUB"),
};
constexpr Argument kKillOptions[] = {
    optional(option_arg("ID", "client-id", ArgType::integer, "2.8.12")),
    optional(option_one_of("TYPE", "normal_master_slave_pubsub", kKillTypes, "2.8.12")),
    optional(option_arg("USER", "username", ArgType::string)),
    optional(option_arg("ADDR", "ip:port", ArgType::string)),
    optional(option_arg("LADDR", "ip:port", ArgType::string, "6.2.0")),
    optional(option_arg("SKIPME", "yes/no", ArgType::string)),
    optional(option_arg("MAXAGE", "maxage", ArgType::integer, "7.4.0")),
};
constexpr Argument kKillFilters[] = {
    deprecated_since("2.8.12", string_arg("ip:port")),
    multiple(one_of("new-format", kKillOptions)),
};
constexpr Argument kKillArgs[] = {one_of("filter", kKillFilters)};

constexpr Argument kListTypes[] = {token_arg("normal", "NORMAL"), token_arg("master", "MASTER"),
                                   token_arg("replica", "REPLICA"), token_arg("pubsub", "PUBSUB")};
constexpr Argument kListIds[] = {multiple(integer_arg("client-id"))};
constexpr Argument kListArgs[] = {
    optional(option_one_of("TYPE", "normal_master_replica_pubsub", kListTypes, "5.0.0")),
    optional(option_block("ID", "id", kListIds, "6.2.0")),
};

constexpr Argument kPauseModes[] = {token_arg("write", "WRITE"), token_arg("all", "ALL")};
constexpr Argument kPauseArgs[] = {integer_arg("timeout"),
                                   optional(since("6.2.0", one_of("mode", kPauseModes)))};

constexpr Argument kReplyModes[] = {token_arg("on", "ON"), token_arg("off", "OFF"),
                                    token_arg("skip", "SKIP")};
constexpr Argument kReplyArgs[] = {one_of("on_off_skip", kReplyModes)};

constexpr Argument kAttributes[] = {option_arg("LIB-NAME", "libname", ArgType::string),
                                    option_arg("LIB-VER", "libver", ArgType::string)};
constexpr std::string_view kSetinfoTips[] = {"request_policy:all_nodes", "response_policy:all_succeeded"};
constexpr Argument kSetinfoArgs[] = {one_of("attr", kAttributes)};
constexpr Argument kUnblockReasons[] = {token_arg("timeout", "TIMEOUT"), token_arg("error", "ERROR")};
constexpr Argument kUnblockArgs[] = {integer_arg("client-id"),
                                     optional(one_of("timeout_error", kUnblockReasons))};
constexpr Argument kSetnameArgs[] = {string_arg("connection-name")};

constexpr Docs about(std::string_view summary, std::string_view since,
                     std::span<const Argument> arguments = {}, std::string_view complexity = "O(1)") {
  return {.summary = summary,
          .since = since,
          .group = "connection",
          .complexity = complexity,
          .arguments = arguments};
}

constexpr Command kClientSubcommands[] = {
    {.name = "getname",
     .run = in_session<client_getname>,
     .arity = exactly(2),
     .traits = kOpen,
     .categories = kCatConnection,
     .docs = about("Returns the name of the connection", "2.6.9")},
    {.name = "help",
     .run = client_help,
     .arity = exactly(2),
     .traits = kLoading | kStale,
     .categories = kCatConnection,
     .docs = about("Explains the subcommands", "5.0.0")},
    {.name = "id",
     .run = in_session<client_id>,
     .arity = exactly(2),
     .traits = kOpen,
     .categories = kCatConnection,
     .docs = about("Returns the number of the connection, which no other has ever had", "5.0.0")},
    {.name = "info",
     .run = in_session<client_info>,
     .arity = exactly(2),
     .traits = kOpen,
     .categories = kCatConnection,
     .tips = kNondeterministic,
     .docs = about("Describes the connection in one line", "6.2.0")},
    {.name = "kill",
     .run = in_session<client_kill>,
     .arity = at_least(3),
     .traits = kForAdmins,
     .categories = kCatConnection,
     .docs = about("Closes connections that meet conditions", "2.4.0", kKillArgs,
                   "O(N) where N is the number of connections")},
    {.name = "list",
     .run = in_session<client_list>,
     .arity = at_least(2),
     .traits = kForAdmins,
     .categories = kCatConnection,
     .tips = kNondeterministic,
     .docs = about("Describes the connections, one a line", "2.4.0", kListArgs,
                   "O(N) where N is the number of connections")},
    {.name = "no-evict",
     .run = in_session<client_no_evict>,
     .arity = exactly(3),
     .traits = kForAdmins,
     .categories = kCatConnection,
     .docs = about("Keeps the connection when clients take too much memory", "7.0.0", kSwitchArgs)},
    {.name = "no-touch",
     .run = in_session<client_no_touch>,
     .arity = exactly(3),
     .traits = kOpen,
     .categories = kCatConnection,
     .docs = about("Lets commands of the connection leave the last access of keys as it is", "7.2.0",
                   kSwitchArgs)},
    {.name = "pause",
     .run = in_session<client_pause>,
     .arity = at_least(3),
     .traits = kForAdmins,
     .categories = kCatConnection,
     .docs = about("Lets commands wait for a while", "2.9.50", kPauseArgs)},
    {.name = "reply",
     .run = in_session<client_reply>,
     .arity = exactly(3),
     .traits = kOpen,
     .categories = kCatConnection,
     .docs = about("Chooses whether commands of the connection are answered", "3.2.0", kReplyArgs)},
    {.name = "setinfo",
     .run = in_session<client_setinfo>,
     .arity = exactly(4),
     .traits = kOpen,
     .categories = kCatConnection,
     .tips = kSetinfoTips,
     .docs = about("Says which client library is behind the connection", "7.2.0", kSetinfoArgs)},
    {.name = "setname",
     .run = in_session<client_setname>,
     .arity = exactly(3),
     .traits = kOpen,
     .categories = kCatConnection,
     .docs = about("Names the connection", "2.6.9", kSetnameArgs)},
    {.name = "unblock",
     .run = in_session<client_unblock>,
     .arity = at_least(3),
     .traits = kForAdmins,
     .categories = kCatConnection,
     .docs =
         about("Ends the wait of another connection in a blocking command", "5.0.0", kUnblockArgs,
               "O(log N) where N is the number of connections, and O(K) for the K keys that are awaited")},
    {.name = "unpause",
     .run = in_session<client_unpause>,
     .arity = exactly(2),
     .traits = kForAdmins,
     .categories = kCatConnection,
     .docs = about("Ends a pause", "6.2.0", {}, "O(N) where N is the number of paused connections")},
};

constexpr Command kClientCommands[] = {
    {.name = "client",
     .arity = at_least(2),
     .docs = about("About connections: holds subcommands", "2.4.0", {}, "Depends on the subcommand"),
     .subcommands = kClientSubcommands},
};
static_assert(well_formed(kClientCommands));

}  // namespace

Table client_commands() { return kClientCommands; }

}  // namespace redpoll::session
