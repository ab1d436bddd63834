// Scenarios of very many short connections.
#include <array>

#include "load/scenario.h"
#include "load/storm.h"
#include "load/trial.h"

namespace redpoll::load {

void connection_storm(Trial& t) {
  constexpr size_t kPerSecond = 10'000;
  // What even a machine that is busy and a server with sanitizers reach.
  const double least_per_second = testing::sanitized() ? 100 : 1000;
  const auto received_before = t.info("total_connections_received");
  const auto visit = [](size_t number, Rng&) -> Visit {
    switch (number % 3) {
      case 0: return {.sends = "PING\r\n", .expects = "+PONG\r\n"};
      case 1: return {.ending = Ending::reset};
      default: return {};
    }
  };
  const StormCounts counts = storm(t.port(), {.time = t.plan.time, .per_second = kPerSecond}, visit);
  t.threw(
      "{} connects and disconnects in {:.1f} s, {:.0f} per second (aimed at {}): a third served, a third "
      "reset, a third closed at once",
      counts.connected, counts.seconds, counts.per_second(), kPerSecond);
  expect(counts.wrong == 0, "{} of {} connections were not answered as they should, for example with {}",
         counts.wrong, counts.connected, counts.example);
  expect(counts.failed * 100 <= counts.connected, "{} connections failed, and {} succeeded", counts.failed,
         counts.connected);
  expect(counts.per_second() >= least_per_second, "only {:.0f} connections per second were reached",
         counts.per_second());
  t.expect_clients_gone();
  // A connection may be gone before the server has accepted it, but that is rare.
  const auto received = t.info("total_connections_received") - received_before;
  expect(received * 100 >= counts.connected * 95 && received <= counts.connected + counts.failed,
         "the server has counted {} connections of {}", received, counts.connected);
}

namespace {

std::string random_bytes(Rng& rng, size_t most) {
  std::string bytes(1 + rng.below(most), '\0');
  for (char& byte : bytes) byte = static_cast<char>(rng.next());
  return bytes;
}

// Pieces of requests, right and wrong, in any order: deeper into the parser than noise gets.
std::string random_pieces(Rng& rng) {
  static constexpr auto kPieces = std::to_array<std::string_view>({"*3\r\n",
                                                                   "*-1\r\n",
                                                                   "*0\r\n",
                                                                   "*99999999999999999999\r\n",
                                                                   "*2147483647\r\n",
                                                                   "*1000000\r\n",
                                                                   "$3\r\nSET\r\n",
                                                                   "$3\r\nGET\r\n",
                                                                   "$-1\r\n",
                                                                   "$0\r\n\r\n",
                                                                   "$536870912\r\n",
                                                                   "$18446744073709551616\r\n",
                                                                   "$1\r\nk\r\n",
                                                                   "$x\r\n",
                                                                   "PING\r\n",
                                                                   "GET \"\r\n",
                                                                   "SET 'a\\x00 \"b\r\n",
                                                                   "\r\n",
                                                                   "\n",
                                                                   "\r",
                                                                   std::string_view("\0", 1),
                                                                   "*",
                                                                   "$",
                                                                   "+OK\r\n",
                                                                   "!",
                                                                   "_\r\n",
                                                                   "HELLO 3\r\n",
                                                                   "%2\r\n",
                                                                   "~1\r\n",
                                                                   "POST / HTTP/1.1\r\n",
                                                                   "Host: localhost\r\n",
                                                                   "CLIENT REPLY OFF\r\n",
                                                                   "AUTH a b\r\n"});
  std::string bytes;
  for (uint64_t pieces = 1 + rng.below(12); pieces > 0; --pieces) bytes += kPieces[rng.below(kPieces.size())];
  return bytes;
}

// A right request with a few bytes changed.
std::string random_mistakes(Rng& rng) {
  std::string bytes = testing::encode({"SET", "key", std::string(rng.below(200), 'v')});
  for (uint64_t mistakes = 1 + rng.below(3); mistakes > 0; --mistakes) {
    bytes[rng.below(bytes.size())] = static_cast<char>(rng.next());
  }
  return bytes;
}

}  // namespace

void malformed_flood(Trial& t) {
  const auto visit = [](size_t number, Rng& rng) -> Visit {
    const auto bytes = number % 3 == 0   ? random_bytes(rng, 2000)
                       : number % 3 == 1 ? random_pieces(rng)
                                         : random_mistakes(rng);
    const bool stays = rng.below(2) == 0;
    return {.sends = bytes, .until_closed = stays, .ending = stays ? Ending::closed : Ending::reset};
  };
  const StormCounts counts = storm(t.port(), {.time = t.plan.time, .per_second = 5000}, visit);
  t.threw(
      "{} connections with random bytes, random pieces of requests, requests with wrong bytes: {:.0f} per "
      "second, {:.1f} MB",
      counts.connected, counts.per_second(), static_cast<double>(counts.bytes) / 1e6);
  expect(counts.wrong == 0, "{} connections were not closed although they had ended their side: {}",
         counts.wrong, counts.example);
  expect(counts.connected > 0 && counts.failed * 100 <= counts.connected,
         "{} connections failed, and {} succeeded", counts.failed, counts.connected);
  expect(t.info("total_error_replies") > 0, "no error was replied to any of {} malformed connections",
         counts.connected);
  t.expect_clients_gone();
  t.expect_log("Possible SECURITY ATTACK detected");
}

}  // namespace redpoll::load
