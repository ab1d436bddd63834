// CLIENT PAUSE's state.
#include "session/pause.h"

#include <catch2/catch.hpp>

#include "support/session_fixture.h"

namespace redpoll::session {

using Mode = Pause::Mode;
using Fixture = testing::SessionFixture;

TEST_CASE("While it lasts, what it holds up is denied, and expired keys are only hidden") {
  Fixture t;
  const exec::Needs before = t.executor.denied();
  t.pause.begin(Mode::write, MonoUs{1000});
  REQUIRE(t.executor.denied() == (before | exec::needs::kWriting));
  REQUIRE(t.keyspace.terms().expired == store::Expired::hide);
  t.pause.begin(Mode::all, MonoUs{1000});
  REQUIRE(t.executor.denied() == (before | exec::needs::kWriting | exec::needs::kNoPause));
  t.pause.end();
  REQUIRE(t.executor.denied() == before);
  REQUIRE(t.keyspace.terms().expired == store::Expired::remove);
}

TEST_CASE("A pause ends at its deadline") {
  Fixture t;
  t.pause.expire(MonoUs{1000});
  t.pause.begin(Mode::write, MonoUs{1000});
  t.pause.expire(MonoUs{999});
  REQUIRE(t.pause.mode() == Mode::write);
  t.pause.expire(MonoUs{1000});
  REQUIRE(t.pause.mode() == Mode::none);
}

TEST_CASE("A second pause neither shortens nor softens the first") {
  Fixture t;
  Pause& pause = t.pause;
  pause.begin(Mode::all, MonoUs{1000});
  pause.begin(Mode::write, MonoUs{500});
  REQUIRE(pause.mode() == Mode::all);
  REQUIRE(pause.deadline() == MonoUs{1000});
  pause.begin(Mode::write, MonoUs{2000});
  REQUIRE(pause.mode() == Mode::all);
  REQUIRE(pause.deadline() == MonoUs{2000});
}

TEST_CASE("A pause that was ended leaves nothing to the next one") {
  Fixture t;
  Pause& pause = t.pause;
  pause.begin(Mode::all, MonoUs{1000});
  pause.end();
  REQUIRE(pause.mode() == Mode::none);
  pause.begin(Mode::write, MonoUs{500});
  REQUIRE(pause.mode() == Mode::write);
  REQUIRE(pause.deadline() == MonoUs{500});
}

}  // namespace redpoll::session
