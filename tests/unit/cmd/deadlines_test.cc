// When a new deadline is taken over.
#include "cmd/deadlines.h"

#include <catch2/catch.hpp>

namespace redpoll::cmd {

static DeadlineConditions only(std::string_view word) {
  DeadlineConditions conditions;
  REQUIRE(conditions.add(exec::pack_option(word)));
  return conditions;
}

TEST_CASE("A deadline is taken over as the conditions say") {
  const std::optional<UnixMs> none;
  const UnixMs now{10}, later{11}, earlier{9};
  REQUIRE(DeadlineConditions{}.hold(none, now));
  REQUIRE(DeadlineConditions{}.hold(later, now));

  REQUIRE(only("nx").hold(none, now));
  REQUIRE_FALSE(only("NX").hold(earlier, now));
  REQUIRE(only("XX").hold(earlier, now));
  REQUIRE_FALSE(only("XX").hold(none, now));
  REQUIRE(only("GT").hold(earlier, now));
  REQUIRE_FALSE(only("GT").hold(now, now));
  REQUIRE_FALSE(only("GT").hold(none, now));  // no deadline is the latest one
  REQUIRE(only("LT").hold(later, now));
  REQUIRE(only("LT").hold(none, now));
  REQUIRE_FALSE(only("LT").hold(now, now));
}

TEST_CASE("Conditions add up, and other words are none") {
  DeadlineConditions conditions = only("XX");
  REQUIRE(conditions.add(exec::pack_option("LT")));
  REQUIRE_FALSE(conditions.hold(std::nullopt, UnixMs{1}));
  REQUIRE_FALSE(conditions.add(exec::pack_option("FIELDS")));
  REQUIRE_FALSE(conditions.add(exec::pack_option("")));
}

}  // namespace redpoll::cmd
