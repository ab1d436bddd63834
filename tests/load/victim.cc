#include "load/victim.h"

#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <exception>
#include <stdexcept>
#include <string>
#include <vector>

#include "load/process_state.h"
#include "support/raw_client.h"

namespace redpoll::load {

namespace {

using testing::RawClient;

constexpr std::string_view kReady = "ready\n";

void say_ready() {
  std::fputs(kReady.data(), stdout);
  std::fflush(stdout);
}

[[noreturn]] void wait_for_the_end() {
  say_ready();
  for (;;) pause();
}

void half_request(std::vector<RawClient>& clients) {
  const std::string half = "*3\r\n$3\r\nSET\r\n$6\r\nvictim\r\n$1000000\r\n" + std::string(500'000, 'v');
  for (RawClient& client : clients) client.send(half);
  wait_for_the_end();
}

void half_reply(std::vector<RawClient>& clients) {
  std::string requests;
  for (int i = 0; i < 20; ++i) requests += testing::encode({"GET", "big"});
  for (RawClient& client : clients) client.send(requests);
  for (RawClient& client : clients) client.read_exactly(100);
  wait_for_the_end();
}

void traffic(std::vector<RawClient>& clients) {
  // Blocked and asked for, so that it interrupts nothing.
  sigset_t end;
  sigemptyset(&end);
  sigaddset(&end, SIGTERM);
  sigprocmask(SIG_BLOCK, &end, nullptr);
  const timespec at_once{};
  std::string expected;
  for (bool first = true; sigtimedwait(&end, nullptr, &at_once) != SIGTERM; first = false) {
    for (RawClient& client : clients) client.send(testing::encode({"GET", "big"}));
    for (RawClient& client : clients) {
      std::string header = client.read_until("\r\n");
      std::string got = client.read_exactly(std::stoul(header.substr(1)) + 2);
      if (expected.empty()) expected = got;
      if (got != expected) throw std::runtime_error("a reply differs from the first");
    }
    if (first) say_ready();
  }
}

}  // namespace

Victim::Victim(std::string_view kind, uint16_t port)
    : child_({.argv = {"/proc/self/exe", "--victim", std::string(kind), std::to_string(port)}}) {
  if (testing::wait_until([this] { return child_.output().find(kReady) != std::string::npos; })) return;
  throw std::runtime_error("the clients to be killed did not get ready: " + child_.output());
}

void Victim::stop() { stop_process(child_.pid()); }

void Victim::go_on() { continue_process(child_.pid()); }

void Victim::kill() {
  child_.signal(SIGKILL);
  child_.exit_within();
}

void Victim::finish() {
  child_.signal(SIGTERM);
  const auto exit = child_.exit_within();
  if (!exit || exit->code != 0)
    throw std::runtime_error("clients in another process were served wrong: " + child_.output());
}

int run_victim(std::string_view kind, uint16_t port) {
  try {
    std::vector<RawClient> clients;
    for (size_t i = 0; i < Victim::kClients; ++i)
      clients.emplace_back(port, "127.0.0.1", kind == "half-reply" ? 4096 : 0);
    if (kind == "half-request") half_request(clients);
    if (kind == "half-reply") half_reply(clients);
    if (kind == "traffic") traffic(clients);
    return 0;
  } catch (const std::exception& failure) {
    std::puts(failure.what());
    return 1;
  }
}

}  // namespace redpoll::load
