#include "base/result.h"

#include <catch2/catch.hpp>
#include <memory>

namespace redpoll {
namespace {

Result<int> half(int n) {
  if (n % 2 != 0) return failure("{} is odd", n);
  return n / 2;
}

Result<int> quarter(int n) {
  const Result<int> h = half(n);
  if (!h.ok()) return failure("no quarter: {}", h.error());
  return half(*h);
}

}  // namespace

TEST_CASE("a result holds a value or the text of an error") {
  REQUIRE(half(4).ok());
  REQUIRE(*half(4) == 2);
  REQUIRE_FALSE(half(3));
  REQUIRE(half(3).error() == "3 is odd");
  REQUIRE(quarter(3).error() == "no quarter: 3 is odd");
  REQUIRE(quarter(2).error() == "1 is odd");
  REQUIRE(half(3).value_or(7) == 7);
}

TEST_CASE("a result may hold what can only be moved, and what is a string itself") {
  Result<std::unique_ptr<int>> owner = std::make_unique<int>(5);
  REQUIRE(**owner == 5);
  const std::unique_ptr<int> taken = *std::move(owner);
  REQUIRE(*taken == 5);

  const Result<std::string> text = "value";
  REQUIRE(text.ok());
  REQUIRE(text->size() == 5);
  REQUIRE_FALSE(Result<std::string>(failure("error")).ok());
}

TEST_CASE("a result without a value tells success or the error") {
  const Result<void> good;
  REQUIRE(good.ok());
  const Result<void> bad = failure("{}", "broken");
  REQUIRE_FALSE(bad);
  REQUIRE(bad.error() == "broken");
}

}  // namespace redpoll
