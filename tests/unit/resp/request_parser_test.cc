#include "resp/request_parser.h"

#include <catch2/catch.hpp>
#include <random>

#include "unit/resp/feed.h"

using namespace redpoll;
using namespace redpoll::resp;
using namespace std::string_literals;

namespace {

struct Parsed {
  std::vector<Words> requests;
  std::string error;

  friend bool operator==(const Parsed&, const Parsed&) = default;
};

Parsed parse(std::string_view input, RequestLimits limits = {}) {
  Feed feed(limits);
  const bool good = feed.give(input);
  return {feed.requests, good ? "" : feed.parser.error_text()};
}

std::string error_of(std::string_view input, RequestLimits limits = {}) { return parse(input, limits).error; }

std::vector<Words> requests_of(std::string_view input) {
  const Parsed parsed = parse(input);
  REQUIRE(parsed.error.empty());
  return parsed.requests;
}

constexpr RequestLimits kStranger{.authenticated = false};

const std::vector<std::string> kStreams = {
    "*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$12\r\nhello\r\nworld\r\n*2\r\n$3\r\nGET\r\n$1\r\nk\r\n",
    "PING\r\nPING hello\n\r\n\n  \r\nSET \"a\\x00b\" 'c d'\r\n*1\r\n$4\r\nPING\r\n",
    "*0\r\n*-1\r\n*-5\r\n*1\r\n$0\r\n\r\n*11\r\n" +
        [] {
          std::string args;
          for (int i = 0; i < 11; ++i) args += "$3\r\na\0b\r\n"s;
          return args;
        }(),
    "*2\r\n$100\r\n" + std::string(100, 'x') + "\r\n$1\r\na\r\nPING\r\n",
    "*1\rX$4\rXPINGXXPING\r\n",
    "*2\r\n$4\r\nPING\r\n:4\r\n",
    "*1\r\n$4\r\nPING\r\n*x\r\n",
    "PING \"unbalanced\r\n",
};

}  // namespace

TEST_CASE("A multibulk request becomes its arguments") {
  CHECK(requests_of("*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$2\r\n\r\n\r\n") ==
        std::vector<Words>{{"SET", "k", "\r\n"}});
  CHECK(requests_of("*1\r\n$0\r\n\r\n") == std::vector<Words>{{""}});
  CHECK(requests_of(encode({"a", std::string(10, 'b'), std::string(1234, 'c')}))[0][2] ==
        std::string(1234, 'c'));
}

TEST_CASE("Bulks of every short length are read whole, also at the very end of the input") {
  for (size_t size = 0; size <= 1100; ++size) {
    const std::string stream = encode({std::string(size, '$')});
    RequestParser parser;
    ArgList args;
    size_t pos = 0;
    REQUIRE(parser.next({stream.data(), stream.size() - 1}, pos, args, {}) == ParseStatus::need_more);
    REQUIRE(parser.next(stream, pos, args, {}) == ParseStatus::request);
    REQUIRE(args[0].size() == size);
    REQUIRE(pos == stream.size());
  }
}

TEST_CASE("Requests without arguments are skipped") {
  CHECK(requests_of("*0\r\n*-1\r\n*-9\r\n\r\n\n  \t \r\nPING\r\n") == std::vector<Words>{{"PING"}});
}

TEST_CASE("Line ends are as lenient as those of Redis") {
  CHECK(requests_of("*1\rX$4\rXPINGXXPING\r\n") == std::vector<Words>{{"PING"}, {"PING"}});
  CHECK(requests_of("*1\r\n$4\r\nPINGabPING\n") == std::vector<Words>{{"PING"}, {"PING"}});
  CHECK(error_of("*1\n$4\r\nPING\r\n") == "ERR Protocol error: invalid multibulk length");
  // The byte behind the CR has to be there before the length is judged.
  CHECK(error_of("*x\r").empty());
  CHECK(error_of("*1\r\n$x\r").empty());
}

