// Lists of CPUs.
#include "server/cpu_list.h"

#include <catch2/catch.hpp>
#include <string>

namespace redpoll::server {

TEST_CASE("A list of CPUs has numbers, ranges and strides") {
  REQUIRE(parse_cpu_list("0") == std::vector{0});
  REQUIRE(parse_cpu_list("0,2,4-6") == std::vector{0, 2, 4, 5, 6});
  REQUIRE(parse_cpu_list("0-7:2,11") == std::vector{0, 2, 4, 6, 11});
  for (const char* bad : {"", "x", "1-", "-1", "2-1", "1,", ",1", "0-4:0", "0-4:", "99999", "1 2"}) {
    CAPTURE(bad);
    REQUIRE_FALSE(parse_cpu_list(bad));
  }
}

TEST_CASE("A thread cannot stay on CPUs that are not there") {
  REQUIRE(stay_on_cpus(""));
  REQUIRE_FALSE(stay_on_cpus("1023"));
  REQUIRE_FALSE(stay_on_cpus("none"));
}

}  // namespace redpoll::server
