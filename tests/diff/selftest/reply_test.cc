#include "support/reply.h"

#include <catch2/catch.hpp>

using namespace redpoll::testing;
using State = ParsedReply::State;

TEST_CASE("Every kind of reply is read and told as text") {
  const std::pair<std::string_view, std::string_view> kTable[] = {
      {"+OK\r\n", "+OK"},
      {"-ERR no\r\n", "-ERR no"},
      {":-5\r\n", ":-5"},
      {"$3\r\na\r\n\r\n", R"("a\r\n")"},
      {"$0\r\n\r\n", R"("")"},
      {"$-1\r\n", "nil"},
      {"*-1\r\n", "nil"},
      {"*2\r\n:1\r\n*0\r\n", "[:1 []]"},
      {"_\r\n", "null"},
      {"#t\r\n", "#t"},
      {",1.5\r\n", ",1.5"},
      {"(123456789012345678901234567890\r\n", "(123456789012345678901234567890"},
      {"=7\r\ntxt:abc\r\n", "=txt:abc"},
      {"%1\r\n+k\r\n:1\r\n", "{+k :1}"},
      {"~1\r\n:1\r\n", "~[:1]"},
      {">2\r\n+a\r\n+b\r\n", ">[+a +b]"},
  };
  for (const auto& [bytes, text] : kTable) {
    const ParsedReply parsed = parse_reply(bytes);
    REQUIRE(parsed.state == State::complete);
    REQUIRE(parsed.used == bytes.size());
    REQUIRE(to_text(parsed.reply) == text);
  }
}

TEST_CASE("A reply that is cut off anywhere is incomplete") {
  const std::string_view whole = "*3\r\n$5\r\nhello\r\n%1\r\n+k\r\n:12\r\n#t\r\n";
  for (size_t length = 0; length < whole.size(); ++length)
    REQUIRE(parse_reply(whole.substr(0, length)).state == State::incomplete);
  REQUIRE(parse_reply(std::string(whole) + "+more\r\n").used == whole.size());
}

TEST_CASE("What is no reply is malformed") {
  for (const std::string_view bytes :
       {"OK\r\n", ":x\r\n", ":01\r\n", "$-2\r\n", "$x\r\n", "$2\r\nabc\r\n", "*-2\r\n", "#y\r\n", "_x\r\n",
        ",\r\n", "+a\rb\r\n", "*99999999999\r\n", "?"})
    REQUIRE(parse_reply(bytes).state == State::malformed);
  std::string deep;
  for (int i = 0; i <= kMaxReplyDepth; ++i) deep += "*1\r\n";
  REQUIRE(parse_reply(deep + ":1\r\n").state == State::malformed);
}
