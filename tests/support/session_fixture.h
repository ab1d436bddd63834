// Runs the commands about connections without a server: clients without sockets, a registry, a configuration.
//
//   SessionFixture t;
//   REQUIRE(t.run({"client", "setname", "worker"}) == kOk);
//   session::Client& other = t.connect("10.0.0.2", 5000);
//   REQUIRE(t.run_as(other, {"ping"}) == "+PONG\r\n");
#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include "config/config.h"
#include "exec/call.h"
#include "exec/command_table.h"
#include "net/anet.h"
#include "resp/chunk_pool.h"
#include "session/session_call.h"
#include "store/keyspace.h"
#include "support/command_fixture.h"

namespace redpoll::testing {

class SessionFixture : private store::ChangeObserver {
 public:
  // With one client connected: `me`.
  explicit SessionFixture(config::Settings settings = {});

  // A client from there, without a socket; authenticated if there is no password.
  session::Client& connect(const std::string& ip = "10.0.0.1", uint16_t port = 5000,
                           MonoUs created = mono_now());
  // A client with a real TCP connection over the loopback interface.
  session::Client& connect_tcp();

  // Runs one command as the dispatcher does, pauses apart, and returns the reply; empty if the client wants
  // none.
  std::string run(const Words& words) { return run_as(me, words); }
  std::string run_as(session::Client& who, const Words& words);

  // True if the client was told to go, at the end of the turn or after its replies.
  static bool leaves(const session::Client& who) { return who.closing || who.close_after_reply; }
  void set_password(const std::string& password) {
    config.adjust([&](config::Settings& settings) { settings.requirepass = password; });
  }

  UnixMs now{1'700'000'000'000};
  config::Config config;
  resp::ChunkPool pool;
  session::Registry clients{pool};
  session::Pause pause;
  session::Blocking blocking{SipKey{1, 2}};
  session::Stats stats;
  Logger log;
  session::Session session{config, clients, pause, blocking, stats, log};
  RecordingEffects effects;
  store::Keyspace keyspace;
  exec::CommandTable table;
  exec::Limits limits;
  session::Client& me;

 private:
  void key_changed(store::Database& db, std::string_view key, const store::KeyChange& change) override {
    if (change.came_to_type) blocking.key_ready(db, key, change.type);
  }
  void key_missed(store::Database&, std::string_view) override {}
  void fields_expired(store::Database&, std::string_view, std::span<const std::string>) override {}
  void before_clear(store::Database&) override {}
  void swapped(store::Database& a, store::Database& b) override { blocking.swapped(a, b); }
  session::Client& add(net::Connection connection, MonoUs created);
  exec::Outcome dispatch(session::SessionCall& call, std::span<const resp::Arg> args);

  net::Fd listener_;
  std::vector<net::Fd> peers_;
};

}  // namespace redpoll::testing
