// Every command about keys, their expiry and the keyspace through hiredis, with valid and invalid arguments.
#include <catch2/catch.hpp>

#include "integration/support/exchange.h"
#include "integration/support/sync_client.h"
#include "support/server_process.h"

namespace redpoll::testing {

TEST_CASE("Keys are deleted counted touched and typed") {
  ServerProcess server;
  SyncClient client(server.port());
  static constexpr Exchange kTable[] = {
      {"MSET a 1 b 2 c 3", "+OK"},
      {"DEL a missing a", ":1"},
      {"DEL", "-ERR wrong number of arguments for 'del' command"},
      {"EXISTS a b b c", ":3"},
      {"EXISTS", "-ERR wrong number of arguments for 'exists' command"},
      {"UNLINK b missing", ":1"},
      {"UNLINK", "-ERR wrong number of arguments for 'unlink' command"},
      {"TOUCH c c missing", ":2"},
      {"TOUCH", "-ERR wrong number of arguments for 'touch' command"},
      {"TYPE c", "+string"},
      {"TYPE missing", "+none"},
      {"TYPE", "-ERR wrong number of arguments for 'type' command"},
      {"DBSIZE", ":1"},
      {"DBSIZE x", "-ERR wrong number of arguments for 'dbsize' command"},
      {"RANDOMKEY", R"("c")"},
      {"RANDOMKEY x", "-ERR wrong number of arguments for 'randomkey' command"},
      {"FLUSHDB", "+OK"},
      {"RANDOMKEY", "nil"},
      {"DBSIZE", ":0"},
      {"SET a 1", "+OK"},
      {"FLUSHALL ASYNC", "+OK"},
      {"DBSIZE", ":0"},
      {"SET a 1", "+OK"},
      {"FLUSHDB SYNC", "+OK"},
      {"FLUSHDB LATER", "-ERR syntax error"},
      {"FLUSHALL SYNC ASYNC", "-ERR syntax error"},
      {"FLUSHALL x", "-ERR syntax error"},
      {"DBSIZE", ":0"},
  };
  REQUIRE(differences(client, kTable) == kNone);
}

TEST_CASE("Keys are renamed moved copied and swapped") {
  ServerProcess server;
  SyncClient client(server.port());
  static constexpr Exchange kTable[] = {
      {"SET a 1 EX 100", "+OK"},
      {"RENAME a b", "+OK"},
      {"TTL b", ":100"},
      {"EXISTS a", ":0"},
      {"RENAME missing b", "-ERR no such key"},
      {"RENAME b b", "+OK"},
      {"RENAME b", "-ERR wrong number of arguments for 'rename' command"},
      {"SET c 3", "+OK"},
      {"RENAMENX b c", ":0"},
      {"RENAMENX b d", ":1"},
      {"RENAMENX missing d", "-ERR no such key"},
      {"RENAMENX b", "-ERR wrong number of arguments for 'renamenx' command"},
      {"COPY d e", ":1"},
      {"COPY d e", ":0"},
      {"COPY d c REPLACE", ":1"},
      {"GET c", R"("1")"},
      {"TTL c", ":100"},
      {"COPY d d", "-ERR source and destination objects are the same"},
      {"COPY missing x", ":0"},
      {"COPY d x DB 3", ":1"},
      {"COPY d x DB 99", "-ERR DB index is out of range"},
      {"COPY d x DB abc", "-ERR value is not an integer or out of range"},
      {"COPY d d DB 4", ":1"},
      {"COPY d x BAD", "-ERR syntax error"},
      {"COPY d", "-ERR wrong number of arguments for 'copy' command"},
      {"MOVE d 1", ":1"},
      {"MOVE d 1", ":0"},
      {"MOVE c 0", "-ERR source and destination objects are the same"},
      {"MOVE c 16", "-ERR DB index is out of range"},
      {"MOVE c -1", "-ERR DB index is out of range"},
      {"MOVE c abc", "-ERR value is not an integer or out of range"},
      {"MOVE c", "-ERR wrong number of arguments for 'move' command"},
      {"SELECT 1", "+OK"},
      {"KEYS *", R"(["d"])"},
      {"SET c other", "+OK"},
      {"SELECT 0", "+OK"},
      {"MOVE c 1", ":0"},
      {"SWAPDB 0 1", "+OK"},
      {"GET c", R"("other")"},
      {"SWAPDB 0 0", "+OK"},
      {"SWAPDB 0 16", "-ERR DB index is out of range"},
      {"SWAPDB 0 -1", "-ERR DB index is out of range"},
      {"SWAPDB a 1", "-ERR invalid first DB index"},
      {"SWAPDB 0 b", "-ERR invalid second DB index"},
      {"SWAPDB 0", "-ERR wrong number of arguments for 'swapdb' command"},
      {"SELECT 16", "-ERR DB index is out of range"},
      {"SELECT -1", "-ERR DB index is out of range"},
      {"SELECT abc", "-ERR value is not an integer or out of range"},
      {"SELECT", "-ERR wrong number of arguments for 'select' command"},
  };
  REQUIRE(differences(client, kTable) == kNone);
}

TEST_CASE("KEYS and SCAN find what matches") {
  ServerProcess server;
  SyncClient client(server.port());
  static constexpr Exchange kTable[] = {
      {"SET one 1", "+OK"},
      {"KEYS *", R"(["one"])"},
      {"KEYS o*e", R"(["one"])"},
      {"KEYS o?e", R"(["one"])"},
      {"KEYS [op]ne", R"(["one"])"},
      {"KEYS [^o]ne", "[]"},
      {R"(KEYS \*)", "[]"},
      {"KEYS missing", "[]"},
      {R"(KEYS "")", "[]"},
      {"KEYS", "-ERR wrong number of arguments for 'keys' command"},
      {"SCAN 0", R"(["0" ["one"]])"},
      {"SCAN 0 MATCH o*", R"(["0" ["one"]])"},
      {"SCAN 0 MATCH x*", R"(["0" []])"},
      {"SCAN 0 COUNT 100", R"(["0" ["one"]])"},
      {"SCAN 0 COUNT 0", "-ERR syntax error"},
      {"SCAN 0 COUNT -1", "-ERR syntax error"},
      {"SCAN 0 COUNT abc", "-ERR value is not an integer or out of range"},
      {"SCAN 0 TYPE string", R"(["0" ["one"]])"},
      {"SCAN 0 TYPE list", R"(["0" []])"},
      {"SCAN 0 TYPE nonsense", R"(["0" []])"},
      {"SCAN 0 MATCH * COUNT 10 TYPE STRING", R"(["0" ["one"]])"},
      {"SCAN abc", "-ERR invalid cursor"},
      {"SCAN -1", R"(~\["0" *)"},
      {"SCAN 0 MATCH", "-ERR syntax error"},
      {"SCAN 0 BAD", "-ERR syntax error"},
      {"SCAN", "-ERR wrong number of arguments for 'scan' command"},
      {"SCAN 18446744073709551616", "-ERR invalid cursor"},
  };
  REQUIRE(differences(client, kTable) == kNone);
}

TEST_CASE("OBJECT tells encodings and idle time") {
  ServerProcess server;
  SyncClient client(server.port());
  static constexpr Exchange kTable[] = {
      {"SET n 12345", "+OK"},
      {"SET e short", "+OK"},
      {"SET r aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "+OK"},
      {"OBJECT ENCODING n", R"("int")"},
      {"OBJECT ENCODING e", R"("embstr")"},
      {"OBJECT ENCODING r", R"("raw")"},
      {"APPEND e x", ":6"},
      {"OBJECT ENCODING e", R"("raw")"},
      {"OBJECT ENCODING missing", "nil"},
      {"OBJECT IDLETIME e", ":0"},
      {"OBJECT IDLETIME missing", "nil"},
      {"OBJECT FREQ e",
       "-ERR An LFU maxmemory policy is not selected, access frequency not tracked. Please note that when "
       "switching between policies at runtime LRU and LFU data will take some time to adjust."},
      {"OBJECT REFCOUNT e", ":1"},
      {"OBJECT REFCOUNT missing", "nil"},
      {"OBJECT ENCODING", "-ERR wrong number of arguments for 'object|encoding' command"},
      {"OBJECT", "-ERR wrong number of arguments for 'object' command"},
      {"OBJECT BAD e", "-ERR unknown subcommand 'BAD'. Try OBJECT HELP."},
      {"OBJECT ENCODING n extra", "-ERR wrong number of arguments for 'object|encoding' command"},
      {"OBJECT HELP", R"(~\[+OBJECT <subcommand> *ENCODING <key>*HELP*)"},
      {"CONFIG SET maxmemory-policy allkeys-lfu", "+OK"},
      {"OBJECT IDLETIME e",
       "-ERR An LFU maxmemory policy is selected, idle time not tracked. Please note that when switching "
       "between policies at runtime LRU and LFU data will take some time to adjust."},
      {"SET f text", "+OK"},
      {"OBJECT FREQ f", ":5"},
  };
  REQUIRE(differences(client, kTable) == kNone);
}

TEST_CASE("Keys get expiry times under conditions") {
  ServerProcess server;
  SyncClient client(server.port());
  static constexpr Exchange kTable[] = {
      {"SET k v", "+OK"},
      {"TTL k", ":-1"},
      {"PTTL k", ":-1"},
      {"TTL missing", ":-2"},
      {"PTTL missing", ":-2"},
      {"EXPIRETIME k", ":-1"},
      {"EXPIRETIME missing", ":-2"},
      {"PEXPIRETIME missing", ":-2"},
      {"EXPIRE k 100", ":1"},
      {"TTL k", ":100"},
      {"EXPIRE k 200 NX", ":0"},
      {"EXPIRE k 200 XX", ":1"},
      {"EXPIRE k 100 GT", ":0"},
      {"EXPIRE k 300 GT", ":1"},
      {"EXPIRE k 400 LT", ":0"},
      {"EXPIRE k 200 LT", ":1"},
      {"EXPIRE k 200 LT XX", ":0"},
      {"EXPIRE k 300 GT XX", ":1"},
      {"TTL k", ":300"},
      {"EXPIRE k 100 NX XX", "-ERR NX and XX, GT or LT options at the same time are not compatible"},
      {"EXPIRE k 100 NX GT", "-ERR NX and XX, GT or LT options at the same time are not compatible"},
      {"EXPIRE k 100 LT GT", "-ERR GT and LT options at the same time are not compatible"},
      {"EXPIRE k 100 BAD", "-ERR Unsupported option BAD"},
      {"EXPIRE k abc", "-ERR value is not an integer or out of range"},
      {"EXPIRE k 9223372036854775807", "-ERR invalid expire time in 'expire' command"},
      {"EXPIRE k -9223372036854775808", "-ERR invalid expire time in 'expire' command"},
      {"EXPIRE k", "-ERR wrong number of arguments for 'expire' command"},
      {"EXPIRE missing 10", ":0"},
      {"PERSIST k", ":1"},
      {"PERSIST k", ":0"},
      {"PERSIST missing", ":0"},
      {"PERSIST", "-ERR wrong number of arguments for 'persist' command"},
      {"EXPIRE k 100 GT", ":0"},
      {"EXPIRE k 100 LT", ":1"},
      {"PEXPIRE k 100000", ":1"},
      {"TTL k", ":100"},
      {"EXPIREAT k 4102444800", ":1"},
      {"EXPIRETIME k", ":4102444800"},
      {"PEXPIREAT k 4102444800123", ":1"},
      {"PEXPIRETIME k", ":4102444800123"},
      {"EXPIREAT k abc", "-ERR value is not an integer or out of range"},
      {"PEXPIREAT k 1.5", "-ERR value is not an integer or out of range"},
      {"PEXPIREAT k", "-ERR wrong number of arguments for 'pexpireat' command"},
      {"EXPIREAT k 1", ":1"},
      {"EXISTS k", ":0"},
      {"SET k v", "+OK"},
      {"EXPIRE k -1", ":1"},
      {"EXISTS k", ":0"},
      {"SET k v", "+OK"},
      {"PEXPIRE k 0", ":1"},
      {"EXISTS k", ":0"},
      {"TTL", "-ERR wrong number of arguments for 'ttl' command"},
      {"PTTL", "-ERR wrong number of arguments for 'pttl' command"},
      {"EXPIRETIME", "-ERR wrong number of arguments for 'expiretime' command"},
  };
  REQUIRE(differences(client, kTable) == kNone);
}

}  // namespace redpoll::testing
