// Scenarios of processes that are killed or stopped, on both sides.
#include <thread>
#include <vector>

#include "load/process_state.h"
#include "load/scenario.h"
#include "load/traffic.h"
#include "load/trial.h"
#include "load/victim.h"

namespace redpoll::load {

namespace {

constexpr milliseconds kStopped{300};

void set_big(Trial& t, size_t bytes) {
  expect(t.control().call({"SET", "big", std::string(bytes, 'v')}) == "+OK",
         "a value of {} bytes was not stored", bytes);
}

// Resets in the middle of a request and of a reply, by connections of our own.
void reset_half_way(Trial& t, bool request) {
  RawClient client(t.port(), "127.0.0.1", 4096);
  if (request) {
    client.send("*3\r\n$3\r\nSET\r\n$5\r\nreset\r\n$1000000\r\n" + std::string(100'000, 'v'));
  } else {
    client.send(testing::encode({"GET", "big"}) + testing::encode({"GET", "big"}));
    client.read_exactly(10);
  }
  client.reset();
}

}  // namespace

void clients_killed(Trial& t) {
  const size_t processes = t.plan.count(8, 2);
  size_t killed = 0;
  size_t reset = 0;
  do {
    set_big(t, 1'000'000);
    std::vector<std::unique_ptr<Victim>> victims;
    for (size_t i = 0; i < processes; ++i) {
      victims.push_back(std::make_unique<Victim>(i % 2 == 0 ? "half-request" : "half-reply", t.port()));
    }
    for (auto& victim : victims) victim->kill();
    killed += processes * Victim::kClients;
    for (size_t i = 0; i < t.plan.count(200, 20); ++i, ++reset) reset_half_way(t, i % 2 == 0);
    t.expect_clients_gone();
  } while (!t.time_is_up());
  t.threw(
      "{} clients in processes ended by kill -9, {} that reset, each in the middle of a request or a reply",
      killed, reset);
  expect(t.control().run("EXISTS victim reset") == ":0", "half a request was taken for a whole one");
}

void clients_stopped(Trial& t) {
  set_big(t, 1'000'000);
  Victim first("traffic", t.port());
  Victim second("traffic", t.port());
  Traffic traffic(t.port(), 10);
  size_t times = 0;
  do {
    first.stop();
    second.stop();
    // Others are served while replies wait for those who are stopped.
    const size_t answered = traffic.answered();
    std::this_thread::sleep_for(kStopped);
    expect(traffic.answered() > answered, "nobody is served while some clients are stopped");
    first.go_on();
    second.go_on();
    ++times;
  } while (!t.time_is_up());
  const size_t requests = traffic.stop();
  first.finish();
  second.finish();
  t.threw(
      "{} clients in two processes stopped {} times for {} ms while replies of 1 MB came; {} requests of 10 "
      "busy clients meanwhile",
      2 * Victim::kClients, times, kStopped.count(), requests);
  t.expect_clients_gone();
}

void server_stopped(Trial& t) {
  constexpr size_t kCallers = 50;
  Traffic traffic(t.port(), 50);
  size_t times = 0;
  do {
    const size_t answered = traffic.answered();
    expect(wait_until([&] { return traffic.answered() > answered; }),
           "busy clients are not served after the server was continued");
    stop_process(t.server().pid());
    std::vector<RawClient> callers;
    for (size_t i = 0; i < kCallers; ++i) callers.emplace_back(t.port()).send("PING\r\n");
    std::this_thread::sleep_for(kStopped);
    continue_process(t.server().pid());
    for (RawClient& caller : callers)
      expect(caller.reply() == "+PONG", "a client that came while the server was stopped is not served");
    ++times;
  } while (!t.time_is_up());
  const size_t requests = traffic.stop();
  t.threw(
      "the server stopped {} times for {} ms and more under the load of 50 busy clients ({} requests), {} "
      "clients connecting each time",
      times, kStopped.count(), requests, kCallers);
  t.allow_wait(kStopped + milliseconds(200));
  t.expect_clients_gone();
}

}  // namespace redpoll::load
