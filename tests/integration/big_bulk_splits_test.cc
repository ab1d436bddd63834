// Big bulks whose bytes reach the server in other portions than header, payload, end.
#include <catch2/catch.hpp>

#include "integration/support/sync_client.h"
#include "support/raw_client.h"
#include "support/server_process.h"

namespace redpoll::testing {

namespace {

std::string bulk(const std::string& text) {
  return "$" + std::to_string(text.size()) + "\r\n" + text + "\r\n";
}
std::string set(const std::string& key, const std::string& value) {
  return "*3\r\n" + bulk("SET") + bulk(key) + bulk(value);
}

// A value that would be a request of its own, if its first bytes were taken for one.
std::string hostile_value(size_t size) {
  std::string value;
  while (value.size() < size) value += "*1\r\n$8\r\nFLUSHALL\r\n";
  value.resize(size);
  return value;
}

}  // namespace

TEST_CASE("A big value sent in one piece with its request is stored, and nothing in it is run") {
  ServerProcess server;
  RawClient client(server.port());
  SyncClient observer(server.port());
  REQUIRE(observer.run("SET witness here") == "+OK");
  for (const size_t size : {33'000u, 40'000u, 65'536u, 100'000u, 1'000'003u}) {
    const std::string value = hostile_value(size);
    client.send(set("big", value) + "PING\r\n");
    REQUIRE(client.reply() == "+OK");
    REQUIRE(client.reply() == "+PONG");
    client.send("*2\r\n" + bulk("GET") + bulk("big"));
    const std::string expected = bulk(value);
    REQUIRE(client.read_exactly(expected.size()) == expected);
  }
  REQUIRE(observer.run("EXISTS witness") == ":1");
}

TEST_CASE("Several big values in one request, and a pipeline of them, keep their order") {
  ServerProcess server;
  RawClient client(server.port());
  const std::string a(50'000, 'a'), b(70'000, '*'), c(33'333, '$');
  client.send("*7\r\n" + bulk("MSET") + bulk("a") + bulk(a) + bulk("b") + bulk(b) + bulk("a") + bulk(c) +
              set("d", b) + set("e", a) + "*3\r\n" + bulk("APPEND") + bulk("e") + bulk(c));
  REQUIRE(client.reply() == "+OK");
  REQUIRE(client.reply() == "+OK");
  REQUIRE(client.reply() == "+OK");
  REQUIRE(client.reply() == ":" + std::to_string(a.size() + c.size()));
  for (const auto& [key, value] : {std::pair{"a", c}, {"b", b}, {"d", b}, {"e", a + c}}) {
    client.send("*2\r\n" + bulk("GET") + bulk(key));
    REQUIRE(client.read_exactly(bulk(value).size()) == bulk(value));
  }
}

TEST_CASE("A value that a reply refers to can be changed before the reply is sent") {
  ServerProcess server;
  RawClient client(server.port());
  const std::string old(20'000, 'o'), more(15'000, 'm');
  client.send(set("k", old) + "APPEND k x\r\n");
  REQUIRE(client.reply() == "+OK");
  REQUIRE(client.reply() == ":20001");
  client.send("*2\r\n" + bulk("GET") + bulk("k") + "*3\r\n" + bulk("APPEND") + bulk("k") + bulk(more) +
              "FLUSHALL ASYNC\r\n");
  REQUIRE(client.read_exactly(bulk(old + "x").size()) == bulk(old + "x"));
  REQUIRE(client.reply() == ":35001");
  REQUIRE(client.reply() == "+OK");
}

TEST_CASE("A client that has not authenticated cannot pile up errors") {
  ServerProcess server({"--requirepass", "secret"});
  RawClient client(server.port());
  std::string requests;
  for (int i = 0; i < 20'000; ++i) requests += "GET x\r\n";
  RawClient admin(server.port());
  REQUIRE(admin.run("AUTH secret") == "+OK");
  const auto dropped = [&] {
    return admin.run("INFO stats").find("client_output_buffer_limit_disconnections:1") != std::string::npos;
  };
  // It reads nothing: what its socket does not take is held for it, but not for long.
  for (int i = 0; i < 100 && !dropped(); ++i) client.send_or_notice(requests);
  REQUIRE(wait_until(dropped));
}

}  // namespace redpoll::testing
