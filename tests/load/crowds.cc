// Scenarios of many connections at a time.
#include <sys/resource.h>

#include <vector>

#include "load/scenario.h"
#include "load/sockets.h"
#include "load/storm.h"
#include "load/traffic.h"
#include "load/trial.h"

namespace redpoll::load {

namespace {

using Crowd = std::vector<Socket>;

// For what the process needs besides the crowd, and so does the server.
constexpr size_t kSpareFiles = 300;

// As many connections as asked for, or as this process and the server may have.
Crowd connect_crowd(Trial& t, size_t wanted) {
  const size_t files = allow_open_files(wanted + kSpareFiles);
  const size_t possible = std::min<size_t>(files, t.info("maxclients"));
  if (possible < 2 * kSpareFiles) throw Skipped("too few files may be open here for a crowd");
  const size_t count = std::min(wanted, possible - kSpareFiles);
  const size_t before = t.connected_clients();
  Crowd crowd;
  while (crowd.size() < count) {
    // In portions, because the backlog of the server is finite.
    for (size_t i = 0; i < 200 && crowd.size() < count; ++i)
      crowd.push_back(Socket::connect(t.port(), crowd.size()));
    const size_t expected = before + crowd.size();
    expect(wait_until([&] { return t.connected_clients() >= expected; }),
           "of {} connections the server has accepted {}", crowd.size(), t.connected_clients() - before);
  }
  return crowd;
}

void send_all(const Crowd& crowd, std::string_view bytes) {
  for (const Socket& socket : crowd) {
    expect(socket.send(bytes) == static_cast<ssize_t>(bytes.size()),
           "a connection of the crowd does not take {} bytes", bytes.size());
  }
}

// How many get the reply.
size_t count_replies(const Crowd& crowd, std::string_view reply) {
  size_t right = 0;
  std::string got(reply.size(), '\0');
  for (const Socket& socket : crowd) {
    ssize_t size = 0;
    if (!wait_until([&] { return (size = socket.receive(got.data(), got.size())) >= 0; })) continue;
    right += std::string_view(got.data(), static_cast<size_t>(size)) == reply;
  }
  return right;
}

void end_all(Crowd& crowd, Ending how) {
  for (Socket& socket : crowd) socket.end(how);
  crowd.clear();
}

// Beginnings of requests that leave the parser in different states.
std::string_view half_request(size_t number) {
  static constexpr std::array<std::string_view, 8> kHalves = {"",
                                                              "*",
                                                              "*3\r\n$3\r\nSE",
                                                              "GET k",
                                                              "*2\r\n$",
                                                              "SET k \"v",
                                                              "*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$100000\r\nabc",
                                                              "PING\r\n*1\r\n$4\r\nPIN"};
  return kHalves[number % kHalves.size()];
}

void send_half_requests(const Crowd& crowd) {
  for (size_t i = 0; i < crowd.size(); ++i) crowd[i].send(half_request(i));
}

}  // namespace

void idle_connections(Trial& t) {
  Crowd crowd = connect_crowd(t, t.plan.count(10'000, 100));
  const size_t held = t.info("used_memory");
  Traffic traffic(t.port(), 20);
  size_t rounds = 0;
  do {
    // Everyone of the crowd wakes up at the same time, and is quiet again.
    send_all(crowd, "PING\r\n");
    const size_t served = count_replies(crowd, "+PONG\r\n");
    expect(served == crowd.size(), "only {} of {} connections were served", served, crowd.size());
    ++rounds;
  } while (!t.time_is_up());
  const size_t requests = traffic.stop();
  t.threw(
      "{} connections that all woke up {} times, {} requests of 20 busy clients beside them; used_memory "
      "{:.1f} MB",
      crowd.size(), rounds, requests, static_cast<double>(held) / 1e6);
  end_all(crowd, Ending::reset);
  t.expect_clients_gone();
}

void half_open_clients(Trial& t) {
  size_t sent = 0;
  do {
    Crowd crowd = connect_crowd(t, t.plan.count(2000, 50));
    send_half_requests(crowd);
    sent += crowd.size();
    // They stay silent, and the server has `timeout 1`.
    t.expect_clients_gone();
  } while (!t.time_is_up());
  t.threw("{} clients that sent half a request and fell silent, timeout 1", sent);
  t.expect_log("Closing idle client", sent);
  // At this loglevel each client has a line when it comes and one when it goes.
  t.allow_log_lines(sent + 100);
}

void vanished_peers(Trial& t) {
  if (!may_vanish())
    throw Skipped("the system does not permit to end a connection silently (it takes CAP_NET_ADMIN)");
  size_t vanished = 0;
  t.control().call({"SET", "big", std::string(1 << 20, 'v')});
  do {
    Crowd crowd = connect_crowd(t, t.plan.count(1000, 50));
    send_half_requests(crowd);
    // Some have asked for more than their sockets take.
    for (size_t i = 0; i < crowd.size(); i += 20) crowd[i].send("\r\n" + testing::encode({"GET", "big"}));
    vanished += crowd.size();
    end_all(crowd, Ending::vanished);
    t.expect_clients_gone();
  } while (!t.time_is_up());
  t.threw(
      "{} clients whose machine was gone without a word, half-way through a request or a reply, "
      "tcp-keepalive 1",
      vanished);
}

void maxclients_reached(Trial& t) {
  const std::string refusal = "-ERR max number of clients reached\r\n";
  const auto refused_before = t.info("rejected_connections");
  Crowd crowd;
  while (crowd.size() < t.info("maxclients") - 2) crowd.push_back(Socket::connect(t.port(), crowd.size()));
  const auto visit = [&](size_t, Rng&) -> Visit { return {.expects = refusal, .until_closed = true}; };
  const StormCounts counts = storm(t.port(), {.time = t.plan.time, .per_second = 5000}, visit);
  t.threw("{} more clients while maxclients ({}) were connected, {:.0f} per second", counts.connected,
          crowd.size() + 2, counts.per_second());
  expect(counts.wrong == 0, "{} of {} clients were not refused politely, but got: {}", counts.wrong,
         counts.connected, counts.example);
  expect(counts.right > 0, "nobody was refused");
  const auto refused = t.info("rejected_connections") - refused_before;
  expect(refused >= counts.right, "the server has counted {} refusals of {}", refused, counts.right);
  send_all(crowd, "PING\r\n");
  const size_t served = count_replies(crowd, "+PONG\r\n");
  expect(served == crowd.size(), "of {} who were in before, {} were served", crowd.size(), served);
  end_all(crowd, Ending::reset);
  t.expect_clients_gone();
}

void descriptors_exhausted(Trial& t) {
  rlimit before{};
  // Lowered behind the server's back: otherwise maxclients keeps it from ever getting there.
  const size_t limit = 100 + t.plan.count(900);
  const rlimit low{limit, limit};
  const size_t wanted = limit + 200;
  allow_open_files(wanted + kSpareFiles);
  expect(prlimit(t.server().pid(), RLIMIT_NOFILE, &low, &before) == 0,
         "the limit of the server can't be lowered");
  Traffic traffic(t.port(), 10);
  expect(wait_until([&] { return traffic.answered() > 0; }), "busy clients are not served");
  size_t rounds = 0;
  do {
    Crowd crowd;
    while (crowd.size() < wanted) crowd.push_back(Socket::connect(t.port(), crowd.size()));
    expect(t.server().logs_within("Too many open files"),
           "the server does not say that it has no descriptors");
    // Whoever is in is served while those outside wait.
    const size_t answered = traffic.answered();
    expect(wait_until([&] { return traffic.answered() > answered + 10'000; }),
           "busy clients are not served without descriptors");
    end_all(crowd, Ending::reset);
    // A client behind all of them in the backlog is let in: it takes a tenth of a second until the server
    // tries again.
    // Not within expect(): there clang 14 lets the client live to the end of the round.
    const std::string answer = RawClient(t.port()).run("PING");
    expect(answer == "+PONG", "nobody is let in after descriptors were free again");
    expect(wait_until([&] { return t.connected_clients() == 12; }), "{} clients are still there",
           t.connected_clients());
    ++rounds;
  } while (!t.time_is_up());
  const size_t requests = traffic.stop();
  t.threw(
      "{} times {} connections, where {} descriptors are allowed; {} requests of 10 busy clients meanwhile",
      rounds, wanted, limit, requests);
  t.expect_clients_gone();
  t.expect_log("Too many open files");
  // A line for each second, and not for each connection.
  t.allow_log_lines(static_cast<size_t>(t.plan.time.count()) / 1000 + 20);
}

}  // namespace redpoll::load
