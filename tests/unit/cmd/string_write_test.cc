#include <catch2/catch.hpp>

#include "support/command_fixture.h"

namespace redpoll::testing {

TEST_CASE("SET stores and GET returns") {
  CommandFixture t;
  REQUIRE(t.run({"set", "k", "v"}) == kOk);
  REQUIRE(t.events() == Lines{"0 n new k", "0 $ set k"});
  REQUIRE(t.propagated() == Lines{"0 set k v"});
  REQUIRE(t.dirty() == 1);
  REQUIRE(t.run({"get", "k"}) == bulk_reply("v"));
}

}  // namespace redpoll::testing
