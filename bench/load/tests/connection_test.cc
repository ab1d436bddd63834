#include "bench/load/connection.h"

#include <sys/socket.h>

#include <array>
#include <catch2/catch.hpp>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace redpoll::load {

namespace {

// A connection whose server is the test: what it sends is at the other end, what it gets is what the test
// writes.
class Peer {
 public:
  Peer(const char* request, const char* reply, size_t pipeline = 1)
      : script(
            *Script::compile(std::vector<Step>{{request, reply}}, {.value_bytes = 3, .pipeline = pipeline})) {
    int ends[2];
    REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0);
    far_ = net::Fd(ends[1]);
    connection.emplace(net::Fd(ends[0]), 0);
  }

  void send(size_t count) { connection->send(script, count); }
  size_t answer(std::string_view bytes) {
    REQUIRE(::send(far_.get(), bytes.data(), bytes.size(), 0) == static_cast<ssize_t>(bytes.size()));
    return receive();
  }
  size_t receive() { return connection->receive(script, buffer, tally); }
  void close() { far_.reset(); }

  Script script;
  std::optional<Connection> connection;
  std::array<char, 16> buffer{};
  Tally tally;

 private:
  net::Fd far_;
};

}  // namespace

TEST_CASE("replies are counted however they are cut") {
  const std::string replies = "$3\r\nabc\r\n$-1\r\n-ERR no\r\n$3\r\nabc\r\n";
  for (size_t cut = 1; cut < replies.size(); ++cut) {
    Peer peer("GET a", "bulk:{value}|null", 4);
    peer.send(4);
    const size_t first = peer.answer(replies.substr(0, cut));
    REQUIRE(first + peer.connection->outstanding() == 4);
    REQUIRE(first + peer.answer(replies.substr(cut)) == 4);
    REQUIRE(peer.tally.replies == 4);
    REQUIRE(peer.tally.nulls == 1);
    REQUIRE(peer.tally.errors == 1);
    REQUIRE(peer.tally.first_error == "ERR no");
  }
}

TEST_CASE("replies that arrive byte by byte are counted once") {
  Peer peer("GET a", "array:2:3", 2);
  peer.send(2);
  size_t completed = 0;
  for (const char c : std::string("*2\r\n$3\r\nabc\r\n$3\r\nabc\r\n*2\r\n$3\r\nabc\r\n$3\r\nabc\r\n")) {
    completed += peer.answer({&c, 1});
  }
  REQUIRE(completed == 2);
  REQUIRE(peer.connection->outstanding() == 0);
}

TEST_CASE("a wrong server is noticed") {
  for (const char* reply :
       {"+OK\r\n", "$4\r\nabcd\r\n", ":1\r\n", "$3\r\nabcdef", "$-1\r\n", "$3\r\nabc\r\n$3\r\nabc\r\n"}) {
    CAPTURE(reply);
    Peer peer("GET a", "bulk:3");
    peer.send(1);
    REQUIRE_THROWS_AS(peer.answer(reply), std::runtime_error);
  }
}

TEST_CASE("a closed connection is noticed") {
  Peer peer("PING", "status:PONG");
  peer.send(1);
  peer.close();
  REQUIRE_THROWS_AS(peer.receive(), std::runtime_error);
}

TEST_CASE("a short batch leaves the next one where it can be sent in one piece") {
  Peer peer("PING", "status:PONG", 4);
  for (const size_t count : {3u, 4u, 1u, 4u}) {
    peer.send(count);
    std::string replies;
    for (size_t i = 0; i < count; ++i) replies += "+PONG\r\n";
    REQUIRE(peer.answer(replies) == count);
  }
}

}  // namespace redpoll::load
