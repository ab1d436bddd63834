// Every string command through hiredis, with valid and invalid arguments.
#include <catch2/catch.hpp>

#include "integration/support/exchange.h"
#include "integration/support/sync_client.h"
#include "support/server_process.h"

namespace redpoll::testing {

TEST_CASE("SET takes every option and refuses what contradicts") {
  ServerProcess server;
  SyncClient client(server.port());
  static constexpr Exchange kTable[] = {
      {"SET k v", "+OK"},
      {"GET k", R"("v")"},
      {R"(SET k "a b\x00c\r\n")", "+OK"},
      {"GET k", R"("a b\x00c\r\n")"},
      {R"(SET "\x00\xff" binary)", "+OK"},
      {R"(GET "\x00\xff")", R"("binary")"},
      {R"(SET "" empty)", "+OK"},
      {R"(GET "")", R"("empty")"},
      {"SET k v NX", "nil"},
      {"SET new v nx", "+OK"},
      {"SET missing v XX", "nil"},
      {"SET k w XX", "+OK"},
      {"GET missing", "nil"},
      {"SET k x GET", R"("w")"},
      {"SET other x GET", "nil"},
      {"SET other2 x NX GET", "nil"},
      {"GET other2", R"("x")"},
      {"SET k y XX GET", R"("x")"},
      {"SET k v EX 100", "+OK"},
      {"TTL k", ":100"},
      {"SET k w KEEPTTL", "+OK"},
      {"TTL k", ":100"},
      {"SET k w", "+OK"},
      {"TTL k", ":-1"},
      {"SET k v PX 100000", "+OK"},
      {"TTL k", ":100"},
      {"SET k v EXAT 4102444800", "+OK"},
      {"EXPIRETIME k", ":4102444800"},
      {"SET k v PXAT 4102444800123", "+OK"},
      {"PEXPIRETIME k", ":4102444800123"},
      {"SET k v EXAT 1", "+OK"},
      {"EXISTS k", ":0"},
      {"SET k", "-ERR wrong number of arguments for 'set' command"},
      {"SET k v NX XX", "-ERR syntax error"},
      {"SET k v EX", "-ERR syntax error"},
      {"SET k v EX 0", "-ERR invalid expire time in 'set' command"},
      {"SET k v EX -1", "-ERR invalid expire time in 'set' command"},
      {"SET k v PX 0", "-ERR invalid expire time in 'set' command"},
      {"SET k v EX abc", "-ERR value is not an integer or out of range"},
      {"SET k v EX 9223372036854775807", "-ERR invalid expire time in 'set' command"},
      {"SET k v EX 10 PX 10", "-ERR syntax error"},
      {"SET k v EX 10 KEEPTTL", "-ERR syntax error"},
      {"SET k v BAD", "-ERR syntax error"},
      {"SET k v EX 10 EXAT 10", "-ERR syntax error"},
      {"SET k v PXAT -5", "-ERR invalid expire time in 'set' command"},
      {"EXISTS k", ":0"},
  };
  REQUIRE(differences(client, kTable) == kNone);
}

TEST_CASE("Reading commands answer with values or nil") {
  ServerProcess server;
  SyncClient client(server.port());
  static constexpr Exchange kTable[] = {
      {"SET k value", "+OK"},
      {"GET k", R"("value")"},
      {"GET missing", "nil"},
      {"GET", "-ERR wrong number of arguments for 'get' command"},
      {"GET k k", "-ERR wrong number of arguments for 'get' command"},
      {"STRLEN k", ":5"},
      {"STRLEN missing", ":0"},
      {"STRLEN", "-ERR wrong number of arguments for 'strlen' command"},
      {"MGET k missing k", R"(["value" nil "value"])"},
      {"MGET", "-ERR wrong number of arguments for 'mget' command"},
      {"GETRANGE k 0 -1", R"("value")"},
      {"GETRANGE k 1 3", R"("alu")"},
      {"GETRANGE k -3 -1", R"("lue")"},
      {"GETRANGE k 10 20", R"("")"},
      {"GETRANGE k 3 1", R"("")"},
      {"GETRANGE k a 1", "-ERR value is not an integer or out of range"},
      {"GETRANGE k 0", "-ERR wrong number of arguments for 'getrange' command"},
      {"GETRANGE missing 0 -1", R"("")"},
      {"GETRANGE k -100 2", R"("val")"},
      {"GETRANGE k 0 9223372036854775807", R"("value")"},
      {"GETRANGE k 0 9223372036854775808", "-ERR value is not an integer or out of range"},
      {"SUBSTR k 0 2", R"("val")"},
      {"SUBSTR k 0", "-ERR wrong number of arguments for 'substr' command"},
      {"GETDEL k", R"("value")"},
      {"GETDEL k", "nil"},
      {"GETDEL", "-ERR wrong number of arguments for 'getdel' command"},
      {"SET k v EX 100", "+OK"},
      {"GETEX k", R"("v")"},
      {"TTL k", ":100"},
      {"GETEX k PERSIST", R"("v")"},
      {"TTL k", ":-1"},
      {"GETEX k EX 50", R"("v")"},
      {"TTL k", ":50"},
      {"GETEX k PXAT 4102444800123", R"("v")"},
      {"PEXPIRETIME k", ":4102444800123"},
      {"GETEX k EXAT 4102444800", R"("v")"},
      {"EXPIRETIME k", ":4102444800"},
      {"GETEX k PX 5000 PERSIST", "-ERR syntax error"},
      {"GETEX k EX 0", "-ERR invalid expire time in 'getex' command"},
      {"GETEX k EX", "-ERR syntax error"},
      {"GETEX k KEEPTTL", "-ERR syntax error"},
      {"GETEX missing EX 10", "nil"},
      {"GETEX k EXAT 1", R"("v")"},
      {"EXISTS k", ":0"},
      {"GETSET k first", "nil"},
      {"GETSET k second", R"("first")"},
      {"GET k", R"("second")"},
      {"GETSET k", "-ERR wrong number of arguments for 'getset' command"},
  };
  REQUIRE(differences(client, kTable) == kNone);
}

TEST_CASE("Writing commands of strings") {
  ServerProcess server;
  SyncClient client(server.port());
  static constexpr Exchange kTable[] = {
      {"SETNX k v", ":1"},
      {"SETNX k w", ":0"},
      {"SETNX k", "-ERR wrong number of arguments for 'setnx' command"},
      {"SETEX k 100 v", "+OK"},
      {"TTL k", ":100"},
      {"SETEX k 0 v", "-ERR invalid expire time in 'setex' command"},
      {"SETEX k -1 v", "-ERR invalid expire time in 'setex' command"},
      {"SETEX k abc v", "-ERR value is not an integer or out of range"},
      {"SETEX k 100", "-ERR wrong number of arguments for 'setex' command"},
      {"SETEX k 9223372036854775807 v", "-ERR invalid expire time in 'setex' command"},
      {"PSETEX k 100000 v", "+OK"},
      {"TTL k", ":100"},
      {"PSETEX k 0 v", "-ERR invalid expire time in 'psetex' command"},
      {"PSETEX k x v", "-ERR value is not an integer or out of range"},
      {"MSET a 1 b 2", "+OK"},
      {"MGET a b", R"(["1" "2"])"},
      {"MSET a", "-ERR wrong number of arguments for 'mset' command"},
      {"MSET a 1 b", "-ERR wrong number of arguments for 'mset' command"},
      {"MSETNX a 3 c 4", ":0"},
      {"EXISTS c", ":0"},
      {"MSETNX c 4 d 5", ":1"},
      {"MGET c d", R"(["4" "5"])"},
      {"MSETNX c", "-ERR wrong number of arguments for 'msetnx' command"},
      {"APPEND log one", ":3"},
      {"APPEND log two", ":6"},
      {"GET log", R"("onetwo")"},
      {"APPEND log", "-ERR wrong number of arguments for 'append' command"},
      {"SETRANGE log 3 THREE", ":8"},
      {"GET log", R"("oneTHREE")"},
      {"SETRANGE hole 3 x", ":4"},
      {"GET hole", R"("\x00\x00\x00x")"},
      {R"(SETRANGE missing 0 "")", ":0"},
      {"EXISTS missing", ":0"},
      {"SETRANGE log -1 x", "-ERR offset is out of range"},
      {"SETRANGE log abc x", "-ERR value is not an integer or out of range"},
      {"SETRANGE log 536870912 x", "-ERR string exceeds maximum allowed size (proto-max-bulk-len)"},
      {"SETRANGE log 1", "-ERR wrong number of arguments for 'setrange' command"},
  };
  REQUIRE(differences(client, kTable) == kNone);
}

TEST_CASE("Counters count, refuse what is no number, and do not overflow") {
  ServerProcess server;
  SyncClient client(server.port());
  static constexpr Exchange kTable[] = {
      {"INCR n", ":1"},
      {"INCR n", ":2"},
      {"DECR n", ":1"},
      {"INCRBY n 10", ":11"},
      {"DECRBY n 20", ":-9"},
      {"GET n", R"("-9")"},
      {"OBJECT ENCODING n", R"("int")"},
      {"INCRBY n abc", "-ERR value is not an integer or out of range"},
      {"INCRBY n", "-ERR wrong number of arguments for 'incrby' command"},
      {"INCRBY n 1.5", "-ERR value is not an integer or out of range"},
      {"INCRBY n 9223372036854775808", "-ERR value is not an integer or out of range"},
      {"DECRBY n -9223372036854775808", "-ERR decrement would overflow"},
      {"SET n 9223372036854775807", "+OK"},
      {"INCR n", "-ERR increment or decrement would overflow"},
      {"GET n", R"("9223372036854775807")"},
      {"INCRBY n -1", ":9223372036854775806"},
      {"SET n -9223372036854775808", "+OK"},
      {"DECR n", "-ERR increment or decrement would overflow"},
      {"DECRBY n 1", "-ERR increment or decrement would overflow"},
      {"SET n 01", "+OK"},
      {"INCR n", "-ERR value is not an integer or out of range"},
      {R"(SET n " 1")", "+OK"},
      {"INCR n", "-ERR value is not an integer or out of range"},
      {R"(SET n "")", "+OK"},
      {"INCR n", "-ERR value is not an integer or out of range"},
      {"SET n abc", "+OK"},
      {"INCR n", "-ERR value is not an integer or out of range"},
      {"INCR", "-ERR wrong number of arguments for 'incr' command"},
      {"INCR n 1", "-ERR wrong number of arguments for 'incr' command"},
      {"INCRBYFLOAT f 10.5", R"("10.5")"},
      {"INCRBYFLOAT f 0.1", R"("10.6")"},
      {"INCRBYFLOAT f -5", R"("5.6")"},
      {"INCRBYFLOAT f 5.0e3", R"("5005.60000000000000009")"},
      {"INCRBYFLOAT f abc", "-ERR value is not a valid float"},
      {"INCRBYFLOAT f inf", "-ERR increment would produce NaN or Infinity"},
      {"INCRBYFLOAT f nan", "-ERR value is not a valid float"},
      {"INCRBYFLOAT f", "-ERR wrong number of arguments for 'incrbyfloat' command"},
      {"SET f 3.0", "+OK"},
      {"INCRBYFLOAT f 1", R"("4")"},
      {"SET f x", "+OK"},
      {"INCRBYFLOAT f 1", "-ERR value is not a valid float"},
  };
  REQUIRE(differences(client, kTable) == kNone);
}

TEST_CASE("LCS finds the longest common subsequence") {
  ServerProcess server;
  SyncClient client(server.port());
  static constexpr Exchange kTable[] = {
      {"MSET key1 ohmytext key2 mynewtext", "+OK"},
      {"LCS key1 key2", R"("mytext")"},
      {"LCS key1 key2 LEN", ":6"},
      {"LCS key1 key2 IDX", R"(["matches" [[[:4 :7] [:5 :8]] [[:2 :3] [:0 :1]]] "len" :6])"},
      {"LCS key1 key2 IDX MINMATCHLEN 4", R"(["matches" [[[:4 :7] [:5 :8]]] "len" :6])"},
      {"LCS key1 key2 IDX MINMATCHLEN 4 WITHMATCHLEN", R"(["matches" [[[:4 :7] [:5 :8] :4]] "len" :6])"},
      {"LCS key1 key2 IDX LEN", "-ERR If you want both the length and indexes, please just use IDX."},
      {"LCS key1 key2 MINMATCHLEN", "-ERR syntax error"},
      {"LCS key1 key2 MINMATCHLEN x", "-ERR value is not an integer or out of range"},
      {"LCS key1 key2 BAD", "-ERR syntax error"},
      {"LCS key1", "-ERR wrong number of arguments for 'lcs' command"},
      {"LCS key1 missing", R"("")"},
      {"LCS missing1 missing2 LEN", ":0"},
      {"LCS missing1 missing2 IDX", R"(["matches" [] "len" :0])"},
  };
  REQUIRE(differences(client, kTable) == kNone);
}

}  // namespace redpoll::testing