TEST_CASE("Inline requests are split at blanks and unquoted") {
  CHECK(requests_of("PING\r\n") == std::vector<Words>{{"PING"}});
  CHECK(requests_of(" \vset  a\tb \r\n") == std::vector<Words>{{"set", "a", "b"}});
  CHECK(requests_of("PING\rPING\r\n") == std::vector<Words>{{"PING", "PING"}});
  CHECK(requests_of("PING a\r\r\n") == std::vector<Words>{{"PING", "a"}});
  CHECK(requests_of("PING \"\\x41\\n\\q\" 'a\\'b' \"\"\r\n") ==
        std::vector<Words>{{"PING", "A\nq", "a'b", ""}});
  CHECK(error_of("PING \"a\r\n") == "ERR Protocol error: unbalanced quotes in request");
  CHECK(error_of("PING \"a\"b\r\n") == "ERR Protocol error: unbalanced quotes in request");
}

TEST_CASE("A NUL hides the rest of a line, so that the line never ends") {
  CHECK(parse("PING \0a\r\nPING\r\n"s) == Parsed{});
  CHECK(parse("*1\r\n\0\r\n"s) == Parsed{});
  CHECK(error_of("PING \0"s + std::string(65536, 'x') + "\n") ==
        "ERR Protocol error: too big inline request");
  CHECK(error_of("*1\r\n\0\r\n"s + std::string(65536, 'x')) ==
        "ERR Protocol error: too big bulk count string");
}

TEST_CASE("Protocol errors have the texts of Redis") {
  const auto invalid_count = "ERR Protocol error: invalid multibulk length";
  for (const char* text : {"*\r\n", "*x\r\n", "* 1\r\n", "*+1\r\n", "*01\r\n", "*1x\r\n", "*-0\r\n",
                           "*2147483648\r\n", "*99999999999999999999\r\n"}) {
    INFO(text);
    CHECK(error_of(text) == invalid_count);
  }
  const auto invalid_length = "ERR Protocol error: invalid bulk length";
  for (const char* text : {"$\r\n", "$x\r\n", "$-1\r\n", "$-0\r\n", "$04\r\n", "$+4\r\n", "$ 4\r\n",
                           "$536870913\r\n", "$9223372036854775808\r\n"}) {
    INFO(text);
    CHECK(error_of("*1\r\n"s + text) == invalid_length);
  }
  CHECK(error_of("*1\r\n$536870912\r\n").empty());
  CHECK(error_of("*2147483647\r\n").empty());
  CHECK(error_of("*1\r\nPING\r\n") == "ERR Protocol error: expected '$', got 'P'");
  CHECK(error_of("*1\r\n\r\n") == "ERR Protocol error: expected '$', got '\r'");
  CHECK(error_of("*1\r\n\xff\r\n") == "ERR Protocol error: expected '$', got '\xff'");
}

TEST_CASE("Lines without an end are refused beyond 64 KiB") {
  const std::string most(65536, '1');
  CHECK(error_of(most).empty());
  CHECK(error_of(most + "1") == "ERR Protocol error: too big inline request");
  CHECK(error_of("*" + most.substr(1)).empty());
  CHECK(error_of("*" + most) == "ERR Protocol error: too big mbulk count string");
  CHECK(error_of("*1\r\n$" + most.substr(1)).empty());
  CHECK(error_of("*1\r\n$" + most) == "ERR Protocol error: too big bulk count string");
  CHECK(error_of("*1\r\nx" + most) == "ERR Protocol error: too big bulk count string");
  CHECK(requests_of("PING " + most + "1\n")[0][1].size() == 65537);
}

TEST_CASE("Before authentication requests are small") {
  CHECK(error_of("*10\r\n", kStranger).empty());
  CHECK(error_of("*11\r\n", kStranger) == "ERR Protocol error: unauthenticated multibulk length");
  CHECK(error_of("*2147483648\r\n", kStranger) == "ERR Protocol error: invalid multibulk length");
  CHECK(error_of("*1\r\n$16384\r\n", kStranger).empty());
  CHECK(error_of("*1\r\n$16385\r\n", kStranger) == "ERR Protocol error: unauthenticated bulk length");
  CHECK(error_of("*1\r\n$536870913\r\n", kStranger) == "ERR Protocol error: invalid bulk length");
}

