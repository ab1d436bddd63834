// The options that give a deadline.
#include "exec/expiry.h"

#include <catch2/catch.hpp>

namespace redpoll::exec {

TEST_CASE("EX, PX, EXAT and PXAT name the kinds of time, and no other word does") {
  REQUIRE(Expiry::kind_of(pack_option("EX")) == Expiry::in_s);
  REQUIRE(Expiry::kind_of(pack_option("px")) == Expiry::in_ms);
  REQUIRE(Expiry::kind_of(pack_option("ExAt")) == Expiry::at_s);
  REQUIRE(Expiry::kind_of(pack_option("PXAT")) == Expiry::at_ms);
  for (const std::string_view word : {"", "E", "EXA", "EXATS", "KEEPTTL", "PERSIST", "a long word"}) {
    REQUIRE(Expiry::kind_of(pack_option(word)) == Expiry::none);
  }
}

}  // namespace redpoll::exec
