// CLIENT PAUSE's state.
#include "session/pause.h"

#include <catch2/catch.hpp>

namespace redpoll::session {

using Mode = Pause::Mode;

TEST_CASE("A pause ends at its deadline and tells so once") {
  Pause pause;
  REQUIRE_FALSE(pause.expire(UnixMs{1000}));
  pause.begin(Mode::write, UnixMs{1000});
  REQUIRE_FALSE(pause.expire(UnixMs{999}));
  REQUIRE(pause.mode() == Mode::write);
  REQUIRE(pause.expire(UnixMs{1000}));
  REQUIRE(pause.mode() == Mode::none);
  REQUIRE_FALSE(pause.expire(UnixMs{1000}));
}

TEST_CASE("A second pause neither shortens nor softens the first") {
  Pause pause;
  pause.begin(Mode::all, UnixMs{1000});
  pause.begin(Mode::write, UnixMs{500});
  REQUIRE(pause.mode() == Mode::all);
  REQUIRE(pause.deadline() == UnixMs{1000});
  pause.begin(Mode::write, UnixMs{2000});
  REQUIRE(pause.mode() == Mode::all);
  REQUIRE(pause.deadline() == UnixMs{2000});
}

TEST_CASE("A pause that was ended leaves nothing to the next one") {
  Pause pause;
  pause.begin(Mode::all, UnixMs{1000});
  pause.end();
  REQUIRE(pause.mode() == Mode::none);
  pause.begin(Mode::write, UnixMs{500});
  REQUIRE(pause.mode() == Mode::write);
  REQUIRE(pause.deadline() == UnixMs{500});
}

}  // namespace redpoll::session
