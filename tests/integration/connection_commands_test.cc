// Connection and CLIENT commands, errors of admission, and passwords, through hiredis.
#include <catch2/catch.hpp>

#include "integration/support/exchange.h"
#include "integration/support/sync_client.h"
#include "support/server_process.h"

namespace redpoll::testing {

TEST_CASE("Connection commands answer as Redis does") {
  ServerProcess server;
  SyncClient client(server.port());
  static constexpr Exchange kTable[] = {
      {"PING", "+PONG"},
      {"PING hello", R"("hello")"},
      {"PING a b", "-ERR wrong number of arguments for 'ping' command"},
      {R"(ECHO "a\x00b")", R"("a\x00b")"},
      {"ECHO", "-ERR wrong number of arguments for 'echo' command"},
      {"SELECT 3", "+OK"},
      {"SET k v", "+OK"},
      {"SELECT 0", "+OK"},
      {"GET k", "nil"},
      {"AUTH secret",
       "-ERR AUTH <password> called without any password configured for the default user. Are you sure your "
       "configuration is correct?"},
      {"AUTH", "-ERR wrong number of arguments for 'auth' command"},
      {"AUTH default secret", "+OK"},
      {"AUTH a b c", "-ERR syntax error"},
      {"HELLO", R"(~\["server" "redis" "version" "*" "proto" :2*)"},
      {"HELLO 2",
       R"(~\["server" "redis" "version" "*" "proto" :2 "id" :* "mode" "standalone" "role" "master" "modules" *)"},
      {"HELLO 1", "-NOPROTO unsupported protocol version"},
      {"HELLO 4", "-NOPROTO unsupported protocol version"},
      {"HELLO abc", "-ERR Protocol version is not an integer or out of range"},
      {"HELLO 2 BAD", "-ERR Syntax error in HELLO option 'BAD'"},
      {"HELLO 2 SETNAME", "-ERR Syntax error in HELLO option 'SETNAME'"},
      {R"(HELLO 2 SETNAME "has space")",
       "-ERR Client names cannot contain spaces, newlines or special characters."},
      {"HELLO 2 AUTH default", "-ERR Syntax error in HELLO option 'AUTH'"},
      {"HELLO 2 AUTH nobody pass", "-WRONGPASS invalid username-password pair or user is disabled."},
      {"HELLO 2 AUTH default any SETNAME conn", R"(~\["server" "redis"*)"},
      {"CLIENT GETNAME", R"("conn")"},
      {"RESET", "+RESET"},
      {"CLIENT GETNAME", "nil"},
      {"RESET x", "-ERR wrong number of arguments for 'reset' command"},
      {"QUIT", "+OK"},
  };
  REQUIRE(differences(client, kTable) == kNone);
}

TEST_CASE("CLIENT subcommands answer as Redis does") {
  ServerProcess server;
  SyncClient client(server.port());
  static constexpr Exchange kTable[] = {
      {"CLIENT ID", "~:*"},
      {"CLIENT ID x", "-ERR wrong number of arguments for 'client|id' command"},
      {"CLIENT GETNAME", "nil"},
      {"CLIENT SETNAME conn", "+OK"},
      {"CLIENT GETNAME", R"("conn")"},
      {R"(CLIENT SETNAME "a b")", "-ERR Client names cannot contain spaces, newlines or special characters."},
      {R"(CLIENT SETNAME "a\n")", "-ERR Client names cannot contain spaces, newlines or special characters."},
      {R"(CLIENT SETNAME "")", "+OK"},
      {"CLIENT GETNAME", "nil"},
      {"CLIENT SETNAME", "-ERR wrong number of arguments for 'client|setname' command"},
      {"CLIENT INFO",
       R"(~"id=* addr=127.0.0.1:* laddr=127.0.0.1:* fd=* name= age=* idle=0 flags=N db=0 sub=0 psub=0 *multi=-1 qbuf=* cmd=client|info user=default redir=-1 resp=2*\\n")"},
      {"CLIENT LIST", R"(~"id=*cmd=client|list user=default*\\n")"},
      {"CLIENT LIST TYPE normal", R"(~"id=*\\n")"},
      {"CLIENT LIST TYPE replica", R"("")"},
      {"CLIENT LIST TYPE pubsub", R"("")"},
      {"CLIENT LIST TYPE master", R"("")"},
      {"CLIENT LIST TYPE bad", "-ERR Unknown client type 'bad'"},
      {"CLIENT LIST ID 999999", R"("")"},
      {"CLIENT LIST ID abc", "-ERR Invalid client ID"},
      {"CLIENT LIST ID 1 2 x", "-ERR Invalid client ID"},
      {"CLIENT LIST ID", "-ERR syntax error"},
      {"CLIENT LIST BAD", "-ERR syntax error"},
      {"CLIENT KILL", "-ERR wrong number of arguments for 'client|kill' command"},
      {"CLIENT KILL 1.2.3.4:5", "-ERR No such client"},
      {"CLIENT KILL ID 999999", ":0"},
      {"CLIENT KILL ID abc", "-ERR client-id should be greater than 0"},
      {"CLIENT KILL ID 0", "-ERR client-id should be greater than 0"},
      {"CLIENT KILL ID -1", "-ERR client-id should be greater than 0"},
      {"CLIENT KILL TYPE bad", "-ERR Unknown client type 'bad'"},
      {"CLIENT KILL TYPE pubsub", ":0"},
      {"CLIENT KILL USER nobody", "-ERR No such user 'nobody'"},
      {"CLIENT KILL ADDR 1.2.3.4:5", ":0"},
      {"CLIENT KILL LADDR 1.2.3.4:5", ":0"},
      {"CLIENT KILL SKIPME maybe ID 1", "-ERR syntax error"},
      {"CLIENT KILL ID 1 BAD x", "-ERR syntax error"},
      {"CLIENT KILL ID", "-ERR No such client"},
      {"CLIENT REPLY", "-ERR wrong number of arguments for 'client|reply' command"},
      {"CLIENT REPLY ON", "+OK"},
      {"CLIENT REPLY BAD", "-ERR syntax error"},
      {"CLIENT PAUSE", "-ERR wrong number of arguments for 'client|pause' command"},
      {"CLIENT PAUSE abc", "-ERR timeout is not an integer or out of range"},
      {"CLIENT PAUSE -1", "-ERR timeout is negative"},
      {"CLIENT PAUSE 10 BAD", "-ERR CLIENT PAUSE mode must be WRITE or ALL"},
      {"CLIENT PAUSE 0", "+OK"},
      {"CLIENT PAUSE 1 WRITE", "+OK"},
      {"CLIENT UNPAUSE", "+OK"},
      {"CLIENT UNPAUSE x", "-ERR wrong number of arguments for 'client|unpause' command"},
      {"CLIENT NO-EVICT ON", "+OK"},
      {"CLIENT NO-EVICT OFF", "+OK"},
      {"CLIENT NO-EVICT BAD", "-ERR syntax error"},
      {"CLIENT NO-EVICT", "-ERR wrong number of arguments for 'client|no-evict' command"},
      {"CLIENT HELP", R"(~\[+CLIENT <subcommand> *HELP*)"},
      {"CLIENT BAD", "-ERR unknown subcommand 'BAD'. Try CLIENT HELP."},
      {"CLIENT", "-ERR wrong number of arguments for 'client' command"},
  };
  REQUIRE(differences(client, kTable) == kNone);
}

TEST_CASE("Unknown commands and wrong arity get the documented errors") {
  ServerProcess server;
  SyncClient client(server.port());
  static constexpr Exchange kTable[] = {
      {"NONSENSE", "-ERR unknown command 'NONSENSE', with args beginning with: "},
      {"nonsense a b", "-ERR unknown command 'nonsense', with args beginning with: 'a' 'b' "},
      {R"(NONSENSE "with\nnewline" 'quote' "\x00")",
       "-ERR unknown command 'NONSENSE', with args beginning with: 'with newline' 'quote' '' "},
      {"GET", "-ERR wrong number of arguments for 'get' command"},
      {"get a b", "-ERR wrong number of arguments for 'get' command"},
      {"PING a b c", "-ERR wrong number of arguments for 'ping' command"},
      {"CLIENT nonsense", "-ERR unknown subcommand 'nonsense'. Try CLIENT HELP."},
      {"CONFIG nonsense x", "-ERR unknown subcommand 'nonsense'. Try CONFIG HELP."},
      {"OBJECT nonsense", "-ERR unknown subcommand 'nonsense'. Try OBJECT HELP."},
      {"COMMAND nonsense", "-ERR unknown subcommand 'nonsense'. Try COMMAND HELP."},
      {"DEBUG nonsense",
       R"(-ERR DEBUG command not allowed. If the enable-debug-command option is set to "local", you can run it from a local connection, otherwise you need to set this option in the configuration file, and then restart the server.)"},
      {"SLOWLOG nonsense", "-ERR unknown subcommand 'nonsense'. Try SLOWLOG HELP."},
      {"CONFIG", "-ERR wrong number of arguments for 'config' command"},
      {"CONFIG GET", "-ERR wrong number of arguments for 'config|get' command"},
      {"COMMAND GETKEYS", "-ERR wrong number of arguments for 'command|getkeys' command"},
  };
  REQUIRE(differences(client, kTable) == kNone);
}

TEST_CASE("A password is asked for before anything else") {
  ServerProcess server({"--requirepass", "secret"});
  SyncClient client(server.port());
  static constexpr Exchange kTable[] = {
      {"PING", "-NOAUTH Authentication required."},
      {"GET k", "-NOAUTH Authentication required."},
      {"NONSENSE", "-ERR unknown command 'NONSENSE', with args beginning with: "},
      {"GET", "-ERR wrong number of arguments for 'get' command"},
      {"HELLO",
       "-NOAUTH HELLO must be called with the client already authenticated, otherwise the HELLO AUTH <user> "
       "<pass> option can be used to authenticate the client and select the RESP protocol version at the "
       "same time"},
      {"HELLO 3",
       "-NOAUTH HELLO must be called with the client already authenticated, otherwise the HELLO AUTH <user> "
       "<pass> option can be used to authenticate the client and select the RESP protocol version at the "
       "same time"},
      {"CLIENT ID", "-NOAUTH Authentication required."},
      {"AUTH wrong", "-WRONGPASS invalid username-password pair or user is disabled."},
      {"AUTH default wrong", "-WRONGPASS invalid username-password pair or user is disabled."},
      {"AUTH nobody secret", "-WRONGPASS invalid username-password pair or user is disabled."},
      {"AUTH", "-ERR wrong number of arguments for 'auth' command"},
      {"HELLO 2 AUTH default wrong", "-WRONGPASS invalid username-password pair or user is disabled."},
      {"RESET", "+RESET"},
      {"QUIT", "+OK"},
  };
  REQUIRE(differences(client, kTable) == kNone);
}

TEST_CASE("A right password opens the server") {
  ServerProcess server({"--requirepass", "secret"});
  SyncClient client(server.port());
  static constexpr Exchange kTable[] = {
      {"AUTH secret", "+OK"},
      {"PING", "+PONG"},
      {"RESET", "+RESET"},
      {"PING", "-NOAUTH Authentication required."},
      {"AUTH default secret", "+OK"},
      {"SET k v", "+OK"},
      {"HELLO 2 AUTH default wrong", "-WRONGPASS invalid username-password pair or user is disabled."},
      {"GET k", R"("v")"},
      {"AUTH wrong", "-WRONGPASS invalid username-password pair or user is disabled."},
      {"GET k", R"("v")"},
      {"RESET", "+RESET"},
      {"GET k", "-NOAUTH Authentication required."},
      {"HELLO 2 AUTH default secret", R"(~\["server" "redis"*)"},
      {"GET k", R"("v")"},
      {R"(CONFIG SET requirepass "")", "+OK"},
      {"RESET", "+RESET"},
      {"GET k", R"("v")"},
  };
  REQUIRE(differences(client, kTable) == kNone);
}

}  // namespace redpoll::testing
