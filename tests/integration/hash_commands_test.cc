// Every hash command through hiredis, with valid and invalid arguments.
#include <catch2/catch.hpp>

#include "integration/support/exchange.h"
#include "integration/support/sync_client.h"
#include "support/process.h"
#include "support/server_process.h"

namespace redpoll::testing {

TEST_CASE("Hash fields are set read counted and removed") {
  ServerProcess server;
  SyncClient client(server.port());
  static constexpr Exchange kTable[] = {
      {"HSET h a 1 b two", ":2"},
      {"HSET h a", "-ERR wrong number of arguments for 'hset' command"},
      {R"(HSET h "\x00\xff" "a b\r\n")", ":1"},
      {R"(HGET h "\x00\xff")", R"("a b\r\n")"},
      {R"(HSET h "" empty)", ":1"},
      {R"(HGET h "")", R"("empty")"},
      {R"(HDEL h "" "\x00\xff")", ":2"},
      {"HMSET h c 3", "+OK"},
      {"HSETNX h c 4", ":0"},
      {"HSETNX h d 4", ":1"},
      {"HGET h c", R"("3")"},
      {"HGET h missing", "nil"},
      {"HLEN h", ":4"},
      {"HSTRLEN h b", ":3"},
      {"HEXISTS h missing", ":0"},
      {"HINCRBY h a 41", ":42"},
      {"HINCRBY h b 1", "-ERR hash value is not an integer"},
      {"HINCRBYFLOAT h a 0.5", R"("42.5")"},
      {"HINCRBYFLOAT h b 1", "-ERR hash value is not a float"},
      {"HRANDFIELD missing", "nil"},
      {"HRANDFIELD h x", "-ERR value is not an integer or out of range"},
      {"HSCAN h x", "-ERR invalid cursor"},
      {"HDEL h a b c missing", ":3"},
      {"OBJECT ENCODING h", R"("listpack")"},
      {"HDEL h d", ":1"},
      {"EXISTS h", ":0"},
      {"SET s v", "+OK"},
      {"HGETALL s", "-WRONGTYPE Operation against a key holding the wrong kind of value"},
      {"HSET s f v", "-WRONGTYPE Operation against a key holding the wrong kind of value"},
  };
  REQUIRE(differences(client, kTable) == kNone);
}

TEST_CASE("Hash fields expire and the last one takes the key with it") {
  ServerProcess server;
  SyncClient client(server.port());
  static constexpr Exchange kTable[] = {
      {"HSETEX h EX 100 FIELDS 2 a 1 b 2", ":1"},
      {"OBJECT ENCODING h", R"("listpackex")"},
      {"HSETEX h FNX FIELDS 1 a 1", ":0"},
      {"EXISTS h", ":1"},
      {"HDEL h a b", ":2"},
      {"HSET h a 1", ":1"},
      {"HEXPIRE h 10", "-ERR wrong number of arguments for 'hexpire' command"},
      {"HPEXPIREAT h 1 FIELDS 2 a", "-ERR The `numfields` parameter must match the number of arguments"},
      {"HSETEX h FNX FXX FIELDS 1 a 1", "-ERR Only one of FXX or FNX arguments can be specified"},
  };
  REQUIRE(differences(client, kTable) == kNone);
  REQUIRE(client.run("HEXPIRE h 0 FIELDS 1 a") == "[:2]");
  REQUIRE(client.run("EXISTS h") == ":0");
}

TEST_CASE("Hash fields that nobody looks at expire by themselves") {
  ServerProcess server;
  SyncClient client(server.port());
  for (int i = 0; i < 1000; ++i) client.run("HSET h f" + std::to_string(i) + " v");
  for (int i = 0; i < 900; ++i) client.run("HPEXPIRE h 1 FIELDS 1 f" + std::to_string(i));
  // INFO does not look at keys.
  REQUIRE(wait_until([&] { return client.info("expired_subkeys") == "900"; }));
  REQUIRE(client.run("HLEN h") == ":100");
  REQUIRE(client.info("expired_keys") == "0");
  REQUIRE(client.info("db0") == "keys=1,expires=0,avg_ttl=0");
}

}  // namespace redpoll::testing
