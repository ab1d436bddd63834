// DEBUG: looks inside the server, and makes it misbehave for tests. Switched off unless enable-debug-command
// says otherwise.
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>

#include "admin/admin_call.h"
#include "admin/debug_reports.h"
#include "admin/tables.h"
#include "base/assert.h"
#include "base/glob.h"
#include "base/numbers.h"
#include "base/text.h"
#include "exec/arguments.h"
#include "exec/help.h"
#include "mem/zmalloc.h"

namespace redpoll::admin {
namespace {

using namespace exec;

constexpr Outcome kNotAllowed{
    "ERR DEBUG command not allowed. If the enable-debug-command option is set to \"local\", you can run it "
    "from a local connection, otherwise you need to set this option in the configuration file, and then "
    "restart the server."};
constexpr Outcome kBadDatabase{"ERR Out of range database"};
constexpr Outcome kBadProtocolType{
    "ERR Wrong protocol type name. Please use one of the following: "
    "string|integer|double|bignum|null|array|set|map|attrib|push|verbatim|true|false"};
constexpr Outcome kNotListpack{"ERR Not a listpack encoded object."};
constexpr Outcome kNoTable{
    "ERR The value stored at the specified key is not represented using an hash table"};
constexpr Outcome kBadThreshold{"ERR argument must be a memory value bigger than 1 and smaller than 4gb"};
constexpr Outcome kNeedsResp3{"ERR RESP2 is not supported by this command"};

constexpr std::string_view kDebugHelp[] = {
    "ASSERT",
    "    Crash by a failed assertion.",
    "ERROR <string>",
    "    Reply with <string> as an error, for tests of clients.",
    "HTSTATS <dbid>",
    "    Show how the hash table of a database is filled.",
    "HTSTATS-KEY <key>",
    "    The same of the hash table that <key> holds.",
    "LISTPACK <key>",
    "    Print the listpack that <key> holds to the standard output.",
    "LOG <message>",
    "    Write <message> to the server log.",
    "OBJECT <key>",
    "    Show where and how <key> and its value are stored.",
    "OOM",
    "    Crash as if memory had run out.",
    "PANIC",
    "    Crash by a panic.",
    "PROTOCOL <type>",
    "    Reply with a test value of the type: string, integer, double, bignum, null,",
    "    array, set, map, attrib, push, verbatim, true, false.",
    "QUICKLIST-PACKED-THRESHOLD <size>",
    "    Accepted for test suites: here an element is a node of its own as soon as",
    "    list-max-listpack-size leaves it no room in another one.",
    "SEGFAULT",
    "    Crash by an invalid access to memory.",
    "SET-ACTIVE-EXPIRE <0|1>",
    "    Switch off, or on again, that expired keys are removed before someone looks",
    "    for them.",
    "SLEEP <seconds>",
    "    Hold up the server for so long. Decimals are allowed.",
    "STRINGMATCH-LEN <pattern> <string>",
    "    Tell whether <string> matches the glob-style <pattern>.",
    "VALIDATE",
    "    Check every promise of the layout of all databases' hash tables, and of the",
    "    collections in them that are not packed. Crashes if one is broken.",
};

// Neither a read nor a use of the key, and of what lies there, expired or not.
Outcome debug_object(AdminCall& c) {
  const store::Entry* entry = c.db().peek(c.args[2]);
  if (entry == nullptr) return err::no_such_key;
  c.out.status(describe_entry(*entry, c.keyspace));
  return done;
}

Outcome debug_htstats(AdminCall& c) {
  const auto index = parse_int64(c.args[2]);
  if (!index) return err::not_integer;
  if (!c.keyspace.valid(*index)) return kBadDatabase;
  c.out.verbatim("txt", describe_table(c.keyspace.db(static_cast<int>(*index)).table_stats()));
  return done;
}

Outcome debug_htstats_key(AdminCall& c) {
  const store::Entry* entry = c.db().lookup(c.args[2], store::Touch::no);
  if (entry == nullptr) return err::no_such_key;
  if (entry->encoding() != store::Encoding::object) return kNoTable;
  const auto stats = entry->object().table_stats();
  if (!stats) return kNoTable;
  c.out.verbatim("txt", describe_table(*stats));
  return done;
}

Outcome debug_listpack(AdminCall& c) {
  const store::Entry* entry = c.db().lookup(c.args[2], store::Touch::no);
  if (entry == nullptr) return err::no_such_key;
  if (store::encoding_name(*entry) != "listpack") return kNotListpack;
  const std::string text = describe_listpack(*entry);
  std::fwrite(text.data(), 1, text.size(), stdout);
  std::fflush(stdout);
  c.out.status("Listpack structure printed on stdout");
  return done;
}

Outcome debug_stringmatch(AdminCall& c) {
  c.out.integer(glob_match(c.args[2], c.args[3]) ? 1 : 0);
  return done;
}

Outcome debug_validate(AdminCall& c) {
  for (int i = 0; i < c.keyspace.size(); ++i) {
    c.keyspace.db(i).validate();
    c.keyspace.db(i).each([](const store::Entry& entry) {
      if (entry.encoding() == store::Encoding::object) entry.object().validate();
    });
  }
  c.out.ok();
  return done;
}

Outcome debug_error(AdminCall& c) {
  // Not an error of this command: it is not counted as one.
  c.out.error(c.args[2]);
  return done;
}

void reply_numbers(Reply& out, int64_t count) {
  for (int64_t i = 0; i < count; ++i) out.integer(i);
}

void reply_map(Reply& out) {
  out.map(3);
  for (int i = 0; i < 3; ++i) {
    out.integer(i);
    out.boolean(i == 1);
  }
}

void reply_attribute(Reply& out) {
  if (out.resp3()) {
    out.attribute(1);
    out.bulk("key-popularity");
    out.array(2);
    out.bulk("key:123");
    out.integer(90);
  }
  out.bulk("Some real reply following the attribute");
}

void reply_push(Reply& out) {
  out.push(2);
  out.bulk("server-cpu-usage");
  out.integer(42);
  out.bulk("Some real reply following the push reply");
}

struct ProtocolType {
  std::string_view name;
  void (*reply)(Reply&);
};

constexpr ProtocolType kProtocolTypes[] = {
    {"string", [](Reply& out) { out.bulk("Hello World"); }},
    {"integer", [](Reply& out) { out.integer(12345); }},
    {"double", [](Reply& out) { out.real_text("3.141"); }},
    {"bignum", [](Reply& out) { out.big_number("1234567999999999999999999999999999999"); }},
    {"null", [](Reply& out) { out.null(); }},
    {"array", [](Reply& out) { out.array(3), reply_numbers(out, 3); }},
    {"set", [](Reply& out) { out.set(3), reply_numbers(out, 3); }},
    {"map", reply_map},
    {"attrib", reply_attribute},
    {"push", reply_push},
    {"verbatim", [](Reply& out) { out.verbatim("txt", "This is a verbatim\nstring"); }},
    {"true", [](Reply& out) { out.boolean(true); }},
    {"false", [](Reply& out) { out.boolean(false); }},
};

Outcome debug_protocol(AdminCall& c) {
  const std::string_view wanted = c.args[2];
  const auto type = std::find_if(std::begin(kProtocolTypes), std::end(kProtocolTypes),
                                 [wanted](const ProtocolType& t) { return iequals(t.name, wanted); });
  if (type == std::end(kProtocolTypes)) return kBadProtocolType;
  if (type->reply == reply_push && !c.out.resp3()) return kNeedsResp3;
  type->reply(c.out);
  return done;
}

Outcome debug_sleep(AdminCall& c) {
  // What is not a number does not sleep, as in Redis.
  const double seconds = std::clamp(parse_double(c.args[2]).value_or(0), 0.0, 1e6);
  c.admin.loop.clocks().sleep_us(static_cast<int64_t>(seconds * 1e6));
  c.out.ok();
  return done;
}

Outcome debug_set_active_expire(AdminCall& c) {
  c.admin.expiry.enabled = parse_int64(c.args[2]).value_or(0) != 0;
  c.out.ok();
  return done;
}

Outcome debug_log(AdminCall& c) {
  c.session.log.warning("DEBUG LOG: {}", c.args[2].view());
  c.out.ok();
  return done;
}

// Redis packs what is smaller than this, 1 GB if nobody says otherwise, and its test suite lowers that to get
// nodes of single elements. There is no such threshold here, and what a client sees does not depend on it.
Outcome debug_packed_threshold(AdminCall& c) {
  constexpr Bytes kMost = (Bytes{4} << 30) - (Bytes{1} << 20);
  const auto bytes = c.args[2].empty() ? Bytes{0} : parse_memory(c.args[2]);
  if (!bytes || *bytes > kMost) return kBadThreshold;
  c.out.ok();
  return done;
}

Outcome debug_segfault(AdminCall&) {
  // A page that may not be written, instead of a null pointer, which a sanitizer would notice before the
  // processor does.
  void* page = mmap(nullptr, 1, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  *static_cast<volatile char*>(page) = 'x';
  return done;
}

Outcome debug_panic(AdminCall&) { panic("called by DEBUG PANIC"); }

Outcome debug_assert(AdminCall& c) {
  CHECK(c.args.empty(), "called by DEBUG ASSERT");
  return done;
}

Outcome debug_oom(AdminCall& c) {
  void* impossible = mem::zmalloc(SIZE_MAX / 2);
  mem::zfree(impossible);
  c.out.ok();
  return done;
}

Outcome debug_help(AdminCall& c) {
  reply_help(c.out, c.args[0], kDebugHelp);
  return done;
}

struct Subcommand {
  std::string_view name;
  Outcome (*run)(AdminCall&);
  size_t args;
};

constexpr Subcommand kDebugSubcommands[] = {
    {"assert", debug_assert, 2},
    {"error", debug_error, 3},
    {"help", debug_help, 2},
    {"htstats", debug_htstats, 3},
    {"htstats-key", debug_htstats_key, 3},
    {"listpack", debug_listpack, 3},
    {"log", debug_log, 3},
    {"object", debug_object, 3},
    {"oom", debug_oom, 2},
    {"panic", debug_panic, 2},
    {"protocol", debug_protocol, 3},
    {"quicklist-packed-threshold", debug_packed_threshold, 3},
    {"segfault", debug_segfault, 2},
    {"set-active-expire", debug_set_active_expire, 3},
    {"sleep", debug_sleep, 3},
    {"stringmatch-len", debug_stringmatch, 4},
    {"validate", debug_validate, 2},
};

bool allowed(const AdminCall& c) {
  switch (c.session.config.settings().enable_debug_command) {
    case config::Allowed::no: return false;
    case config::Allowed::yes: return true;
    case config::Allowed::local: return c.client.connection.is_local();
  }
  return false;
}

Outcome debug(AdminCall& c) {
  if (!allowed(c)) return kNotAllowed;
  for (const Subcommand& sub : kDebugSubcommands) {
    if (c.args.size() == sub.args && iequals(c.args[1], sub.name)) return sub.run(c);
  }
  return c.fail("ERR unknown subcommand or wrong number of arguments for '{}'. Try {} HELP.",
                c.args[1].view(), to_upper(c.args[0]));
}

constexpr Command kDebugCommands[] = {
    {.name = "debug",
     .run = in_admin<debug>,
     .arity = at_least(2),
     .traits = kAdmin | kNoScript | kLoading | kStale,
     .docs = {.summary = "Looks inside the server and makes it misbehave, for its developers",
              .since = "1.0.0",
              .group = "server",
              .complexity = "Depends on the subcommand"}},
};
static_assert(well_formed(kDebugCommands));

}  // namespace

Table debug_commands() { return kDebugCommands; }

}  // namespace redpoll::admin
