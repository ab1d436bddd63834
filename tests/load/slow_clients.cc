// Scenarios of clients that are slow to read or to write.
#include <vector>

#include "load/scenario.h"
#include "load/traffic.h"
#include "load/trial.h"

namespace redpoll::load {

namespace {

constexpr int kSmallWindow = 4096;

std::string repeat(const std::string& request, size_t times) {
  std::string all;
  for (size_t i = 0; i < times; ++i) all += request;
  return all;
}

}  // namespace

// With hard limit 16 MB, and soft limit 4 MB for a second.
void slow_readers(Trial& t) {
  const std::string get = testing::encode({"GET", "big"});
  const size_t count = t.plan.count(100, 10);
  size_t over_hard = 0;
  size_t over_soft = 0;
  do {
    t.control().call({"SET", "big", std::string(kMiB, 'v')});
    const size_t accepted = t.info("total_connections_received");
    std::vector<RawClient> clients;
    for (size_t i = 0; i < count; ++i) {
      const bool hard = i % 2 == 0;
      clients.emplace_back(t.port(), "127.0.0.1", kSmallWindow).send(repeat(get, hard ? 64 : 12));
      ++(hard ? over_hard : over_soft);
    }
    t.expect_accepted(accepted, count);
    t.expect_clients_gone();
  } while (!t.time_is_up());
  t.threw("{} clients that asked for 64 MB and {} that asked for 12 MB, and read nothing", over_hard,
          over_soft);
  t.expect_log("scheduled to be closed ASAP for overcoming of output buffer limits", over_hard);
  t.expect_log("closed for overcoming of output buffer limits", over_soft);
  t.allow_log_lines(over_hard + over_soft);
  // However many wait for a value, it is there once.
  t.bound_peak(64 * kMiB);
}

// Without a limit: everything waits until they read it.
void unread_replies(Trial& t) {
  constexpr size_t kClients = 8;
  constexpr size_t kReplyBytes = 1000;
  const size_t requests = t.plan.count(20'000, 1000);
  std::string value;
  for (size_t i = 0; value.size() < kReplyBytes; ++i) value += std::to_string(i) + ",";
  value.resize(kReplyBytes);
  t.control().call({"SET", "value", value});
  const std::string reply = "$" + std::to_string(kReplyBytes) + "\r\n" + value + "\r\n";
  size_t rounds = 0;
  do {
    std::vector<RawClient> clients;
    for (size_t i = 0; i < kClients; ++i) clients.emplace_back(t.port(), "127.0.0.1", kSmallWindow);
    const size_t processed = t.info("total_commands_processed");
    for (RawClient& client : clients) client.send(repeat(testing::encode({"GET", "value"}), requests));
    expect(wait_until([&] { return t.info("total_commands_processed") >= processed + kClients * requests; }),
           "the server does not run requests of clients that do not read");
    // What is under way must not change with the value.
    t.control().call({"SETRANGE", "value", "0", "changed"});
    in_parallel(kClients, [&](size_t i) {
      for (size_t n = 0; n < requests; ++n) {
        const std::string got = clients[i].read_exactly(reply.size());
        expect(got == reply, "reply {} of a slow reader is wrong: {}", n, got.substr(0, 50));
      }
    });
    t.control().call({"SET", "value", value});
    ++rounds;
  } while (!t.time_is_up());
  t.threw(
      "{} times {} clients that asked for {:.0f} MB each before they read the first byte, and then read all",
      rounds, kClients, static_cast<double>(requests * reply.size()) / 1e6);
  // What was asked for, a third more for what is not full or already sent, and what was freed in the last
  // seconds.
  t.bound_peak(kClients * requests * reply.size() * 4 / 3 + 96 * kMiB);
}

void one_byte_writers(Trial& t) {
  const size_t count = t.plan.count(500, 20);
  std::vector<RawClient> clients;
  for (size_t i = 0; i < count; ++i) clients.emplace_back(t.port());
  std::vector<std::string> scripts;
  for (size_t i = 0; i < count; ++i) {
    const std::string key = "writer:" + std::to_string(100'000 + i);
    scripts.push_back(testing::encode({"SET", key, key}) + testing::encode({"GET", key}) + "PING\r\nget " +
                      key + "\r\n");
  }
  size_t bytes = 0;
  do {
    for (size_t at = 0; at < scripts[0].size(); ++at) {
      for (size_t i = 0; i < count; ++i) clients[i].send(std::string_view(scripts[i]).substr(at, 1));
    }
    bytes += count * scripts[0].size();
    for (size_t i = 0; i < count; ++i) {
      const std::string key = "\"writer:" + std::to_string(100'000 + i) + "\"";
      expect(clients[i].reply() == "+OK" && clients[i].reply() == key && clients[i].reply() == "+PONG" &&
                 clients[i].reply() == key,
             "writer {} was answered wrong", i);
    }
  } while (!t.time_is_up());
  t.threw("{} clients that sent {} bytes one by one, in turn", count, bytes);
  clients.clear();
  t.expect_clients_gone();
}

}  // namespace redpoll::load
