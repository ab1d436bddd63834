// CLIENT commands that act on clients: kill, reply, pause, names, lists.
#include <catch2/catch.hpp>

#include "integration/support/sync_client.h"
#include "support/raw_client.h"
#include "support/server_process.h"

namespace redpoll::testing {

namespace {

std::string id_of(SyncClient& client) { return client.run("CLIENT ID").substr(1); }

std::string field_of(SyncClient& client, const std::string& name) {
  const std::string text = " " + client.run("CLIENT INFO").substr(1);
  const size_t at = text.find(" " + name + "=") + name.size() + 2;
  return text.substr(at, text.find_first_of(" \\", at) - at);
}

}  // namespace

TEST_CASE("CLIENT KILL closes the clients that match every filter") {
  ServerProcess server;
  SyncClient admin(server.port());
  SyncClient by_id(server.port());
  SyncClient by_address(server.port());
  REQUIRE(admin.run("CLIENT KILL ID " + id_of(by_id)) == ":1");
  REQUIRE(by_id.run("PING").front() == '(');
  const std::string address = field_of(by_address, "addr");
  REQUIRE(admin.run("CLIENT KILL ADDR " + address + " ID 999999") == ":0");
  REQUIRE(admin.run("CLIENT KILL ADDR " + address + " TYPE replica") == ":0");
  REQUIRE(admin.run("CLIENT KILL ADDR " + address + " USER default") == ":1");
  REQUIRE(by_address.run("PING").front() == '(');
  SyncClient old_form(server.port());
  REQUIRE(admin.run("CLIENT KILL " + field_of(old_form, "addr")) == "+OK");
  REQUIRE(old_form.run("PING").front() == '(');
}

TEST_CASE("CLIENT KILL spares the one who asks unless told otherwise") {
  ServerProcess server;
  RawClient a(server.port());
  RawClient b(server.port());
  REQUIRE(b.run("PING") == "+PONG");
  REQUIRE(a.run("CLIENT KILL TYPE normal") == ":1");
  REQUIRE(b.is_closed());
  REQUIRE(a.run("CLIENT KILL TYPE normal SKIPME no") == ":1");
  REQUIRE(a.is_closed());
  RawClient c(server.port());
  REQUIRE(c.run("PING") == "+PONG");
}

TEST_CASE("CLIENT REPLY turns replies off and on and skips one") {
  ServerProcess server;
  RawClient client(server.port());
  client.send("CLIENT REPLY OFF\r\nSET k 1\r\nGET k\r\nNOSUCH\r\nCLIENT REPLY ON\r\nGET k\r\n");
  REQUIRE(client.read_exactly(5 + 7) == "+OK\r\n$1\r\n1\r\n");
  client.send("CLIENT REPLY SKIP\r\nINCR k\r\nGET k\r\n");
  REQUIRE(client.read_exactly(7) == "$1\r\n2\r\n");
  REQUIRE(client.is_silent_for(milliseconds(20)));
}

TEST_CASE("CLIENT PAUSE WRITE holds writes only") {
  ServerProcess server;
  SyncClient admin(server.port());
  RawClient writer(server.port());
  RawClient reader(server.port());
  REQUIRE(admin.run("SET k 1") == "+OK");
  REQUIRE(admin.run("CLIENT PAUSE 100000 WRITE") == "+OK");
  writer.send("GET k\r\nINCR k\r\nGET k\r\n");
  REQUIRE(writer.reply() == R"("1")");
  REQUIRE(reader.run("GET k") == R"("1")");
  REQUIRE(writer.is_silent_for(milliseconds(50)));
  REQUIRE(admin.run("CLIENT UNPAUSE") == "+OK");
  REQUIRE(writer.reply() == ":2");
  REQUIRE(writer.reply() == R"("2")");
}

TEST_CASE("CLIENT PAUSE ALL holds everything and ends by itself") {
  ServerProcess server;
  RawClient admin(server.port());
  RawClient other(server.port());
  REQUIRE(other.run("PING") == "+PONG");
  REQUIRE(admin.run("CLIENT PAUSE 300") == "+OK");
  other.send("PING\r\n");
  REQUIRE(other.is_silent_for(milliseconds(50)));
  REQUIRE(other.reply() == "+PONG");
}

TEST_CASE("A paused client that leaves or is killed is forgotten") {
  ServerProcess server;
  SyncClient observer(server.port());
  RawClient gone(server.port());
  RawClient killed(server.port());
  const std::string id = killed.run("CLIENT ID").substr(1);
  REQUIRE(gone.run("PING") == "+PONG");
  REQUIRE(observer.run("CLIENT PAUSE 100000 WRITE") == "+OK");
  gone.send("SET gone 1\r\n");
  killed.send("SET killed 1\r\n");
  REQUIRE(gone.is_silent_for(milliseconds(50)));
  gone.reset();
  REQUIRE(observer.run("CLIENT KILL ID " + id) == ":1");
  REQUIRE(killed.is_closed());
  REQUIRE(wait_until([&] { return observer.info("connected_clients") == "1"; }));
  REQUIRE(observer.run("CLIENT UNPAUSE") == "+OK");
  REQUIRE(observer.run("EXISTS gone killed") == ":0");
}

TEST_CASE("CLIENT LIST and INFO describe every client") {
  ServerProcess server;
  SyncClient a(server.port());
  SyncClient b(server.port());
  REQUIRE(b.run("CLIENT SETNAME named") == "+OK");
  REQUIRE(b.run("SELECT 5") == "+OK");
  const std::string list = a.run("CLIENT LIST ID " + id_of(b));
  REQUIRE(list.find(" name=named ") != std::string::npos);
  REQUIRE(list.find(" db=5 ") != std::string::npos);
  REQUIRE(list.find(" laddr=127.0.0.1:" + std::to_string(server.port()) + " ") != std::string::npos);
  REQUIRE(list.find(" cmd=client|id ") != std::string::npos);
  REQUIRE(field_of(a, "id") == id_of(a));
  REQUIRE(std::stoi(id_of(b)) > std::stoi(id_of(a)));
}

}  // namespace redpoll::testing
