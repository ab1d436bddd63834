// RESP3: the replies that differ from RESP2.
#include <catch2/catch.hpp>

#include "integration/support/exchange.h"
#include "support/raw_client.h"
#include "support/server_process.h"

namespace redpoll::testing {

TEST_CASE("RESP3 replies have their types") {
  ServerProcess server({"--enable-debug-command", "yes"});
  RawClient client(server.port());
  static constexpr Exchange kTable[] = {
      {"HELLO 3",
       R"(~{"server" "redis" "version" "*" "proto" :3 "id" :* "mode" "standalone" "role" "master" "modules" *)"},
      {"GET missing", "null"},
      {"SET k v", "+OK"},
      {"SET k v NX", "null"},
      {"MGET k missing", R"(["v" null])"},
      {"GETDEL missing", "null"},
      {"GETEX missing", "null"},
      {"RANDOMKEY", R"("k")"},
      {"CONFIG GET timeout", R"({"timeout" "0"})"},
      {"CONFIG GET nothing", "{}"},
      {"CLIENT GETNAME", "null"},
      {"CLIENT SETNAME conn", "+OK"},
      {"CLIENT GETNAME", R"("conn")"},
      {"CLIENT INFO", "~=txt:id=* name=conn *cmd=client|info *resp=3*"},
      {"CLIENT LIST ID 99999", "=txt:"},
      {"INFO keyspace", "~=txt:# Keyspace*"},
      {"COMMAND INFO get",
       R"([["get" :2 ~[+readonly +fast] :1 :1 :1 ~[+@read +@string +@fast] ~[] ~[{"flags" ~[+RO +access] "begin_search" {"type" "index" "spec" {"index" :1}} "find_keys" {"type" "range" "spec" {"lastkey" :0 "keystep" :1 "limit" :0}}}] ~[]]])"},
      {"COMMAND INFO nonsense", "[null]"},
      {"COMMAND DOCS nonsense", "{}"},
      {"COMMAND DOCS strlen",
       R"(~{"strlen" {"summary" "*" "since" "2.2.0" "group" "string" "complexity" "O(1)*" "arguments" \[{"name" "key" "type" "key" "key_spec_index" :0}]}})"},
      {"LCS k k IDX", R"({"matches" [[[:0 :0] [:0 :0]]] "len" :1})"},
      {"LCS k k IDX WITHMATCHLEN", R"({"matches" [[[:0 :0] [:0 :0] :1]] "len" :1})"},
      {"DEBUG PROTOCOL string", R"("Hello World")"},
      {"DEBUG PROTOCOL integer", ":12345"},
      {"DEBUG PROTOCOL double", ",3.141"},
      {"DEBUG PROTOCOL null", "null"},
      {"DEBUG PROTOCOL array", "[:0 :1 :2]"},
      {"DEBUG PROTOCOL set", "~[:0 :1 :2]"},
      {"DEBUG PROTOCOL map", "{:0 #f :1 #t :2 #f}"},
      {"DEBUG PROTOCOL verbatim", "~=txt:*"},
      {"DEBUG PROTOCOL true", "#t"},
      {"DEBUG PROTOCOL false", "#f"},
      {"DEBUG PROTOCOL bignum", "(1234567999999999999999999999999999999"},
      {"OBJECT FREQ k",
       "-ERR An LFU maxmemory policy is not selected, access frequency not tracked. Please note that when "
       "switching between policies at runtime LRU and LFU data will take some time to adjust."},
      {"OBJECT ENCODING missing", "null"},
      {"SCAN 0", R"(["0" ["k"]])"},
      {"TIME x", "-ERR wrong number of arguments for 'time' command"},
      {"LOLWUT VERSION", "~=txt:*ver. *"},
      {"SLOWLOG GET", "[]"},
      {"PING", "+PONG"},
      {"GET", "-ERR wrong number of arguments for 'get' command"},
      {"RESET", "+RESET"},
      {"GET missing", "nil"},
  };
  REQUIRE(differences(client, kTable) == kNone);
}

}  // namespace redpoll::testing
