// Replays hash_field_expiry.txt, a transcript of what a server with field expiry replies.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <fstream>
#include <optional>
#include <string>

#include "support/command_fixture.h"

namespace redpoll::testing {

namespace {

Words split(std::string_view line) {
  Words words;
  while (!line.empty()) {
    const size_t end = std::min(line.find(' '), line.size());
    words.emplace_back(line.substr(0, end));
    line.remove_prefix(std::min(end + 1, line.size()));
  }
  return words;
}

// The raw reply that a line stands for.
std::string raw(std::string_view line) {
  std::string reply;
  for (const char c : line) c == '|' ? reply.append("\r\n") : reply.append(1, c);
  return reply + "\r\n";
}

}  // namespace

TEST_CASE("Every reply of the transcript of field expiry is given to the byte") {
  std::ifstream in(REDPOLL_SOURCE_DIR "/tests/unit/cmd/hash_field_expiry.txt");
  REQUIRE(in);
  CommandFixture t;
  size_t replies = 0;
  std::string line, command;
  // Of the command above, until it has been compared.
  std::optional<std::string> reply;
  while (std::getline(in, line)) {
    INFO("line: " << line);
    if (line.empty() || line[0] == '#') continue;
    if (line.rfind("> ", 0) == 0) {
      REQUIRE_FALSE(reply);
      command = line.substr(2);
      const Words words = split(command);
      if (words[0] == "sleep") {
        t.advance_ms(std::llround(std::stod(words[1]) * 1000));
      } else {
        reply = t.run(words);
      }
      continue;
    }
    REQUIRE(line.rfind("< ", 0) == 0);
    REQUIRE(reply);
    INFO(command);
    CHECK(*reply == raw(line.substr(2)));
    reply.reset();
    ++replies;
  }
  REQUIRE_FALSE(reply);
  REQUIRE(replies == 105);
}

}  // namespace redpoll::testing
