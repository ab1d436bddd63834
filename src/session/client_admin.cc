#include "session/client_admin.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/numbers.h"
#include "base/text.h"
#include "session/auth.h"
#include "session/client_filter.h"
#include "session/client_info.h"
#include "session/errors.h"

namespace redpoll::session {

using exec::ArgReader;
using exec::done;
using exec::Outcome;
using namespace exec::option_literals;

namespace {

ClientKind read_kind(SessionCall& c, ArgReader& in) {
  const std::string_view word = in.next();
  const auto kind = parse_client_kind(word);
  if (!kind) in.reject(c.fail("ERR Unknown client type '{}'", word));
  return kind.value_or(ClientKind::normal);
}

// As many lines as the client may be sent: names can be long, and numbers many.
void reply_lines(SessionCall& c, const std::vector<const Client*>& clients) {
  const auto line_of = [&c, now = c.session.loop.now()](const Client& client, size_t running_args = 0) {
    return describe(client, now, &c.session.watches, running_args) + "\n";
  };
  c.out.sync();  // so that the client's own line tells what waits for it, which this reply does not yet
  const std::string own = line_of(c.client, c.arg_bytes());
  const auto text = c.out.begin_verbatim("txt");
  size_t bytes = 0;
  for (const Client* client : clients) {
    if (c.out.muted()) break;
    const std::string line = client == &c.client ? own : line_of(*client);
    c.out.raw(line);
    bytes += line.size();
  }
  c.out.end_verbatim(text, bytes);
}

// In the order asked for, as often as asked for.
Outcome list_by_id(SessionCall& c, ArgReader& in) {
  std::vector<const Client*> chosen;
  while (in.more()) {
    const auto id = static_cast<ClientId>(in.integer(err::invalid_client_id));
    if (const Client* client = c.session.clients.find(id)) chosen.push_back(client);
  }
  if (in.failed()) return in.error();
  reply_lines(c, chosen);
  return done;
}

}  // namespace

Outcome client_list(SessionCall& c) {
  ArgReader in{c.args, 2};
  if (in.left() >= 2 && in.keyword("ID")) return list_by_id(c, in);
  ClientFilter filter;
  if (in.left() == 2 && in.keyword("TYPE")) filter.kind = read_kind(c, in);
  if (in.more()) return err::syntax;
  if (in.failed()) return in.error();
  std::vector<const Client*> chosen;
  c.session.clients.each([&](Client& client) {
    if (filter.matches(client, {})) chosen.push_back(&client);
  });
  reply_lines(c, chosen);
  return done;
}

namespace {

size_t kill_matching(SessionCall& c, const ClientFilter& filter) {
  const MonoUs now = c.session.loop.now();
  size_t killed = 0;
  c.session.clients.each([&](Client& client) {
    if (!filter.matches(client, now)) return;
    ++killed;
    if (&client == &c.client) {
      client.end_after_replies();
    } else {
      c.session.clients.close(client);
    }
  });
  return killed;
}

// `KILL ip:port`, as it was before there were filters.
Outcome kill_by_address(SessionCall& c, std::string_view address) {
  ClientFilter filter;
  filter.address.emplace(address);
  if (kill_matching(c, filter) == 0) return err::no_such_client;
  c.out.ok();
  return done;
}

int64_t read_positive(ArgReader& in, Outcome not_integer, Outcome not_positive) {
  const int64_t number = in.integer(not_integer);
  if (number <= 0) in.reject(not_positive);
  return number;
}

std::string_view read_user(SessionCall& c, ArgReader& in) {
  const std::string_view user = in.next();
  if (user != kDefaultUser) in.reject(c.fail("ERR No such user '{}'", user));
  return user;
}

ClientFilter read_kill_filter(SessionCall& c, ArgReader& in) {
  ClientFilter f;
  f.except = &c.client;
  while (in.more()) {
    const auto option = in.option();
    // A condition without its value is no condition.
    switch (in.left() > 0 ? option : 0) {
      case "ID"_opt:
        f.id = static_cast<ClientId>(
            read_positive(in, err::client_id_not_positive, err::client_id_not_positive));
        break;
      case "TYPE"_opt: f.kind = read_kind(c, in); break;
      case "USER"_opt: f.user = read_user(c, in); break;
      case "ADDR"_opt: f.address.emplace(in.next()); break;
      case "LADDR"_opt: f.local_address = in.next(); break;
      case "MAXAGE"_opt:
        f.min_age_s = read_positive(in, err::max_age_not_integer, err::max_age_not_positive);
        break;
      case "SKIPME"_opt:
        if (in.keyword("YES")) {
          f.except = &c.client;
        } else if (in.keyword("NO")) {
          f.except = nullptr;
        } else {
          in.reject(err::syntax);
        }
        break;
      default: in.reject(err::syntax);
    }
  }
  return f;
}

}  // namespace

Outcome client_kill(SessionCall& c) {
  if (c.args.size() == 3) return kill_by_address(c, c.args[2]);
  ArgReader in{c.args, 2};
  const ClientFilter filter = read_kill_filter(c, in);
  if (in.failed()) return in.error();
  c.out.integer(static_cast<int64_t>(kill_matching(c, filter)));
  return done;
}

namespace {

// The words for an optional argument too many.
Outcome too_many_arguments(SessionCall& c) {
  return c.fail("ERR unknown subcommand or wrong number of arguments for '{}'. Try {} HELP.",
                c.args[1].view().substr(0, 128), to_upper(c.args[0]));
}

}  // namespace

// Ends a wait for keys. A client that is held by a pause is none of these.
Outcome client_unblock(SessionCall& c) {
  if (c.args.size() > 4) return too_many_arguments(c);
  auto ending = Ending::timeout;
  if (c.args.size() == 4) {
    if (iequals(c.args[3], "ERROR")) {
      ending = Ending::error;
    } else if (!iequals(c.args[3], "TIMEOUT")) {
      return err::bad_unblock_reason;
    }
  }
  const auto id = parse_int64(c.args[2]);
  if (!id) return err::not_integer;
  Client* const client = c.session.clients.find(static_cast<ClientId>(*id));
  c.out.integer(client != nullptr && c.session.conditions.end(*client, ending) ? 1 : 0);
  return done;
}

Outcome client_pause(SessionCall& c) {
  if (c.args.size() > 4) return too_many_arguments(c);
  auto mode = Pause::Mode::all;
  if (c.args.size() == 4) {
    if (iequals(c.args[3], "WRITE")) {
      mode = Pause::Mode::write;
    } else if (!iequals(c.args[3], "ALL")) {
      return err::bad_pause_mode;
    }
  }
  const auto timeout_ms = parse_int64(c.args[2]);
  if (!timeout_ms) return err::timeout_not_integer;
  if (*timeout_ms < 0) return err::timeout_negative;
  // Redis 7.0 lets the sum overflow, which ends the pause at once; later versions refuse, as we do.
  if (*timeout_ms > INT64_MAX - c.now.v) return err::timeout_out_of_range;
  const MonoUs now = c.session.loop.now();
  const int64_t longest_ms = (INT64_MAX - now.v) / 1000;
  if (*timeout_ms > 0) c.session.pause.begin(mode, now + std::min(*timeout_ms, longest_ms) * 1000);
  c.out.ok();
  return done;
}

Outcome client_unpause(SessionCall& c) {
  c.session.pause.end();
  c.out.ok();
  return done;
}

}  // namespace redpoll::session
