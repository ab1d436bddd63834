// Scenarios of requests that are big, or many at once, or bigger than is allowed.
#include <algorithm>
#include <mutex>
#include <thread>
#include <vector>

#include "base/rng.h"
#include "load/scenario.h"
#include "load/storm.h"
#include "load/traffic.h"
#include "load/trial.h"

namespace redpoll::load {

namespace {

// The replies ":1" to ":count".
std::string numbers(size_t count) {
  std::string replies;
  for (size_t i = 1; i <= count; ++i) replies += ":" + std::to_string(i) + "\r\n";
  return replies;
}

void expect_numbers(RawClient& client, const std::string& expected) {
  const std::string got = client.read_exactly(expected.size());
  const auto differs = std::mismatch(got.begin(), got.end(), expected.begin()).first - got.begin();
  expect(got == expected, "the replies to a pipeline are wrong from byte {} on", differs);
}

}  // namespace

void pipelines(Trial& t) {
  constexpr size_t kClients = 4;
  const size_t commands = t.plan.count(100'000, 5000);
  const std::string expected = numbers(commands);
  std::atomic<size_t> sent{0};
  in_parallel(kClients, [&](size_t number) {
    const std::string key = "pipeline:" + std::to_string(number);
    std::string requests;
    for (size_t i = 0; i < commands; ++i) requests += testing::encode({"INCR", key});
    do {
      // Half of them read while they write, the others only when they have written all.
      RawClient client(t.port());
      if (number % 2 == 0) {
        in_parallel(2, [&](size_t reader) {
          reader == 1 ? expect_numbers(client, expected) : client.send(requests);
        });
      } else {
        client.send(requests);
        expect_numbers(client, expected);
      }
      expect(client.call({"DEL", key}) == ":1", "the counter of a pipeline can't be deleted");
      ++sent;
    } while (!t.time_is_up());
  });
  t.threw(
      "{} pipelines of {} commands each, {} at a time; half of them read nothing before they had written all",
      sent.load(), commands, kClients);
}

namespace {

// A value of `blocks` different blocks of 1 MiB, each of which can be made again.
const std::string& block(size_t number) {
  thread_local std::string bytes;
  thread_local size_t made = SIZE_MAX;
  if (made == number) return bytes;
  Rng rng(number);
  bytes.resize(kMiB);
  for (size_t at = 0; at < kMiB; at += sizeof(uint64_t)) {
    const uint64_t word = rng.next();
    bytes.replace(at, sizeof word, reinterpret_cast<const char*>(&word), sizeof word);
  }
  made = number;
  return bytes;
}

void send_value(RawClient& client, size_t blocks) {
  client.send("*3\r\n$3\r\nSET\r\n$3\r\nbig\r\n$" + std::to_string(blocks * kMiB) + "\r\n");
  for (size_t i = 0; i < blocks; ++i) client.send(block(i));
  client.send("\r\n");
  expect(client.reply() == "+OK", "a value of {} MiB was not stored", blocks);
}

// Reads the reply to GET, and compares it with the blocks that `number_of` says should be there.
void expect_value(RawClient& client, size_t blocks, const std::function<size_t(size_t)>& number_of) {
  const std::string header = client.read_until("\r\n");
  expect(header == "$" + std::to_string(blocks * kMiB) + "\r\n", "a value of {} MiB comes back as {}", blocks,
         header);
  for (size_t i = 0; i < blocks; ++i) {
    expect(client.read_exactly(kMiB) == block(number_of(i)),
           "a value of {} MiB comes back with other bytes in MiB {}", blocks, i);
  }
  client.read_exactly(2);
}

// All that is done to one value: SET, GET, SETRANGE while it is being read, GETRANGE, APPEND, DEL.
void exercise_value(Trial& t, size_t blocks) {
  RawClient client(t.port());
  send_value(client, blocks);
  const size_t middle = blocks / 2;
  const std::string offset = std::to_string(middle * kMiB);
  // A reply that is under way shows the value as it was, whatever becomes of it.
  RawClient reader(t.port());
  reader.send(testing::encode({"GET", "big"}));
  expect_value(reader, blocks, [](size_t i) { return i; });
  reader.send(testing::encode({"GET", "big"}));
  const std::string size = std::to_string(blocks * kMiB);
  expect(reader.read_until("\r\n") == "$" + size + "\r\n", "the second GET is answered wrong");
  expect(client.call({"SETRANGE", "big", offset, block(blocks)}) == ":" + size, "SETRANGE on {} bytes failed",
         size);
  for (size_t i = 0; i < blocks; ++i) {
    expect(reader.read_exactly(kMiB) == block(i), "SETRANGE changed a reply that was under way");
  }
  reader.read_exactly(2);
  client.send(testing::encode({"GETRANGE", "big", offset, std::to_string((middle + 1) * kMiB - 1)}));
  expect_value(client, 1, [&](size_t) { return blocks; });
  const std::string longer = std::to_string((blocks + 1) * kMiB);
  expect(client.call({"APPEND", "big", block(blocks + 1)}) == ":" + longer, "APPEND to {} bytes failed",
         size);
  client.send(testing::encode({"GET", "big"}));
  expect_value(client, blocks + 1, [&](size_t i) {
    return i == middle ? blocks : i == blocks ? blocks + 1 : i;
  });
}

}  // namespace

void values_of_64_mb(Trial& t) {
  size_t rounds = 0;
  do {
    exercise_value(t, 63);
    expect(t.control().run(rounds % 2 == 0 ? "DEL big" : "UNLINK big") == ":1", "the value can't be deleted");
    ++rounds;
  } while (!t.time_is_up());
  t.threw(
      "{} times a value of 64 MB: SET, GET, SETRANGE while it is read, GETRANGE, APPEND, DEL or UNLINK; "
      "every byte compared",
      rounds);
  // The value, its copy when it is changed while it is read, and what a growing value is moved to.
  t.bound_peak(3 * 64 * kMiB + 32 * kMiB);
}

// Up to proto-max-bulk-len, which is 512 MB. Sanitizers have their own price for memory: there it is lowered.
void values_of_512_mb(Trial& t) {
  const size_t blocks = testing::sanitized() ? 32 : 512;
  const std::string limit = std::to_string(blocks) + "mb";
  expect(t.control().call({"CONFIG", "SET", "proto-max-bulk-len", limit}) == "+OK",
         "proto-max-bulk-len can't be {}", limit);
  size_t rounds = 0;
  do {
    exercise_value(t, blocks - 1);
    expect(t.control().run("APPEND big x") == "-ERR string exceeds maximum allowed size (proto-max-bulk-len)",
           "a value may become longer than proto-max-bulk-len");
    expect(t.control().run(rounds % 2 == 0 ? "DEL big" : "UNLINK big") == ":1", "the value can't be deleted");
    ++rounds;
  } while (!t.time_is_up());
  t.threw("{} times a value of {} MB: the same; APPEND beyond proto-max-bulk-len is refused", rounds, blocks);
  t.bound_peak(3 * blocks * kMiB + 32 * kMiB);
}

namespace {

struct TooBig {
  std::string sends;
  std::string reply;
};

const std::vector<TooBig>& refused_requests() {
  static const std::vector<TooBig> kRequests = {
      {"*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$536870913\r\n", "-ERR Protocol error: invalid bulk length\r\n"},
      {"*2\r\n$3\r\nGET\r\n$99999999999999999999\r\n", "-ERR Protocol error: invalid bulk length\r\n"},
      {"*2147483648\r\n", "-ERR Protocol error: invalid multibulk length\r\n"},
      {std::string(65'537, 'x'), "-ERR Protocol error: too big inline request\r\n"},
      {"*" + std::string(65'537, '1'), "-ERR Protocol error: too big mbulk count string\r\n"},
      {"*1\r\n$" + std::string(65'537, '1'), "-ERR Protocol error: too big bulk count string\r\n"},
  };
  return kRequests;
}

// Announce what never comes, and stay. Memory is only for what has come.
std::vector<RawClient> announce_much(Trial& t, size_t count) {
  std::vector<RawClient> clients;
  for (size_t i = 0; i < count; ++i) {
    clients.emplace_back(t.port()).send(i % 2 == 0 ? "*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$536870912\r\nfirst bytes"
                                                   : "*1000000000\r\n$3\r\nDEL\r\n$1\r\nk\r\n");
  }
  return clients;
}

// Sends more than client-query-buffer-limit (4 MB) without ending the request.
void overflow_query_buffer(Trial& t, size_t number) {
  RawClient client(t.port());
  std::string request = "*2\r\n$4\r\nECHO\r\n$40000000\r\n" + std::string(8 * kMiB, 'x');
  if (number % 2 == 1 && testing::testing_redpoll()) {
    // Redis does not count arguments that are complete.
    request = "*10000000\r\n";
    while (request.size() < 8 * kMiB) request += "$5\r\nhello\r\n";
  }
  try {
    client.send(request);
  } catch (const std::exception&) {
    return;  // closed before all was sent, as it should be
  }
  expect(client.is_closed(), "a client may send more than client-query-buffer-limit");
}

}  // namespace

void requests_too_big(Trial& t) {
  const std::vector<RawClient> waiting = announce_much(t, t.plan.count(400, 20));
  size_t overflows = 0;
  const size_t wanted_overflows = t.plan.count(40, 4);
  StormCounts counts;
  in_parallel(2, [&](size_t thread) {
    if (thread == 0) {
      const auto visit = [](size_t number, Rng&) -> Visit {
        const TooBig& request = refused_requests()[number % refused_requests().size()];
        return {.sends = request.sends, .expects = request.reply};
      };
      counts = storm(t.port(), {.time = t.plan.time, .per_second = 1000, .threads = 1}, visit);
    } else {
      for (; overflows < wanted_overflows; ++overflows) overflow_query_buffer(t, overflows);
    }
  });
  t.threw(
      "{} requests beyond a limit of the protocol, {} that announce 512 MB or 10^9 arguments and never send "
      "them, {} beyond client-query-buffer-limit",
      counts.connected, waiting.size(), overflows);
  expect(counts.wrong == 0, "{} of {} requests were not refused as they should, for example with {}",
         counts.wrong, counts.connected, counts.example.substr(0, 100));
  expect(counts.right > 0, "nothing was refused");
  t.expect_log("Closing client that reached max query buffer length", overflows);
  t.allow_log_lines(overflows + 20);
  t.bound_peak(64 * kMiB);
}

}  // namespace redpoll::load
