#include "bench/load/shape.h"

#include <catch2/catch.hpp>

namespace redpoll::load {

namespace {
Verdict verdict(std::string_view shape, std::string_view bytes) {
  return Shape::parse(shape)->match(bytes).verdict;
}
}  // namespace

TEST_CASE(
    "the sample of a shape matches it, and every shorter beginning is incomplete or long enough to judge") {
  for (const char* text : {"status:OK", "integer", "integer:12", "bulk:0", "bulk:64", "bulk:5|null",
                           "array:10:64", "array:1:0", "statuses:10:OK", "any"}) {
    CAPTURE(text);
    const Result<Shape> shape = Shape::parse(text);
    REQUIRE(shape.ok());
    const std::string sample = shape->sample();
    REQUIRE(reply_length(sample) == sample.size());
    const Match whole = shape->match(sample + "+more\r\n");
    REQUIRE(whole.verdict == Verdict::good);
    REQUIRE(whole.length == sample.size());
    for (size_t n = 0; n < sample.size(); ++n) {
      const Match part = shape->match(std::string_view(sample).substr(0, n));
      REQUIRE((part.verdict == Verdict::incomplete || part.length == sample.size()));
    }
  }
}

TEST_CASE("a reply of another type or length is wrong") {
  REQUIRE(verdict("status:OK", "+PONG\r\n") == Verdict::wrong);
  REQUIRE(verdict("status:OK", "$2\r\nOK\r\n") == Verdict::wrong);
  REQUIRE(verdict("bulk:64", "$63\r\n") == Verdict::wrong);
  REQUIRE(verdict("bulk:64", "$-1\r\n") == Verdict::wrong);
  REQUIRE(verdict("array:10:64", "*9\r\n$64\r\n") == Verdict::wrong);
  REQUIRE(verdict("array:10:64", "*10\r\n$6\r\n") == Verdict::wrong);
  REQUIRE(verdict("statuses:2:OK", "*2\r\n+OK\r\n-E") == Verdict::wrong);
  REQUIRE(verdict("statuses:2:OK", "*1\r\n+OK\r\n") == Verdict::wrong);
  REQUIRE(verdict("integer", "+OK\r\n") == Verdict::wrong);
  REQUIRE(verdict("integer", ":one\r\n") == Verdict::wrong);
  REQUIRE(verdict("integer", ":111111111111111111111111") == Verdict::wrong);
  REQUIRE(verdict("integer:1", ":2\r\n") == Verdict::wrong);
}

TEST_CASE("errors are told apart from replies once their line is complete") {
  for (const char* shape : {"status:OK", "integer", "bulk:64", "array:10:64", "any"}) {
    REQUIRE(verdict(shape, "-ERR") == Verdict::incomplete);
    const Match match = Shape::parse(shape)->match("-ERR no\r\n+OK\r\n");
    REQUIRE(match.verdict == Verdict::error);
    REQUIRE(match.length == 9);
  }
}

TEST_CASE("a null is accepted where it is allowed") {
  REQUIRE(verdict("bulk:64|null", "$-1\r\n") == Verdict::null);
  REQUIRE(verdict("bulk:64|null", "$-1") == Verdict::incomplete);
  REQUIRE(verdict("bulk:64|null", "$6") == Verdict::incomplete);
  REQUIRE(verdict("bulk:64|null", "$5\r\n") == Verdict::wrong);
}

TEST_CASE("what is no shape is refused") {
  for (const char* text : {"", "bulk", "bulk:", "bulk:x", "status", "array:10", "array:0:4", "integer:x",
                           "integer:1:2", "anything", "null"}) {
    CAPTURE(text);
    REQUIRE_FALSE(Shape::parse(text).ok());
  }
}

TEST_CASE("the length of a reply takes in nested arrays") {
  REQUIRE(reply_length("*2\r\n*1\r\n:1\r\n$3\r\nabc\r\n:7\r\n") == 21);
  REQUIRE(reply_length("*2\r\n*1\r\n:1\r\n$3\r\nabc\r") == std::nullopt);
  REQUIRE(reply_length("*-1\r\n") == 5);
  REQUIRE(reply_length("*0\r\n") == 4);
  REQUIRE_THROWS(reply_length("?1\r\n"));
  REQUIRE_THROWS(reply_length("$-2\r\n"));
  std::string deep;
  for (int i = 0; i < 1000; ++i) deep += "*1\r\n";
  REQUIRE_THROWS(reply_length(deep));
}

}  // namespace redpoll::load
