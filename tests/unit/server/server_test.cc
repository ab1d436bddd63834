// Server: signals, shutdown, and settings that reach the parts they are for.
#include "server/server.h"

#include <signal.h>

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

}  // namespace redpoll::server
