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

}  // namespace redpoll::server
