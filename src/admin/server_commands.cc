// TIME, LOLWUT, SHUTDOWN.
#include <fmt/format.h>

#include "admin/admin_call.h"
#include "admin/tables.h"
#include "base/numbers.h"
#include "base/text.h"
#include "build_info.h"
#include "exec/arguments.h"

namespace redpoll::admin {
namespace {

using namespace exec;
using namespace exec::option_literals;

constexpr Outcome kNoShutdown{"ERR No shutdown in progress."};

// The only command that wants to know the time it really is, not that of the turn.
Outcome time(AdminCall& c) {
  const int64_t us = c.admin.loop.clocks().wall_us();
  c.out.array(2);
  c.out.bulk_int(us / 1'000'000);
  c.out.bulk_int(us % 1'000'000);
  return done;
}

constexpr std::string_view kBird =
    "        .--.\n"
    "       /#  o\\_\n"
    "      (     __>      a redpoll, the smallest finch\n"
    "     / `~~~'\\         that winters in the far north\n"
    "    / //     )\n"
    "   / //    _/\n"
    "  /_//.---'\n"
    "  //   ^^-^^-------.__\n"
    " /'                   `--\n";

Outcome lolwut(Call& c) {
  if (c.args.size() > 2 && iequals(c.args[1], "VERSION") && !parse_int64(c.args[2])) return err::not_integer;
  c.out.verbatim("txt", fmt::format("{}\nRedis ver. {}\n", kBird, build_info::kRedisVersion));
  return done;
}

struct ShutdownOptions {
  ShutdownRequest request;
  bool abort = false;
};

ShutdownOptions read_shutdown_options(ArgReader& in) {
  ShutdownOptions o;
  while (in.more()) {
    switch (in.option()) {
      case "NOSAVE"_opt: o.request.nosave = true; break;
      case "SAVE"_opt: o.request.save = true; break;
      case "NOW"_opt: o.request.now = true; break;
      case "FORCE"_opt: o.request.force = true; break;
      case "ABORT"_opt: o.abort = true; break;
      default: in.reject(err::syntax);
    }
  }
  const ShutdownRequest& r = o.request;
  if (r.save && r.nosave) in.reject(err::syntax);
  if (o.abort && (r.save || r.nosave || r.now || r.force)) in.reject(err::syntax);
  return o;
}

Outcome shutdown(AdminCall& c) {
  ArgReader in{c.args, 1};
  const ShutdownOptions o = read_shutdown_options(in);
  if (in.failed()) return in.error();
  if (o.abort) {
    if (!c.admin.host.abort_shutdown()) return kNoShutdown;
    c.out.ok();
    return done;
  }
  if (const auto asked = c.admin.host.shut_down(o.request); !asked) return c.fail("{}", asked.error());
  // Success is told by the connection's end: the one command that has no reply.
  c.client.end_after_replies();
  return done;
}

constexpr std::string_view kTimeTips[] = {"nondeterministic_output"};
constexpr Argument kLolwutArgs[] = {optional(option_arg("VERSION", "version", ArgType::integer))};
constexpr Argument kSaveOrNot[] = {token_arg("nosave", "NOSAVE"), token_arg("save", "SAVE")};
constexpr Argument kShutdownArgs[] = {
    optional(one_of("nosave_save", kSaveOrNot)),
    optional(token_arg("now", "NOW", "7.0.0")),
    optional(token_arg("force", "FORCE", "7.0.0")),
    optional(token_arg("abort", "ABORT", "7.0.0")),
};

constexpr Command kServerCommands[] = {
    {.name = "lolwut",
     .run = lolwut,
     .arity = at_least(1),
     .traits = kRead | kFast,
     .docs = {.summary = "Draws a bird and tells the version",
              .since = "5.0.0",
              .group = "server",
              .arguments = kLolwutArgs}},
    {.name = "shutdown",
     .run = in_admin<shutdown>,
     .arity = at_least(1),
     .traits = kAdmin | kNoScript | kLoading | kStale | kNoMulti | kAllowBusy,
     .docs = {.summary = "Stops the server",
              .since = "1.0.0",
              .group = "server",
              .complexity = "O(N) for N keys if they are saved, else O(1)",
              .arguments = kShutdownArgs}},
    {.name = "time",
     .run = in_admin<time>,
     .arity = exactly(1),
     .traits = kLoading | kStale | kFast,
     .tips = kTimeTips,
     .docs =
         {.summary = "Tells the server's time", .since = "2.6.0", .group = "server", .complexity = "O(1)"}},
};
static_assert(well_formed(kServerCommands));

}  // namespace

Table server_commands() { return kServerCommands; }

}  // namespace redpoll::admin
