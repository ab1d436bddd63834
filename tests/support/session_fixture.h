// Runs the commands about connections without a server: clients without sockets, a registry, a configuration.
//
//   SessionFixture t;
//   REQUIRE(t.run({"client", "setname", "worker"}) == kOk);
//   session::Client& other = t.connect("10.0.0.2", 5000);
//   REQUIRE(t.run_as(other, {"ping"}) == "+PONG\r\n");
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "config/config.h"
#include "exec/call.h"
#include "exec/command_table.h"
#include "net/anet.h"
#include "resp/chunk_pool.h"
#include "session/admission.h"
#include "session/resumer.h"
#include "session/session_call.h"
#include "store/keyspace.h"
#include "support/command_fixture.h"

namespace redpoll::testing {

// Admits as a server does, and has no slow log.
class SessionHost final : public exec::Host {
 public:
  explicit SessionHost(session::Session& session) : admission_(session) {}
  exec::Decision admit(exec::Call& call, exec::CommandEntry* entry,
                       std::span<const resp::Arg> args) override {
    return admission_.decide(call, entry, args, call.executor().denied());
  }
  void was_slow(const exec::Call&, Ticks) override {}
  void refresh_time() override {}

 private:
  session::Admission admission_;
};

class SessionFixture {
 public:
  // What takes the place of the fixture's own, for fixtures around it.
  struct Outer {
    exec::Context* context = nullptr;
    exec::Host* host = nullptr;
  };
  // With one client connected: `me`.
  explicit SessionFixture(config::Settings settings = {}) : SessionFixture(std::move(settings), Outer{}) {}
  SessionFixture(config::Settings settings, const Outer& outer);

  // A client from there, without a socket; authenticated if there is no password.
  session::Client& connect(const std::string& ip = "10.0.0.1", uint16_t port = 5000,
                           MonoUs created = mono_now() + skipped_us);
  // A client with a real TCP connection over the loopback interface.
  session::Client& connect_tcp();

  // Runs one command and returns the reply; empty if the client wants none, or the command is postponed.
  std::string run(const Words& words) { return run_as(me, words); }
  std::string run_as(session::Client& who, const Words& words);

  // True if the client was told to go, at the end of the turn or after its replies.
  static bool leaves(const session::Client& who) { return who.closing || who.close_after_reply; }
  void set_password(const std::string& password) {
    config.adjust([&](config::Settings& settings) { settings.requirepass = password; });
  }

  // Skips so much time, and runs the timers of the loop that are due then.
  void pass(int64_t ms) {
    skipped_us += ms * 1000;
    loop->run_once(ae::Turn::timers | ae::Turn::no_hooks);
  }

  static inline int64_t skipped_us = 0;
  UnixMs now{1'700'000'000'000};
  config::Config config;
  resp::ChunkPool pool;
  // Its clock goes on as everybody's, but for what `pass` skips.
  std::unique_ptr<ae::EventLoop> loop = std::move(
      *ae::EventLoop::create(64, EventBackend::automatic, {.mono = [] { return mono_now() + skipped_us; }}));
  session::Registry clients{pool};
  session::Stats stats;
  Logger log;
  exec::Journal journal;
  Recorder recorder{journal};
  store::Keyspace keyspace;
  session::Conditions conditions{*loop, journal, SipKey{1, 2}};
  session::Watches watches{keyspace, journal, SipKey{3, 4}};
  session::ClientEviction eviction{*loop, clients, stats, log};
  session::Outbox outbox{*loop, config, clients, eviction, stats, log};

 private:
  SessionHost host_{session};
  session::SessionContext context_{session};

 public:
  exec::Executor executor;
  exec::Limits& limits = executor.limits;
  session::Pause pause{executor, keyspace};
  session::Session session{config,  *loop,    keyspace, clients, pause, conditions,
                           watches, eviction, outbox,   stats,   log};
  session::Resumer resumer{session, executor};
  exec::CommandTable table;
  session::Client& me;

 private:
  session::Client& add(net::Connection connection, MonoUs created);

  net::Fd listener_;
  std::vector<net::Fd> peers_;
};

}  // namespace redpoll::testing
