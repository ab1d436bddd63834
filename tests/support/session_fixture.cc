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

SessionFixture::SessionFixture(config::Settings settings, const Outer& outer)
    : config(std::move(settings)),
      keyspace(config.settings().databases, SipKey{}, nullptr, &journal),
      executor({keyspace, journal, stats, outer.context != nullptr ? *outer.context : context_,
                outer.host != nullptr ? *outer.host : host_}),
      me(connect("127.0.0.1", 40000)) {
  journal.observe(keyspace);
  filled(table);
}

Client& SessionFixture::add(net::Connection connection, MonoUs created) {
  Client& client = clients.add(std::move(connection), created);
  client.set_authenticated(config.settings().requirepass.empty());
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

std::string SessionFixture::run_as(Client& who, const Words& words) {
  keyspace.terms().now = now;
  const std::vector<resp::Arg> args(words.begin(), words.end());
  {
    session::ClientReply out(outbox, who);
    exec::Call call(executor, out, &who);
    const exec::Verdict verdict = executor.run(call, table.resolve(args), args);
    if (verdict == exec::Verdict::finished) out.request_done();
  }
  std::string text = who.replies.copy();
  who.replies.clear();
  return text;
}

}  // namespace redpoll::testing
