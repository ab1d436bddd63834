// CONFIG, COMMAND, DEBUG, SLOWLOG and the other commands about the server, through hiredis.
#include <catch2/catch.hpp>

#include "integration/support/exchange.h"
#include "integration/support/sync_client.h"
#include "support/server_process.h"

namespace redpoll::testing {

TEST_CASE("CONFIG reads and writes parameters") {
  ServerProcess server;
  SyncClient client(server.port());
  static constexpr Exchange kTable[] = {
      {"CONFIG GET maxmemory", R"(["maxmemory" "0"])"},
      {"CONFIG GET MAXMEMORY", R"(["MAXMEMORY" "0"])"},
      {R"(CONFIG GET "hz" "port-nothing")", R"(["hz" "10"])"},
      {"CONFIG GET nothing", "[]"},
      {R"(CONFIG GET "proto-max-*")", R"(["proto-max-bulk-len" "536870912"])"},
      {R"(CONFIG GET "tcp-k*")", R"(["tcp-keepalive" "300"])"},
      {"CONFIG SET maxmemory 100mb", "+OK"},
      {"CONFIG GET maxmemory", R"(["maxmemory" "104857600"])"},
      {"CONFIG SET maxmemory 0", "+OK"},
      {"CONFIG SET timeout 10 tcp-keepalive 20", "+OK"},
      {"CONFIG GET tcp-keepalive", R"(["tcp-keepalive" "20"])"},
      {"CONFIG SET timeout 0 tcp-keepalive bad",
       "-ERR CONFIG SET failed (possibly related to argument 'tcp-keepalive') - argument couldn't be parsed "
       "into an integer"},
      {"CONFIG GET timeout", R"(["timeout" "10"])"},
      {"CONFIG SET timeout", "-ERR wrong number of arguments for 'config|set' command"},
      {"CONFIG SET timeout 1 timeout 2",
       "-ERR CONFIG SET failed (possibly related to argument 'timeout') - duplicate parameter"},
      {"CONFIG SET nothing 1", "-ERR Unknown option or number of arguments for CONFIG SET - 'nothing'"},
      {"CONFIG SET timeout 1 nothing 1",
       "-ERR Unknown option or number of arguments for CONFIG SET - 'nothing'"},
      {"CONFIG GET timeout", R"(["timeout" "10"])"},
      {"CONFIG SET timeout -1",
       "-ERR CONFIG SET failed (possibly related to argument 'timeout') - argument must be between 0 and "
       "2147483647 inclusive"},
      {"CONFIG SET maxmemory -1",
       "-ERR CONFIG SET failed (possibly related to argument 'maxmemory') - argument must be a memory value"},
      {"CONFIG SET maxmemory abc",
       "-ERR CONFIG SET failed (possibly related to argument 'maxmemory') - argument must be a memory value"},
      {"CONFIG SET databases 5",
       "-ERR CONFIG SET failed (possibly related to argument 'databases') - can't set immutable config"},
      {"CONFIG SET hz 9999", "+OK"},
      {"CONFIG GET hz", R"(["hz" "500"])"},
      {"CONFIG SET loglevel nonsense",
       "-ERR CONFIG SET failed (possibly related to argument 'loglevel') - argument(s) must be one of the "
       "following: debug, verbose, notice, warning"},
      {"CONFIG SET maxmemory-policy nonsense",
       "-ERR CONFIG SET failed (possibly related to argument 'maxmemory-policy') - argument(s) must be one "
       "of the following: volatile-lru, volatile-lfu, volatile-random, volatile-ttl, volatile-lrm, "
       "allkeys-lru, allkeys-lfu, allkeys-random, allkeys-lrm, noeviction"},
      {"CONFIG SET activerehashing maybe",
       "-ERR CONFIG SET failed (possibly related to argument 'activerehashing') - argument must be 'yes' or "
       "'no'"},
      {"CONFIG SET maxclients 0",
       "-ERR CONFIG SET failed (possibly related to argument 'maxclients') - argument must be between 1 and "
       "4294967295 inclusive"},
      {R"(CONFIG SET client-output-buffer-limit "normal 1mb 0 0")", "+OK"},
      {"CONFIG GET client-output-buffer-limit",
       R"(["client-output-buffer-limit" "normal 1048576 0 0 slave 268435456 67108864 60 pubsub 33554432 8388608 60"])"},
      {R"(CONFIG SET client-output-buffer-limit "nobody 1mb 0 0")",
       "-ERR CONFIG SET failed (possibly related to argument 'client-output-buffer-limit') - Invalid client "
       "class specified in buffer limit configuration."},
      {R"(CONFIG SET client-output-buffer-limit "normal 1mb 0")",
       "-ERR CONFIG SET failed (possibly related to argument 'client-output-buffer-limit') - Wrong number of "
       "arguments in buffer limit configuration."},
      {"CONFIG REWRITE", "-ERR The server is running without a config file"},
      {"CONFIG REWRITE x", "-ERR wrong number of arguments for 'config|rewrite' command"},
      {"CONFIG RESETSTAT", "+OK"},
      {"CONFIG HELP", R"(~\[+CONFIG <subcommand> *HELP*)"},
      {"CONFIG SET", "-ERR wrong number of arguments for 'config|set' command"},
      {"CONFIG BAD", "-ERR unknown subcommand 'BAD'. Try CONFIG HELP."},
  };
  REQUIRE(differences(client, kTable) == kNone);
}

TEST_CASE("COMMAND describes commands") {
  ServerProcess server;
  SyncClient client(server.port());
  static constexpr Exchange kTable[] = {
      {"COMMAND INFO get",
       R"([["get" :2 [+readonly +fast] :1 :1 :1 [+@read +@string +@fast] [] [["flags" [+RO +access] "begin_search" ["type" "index" "spec" ["index" :1]] "find_keys" ["type" "range" "spec" ["lastkey" :0 "keystep" :1 "limit" :0]]]] []]])"},
      {"COMMAND INFO nonsense", "[nil]"},
      {"COMMAND INFO get nonsense set",
       R"([["get" :2 [+readonly +fast] :1 :1 :1 [+@read +@string +@fast] [] [["flags" [+RO +access] "begin_search" ["type" "index" "spec" ["index" :1]] "find_keys" ["type" "range" "spec" ["lastkey" :0 "keystep" :1 "limit" :0]]]] []] nil ["set" :-3 [+write +denyoom] :1 :1 :1 [+@write +@string +@slow] [] [["notes" "RW and ACCESS due to the optional `GET` argument" "flags" [+RW +access +update +variable_flags] "begin_search" ["type" "index" "spec" ["index" :1]] "find_keys" ["type" "range" "spec" ["lastkey" :0 "keystep" :1 "limit" :0]]]] []]])"},
      {"COMMAND LIST FILTERBY PATTERN xyz*", "[]"},
      {"COMMAND LIST FILTERBY PATTERN getd*", R"(["getdel"])"},
      {"COMMAND LIST FILTERBY ACLCAT nonsense", "[]"},
      {"COMMAND LIST FILTERBY MODULE nothing", "[]"},
      {"COMMAND LIST FILTERBY BAD x", "-ERR syntax error"},
      {"COMMAND LIST FILTERBY", "-ERR syntax error"},
      {"COMMAND LIST BAD", "-ERR syntax error"},
      {"COMMAND GETKEYS GET k", R"(["k"])"},
      {"COMMAND GETKEYS MSET a 1 b 2", R"(["a" "b"])"},
      {"COMMAND GETKEYS SET k v EX 10", R"(["k"])"},
      {"COMMAND GETKEYS PING", "-ERR wrong number of arguments for 'command|getkeys' command"},
      {"COMMAND GETKEYS NONSENSE k", "-ERR Invalid command specified"},
      {"COMMAND GETKEYS GET", "-ERR wrong number of arguments for 'command|getkeys' command"},
      {"COMMAND GETKEYS", "-ERR wrong number of arguments for 'command|getkeys' command"},
      {"COMMAND GETKEYSANDFLAGS GET k", R"([["k" [+RO +access]]])"},
      {"COMMAND GETKEYSANDFLAGS COPY a b", R"([["a" [+RO +access]] ["b" [+OW +update]]])"},
      {"COMMAND GETKEYSANDFLAGS SET k v", R"([["k" [+OW +update]]])"},
      {"COMMAND GETKEYSANDFLAGS SET k v get", R"([["k" [+RW +access +update]]])"},
      {"COMMAND GETKEYSANDFLAGS PING",
       "-ERR wrong number of arguments for 'command|getkeysandflags' command"},
      {"COMMAND DOCS nonsense", "[]"},
      {"COMMAND DOCS get",
       R"(~\["get" \["summary" "*" "since" "1.0.0" "group" "string" "complexity" "O(1)*" "arguments" \[\["name" "key" "type" "key" "key_spec_index" :0]]]])"},
      {"COMMAND COUNT x", "-ERR wrong number of arguments for 'command|count' command"},
      {"COMMAND HELP", R"(~\[+COMMAND <subcommand> *HELP*)"},
      {"COMMAND BAD", "-ERR unknown subcommand 'BAD'. Try COMMAND HELP."},
  };
  REQUIRE(differences(client, kTable) == kNone);
}

TEST_CASE("DEBUG SLOWLOG TIME and the rest answer") {
  ServerProcess server({"--enable-debug-command", "yes"});
  SyncClient client(server.port());
  static constexpr Exchange kTable[] = {
      {"DEBUG SLEEP 0", "+OK"},
      {"DEBUG SLEEP", "-ERR unknown subcommand or wrong number of arguments for 'SLEEP'. Try DEBUG HELP."},
      {"DEBUG SET-ACTIVE-EXPIRE 0", "+OK"},
      {"DEBUG SET-ACTIVE-EXPIRE 1", "+OK"},
      {R"(DEBUG ERROR "MYERR text")", "-MYERR text"},
      {"DEBUG LOG message", "+OK"},
      {"DEBUG OBJECT missing", "-ERR no such key"},
      {"SET k 12345", "+OK"},
      {"DEBUG OBJECT k",
       "~+Value at:0x* refcount:* encoding:int serializedlength:* lru:* lru_seconds_idle:*"},
      {"DEBUG", "-ERR wrong number of arguments for 'debug' command"},
      {"DEBUG BAD", "-ERR unknown subcommand or wrong number of arguments for 'BAD'. Try DEBUG HELP."},
      {"DEBUG HTSTATS 99", "-ERR Out of range database"},
      {"DEBUG HTSTATS abc", "-ERR value is not an integer or out of range"},
      {"DEBUG HELP", R"(~\[+DEBUG <subcommand> *HELP*)"},
      {"SLOWLOG GET", "[]"},
      {"SLOWLOG GET abc", "-ERR count should be greater than or equal to -1"},
      {"SLOWLOG GET -2", "-ERR count should be greater than or equal to -1"},
      {"SLOWLOG GET -1", "[]"},
      {"SLOWLOG GET 5 6",
       "-ERR unknown subcommand or wrong number of arguments for 'GET'. Try SLOWLOG HELP."},
      {"SLOWLOG LEN", ":0"},
      {"SLOWLOG RESET", "+OK"},
      {"SLOWLOG HELP", R"(~\[+SLOWLOG <subcommand> *HELP*)"},
      {"SLOWLOG BAD", "-ERR unknown subcommand 'BAD'. Try SLOWLOG HELP."},
      {"SLOWLOG", "-ERR wrong number of arguments for 'slowlog' command"},
      {"TIME x", "-ERR wrong number of arguments for 'time' command"},
      {"LOLWUT VERSION", R"(~"*ver. *\\n")"},
      {"SHUTDOWN BAD", "-ERR syntax error"},
      {"SHUTDOWN ABORT", "-ERR No shutdown in progress."},
      {"SHUTDOWN NOSAVE SAVE", "-ERR syntax error"},
      {"SHUTDOWN ABORT NOW", "-ERR syntax error"},
      {"INFO nonsense", R"("")"},
  };
  REQUIRE(differences(client, kTable) == kNone);
}

}  // namespace redpoll::testing