TEST_CASE("The reason of a protocol error is logged in the words of Redis") {
  const auto reason = [](std::string_view input, RequestLimits limits = {}) {
    Feed feed(limits);
    REQUIRE_FALSE(feed.give(input));
    return feed.parser.error_reason();
  };
  CHECK(reason("*x\r\n") == "invalid mbulk count");
  CHECK(reason("*1\r\nx\r\n") == "expected $ but got something else");
  CHECK(reason("a \"\n") == "unbalanced quotes in inline request");
  CHECK(reason("*11\r\n", kStranger) == "unauth mbulk count");
  CHECK(reason("*1\r\n$16385\r\n", kStranger) == "unauth bulk length");
}

TEST_CASE("A stream parses the same at every split point and byte by byte") {
  for (const auto& stream : kStreams) {
    const Parsed whole = parse(stream);
    CHECK(whole != Parsed{});
    for (size_t cut = 0; cut <= stream.size(); ++cut) {
      Feed feed;
      const bool good = feed.give(stream.substr(0, cut)) && feed.give(stream.substr(cut));
      REQUIRE(Parsed{feed.requests, good ? "" : feed.parser.error_text()} == whole);
    }
    Feed feed;
    bool good = true;
    for (size_t i = 0; i < stream.size() && good; ++i) good = feed.give(stream.substr(i, 1));
    REQUIRE(Parsed{feed.requests, good ? "" : feed.parser.error_text()} == whole);
    if (good) CHECK((feed.parser.idle() && feed.buffered() == 0));
  }
}

