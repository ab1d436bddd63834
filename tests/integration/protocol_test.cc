// The protocol at the level of bytes: what is accepted, and what every kind of broken input gets.
#include <algorithm>
#include <catch2/catch.hpp>

#include "integration/support/exchange.h"
#include "support/raw_client.h"
#include "support/server_process.h"

namespace redpoll::testing {

namespace {

std::string shown(const std::string& bytes) { return bytes.substr(0, 60); }

struct Stream {
  std::string sent;
  std::string answer;  // all of it, up to where the server closes the connection
};

// Sends each stream on a connection of its own that stays open on our side. What was answered otherwise.
std::vector<std::string> wrong_endings(uint16_t port, const std::vector<Stream>& streams) {
  std::vector<std::string> wrong;
  for (const auto& [sent, answer] : streams) {
    RawClient client(port);
    std::string got;
    try {
      client.send(sent);
      got = client.read_to_end();
    } catch (const std::exception& e) { got = e.what(); }
    if (got != answer) wrong.push_back(shown(sent) + " -> " + got);
  }
  return wrong;
}

}  // namespace

TEST_CASE("Inline requests are split at spaces with the quoting of redis-cli") {
  ServerProcess server;
  RawClient client(server.port());
  client.send("SET key \"a b\\x41\\n\"\r\nGET key\r\n  GET   key  \n");
  REQUIRE(client.read_exactly(5 + 2 * 11) == "+OK\r\n$5\r\na bA\n\r\n$5\r\na bA\n\r\n");
  client.send("SET 'single q' 'it\\'s'\r\nGET 'single q'\r\n");
  REQUIRE(client.read_exactly(5 + 10) == "+OK\r\n$4\r\nit's\r\n");
  client.send("\r\n\r\n\nPING\r\n");
  REQUIRE(client.read_exactly(7) == "+PONG\r\n");
  client.send("ECHO \"\"\r\n");
  REQUIRE(client.read_exactly(6) == "$0\r\n\r\n");
}

TEST_CASE("A request may arrive one byte at a time") {
  ServerProcess server;
  RawClient client(server.port());
  const std::string bytes = encode({"SET", "key", "value"}) + encode({"GET", "key"}) + "PING inline\r\n";
  for (const char byte : bytes) client.send({&byte, 1});
  REQUIRE(client.read_exactly(5 + 11 + 12) == "+OK\r\n$5\r\nvalue\r\n$6\r\ninline\r\n");
}

TEST_CASE("Keys and values hold any byte") {
  ServerProcess server;
  RawClient client(server.port());
  std::string every_byte;
  for (int i = 0; i < 256; ++i) every_byte += static_cast<char>(i);
  const std::string key = every_byte + every_byte;
  REQUIRE(client.call({"SET", key, every_byte}) == "+OK");
  client.send(encode({"GET", key}));
  REQUIRE(client.read_exactly(6 + 256 + 2) == "$256\r\n" + every_byte + "\r\n");
  client.send(encode({"RANDOMKEY"}));
  REQUIRE(client.read_exactly(6 + 512 + 2) == "$512\r\n" + key + "\r\n");
  REQUIRE(client.call({"SET", std::string(1, '\0'), ""}) == "+OK");
  REQUIRE(client.call({"GET", std::string(1, '\0')}) == R"("")");
  REQUIRE(client.call({"DBSIZE"}) == ":2");
}

TEST_CASE("Empty and negative counts are skipped") {
  ServerProcess server;
  RawClient client(server.port());
  client.send("*0\r\n*-1\r\n*-10\r\n*1\r\n$4\r\nPING\r\n");
  REQUIRE(client.read_exactly(7) == "+PONG\r\n");
  REQUIRE(client.is_silent_for(milliseconds(50)));
}

TEST_CASE("Broken requests get the documented error and the connection is closed") {
  ServerProcess server;
  const std::string bulk_error = "-ERR Protocol error: invalid bulk length\r\n";
  const std::string count_error = "-ERR Protocol error: invalid multibulk length\r\n";
  const std::string digits(100'000, '1');
  const std::vector<Stream> streams = {
      {"*abc\r\n", count_error},
      {"*1x\r\n", count_error},
      {"*9223372036854775808\r\n", count_error},
      {"*2147483648\r\n", count_error},
      {"*\r\n", count_error},
      {"* 1\r\n", count_error},
      {"*1\r\n$abc\r\n", bulk_error},
      {"*1\r\n$-1\r\n", bulk_error},
      {"*1\r\n$\r\n", bulk_error},
      {"*1\r\n$+4\r\nPING\r\n", bulk_error},
      {"*1\r\n$536870913\r\n", bulk_error},
      {"*1\r\n$9223372036854775808\r\n", bulk_error},
      {"*1\r\nPING\r\n", "-ERR Protocol error: expected '$', got 'P'\r\n"},
      {"*1\r\n:1\r\n", "-ERR Protocol error: expected '$', got ':'\r\n"},
      {"SET \"unbalanced\r\n", "-ERR Protocol error: unbalanced quotes in request\r\n"},
      {"SET \"a\"b c\r\n", "-ERR Protocol error: unbalanced quotes in request\r\n"},
      {std::string(70'000, 'x'), "-ERR Protocol error: too big inline request\r\n"},
      {"*" + digits, "-ERR Protocol error: too big mbulk count string\r\n"},
      {"*1\r\n$" + digits, "-ERR Protocol error: too big bulk count string\r\n"},
      {"PING\r\n*x\r\nPING\r\n", "+PONG\r\n" + count_error},
  };
  REQUIRE(wrong_endings(server.port(), streams) == kNone);
  RawClient other(server.port());
  REQUIRE(other.run("PING") == "+PONG");
  REQUIRE(server.stop() == Exit{0});
}

TEST_CASE("Requests are smaller before authentication") {
  ServerProcess server({"--requirepass", "secret"});
  const std::vector<Stream> streams = {
      {"*11\r\n", "-ERR Protocol error: unauthenticated multibulk length\r\n"},
      {"*1\r\n$16385\r\n", "-ERR Protocol error: unauthenticated bulk length\r\n"},
  };
  REQUIRE(wrong_endings(server.port(), streams) == kNone);
  RawClient client(server.port());
  REQUIRE(client.call({"SET", "k", std::string(16'384, 'v')}) == "-NOAUTH Authentication required.");
  REQUIRE(client.run("AUTH secret") == "+OK");
  REQUIRE(client.call({"SET", "k", std::string(16'385, 'v')}) == "+OK");
  REQUIRE(client.run("EXISTS a b c d e f g h i j k") == ":1");
}

TEST_CASE("HTTP requests are dropped and logged as an attack") {
  ServerProcess server;
  const std::vector<Stream> streams = {
      {"POST / HTTP/1.1\r\nHost: localhost\r\n\r\nSET k v\r\n", ""},
      {"Host: localhost\r\nSET k v\r\n", ""},
      {"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", ""},
  };
  REQUIRE(wrong_endings(server.port(), streams) == kNone);
  RawClient other(server.port());
  REQUIRE(other.run("EXISTS k") == ":0");
  REQUIRE(server.logs("Possible SECURITY ATTACK detected."));
}

TEST_CASE("A truncated request is forgotten when its client leaves") {
  ServerProcess server;
  const std::string whole = encode({"SET", "key", "value"});
  for (size_t length = 0; length < whole.size(); ++length) {
    RawClient client(server.port());
    client.send(whole.substr(0, length));
    client.finish_sending();
    REQUIRE(client.is_closed());
  }
  RawClient client(server.port());
  REQUIRE(client.run("DBSIZE") == ":0");
  REQUIRE(client.run("CLIENT LIST").find("id=") == client.run("CLIENT LIST").rfind("id="));
}

TEST_CASE("A client that stops sending gets all its replies") {
  if (!testing_redpoll()) return;  // Redis drops what the socket does not take at once
  ServerProcess server;
  RawClient client(server.port());
  constexpr size_t kValue = 100'000;
  constexpr size_t kGets = 200;
  std::string requests = encode({"SET", "big", std::string(kValue, 'v')});
  for (size_t i = 0; i < kGets; ++i) requests += encode({"GET", "big"});
  client.send(requests);
  client.finish_sending();
  REQUIRE(client.read_to_end().size() == 5 + kGets * (kValue + 11));
}

TEST_CASE("QUIT closes the connection after its reply and drops what follows") {
  ServerProcess server;
  RawClient client(server.port());
  client.send("SET k v\r\nQUIT\r\nSET k w\r\n");
  REQUIRE(client.read_to_end() == "+OK\r\n+OK\r\n");
  RawClient other(server.port());
  REQUIRE(other.run("GET k") == R"("v")");
}

}  // namespace redpoll::testing
