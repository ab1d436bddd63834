// What the log tells of connections.
#include <catch2/catch.hpp>

#include "support/raw_client.h"
#include "support/server_process.h"

namespace redpoll::testing {

TEST_CASE("Who comes and goes is logged at level verbose, and not above it") {
  ServerProcess quiet({"--loglevel", "notice"});
  ServerProcess talkative({"--loglevel", "verbose"});
  for (const ServerProcess* server : {&quiet, &talkative}) {
    RawClient client(server->port());
    client.send("PING\r\n");
    REQUIRE(client.reply() == "+PONG");
  }
  REQUIRE(wait_until([&] { return talkative.logs("- Client closed connection id="); }));
  REQUIRE(talkative.logs("- Accepted 127.0.0.1:"));
  REQUIRE_FALSE(quiet.logs("Accepted"));
}

}  // namespace redpoll::testing