TEST_CASE("Random requests in random pieces come out as they went in") {
  std::mt19937 random(7);
  const auto below = [&](size_t n) { return static_cast<size_t>(random() % n); };
  for (int round = 0; round < 300; ++round) {
    std::vector<Words> expected;
    std::string stream;
    for (size_t requests = 1 + below(6); requests > 0; --requests) {
      Words words(1 + below(14));
      for (auto& word : words) {
        const size_t size = below(12) == 0 ? below(200'000) : below(8) == 0 ? below(2000) : below(40);
        word.assign(size, static_cast<char>(below(256)));
      }
      if (below(4) == 0) stream += below(2) ? "\r\n" : "*0\r\n";
      stream += encode(words);
      expected.push_back(std::move(words));
    }
    Feed feed({}, below(2) ? Feed::Into::buffer : Feed::Into::bulk_space);
    const size_t piece = size_t{1} << below(18);
    for (size_t at = 0; at < stream.size();) {
      const size_t n = 1 + below(piece + 64);
      REQUIRE(feed.give(std::string_view(stream).substr(at, n)));
      at += n;
    }
    REQUIRE(feed.requests == expected);
    REQUIRE((feed.parser.idle() && feed.buffered() == 0));
  }
}

TEST_CASE("A request of a million arguments, byte by byte, takes linear time") {
  Words words(1'000'000, "v");
  const std::string stream = encode(words);
  RequestParser parser;
  ArgList args;
  size_t pos = 0;
  for (size_t n = 1; n < stream.size(); ++n) {
    if (parser.next({stream.data(), n}, pos, args, {}) != ParseStatus::need_more) FAIL("complete too early");
  }
  REQUIRE(parser.next(stream, pos, args, {}) == ParseStatus::request);
  CHECK(pos == stream.size());
  CHECK(args.size() == words.size());
  CHECK(args[999'999] == "v");
  CHECK(parser.idle());
}

TEST_CASE("An inline request of 64 KiB, byte by byte, is scanned once") {
  const std::string stream = std::string(65'000, 'x') + "\n";
  RequestParser parser;
  ArgList args;
  size_t pos = 0;
  for (size_t n = 1; n < stream.size(); ++n) {
    if (parser.next({stream.data(), n}, pos, args, {}) != ParseStatus::need_more) FAIL("complete too early");
  }
  REQUIRE(parser.next(stream, pos, args, {}) == ParseStatus::request);
  CHECK(args[0].size() == 65'000);
}

TEST_CASE("A big bulk is received into a blob that a command can take") {
  const std::string value(1'000'000, 'v');
  Feed feed({}, Feed::Into::bulk_space);
  mem::BlobPtr taken;
  feed.on_request = [&](RequestParser& parser, std::span<const Arg> args) {
    if (args.size() != 3) return;
    CHECK_FALSE(parser.take(0));
    CHECK_FALSE(parser.take(9));
    taken = parser.take(2);
    REQUIRE(taken);
    CHECK(args[2].data() == taken->data());
    // The argument stays valid although the taker may drop the value at once.
    CHECK(taken->shared());
  };
  const std::string stream = encode({"SET", "key", value}) + "PING\r\n";
  REQUIRE(feed.give(stream.substr(0, 5000)));
  CHECK(feed.buffered() < 50);
  REQUIRE(feed.give(stream.substr(5000)));
  REQUIRE(feed.requests.size() == 2);
  CHECK(taken->view() == value);
  CHECK_FALSE(taken->shared());
  CHECK(feed.requests == std::vector<Words>{{"SET", "key", value}, {"PING"}});
  CHECK(feed.parser.memory_bytes() == 0);
}

TEST_CASE("Of many big bulks each is taken by its number, and the small ones between them are not") {
  constexpr size_t kBulks = 9;
  Words words{"RPUSH"};
  for (size_t i = 0; i < kBulks; ++i) {
    words.push_back("small");
    words.push_back(std::string(kBigBulk + i, static_cast<char>('a' + i)));
  }
  Feed feed({}, Feed::Into::bulk_space);
  size_t taken = 0;
  feed.on_request = [&](RequestParser& parser, std::span<const Arg> args) {
    for (size_t i = 0; i < args.size(); ++i) {
      const mem::BlobPtr blob = parser.take(i);
      REQUIRE(bool(blob) == (args[i].size() >= kBigBulk));
      if (!blob) continue;
      CHECK(blob->data() == args[i].data());
      ++taken;
    }
  };
  // What has arrived as a whole is not received into a blob.
  const std::string stream = encode(words);
  for (size_t at = 0; at < stream.size(); at += 1000) REQUIRE(feed.give(stream.substr(at, 1000)));
  REQUIRE(feed.requests == std::vector<Words>{words});
  CHECK(taken == kBulks);
}

TEST_CASE("A big bulk that has arrived as a whole is a view into the input") {
  const std::string stream = encode({"SET", "key", std::string(100'000, 'v')});
  RequestParser parser;
  ArgList args;
  size_t pos = 0;
  REQUIRE(parser.next(stream, pos, args, {}) == ParseStatus::request);
  CHECK_FALSE(parser.owns_args());
  CHECK_FALSE(parser.take(2));
  CHECK(args[2].data() == stream.data() + (stream.size() - 100'002));
}

TEST_CASE("An announced length takes no memory before its bytes arrive") {
  Feed feed({}, Feed::Into::bulk_space);
  REQUIRE(feed.give("*2147483647\r\n$536870912\r\n"));
  CHECK(feed.parser.memory_bytes() < 100'000);
  size_t sent = 0;
  for (const std::string piece(10'000, 'x'); sent < 3'000'000; sent += piece.size()) {
    REQUIRE(feed.give(piece));
    REQUIRE(feed.parser.memory_bytes() < 100'000 + sent * 5);
  }
  CHECK(feed.parser.memory_bytes() >= sent);
  feed.parser.reset();
  CHECK(feed.parser.idle());
  CHECK(feed.parser.memory_bytes() == 0);
}

TEST_CASE("Argument slots are bounded by the bytes at hand, not by the announced count") {
  RequestParser parser;
  ArgList args;
  size_t pos = 0;
  CHECK(parser.next("*2147483647\r\n$1\r\na\r\n", pos, args, {}) == ParseStatus::need_more);
  CHECK(args.empty());
  CHECK(parser.memory_bytes() < 1000);
}

TEST_CASE("HTTP verbs are recognised in any case") {
  CHECK(is_http_verb("POST"));
  CHECK(is_http_verb("host:"));
  CHECK_FALSE(is_http_verb("GET"));
  CHECK_FALSE(is_http_verb("HOST"));
}
