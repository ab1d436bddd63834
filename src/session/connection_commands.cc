// PING, ECHO, QUIT, RESET, SELECT, HELLO, AUTH: the connection itself.
#include <limits>
#include <optional>
#include <string_view>

#include "base/numbers.h"
#include "base/text.h"
#include "build_info.h"
#include "exec/arguments.h"
#include "session/auth.h"
#include "session/errors.h"
#include "session/session_call.h"
#include "session/tables.h"

namespace redpoll::session {
namespace {

using namespace exec;
using resp::Protocol;

Outcome ping(Call& c) {
  if (c.args.size() > 2) return c.wrong_arity();
  if (c.args.size() == 2) {
    c.out.bulk(c.args[1]);
  } else {
    c.out.pong();
  }
  return done;
}

Outcome echo(Call& c) {
  c.out.bulk(c.args[1]);
  return done;
}

Outcome quit(SessionCall& c) {
  c.client.end_after_replies();
  c.out.ok();
  return done;
}

Outcome select(SessionCall& c) {
  const auto index = parse_int64(c.args[1]);
  if (!index) return err::not_integer;
  using Int = std::numeric_limits<int>;
  if (*index < Int::min() || *index > Int::max()) return err::not_int32;
  if (!c.keyspace.valid(*index)) return err::db_index_out_of_range;
  c.client.database = static_cast<int32_t>(*index);
  c.out.ok();
  return done;
}

void speak(SessionCall& c, Protocol protocol) {
  c.client.protocol = protocol;
  c.out.set_protocol(protocol);
}

// Back to the state of a connection just made. What the client said of its library stays true; that it is not
// to be evicted is the administrator's word, not its own.
Outcome reset(SessionCall& c) {
  Client& client = c.client;
  client.database = 0;
  client.set_label(&Client::Labels::name, {});
  client.leave_transaction();
  c.session.watches.forget(client);
  client.set_authenticated(c.session.config.settings().requirepass.empty());
  client.no_touch = false;
  // CLIENT REPLY SKIP, said just before, is about this reply.
  if (client.reply_mode == ReplyMode::off) {
    client.reply_mode = ReplyMode::on;
    c.out.mute(false);
  }
  speak(c, Protocol::resp2);
  c.out.status("RESET");
  return done;
}

Outcome auth(SessionCall& c) {
  if (c.args.size() > 3) return err::syntax;
  Credentials credentials;
  if (c.args.size() == 2) {
    // Not a wrong password but a misunderstanding: the client believes itself protected.
    if (c.session.config.settings().requirepass.empty()) return err::no_password_set;
    credentials.password = c.args[1];
  } else {
    credentials = {c.args[1], c.args[2]};
  }
  if (const Outcome bad = authenticate(c, credentials)) return bad;
  c.out.ok();
  return done;
}

struct HelloOptions {
  std::optional<Protocol> protocol;
  std::optional<Credentials> credentials;
  std::optional<std::string_view> name;
};

HelloOptions read_hello_options(SessionCall& c, ArgReader& in) {
  HelloOptions o;
  if (!in.more()) return o;
  const int64_t version = in.integer(err::protocol_not_integer);
  if (version < 2 || version > 3) in.reject(err::no_proto);
  o.protocol = version == 3 ? Protocol::resp3 : Protocol::resp2;
  while (in.more()) {
    const std::string_view option = in.next();
    if (iequals(option, "AUTH") && in.left() >= 2) {
      const std::string_view user = in.next();
      o.credentials = {user, in.next()};
    } else if (iequals(option, "SETNAME") && in.left() >= 1) {
      o.name = in.next();
      if (!valid_label(*o.name)) in.reject(err::bad_client_name);
    } else {
      in.reject(c.fail("ERR Syntax error in HELLO option '{}'", option));
    }
  }
  return o;
}

void reply_hello(SessionCall& c) {
  c.out.map(7);
  c.out.bulk("server");
  c.out.bulk("redis");  // what client libraries look for
  c.out.bulk("version");
  c.out.bulk(build_info::kRedisVersion);
  c.out.bulk("proto");
  c.out.integer(static_cast<int64_t>(c.client.protocol));
  c.out.bulk("id");
  c.out.integer(static_cast<int64_t>(c.client.id));
  c.out.bulk("mode");
  c.out.bulk("standalone");
  c.out.bulk("role");
  c.out.bulk("master");
  c.out.bulk("modules");
  c.out.empty_array();
}

Outcome hello(SessionCall& c) {
  ArgReader in{c.args, 1};
  const HelloOptions o = read_hello_options(c, in);
  if (in.failed()) return in.error();
  if (o.credentials) {
    if (const Outcome bad = authenticate(c, *o.credentials)) return bad;
  }
  if (!c.client.authenticated()) return err::hello_needs_auth;
  if (o.name) c.client.set_label(&Client::Labels::name, *o.name);
  if (o.protocol) speak(c, *o.protocol);
  reply_hello(c);
  return done;
}

constexpr Traits kAlways = kNoScript | kLoading | kStale | kFast | kNoAuth | kAllowBusy;
constexpr std::string_view kPingTips[] = {"request_policy:all_shards", "response_policy:all_succeeded"};

constexpr Argument kPingArgs[] = {optional(string_arg("message"))};
constexpr Argument kEchoArgs[] = {string_arg("message")};
constexpr Argument kSelectArgs[] = {integer_arg("index")};
constexpr Argument kAuthArgs[] = {optional(since("6.0.0", string_arg("username"))), string_arg("password")};
constexpr Argument kUserArgs[] = {string_arg("username"), string_arg("password")};
constexpr Argument kHelloOptions[] = {
    integer_arg("protover"),
    optional(option_block("AUTH", "username_password", kUserArgs)),
    optional(option_arg("SETNAME", "clientname", ArgType::string)),
};
constexpr Argument kHelloArgs[] = {optional(option_block({}, "arguments", kHelloOptions))};

constexpr Command kConnectionCommands[] = {
    {.name = "auth",
     .run = in_session<auth>,
     .arity = at_least(2),
     .traits = kAlways,
     .categories = kCatConnection,
     .docs = {.summary = "Proves who the client is",
              .since = "1.0.0",
              .group = "connection",
              .complexity = "O(N) where N is the number of passwords of the user",
              .arguments = kAuthArgs}},
    {.name = "echo",
     .run = echo,
     .arity = exactly(2),
     .traits = kLoading | kStale | kFast,
     .categories = kCatConnection,
     .docs = {.summary = "Answers with the message it is given",
              .since = "1.0.0",
              .group = "connection",
              .complexity = "O(1)",
              .arguments = kEchoArgs}},
    {.name = "hello",
     .run = in_session<hello>,
     .arity = at_least(1),
     .traits = kAlways,
     .categories = kCatConnection,
     .docs = {.summary =
                  "Chooses the protocol, can authenticate and name the client, and tells about the server",
              .since = "6.0.0",
              .group = "connection",
              .complexity = "O(1)",
              .arguments = kHelloArgs}},
    {.name = "ping",
     .run = ping,
     .arity = at_least(1),
     .traits = kFast,
     .categories = kCatConnection,
     .tips = kPingTips,
     .docs = {.summary = "Answers PONG or the message, to show that the server is there",
              .since = "1.0.0",
              .group = "connection",
              .complexity = "O(1)",
              .arguments = kPingArgs}},
    {.name = "quit",
     .run = in_session<quit>,
     .arity = at_least(1),
     .traits = kAlways | kSteersTransaction,
     .categories = kCatConnection,
     .docs = {.summary = "Closes the connection once all replies are out",
              .since = "1.0.0",
              .group = "connection",
              .complexity = "O(1)"}},
    {.name = "reset",
     .run = in_session<reset>,
     .arity = exactly(1),
     .traits = kAlways | kSteersTransaction,
     .categories = kCatConnection,
     .docs = {.summary = "Puts the connection back into the state it began with",
              .since = "6.2.0",
              .group = "connection",
              .complexity = "O(1)"}},
    {.name = "select",
     .run = in_session<select>,
     .arity = exactly(2),
     .traits = kLoading | kStale | kFast,
     .categories = kCatConnection,
     .docs = {.summary = "Chooses the database that the following commands work on",
              .since = "1.0.0",
              .group = "connection",
              .complexity = "O(1)",
              .arguments = kSelectArgs}},
};
static_assert(well_formed(kConnectionCommands));

}  // namespace

Table connection_commands() { return kConnectionCommands; }

}  // namespace redpoll::session
