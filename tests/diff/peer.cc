#include "diff/peer.h"

#include <chrono>

namespace redpoll::diff {

using testing::milliseconds;

namespace {

// A server that says nothing for so long is asked whether it is idle.
constexpr milliseconds kQuiet{1};
// What ends by itself has ended by then.
constexpr milliseconds kPatience{20'000};
// The number of no client.
constexpr std::string_view kNobody = "999999999";

}  // namespace

Peer::Client::Client(uint16_t port) : connection(port), id(connection.call({"CLIENT", "ID"}).substr(1)) {}

Peer::Peer(uint16_t port, size_t clients) : port_(port), control_(port) {
  for (size_t i = 0; i < clients; ++i) clients_.emplace_back(port);
}

Words Peer::with_ids(const Words& request) const {
  Words words = request;
  for (std::string& word : words) {
    if (const auto client = client_of_id(word))
      word = *client < clients_.size() ? clients_[*client].id : kNobody;
  }
  return words;
}

void Peer::send(size_t client, std::span<const Words> requests) {
  std::string bytes;
  for (const Words& request : requests) bytes += testing::encode(with_ids(request));
  clients_[client].connection.send_or_notice(bytes);
}

Peer::Received Peer::receive(size_t client, size_t wanted, Patience patience) {
  testing::RawClient& connection = clients_[client].connection;
  Received received;
  bool asked = false;
  const auto quiet = [&] {
    if (patience == Patience::until_answered) return kPatience;
    return patience == Patience::none || asked ? milliseconds(0) : kQuiet;
  };
  while (received.replies.size() < wanted) {
    testing::ParsedReply parsed = connection.take_reply();
    if (parsed.state == testing::ParsedReply::State::complete) {
      received.replies.push_back(std::move(parsed.reply));
      asked = false;
    } else if (parsed.state == testing::ParsedReply::State::malformed) {
      received.malformed = parsed.problem;
      return received;
    } else if (connection.readable_within(quiet())) {
      if (!connection.receive_more()) {
        received.closed = true;
        return received;
      }
      asked = false;
    } else if (asked || patience != Patience::until_idle) {
      return received;
    } else {
      wait_until_idle();
      asked = true;
    }
  }
  return received;
}

void Peer::reconnect(size_t client) { clients_[client] = Client(port_); }

void Peer::wait_until_idle() {
  // What a client sent before is in the server's socket when the first PING arrives: it is read in the same
  // turn of the loop, and answered before the second PING is read. A long pipeline takes several turns.
  for (int i = 0; i < 4; ++i) control_.call({"PING"});
}

std::vector<Reply> Peer::ask(std::span<const Words> requests) {
  std::string bytes;
  for (const Words& request : requests) bytes += testing::encode(request);
  control_.send(bytes);
  std::vector<Reply> replies;
  for (size_t i = 0; i < requests.size(); ++i) replies.push_back(control_.next_reply());
  return replies;
}

}  // namespace redpoll::diff
