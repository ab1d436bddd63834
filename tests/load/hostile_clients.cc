// A server with little memory, and clients each of which would have all of it.
#include <array>
#include <atomic>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "base/rng.h"
#include "load/scenario.h"
#include "load/storm.h"
#include "load/traffic.h"
#include "load/trial.h"

namespace redpoll::load {

namespace {

constexpr milliseconds kPatience{100};

std::string repeated(const std::vector<std::string>& words, size_t times) {
  const std::string one = testing::encode(words);
  std::string all;
  for (size_t i = 0; i < times; ++i) all += one;
  return all;
}

// Sends and leaves, whether or not it is answered or closed meanwhile.
void demand(uint16_t port, const std::string& requests) {
  RawClient client(port);
  client.send_or_notice(requests);
  client.is_silent_for(kPatience);
}

// A value that is announced with more bytes than there are, of which as many come as are taken.
void endless_value(uint16_t port) {
  RawClient client(port);
  client.send_or_notice("*3\r\n$3\r\nSET\r\n$1\r\nv\r\n$500000000\r\n");
  const std::string megabyte(kMiB, 'v');
  for (int i = 0; i < 450 && client.is_silent_for(milliseconds(0)); ++i) client.send_or_notice(megabyte);
}

void more_keys_than_fit(uint16_t port) {
  static const std::string value(1000, 'x');
  thread_local Rng rng(port);
  RawClient client(port);
  std::string requests;
  constexpr int kBatch = 500;
  for (int i = 0; i < kBatch; ++i)
    requests += testing::encode({"SET", "key:" + std::to_string(rng.below(1'000'000)), value});
  client.send_or_notice(requests);
  for (int i = 0; i < kBatch; ++i) client.reply();
}

void long_string(uint16_t port, std::string_view offset) {
  demand(port, testing::encode({"SETRANGE", "string", std::string(offset), "x"}));
}

using Hostility = void (*)(uint16_t port);
constexpr Hostility kHostilities[] = {
    more_keys_than_fit,
    endless_value,
    // A value that grows to what is allowed at once, and one to more than that.
    [](uint16_t port) {
      long_string(port, "100000000");
      long_string(port, "400000000");
    },
    // Replies that nobody reads, and one without an end.
    [](uint16_t port) {
      demand(port,
             testing::encode({"SET", "big", std::string(100'000, 'y')}) + repeated({"GET", "big"}, 5000));
    },
    [](uint16_t port) {
      demand(port, testing::encode({"SADD", "set", "a", "b", "c"}) +
                       testing::encode(
                           {"SRANDMEMBER", "set", std::to_string(std::numeric_limits<int64_t>::min() + 1)}));
    },
    // A queue, and a request of a million words.
    [](uint16_t port) {
      demand(port, testing::encode({"MULTI"}) + repeated({"SET", "q", std::string(100'000, 'q')}, 200));
    },
    [](uint16_t port) {
      std::string request = "*1000000\r\n$4\r\nMGET\r\n";
      for (int i = 0; i < 500'000; ++i) request += "$4\r\nkey1\r\n";
      demand(port, request);
    },
};

}  // namespace

void hostile_clients(Trial& t) {
  if (testing::sanitized()) throw Skipped("the sanitizers need more than the address space that there is");
  std::array<std::atomic<size_t>, std::size(kHostilities)> times{};
  in_parallel(std::size(kHostilities), [&](size_t number) {
    do {
      try {
        kHostilities[number](t.port());
      } catch (const std::exception&) {}  // closed by the server, which is its right
      ++times[number];
    } while (!t.time_is_up());
  });
  size_t all = 0;
  for (const auto& count : times) all += count;
  t.threw("{} visits of {} kinds of hostile clients, in 512 MB", all, std::size(kHostilities));
  t.allow_log_lines(std::numeric_limits<size_t>::max());
  t.expect_clients_gone();
}

}  // namespace redpoll::load
