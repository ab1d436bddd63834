// Many requests in one write, and many clients at once.
#include <catch2/catch.hpp>
#include <memory>

#include "integration/support/sync_client.h"
#include "support/raw_client.h"
#include "support/server_process.h"

namespace redpoll::testing {

TEST_CASE("Ten thousand requests in one write are answered in order") {
  ServerProcess server;
  RawClient client(server.port());
  std::string requests;
  std::string replies;
  for (int i = 0; i < 10'000; ++i) {
    const std::string number = std::to_string(i);
    requests += encode({"ECHO", number});
    replies += "$" + std::to_string(number.size()) + "\r\n" + number + "\r\n";
  }
  client.send(requests);
  REQUIRE(client.read_exactly(replies.size()) == replies);
}

TEST_CASE("A hundred thousand writes and reads go through one hiredis pipeline") {
  ServerProcess server;
  SyncClient client(server.port());
  constexpr int kKeys = 50'000;
  for (int i = 0; i < kKeys; ++i) {
    const std::string key = "key:" + std::to_string(i);
    client.append({"SET", key, std::to_string(i)});
    client.append({"GET", key});
  }
  int wrong = 0;
  for (int i = 0; i < kKeys; ++i) {
    wrong += client.next() != "+OK";
    wrong += client.next() != '"' + std::to_string(i) + '"';
  }
  REQUIRE(wrong == 0);
  REQUIRE(client.run("DBSIZE") == ":50000");
}

TEST_CASE("Errors in a pipeline keep their place") {
  ServerProcess server;
  RawClient client(server.port());
  client.send("SET k v\r\nINCR k\r\nNOSUCH\r\nGET\r\nGET k\r\n");
  REQUIRE(client.reply() == "+OK");
  REQUIRE(client.reply() == "-ERR value is not an integer or out of range");
  REQUIRE(client.reply() == "-ERR unknown command 'NOSUCH', with args beginning with: ");
  REQUIRE(client.reply() == "-ERR wrong number of arguments for 'get' command");
  REQUIRE(client.reply() == R"("v")");
}

TEST_CASE("Pipelines of many clients do not mix") {
  ServerProcess server;
  constexpr size_t kClients = 50;
  constexpr int kRounds = 100;
  std::vector<std::unique_ptr<RawClient>> clients;
  for (size_t i = 0; i < kClients; ++i) clients.push_back(std::make_unique<RawClient>(server.port()));
  for (int round = 0; round < kRounds; ++round) {
    for (size_t i = 0; i < kClients; ++i) {
      const std::string key = "key:" + std::to_string(i);
      // The second request of a client is cut in two, with the requests of all others in between.
      const std::string second = encode({"APPEND", key, "x"});
      clients[i]->send((round == 0 ? "" : second.substr(9)) + encode({"INCR", "total"}) +
                       second.substr(0, 9));
    }
  }
  for (size_t i = 0; i < kClients; ++i)
    clients[i]->send(encode({"APPEND", "key:" + std::to_string(i), "x"}).substr(9));
  for (auto& client : clients) {
    for (int round = 1; round <= kRounds; ++round) {
      REQUIRE(client->reply().front() == ':');
      REQUIRE(client->reply() == ":" + std::to_string(round));
    }
  }
  REQUIRE(clients[0]->run("GET total") == R"("5000")");
}

TEST_CASE("Clients are in databases of their own") {
  ServerProcess server;
  std::vector<std::unique_ptr<SyncClient>> clients;
  for (int i = 0; i < 16; ++i) {
    clients.push_back(std::make_unique<SyncClient>(server.port()));
    REQUIRE(clients.back()->run("SELECT " + std::to_string(i)) == "+OK");
  }
  for (int i = 0; i < 16; ++i) clients[i]->append({"SET", "k", std::to_string(i)});
  for (int i = 0; i < 16; ++i) REQUIRE(clients[i]->next() == "+OK");
  for (int i = 0; i < 16; ++i) REQUIRE(clients[i]->run("GET k") == '"' + std::to_string(i) + '"');
}

}  // namespace redpoll::testing
