#include "support/session_fixture.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <cstring>

#include "base/assert.h"
#include "session/tables.h"

namespace redpoll::testing {

using session::Client;

static net::Address ipv4(const std::string& ip, uint16_t port) {
  sockaddr_in in{};
  in.sin_family = AF_INET;
  in.sin_port = htons(port);
  CHECK(inet_pton(AF_INET, ip.c_str(), &in.sin_addr) == 1, "not an address: {}", ip);
  sockaddr_storage storage{};
  std::memcpy(&storage, &in, sizeof(in));
  return net::Address::from(storage);
}

static exec::CommandTable& filled(exec::CommandTable& table) {
  for (const session::Table commands : session::tables()) table.add(commands);
  table.seal();
  return table;
}

SessionFixture::SessionFixture(config::Settings settings)
    : config(std::move(settings)),
      keyspace(config.settings().databases, SipKey{}, nullptr, this),
      me(connect("127.0.0.1", 40000)) {
  filled(table);
}

Client& SessionFixture::add(net::Connection connection, MonoUs created) {
  Client& client = clients.add(std::move(connection), created);
  client.authenticated = config.settings().requirepass.empty();
  return client;
}

Client& SessionFixture::connect(const std::string& ip, uint16_t port, MonoUs created) {
  return add(net::Connection(net::Fd{}, ipv4(ip, port)), created);
}

Client& SessionFixture::connect_tcp() {
  if (!listener_) listener_ = net::listen_tcp("127.0.0.1", 0, 4).take();
  Result<net::Fd> peer = net::connect_tcp("127.0.0.1", net::local_address(listener_.get()).port());
  CHECK(peer.ok() && net::await_connected(peer->get(), 5000).ok(), "no loopback connection");
  peers_.push_back(std::move(*peer));
  net::Address from;
  net::FdOrError accepted = net::accept_from(listener_.get(), from);
  CHECK(accepted.ok(), "{}", accepted.error());
  return add(net::Connection(accepted.take(), from), mono_now());
}

exec::Outcome SessionFixture::dispatch(session::SessionCall& call, std::span<const resp::Arg> args) {
  const exec::CommandEntry* entry = table.resolve(args);
  if (entry == nullptr) return call.fail("ERR unknown command '{}'", args[0].view());
  call.begin(*entry->command, entry->full_name, args, keyspace.db(call.client.database), nullptr);
  call.now = now;
  if (!entry->command->arity.accepts(args.size())) return call.wrong_arity();
  if (entry->command->run == nullptr) return call.fail("ERR unknown subcommand '{}'", args[1].view());
  if (!call.client.authenticated && !(entry->command->traits & exec::kNoAuth)) return exec::err::no_auth;
  call.client.last_command = entry;
  return entry->command->run(call);
}

std::string SessionFixture::run_as(Client& who, const Words& words) {
  keyspace.terms().now = now;
  const std::vector<resp::Arg> args(words.begin(), words.end());
  {
    exec::Reply reply(who.replies, who.protocol);
    reply.mute(session::mutes(who.reply_mode));
    session::SessionCall call(who, session, keyspace, reply, effects, limits);
    if (const exec::Outcome bad = dispatch(call, args)) {
      CHECK(reply.bytes_written() == 0, "{} wrote a reply and failed", words[0]);
      reply.error(bad.error());
    }
    who.reply_mode = session::after_request(who.reply_mode);
  }
  std::string text = who.replies.copy();
  who.replies.clear();
  return text;
}

}  // namespace redpoll::testing
