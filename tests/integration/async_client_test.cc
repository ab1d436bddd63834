// hiredis asynchronous on our own event loop: the adapter, and the server as such a client sees it.
#include "integration/support/async_client.h"

#include <catch2/catch.hpp>
#include <memory>

#include "support/server_process.h"

namespace redpoll::testing {

namespace {

std::unique_ptr<ae::EventLoop> make_loop(EventBackend backend = EventBackend::automatic) {
  return *ae::EventLoop::create(1024, backend);
}

// Turns the loop until the condition holds. False after the deadline.
template <class Condition>
bool turn_until(ae::EventLoop& loop, Condition condition) {
  const auto give_up = [] { return ae::kNoMore; };
  const ae::TimerId deadline = loop.add_timer(kDeadline.count(), ae::TimeHandler::of(give_up));
  while (!condition() && loop.timers() > 0) loop.run_once();
  loop.remove_timer(deadline);
  return condition();
}

}  // namespace

TEST_CASE("An asynchronous client gets its replies in order on every backend") {
  ServerProcess server;
  const auto backend = GENERATE(EventBackend::epoll, EventBackend::poll, EventBackend::select);
  const auto loop = make_loop(backend);
  AsyncClient client(*loop, server.port());
  std::vector<std::string> replies;
  const auto note = [&](const std::string& reply) { replies.push_back(reply); };
  REQUIRE(client.call({"SET", "k", "1"}, note));
  REQUIRE(client.call({"INCR", "k"}, note));
  REQUIRE(client.call({"NOSUCH"}, note));
  REQUIRE(client.call({"GET", "missing"}, note));
  REQUIRE(turn_until(*loop, [&] { return replies.size() == 4; }));
  REQUIRE(replies == std::vector<std::string>{
                         "+OK", ":2", "-ERR unknown command 'NOSUCH', with args beginning with: ", "nil"});
  REQUIRE(client.connected());
}

TEST_CASE("A reply handler may send the next request") {
  ServerProcess server;
  const auto loop = make_loop();
  AsyncClient client(*loop, server.port());
  int count = 0;
  AsyncClient::OnReply again = [&](const std::string& reply) {
    REQUIRE(reply == ":" + std::to_string(++count));
    if (count < 1000) client.call({"INCR", "n"}, again);
  };
  client.call({"INCR", "n"}, again);
  REQUIRE(turn_until(*loop, [&] { return count == 1000; }));
}

TEST_CASE("Many asynchronous clients share one loop") {
  ServerProcess server;
  const auto loop = make_loop();
  std::vector<std::unique_ptr<AsyncClient>> clients;
  int replies = 0;
  for (int i = 0; i < 100; ++i) {
    clients.push_back(std::make_unique<AsyncClient>(*loop, server.port()));
    for (int j = 0; j < 100; ++j) clients.back()->call({"INCR", "n"}, [&](const std::string&) { ++replies; });
  }
  REQUIRE(turn_until(*loop, [&] { return replies == 10'000; }));
  std::string total;
  clients[0]->call({"GET", "n"}, [&](const std::string& reply) { total = reply; });
  REQUIRE(turn_until(*loop, [&] { return !total.empty(); }));
  REQUIRE(total == R"("10000")");
}

TEST_CASE("An asynchronous client disconnects after its last reply") {
  ServerProcess server;
  const auto loop = make_loop();
  AsyncClient client(*loop, server.port());
  std::string reply;
  client.call({"PING"}, [&](const std::string& text) { reply = text; });
  client.disconnect();
  REQUIRE(turn_until(*loop, [&] { return client.ended(); }));
  REQUIRE(reply == "+PONG");
  REQUIRE(!client.call({"PING"}, [](const std::string&) {}));
}

TEST_CASE("An asynchronous client learns that the server has gone") {
  ServerProcess server;
  const auto loop = make_loop();
  AsyncClient client(*loop, server.port());
  std::string reply;
  client.call({"PING"}, [&](const std::string& text) { reply = text; });
  REQUIRE(turn_until(*loop, [&] { return !reply.empty(); }));
  server.stop(SIGKILL);
  REQUIRE(turn_until(*loop, [&] { return client.ended(); }));
}

TEST_CASE("Requests under way are told when their asynchronous client is destroyed") {
  ServerProcess server;
  const auto loop = make_loop();
  std::string reply;
  {
    AsyncClient client(*loop, server.port());
    client.call({"PING"}, [&](const std::string& text) { reply = text; });
  }
  REQUIRE(reply == "(lost connection)");
  REQUIRE(loop->run_once(ae::Turn::all | ae::Turn::dont_wait) == 0);
}

}  // namespace redpoll::testing
