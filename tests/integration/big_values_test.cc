// Values of half a gigabyte, and big ones that wait.
#include <catch2/catch.hpp>

#include "integration/support/sync_client.h"
#include "support/raw_client.h"
#include "support/server_process.h"

namespace redpoll::testing {

namespace {

constexpr size_t kMiB = 1024 * 1024;

}  // namespace

TEST_CASE("A value of 512 MB is stored and read and its memory comes back") {
  const size_t size = sanitized() ? 64 * kMiB : 512 * kMiB;
  ServerProcess server;
  RawClient client(server.port());
  SyncClient observer(server.port());
  const size_t resident_before = server.resident_bytes();
  const std::string part(kMiB, 'v');
  client.send("*3\r\n$3\r\nSET\r\n$3\r\nbig\r\n$" + std::to_string(size) + "\r\n");
  for (size_t sent = 0; sent < size; sent += kMiB) client.send(part);
  client.send("\r\n");
  REQUIRE(client.reply() == "+OK");
  REQUIRE(observer.run("STRLEN big") == ":" + std::to_string(size));
  client.send("GET big\r\n");
  const std::string header = "$" + std::to_string(size) + "\r\n";
  REQUIRE(client.read_exactly(header.size()) == header);
  for (size_t got = 0; got < size; got += kMiB) {
    if (client.read_exactly(kMiB) != part) FAIL("the value differs near byte " << got);
  }
  REQUIRE(client.read_exactly(2) == "\r\n");
  // One copy of the value, not one for each of query, value and reply.
  if (!sanitized() && testing_redpoll()) {
    REQUIRE(server.resident_bytes() < resident_before + size + 64 * kMiB);
  }
  REQUIRE(observer.run("DEL big") == ":1");
  if (!sanitized()) {
    REQUIRE(wait_until([&] { return server.resident_bytes() < resident_before + 32 * kMiB; }));
  }
  REQUIRE(wait_until([&] { return std::stoull(observer.info("used_memory")) < 8 * kMiB; }));
}

TEST_CASE("An announced big value takes memory only as it arrives") {
  ServerProcess server;
  SyncClient observer(server.port());
  RawClient client(server.port());
  const size_t resident_before = server.resident_bytes();
  client.send("*3\r\n$3\r\nSET\r\n$3\r\nbig\r\n$" + std::to_string(512 * kMiB) + "\r\nstart");
  REQUIRE(observer.run("PING") == "+PONG");
  if (!sanitized()) REQUIRE(server.resident_bytes() < resident_before + 16 * kMiB);
  client.reset();
  REQUIRE(wait_until([&] { return std::stoull(observer.info("used_memory")) < 8 * kMiB; }));
  REQUIRE(observer.run("EXISTS big") == ":0");
}

TEST_CASE("Others are served while a big value arrives") {
  ServerProcess server;
  RawClient big(server.port());
  SyncClient other(server.port());
  const std::string part(kMiB, 'v');
  big.send("*3\r\n$3\r\nSET\r\n$3\r\nbig\r\n$" + std::to_string(64 * kMiB) + "\r\n");
  for (int i = 0; i < 64; ++i) {
    big.send(part);
    REQUIRE(other.run("PING") == "+PONG");
  }
  REQUIRE(other.run("EXISTS big") == ":0");
  big.send("\r\n");
  REQUIRE(big.reply() == "+OK");
  REQUIRE(other.run("STRLEN big") == ":67108864");
}

TEST_CASE("Big writes wait through CLIENT PAUSE and are run afterwards") {
  ServerProcess server;
  SyncClient admin(server.port());
  RawClient writer(server.port());
  RawClient reader(server.port());
  REQUIRE(writer.run("PING") == "+PONG");
  REQUIRE(admin.run("CLIENT PAUSE 100000 WRITE") == "+OK");
  const std::string value(8 * kMiB, 'v');
  writer.send(encode({"SET", "big", value}) + encode({"APPEND", "big", value}) + encode({"STRLEN", "big"}));
  REQUIRE(reader.run("EXISTS big") == ":0");
  REQUIRE(writer.is_silent_for(milliseconds(100)));
  REQUIRE(admin.run("CLIENT UNPAUSE") == "+OK");
  REQUIRE(writer.reply() == "+OK");
  REQUIRE(writer.reply() == ":16777216");
  REQUIRE(writer.reply() == ":16777216");
}

}  // namespace redpoll::testing
