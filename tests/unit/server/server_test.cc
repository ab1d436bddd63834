// Server: signals, shutdown, and settings that reach the parts they are for.
#include "server/server.h"

#include <signal.h>

#include "base/text.h"
#include "server_fixture.h"

namespace redpoll::server {

TEST_CASE("An accepted shutdown is known to whoever runs commands") {
  ServerFixture t;
  REQUIRE_FALSE(t.server->session().shutting_down);
  REQUIRE(t.server->shut_down({}));
  REQUIRE(t.server->session().shutting_down);
}

TEST_CASE("A SIGINT after a refused shutdown asks again instead of ending the process") {
  config::Settings settings;
  settings.shutdown_on_sigint = config::shutdown_flag::kSave;
  ServerFixture t(settings);
  REQUIRE(t.server->watch_signals());
  for (int i = 0; i < 3; ++i) {
    raise(SIGINT);
    t.server->loop().run_once();
  }
  REQUIRE_FALSE(t.server->session().shutting_down);
  raise(SIGTERM);
  t.server->loop().run_once();
  REQUIRE(t.server->session().shutting_down);
}

TEST_CASE("Over maxmemory with noeviction, what may use memory is refused") {
  const std::string kOom = "-OOM command not allowed when used memory > 'maxmemory'.\r\n";
  ServerFixture t;
  REQUIRE(t.run("SET k v") == "+OK\r\n");
  REQUIRE(t.run("CONFIG SET maxmemory 1\r\nSET k w") == "+OK\r\n" + kOom);
  REQUIRE(t.run("SET k w") == kOom);
  REQUIRE(t.run("GET k") == "$1\r\nv\r\n");
  // In a transaction nothing is queued, so that EXEC has nothing to run.
  REQUIRE(t.run("MULTI\r\nGET k\r\nEXEC") ==
          "+OK\r\n" + kOom + "-EXECABORT Transaction discarded because of previous errors.\r\n");
  REQUIRE(t.run("DEL k") == ":1\r\n");
  REQUIRE(t.run("CONFIG SET maxmemory 0\r\nSET k w") == "+OK\r\n+OK\r\n");
}

TEST_CASE("CONFIG SET of lazyfree and LFU directives reaches the keyspace") {
  ServerFixture t;
  const store::Keyspace& keys = t.server->keyspace();
  REQUIRE_FALSE(keys.lazy_server_delete);
  REQUIRE(t.run("CONFIG SET lazyfree-lazy-server-del yes") == "+OK\r\n");
  REQUIRE(keys.lazy_server_delete);
  REQUIRE(t.run("CONFIG SET lazyfree-lazy-expire yes lfu-log-factor 3 lfu-decay-time 4") == "+OK\r\n");
  REQUIRE(keys.lazy_expire);
  REQUIRE(keys.access.log_factor == 3);
  REQUIRE(keys.access.decay_minutes == 4);
}

TEST_CASE("What takes longer than a threshold goes to the latency monitor, to the slow log, or to both") {
  config::Settings settings;
  settings.enable_debug_command = config::Allowed::yes;
  ServerFixture t(std::move(settings));
  const auto seen = [&t] {
    const bool monitored = t.run("LATENCY HISTORY command") != "*0\r\n";
    const bool logged = t.run("SLOWLOG LEN") != ":0\r\n";
    t.run("LATENCY RESET\r\nSLOWLOG RESET");
    return std::pair(monitored, logged);
  };
  t.run("CONFIG SET slowlog-log-slower-than -1\r\nDEBUG SLEEP 0.003");
  REQUIRE(seen() == std::pair(false, false));
  t.run("CONFIG SET latency-monitor-threshold 2\r\nDEBUG SLEEP 0.003");
  REQUIRE(seen() == std::pair(true, false));
  t.run("CONFIG SET slowlog-log-slower-than 1000000\r\nDEBUG SLEEP 0.003");
  REQUIRE(seen() == std::pair(true, false));
  t.run("CONFIG SET slowlog-log-slower-than 2000\r\nDEBUG SLEEP 0.003");
  REQUIRE(seen() == std::pair(true, true));
  t.run("CONFIG SET latency-monitor-threshold 1000\r\nDEBUG SLEEP 0.003");
  REQUIRE(seen() == std::pair(false, true));
}

TEST_CASE("latency-tracking is on from the start, and CONFIG SET reaches it") {
  ServerFixture t;
  t.run("GET k");
  REQUIRE(t.run("LATENCY HISTOGRAM get").substr(0, 11) == "*2\r\n$3\r\nget");
  t.run("CONFIG SET latency-tracking no\r\nSET k v");
  REQUIRE(t.run("LATENCY HISTOGRAM set") == "*0\r\n");
  t.run("CONFIG SET latency-tracking yes\r\nSET k v");
  REQUIRE(t.run("LATENCY HISTOGRAM set") != "*0\r\n");
}

TEST_CASE("INFO counts turns of the loop and their time, without what they wait") {
  ServerFixture t;
  const session::Stats& stats = t.server->session().stats;
  const auto over = [](ae::TimerId) { return ae::kNoMore; };
  const auto turn = [&](int64_t wait_ms) {
    t.server->loop().add_timer(wait_ms, ae::TimeHandler::of(over));
    t.server->loop().run_once();
  };
  turn(0);
  const uint64_t turns = stats.event_loop_turns, before_us = stats.event_loop_us;
  turn(30);
  turn(0);
  REQUIRE(stats.event_loop_turns == turns + 2);
  REQUIRE(stats.event_loop_us - before_us < 30'000);
}

TEST_CASE("What CONFIG GET * says can be set back as it is") {
  ServerFixture t;
  const std::string_view all[] = {"*"};
  size_t settable = 0;
  for (const auto& [name, value] : t.config.match(all)) {
    CAPTURE(name, value);
    const config::Directive& d = *config::find_directive(name);
    const std::string reply = t.run("CONFIG SET " + std::string(name) + " " + redpoll::quoted(value));
    const bool fixed =
        d.mutability == config::Mutability::at_start || d.mutability == config::Mutability::if_unprotected;
    REQUIRE(reply.starts_with(fixed ? "-ERR CONFIG SET failed" : "+OK"));
    REQUIRE(t.config.get(name) == value);
    settable += !fixed;
  }
  REQUIRE(settable > 150);
  REQUIRE(t.run("CONFIG SET event-backend auto").starts_with("+OK"));
  REQUIRE(t.run("CONFIG SET event-backend select").starts_with("-ERR CONFIG SET failed"));
}

TEST_CASE("HELP of a renamed command says the new name, and so do its errors") {
  config::Settings settings;
  settings.renamed_commands = {{"config", "cfg"}, {"client", "kunde"}, {"slowlog", "langsam"}};
  ServerFixture t(settings);
  const auto begins = [&t](std::string_view line, std::string_view text) {
    return t.run(line).find(text) != std::string::npos;
  };
  REQUIRE(begins("cfg help", "+CFG <subcommand> [<arg> [value] [opt] ...]. Subcommands are:\r\n"));
  REQUIRE(begins("cfg nosuch", "-ERR unknown subcommand 'nosuch'. Try CFG HELP.\r\n"));
  REQUIRE(begins("kunde help", "+KUNDE <subcommand>"));
  REQUIRE(begins("langsam get 1 2", "Try LANGSAM HELP.\r\n"));
}

}  // namespace redpoll::server
