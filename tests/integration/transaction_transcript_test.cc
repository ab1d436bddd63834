// Replays transactions.txt, a transcript of what Redis answers to transactions and WATCH.
#include <algorithm>
#include <catch2/catch.hpp>
#include <chrono>
#include <fstream>
#include <map>
#include <string>
#include <thread>

#include "support/raw_client.h"
#include "support/server_process.h"

namespace redpoll::testing {

TEST_CASE("Every reply of the transcript of transactions is given to the byte") {
  std::ifstream in(REDPOLL_SOURCE_DIR "/tests/integration/transactions.txt");
  REQUIRE(in);
  ServerProcess server({"--enable-debug-command", "yes"});
  std::map<std::string, RawClient> clients;
  size_t replies = 0;
  std::string line, request;
  while (std::getline(in, line)) {
    if (line.empty() || line[0] == '#') continue;
    const size_t mark = line.find_first_of("<>");
    REQUIRE(mark != std::string::npos);
    const std::string name = line.substr(0, mark), text = line.substr(mark + 2);
    if (line[mark] == '>' && text.starts_with("sleep ")) {
      // Time has to pass on the server's own clock: a key expires meanwhile.
      std::this_thread::sleep_for(std::chrono::duration<double>(std::stod(text.substr(6))));
      continue;
    }
    const auto found = clients.find(name);
    RawClient& client =
        found != clients.end() ? found->second : clients.emplace(name, server.port()).first->second;
    if (found == clients.end() && name.starts_with('3')) client.call({"HELLO", "3"});
    INFO("line: " << line << ", request: " << request);
    if (line[mark] == '>') {
      request = text;
      client.send(encode(words_of(text)));
    } else if (text == "(closed)") {
      REQUIRE(client.is_closed());
      clients.erase(name);
    } else {
      std::string expected;
      for (const char c : text) c == '|' ? expected.append("\r\n") : expected.append(1, c);
      expected += "\r\n";
      CHECK(client.read_exactly(expected.size()) == expected);
      ++replies;
    }
  }
  REQUIRE(replies > 200);
}

}  // namespace redpoll::testing
