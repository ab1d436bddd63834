// The generator without the oracle: requests as they should be and as they should not, at a single server.
#include <fmt/format.h>

#include <cstdio>

#include "config/directives.h"
#include "diff/campaign.h"
#include "diff/progress.h"
#include "diff/transaction.h"
#include "support/server_process.h"

namespace redpoll::diff {

namespace {

using testing::RawClient;
using testing::ServerProcess;

constexpr size_t kClients = 6;
// Commands between two looks at what has been answered: few enough for the sockets to hold it.
constexpr uint64_t kDrainEvery = 64;

// These would cut off who torments, or fill the disk.
bool may_be_set(const config::Directive& directive) {
  constexpr std::string_view kSpared[] = {"bind",
                                          "port",
                                          "unixsocket",
                                          "requirepass",
                                          "maxclients",
                                          "dir",
                                          "logfile",
                                          "timeout",
                                          "tls-port",
                                          "masterauth",
                                          "replicaof",
                                          "save",
                                          "appendonly",
                                          "crash-log-enabled",
                                          "crash-memcheck-enabled",
                                          "proto-max-bulk-len"};
  for (const std::string_view name : kSpared) {
    if (directive.name == name) return false;
  }
  return directive.mutability == config::Mutability::at_run_time;
}

std::string valid_value(Vocabulary& v, const config::Directive& directive) {
  if (std::holds_alternative<config::Flag>(directive.kind)) return v.one_in(2) ? "yes" : "no";
  if (const auto* choice = std::get_if<config::Choice>(&directive.kind))
    return std::string(v.pick(choice->words).text);
  if (const auto* number = std::get_if<config::Number>(&directive.kind);
      number != nullptr && number->form == config::Number::Form::plain) {
    constexpr int64_t kLarge = 1'000'000;
    const int64_t high = std::min(number->max, std::max(number->min, kLarge));
    return std::to_string(v.one_in(3) ? number->min : v.between(number->min, high));
  }
  return config::default_of(directive);
}

Words random_config_set(Vocabulary& v) {
  std::vector<const config::Directive*> candidates;
  for (const config::Topic& topic : config::topics()) {
    for (const config::Directive& directive : topic.directives) {
      if (may_be_set(directive)) candidates.push_back(&directive);
    }
  }
  const config::Directive& directive = *v.pick(std::span<const config::Directive* const>(candidates));
  return {"CONFIG", "SET", std::string(directive.name), valid_value(v, directive)};
}

// Flips, cuts out, doubles or puts in some bytes.
std::string spoilt(Vocabulary& v, std::string bytes) {
  const size_t at = v.rng().below(bytes.size());
  const size_t length = std::min<size_t>(1 + v.rng().below(8), bytes.size() - at);
  switch (v.rng().below(5)) {
    case 0: bytes[at] = static_cast<char>(v.rng().next()); break;
    case 1: bytes.erase(at, length); break;
    case 2: bytes.insert(at, bytes.substr(at, length)); break;
    case 3: bytes.insert(at, v.bytes(length)); break;
    default:
      bytes.replace(at, length,
                    std::string(v.pick({"\r\n", "*", "$", "$-1\r\n", "*99999999999\r\n", "\0", "-1"})));
      break;
  }
  return bytes;
}

// A connection whose replies only have to be replies.
class Victim {
 public:
  explicit Victim(uint16_t port) : port_(port), connection_(port), id_(ask_id()) {}

  void send(std::string_view bytes) { connection_.send_or_notice(bytes); }

  // Takes what has come. False if it is not a reply.
  bool drain() {
    while (connection_.readable_within(testing::milliseconds(0))) {
      if (connection_.receive_more()) continue;
      if (!well_formed()) return false;
      abandon();
      return true;
    }
    return well_formed();
  }
  // As a client that gives up in the middle.
  void abandon() {
    connection_ = RawClient(port_);
    id_ = ask_id();
  }
  // What CLIENT ID answered.
  const std::string& id() const { return id_; }

 private:
  std::string ask_id() { return connection_.call({"CLIENT", "ID"}).substr(1); }
  bool well_formed() {
    for (;;) {
      const testing::ParsedReply parsed = connection_.take_reply();
      if (parsed.state == testing::ParsedReply::State::malformed) return false;
      if (parsed.state == testing::ParsedReply::State::incomplete) return true;
    }
  }

  uint16_t port_;
  RawClient connection_;
  std::string id_;
};

std::string next_bytes(Vocabulary& v, const Grammar& grammar, TransactionEnds& ends, size_t client) {
  if (v.one_in(40)) return testing::encode(random_config_set(v));
  const auto end = ends.due(v, client);
  const Words words = end ? *end : grammar.request(v).words;
  if (!end) ends.said(v, client, words);
  const std::string bytes = testing::encode(words);
  return v.one_in(10) ? spoilt(v, bytes) : bytes;
}

}  // namespace

int torment_server(const CampaignOptions& options) {
  ServerProcess server(
      {.args = {"--save", "", "--databases", std::to_string(kDatabases), "--allow-missing-features", "yes"},
       .binary = options.redpoll});
  const Grammar grammar({.groups = options.groups, .alone = true});
  Vocabulary vocabulary(options.seed);
  TransactionEnds ends(kClients);
  std::vector<Victim> victims;
  for (size_t i = 0; i < kClients; ++i) victims.emplace_back(server.port());
  Progress progress(options.commands, options.minutes);
  for (; !progress.over(); progress.add(1)) {
    const size_t client = vocabulary.rng().below(kClients);
    Victim& victim = victims[client];
    victim.send(next_bytes(vocabulary, grammar, ends, client));
    if (vocabulary.one_in(500)) victim.abandon();
    if (progress.commands() % kDrainEvery != 0) continue;
    RawClient control(server.port());
    control.call({"CLIENT", "UNPAUSE"});
    for (Victim& each : victims) {
      control.call({"CLIENT", "UNBLOCK", each.id(), "ERROR"});
      if (each.drain()) continue;
      fmt::print("seed {}: a malformed reply at command {}\n", options.seed, progress.commands());
      return 1;
    }
  }
  // It may have been told to save when it is terminated, which it would refuse.
  RawClient(server.port()).call({"CONFIG", "SET", "shutdown-on-sigterm", "default"});
  const testing::Exit exit = server.stop();
  if (exit != testing::Exit{0, 0}) {
    fmt::print("seed {}: exit code {}, signal {}; its log:\n{}\n", options.seed, exit.code, exit.signal,
               server.log());
    return 1;
  }
  fmt::print("{}: it answered, and ended well\n", progress.text());
  return 0;
}

}  // namespace redpoll::diff
