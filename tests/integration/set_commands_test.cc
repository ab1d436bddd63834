// Every set command through hiredis, with valid and invalid arguments.
#include <catch2/catch.hpp>

#include "integration/support/exchange.h"
#include "integration/support/sync_client.h"
#include "support/raw_client.h"
#include "support/server_process.h"

namespace redpoll::testing {

TEST_CASE("Set members are added moved counted and removed") {
  ServerProcess server;
  SyncClient client(server.port());
  static constexpr Exchange kTable[] = {
      {"SADD s 1 2 2", ":2"},
      {"SADD s", "-ERR wrong number of arguments for 'sadd' command"},
      {"OBJECT ENCODING s", R"("intset")"},
      {R"(SADD s "\x00\xff" "")", ":2"},
      {"OBJECT ENCODING s", R"("listpack")"},
      {R"(SISMEMBER s "\x00\xff")", ":1"},
      {"SISMEMBER s 3", ":0"},
      {"SCARD s", ":4"},
      {R"(SREM s "" "\x00\xff" missing)", ":2"},
      {"SMOVE s t 1", ":1"},
      {"SMOVE s t 1", ":0"},
      {"SMOVE s s 2", ":1"},
      {"SUNIONSTORE u s t", ":2"},
      {"SINTERSTORE u s t", ":0"},
      {"EXISTS u", ":0"},
      {"SDIFFSTORE u s t", ":1"},
      {"SINTERCARD 2 s u LIMIT 1", ":1"},
      {"SINTERCARD 0 s", "-ERR numkeys should be greater than 0"},
      {"SPOP u", R"("2")"},
      {"SPOP u", "nil"},
      {"SPOP s -1", "-ERR value is out of range, must be positive"},
      {"SRANDMEMBER s", R"("2")"},
      {"SRANDMEMBER s x", "-ERR value is not an integer or out of range"},
      {"SSCAN s x", "-ERR invalid cursor"},
      {"SREM s 2", ":1"},
      {"EXISTS s", ":0"},
      {"SET str v", "+OK"},
      {"SMEMBERS str", "-WRONGTYPE Operation against a key holding the wrong kind of value"},
      {"SUNION t str", "-WRONGTYPE Operation against a key holding the wrong kind of value"},
      {"SADD str v", "-WRONGTYPE Operation against a key holding the wrong kind of value"},
  };
  REQUIRE(differences(client, kTable) == kNone);
}

TEST_CASE("A set outgrows its encodings and is served as before") {
  ServerProcess server;
  SyncClient client(server.port());
  constexpr int kMembers = 5'000;
  for (int i = 0; i < kMembers; ++i) client.run("SADD s " + std::to_string(i));
  REQUIRE(client.run("OBJECT ENCODING s") == R"("hashtable")");
  REQUIRE(client.run("SCARD s") == ":5000");
  REQUIRE(client.run("SUNIONSTORE copy s") == ":5000");
  REQUIRE(client.run("SINTERCARD 2 s copy") == ":5000");
  for (int i = 0; i < kMembers - 1; ++i) client.run("SREM s " + std::to_string(i));
  REQUIRE(client.run("SMEMBERS s") == R"(["4999"])");
}

TEST_CASE("Counts without end do not hold up the server after CLIENT REPLY OFF") {
  ServerProcess server;
  SyncClient client(server.port());
  client.run("SADD s a b");
  client.run("HSET h f v");
  RawClient mute(server.port());
  mute.send(
      "CLIENT REPLY OFF\r\nSRANDMEMBER s -9223372036854775807\r\nHRANDFIELD h -9223372036854775807\r\n");
  mute.send("CLIENT REPLY ON\r\n");
  REQUIRE(mute.reply() == "+OK");
  REQUIRE(client.run("PING") == "+PONG");
}

}  // namespace redpoll::testing
