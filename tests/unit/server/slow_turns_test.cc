// slow-turn-log-ms: what held the loop stands in the log, and nothing that is somebody's secret.
#include <catch2/catch.hpp>
#include <chrono>
#include <string>
#include <thread>

#include "server_fixture.h"
#include "unit/config/temporary_dir.h"

namespace redpoll::server {

namespace {

struct Fixture : ServerFixture {
  Fixture() : ServerFixture(with_debug()) {
    REQUIRE(log.set_file(dir.path("log")));
    run("CONFIG SET slow-turn-log-ms 100 slowlog-log-slower-than -1");
  }
  static config::Settings with_debug() {
    config::Settings settings;
    settings.enable_debug_command = config::Allowed::yes;
    return settings;
  }
  std::string told() const { return dir.read("log"); }
  bool told(std::string_view what) const { return told().find(what) != std::string::npos; }
  // A turn in which something that is no command takes so long; it ends when the next one waits.
  void turn(int ms) {
    for (const int length : {ms, 0}) {
      sleep_ms = length;
      server->loop().add_timer(0, ae::TimeHandler::to<&Fixture::sleep>(this));
      server->loop().run_once();
    }
  }
  int64_t sleep(ae::TimerId) {
    std::this_thread::sleep_for(std::chrono::milliseconds(sleep_ms));
    return ae::kNoMore;
  }
  config::TemporaryDir dir;
  int sleep_ms = 0;
};

}  // namespace

TEST_CASE("A command that holds the loop is named in the log, but not what it was asked") {
  Fixture t;
  t.run("SELECT 3\r\nSET secret x\r\nDEBUG SLEEP 0.001");
  REQUIRE_FALSE(t.told("debug"));
  t.run("SELECT 3\r\nDEBUG SLEEP 0.123");
  REQUIRE(t.told("Slow turn: 'debug' held the loop for "));
  REQUIRE(t.told(" ms (database 3, 0 keys)"));
  REQUIRE_FALSE(t.told("SLEEP"));
  REQUIRE_FALSE(t.told("0.123"));
}

TEST_CASE("The log tells of slow turns once a second, and how many there were") {
  Fixture t;
  SlowTurns turns(t.server->session());
  constexpr uint64_t kSlowUs = 123'456;
  const auto turn = [&](uint64_t us) {
    turns.begin();
    turns.end(us);
  };
  turn(99'999);
  REQUIRE(t.told().empty());
  turn(kSlowUs);
  const std::string first = t.told();
  REQUIRE(t.told("held the loop for 123 ms\n"));
  // The clock of the loop stands still.
  turn(kSlowUs);
  turn(kSlowUs);
  REQUIRE(t.told() == first);
  std::this_thread::sleep_for(std::chrono::microseconds(SlowTurns::kLineEveryUs));
  t.server->loop().refresh_time();
  turn(kSlowUs);
  REQUIRE(t.told("held the loop for 123 ms; 2 more since the last such line\n"));
}

TEST_CASE("A turn is slow also where no command is") {
  Fixture t;
  t.turn(120);
  REQUIRE(t.told("0 commands and the server's own work, none that slow by itself, held the loop for 1"));
}

TEST_CASE("With slow-turn-log-ms 0 nothing is told") {
  Fixture t;
  t.run("CONFIG SET slow-turn-log-ms 0\r\nDEBUG SLEEP 0.03");
  t.turn(30);
  REQUIRE(t.told().empty());
}

}  // namespace redpoll::server
